-- Whose an update is that could not be taken, where we know it: so that it goes when they or their group are erased.
ALTER TABLE dead_letters ADD COLUMN person_id INTEGER REFERENCES people;
ALTER TABLE dead_letters ADD COLUMN about INTEGER REFERENCES groups;
CREATE INDEX dead_letters_by_person ON dead_letters (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX dead_letters_by_group ON dead_letters (about) WHERE about IS NOT NULL;
