"""The network: who is let in, letters to those outside, and its meetings."""
