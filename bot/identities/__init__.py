"""What in a text points out a person: found by kind, in a text of any origin, before it is kept."""
