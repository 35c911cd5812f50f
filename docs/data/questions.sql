-- Twelve questions that data teams ask, for DuckDB, over docs/data/views.sql. Local times are those of this zone:
SET TimeZone = 'Europe/Rome';

-- 1 Where do learners drop off? By SCO: who began, who completed.
WITH person AS (
    SELECT actor, object, bool_or(verb LIKE '%/initialized') AS began, bool_or(completion) AS done
    FROM facts WHERE activity_type = 'http://adlnet.gov/expapi/activities/lesson' GROUP BY actor, object
)
SELECT object, count(*) FILTER (began) AS starts, count(*) FILTER (began AND done) AS ends,
    1 - ends / starts AS drop_off
FROM person GROUP BY object ORDER BY drop_off DESC, object;

-- 2 How long do learners work on a module? What sessions say, else from their first statement to their last.
WITH session AS (
    SELECT actor, parent, coalesce(session, registration) AS key,
        coalesce(max(duration_ms) FILTER (verb LIKE '%/terminated'),
            date_diff('millisecond', min(timestamp), max(timestamp))) AS ms
    FROM facts WHERE coalesce(session, registration) IS NOT NULL GROUP BY ALL
)
SELECT parent, count(DISTINCT actor) AS people, sum(ms) / 3.6e6 AS hours, median(ms) / 6e4 AS median_minutes
FROM session GROUP BY parent ORDER BY parent;

-- 3 Which items tell good learners from lucky ones? First answers: difficulty, and correlation with the rest of the test.
WITH first_answer AS (
    SELECT actor, object AS item, parent AS test, arg_min(success::INT, timestamp) AS hit
    FROM facts WHERE interaction_type IS NOT NULL AND success IS NOT NULL GROUP BY ALL
), of_test AS (
    SELECT *, sum(hit) OVER (PARTITION BY actor, test) - hit AS rest FROM first_answer
)
SELECT item, count(*) AS answers, avg(hit) AS difficulty, corr(hit, rest) AS discrimination
FROM of_test GROUP BY item HAVING count(*) >= 30 ORDER BY discrimination;

-- 4 Which wrong answers are chosen?
WITH chosen AS (
    SELECT object AS item, unnest(string_split(response, '[,]')) AS choice
    FROM facts WHERE interaction_type = 'choice' AND NOT success
)
SELECT item, choice, count(*) AS n, count(*) / sum(count(*)) OVER (PARTITION BY item) AS share
FROM chosen GROUP BY item, choice ORDER BY item, n DESC, choice;

-- 5 Which sources send things twice?
SELECT source, count(*) AS kept, count(*) - count(DISTINCT (coalesce(actor, id), fingerprint)) AS repeated
FROM valid GROUP BY source ORDER BY repeated DESC, source;

-- 6 Which sources are silent, against their own habit? As of the newest rows.
WITH gap AS (
    SELECT source, stored,
        epoch(stored) - epoch(lag(stored) OVER (PARTITION BY source ORDER BY stored)) AS seconds
    FROM statements
), habit AS (
    SELECT source, max(stored) AS last, quantile_cont(seconds, 0.999) AS usual FROM gap GROUP BY source
)
SELECT source, last, usual, epoch(getvariable('through')) - epoch(last) > 3 * usual AS alarm
FROM habit ORDER BY source;

-- 7 How late do statements come?
SELECT source, quantile_cont(epoch(stored) - epoch(timestamp), [0.5, 0.95, 0.99]) AS seconds,
    count(*) FILTER (timestamp > stored) AS future,
    count(*) FILTER (stored - timestamp > INTERVAL 1 DAY) AS over_a_day
FROM statements GROUP BY source ORDER BY source;

-- 8 What is said at all? Verbs and types, new ones first.
SELECT verb, activity_type, source, count(*) AS n, count(DISTINCT object) AS objects, min(stored) AS since
FROM valid GROUP BY ALL ORDER BY since DESC;

-- 9 Which actors are nobody's learner?
SELECT actor_kind, actor_home, source, count(DISTINCT actor) AS actors, count(*) AS n, max(stored) AS last
FROM valid ANTI JOIN learners USING (actor) WHERE actor IS NOT NULL GROUP BY ALL ORDER BY n DESC, actor_kind;

-- 10 How many attempts does it take to pass?
WITH attempt AS (
    SELECT actor, object, success, row_number() OVER (PARTITION BY actor, object ORDER BY timestamp) AS n
    FROM facts
    WHERE verb IN ('http://adlnet.gov/expapi/verbs/passed', 'http://adlnet.gov/expapi/verbs/failed')
)
SELECT object, count(DISTINCT actor) AS takers, avg(success::INT) FILTER (n = 1) AS passed_first, max(n) AS most
FROM attempt GROUP BY object ORDER BY object;

-- 11 When do people learn? Weekday (1 is Monday) and hour, in local time.
SELECT isodow(timestamp) AS weekday, hour(timestamp) AS hour, count(DISTINCT actor) AS people
FROM facts GROUP BY ALL ORDER BY ALL;

-- 12 Do cohorts stay? By region and week since the start, no cell under five.
WITH active AS (
    SELECT DISTINCT learner, region, date_trunc('week', timestamp) AS week FROM facts JOIN learners USING (actor)
), cohort AS (
    SELECT *, min(week) OVER (PARTITION BY learner) AS start FROM active
)
SELECT region, start, date_diff('week', start, week) AS n, count(*) AS people
FROM cohort GROUP BY ALL HAVING count(*) >= 5 ORDER BY ALL;
