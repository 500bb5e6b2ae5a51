"""The doors: everything that knows Telegram, the clock, the environment or the network."""
