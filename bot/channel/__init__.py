"""What all channels have in common: what comes in, what became of what went out, and what a message can hold."""
