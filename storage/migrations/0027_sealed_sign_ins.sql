-- Whose a browser is, and when it ends, told without the key who had done something on the page, on which day: sealed
-- (storage/keyed_migrations.py takes the rows over). So did links to sign in with, which named their person; they are
-- good for half an hour at the most.
CREATE TABLE sign_ins_new (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    mark   BLOB NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;
DELETE FROM links WHERE purpose = 'signin';
