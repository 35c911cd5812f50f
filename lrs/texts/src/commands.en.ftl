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
    [one] 1 person who is due was left out: texts in many statements of others would change
   *[other] { $count } people who are due were left out: texts in many statements of others would change
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
cli-person-certificates = certificates
cli-person-left = Not erased: { $what }
cli-person-check = Statements of other people would change, because a text in them has an identifier of this person: look whether it is this person’s alone.

## Keys
cli-key-regions = regions
cli-key-bodies = bodies
cli-key-activities = activities
cli-key-home-pages = home pages
cli-key-used = last used
cli-key-expires = good until
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
