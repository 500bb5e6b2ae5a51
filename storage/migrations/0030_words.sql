-- Somebody who wants to be contacted can say what about. Wishes from before say nothing, and stay as they are.
ALTER TABLE wishes ADD COLUMN sealed BLOB;
