SELECT * FROM {{ rows_of('course_activities') }}
