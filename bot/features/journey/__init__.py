"""The journey: steps and exercises of a town, and the coordinator's view of them."""
