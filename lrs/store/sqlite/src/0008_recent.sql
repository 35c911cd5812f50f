-- What transactions have added to `statement_index` and `statement_id` and is not there yet, a row for each transaction:
-- see recent.rs. What is moved there is deleted here.
CREATE TABLE recent (
    number INTEGER PRIMARY KEY,
    added  BLOB NOT NULL
) STRICT;
