"""Views: put the effects and the state of an exercise into words and buttons."""
