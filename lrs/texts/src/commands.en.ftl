# What commands print for people.

## All of them
cli-go-on = Go on? [y/N]
cli-nothing-changed = Nothing was changed.
cli-nobody-to-ask = There is nobody to ask here: add --yes to do it.
cli-written = { $name } written

## Pipes
cli-pipe-none = There are no pipes.
cli-pipe-working = working
cli-pipe-waiting = waiting
cli-pipe-paused = paused
cli-pipe-stopped = stopped
cli-pipe-behind = behind: { $lag }; delivered: { $delivered }; dead letters: { $dead }
cli-pipe-erasures-by-hand = erasures to be done by hand: { $count }
cli-pipe-lag = { $count } statements
cli-pipe-unread = not read yet
cli-pipe-mapping = mapping: { $mapping }; cursor: { $cursor }
cli-pipe-last = last answer: { $status } at { $at }: { $detail }
cli-pipe-remove = The pipe `{ $name }` goes with its dead letters; what it has delivered stays.
cli-pipe-no-letters = No statement was given up.
cli-pipe-delivered = delivered
cli-pipe-erasures-forgotten = { $count } earlier ones were to be done by hand and are forgotten: too many are.
cli-pipe-no-erasures = No erasure has passed through this pipe.
cli-pipe-erasure-waits = waits
cli-pipe-erasure-by-hand = BY HAND: { $why }
cli-pipe-erasure-done = done { $at }  there: { $there }
cli-pipe-erasure-done-by-hand = done { $at }  by hand
cli-pipe-secret = signing secret, shown this once: { $secret }

## Reactions
cli-reaction-written = { $count } written
cli-reaction-paused = paused
cli-reaction-would = { $count ->
    [one] 1 learner would get a statement
   *[other] { $count } learners would get a statement
}
cli-reaction-through = of statements stored up to { $through }: there are more than a dry run reads
cli-reaction-remove = `{ $name }` will write no more statements.
cli-reaction-removed = { $name } is removed
cli-reaction-reading = reading the reaction in { $name }

## Retention
cli-retention-would = { $count ->
    [one] 1 person would be erased now
   *[other] { $count } people would be erased now
}
cli-retention-about = { $count ->
    [one] 1 statement is by or about them
   *[other] { $count } statements are by or about them
}
cli-retention-sure = From the next night on they are erased for good.
cli-retention-none = no rules: nobody is erased
cli-retention-rule = { $days ->
    [one] 1 day
   *[other] { $days } days
}
cli-retention-all = all
cli-retention-course = course { $value }
cli-retention-verb = verb { $value }
cli-retention-source = source { $value }
cli-retention-most = { $count ->
    [one] at most 1 person a day
   *[other] at most { $count } people a day
}
cli-retention-last = last { $at }: { $due } due, { $erased } erased
cli-retention-left-out = { $count ->
    [one] 1 person who is due was left out, because texts of others would change: traccia retention left-out says who
   *[other] { $count } people who are due were left out, because texts of others would change: traccia retention left-out says who
}

## Erasures
cli-person-sure = All of this is erased for good.
cli-person-begun = The erasure { $id } has begun, and goes on whether this command waits or not.
cli-person-erased = erased: { $id }  proof { $proof }
cli-person-identifier = identifier
cli-person-learner = learner
cli-person-account = account
cli-person-in = { $learner } in { $course }
cli-person-statements = statements
cli-person-removed = removed
cli-person-others = of others
cli-person-unreadable = unreadable
cli-person-learners = learners
cli-person-accounts = accounts
cli-person-documents = documents
cli-person-documents-of-others = docs of others
cli-person-certificates = certificates
cli-person-left = Not erased: { $what }
cli-person-check = Statements or documents of other people would change, because a text in them has an identifier of this person: look whether it is this person’s alone.

## Keys
cli-key-regions = regions
cli-key-bodies = bodies
cli-key-activities = activities
cli-key-home-pages = home pages
cli-key-used = last used
cli-key-expires = good until
cli-key-made-by = made for a package by
cli-key-previous = secret before is good until
cli-key-last = `{ $name }` is the last key with the scope `all`: without it nobody can manage keys and courses until `traccia key init` makes another.

## Accounts
cli-user-remove = `{ $name }` will not be able to sign in any more.
cli-user-removed = { $name } is removed

## The audit log
cli-audit-whole = { $number } entries are as they were written, up to { $number }:{ $hash }
cli-audit-erased = { $count } of them name a person no more, who was erased
cli-audit-unchained = { $count } more are not in the chain, written before there was one, the last at { $newest }
cli-audit-broken = BROKEN at entry { $number } ({ $fault }): { $id }

