"""Incidents: logged by many, read by few, counted with care, kept no longer than agreed."""
