"""The engine: one pure function from a round and an event to the round after it, and when answers may be shown."""
