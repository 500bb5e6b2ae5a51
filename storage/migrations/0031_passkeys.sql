-- Passkeys: whose each is, its public key and its counter are sealed.
CREATE TABLE passkeys (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    sealed BLOB NOT NULL
) STRICT;
