"""Whole towns played by chance, and held to what they are promised."""
