"""Members: how people join, leave, hand over, and what they may ask of their data."""
