"""Help: where to turn, and what there is."""
