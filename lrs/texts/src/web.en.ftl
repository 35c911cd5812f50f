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
sign-out-failed = The server did not take it: the session is still open. Press “Sign out” again before you leave this computer.

sign-in = Sign in
sign-in-title = Sign in to Traccia
sign-in-about = A key is for programs, and for whoever wants to try what it may do: a name and a secret.
sign-in-name = Name of the key
sign-in-secret = Secret
sign-in-hint = It stays in the memory of this page: after a reload it has to be typed again.
sign-in-wrong = That is not right. Check what you typed, capital letters too.
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
fault-forbidden = You may not see or do this: ask whoever administers Traccia.
fault-missing = There is nothing at this address.
fault-busy = The server cannot answer now. Try again in a moment.
fault-refused = The server did not take the request.
empty = Nothing to show
empty-about = The filters may be too narrow, or nobody has begun yet.
not-found = Page not found
not-allowed = This page is not for your role
not-allowed-start = Go to your first page
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
chart-too-many = A chart of { $count } groups could not be read (at most { $most }): use the filters, or read the table.

nav-my = My data
nav-content = Content
nav-people = People
nav-keys = Keys
nav-system = System
add = Add
remove = Remove
dialog-cancel = Cancel
save = Save
saved = Saved.
never = never
unknown = unknown
line = Line { $number }:

sign-in-person = User name
sign-in-password = Password
sign-in-forgotten = Forgot your password? Whoever administers Traccia can send you a new link.
sign-in-provider = Sign in with { $name }
sign-in-with-key = Sign in with a key
sign-in-key-button = Sign in with the key
sign-in-over = The session has ended. Sign in again: you come back to where you were.
sign-in-kept = The password is kept. Sign in with your user name, this password and the code of the app.
sign-in-new = Nobody has an account on this server yet.
sign-in-new-about = When it starts, the server prints a link with which the first administrator is made: open it in this browser.
sign-in-code = The password is right. Now type the code of the app.
sign-in-wrong-code = The code is not right, or was used already: wait for the next one.
sign-in-code-field = Code of the app
sign-in-code-hint = The six digits that the app shows now.
sign-in-provider-down = The sign-in service of the organisation does not answer. Try again soon, or sign in with a password.
sign-in-provider-state = The sign-in took more than ten minutes, or began in another window. Begin again here.
sign-in-provider-cancelled = The sign-in was broken off at the service of the organisation. Begin again here.
sign-in-provider-answer = The answer of the sign-in service does not hold. Begin again; if it happens once more, tell whoever administers Traccia.
sign-in-provider-insecure = Signing in needs an https:// address.
sign-in-provider-nameless = The sign-in service gives no user name that Traccia can use: tell whoever administers Traccia.
sign-in-provider-role = You have no role in Traccia: ask whoever manages the accounts of your organisation.
sign-in-provider-territory = Your account names no region or body that Traccia knows: tell whoever manages the accounts.
sign-in-provider-identifier = Your account has no verified address to know you by: tell whoever manages the accounts.
sign-in-provider-taken = Another person in Traccia has this user name already: tell whoever administers Traccia.
sign-in-provider-disabled = Your account in Traccia is disabled: ask whoever administers Traccia.
sign-in-provider-busy = Too many sign-ins from this network failed: wait a minute and begin again here.
sign-in-provider-failed = The sign-in did not succeed. Try again soon.

my-courses = My courses
my-about = What Traccia knows of you, { $name }.
my-none = No course
my-none-about = Nothing has arrived yet. If you have begun already, write to whoever coordinates the course.
my-hours = { $hours } hours.
my-done = Completed { $day }.
my-certificates = Certificates
my-certificate-since = In the list frozen { $day }.
my-export = Take your data along
my-export-about = A file with all that Traccia has of you: modules, hours, certificates and statements, in JSON.
my-export-action = Download my data
my-statements = What I did
my-statements-about = Each activity of yours that arrived, the newest first.

nav-deeds = What can be done with the course
pages-restart = Back to the first

# Faults of fields, said under them
field-missing = Missing: { $name }.
field-not-chosen = To be chosen: { $name }.
field-short = At least { $least } characters are needed: there { $count ->
    [one] is { $count }
   *[other] are { $count }
}.
field-url = Write a whole address that begins with https://.
field-least = Write a number of { $least } or more.
field-range = Write a number from { $least } to { $most }.
field-wrong = { $name }: the value is not of the form that is asked for.

# Refusals, to people who signed in
person-refused-scope = Your role does not allow this.
person-refused-bounds = This is about the whole course, and you see some regions or bodies alone.
person-refused-not-found = There is nothing here that you may see.
person-refused-course-unknown = There is no course of this name that you may see.
person-refused-learner-unknown = There is no such learner in this course that you may see.
person-refused-certificates-unknown = There is no such certificate list that you may see.
person-refused-remedy = If you need it, ask whoever administers Traccia.
