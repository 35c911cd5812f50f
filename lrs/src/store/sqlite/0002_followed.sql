-- How far a course's progress documents follow the log, and which revision: written many times a
-- second, so not beside the long texts of `course`.
CREATE TABLE followed (
    course   TEXT PRIMARY KEY,
    through  INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO followed (course, through, revision) SELECT id, through, followed FROM course;

CREATE TABLE course_without (
    id       TEXT PRIMARY KEY,
    file     TEXT NOT NULL,
    learners TEXT NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

INSERT INTO course_without (id, file, learners, revision)
SELECT id, file, learners, revision FROM course;

DROP TABLE course;

ALTER TABLE course_without RENAME TO course;
