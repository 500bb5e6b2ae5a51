"""The page: what the bot does, in a browser."""
