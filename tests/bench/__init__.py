"""Measurements, run by `make bench`: the bot beside a plain one, over HTTP, against a fast stand-in for Telegram."""
