-- The text of a statement as packed.rs makes it shorter; `body` is '' then. NULL where `body` has the text: in rows of a
-- version before, and where it would not be shorter.
ALTER TABLE statement ADD COLUMN packed BLOB;
