"""How it reads: every word, label and document, in files an editor can change. No logic about what may happen."""
