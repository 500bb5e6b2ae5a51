"""The start page: what a person can do here, the week, and what they have begun."""
