"""Approvals: organisations say yes to a text."""
