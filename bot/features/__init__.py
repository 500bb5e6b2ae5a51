"""Features: a folder each, with everything that belongs to it."""
