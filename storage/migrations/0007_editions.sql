-- What exercises asked and in which words when rounds of them were begun. Nothing in it was written by a group.
CREATE TABLE editions (
    version   TEXT PRIMARY KEY,
    exercise  TEXT NOT NULL,
    structure TEXT NOT NULL,
    words     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
