-- What a group has before it while it works: a board of notes, a working session, pairs who meet, versions of a text.
CREATE TABLE gatherings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id   INTEGER NOT NULL REFERENCES groups,
    kind       TEXT    NOT NULL,
    ref        TEXT    NOT NULL,
    changed_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX gatherings_once ON gatherings (group_id, kind, ref);
