"""Wellbeing: how everyone is."""
