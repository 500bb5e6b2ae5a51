-- What each person is being asked in private, and texts that wait to be placed. When, what and how it stands is sealed:
-- a row in the open tells no more than that somebody of the group is in the midst of something.
CREATE TABLE prompts (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
    group_id  INTEGER NOT NULL REFERENCES groups,
    sealed    BLOB    NOT NULL
) STRICT;
CREATE INDEX prompts_by_person ON prompts (person_id);
CREATE INDEX prompts_by_group ON prompts (group_id);

CREATE TABLE held_texts (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
    group_id  INTEGER NOT NULL REFERENCES groups,
    until     TEXT    NOT NULL CHECK (until IS date(until)),
    sealed    BLOB    NOT NULL
) STRICT;
CREATE INDEX held_texts_by_person ON held_texts (person_id);
CREATE INDEX held_texts_by_group ON held_texts (group_id);
