-- Mail to people on the page: their address, and what waits to go. No mail has content of a town's in it.

CREATE TABLE mail_addresses (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL UNIQUE REFERENCES people,
    state     TEXT    NOT NULL CHECK (state IN ('asked', 'confirmed', 'quiet', 'refused')),
    sealed    BLOB    NOT NULL
) STRICT;

CREATE TABLE mails (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER NOT NULL REFERENCES people,
    tries      INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT;
