"""Anybody, with any button or command, about anything of two finished towns."""
