-- Which message gave an earlier version of an answer: when that message is edited, what others have written since
-- must not be overwritten, nor the edit be lost.
ALTER TABLE answer_versions ADD COLUMN source_chat INTEGER;
ALTER TABLE answer_versions ADD COLUMN source_message INTEGER;
CREATE INDEX answer_versions_source ON answer_versions (source_chat, source_message);
