"""The schema, from version to version: numbered SQL, and the parts of it that need keys."""
