"""Running an exercise: an event to the engine, and its effects carried out."""
