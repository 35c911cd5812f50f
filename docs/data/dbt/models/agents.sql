SELECT * FROM {{ rows_of('agents') }}
