"""Dates and times as people write them, and reckoning in days, weeks and months. Pure; the words are a language's."""
