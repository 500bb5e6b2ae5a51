-- Whether an address for mail was given by whoever had shown who they are: only then one-time codes go there.

ALTER TABLE mail_addresses ADD COLUMN vouched INTEGER NOT NULL DEFAULT 0 CHECK (vouched IN (0, 1));
