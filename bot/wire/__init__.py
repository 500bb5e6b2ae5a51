"""The wire: the way to Telegram, what comes from it, and the pace it allows."""
