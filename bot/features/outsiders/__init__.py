"""Outsiders: guests of the event, and those who answer a form."""
