"""The agenda: what each person has open, and when somebody is next spoken to."""
