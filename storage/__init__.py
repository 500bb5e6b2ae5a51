"""What is remembered: one SQLite file, one writer, everything people wrote sealed. See README.md."""
