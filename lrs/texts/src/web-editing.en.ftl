# What the browser UI says: see web-editing.it.ftl.

registers-about = Each date of an event has its register: who was there, and for how many hours.
registers-today = Today
registers-to-come = Dates to come
registers-past = Past dates
registers-none = The course has no events
registers-none-about = Events and their dates are added under “Edit the course”.
register-unknown = This date is no longer there
register-lasts = { $hours } hours
register-sheet = Signature sheet to print
register-code = Check-in code and QR
register-back = All registers
register-how = Tick who was there. Where no hours are written, the length of the session counts. Nothing changes until you save.
register-all = Everybody the session is for
register-present = Only those present
register-nobody = Nobody matches: try fewer filters.
register-table = Presences
register-there = Present
register-there-of = { $name }: present
register-hours-of = { $name }: hours
register-note = Notes
register-note-of = { $name }: notes
register-locked = The presence comes from another system: the register cannot take it away.
register-changed = to be saved
register-save = Check and save…
register-undo = Undo the changes
register-wrong = Hours must be a number above zero, such as 2.5 or 2:30. To be mended: { $names }.
register-cut = The first { $most } of those present are shown.
register-confirm = Save the register?
register-confirm-do = Save the register
register-long = Longer than the session (they are saved all the same):
register-long-one = { $hours } hours, the session lasts { $session }
register-saved = Register saved: { $written } presences written, { $voided } voided. The course’s figures follow in some seconds.
code-how = Point your telephone at the code, or open this address and type the code:
code-label = QR code that opens the check-in page
code-day = It is good on the day of the session alone.
code-over = The code is no longer good
code-over-about = It was good on the day of the session, which is over. Presences are now entered in the register.
code-back = Back to the register
sheet-about = Everybody the session is for, by name, with room to sign.
sheet-event = Event
sheet-when = When
sheet-where = Where

certificates-about = Who has a right to the certificate on a day, and the frozen lists: they never change, and a hash proves that.
certificates-lists = Frozen lists
certificates-lists-about = The newest first
certificates-no-lists = No frozen lists
certificates-no-lists-about = Choose a day below, look at who has a right to it, and freeze the list.
certificates-day = As of the day
certificates-people = People
certificates-frozen-at = Frozen
certificates-hash = Hash (SHA-256)
certificates-entitled = Who has a right to the certificate
certificates-at = On the day
certificates-nobody = On this day nobody has a right to the certificate yet.
certificates-freeze = Freeze this list…
certificates-freeze-title = Freeze the list?
certificates-freeze-do = Freeze the list
certificates-freeze-forever = A frozen list stays for good: it cannot be corrected or deleted. Where something changes, another one is frozen.
certificates-frozen = List frozen: { $people } people as of { $day }.
certificates-of = Certificates as of { $day }
certificates-back = All lists
certificates-as-csv = Download CSV
certificates-as-xlsx = Download XLSX
certificates-as-json = Download the copy to verify (JSON)
verify = Verify a list
verify-about = A downloaded copy is good where nothing was changed since it was frozen. It is verified in your browser.
verify-file = The downloaded copy (JSON)
verify-hash = Or the printed hash (at least 8 characters)
verify-good = Good: this is the list as of { $day }, with { $people } people, as it was frozen here.
verify-changed = Not good: the content was changed after it was frozen.
verify-foreign = The list is intact, but this server never froze it.
verify-unknown = No list of this course has this hash.
verify-no-list = The file is no certificate list.

learners-about = Who is enrolled in the course, with the identifiers under which their activity arrives.
learners-search = Search a name, a body, an identifier
learners-table = Learners of the course
learners-id = Id
learners-identifiers = Identifiers
learners-merged = merged into { $into }
learners-also = also { $ids }
learners-none = No learners
learners-none-about = Import a list, or search for something else.
import-list-about = A CSV file with a line for each person. Before anything changes you see what would change.
import-back = All learners
import-mode = What the list does
import-mode-update = Adds and updates: who is not in the list stays enrolled
import-mode-replace = Replaces: who is not in the list leaves the course
import-file = The list (CSV)
import-hint = Drop it here or choose it. What Excel saves in Italy, with semicolons, is fine too.
import-checking = Checking…
import-faults = The list has faults: nothing was changed. Mend these lines:
import-would = What would change with { $name }
import-warnings = To look at
import-do = Import the list
import-nothing = This list changes nothing.
import-done = List imported. There are { $learners } learners now.
unassigned-about = Activity of the course by people who are not in the list: it counts as soon as they are somebody’s.
unassigned-none = All activity is of learners
unassigned-none-about = There is nothing to put in order.
unassigned-merge = Is a learner…
unassigned-enrol = Enrol…
unassigned-merge-title = Who is { $name }?
unassigned-merge-about = The activity goes to the learner whom you choose. It can be taken back on their page.
unassigned-merge-do = It is this person
unassigned-who = Search the learners
unassigned-merged = Done: the activity is of { $name } now.
unassigned-enrol-title = Enrol { $name }?
unassigned-enrol-do = Enrol
unassigned-enrolled = { $name } is among the learners now.
picker-people = People found
picker-nobody = Nobody: try a part of the name.
picker-more = There are more: type some more letters.
merge-title = Identifiers and duplicates
merge-about = Activity under these identifiers counts for this person.
merge-with = Merged with { $id }
merge = Merge a duplicate…
merge-confirm = Who is the same person as { $name }?
merge-confirm-about = The data of this page hold; the activity counts together. It can be taken back.
merge-who = Search the duplicate
merge-do = Merge
merge-done = { $name } is the same person now.
unmerge = Separate
unmerge-confirm = Separate { $id }?
unmerge-about = They are two people again, each with their own activity.
unmerge-done = { $id } is a person of their own again.

