"""The second door: what the bot does, in a browser."""
