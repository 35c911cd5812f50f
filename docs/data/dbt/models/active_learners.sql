-- Learners by region and week of local time, no cell under five.
SELECT l.course, l.region, date_trunc('week', timezone('Europe/Rome', f.timestamp)) AS week,
    count(DISTINCT l.learner) AS people
FROM {{ ref('facts') }} AS f JOIN {{ ref('learners') }} AS l USING (actor)
GROUP BY ALL HAVING count(DISTINCT l.learner) >= 5
