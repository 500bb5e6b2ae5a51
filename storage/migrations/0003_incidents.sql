-- Incidents and what follows from them. What somebody saw is sealed whole; see storage/README.md for what is plain and why.

CREATE TABLE incidents (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id  INTEGER NOT NULL REFERENCES groups,
    receipt   TEXT    NOT NULL,
    reporter  BLOB, -- keyed hash, so that the one who logged it can correct it and nobody can look up who that was
    logged_on TEXT    NOT NULL CHECK (logged_on IS date(logged_on)), -- a day, no time: a time would tell who
    state     TEXT    NOT NULL CHECK (state IN ('open', 'withdrawn')),
    version   INTEGER NOT NULL CHECK (version > 0),
    sealed    BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX incidents_by_receipt ON incidents (group_id, receipt);
CREATE INDEX incidents_by_reporter ON incidents (reporter) WHERE reporter IS NOT NULL;

CREATE TABLE follow_ups (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id    INTEGER NOT NULL REFERENCES groups,
    incident_id INTEGER NOT NULL REFERENCES incidents ON DELETE CASCADE,
    sealed      BLOB    NOT NULL
) STRICT;
CREATE INDEX follow_ups_by_incident ON follow_ups (incident_id);
CREATE INDEX follow_ups_by_group ON follow_ups (group_id);

-- Who has read what. Lines are only ever added, and each proves the one before it.
CREATE TABLE access_log (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups,
    at       INTEGER NOT NULL,
    chain    BLOB    NOT NULL,
    sealed   BLOB    NOT NULL
) STRICT;
CREATE INDEX access_log_by_group ON access_log (group_id, id);
CREATE TRIGGER access_log_stays BEFORE UPDATE ON access_log BEGIN SELECT raise(ABORT, 'the access log is not changed'); END;

-- Figures of earlier years, entered by hand.
CREATE TABLE earlier_years (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups,
    year     INTEGER NOT NULL CHECK (year BETWEEN 1990 AND 2200),
    series   TEXT    NOT NULL CHECK (series IN ('reported', 'exposed', 'talks', 'support')),
    sealed   BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX earlier_years_once ON earlier_years (group_id, year, series);
