# Reports: titles, columns, notes, values, and the pages on which they are read; certificates.

## Reports: titles

report-glance = Course at a glance
report-funnel = Module funnel
report-progress = Progress
report-matrix = Progress matrix
report-curve = Progress over time
report-ledger = Hours ledger
report-hours = Hours of training
report-bodies = Bodies that take part
report-at-risk = Learners at risk
report-register = Register of presence
report-assessment = Assessment
report-questions = Question analysis
report-content = Use of content
report-times = Times of activity
report-attendance = Attendance at events
report-comparison = Comparison of groups
report-learner = Learner page
report-health = Data health
report-certificates = Certificate list
sheet-title = Attendance sheet: { $event }, { $session }, { $day }
sheet-title-place = Attendance sheet: { $event }, { $session }, { $day }; place: { $place }

## Reports: columns. `column-…` is the column's name for programs; where a report has another heading, what it is of follows.

column-learner = Learner
column-name = Name
column-region = Region
column-province = Province
column-body = Body
column-istat = ISTAT code
column-population_class = Population class
column-role = Role
column-office = Office
column-edition = Edition
column-contact = Contact
column-module = Module
column-module_title = Module title
column-activity = Activity
column-activity_title = Activity title
column-event = Event
column-event_title = Event title
column-kind = Kind
column-kind-of-event = Kind of event
column-session = Session
column-date = Date
column-date-of-point = Date
column-number = No.
column-place = Place
column-object = Object
column-object-elsewhere = Other source
column-present = Present
column-note = Note
column-statements = Statements
column-arrival = Arrival
column-departure = Departure
column-signature = Signature
column-enrolled = Enrolled
column-started = Started
column-not_started = Not started
column-in_progress = In progress
column-completed = Completed
column-active_7d = Active in the last 7 days
column-on_track = On track
column-at_risk = At risk
column-passed = Passed
column-passed-learner = Passed
column-passed-test = Passed
column-failed = Failed
column-failed-test = Failed
column-score_mean = Mean score
column-score = Score
column-progress = Progress
column-progress-mean = Mean progress
column-hours_online = Hours online
column-hours_presence = Hours in presence
column-hours = Hours
column-hours-plain = Hours
column-hours-registered = Hours registered
column-hours-counted = Hours that count
column-hours_measured = Hours told
column-hours_mean = Hours per head
column-hours_year = Hours in the year
column-target = Target hours
column-target-course = Target of the course
column-target-head = Target per head
column-target-head-of-part = Target hours per head
column-target_year = Target of the year
column-target_year-head = Target a year
column-target_year-head-of-part = Target hours per head and year
column-taking_part = With hours
column-reaching = Reaching the target
column-reaching_year = Reaching the target of the year
column-presence_share = Share in presence
column-planned = Planned hours per head
column-share = Share of target
column-started_share = Started
column-completed_share = Completed (share)
column-pass_rate = Pass rate
column-bodies = Bodies
column-bodies_started = Bodies that started
column-bodies_completed = Bodies that completed
column-takers = Takers
column-attempts = Attempts
column-attempts_mean = Mean attempts
column-attempts_to_pass = Mean attempts to pass
column-question = Question
column-question_title = Question title
column-answered = Answered
column-right_first = Right at first
column-discrimination = Discrimination
column-wrong-answer = Wrong answer { $place }
column-wrong-answer-learners = Chosen by ({ $place })
column-part = Part
column-part_title = Part title
column-completed-of-started = Completed of started
column-hours_median = Hours (median)
column-stopped = Stopped here
column-tells_completion = Completion is told
column-weekday = Day
column-active-learners = Active people
column-active_hours = Active hours
column-hour-of-day = { $hour } h
column-gap = Gain since entry
column-score-tenth = { $from }–{ $to } %
column-events = Events
column-sessions = Sessions held
column-participants = Participants
column-attendances = Attendances
column-in_presence = In presence
column-rule = Rule
column-rule_words = Rule in words
column-state = State
column-state-course = Course
column-since = Completed since
column-since-certificate = Earned on
column-since-of = { $name }: completed since
column-score-of = { $name }: score
column-week-before = { $name }, a week before
column-next = Next step
column-last_seen = Last seen
column-days_idle = Days idle
column-missing = Missing activities
column-check = Check
column-meaning = Meaning
column-subject = Subject
column-count = Count
column-last = Last

## Reports: notes below the table

