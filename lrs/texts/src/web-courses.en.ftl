# What the browser UI says: see web-courses.it.ftl.

courses-title = Courses
courses-none = There is no course yet
courses-none-about = A course is a file that names modules and activities; its learners are a CSV list. An administrator loads them like this:
course-size = { $learners ->
    [one] { $learners } learner
   *[other] { $learners } learners
  }, { $modules ->
    [one] { $modules } module
   *[other] { $modules } modules
  }.
course-unreadable = This version of Traccia cannot read the course file: open it to see why.
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
learner-timeline-about = The statements that bear on the course, the newest first.
bounds-title = Territory
bounds-about = They see those who are in the regions or bodies chosen here alone.
bounds-regions = Regions
bounds-bodies = Bodies
bounds-bodies-hint = The name as it stands in the list of learners.
bounds-wanted = Choose at least one region or body.
paper-print = Print
paper-prepare = Prepare for print
paper-back = Back to the list
paper-cut = Paper has the first { $most } of { $found } rows: use the filters to divide them.
column-person = Name
page-registers = Registers
page-register = Register
page-code = Check-in code
page-sheet = Signature sheet
page-certificates = Certificates
page-learners = Learners
page-import = Import a list
page-unassigned = Activity of people not enrolled
page-report = Report
page-edit = Edit the course
page-mapping = Activities to map

learner-by-module = Hours by module
learner-hours-of = { $hours } hours of { $target }
learner-hours-alone = { $hours } hours
learner-timeline-none = No activity has arrived yet.

report-about = The course on a few pages, to print on A4 or to save as PDF.
report-course = Course

# Analysis of questions, content and times

page-analysis = Analysis
analysis-about = Which questions do not work, where people stop in the content, when people are active.
questions-title = Questions
questions-none = Nobody has answered a question of this course yet.
questions-wrong = Wrong answers chosen most (people)
questions-table = The questions, by the first answer of each person
times-title = Times
times-table = Hours of activity by day of the week and hour of the day
