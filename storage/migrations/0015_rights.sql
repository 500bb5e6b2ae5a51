-- How often what somebody is to any group has changed, and at which of these changes this seat became what it is:
-- buttons die with the seat that they were given to.
ALTER TABLE people ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;

-- What everybody has been shown of a quarter. It is published once and never changes.
CREATE TABLE published (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups,
    quarter  TEXT    NOT NULL CHECK (quarter GLOB '[0-9][0-9][0-9][0-9]-[1-4]'),
    sealed   BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX published_once ON published (group_id, quarter);
