"""Telegram: the one room that knows the Bot API."""
