-- Documents and pictures that somebody waits for, and what Telegram already has of those that were sent.

CREATE TABLE makings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id   INTEGER NOT NULL REFERENCES groups,
    chat       TEXT    NOT NULL, -- where it goes, as in the outbox
    document   TEXT    NOT NULL, -- of the catalogue, or "picture.<kind>"
    form       TEXT    NOT NULL,
    member_id  INTEGER NOT NULL REFERENCES members,
    page       INTEGER, -- the message that says it is being made
    tries      INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX makings_once ON makings (chat, group_id, document, form);

CREATE TABLE uploads (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups,
    sent_at  INTEGER NOT NULL,
    sealed   BLOB    NOT NULL
) STRICT;
CREATE INDEX uploads_by_group ON uploads (group_id);
