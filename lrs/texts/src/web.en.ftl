# What the browser UI says: see web.it.ftl.

product = Traccia
skip-to-content = Skip to the content
footer = Traccia keeps learning activities and shows how far courses are.
footer-server = Addresses of this server
language = Language
theme = Colours
theme-auto = Automatic
theme-light = Light
theme-dark = Dark
nav-main = Main navigation
nav-course = Pages of the course
nav-courses = Courses
nav-statements = Statements
breadcrumb = Breadcrumb
sign-out = Sign out

sign-in = Sign in
sign-in-title = Sign in to Traccia
sign-in-about = Use the key that your administrator gave you: a name and a secret.
sign-in-name = Name of the key
sign-in-secret = Secret
sign-in-hint = It stays in the memory of this page: after a reload it has to be typed again.
sign-in-wrong = The name or the secret is not right. Check them, capital letters too.
sign-in-too-many = Too many wrong attempts: wait a few minutes and try again.
sign-in-no-server = The server does not answer. Check the network and try again.

loading = Loading…
computing = The course was changed lately and is being computed: the data come by themselves in some seconds.
retry = Try again
copy = Copy
copied = Copied
more = Show more
total = Total
yes = yes
no = no
hours = Hours
fault-no-server = The server does not answer. Check the network and try again.
fault-forbidden = Your key may not see these data.
fault-missing = There is nothing at this address.
fault-busy = The server cannot answer now. Try again in a moment.
fault-refused = The server did not take the request.
empty = Nothing to show
empty-about = The filters may be too narrow, or nobody has begun yet.
not-found = Page not found
not-found-about = There is no page at this address.
not-found-courses = Go to the courses

filters = Filters
filters-apply = Apply
filters-clear = Clear filters
filters-given = Filters in use
filter-remove = Remove this filter
filter-choices-cut = The first { $most } values are offered; any other is written in full.
filter-region = Region
filter-province = Province
filter-body = Body
filter-role = Role
filter-office = Office
filter-edition = Edition
filter-at = As of the day
group-by = Compare by
group-region = Region
group-province = Province
group-body = Body
group-role = Role
group-office = Office
group-edition = Edition
group-none = All together
through = Data up to { $instant } (time of { $zone }).
through-none = No activity has arrived yet.
export-csv = Download CSV
export-xlsx = Download XLSX
export-done = Downloaded: { $name }
pages = Pages of the list
pages-shown = { $from } to { $to } of { $found }
pages-before = Previous
pages-after = Next
rows-cut = { $shown } of { $found } rows are shown: use the filters to narrow them down, or download the file.
chart-too-many = A chart of { $count } groups could not be read (at most { $most }): use the filters, or read the table.

courses-title = Courses
courses-none = There is no course yet
courses-none-about = A course is a file that names modules and activities; its learners are a CSV list. An administrator loads them like this:
course-size = { $learners ->
    [one] { $learners } learner
   *[other] { $learners } learners
  }, { $modules ->
    [one] { $modules } module
   *[other] { $modules } modules
  }, { $activities ->
    [one] { $activities } activity
   *[other] { $activities } activities
  }.
course-hours = { $hours } hours a head.
dates-both = { $begins } to { $ends }
dates-from = From { $begins }
dates-until = Until { $ends }
dates-none = Without a first and last day

bounds = You see people of these alone: { $names }.
page-glance = At a glance
page-funnel = Modules
page-curve = Planned and real
page-hours = Hours
page-at-risk = At risk
page-matrix = People
page-comparison = Comparison
page-learner = Learner

glance-nobody = Nobody is enrolled
glance-nobody-about = There is nobody in this course, with these filters.
glance-enrolled = The people in the list of learners.
glance-started = Who has done at least one activity of the course.
glance-active_7d = Who has done anything in the last seven days.
glance-on_track = Who has begun, has not completed, and was seen less than { $days } days ago.
glance-at_risk = Who has begun, has not completed, and has done nothing for at least { $days } days.
glance-completed = Who has completed all modules that are for them.
change-none = as a week before
change-more = { $count } more than a week before
change-less = { $count } fewer than a week before
glance-where = Where people stop
glance-where-more = The modules by territory
glance-whom = Whom to call first
glance-whom-more = Everybody at risk

funnel-about = For each module: who has completed it, who is in progress, and who has not started.
funnel-chart = People by module: completed, in progress, not started
funnel-table = People by module and state
curve-about = The hours that each learner has done on average at the end of each month, beside those planned.
curve-chart = Hours per learner, month by month: real and planned
curve-table = Hours per learner, month by month
curve-planned = Planned
curve-real = Real
curve-on = The course is where it was planned to be.
curve-behind = The course is behind: { $apart } hours a head are missing on average.
curve-ahead = The course is ahead: { $apart } hours a head more than planned, on average.
curve-lines = The chart shows the first { $most } groups; the table has them all.
hours-about = The hours earned, at a distance and in presence. A region leads to its bodies, a body to its people.
hours-chart = Hours at a distance and in presence
hours-table = Hours earned, at a distance and in presence
comparison-about = Territories side by side, in shares, so that their size does not count.
comparison-chart = Who has begun, who has completed, mean progress
comparison-table = Comparison of groups

