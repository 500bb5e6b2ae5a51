"""Finding what points out a person in a text, by kind, before the text is kept."""
