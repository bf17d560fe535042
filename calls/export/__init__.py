"""Conversations for fine-tuning, without personal data: what is personal, what takes its place, what is left over."""
