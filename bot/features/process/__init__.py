"""The process in a group: its map and steps, and rounds of exercises from beginning to results."""
