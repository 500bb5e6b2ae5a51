-- An address that waits to be confirmed stands beside the one that is confirmed, which counts until then.
-- (SQLite cannot drop a UNIQUE; nothing refers to this table.)
CREATE TABLE mail_addresses_new (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people,
    state     TEXT    NOT NULL CHECK (state IN ('asked', 'confirmed', 'quiet', 'refused')),
    sealed    BLOB    NOT NULL,
    vouched   INTEGER NOT NULL DEFAULT 0 CHECK (vouched IN (0, 1))
) STRICT;
INSERT INTO mail_addresses_new SELECT id, person_id, state, sealed, vouched FROM mail_addresses;
DROP TABLE mail_addresses;
ALTER TABLE mail_addresses_new RENAME TO mail_addresses;
CREATE UNIQUE INDEX mail_addresses_once ON mail_addresses (person_id, state = 'asked');
