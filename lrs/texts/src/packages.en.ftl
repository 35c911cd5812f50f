# Packages: what is wrong with one, and those that are played here.

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
package-manifest-value-long = The attribute { $attribute } has { $length } bytes; at most { $limit } are read.
    .remedy = Shorten the identifier or address: no platform takes such long ones.
package-manifest-unfolded = What the items of the manifest refer to takes more than { $limit } bytes, counted for each item.
    .remedy = Split the course: thousands of items refer to one resource or one sequencing.
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
package-play-large = The structure of the package has { $size } bytes; the player takes at most { $limit }.
    .remedy = Split the course into several packages.
package-play-not-scorm = Only SCORM packages that launch something are played here.
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
package-elsewhere = Traccia does not play it: a platform that can launches it, with Traccia as its LRS.
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

## Packages that are hosted
launch-page-unknown = This address leads to no course.
    .remedy = Check that all of it was copied, or ask for a new one where it came from.
launch-page-expired = This address has expired.
    .remedy = Ask for a new one where it came from: what was done so far is kept.
launch-page-revoked = This address was taken back.
    .remedy = Ask for a new one where it came from: what was done so far is kept.
launch-page-removed = The version of the course that this address leads to was removed.
    .remedy = Ask for a new address where it came from: the result so far is kept.
launch-page-failed = The course cannot be opened now.
    .remedy = Try again in a few minutes: what was done so far is kept.
launch-page-unbuilt = This program was built without the player of packages.
    .remedy = The server's administrator runs `npm ci && npm run build` in lrs/web/player, and then builds the program again.

## Packages that a course file names

course-warning-package-unknown = the package `{ $name }` was not imported{ $near } Until it is there, the activity gets nothing: import it with `traccia package import FILE.zip --name { $name }`, or mend the name; `traccia package list` lists the packages
course-package-name = `{ $name }` is no package's name: write the name under which it was imported, of small letters a-z, digits and `-`
course-package-beside = an activity with a package has its IRIs from the package: remove id, prefix and within, or the package

## What `traccia package` prints of packages that are hosted

hosted-told-imported = { $name } is version { $version }: { $described }
hosted-told-named = A course file names it with package = "{ $name }"; its activity is { $activity }.
hosted-told-size = { $files ->
    [one] { $files } file
   *[other] { $files } files
  }, { $bytes } bytes
hosted-told-none-before = `{ $name }` has no version before { $version }: `traccia package versions { $name }` lists them
hosted-told-chosen = new launches of { $name } play version { $version }
hosted-told-version-removed = version { $version } of { $name } is removed
hosted-told-removed = { $name } is removed with all its versions
hosted-told-revoked = { $id } is taken back
hosted-told-preview = preview
hosted-told-launch = { $id }  until { $expires }  version { $version }, attempt { $attempt }  { $who }
hosted-told-launch-revoked = { $id }  until { $expires }  version { $version }, attempt { $attempt }  { $who }  taken back
hosted-told-launched = Attempt { $attempt }, version { $version }, good until { $expires }. Open the address in a window of its own. `traccia package revoke { $name } { $id }` takes it back.
hosted-told-nobody = name the learner: --learner, --mail or --account
hosted-told-key = The package has the key { $key }; `traccia key revoke { $key }` ends it.
hosted-told-written-all-the-same = The package is written all the same: it has what it had before.
hosted-told-key-unbound = The key { $key } is bound to no activities: whoever opens the package can send any statement with it.
