"""Documents: what the group takes with it, made beside the conversation."""
