-- Calendar, reminders, absence and check-ins. Days are ISO dates in the town, times of day "HH:MM" on its clocks.

CREATE TABLE meetings (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups,
    kind     TEXT    NOT NULL CHECK (kind IN ('session', 'network', 'review')),
    part     INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    among    INTEGER NOT NULL,
    day      TEXT    NOT NULL CHECK (day IS date(day)),
    at       TEXT    NOT NULL,
    minutes  INTEGER NOT NULL CHECK (minutes > 0),
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    state    TEXT    NOT NULL CHECK (state IN ('planned', 'cancelled'))
) STRICT;
CREATE UNIQUE INDEX meetings_once ON meetings (group_id, kind, part, number);

-- What somebody has open until a day, and what has been said to them about it.
CREATE TABLE matters (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id  INTEGER NOT NULL REFERENCES groups,
    member_id INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people,
    kind      TEXT    NOT NULL,
    ref       TEXT    NOT NULL,
    opened    TEXT    NOT NULL CHECK (opened IS date(opened)),
    due       TEXT    NOT NULL CHECK (due IS date(due)),
    sent      INTEGER NOT NULL CHECK (sent >= 0),
    last      TEXT CHECK (last IS NULL OR last IS date(last)),
    snoozed   TEXT CHECK (snoozed IS NULL OR snoozed IS date(snoozed)),
    state     TEXT    NOT NULL CHECK (state IN ('open', 'closed', 'told', 'declined', 'handed'))
) STRICT;
CREATE UNIQUE INDEX matters_once ON matters (member_id, kind, ref);
CREATE INDEX matters_by_ref ON matters (group_id, ref);
CREATE INDEX matters_open ON matters (person_id) WHERE state = 'open';

-- When a person wants to hear from the bot, and when it last spoke up of itself.
CREATE TABLE habits (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL UNIQUE REFERENCES people,
    at        TEXT    NOT NULL,
    weekdays  TEXT    NOT NULL,
    muted     TEXT    NOT NULL,
    spoken    TEXT CHECK (spoken IS NULL OR spoken IS date(spoken))
) STRICT;

CREATE TABLE absences (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people,
    first     TEXT    NOT NULL CHECK (first IS date(first)),
    last      TEXT    NOT NULL CHECK (last IS date(last) AND last >= first)
) STRICT;
CREATE INDEX absences_by_person ON absences (person_id);

-- How people are. Who has been asked and who has answered stands in one table, what was answered in another, and nothing leads
-- from one to the other: an answer (a score, or a word) has an id made by chance and no time.
CREATE TABLE check_ins (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups,
    opened   TEXT    NOT NULL CHECK (opened IS date(opened)),
    until    TEXT    NOT NULL CHECK (until IS date(until))
) STRICT;
CREATE INDEX check_ins_by_group ON check_ins (group_id, id);

CREATE TABLE check_in_turns (
    check_in_id INTEGER NOT NULL REFERENCES check_ins ON DELETE CASCADE,
    member_id   INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    answered    INTEGER NOT NULL CHECK (answered IN (0, 1)),
    PRIMARY KEY (check_in_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX check_in_turns_by_member ON check_in_turns (member_id);

CREATE TABLE check_in_answers (
    id          INTEGER PRIMARY KEY,
    group_id    INTEGER NOT NULL REFERENCES groups,
    check_in_id INTEGER NOT NULL REFERENCES check_ins ON DELETE CASCADE,
    sealed      BLOB    NOT NULL
) STRICT;
CREATE INDEX check_in_answers_by_round ON check_in_answers (check_in_id);
CREATE INDEX check_in_answers_by_group ON check_in_answers (group_id);

-- "I want to be contacted": a named request to a chosen person, kept until it is done.
CREATE TABLE wishes (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id  INTEGER NOT NULL REFERENCES groups,
    member_id INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    to_member INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    due       TEXT    NOT NULL CHECK (due IS date(due)),
    state     TEXT    NOT NULL CHECK (state IN ('open', 'done', 'withdrawn'))
) STRICT;
CREATE INDEX wishes_by_group ON wishes (group_id);
CREATE INDEX wishes_by_member ON wishes (member_id);
CREATE INDEX wishes_by_target ON wishes (to_member);

-- What was last said in a chat, so that a text without a reply goes where it was asked for.
CREATE INDEX outbox_newest ON outbox (chat, id) WHERE state IN ('queued', 'sent');
