SELECT * FROM {{ rows_of('activities') }}
