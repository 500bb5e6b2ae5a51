"""People: how they come in, take over a seat, answer from outside, and what they may ask of their own data."""
