-- How far the mailbox of returned mail was read, so that a restart does not read again what ended a look.
-- From here on the sealed content of sign-ins and admissions may be longer than an earlier version reads.
ALTER TABLE intake ADD COLUMN mailbox TEXT;
