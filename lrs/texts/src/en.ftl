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

## What is wrong with a package. `package-…` is the rule, `.remedy` what its author can do

package-not-zip = { $kind ->
        [other] This is no zip archive.
       *[known] This is no zip archive ({ $kind }).
    }
    .remedy = Export the course from the authoring tool as a SCORM, cmi5 or xAPI package, and give its zip.
package-archive-truncated = The zip is cut off or damaged: its directory cannot be read.
    .remedy = Download or export it again; compare the sizes of the two files.
package-archive-damaged = The file does not unpack: { $reason }.
    .remedy = Export the package again.
package-archive-entries = The zip has { $count ->
        [one] 1 file or folder
       *[other] { $count } files and folders
    }; the limit is { $limit }.
    .remedy = Split the course, or leave out what no page uses.
package-archive-size = The files take { $size } bytes unpacked; the limit is { $limit }.
    .remedy = Compress videos and images, or put videos on a streaming server.
package-archive-ratio = { $packed } bytes unpack to { $size }: more than { $limit } times as much, as in a zip bomb.
    .remedy = Export the package again; leave out the file if nobody needs it.
package-archive-size-false = The file does not have the { $declared } bytes that the zip's directory says.
    .remedy = Zip the folder again with a common program.
package-archive-encrypted = The file is encrypted.
    .remedy = Zip the folder again without a password.
package-archive-compression = The file is packed by the method { $method }, which platforms do not read.
    .remedy = Zip the folder again with the method Deflate, the usual one.
package-archive-overlap = The file shares bytes of the zip with { $other }, as in a zip bomb.
    .remedy = Zip the folder again with a common program.
package-archive-directory = The names and notes in the zip's directory take more than { $limit } bytes.
    .remedy = Zip the folder again with a common program, with shorter names.
package-archive-headers = The file has another name before its bytes than in the directory of the zip: { $other }.
    .remedy = Zip the folder again with a common program.
package-archive-symlink = This is a symbolic link, which may lead out of the package.
    .remedy = Put a copy of the file in its place.
package-archive-device = This is no file but a device or a pipe.
    .remedy = Remove it, and zip the folder again.
package-archive-empty = The zip is empty.
    .remedy = Export the package again.
package-name-escapes = The name leads out of the package.
    .remedy = Zip the content of the folder, with names relative to it.
package-name-backslash = The name separates folders by a backslash, so that other systems unpack a wrong name.
    .remedy = Zip the folder again with a program that writes / between folders.
package-name-control = The name has control characters.
    .remedy = Rename the file.
package-name-encoding = The name is not UTF-8: accents may come out wrong.
    .remedy = Rename the file with plain letters and digits, or zip it with UTF-8 names.
package-name-length = The name is longer than { $limit } bytes.
    .remedy = Shorten the names of file and folders.
package-name-depth = The file lies more than { $limit } folders deep.
    .remedy = Move it up.
package-name-duplicate = There are two files of this name.
    .remedy = Remove one of them and zip the folder again.
package-name-case = The name differs from { $other } in upper and lower case or accents alone: on some systems one replaces the other.
    .remedy = Rename one of them.
package-name-folder = The name is that of a file and of a folder.
    .remedy = Rename one of them.
package-unrecognised = This is no e-learning package: there is no imsmanifest.xml, cmi5.xml or tincan.xml.
    .remedy = Export the course for an LMS, as SCORM, cmi5 or xAPI, and give the zip as it was exported.
package-manifest-not-at-root = The package is in the folder { $folder } of the zip; platforms look for it at the top.
    .remedy = Open the folder { $folder }, select all that is in it, and zip that.
package-manifest-case = The manifest must be called { $expected }, in lower case.
    .remedy = Rename it to { $expected } and zip the folder again.
package-manifests-several = The zip has more than one manifest; { $used } is used here, other platforms may use another.
    .remedy = Export for one standard alone if platforms are to agree.
package-zip-in-zip = There is a zip in the zip, and no manifest beside it.
    .remedy = Unpack the outer zip and give the inner one.
package-authoring-source = This is a source file of { $tool }, not a package.
    .remedy = Open it in { $tool } and export or publish it for an LMS, as SCORM, cmi5 or xAPI.
package-web-export = This is a course exported for the web, which reports nothing to an LMS.
    .remedy = Publish it for an LMS, as SCORM, cmi5 or xAPI.
package-aicc-not-played = This is an AICC course, which Traccia does not play.
    .remedy = Export the course as SCORM 1.2 or cmi5.
