"""A thief with a copy of the database and its backups, who wants to know who has reported and who wrote what."""