edit-about = What you change is checked as you type, and you see what it would do before you save it.
edit-views = How to edit
edit-form = Fields
edit-text = Text
edit-file = Course file (TOML)
edit-file-hint = Press Tab to leave the field. Lines with a fault have their number marked.
edit-no-form = The file cannot be read field by field: mend it as text.
edit-check = Check
edit-checking = Checking…
edit-good = The file is right.
edit-faults-title = Faults
edit-warnings-title = To look at
edit-line = Line { $line }
edit-save = Save the course
edit-undo = Undo the changes
edit-saved = Course saved. The data are computed anew in some seconds.
edit-unsaved = Changes that are not saved.
edit-unchanged = No changes.
conflict-title = Somebody else changed the course
conflict-about = While you were editing, another person saved the course file. Nothing was overwritten.
conflict-added = New lines of the other person
conflict-gone = Lines that they removed
conflict-how = You can keep your text, check it again and save it in place of the other, or go on from the other person’s text.
conflict-mine = Keep my text
conflict-theirs = Go on from the other text
effect-title = What happens when you save
effect-completed = Course completed: by { $before } people now, by { $after } afterwards.
effect-added = New modules: { $names }
effect-removed = Modules removed: { $names }
effect-examples = Examples
effect-recomputed = No statement is lost: progress is computed anew from those that arrived.
form-course = Course
form-title-it = Title in Italian
form-title-en = Title in English
form-begins = First day that counts
form-ends = Last day that counts
form-hours = Hours
form-at-risk = At risk after days of silence
form-certificate-hours = Hours for the certificate
form-certificate-by = Certificate by
form-module = Module { $number }
form-activity = Activity
form-event = Event
form-session = Date “{ $id }”
form-date = Day
form-from = From
form-to = To
form-place = Place
form-ids = Addresses (IRIs) of the activity
form-ids-hint = One a line, as they arrive in statements.
form-complete = It is completed when
form-usual = as usual
form-as-text = (edited as text)
form-wrong = faults
form-new-module = New module
form-new-activity = New activity
form-new-event = New event
form-add-module = Add a module
form-add-activity = Add an activity
form-add-event = Add an event
form-add-session = Add a date
form-remove-module = Remove the module
form-remove-activity = Remove the activity
form-remove-event = Remove the event
form-remove-session = Remove the date
complete-completed = it is completed
complete-passed = it is passed
complete-experienced = it is looked at
complete-attended = it is attended
mapping-about = Activities that arrive from learners and belong to no module: choose where they count.
mapping-none = Everything is mapped
mapping-none-about = Each activity that arrives belongs to a module.
mapping-facts = { $statements } statements of { $learners } learners, the last { $last }.
mapping-module = Module
mapping-choose = Choose a module
mapping-add = Add to the module
mapping-ask = Count “{ $name }” in “{ $module }”?
mapping-done = “{ $name }” counts in “{ $module }” now.

register-count = { $count ->
    [one] { $count } person present.
   *[other] { $count } people present.
  }
register-changes = { $count ->
    [one] { $count } change to save
   *[other] { $count } changes to save
  }
register-written = { $count ->
    [one] { $count } presence written
   *[other] { $count } presences written
  }
register-voided = { $count ->
    [one] { $count } presence voided
   *[other] { $count } presences voided
  }
register-unchanged = { $count ->
    [one] { $count } presence as it was
   *[other] { $count } presences as they were
  }
certificates-count = { $count ->
    [one] { $count } person has a right to the certificate.
   *[other] { $count } people have a right to the certificate.
  }
import-added = { $count ->
    [one] { $count } person is added
   *[other] { $count } people are added
  }
import-updated = { $count ->
    [one] { $count } person changes
   *[other] { $count } people change
  }
import-absent = { $count ->
    [one] { $count } learner is not in the list and stays
   *[other] { $count } learners are not in the list and stay
  }
import-leaving = { $count ->
    [one] { $count } learner is not in the list and leaves
   *[other] { $count } learners are not in the list and leave
  }
import-merged = { $count ->
    [one] { $count } duplicate is merged
   *[other] { $count } duplicates are merged
  }
import-unchanged = { $count ->
    [one] { $count } person stays as they are
   *[other] { $count } people stay as they are
  }
import-leave = { $count ->
    [one] Mind: { $count } person leaves the course. What they did is kept, and theirs again if they come back.
   *[other] Mind: { $count } people leave the course. What they did is kept, and theirs again if they come back.
  }
import-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
  }
unassigned-count = { $count ->
    [one] { $count } person not enrolled.
   *[other] { $count } people not enrolled.
  }
edit-faults = { $count ->
    [one] { $count } fault to mend before saving.
   *[other] { $count } faults to mend before saving.
  }
effect-changed = { $count ->
    [one] The standing of { $count } learner changes.
   *[other] The standing of { $count } learners changes.
  }
certificates-freeze-about = The list of { $count ->
    [one] { $count } person
   *[other] { $count } people
  } with a right to the certificate at the end of { $day } will be frozen.
import-warning-lines = { $count ->
    [one] { $count } line: { $lines }.
   *[other] { $count } lines, among them: { $lines }.
  }
effect-size = The course will have { $modules ->
    [one] { $modules } module
   *[other] { $modules } modules
  } and { $activities } activities.
effect-sample = Evaluated for a sample of { $count } learners.
sheet-arrival = Arrival
sheet-departure = Departure
sheet-signature = Signature
effect-hours = hours { $before } → { $after }
effect-other = the right to the certificate changes, or since when
unassigned-last = · last activity { $day }
import-example = Example of a list
register-faults = Nothing was saved. To be corrected:
