"""Reminders: what each person has open, and when they are next written to."""
