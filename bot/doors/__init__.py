"""The doors: where updates, due rows and replies come in, and where messages leave."""
