# What the browser UI says: see web-statements.it.ftl.

statements-title = Statements
statements-about = xAPI statements as they came, the newest first. Each value opens and narrows the search.
statements-agent = Person
statements-agent-hint = A mail address, an account such as https://moodle.example|1042, an OpenID, or JSON.
statements-verb = What was done
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
verb-start = { $actor } started “{ $object }”
verb-submit = { $actor } submitted “{ $object }”
verb-join = { $actor } joined “{ $object }”
verb-leave = { $actor } left “{ $object }”
verb-responded = { $actor } answered “{ $object }”
verb-submitted = { $actor } submitted “{ $object }”
verb-interacted = { $actor } interacted with “{ $object }”
verb-abandoned = { $actor } abandoned “{ $object }”
verb-waived = { $actor } is exempt from “{ $object }”
verb-uncompleted = { $actor } has no longer completed “{ $object }”
verb-created = { $actor } created “{ $object }”
verb-received = { $actor } received “{ $object }”
verb-rated = { $actor } rated “{ $object }”
statements-format = Form
statements-format-exact = as it came
statements-format-canonical = with present names
statements-format-ids = identifiers alone
statements-take-json = Download JSON
statements-take-csv = Download CSV
statements-taking = { $count } gathered…
statements-taken = { $count ->
    [one] { $count } statement downloaded.
   *[other] { $count } statements downloaded.
  }
statements-taken-cut = The first { $count } were downloaded: narrow the search for others, or use the API.
curl-key = NAME-OF-THE-KEY
attachments = Attachments
attachment-save = Download
attachment-elsewhere = Traccia does not have the content of this attachment: it is at the address given.
live-about = Statements as they arrive, the newest on top.
live-any-course = All
live-start = Listen
live-stop = Stop
live-opening = Connecting…
live-open = Listening
live-broken = The connection was lost, trying again…
live-stopped = Stopped
live-large = A statement of { $size }: open it among the statements
live-waiting = Nothing has arrived since you listen.
live-count = { $count ->
    [one] { $count } statement arrived
   *[other] { $count } statements arrived
  }
check-about = Paste a statement, or a list: you see which rules it breaks, where, and the clause of the standard. Nothing is kept.
check-text = Statement in JSON
check-version = Version
check-action = Check
check-example = Take an example
check-valid = { $count ->
    [one] Good: the statement keeps to the standard.
   *[other] Good: all { $count } statements keep to the standard.
  }
check-invalid = { $count ->
    [one] { $count } broken rule
   *[other] { $count } broken rules
  }
check-places = Where
violation-statement = Statement number { $number }
violation-clause = Standard: { $clause }
violation-go = Go there
refused-title = Why it was refused
refused-about = The last refused requests of each key, with the reason and what to do. Secrets are covered.
refused-by-key = Key
refused-by-rule = Rule
refused-by-status = HTTP status
refused-none = No refused request
refused-none-about = There is nothing with these filters: that is good news.
refused-one = Refused request
refused-at = When
refused-request = Request
refused-clause = Clause of the standard
refused-statement = Statement number
refused-pointer = Where
refused-id = Number of the request
refused-body = What was sent
refused-masked = Secrets are covered.
refused-masked-people = Secrets and names of people are covered, because you may not read statements.
refused-body-statement = The statement that was refused
refused-headers = Headers
refused-test = Test again
refused-open = Open in the check
refused-good-now = It would be good now: send it again from the program that sent it.
refused-still = Still refused ({ $status })
statements-verb-any = Anything
statements-verb-other = Another verb…
statements-verb-iri = IRI of the verb
statements-by-name = Search by name, id or body
statements-by-name-open = Find a person by name
statements-identifier = Identifier

# Verbs to choose from
verb-name-completed = completed
verb-name-passed = passed
verb-name-failed = failed
verb-name-attended = attended
verb-name-initialized = opened
verb-name-terminated = closed
verb-name-suspended = suspended
verb-name-resumed = resumed
verb-name-launched = launched
verb-name-attempted = attempted
verb-name-answered = answered
verb-name-experienced = experienced
verb-name-progressed = made progress
verb-name-scored = got a score
verb-name-interacted = interacted
verb-name-registered = registered
verb-name-voided = voided a statement
verb-name-viewed = viewed
verb-name-satisfied = satisfied the requirements
verb-name-waived = was exempted
verb-name-abandoned = abandoned
verb-name-played = watched a video
verb-name-paused = paused a video
verb-name-logged-in = signed in