note-small-groups = Groups of fewer than 5 people are not shown; where one could be found by subtraction, the next smallest is hidden too.
note-first-answers = The first answer of each person counts. Discrimination is from -1 to 1: near 0 or below, who knows the rest answers no better than others, and the question should be read again.
note-content = The first row of an activity is the whole of it, the others are its parts in the order in which they are begun. Stopped here: who has not completed the activity and began nothing after. Parts that one person alone has used are not listed.
note-times = Each person counts once for each hour of each day in which they did anything, in the time zone of the course.
note-year = The hours of the year are those of { $year }, until the day of the report.
note-planned = Planned hours grow in a straight line from the course's first day to its last.
note-at-risk = At risk: has started, has not completed the course, and has done nothing for { $days ->
        [one] 1 day
       *[other] { $days } days
    } or more.
note-newest = Clocks, delays, repetitions and objects: in the newest { $count } statements.
note-course = Course: { $state }; hours: { $hours }.
note-course-target = Course: { $state }; hours: { $hours } of { $target }.
note-frozen = Frozen list; SHA-256: { $hash }

## The certificate: its rule, and what is missing

certificate-no-rule = The course has no rule for a certificate: add [certificate] to its file.
certificate-rule = Certificate: { $requirements }.
certificate-modules = modules completed: { $modules }
certificate-hours = at least { $hours ->
        [one] 1 hour
       *[other] { $hours } hours
    }
certificate-hours-presence = at least { $hours ->
        [one] 1 hour
       *[other] { $hours } hours
    } in presence
certificate-hours-of-them = at least { $hours } of them in presence
certificate-score = a mean score of at least { $score }
certificate-by = by the end of { $day }
certificate-earned = Certificate: earned on { $day }.
certificate-not-earned = Certificate: not earned. Missing: { $missing }.
unmet-modules = modules to complete: { $modules }
unmet-hours = hours: { $there } of { $least }, { $missing } missing
unmet-hours-presence = hours in presence: { $there } of { $least }, { $missing } missing
unmet-score = mean score: { $score } of { $least }, { $missing } missing
unmet-score-none = mean score: none yet, at least { $least } is required
unmet-by = the last day that counts was { $day }

## Reports: values

state-not_started = not started
state-in_progress = in progress
state-completed = completed
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday
hours-rule-sessions = sum of closed sessions
hours-rule-outcome = largest duration at an outcome, without sessions
hours-rule-nominal = nominal hours on completion
hours-rule-presence = registered presence
kind-online = online activity
kind-lesson = lesson
kind-reading = reading
kind-video = video
kind-test = test
kind-survey = survey
kind-assignment = assignment
kind-classroom = classroom
kind-seminar = seminar
kind-webinar = webinar
kind-workshop = workshop
kind-joint_workshop = joint workshop
kind-conference = conference
kind-specialist_training = specialist training
kind-study_visit = study visit
kind-event = event
check-name-source = source
check-name-refused = refused
check-name-unassigned = unassigned
check-name-unassigned_actor = unassigned_actor
check-name-same_name = same_name
check-name-without_time = without_time
check-name-stored_ahead = stored_ahead
check-name-unreadable = unreadable
check-name-repeated = repeated
check-name-clock_ahead = clock_ahead
check-name-late = late
check-name-unmapped = unmapped
check-source = last statement of the key
check-refused = requests refused since the start
check-unassigned = statements of actors not enrolled
check-unassigned_actor = actor not enrolled
check-same_name = the same name: the same person?
check-without_time = completed, but no statement tells how long: with hours and credit = "nominal" the hours count on completion
check-stored_ahead = seconds by which stored runs ahead of the server's clock
check-unreadable = statement damaged in the store: it does not count; restore it from a backup
check-repeated = repeated statements, counted once
check-clock_ahead = clock ahead by more than 5 minutes
check-late = came more than 7 days late
check-unmapped = objects of the site outside of the course

## Reports: the page, the sheet and the text in which they are read

table-facts-course = Course
table-facts-as-of = As of
table-facts-through = Data until
table-facts-time-zone = Time zone
table-as-of-now = when this was made
table-as-of-end = end of { $day }
table-until = data until { $through }
table-through-none = no statement yet
table-percent = { $number }%
table-flag-yes = yes
table-flag-no = no
table-total = Total
table-no-rows = No rows
table-notes = Notes
table-note = Note
table-data = Data
table-report = Report
table-left-out = Columns that do not fit into { $width } characters: { $names }. To see them: a width of { $whole } (--width { $whole }), or the format csv, xlsx or html.
note-erased = { $count ->
    [one] From one line a person was erased. The hash is that of the list as it was frozen.
   *[other] From { $count } lines people were erased. The hash is that of the list as it was frozen.
}
