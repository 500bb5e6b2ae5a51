-- Who somebody is, and what they are doing just now, is proved or hidden by a seal; what needs keys for it is done by
-- storage/seats.py in the same transaction.
ALTER TABLE people ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';

-- What was said while somebody logged an incident, whatever became of it.
DELETE FROM outbox WHERE chat GLOB 'p:*' AND state <> 'queued'
    AND slot IN (SELECT 'visit:' || id FROM runs WHERE exercise = 'incident');
-- In private chats: what nobody asks for any more, and of all else the time of day.
DELETE FROM outbox WHERE chat GLOB 'p:*' AND (state = 'replaced' OR state = 'sent' AND message_id IS NULL);
UPDATE outbox SET changed_at = changed_at - changed_at % 86400 WHERE chat GLOB 'p:*';
UPDATE outbox SET not_before = changed_at WHERE chat GLOB 'p:*' AND state <> 'queued';
UPDATE runs SET opened_at = opened_at - opened_at % 86400, changed_at = changed_at - changed_at % 86400
    WHERE exercise = 'incident';

DROP INDEX incidents_by_reporter;
CREATE INDEX incidents_by_day ON incidents (group_id, logged_on) WHERE reporter IS NOT NULL;
