-- Questions that are put to named people, and their answers: consents and time polls until now, each in its own way.
-- What was kept of them is moved by the step that needs keys. No time is kept: it would tell who had answered.
CREATE TABLE ballots (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups,
    purpose  TEXT    NOT NULL,
    ref      TEXT    NOT NULL,
    sealed   BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX ballots_once ON ballots (group_id, purpose, ref);
UPDATE agenda SET ref = 'consent:' || ref, kind = 'ballot' WHERE kind = 'consent';
UPDATE agenda SET ref = 'poll:' || substr(ref, 10), kind = 'ballot' WHERE kind = 'timepoll';
