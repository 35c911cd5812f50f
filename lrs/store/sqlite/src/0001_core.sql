-- Statements, verbatim. `seq` is `stored` in microseconds since the epoch.
CREATE TABLE statement (
    seq   INTEGER PRIMARY KEY,
    id    BLOB NOT NULL,
    flags INTEGER NOT NULL,               -- 1: a voiding statement
    body  TEXT NOT NULL
) STRICT;

CREATE TABLE statement_id (
    id  BLOB PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Ids that voiding statements refer to, whether they are kept or not.
CREATE TABLE voided (
    target BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Which statements have a statement reference to `target` as their object.
CREATE TABLE reference (
    target BLOB NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (target, seq)
) STRICT, WITHOUT ROWID;

-- Agents, verbs, activities and registrations under short names. `kind` as in xapi::index.
CREATE TABLE entity (
    id   INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (kind, text)
) STRICT;

-- What statements are found by. `closeness` as in xapi::index.
CREATE TABLE statement_index (
    entity    INTEGER NOT NULL,
    closeness INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (entity, closeness, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_name (
    entity INTEGER NOT NULL,
    name   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (entity, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE definition (
    entity INTEGER PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT;

CREATE TABLE attachment (
    sha2         TEXT PRIMARY KEY,
    content_type TEXT NOT NULL,
    body         BLOB NOT NULL
) STRICT;

-- State and profile documents. A missing activity, agent or registration is ''.
CREATE TABLE document (
    resource     INTEGER NOT NULL,
    activity     TEXT NOT NULL,
    agent        TEXT NOT NULL,
    registration TEXT NOT NULL,
    id           TEXT NOT NULL,
    content_type TEXT NOT NULL,
    updated      INTEGER NOT NULL,
    body         BLOB NOT NULL,
    UNIQUE (resource, activity, agent, id, registration)
) STRICT;

CREATE TABLE api_key (
    name        TEXT PRIMARY KEY,
    label       TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    authority   TEXT NOT NULL,
    created     INTEGER NOT NULL,
    secret_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE course (
    id       TEXT PRIMARY KEY,
    file     TEXT NOT NULL,
    learners TEXT NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

-- How far a course's progress documents follow the log, and which revision: written many times a
-- second, so not beside the long texts of `course`.
CREATE TABLE followed (
    course   TEXT PRIMARY KEY,
    through  INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE progress (
    course  TEXT NOT NULL,
    learner TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (course, learner)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
