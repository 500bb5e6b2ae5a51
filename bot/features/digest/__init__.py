"""The daily message: one a day to each person, and when they want it."""
