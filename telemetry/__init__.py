"""Renders what happens as metrics and log lines."""
