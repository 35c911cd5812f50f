# Condotte, reazioni e chiavi: perché una richiesta è rifiutata, e che cosa fare.

## Le condotte
rule-pipe-unknown = Non c’è una condotta `{ $pipe }`.
    .remedy = GET /api/v1/pipes elenca le condotte.
rule-pipe-exists = C’è già una condotta `{ $pipe }`.
    .remedy = Scegliere un altro nome, o cambiare quella condotta con PUT /api/v1/pipes/NOME.
rule-pipe-invalid = La condotta non si può usare così: { $why }
    .remedy = Correggere così: { $remedy }
rule-pipe-setting = `{ $setting }` non si può usare: { $why }.
    .remedy = Correggere questo valore e inviare di nuovo la condotta.
rule-pipe-course = Non c’è un corso `{ $course }`.
    .remedy = Indicare un corso di questo server (GET /api/v1/courses), o togliere `course`.
rule-pipe-erasure-unknown = La condotta non ha da comunicare una cancellazione { $id }.
    .remedy = GET /api/v1/pipes/NOME/erasures le elenca.
rule-letter-unknown = La condotta non ha uno statement rinunciato { $id }.
    .remedy = GET /api/v1/pipes/NOME/dead-letters li elenca.
rule-letter-gone = Lo statement { $id } non c’è più.
    .remedy = Togliere la voce con DELETE.
rule-pipe-away = L’altro archivio ora non lo fa: { $why }.
    .remedy = Riprovare più tardi; POST /api/v1/pipes/NOME/test dice che cosa risponde l’altro archivio.
rule-pipe-busy = La condotta cambia di continuo.
    .remedy = Inviare di nuovo la richiesta.

## Le reazioni
rule-reaction-invalid = Il corpo non è una reazione: { $why }.
    .remedy = Correggere e inviare di nuovo la reazione; docs/reactions.md ha degli esempi.
rule-reaction-name = `{ $name }` non può essere il nome di una reazione.
    .remedy = Usare da 1 a 64 lettere, cifre, trattini e trattini bassi.
rule-reaction-unknown = Non c’è una reazione `{ $name }`.
    .remedy = GET /api/v1/reactions, o `traccia reaction list`, le elenca.
rule-reaction-many = Ci sono tutte le reazioni che si possono tenere.
    .remedy = Togliere una reazione che non serve più.
rule-reaction-module = Il corso `{ $course }` non ha un modulo `{ $module }`.
    .remedy = Indicare uno dei suoi moduli: { $known }.
rule-reaction-course = Una reazione a un progresso vuole un corso.
    .remedy = Indicare il corso in `course`.
rule-reaction-pattern = Lo schema non si può usare: { $why }.
    .remedy = Correggere e inviare di nuovo la reazione; docs/reactions.md ha degli esempi.
rule-reaction-voids = Una reazione non può annullare statement.
    .remedy = Usare un altro verbo; che cosa annullare lo decide una persona.
rule-reaction-busy = La reazione è stata cambiata da altri nello stesso momento.
    .remedy = Rileggere la reazione e inviare di nuovo il cambiamento.

## Le chiavi
rule-key-invalid = La chiave non si può fare così: { $why }
    .remedy = Correggere così: { $remedy }
rule-key-scope = Uno degli scope non esiste: { $why }.
    .remedy = Usare gli scope che ci sono: docs/administration.md li elenca.
rule-key-scopes-none = La chiave non ha scope.
    .remedy = Darne almeno uno, per esempio statements/write.
rule-key-bounds-empty = I limiti della chiave non indicano né una regione né un ente, o ne indicano uno vuoto.
    .remedy = Indicarne, per esempio {"{"}"regions": ["Umbria"]{"}"}, o togliere i limiti.
rule-key-bounds-activities = I limiti della chiave non indicano un’attività, o un indirizzo che non lo è, o anche un territorio.
    .remedy = Indicare indirizzi interi, per esempio {"{"}"activities": ["https://lms.example.it/mod/scorm/view.php?id=7"]{"}"}.
rule-key-writes-alone = Una chiave legata ad attività può avere solo lo scope statements/write.
    .remedy = Darle statements/write.
rule-key-unbound = Una chiave con limiti non può avere lo scope { $scope }: va oltre i limiti.
    .remedy = Darle progress/read, presence/write o tutti e due.
rule-key-name = Il nome della chiave è vuoto, troppo lungo, con due punti o `check-in`, o il segreto è vuoto.
    .remedy = Usare un altro nome, da 1 a 128 byte senza due punti, o togliere nome e segreto.
rule-key-expired = La chiave è scaduta, o lo sarebbe appena fatta.
    .remedy = Fare una chiave con `expires` nel futuro.
rule-key-grace = Il segreto di prima varrebbe per troppo tempo.
    .remedy = Indicare al massimo 2160 ore.
rule-key-exists = C’è già una chiave con questo nome.
    .remedy = Scegliere un altro nome, o non indicarlo.
rule-key-changed = `{ $name }` è stata cambiata da altri nello stesso momento.
    .remedy = Guardare la chiave e chiedere di nuovo.
rule-key-last = `{ $name }` è l’ultima chiave con lo scope `all`: senza, nessuno può gestire chiavi e corsi.
    .remedy = Fare prima un’altra chiave, o aggiungere `last=true`; `traccia key init` ne fa una sulla macchina del server.
rule-key-unknown = Non c’è una chiave con il nome `{ $name }`.
    .remedy = Indicare il nome di una chiave, cioè quello che sta prima dei due punti di CHIAVE:SEGRETO, e non la sua etichetta: GET /api/v1/keys, o `traccia key list`, le elenca.

## Altro
rule-erasure-pseudonym = Lo pseudonimo non si può usare.
    .remedy = Togliere `pseudonym`, o inviare quello che l’altro server ha formato.
rule-dossier-too-large = L’archivio della persona sarebbe troppo grande.
    .remedy = Prendere gli statement della persona con `GET /xapi/statements` e `agent`, pagina per pagina.
rule-retention-busy = Le regole di conservazione sono state cambiate da altri nello stesso momento.
    .remedy = Rileggere le regole e inviare di nuovo il cambiamento.
rule-check-in = Il corpo non è una registrazione di presenza: { $why }.
    .remedy = Inviare {"{"}"code": "…", "learner": "indirizzo di posta o codice dell’iscritto"{"}"}.
rule-report-unknown = Non c’è un report `{ $report }`.
    .remedy = Scegliere uno di questi: { $known }.