## Tables and questions
cli-data-writing = writing { $name }: { $count } statements
cli-data-written = { $statements } statements written; { $name } has { $files } files of { $bytes } bytes, through { $through }
cli-data-stays = what was written stays, and the same command goes on
cli-query-hidden = { $count } groups of few people are hidden: a key with identities/read sees them
cli-query-more = there are more groups than --limit shows

## Imports
cli-import-counted = { $new } new, { $known } known, { $refused } refused
cli-import-counted-sent = { $new } new, { $known } known, { $sent } sent, { $refused } refused
cli-import-would = { $good } would be sent, { $refused } refused
cli-import-rejects = The refused ones are in { $file }
cli-import-refused = { $what } is refused: { $reason }
cli-import-line = line { $number }
cli-import-statement = statement { $number }
cli-import-unsaid = the server does not say why
cli-import-no-header = The document is not sent: `contentType` is no media type that a header may have.
cli-import-long-address = The document is not sent: its ids make an address that is too long.
cli-import-in = In { $file }:
cli-import-decided = All up to { $last } is decided: { $told }.
cli-import-decided-before = All before { $first } is decided: { $told }. What is from { $first } to { $last } was on its way: it may be kept or not.
cli-import-go-on = The same command goes on: what is there already is known.
cli-import-nameless = Statements without an id would be kept a second time: go on with those that are not decided alone.
cli-import-unscanned = Attachments are kept as they are: no scanner looks at them.
cli-import-reading = reading { $name }: { $count } statements
cli-import-keeping = keeping statements: { $count }

## Backups
cli-backup-copying = copying the database
cli-backup-statements = copying statements: { $done }
cli-backup-documents = copying documents: { $done }
cli-backup-comparing = comparing: { $done }
cli-backup-copied = copied
cli-backup-reading = reading what was copied: { $done }
cli-backup-hashing = hashing files, bytes: { $done }
cli-backup-checked = checked
cli-backup-making = making a backup
cli-backup-restoring = restoring

## Files and servers
cli-opening = opening { $name }
cli-reading = reading { $name }
cli-writing = writing { $name }
cli-making = making { $name }
cli-loading = loading { $name }
cli-importing = importing { $name }
cli-unreachable = cannot reach { $base }; is `traccia serve` running there?
cli-foreign = { $base } answers, but not as Traccia does: check --url
cli-unexplained = the server says { $status } and not why
cli-key-form = --key is not KEY:SECRET

## Command lines that cannot be used
cli-package-exists = { $name } is there already: choose another --output
cli-package-address = { $option } { $address } is no whole address, such as https://moodle.example.it
cli-package-below = --activity { $activity } ends with `/` or has a `#`: write it without, for the SCOs are below it
cli-package-key-form = --package-key is written as NAME:SECRET
cli-package-key-scopes = the key { $key } has the scopes { $scopes }, and every learner can read the package’s key: give one of the scope statements/write alone, or leave --package-key out, so that one is made
cli-package-no-key = give --key, which makes a key for the package, or --package-key
cli-versions-unknown = the server names no current version
cli-demo-there = { $folder } has { $files } already: name another folder, or add --force to write over them
cli-demo-unknown = there is no programme `{ $name }`, and no file of this name
    {"  "}The programmes are { $programmes }; or name a course file, TOML
cli-demo-faults = { $name } has faults
cli-time = { $flag } { $text } is no day or time, such as 2026-05-01 or 2026-05-01T08:00:00Z
cli-query-strange = the answer cannot be read ({ $what }): is a Traccia of this release at the address?
cli-query-columns = row { $row } is not of its columns
cli-report-workbook = a workbook cannot be shown on a terminal: name a file with --output, or pipe it on
cli-audit-earlier = --earlier is not NUMBER:HASH
cli-store-same = --from and --to name the same store
cli-import-no-file = name the file that is to be imported
cli-import-version = --xapi-version is 1.0.3 or 2.0.0
cli-import-no-key = --key is missing
cli-import-source = --source has at most { $most } characters of ASCII, such as old-lrs
cli-import-before = --before { $text } is no time, such as 2026-05-01T00:00:00Z
cli-import-site = --site is no whole address, such as https://moodle.example.it
cli-import-unsorted = { $name } is not sorted: the rows of line { $line } belong before those above it
    {"  "}Sort by userid, cmid, scoid and attempt, as numbers: the queries in docs/moodle.md do
cli-import-utf-16 = { $name } is UTF-16: save it as UTF-8
cli-import-columns = { $name } has no column { $columns }: export it by a query of docs/moodle.md, with the headings
cli-import-unread = { $name } cannot be read
cli-import-unread-from = { $name } cannot be read from { $place } on
cli-import-over-source = --rejects names the file that is to be imported
cli-import-nothing = { $name } has no file whose name ends with .ndjson, .jsonl or .json, or with one of these and .gz
cli-import-used = a server has worked on the store: instants of the past are kept in a new store alone. Import through the server (without --into), or into an empty store
cli-import-others = the store has statements that do not come from these sources (the last is { $id }, stored at { $at }): import into an empty store, or go on with the sources that filled this one, as they were
cli-import-goes-on = what was kept stays, and the same command goes on