package-manifest-size = The manifest has more than { $limit } bytes.
    .remedy = List each file once, or split the course.
package-xml-encoding = The manifest is not text in { $encoding }.
    .remedy = Save it as UTF-8.
package-xml-malformed = The manifest is not well-formed XML: { $reason }.
    .remedy = Mend the line, or export the package again.
package-xml-doctype = The manifest has a DOCTYPE, which could make readers fetch files.
    .remedy = Remove the line with <!DOCTYPE.
package-xml-entity = The entity &{ $entity }; is not known in XML.
    .remedy = Write the character itself, or &amp; for &.
package-xml-depth = Elements are nested more than { $limit } levels deep.
    .remedy = Flatten the structure.
package-xml-nodes = The manifest has more than { $limit } elements, attributes and texts.
    .remedy = List each file once, or split the course.
package-xml-namespaces = Namespaces are declared more than { $limit } times.
    .remedy = Declare each namespace once, at the root element.
package-xml-attributes = The element has more than { $limit } attributes.
    .remedy = Export the package again, or give the attributes to several elements.
package-xml-prefix-undeclared = The prefix { $prefix } is not declared.
    .remedy = Declare it at the root element: xmlns:{ $prefix }="…".
package-xml-prefix-clash = The prefix { $prefix } means { $first } and then { $second }: some platforms take one for the other.
    .remedy = Use a prefix for one namespace alone.
package-xml-root = The root element is { $found }, not { $expected }.
    .remedy = Put the right manifest in place, or export the package again.
package-xml-namespace = The root element's namespace is “{ $found }”, not { $expected }.
    .remedy = Correct xmlns at the root element.
package-schema-missing = The schema { $schema } that the manifest names is not in the package.
    .remedy = Add the file, as exported by the tool; some platforms refuse packages without.
package-version-missing = The manifest does not say its version; { $assumed } is assumed.
    .remedy = Add <metadata><schema>ADL SCORM</schema><schemaversion>…</schemaversion></metadata>.
package-version-unknown = The version “{ $version }” is none of SCORM.
    .remedy = Write 1.2, CAM 1.3, 2004 3rd Edition or 2004 4th Edition.
package-version-mismatch = The manifest says { $version }, but uses the namespace { $namespace } of the other version.
    .remedy = Make version and namespaces agree; exporting again is surest.
package-identifier-missing = The element { $element } has no identifier.
    .remedy = Give it one that is unique in the manifest.
package-identifier-duplicate = The identifier { $identifier } is used already in line { $line }.
    .remedy = Change one of them, and what refers to it.
package-organizations-missing = The manifest has no organization: there is nothing to show.
    .remedy = Add an organization with an item, or export the package for an LMS.
package-organization-default = The default organization { $default } is not there.
    .remedy = Write the identifier of an organization.
package-organization-empty = The organization { $organization } has no items.
    .remedy = Add an item that refers to a resource.
package-organizations-several = There are { $count } organizations; platforms play the default one.
    .remedy = Keep one if learners are to see all of it.
package-title-missing = { $identifier } has no title.
    .remedy = Add one: learners see it in the list of contents.
package-item-resource = The item { $item } refers to the resource { $reference }, which is not there.
    .remedy = Correct identifierref, or add the resource.
package-item-nothing = The item { $item } launches nothing and has nothing below.
    .remedy = Give it a resource, or remove it.
package-item-group-launches = The item { $item } launches a resource and has items below; platforms differ in what they do.
    .remedy = Move the resource to an item of its own.
package-item-asset = The item { $item } launches an asset: it is shown, and reports nothing.
    .remedy = Make its resource a sco if it should report.
package-sco-missing = No item launches a SCO: the package reports nothing.
    .remedy = Mark what reports as a sco, or publish with tracking switched on.
package-scorm-type = The resource { $resource } is of the type “{ $value }”.
    .remedy = Write sco or asset.
package-scorm-type-missing = The resource { $resource } does not say whether it is a sco or an asset.
    .remedy = Add adlcp:{ $attribute }="sco" or "asset".
package-scorm-type-case = The resource { $resource } writes { $found }; in this version it is { $expected }.
    .remedy = Write { $expected }: upper and lower case count.
package-resource-href = The resource { $resource } is a sco without an href: nothing can be launched.
    .remedy = Add the href of its page.
package-resource-unused = Nothing refers to the resource { $resource }.
    .remedy = Remove it, or refer to it.
package-dependency-missing = The resource { $resource } depends on { $reference }, which is not there.
    .remedy = Correct identifierref, or add the resource.
