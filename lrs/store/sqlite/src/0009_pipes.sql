-- Pipes to and from other stores, and what they have given up.
CREATE TABLE pipe (
    name     TEXT PRIMARY KEY,
    -- No two states of the records under a name have the same.
    revision INTEGER NOT NULL,
    -- Settings and state, as JSON.
    record   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letter (
    pipe      TEXT NOT NULL,
    statement BLOB NOT NULL,
    stored    INTEGER NOT NULL,
    status    INTEGER NOT NULL,
    body      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (pipe, statement)
) STRICT, WITHOUT ROWID;
CREATE INDEX dead_letter_place ON dead_letter (pipe, stored, statement);
