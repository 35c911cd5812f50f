-- By SCO: who began, who completed.
WITH person AS (
    SELECT actor, object, bool_or(verb LIKE '%/initialized') AS began, bool_or(completion) AS done
    FROM {{ ref('facts') }} WHERE activity_type = 'http://adlnet.gov/expapi/activities/lesson' GROUP BY actor, object
)
SELECT object, any_value(a.name) AS name, count(*) FILTER (began) AS starts, count(*) FILTER (began AND done) AS ends
FROM person LEFT JOIN {{ ref('activities') }} AS a ON a.activity = object
GROUP BY object
