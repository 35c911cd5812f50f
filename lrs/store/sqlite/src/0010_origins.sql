-- Where statements were before they came here: `seq` is that of the statement.
CREATE TABLE origin (
    seq       INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,
    stored    INTEGER,                    -- in the source, in microseconds
    authority TEXT                        -- in the source, JSON
) STRICT;
