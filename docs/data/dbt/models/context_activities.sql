SELECT * FROM {{ rows_of('context_activities') }}
