SELECT * FROM {{ rows_of('statements') }}
