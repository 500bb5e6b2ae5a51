"""Drills: an operator's plain and bad days, played with the real program."""
