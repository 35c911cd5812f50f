-- Views over the tables of Traccia, for DuckDB 1.2 or newer. Say first where the files are, with a slash at the end: a
-- folder, or the address of a server (docs/data.md says how the key is given):
--
--   SET VARIABLE dataset = 'export/';
--   .read docs/data/views.sql
--
-- The views see the files that the manifest named when this was read: read it again for newer rows.

CREATE OR REPLACE TEMP TABLE manifest AS
    SELECT json FROM read_json_objects(getvariable('dataset') || 'manifest.json', format = 'unstructured');

-- The files of one table.
CREATE OR REPLACE MACRO files_of(name) AS (
    SELECT list(getvariable('dataset') || path)
    FROM (SELECT unnest(json_extract_string(json, '$.tables.' || name || '.files[*].path')) AS path FROM manifest)
);
SET VARIABLE through = (SELECT json_extract_string(json, '$.through')::TIMESTAMPTZ FROM manifest);
SET VARIABLE files_statements = files_of('statements');
SET VARIABLE files_context_activities = files_of('context_activities');
SET VARIABLE files_agents = files_of('agents');
SET VARIABLE files_extensions = files_of('extensions');
SET VARIABLE files_learners = files_of('learners');
SET VARIABLE files_course_activities = files_of('course_activities');
SET VARIABLE files_activities = files_of('activities');
SET VARIABLE files_verbs = files_of('verbs');
SET VARIABLE files_refusals = files_of('refusals');
SET VARIABLE files_erasures = files_of('erasures');

CREATE OR REPLACE VIEW statements AS SELECT * FROM read_parquet(getvariable('files_statements'), hive_partitioning = false);
CREATE OR REPLACE VIEW context_activities AS SELECT * FROM read_parquet(getvariable('files_context_activities'), hive_partitioning = false);
CREATE OR REPLACE VIEW agents AS SELECT * FROM read_parquet(getvariable('files_agents'), hive_partitioning = false);
CREATE OR REPLACE VIEW extensions AS SELECT * FROM read_parquet(getvariable('files_extensions'), hive_partitioning = false);
CREATE OR REPLACE VIEW learners AS SELECT * FROM read_parquet(getvariable('files_learners'), hive_partitioning = false);
CREATE OR REPLACE VIEW course_activities AS SELECT * FROM read_parquet(getvariable('files_course_activities'), hive_partitioning = false);
CREATE OR REPLACE VIEW activities AS SELECT * FROM read_parquet(getvariable('files_activities'), hive_partitioning = false);
CREATE OR REPLACE VIEW verbs AS SELECT * FROM read_parquet(getvariable('files_verbs'), hive_partitioning = false);
CREATE OR REPLACE VIEW refusals AS SELECT * FROM read_parquet(getvariable('files_refusals'), hive_partitioning = false);
CREATE OR REPLACE VIEW erasures AS SELECT * FROM read_parquet(getvariable('files_erasures'), hive_partitioning = false);

-- Statements that stand: neither voided, nor voiding.
CREATE OR REPLACE VIEW valid AS
    SELECT * FROM statements AS s
    WHERE s.voids IS NULL AND NOT EXISTS (SELECT 1 FROM statements AS v WHERE v.voids = s.id);

-- Of statements that say the same of one actor (equal verb, object, timestamp and result), the first: what plugins send
-- twice counts once. A statement without a named actor stands for itself.
CREATE OR REPLACE VIEW facts AS
    SELECT * FROM valid
    QUALIFY row_number() OVER (PARTITION BY coalesce(actor, id), fingerprint ORDER BY stored) = 1;

-- Statements that were voided and whose equal twin still stands: what was to be taken back still counts.
CREATE OR REPLACE VIEW standing_twins AS
    SELECT gone.id AS voided, twin.id AS still_stands, twin.source, twin.stored
    FROM statements AS gone
    JOIN statements AS v ON v.voids = gone.id
    JOIN valid AS twin ON twin.actor = gone.actor AND twin.fingerprint = gone.fingerprint AND twin.id <> gone.id;
