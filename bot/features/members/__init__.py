"""Members: how people come in, leave, hand over, and what they may ask of their data."""
