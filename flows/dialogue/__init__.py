"""One person's conversation with an exercise: what is asked next, what a tap or a text means here."""
