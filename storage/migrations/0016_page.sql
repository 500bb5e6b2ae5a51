-- Whoever does not use Telegram reads in a browser what would lie in the chat there: we keep that chat ourselves.

CREATE TABLE kept_chats (
    chat TEXT PRIMARY KEY CHECK (chat GLOB 'g:[1-9]*' OR chat GLOB 'p:[1-9]*')
) STRICT, WITHOUT ROWID;

CREATE TABLE chat_copies (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat       TEXT    NOT NULL REFERENCES kept_chats ON DELETE CASCADE,
    message_id INTEGER NOT NULL,
    about      INTEGER REFERENCES groups,
    pinned     INTEGER NOT NULL CHECK (pinned IN (0, 1)),
    at         INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX chat_copies_by_message ON chat_copies (chat, message_id);
CREATE INDEX chat_copies_by_group ON chat_copies (about) WHERE about IS NOT NULL;

CREATE TABLE copied_files (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    copy_id INTEGER NOT NULL REFERENCES chat_copies ON DELETE CASCADE,
    about   INTEGER REFERENCES groups,
    sealed  BLOB    NOT NULL,
    content BLOB    NOT NULL
) STRICT;
CREATE INDEX copied_files_by_copy ON copied_files (copy_id);

CREATE TABLE sign_ins (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER NOT NULL REFERENCES people,
    mark       BLOB    NOT NULL UNIQUE,
    ends_at    INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT;
CREATE INDEX sign_ins_by_person ON sign_ins (person_id);

CREATE TABLE admissions (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id  INTEGER NOT NULL REFERENCES groups,
    person_id INTEGER NOT NULL REFERENCES people,
    state     TEXT    NOT NULL CHECK (state IN ('asked', 'in', 'out')),
    sealed    BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX admissions_by_person ON admissions (group_id, person_id);
CREATE INDEX admissions_of_person ON admissions (person_id);
