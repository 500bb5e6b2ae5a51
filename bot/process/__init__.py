"""The town's way: steps, exercises, registers, sessions, texts and their approval, and the coordinator's view of it."""