package-file-missing = The file { $href } that the manifest lists is not in the package.
    .remedy = Add it, or remove the line.
package-files-unlisted = { $count ->
        [one] 1 file is in the package and not in the manifest: { $example }.
       *[other] { $count } files are in the package and not in the manifest, such as { $example }.
    }
    .remedy = Nothing has to be done: platforms serve them all the same.
package-sub-manifest = There is a manifest in the manifest, which most platforms ignore.
    .remedy = Bring its items into the outer manifest.
package-mastery-score-missing = { $count ->
        [one] 1 SCO has no mastery score, that of the item { $item }: the content alone decides who has passed.
       *[other] { $count } SCOs have no mastery score, such as that of the item { $item }: the content alone decides who has passed.
    }
    .remedy = Add adlcp:masteryscore if the platform is to decide.
package-mastery-score = “{ $value }” is no score from { $least } to { $most }.
    .remedy = Write a number from { $least } to { $most }.
package-element-value = { $element } cannot be “{ $value }”.
    .remedy = Write one of: { $expected }.
package-launch-data-long = The launch data of { $item } have { $length } characters; the limit is { $limit }.
    .remedy = Shorten them: platforms cut them off.
package-prerequisites = The item { $item } has prerequisites, which some platforms ignore.
    .remedy = Try it on the platform that will play it.
package-sequencing-version = There is sequencing in a SCORM 1.2 manifest, which ignores it.
    .remedy = Export as SCORM 2004, or remove it.
package-sequencing-reference = The sequencing { $reference } is not in the collection.
    .remedy = Correct IDRef, or add it.
package-launch-not-html = { $href } is launched and is no page, so that it cannot report.
    .remedy = Launch a page that shows it.
package-href-missing = { $href } is not in the package.
    .remedy = Add the file, or correct the reference.
package-href-case = { $href } is { $found } in the package: on most servers that is another name.
    .remedy = Write both alike: upper and lower case count.
package-href-backslash = { $href } has backslashes, which are no separators in addresses.
    .remedy = Write / instead.
package-href-absolute = { $href } is a place on a computer or server, not in the package.
    .remedy = Write it relative to the manifest.
package-href-escapes = { $href } leads out of the package.
    .remedy = Write it relative to the manifest, without leading ../.
package-href-external = { $href } is elsewhere: browsers do not let it talk to the platform.
    .remedy = Put the content into the package.
package-href-encoded = { $href } names the file { $found }, whose name has percent signs: platforms look for another.
    .remedy = Rename the file with plain letters and digits.
package-href-space = { $href } has blanks, which do not belong in addresses.
    .remedy = Write %20 for each, or better rename the file.
package-href-relative-bare = { $href } is relative, and the cmi5.xml came without files.
    .remedy = Write the whole address, or give the zip.
package-id-not-iri = The id “{ $id }” of { $element } is no absolute IRI.
    .remedy = Write an address of your own, such as https://example.org/course/1.
package-course-missing = The cmi5.xml has no course.
    .remedy = Add the element course with an id, a title and a description.
package-au-missing = The course has no assignable unit: there is nothing to launch.
    .remedy = Add an au with a url.
package-au-url = The assignable unit { $au } has no url.
    .remedy = Add the url of its page.
package-au-query = The url of { $au } has the parameter { $parameter }, which the platform adds itself.
    .remedy = Rename the parameter.
package-move-on-needs-score = { $au } moves on with { $value } and has no masteryScore: the content alone decides who has passed.
    .remedy = Add masteryScore if there is a pass mark.
package-block-empty = The block { $block } has nothing in it.
    .remedy = Add an au, or remove the block.
package-objective-missing = The objective { $reference } is not among those of the course.
    .remedy = Correct idref, or add the objective.
package-activity-missing = The tincan.xml has no activity.
    .remedy = Add an activity with an id, a name and a launch.
package-launch-missing = No activity has a launch: there is nothing to open.
    .remedy = Add launch to one of them.
package-api-not-found = No file calls { $call }: the content seems to report nothing.
    .remedy = Publish with tracking switched on, and try the package on a platform.
package-api-other-version = The manifest is { $expected }, the content speaks { $used }: the two may never meet.
    .remedy = Export manifest and content for the same version.
package-api-no-finish = No file calls { $call }: platforms may lose the time and the place.
    .remedy = Call it when the page is left.
package-api-no-status = No file names { $element }: the platform decides alone when the content is completed.
    .remedy = Set it when the learner is done.
package-suspend-data-limit = The content keeps its place in suspend_data, which holds { $limit } characters in this version.
    .remedy = For long courses, try whether a learner who has seen all goes on at the right place.
