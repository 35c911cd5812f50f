SELECT * FROM {{ rows_of('learners') }}
