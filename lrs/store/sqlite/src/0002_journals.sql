-- Progress documents are journals of actors instead of results of learners: they are read from
-- the log again.
DROP TABLE progress;
DROP TABLE followed;

ALTER TABLE course RENAME COLUMN learners TO enrolment;
ALTER TABLE course ADD COLUMN reading INTEGER NOT NULL DEFAULT 1;

-- How far a course's progress documents follow the log, for which reading of the course: written
-- many times a second, so not beside the long texts of `course`.
CREATE TABLE followed (
    course  TEXT PRIMARY KEY,
    through INTEGER NOT NULL,
    reading INTEGER NOT NULL,
    version INTEGER NOT NULL,             -- grows with every write of documents
    base    INTEGER NOT NULL              -- the version of the last write of them all
) STRICT, WITHOUT ROWID;

CREATE TABLE progress (
    course  TEXT NOT NULL,
    actor   TEXT NOT NULL,                -- the identifier of an Agent
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    UNIQUE (course, actor)
) STRICT;
CREATE INDEX progress_version ON progress (course, version);

CREATE TABLE certificate_list (
    course  TEXT NOT NULL,
    id      TEXT NOT NULL,
    created INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (course, id)
) STRICT;

-- The territory that a key is bound to, JSON; empty for none.
ALTER TABLE api_key ADD COLUMN bounds TEXT NOT NULL DEFAULT '';
