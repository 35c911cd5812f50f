SELECT * FROM {{ rows_of('refusals') }}
