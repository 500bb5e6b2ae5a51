-- Copies of a chat lie in sealed blocks, always as many and of one length: a row for each copy told whom the bot had
-- answered on the day of an incident. They are put into the blocks by storage/seats.py in the same transaction.
CREATE TABLE copy_blocks (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    chat   TEXT    NOT NULL REFERENCES kept_chats ON DELETE CASCADE,
    about  INTEGER REFERENCES groups,
    sealed BLOB    NOT NULL
) STRICT;
CREATE INDEX copy_blocks_by_chat ON copy_blocks (chat);
CREATE INDEX copy_blocks_by_group ON copy_blocks (about) WHERE about IS NOT NULL;

CREATE TABLE copied_files_new (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    chat    TEXT    NOT NULL REFERENCES kept_chats ON DELETE CASCADE,
    copy_id INTEGER NOT NULL,
    about   INTEGER REFERENCES groups,
    sealed  BLOB    NOT NULL,
    content BLOB    NOT NULL
) STRICT;
INSERT INTO copied_files_new
SELECT f.id, c.chat, f.copy_id, f.about, f.sealed, f.content FROM copied_files f JOIN chat_copies c ON c.id = f.copy_id;
DROP TABLE copied_files;
ALTER TABLE copied_files_new RENAME TO copied_files;
CREATE INDEX copied_files_by_copy ON copied_files (copy_id);
CREATE INDEX copied_files_by_chat ON copied_files (chat);
CREATE INDEX copied_files_by_group ON copied_files (about) WHERE about IS NOT NULL;
