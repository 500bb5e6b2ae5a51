-- What was handed in without a name, as two ballot boxes for each round: what has been shown, and what has not been yet.
-- Each is one sealed list, sorted and padded and rewritten whole, so that no owner, time, order or length stands in it.
-- An empty `sealed` marks what was left out of the backup that this database was made from: it is asked for again.
CREATE TABLE unnamed_answers (
    run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    shown  INTEGER NOT NULL CHECK (shown IN (0, 1)),
    sealed BLOB    NOT NULL,
    PRIMARY KEY (run_id, shown)
) STRICT, WITHOUT ROWID;

-- What a group concludes is signed, also where the notes before it are not.
UPDATE answers SET anonymous = 0 WHERE owner = 'g';

-- One word for each person and round; forgotten when the round is over. The answers of a round are one row from now on,
-- with the round's own id.
ALTER TABLE check_in_turns ADD COLUMN said INTEGER NOT NULL DEFAULT 0 CHECK (said IN (0, 1));
