# What the browser UI says: see web-content.it.ftl.

content-about = The SCORM packages that Traccia plays itself.
content-add = Add a package
content-add-about = The package is checked first: you see what it will report and what is wrong with it. Until you import it nothing is kept.
content-none = No package
content-none-about = Add a SCORM package, as the authoring tool exported it.
content-facts = { $standard }, version { $version }, { $size }.
content-imported = Imported { $at }.
content-file = File of the package
content-drop = Drop the .zip file here, or choose it
content-checking = Checking { $name }…
content-size = { $files ->
    [one] { $files } file
   *[other] { $files } files
  }, { $size }.
content-structure = Structure
part-organization = course
part-item = part
part-sco = SCO
part-asset = page
part-course = course
part-block = block
part-au = unit
part-activity = activity
findings-count = { $errors ->
    [one] { $errors } error
   *[other] { $errors } errors
  }, { $warnings ->
    [one] { $warnings } warning
   *[other] { $warnings } warnings
  }, { $notes ->
    [one] { $notes } note
   *[other] { $notes } notes
  }
finding-error = Error
finding-warning = Warning
finding-note = Note
import-title = Import into Traccia
import-how = Traccia plays it itself: you send links, and what people do counts in courses.
import-errors = With errors it cannot be imported: mend the package and upload it again.
import-name = Name of the package
import-name-hint = Small letters, digits and hyphen: it stands in addresses and course files.
import-again = It is there already: this becomes version { $version }, and the next links take this one.
import-action = Import
import-busy = Importing…
import-not-played = Traccia checks this kind of package, but plays SCORM alone for now.
shim-title = For Moodle
shim-about = The package stays in Moodle and runs as before, but tells Traccia each session as well. Download the rewritten file and put it in the place of the old one.
shim-activity = Address of the activity in Moodle
shim-activity-hint = Open the activity in Moodle and copy the address of the page.
shim-home-page = Address of Moodle
shim-home-page-hint = Accounts of this Moodle alone are good.
shim-action = Download for Moodle
shim-key = Each file has a key of its own, which can report this package alone. Who administers Traccia sees it among the keys and can revoke it.
versions = Versions
version = Version
version-title = Title
version-imported = Imported
version-size = Size
version-what = Use
version-current = in use
version-use = Use this one
version-use-about = The next links open this version. Those who have begun go on with theirs.
version-used = Version { $version } is in use now.
version-remove = Remove
version-remove-about = The version opens no more. Statements and progress stay.
version-removed = Version { $version } is removed.
version-add = Add a version
package-remove = Remove the package
package-remove-about = All versions and links end. Statements and progress stay. This cannot be undone.
counting-title = Where it counts
counting-about = What is done in the package counts in:
counting-none = No course uses this package yet: add these lines to a module of the course file.
counting-line = Lines for the course file
launches = Links for learners
launches-about = Whoever has the link plays as that person, without a password: send it to them alone.
launches-open = Links that are good
launches-none = No link is good.
launch-who = For whom
launch-way-agent = An address or an account
launch-way-course = A learner of a course
launch-course = Course
launch-learner = Identifier of the learner
launch-hours = Good for hours
launch-attempt = Which attempt
attempt-last = the last one, or a new one where it is finished
attempt-same = the last one, whatever its state
attempt-new = a new one
attempt-best = the one with the best score
launch-make = Make the link
launch-made = The link is good until { $expires }, and is shown now alone.
launch-address = Link
launch-until = Good until { $expires }.
launch-preview = Preview
launch-revoke = Revoke
launch-revoke-about = The link opens no more, also where it is open already.
launch-revoked = Link revoked.
preview = Preview
preview-open = Open the preview
preview-about = Try the package: nothing is kept. Beside it you see each call, the statement that would come of it, and the module in which it would count.
preview-frame = The package “{ $title }”
preview-log = What it reports
preview-count = { $calls ->
    [one] { $calls } call
   *[other] { $calls } calls
  }, { $statements ->
    [one] { $statements } statement
   *[other] { $statements } statements
  }.
preview-all = Show questions about errors too
preview-none = The package has not reported anything yet.
preview-person = Whoever tries it
preview-module = Counts in “{ $module }” of “{ $course }”.

tab-search = Search
tab-live = Live
tab-check = Check
tab-refused = Refused
content-title = Content
content-chart = Who has begun and who has completed each activity
content-whole = the whole activity
content-table = Online activities and their parts
