"""Who may be named in a group: its own people, organisations and places."""
