-- What has waited longest is found without sorting all that waits.
CREATE INDEX outbox_longest ON outbox (id, chat, not_before) WHERE state = 'queued';
