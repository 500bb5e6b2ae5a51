-- The list of meetings is a view of the calendar: each of the network's meetings has its row there, and the group can
-- book others besides. (SQLite cannot change a CHECK; nothing refers to this table.)
CREATE TABLE meetings_new (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups,
    kind     TEXT    NOT NULL CHECK (kind IN ('session', 'network', 'review', 'extra')),
    part     INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    among    INTEGER NOT NULL,
    day      TEXT    NOT NULL CHECK (day IS date(day)),
    at       TEXT    NOT NULL,
    minutes  INTEGER NOT NULL CHECK (minutes > 0),
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    state    TEXT    NOT NULL CHECK (state IN ('planned', 'cancelled')),
    sealed   BLOB,
    row_id   INTEGER
) STRICT;
INSERT INTO meetings_new
SELECT id, group_id, kind, part, number, among, day, at, minutes, sequence, state, sealed, NULL FROM meetings;
DROP TABLE meetings;
ALTER TABLE meetings_new RENAME TO meetings;
CREATE UNIQUE INDEX meetings_once ON meetings (group_id, kind, part, number);
