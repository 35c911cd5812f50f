-- The last revision of each course that was deleted. A course that is put under its id later counts
-- on from there: nobody can take the one for the other.
CREATE TABLE gone_course (
    id       TEXT PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
