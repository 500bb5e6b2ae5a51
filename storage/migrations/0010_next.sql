-- What may go next, found without looking at all that waits: ten thousand reminders at nine o'clock, say.
CREATE INDEX outbox_next ON outbox (priority DESC, id) WHERE state = 'queued';
