-- The CRC-32 of what a row says, by which a flipped bit is noticed when the row is read. NULL in
-- rows of a version before.
ALTER TABLE statement ADD COLUMN checksum INTEGER;
ALTER TABLE document ADD COLUMN checksum INTEGER;

-- Which write made a document what it is, a number that no other write has: a change that was made
-- of another one is not written.
ALTER TABLE document ADD COLUMN version INTEGER;