package-host-loaded = The content loads from { $host } ({ $count ->
        [one] once
       *[other] { $count } times
    }): it needs the internet, and that host.
    .remedy = Put the files into the package; mind that the host learns who is learning.
package-host-named = { $count ->
        [one] The content names 1 other host: { $hosts }.
       *[other] The content names { $count } other hosts: { $hosts }.
    }
    .remedy = Check that none of them is needed, or gets data of learners.
package-mixed-content = The content loads from http://{ $host } ({ $count ->
        [one] once
       *[other] { $count } times
    }), which browsers block on https pages.
    .remedy = Write https://, or put the files into the package.
package-local-address = The content refers to { $address }…, the computer of its author.
    .remedy = Put the file into the package, and correct the reference.
package-flash = The content needs Flash, which no browser has any more ({ $count ->
        [one] 1 file
       *[other] { $count } files
    }).
    .remedy = Export the course as HTML5 from its source.
package-java = The content needs Java in the browser, which no browser has any more ({ $count ->
        [one] 1 file
       *[other] { $count } files
    }).
    .remedy = Export the course as HTML5 from its source.
package-play-not-scorm = Only SCORM packages with a SCO in them are played here.
    .remedy = cmi5 and xAPI content reports by itself from where it lies: give it a key and the address of /xapi. Of other content, export the course as SCORM.
package-shim-not-scorm = Only SCORM packages with a SCO in them can report to Traccia beside their platform.
    .remedy = cmi5 and xAPI packages report by themselves; of the others, export the course as SCORM.
package-shim-twice = This package reports to Traccia already: { $href }.
    .remedy = Start from the package as the authoring tool exported it.
package-shim-manifest = The manifest cannot be changed here: two changes of it would touch the same place.
    .remedy = Export the package again; where that does not help, send its imsmanifest.xml to those who maintain Traccia.
package-shim-present = This package reports to Traccia beside its platform already: { $href } stands around its content.
    .remedy = To see what the content reports, check the package as the authoring tool exported it.

package-error = error
package-warning = warning
package-note = note
package-count = { $errors ->
        [one] 1 error
       *[other] { $errors } errors
    }, { $warnings ->
        [one] 1 warning
       *[other] { $warnings } warnings
    }, { $notes ->
        [one] 1 note
       *[other] { $notes } notes
    }
package-left-off = { $count ->
        [one] 1 more of { $rule } is not shown
       *[other] { $count } more of { $rule } are not shown
    }
package-is-none = no package that can be played
package-reports-one = { $kind }. It will report: { $what }.
package-reports-several = { $kind }, with { $units } parts that report on their own: { $what }.
package-reports-unknown = { $kind }. What it will report cannot be seen in its files: try it on a platform. Parts: { $units }.
package-reports-nothing = { $kind }. It will report nothing: no part of it speaks to a platform.
package-not-played = { $kind }, which Traccia does not play.
package-tells-status = whether it is completed or passed
package-tells-score = the score
package-tells-answers = the answers to questions
package-tells-time = the time spent
package-tells-place = where to go on
package-part-organization = organization
package-part-item = item
package-part-sco = SCO
package-part-asset = asset
package-part-course = course
package-part-block = block
package-part-au = assignable unit
package-part-activity = activity

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

## Texts that are made of parts

either-or = { $before } or { $last }
or-another-one = { $first } or another one
near = : is it { $near }?
known-near = : is it { $near }? Known are { $known }
known-all = : write one of { $known }
value-near = { $text }{ $near }
sheet-line = line { $line }: { $text }
sheet-line-column = line { $line }, { $column }: { $text }

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
course-fault-not-toml = { $reason }
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
# Packages that are hosted
launch-page-unknown = This address leads to no course.
    .remedy = Check that all of it was copied, or ask for a new one where it came from.
launch-page-expired = This address has expired.
    .remedy = Ask for a new one where it came from: what was done so far is kept.
launch-page-revoked = This address was taken back.
    .remedy = Ask for a new one where it came from: what was done so far is kept.
launch-page-failed = The course cannot be opened now.
    .remedy = Try again in a few minutes: what was done so far is kept.
launch-page-unbuilt = This program was built without the player of packages.
    .remedy = The server's administrator runs `npm ci && npm run build` in lrs/web/player, and then builds the program again.

## Packages that a course file names

course-package-name = `{ $name }` is no package's name: write the name under which it was imported, of small letters a-z, digits and `-`
course-package-beside = an activity with a package has its IRIs from the package: remove id, prefix and within, or the package
