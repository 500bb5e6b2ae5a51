-- What waits to be sent is named by what it is, and no longer by the channel's call. (The channel translates the rest.)
ALTER TABLE outbox RENAME COLUMN method TO kind;
