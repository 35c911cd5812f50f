-- A statement that an erasure removed keeps its row, so that its id and its instant stay taken: `flags` is 2, `body` is the id
-- of the erasure, and nothing else of the statement is left.
CREATE INDEX statement_removed ON statement (seq) WHERE flags = 2;
