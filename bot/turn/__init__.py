"""The turn: an event to the engine, its effects to messages."""
