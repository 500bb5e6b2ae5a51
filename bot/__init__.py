"""The bot: everything that knows a channel, the clock, the environment or the network."""
