-- The updates that a webhook brought lately. They may come twice and in any order, so "all before this one" is not enough.
CREATE TABLE taken (
    update_id INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX taken_by_time ON taken (at);
