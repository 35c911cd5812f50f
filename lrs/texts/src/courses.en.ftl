# Course files, learner lists and presence sheets: faults, warnings and refusals.

## Lists of learners: warnings

municipalities-as-of = 22 January 2024 (Sardinia: 1 January 2026)
list-warning-region-province-swapped = `region` and `province` are swapped: put each into its own column
list-warning-region-unknown = `region` is no region of Italy
list-warning-province-unknown = `province` is no province of Italy
list-warning-istat-without-zero = `istat` lacks its leading zero: spreadsheets drop it, so make the column text
list-warning-istat-elsewhere = `istat` is of another province or region than the line says
list-warning-istat-former = `istat` is of a province that is no more: the municipality has a new one
list-warning-istat-unknown = `istat` is not in the list of municipalities of { municipalities-as-of }: it is wrong, or of a municipality that was merged, or made since
list-warning-identifiers-joined = `identifiers` joined by a comma, which makes them one: separate by `;`
list-warning-home-page-slash = the homePage ends with `/`: Moodle sends it without, and these are two accounts

## Course files. `course-table` is a table of the file, `course-thing` what has an id

course-table = { $table ->
    [activity] an activity
    [audience] an audience
    [certificate] a certificate
    [course] a course
    [edition] an edition
    [event] an event
    [module] a module
    [names] `names`
    [session] a session
   *[planned] `planned`
}
course-thing = { $thing ->
    [activity] activity
    [course] course
    [edition] edition
    [event] event
    [module] module
   *[session] session
}
course-fault-too-large = no course file is larger than { $mebibytes } MiB: split the course
course-fault-more = there are more faults from here on: mend the { $count } above and check the file again
course-fault-not-toml = this is not TOML: { $reason }
course-toml-key-twice = this key or table is there already: keep one of them
course-toml-key-extends = a key with a point adds to what is complete: write its keys in one place
course-toml-key = a key is expected here: letters without accents, digits, `_` and `-`; any other one in quotation marks
course-toml-too-deep = lists and tables lie in each other too deep: use fewer levels
course-toml-number = this is no number: write one such as 4 or 2.5, without needless zeros and signs
course-toml-time = this is no day and no time: write 2026-03-05 or 09:30:00
course-toml-value = this is no value: write a text in quotation marks, a number, a day, true or false
course-toml-value-missing = this key has no value: write one after `=`
course-toml-text = a text is not closed, goes on in the next line or has a control character: put it in quotation marks on one line
course-toml-escape = in this text `\` stands before what it cannot: write `\\`, or put the text in single quotation marks
course-toml-carriage-return = this line ends with half a line end: save the file as text again
course-toml-equals-extra = here is one `=` too many: a line has a key, `=` and a value
course-toml-equals-missing = between the key and its value `=` is missing
course-toml-comma-extra = here is one comma too many
course-toml-comma-missing = between two values a comma is missing
course-toml-list-open = a list is not in brackets: `[` or `]` is missing
course-toml-braces-open = a table on one line is not in braces: the first or the last one is missing
course-toml-header = the header of a table is not complete: write it on one line, such as [certificate] or [[module]]
course-toml-comment = a comment has a control character: remove it
course-toml-line-end = the line should have ended here: remove what follows, or put it on another line
course-fault-no-value = `{ $value }` is no value: put text in quotation marks, and write numbers without a unit, days as 2026-03-05 and times as 09:30:00
course-fault-decimal-comma = `{ $number }` has a decimal comma: write { $point }
course-fault-text-unquoted = `{ $key }` is a text: put it in quotation marks
course-fault-text = `{ $key }` is a text: write it in quotation marks
course-fault-texts = `{ $key }` is a text or a list of texts: write it in quotation marks
course-fault-number = `{ $key }` is a number: write one such as 4 or 2.5
course-fault-number-meant = `{ $key }` is a number: write { $meant }
course-fault-whole-number = `{ $key }` is a whole number: write one from 0 to { $most }, such as 14
course-fault-time = `{ $key }` is a day or a time: write 2026-03-05 or 09:30:00, without quotation marks
course-fault-time-quoted = `{ $key }` is a day or a time: write { $text } without quotation marks
course-fault-languages = `{ $key }` is a text for each language: write { $example }
course-fault-list = `{ $key }` is a list: write it in brackets, { $example }
course-fault-several = there may be several `{ $key }`: write { $header } with two brackets
course-fault-tables = `{ $key }` is a table: begin it with { $header }
course-fault-table = `{ $key }` is a table: write the keys of { course-table }
course-fault-one-of = `{ $key }` is one of { $words }
course-fault-word-unknown = `{ $key }` knows no `{ $text }`{ $known }
course-fault-key-missing = { course-table } needs `{ $key }`: add it
course-fault-key-unknown = { course-table } has no `{ $key }`{ $known }
course-fault-rule = `{ $key }` is a rule: write one of { $known }
course-fault-rules = `{ $key }` is one rule: to ask for several, write { $example }
course-fault-rule-unknown = there is no rule `{ $text }`{ $known }
course-fault-rule-empty = the combined rule is empty: name at least one rule
course-fault-not-attended = an online activity is not attended: use completed, passed, experienced, score or hours, or make it a [[module.event]]
course-fault-at-least = at_least = { $least }, but the module has { $count } activities: write 1 to { $count }
course-fault-score = score = { $score } is a scaled score: write -1 to 1, such as 0.6
course-fault-hours = hours = { $hours } is out of range: write 0 to { $most }
course-fault-hours-unreachable = the rule asks { $hours } hours, but at most { $most } count: nobody could fulfil it
course-fault-nominal-hours = credit = "nominal" counts the activity's hours: write hours too
course-fault-weight = weight = { $weight } weighs nothing: write a number above 0, such as 2
course-fault-no-module = the course has no module: add a [[module]] table
course-fault-no-activity = module `{ $module }` has no activity: add a [[module.activity]] with an id, a prefix or within, or a [[module.event]]
course-fault-activity-nowhere = the activity has neither id nor prefix nor within: give the IRI its statements have as object, or what such IRIs begin with, or what they stand in
course-fault-event-never = event `{ $event }` is never held: add a [[module.event.session]] with its date, or the id under which a platform reports it
course-fault-session-one-time = a session has both from and to, or neither: add the other one
course-fault-session-times = it ends at { $to }, not after it begins at { $from }: swap them
course-fault-kind = the kind `{ $kind }` is a word of reports: use small letters a-z, digits and `_`, such as seminar or study_visit
course-fault-day = `{ $text }` is not a day: write it as 2026-03-05, without quotes
course-fault-time-of-day = `{ $text }` is not a time of day: write it as 09:30:00, without quotes
course-fault-days = it ends on { $end }, before it begins on { $begin }: swap the days
course-fault-edition-days = with the course's days the edition ends on { $end }, before it begins on { $begin }: write both begins and ends
course-fault-time-zone = `{ $zone }` is not a time zone: write an IANA name such as "Europe/Rome"
course-fault-title-none = the title is empty: write { $example }
course-fault-title-tag = `{ $tag }` is not a language tag: write `it`, `en`, `de-IT` …
course-fault-title-empty = the title in `{ $tag }` is empty: write it, or leave `{ $tag }` out
course-fault-iri = the { $what } `{ $text }` is not an IRI: write it whole, such as https://…, without spaces
course-fault-iris-none = the list of { $what } is empty: write an IRI, or leave it out
course-fault-id = the { course-thing } id `{ $id }` stands in addresses: use letters a-z, digits, `-`, `_` and `.`
course-fault-twice = { course-thing } `{ $id }` is already on line { $line }: give each { course-thing } an id of its own
course-fault-key-twice = the key `{ $key }` is already on line { $line }: choose another one
course-fault-unknown = there is no { course-thing } `{ $name }`: known are { $known }
course-fault-no-edition = there is no edition `{ $edition }`: add an [[edition]] of this id
course-fault-circle = the prerequisites go round in a circle, so nobody could begin: { $names } → { $first }; remove one of them
course-fault-activity-twice = the activity with { $what } `{ $text }` is already on line { $line }: a statement counts once, so remove one of them
course-fault-prefix-twice = the activity with prefix `{ $prefix }` is already on line { $line }: remove one of them
course-fault-prefixes = the prefix `{ $prefix }` overlaps with `{ $shorter }` of line { $line }: its statements would count for both; choose prefixes of which none begins with the other
course-warning-scorm-time = Moodle's log store plugin tells no duration of SCORM packages, so that measured hours stay 0: give the activity `hours` and credit = "nominal", or write credit = "measured" where another player reports the time

## Learner lists and presence sheets

identifier-kind = `{ $text }` is no identifier: write account:HOMEPAGE|NAME, mailto:ADDRESS, mbox_sha1sum:HEX or openid:URI
identifier-account = `{ $text }` names no account: write account:HOMEPAGE|NAME, such as account:https://moodle.example.it|1042
identifier-mbox = `{ $text }` is no mail address: write mailto:name@example.it
identifier-mbox-sha1sum = `{ $text }` is no SHA-1: write mbox_sha1sum: and 40 digits 0-9 and a-f
identifier-openid = `{ $text }` is no OpenID: write openid: and the whole URI
sheet-fault-workbook = this is a workbook and not a CSV file: in Excel: save as "CSV UTF-8"
sheet-fault-no-text = this is no text: in Excel: save as "CSV UTF-8"
sheet-fault-not-utf8 = the text is not UTF-8 from character { $character } of the line on: in Excel: save as "CSV UTF-8"
sheet-fault-not-utf16 = the text begins as UTF-16 and is not: in Excel: save as "CSV UTF-8"
sheet-fault-empty = there is nothing in it: begin with a line such as { $example }
sheet-fault-header-long = the header is longer than a header can be: begin with a line such as { $example }
sheet-fault-columns-many = { $columns } columns: no list has more than { $most }; look at the separator
sheet-fault-column-missing = there is no column { $columns }: the first line must name the columns, such as { $example }
sheet-fault-column-twice = means the same as column `{ $heading }`: keep one of them
sheet-fault-no-heading = column { $position } has no heading: name it or remove it
sheet-fault-values = { $values } values where the header has { $headings }: add or remove separators, and put a value that contains one in quotation marks
sheet-fault-line-long = this line is longer than a line can be, so it and those after it were not read: look for a quotation mark that is not closed
sheet-fault-quote-open = a quotation mark begins here that never ends: close it, or write it twice
sheet-fault-more = there are more faults from this line on: mend the { $count } above and send the sheet again
sheet-fault-no-id = the id is empty: give each learner one
sheet-fault-no-identifier = no identifier: no statement could be this learner's; write one, such as account:https://moodle.example.it|1042
sheet-fault-learner-twice = learner `{ $learner }` is already on line { $line }: put all their identifiers on one line
sheet-fault-identifier-twice = `{ $identifier }` already means learner `{ $learner }` of line { $line }: an identifier means one person
sheet-fault-identifier-taken = `{ $identifier }` of learner `{ $learner }` means learner `{ $owner }` in the list so far: send `{ $owner }` again without it, or use their id if they are one person
sheet-fault-merge-unknown = nobody of the id `{ $id }` is in the list or enrolled
sheet-fault-merge-self = this is the learner's own id: leave it empty
sheet-fault-merge-chain = one is merged into the next, and so on, over too many learners: write the id of the last of them for each
presence-fault-json = { $report }: write { $example }
presence-fault-flag = `true` or `false` is neither text nor number
presence-fault-list = a list is neither text nor number
presence-fault-object = an object is neither text nor number
presence-fault-key-twice = `{ $key }` is there twice: keep one of them
presence-fault-key-unknown = an entry has no such key: use { $known }
presence-fault-unnamed = nobody is named: write an id, an identifier or a name
presence-fault-many = a register names at most { $most } people as present: send the others with POST, which adds to the register
presence-fault-learner-twice = learner `{ $learner }` is already on line { $line }: put what they did on one line
presence-fault-id-unknown = no learner of the course has the id `{ $id }`{ $near }
presence-fault-name-unknown = no learner of the course is called `{ $name }`{ $near }
presence-none-near = : add them to the learner list, or correct it
presence-fault-identifier-unknown = `{ $text }` is no learner of the course: add it to the learner list, or correct it
presence-fault-two-learners = means both learner { $first } and learner { $other }: keep the identifiers of one
presence-fault-name-elsewhere = `{ $name }` is in the learner list as { $learners }, but not with the region, body … of this line: correct them, or write the id
presence-fault-name-several = { $count } learners of the course are called so, { $learners }: write the id, or a column such as body that tells them apart
presence-fault-time-missing = the time is missing: write both times, or the hours
presence-fault-no-length = there are neither hours nor times, and the session has no length of its own: write the hours, or `assente`
presence-fault-time = `{ $text }` is no time of day: write it as 09:30
presence-fault-hours = `{ $text }` is no number of hours: write 2,5 or 2:30, or `assente`
presence-fault-hours-range = `{ $text }` hours are not in a day: write 0 to 24
presence-fault-not-after = ends at { $to } and begins at { $from }: a session ends after it begins and on the same day, so write a night as two sessions
presence-fault-skipped = there is no { $time } on { $date }, for the clocks go forward: write the time they showed
merge-unknown = nobody with the id `{ $id }` is enrolled in this course
merge-same = `{ $id }` and `{ $into }` are one learner already
merge-none = `{ $id }` is not merged into another learner
course-fault-territories = `{ $key }` is "italy", "any", or a list of regions: write one of the three
list-warning-region-unlisted = `region` is not among the `territories` of the course file
nobody-has = no learner has the { $what } `{ $value }`{ $near }
file-has-faults = { $file } has faults: { $faults }
file-warning = { $place }: warning: { $text }
course-fault-titles = `{ $key }` is a table: write a title for each value, such as official = {"{"} it = "Funzionario", en = "Official" {"}"}
