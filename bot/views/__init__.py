"""Views: how the effects and the state of an exercise are put into words and buttons."""
