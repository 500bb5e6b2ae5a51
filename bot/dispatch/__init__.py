"""Dispatch: where updates, due rows and results come in, and where messages leave."""
