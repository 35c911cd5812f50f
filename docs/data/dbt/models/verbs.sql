SELECT * FROM {{ rows_of('verbs') }}
