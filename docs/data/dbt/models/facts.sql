-- Of statements that say the same of one actor, the first.
SELECT * FROM {{ ref('valid') }}
QUALIFY row_number() OVER (PARTITION BY coalesce(actor, id), fingerprint ORDER BY stored) = 1
