"""The core: the context a handler works at, what a button carries, and the one table of who may what."""
