-- Where a meeting is held, and the link to it: what somebody has written, so it is sealed. None of either stays NULL.
ALTER TABLE meetings ADD COLUMN sealed BLOB;
