-- Statements that stand: neither voided, nor voiding.
SELECT * FROM {{ ref('statements') }} AS s
WHERE s.voids IS NULL AND NOT EXISTS (SELECT 1 FROM {{ ref('statements') }} AS v WHERE v.voids = s.id)
