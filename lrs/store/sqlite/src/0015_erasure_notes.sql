-- The records of erasures that are not done, with the identifiers in them: `erasure.body` is empty as long as an erasure is
-- here. Few at a time, so that the pages which had them can be written over without writing the whole database anew.
CREATE TABLE erasure_note (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO erasure_note (id, body) SELECT id, body FROM erasure WHERE done = 0;
UPDATE erasure SET body = '' WHERE done = 0;