## Frozen certificate lists
cli-certificates-no-list = { $name } is not a frozen certificate list in JSON
cli-certificates-changed = { $name } was changed: its hash is { $hash }, but what it says has the hash { $computed }
cli-certificates-made-up = { $name } has a right hash, but this server never froze it: somebody made it up
cli-certificates-intact = { $name }: intact, { $people } people of { $course } on { $date }, sha256:{ $hash }

## Results
cli-health-ready = { $base } is ready
cli-health-warns = { $base } warns: { $warning }
cli-health-not-ready = { $base } is not ready: { $reason }
cli-health-late = no answer within { $seconds } seconds
cli-user-founded = { $name } becomes an administrator by this link, once the server runs. It is good once, until { $until }.
cli-user-new-password = The new password, 12 to 256 characters, on one line:
cli-user-password = { $name } has another password
cli-user-password-unread = reading the password
cli-user-provider = signs in at: { $provider }
cli-user-store = opening the store; while a server works on it, use `traccia user create` with a key that you have, or stop the server
cli-user-founding = inviting an administrator; where all have lost their passwords, add --force, or use `traccia user password`
cli-key-store = opening the store; while a server works on it, use `traccia key create` with a key that you have, or stop the server
cli-key-unprinted = the key could not be printed ({ $error }), so none was made
cli-key-unseen = the key `{ $name }` was made, but its secret could not be printed ({ $error }): revoke it and make another
cli-refusals-none = Nothing was refused.
cli-refusals-request = { $method } { $path } by key `{ $key }` at { $at }
cli-refusals-rule = { $status } { $rule } ({ $clause }) at { $place }
cli-refusals-good = the statements would be taken now
cli-statement-good = { $name }: { $count } statements keep to the standard
cli-statement-ended = The server has ended the connection.
cli-checking = checking { $name }
cli-register-kept = { $written } written, { $voided } voided, { $unchanged } unchanged
cli-register-would = { $written } written, { $voided } voided, { $unchanged } unchanged: a dry run, nothing was written
cli-register-long = warning: line { $line }: { $learner }: { $hours } hours, of a session of { $session }
cli-sending = sending { $name }
cli-course-effect = { $course }: { $looked } of { $learners } learners looked at: { $changed } would stand otherwise
cli-course-effect-part = { $course }: { $looked } of { $learners } learners looked at, a part: { $changed } would stand otherwise
cli-course-completed = completed      { $before } now, { $after } then
cli-course-new-module = new module     { $module }
cli-course-no-module = no module      { $module }
cli-course-example = { $learner }: { $before }, then { $after }
cli-course-unmapped = { $course }: { $count } activities belong to no module, by the newest { $looked } statements
cli-course-unmapped-one = { $learners } learners  { $statements } statements  { $activity }
cli-course-mapped = { $course }: { $activity } is in the module { $module }
cli-course-untold = the server does not say what the file would change
cli-looking-at = looking at { $name }
cli-certificates-one = { $id }  { $people } people on { $date }  sha256:{ $hash }
cli-store-source = opening the source
cli-store-target = opening the target
cli-store-copying-stays = copying; what was copied stays, and the same command goes on
cli-store-copying = copying
cli-store-both = Both stores hold this.
cli-store-reading = reading: { $done }
cli-demo-written = { $course }: { $count } statements, with course and learners, in { $folder }
cli-demo-loaded = { $course }: loaded, with { $count } statements
cli-demo-loading = loading the course
cli-demo-enrolling = enrolling the learners
cli-demo-sending = sending the statements

## The start of the server
cli-serve-signals = listening for signals
cli-serve-demo = loading the demo
cli-serve-demo-loading = Loading the demo programme { $course } with { $learners } made-up learners, once; this takes a moment.
cli-serve-demo-statement = a statement of the demo
cli-serve-link = The link makes the first administrator, who chooses name and password. It is good once, for a day; `traccia user init` makes another.
cli-serve-no-key-in-log = No key of this store has the scope `all`, and standard output is a log, in which a secret would stay: stop the server, and `traccia key init` with the same settings makes a key and prints it.
cli-serve-no-key = No key of this store has the scope `all`, so that nobody can manage keys and courses: `traccia key init` makes one.
cli-serve-first-key = This store had no key: this one was made, with the scope `all`. Its secret is shown this once; `traccia key create` makes others with it.
cli-serve-unshown = The first key could not be shown, so none was made: start again.
cli-import-sorted = reading sorted statements
