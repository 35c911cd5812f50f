-- Requests that were refused, the newest of each key. `id` is a UUID of version 7: text order is time order.
CREATE TABLE refusal (
    id     TEXT NOT NULL UNIQUE,
    key    TEXT NOT NULL,
    rule   TEXT NOT NULL,
    status INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    weight INTEGER NOT NULL,              -- what counts against the bound of all refusals
    body   TEXT NOT NULL
) STRICT;
CREATE INDEX refusal_of_key ON refusal (key, id);
CREATE INDEX refusal_weight ON refusal (id, weight);
