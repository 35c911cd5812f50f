-- Where this has rows, `verbs` and `statements` are not of one export.
SELECT DISTINCT verb FROM {{ ref('statements') }} ANTI JOIN {{ ref('verbs') }} USING (verb)
