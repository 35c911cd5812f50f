# Privacy: il fascicolo di una persona.

dossier-title = Che cosa è conservato di una persona
dossier-made = Preparato il { $at }.
dossier-files = I file accanto a questa pagina hanno tutto come è conservato: person.json, statements.ndjson, mentions.json, documents.json con la cartella documents, e la cartella attachments.
dossier-identifiers = Identificativi e nomi
dossier-courses = Corsi e attestati
dossier-statements = Che cosa è stato registrato
dossier-when = Quando
dossier-verb = Che cosa
dossier-object = Di che cosa
dossier-result = Esito
dossier-voided = ritirato
dossier-mentions = { $count ->
    [one] Una registrazione su altre persone nomina questa persona.
   *[other] { $count } registrazioni su altre persone nominano questa persona.
}
dossier-documents = Documenti dei player
dossier-launches = Avvii di pacchetti
dossier-refusals = Richieste rifiutate che nominano la persona
dossier-readings = Chi ha letto, esportato o modificato questi dati
