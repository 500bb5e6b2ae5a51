"""One round of an exercise: its state, what can happen to it, and what comes of that, as data."""
