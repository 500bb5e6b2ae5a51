"""Coordinating: who does it, and what only whoever coordinates can do."""
