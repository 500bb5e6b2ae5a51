"""The context of a transaction: what every handler is given."""
