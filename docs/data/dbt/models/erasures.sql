SELECT * FROM {{ rows_of('erasures') }}
