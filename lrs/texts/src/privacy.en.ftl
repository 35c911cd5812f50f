# Privacy: the dossier of a person.

dossier-title = What is kept of a person
dossier-made = Made at { $at }.
dossier-files = The files beside this page have everything as it is kept: person.json, statements.ndjson, mentions.json, documents.json with the folder documents, and the folder attachments.
dossier-identifiers = Identifiers and names
dossier-courses = Courses and certificates
dossier-statements = What was recorded
dossier-when = When
dossier-verb = What
dossier-object = Of what
dossier-result = Result
dossier-voided = withdrawn
dossier-mentions = { $count ->
    [one] One record about other people names this person.
   *[other] { $count } records about other people name this person.
}
dossier-documents = Documents of players
dossier-launches = Launches of packages
dossier-refusals = Refused requests that name the person
dossier-readings = Who read, exported or changed this data
