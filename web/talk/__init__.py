"""Talking to the assistant from a browser."""
