-- The hash chain of the audit log (access::chain). Entries from before it have no number.
ALTER TABLE audit ADD COLUMN number INTEGER;
ALTER TABLE audit ADD COLUMN salt TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN erased_by TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX audit_number ON audit (number);

-- Erasures (store::KeptErasure). `id` is a UUID of version 7: text order is time order.
CREATE TABLE erasure (
    id      TEXT PRIMARY KEY,
    created INTEGER NOT NULL,
    done    INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
