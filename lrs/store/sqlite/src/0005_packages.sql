-- Packages that are hosted. The content of their files lies beside the database, by its hash.
CREATE TABLE package (
    name    TEXT PRIMARY KEY,
    current INTEGER NOT NULL,
    -- The last number that was given to a version.
    last    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE package_version (
    key      TEXT PRIMARY KEY,
    package  TEXT NOT NULL,
    number   INTEGER NOT NULL,
    title    TEXT NOT NULL,
    standard TEXT NOT NULL,
    created  INTEGER NOT NULL,
    files    INTEGER NOT NULL,
    bytes    INTEGER NOT NULL,
    outline  TEXT NOT NULL,
    UNIQUE (package, number)
) STRICT;

CREATE TABLE package_file (
    key          TEXT NOT NULL,
    path         TEXT NOT NULL,
    content_type TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    bytes        INTEGER NOT NULL,
    PRIMARY KEY (key, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX package_file_content ON package_file (sha256);

-- The right to play a version, by the hash of its token.
CREATE TABLE launch (
    token   TEXT PRIMARY KEY,
    package TEXT NOT NULL,
    key     TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX launch_of_package ON launch (package, created);
CREATE INDEX launch_of_version ON launch (key);
CREATE INDEX launch_expires ON launch (expires);