at-risk-about = Those who have been silent longest come first. The name opens the person’s page, the address a message.
at-risk-none = Nobody is at risk, with these filters.
at-risk-table = People at risk of dropping out
at-risk-count = { $count ->
    [one] { $count } person at risk.
   *[other] { $count } people at risk.
  }
at-risk-reachable = { $count ->
    [one] On this page there is an address for { $count } of them.
   *[other] On this page there are addresses for { $count } of them.
  }
at-risk-addresses = Addresses of those on this page
at-risk-no-contact = no address
at-risk-missing = { $count ->
    [one] { $count } activity
   *[other] { $count } activities
  }

matrix-about = A row for each person, a column for each module. The name opens a page with their activities and statements.
matrix-search = Search a name, a body, an office
matrix-show = Show
matrix-all = All learners
matrix-started = Who has started
matrix-not-started = Who has not started
matrix-active = Active in the last 7 days
matrix-on-track = On track
matrix-in-progress = Who began and has not completed yet
matrix-completed = Who has completed
matrix-count = { $count ->
    [one] { $count } person
   *[other] { $count } people
  }
matrix-none = Nobody matches: try fewer filters.
matrix-table = People by module
matrix-skip = Skip the table
matrix-module = M{ $number }
matrix-not-for = not for this person
matrix-legend = What modules and marks mean

learner-back = Back to the list of people
learner-state = Course
learner-progress = Progress
learner-hours = Hours, of { $target }
learner-hours-how = { $online } at a distance, { $presence } in presence
learner-last = Last activity
learner-never = never
learner-modules = Modules
learner-since = since { $day }
learner-activities = Activities of the course
learner-activities-table = Activities, module by module
learner-next = Next step:
learner-ledger = Where the hours come from
learner-ledger-table = Hours that count, with the rule
learner-ledger-about = Each hour that counts, the rule by which it counts, and the statements behind it.
learner-ledger-none = No hours have been earned yet.
learner-statements = { $count ->
    [one] { $count } statement
   *[other] { $count } statements
  }
learner-timeline = What they did
learner-timeline-about = { $count ->
    [one] { $count } statement that bears on the course.
   *[other] { $count } statements that bear on the course, the newest first.
  }

statements-title = Statements
statements-about = xAPI statements as they came, the newest first. Each value opens and narrows the search.
statements-agent = Person
statements-agent-hint = A mail address, an account such as https://moodle.example|1042, an OpenID, or JSON.
statements-verb = Verb (IRI)
statements-activity = Activity (IRI)
statements-registration = Registration
statements-since = Stored after
statements-until = Stored until
statements-statementId = Id
statements-voidedStatementId = Id of a voided one
statements-limit = How many at a time
statements-flags = Options
statements-related_agents = Also where the person is mentioned
statements-related_activities = Also where the activity is mentioned
statements-ascending = The oldest first
statements-curl = The same request with curl
statements-none = No statements
statements-none-about = No statement matches the filters. IRIs have to be written in full.
statements-count = { $count ->
    [one] { $count } statement shown
   *[other] { $count } statements shown
  }
statement-more = Details
statement-open = Open among the statements
statement-json = The statement in JSON
statement-other = { $actor } · { $verb } · { $object }
narrow-agent = Others of this person
narrow-verb = Others with this verb
narrow-activity = Others on this activity
fact-score = score { $score }
fact-passed = passed
fact-failed = failed
fact-completed = completed
fact-not-completed = not completed
fact-duration = { $hours ->
    [0] { $minutes ->
        [0] { $seconds } s
       *[other] { $minutes } min
      }
   *[other] { $hours } h { $minutes } min
  }

verb-completed = { $actor } completed “{ $object }”
verb-passed = { $actor } passed “{ $object }”
verb-failed = { $actor } failed “{ $object }”
verb-initialized = { $actor } opened “{ $object }”
verb-launched = { $actor } launched “{ $object }”
verb-terminated = { $actor } closed “{ $object }”
verb-suspended = { $actor } suspended “{ $object }”
verb-resumed = { $actor } resumed “{ $object }”
verb-attempted = { $actor } attempted “{ $object }”
verb-answered = { $actor } answered “{ $object }”
verb-experienced = { $actor } experienced “{ $object }”
verb-viewed = { $actor } viewed “{ $object }”
verb-attended = { $actor } attended “{ $object }”
verb-satisfied = { $actor } satisfied “{ $object }”
verb-progressed = { $actor } progressed in “{ $object }”
verb-scored = { $actor } scored in “{ $object }”
verb-registered = { $actor } registered for “{ $object }”
verb-voided = { $actor } voided “{ $object }”
verb-played = { $actor } played “{ $object }”
verb-paused = { $actor } paused “{ $object }”
verb-logged-in = { $actor } logged in to “{ $object }”
verb-started = { $actor } started “{ $object }”
verb-submitted = { $actor } submitted “{ $object }”
verb-interacted = { $actor } interacted with “{ $object }”
verb-abandoned = { $actor } abandoned “{ $object }”
verb-waived = { $actor } is exempt from “{ $object }”
verb-uncompleted = { $actor } has no longer completed “{ $object }”
verb-created = { $actor } created “{ $object }”
verb-received = { $actor } received “{ $object }”
verb-rated = { $actor } rated “{ $object }”
