# What people read in English: how refusals are put together, and the pages for people in a room. Rules and
# remedies in English stand where the rules are: in the validator and beside the code that refuses.

statement-at = Statement { $position } ({ $subject }): { $text }
statement-at-unnamed = Statement { $position }: { $text }
and-others = { $text } ({ $count } more)
subject-verb = verb { $id }
subject-object = object { $id }
subject-actor = actor { $id }

## The page on which people check themselves in to a session, and the sheet with its code

check-in-title = Register your presence
check-in-language = English
check-in-code = Code shown in the room
check-in-learner = Mail address or id
check-in-send = Register
check-in-wrong-code = No session of today has this code: check it again.
check-in-wrong-day = This code is valid on { $day } alone.
check-in-wrong-learner = Nobody enrolled in the course has this address or id: check it again.
check-in-taken = Your presence is registered
check-in-known = Your presence was registered already
check-in-another = Register somebody else
check-in-person = Person
check-in-course = Course
check-in-event = Event
check-in-when = When
check-in-where = Where
check-in-no-course = There is no course “{ $course }”
check-in-look-again = Check the address, or scan the QR code shown in the room again.
check-in-sheet = Register your presence
check-in-sheet-how = Scan the QR code, or open this address and enter the code:
check-in-sheet-day = The code is valid on { $day } alone.
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## Texts that are made of parts

either-or = { $before } or { $last }
or-another-one = { $first } or another one
near = : is it { $near }?
known-near = : is it { $near }? Known are { $known }
known-all = : write one of { $known }
value-near = { $text }{ $near }
sheet-line = line { $line }: { $text }
sheet-line-column = line { $line }, { $column }: { $text }

## What other commands print when they are done

told-dry-run = : a dry run, nothing was changed
course-told-loaded = { $file }: course { $course } with { $modules } modules and { $activities } activities{ $dry }
course-told-listed = { $course }  { $learners } learners, { $modules } modules  { $title }
course-told-would-go = { $course }: would go: { $what }
course-told-deleted = { $course }: deleted, with: { $what }
course-told-removed = a list of { $learners } learners, { $merged } merges, { $certificates } frozen certificate lists
course-told-asks = The course `{ $course }` goes, with: { $what }.
    Its statements stay. `traccia course show --file` and `traccia learners export` take file and list along, with which it can be loaded again.
learners-told-imported = { $course }: { $learners } learners ({ $added } added, { $updated } updated, { $unchanged } unchanged, { $absent } not in the list, kept){ $dry }
learners-told-replaced = { $course }: { $learners } learners ({ $added } added, { $updated } updated, { $unchanged } unchanged, { $absent } left){ $dry }
learners-told-merged = { $course }: { $count } merged into another learner
learners-told-is = { $course }: { $learner } is { $into }
learners-told-again = { $course }: { $learner } is themselves again
learners-told-unassigned = { $course }: { $statements } statements of { $actors } actors are unassigned
key-told-once = The secret is shown this once.
key-told-previous = The secret before is good until { $until }.
key-told-first = A key with the scope `all`. Its secret is shown this once.
key-told-revoked = { $key } is revoked

## How the server fares

health-stored-ahead = Statements are stored with a time that is { $value } s ahead: the clock was wrong, or is now.
health-disk-low = { $value } MiB are left on the disk.
health-source-silent = The key `{ $value }` has not sent for much longer than usual.
health-course-behind = The progress of a course is behind the statements: { $value }.
