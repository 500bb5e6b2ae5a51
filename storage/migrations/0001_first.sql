-- Times are whole seconds UTC since 1970; ids are given out by storage/repository.py and never used twice.
-- `sealed` is encrypted JSON: what is in it, and why the rest is not, stands in storage/README.md.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id    INTEGER NOT NULL,
    thread_id  INTEGER,
    state      TEXT    NOT NULL CHECK (state IN ('new', 'active', 'away', 'erased')),
    created_at INTEGER NOT NULL,
    key_id     TEXT    NOT NULL UNIQUE,
    sealed     BLOB
) STRICT;
CREATE UNIQUE INDEX groups_by_chat ON groups (chat_id) WHERE chat_id <> 0;

CREATE TABLE people (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id       INTEGER NOT NULL UNIQUE,
    reach         TEXT    NOT NULL CHECK (reach IN ('new', 'reachable', 'blocked')),
    current_group INTEGER REFERENCES groups ON DELETE SET NULL,
    focus         INTEGER REFERENCES runs ON DELETE SET NULL,
    stopped       INTEGER NOT NULL CHECK (stopped IN (0, 1)),
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX people_by_group ON people (current_group) WHERE current_group IS NOT NULL;
CREATE INDEX people_by_focus ON people (focus) WHERE focus IS NOT NULL;

CREATE TABLE organisations (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups,
    sealed   BLOB    NOT NULL
) STRICT;
CREATE INDEX organisations_by_group ON organisations (group_id);

CREATE TABLE members (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id        INTEGER NOT NULL REFERENCES groups,
    person_id       INTEGER NOT NULL REFERENCES people,
    user_id         INTEGER NOT NULL,
    organisation_id INTEGER REFERENCES organisations ON DELETE SET NULL,
    coordinator     INTEGER NOT NULL CHECK (coordinator IN (0, 1)),
    role            TEXT    NOT NULL CHECK (role IN ('core', 'network', 'guest', 'process_leader')),
    state           TEXT    NOT NULL CHECK (state IN ('invited', 'active', 'left')),
    agreed_version  TEXT,
    agreed_at       INTEGER,
    joined_at       INTEGER NOT NULL,
    left_at         INTEGER,
    sealed          BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX members_by_user ON members (group_id, user_id);
CREATE INDEX members_by_person ON members (person_id);
CREATE INDEX members_by_organisation ON members (organisation_id) WHERE organisation_id IS NOT NULL;

CREATE TABLE runs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id   INTEGER NOT NULL REFERENCES groups,
    exercise   TEXT    NOT NULL,
    definition TEXT    NOT NULL,
    round      INTEGER NOT NULL CHECK (round > 0),
    phase      TEXT    NOT NULL,
    opened_at  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    closed_at  INTEGER,
    sealed     BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX runs_by_exercise ON runs (group_id, exercise, round);

CREATE TABLE answers (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id          INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    owner           TEXT    NOT NULL CHECK (owner = 'g' OR owner GLOB 'm:[1-9]*' OR owner GLOB 'o:[1-9]*'),
    question        TEXT    NOT NULL,
    item            TEXT    NOT NULL,
    audience        TEXT    NOT NULL CHECK (audience IN ('self', 'org', 'group', 'coordinator')),
    anonymous       INTEGER NOT NULL CHECK (anonymous IN (0, 1)),
    handed_in       INTEGER NOT NULL CHECK (handed_in IN (0, 1)),
    version         INTEGER NOT NULL CHECK (version > 0),
    member_id       INTEGER, -- no reference: it would cost each answer an index, and members go only after the answers
    organisation_id INTEGER, -- the same
    at              INTEGER NOT NULL,
    source_chat     INTEGER,
    source_message  INTEGER,
    sealed          BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX answers_by_place ON answers (run_id, owner, question, item);
CREATE INDEX answers_by_source ON answers (source_chat, source_message) WHERE source_chat IS NOT NULL;

CREATE TABLE answer_versions (
    id        INTEGER NOT NULL REFERENCES answers ON DELETE CASCADE,
    version   INTEGER NOT NULL,
    audience  TEXT    NOT NULL,
    anonymous INTEGER NOT NULL,
    handed_in INTEGER NOT NULL,
    member_id INTEGER,
    at        INTEGER NOT NULL,
    sealed    BLOB    NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;

CREATE TABLE rows (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id   INTEGER NOT NULL REFERENCES groups,
    register   TEXT    NOT NULL,
    number     INTEGER NOT NULL CHECK (number > 0),
    assignee   INTEGER REFERENCES members ON DELETE SET NULL,
    due        TEXT CHECK (due IS NULL OR due IS date(due)),
    state      TEXT    NOT NULL CHECK (state IN ('open', 'done', 'removed')),
    version    INTEGER NOT NULL CHECK (version > 0),
    author     INTEGER REFERENCES members ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX rows_by_number ON rows (group_id, register, number);
CREATE INDEX rows_by_assignee ON rows (assignee) WHERE assignee IS NOT NULL;
CREATE INDEX rows_by_author ON rows (author) WHERE author IS NOT NULL;

CREATE TABLE row_versions (
    id         INTEGER NOT NULL REFERENCES rows ON DELETE CASCADE,
    version    INTEGER NOT NULL,
    assignee   INTEGER REFERENCES members ON DELETE SET NULL,
    due        TEXT,
    state      TEXT    NOT NULL,
    author     INTEGER REFERENCES members ON DELETE SET NULL,
    changed_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;
CREATE INDEX row_versions_by_assignee ON row_versions (assignee) WHERE assignee IS NOT NULL;
CREATE INDEX row_versions_by_author ON row_versions (author) WHERE author IS NOT NULL;

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat       TEXT    NOT NULL CHECK (chat GLOB 'g:[1-9]*' OR chat GLOB 'p:[1-9]*'),
    about      INTEGER REFERENCES groups,
    method     TEXT    NOT NULL,
    slot       TEXT,
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'replaced')),
    priority   INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    message_id INTEGER,
    error      TEXT,
    with_files INTEGER NOT NULL CHECK (with_files IN (0, 1)),
    changed_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT;
CREATE INDEX outbox_queue ON outbox (chat, id, priority, not_before) WHERE state = 'queued';
CREATE INDEX outbox_by_slot ON outbox (chat, slot, id) WHERE slot IS NOT NULL AND state IN ('queued', 'sent');
CREATE INDEX outbox_by_message ON outbox (chat, message_id, id) WHERE message_id IS NOT NULL AND state IN ('queued', 'sent');
CREATE INDEX outbox_by_group ON outbox (about) WHERE about IS NOT NULL;
CREATE INDEX outbox_done ON outbox (changed_at)
    WHERE state IN ('failed', 'replaced') OR (state = 'sent' AND message_id IS NULL);

CREATE TABLE attachments (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    outbox_id INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,
    sealed    BLOB    NOT NULL,
    content   BLOB    NOT NULL
) STRICT;
CREATE INDEX attachments_by_item ON attachments (outbox_id);

CREATE TABLE agenda (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id  INTEGER REFERENCES groups,
    member_id INTEGER REFERENCES members ON DELETE CASCADE,
    kind      TEXT    NOT NULL,
    ref       TEXT    NOT NULL,
    visit     INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'cancelled'))
) STRICT;
CREATE UNIQUE INDEX agenda_once ON agenda (kind, ref, coalesce(member_id, 0), coalesce(group_id, 0));
CREATE INDEX agenda_by_time ON agenda (at, id) WHERE state = 'waiting';
CREATE INDEX agenda_by_group ON agenda (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX agenda_by_member ON agenda (member_id) WHERE member_id IS NOT NULL;

CREATE TABLE links (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB    NOT NULL UNIQUE,
    purpose    TEXT    NOT NULL,
    group_id   INTEGER REFERENCES groups,
    ref        TEXT,
    person_id  INTEGER REFERENCES people,
    state      TEXT    NOT NULL CHECK (state IN ('valid', 'revoked', 'used')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;
CREATE INDEX links_by_group ON links (group_id, purpose);
CREATE INDEX links_by_person ON links (person_id) WHERE person_id IS NOT NULL;

CREATE TABLE intake (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    next_offset INTEGER NOT NULL,
    heartbeat   INTEGER
) STRICT;
INSERT INTO intake VALUES (1, 0, NULL);

CREATE TABLE dead_letters (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    update_id  INTEGER NOT NULL UNIQUE,
    error_type TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT;
