-- How long keys are good, as access::key::KeyLife says it: JSON, empty for ever. And when keys were last used.
ALTER TABLE api_key ADD COLUMN life TEXT NOT NULL DEFAULT '';

CREATE TABLE key_use (
    name TEXT PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
