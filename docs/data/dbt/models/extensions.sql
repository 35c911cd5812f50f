SELECT * FROM {{ rows_of('extensions') }}
