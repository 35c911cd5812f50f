-- People who sign in, their sessions, and who changed what.
CREATE TABLE person (
    name     TEXT PRIMARY KEY,
    -- No two states of the records under a name have the same.
    revision INTEGER NOT NULL,
    -- access::person::KeptPerson, as JSON.
    record   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setup (
    hash    TEXT PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    id         TEXT PRIMARY KEY,
    person     TEXT NOT NULL,
    generation INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    last_used  INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE audit (
    id      TEXT PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    target  TEXT NOT NULL,
    details TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_action ON audit (action, id);
