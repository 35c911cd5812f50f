# Ciò che si legge in italiano: i rifiuti e le pagine. `rule-…` è la regola violata, `.remedy` che cosa può fare chi ha inviato la richiesta.

statement-at = Statement { $position } ({ $subject }): { $text }
statement-at-unnamed = Statement { $position }: { $text }
and-others = { $text } (e altri { $count })
subject-verb = verbo { $id }
subject-object = oggetto { $id }
subject-actor = attore { $id }

status-400 = Richiesta non valida
status-401 = Non autenticato
status-403 = Non permesso
status-404 = Non trovato
status-405 = Metodo non ammesso
status-408 = Tempo scaduto
status-409 = Conflitto
status-412 = Precondizione non soddisfatta
status-413 = Contenuto troppo grande
status-415 = Tipo di contenuto non supportato
status-429 = Troppe richieste
status-500 = Errore del server
status-503 = Servizio non disponibile

## Il testo JSON

rule-json-utf8 = Il JSON è codificato in UTF-8.
    .remedy = Codificare il corpo della richiesta in UTF-8 prima di inviarlo.
rule-json-byte-order-mark = Il JSON non comincia con un byte order mark (BOM).
    .remedy = Salvare o inviare il corpo come UTF-8 senza BOM.
rule-json-syntax = Il corpo è un solo valore JSON e nient'altro.
    .remedy = Costruire il corpo con una libreria JSON e inviarlo intero.
rule-json-surrogate = Ogni surrogato fa parte di una coppia: metà di un'emoji non è un carattere.
    .remedy = Accorciare i testi tra un carattere e l'altro, non dentro un carattere.
rule-json-depth = Liste e oggetti sono annidati per 64 livelli al massimo.
    .remedy = Appiattire il valore, o inviarlo come allegato.
rule-json-size = Un testo, una volta letto, occupa al massimo 192 MiB di memoria, e sei volte i suoi byte.
    .remedy = Inviare meno valori alla volta, o mettere gli elenchi lunghi in un allegato.
rule-json-duplicate-key = Un oggetto ha ogni chiave una volta sola.
    .remedy = Tenere una sola delle chiavi uguali: non è definito quale valga.
rule-json-null = Fuori dalle estensioni niente è null.
    .remedy = Togliere la proprietà quando non ha un valore.
rule-statement-not-object = Uno statement è un oggetto JSON.
    .remedy = Inviare uno statement come oggetto, più statement come lista di oggetti.
rule-batch-duplicate-id = Due statement dello stesso invio non hanno lo stesso id.
    .remedy = Inviare ogni statement una volta sola, con un id proprio.

## I valori

rule-uuid = Un UUID si scrive con 32 cifre esadecimali in cinque gruppi separati da trattini.
    .remedy = Generare l'id con una libreria UUID e inviarlo con i trattini.
rule-iri = Un IRI è assoluto: comincia con uno schema, e gli spazi sono codificati.
    .remedy = Inviare l'indirizzo completo di schema, come https://, codificato dove serve.
rule-extension-key-iri = Le chiavi delle estensioni sono IRI assoluti.
    .remedy = Dare all'estensione un indirizzo proprio, completo di schema.
rule-language-tag = Le lingue si indicano con i codici di RFC 5646.
    .remedy = Usare un codice come it, en-GB o zh-Hant.
rule-timestamp = Un timestamp è una data con ora secondo ISO 8601, mai con lo scarto -00:00.
    .remedy = Inviarlo secondo RFC 3339 in UTC: 2026-03-01T08:30:00Z.
rule-timestamp-rfc3339 = Un timestamp è una data con ora secondo RFC 3339, mai con lo scarto -00:00.
    .remedy = Inviare data, ora con i secondi e fuso: 2026-03-01T08:30:00Z.
rule-duration = Una durata si scrive con le lettere di ISO 8601.
    .remedy = Scrivere PT1H30M o P3D; le settimane stanno da sole, i decimali nell'ultimo numero.
rule-mailbox = Un mbox è mailto: seguito da un solo indirizzo e-mail.
    .remedy = Mettere mailto: davanti al solo indirizzo, senza il nome della persona.
rule-sha1 = Un mbox_sha1sum è fatto di 40 cifre esadecimali.
    .remedy = Calcolare lo SHA-1 dell'IRI mailto: e inviarlo in esadecimale.
rule-sha2 = Uno sha2 è l'impronta esadecimale SHA-224, SHA-256, SHA-384 o SHA-512.
    .remedy = Calcolare l'impronta dei byte dell'allegato e inviarla in esadecimale.
rule-media-type = Un tipo di contenuto è un internet media type.
    .remedy = Inviare tipo e sottotipo, come application/pdf.
rule-version = La versione di uno statement è 1.0 o comincia con 1.0.
    .remedy = Togliere la versione, o indicare 1.0.0.
rule-version-2 = La versione di uno statement è 2.0.0, o 1.0.x se è stato fatto con xAPI 1.0.
    .remedy = Togliere la versione, o indicare 2.0.0.
rule-attachment-length = La lunghezza di un allegato è un numero di byte, quindi non negativa.
    .remedy = Inviare la dimensione dei dati dell'allegato in byte.
rule-value-type = Ogni valore ha il tipo JSON che la sua proprietà richiede.
    .remedy = Inviare numeri e booleani senza virgolette, oggetti e liste dove sono previsti.

## La struttura

rule-property-unknown = Gli oggetti hanno solo le proprietà previste dallo standard, con le stesse maiuscole.
    .remedy = Togliere la proprietà, o metterla nelle estensioni sotto un IRI proprio.
rule-statement-required = Uno statement ha un attore, un verbo e un oggetto.
    .remedy = Aggiungere la proprietà che manca.
rule-verb-id-required = Un verbo ha un id.
    .remedy = Indicare il verbo con un IRI; display serve solo alle persone.
rule-object-type = Un objectType è uno dei nomi previsti dallo standard, con le stesse maiuscole.
    .remedy = Usare l'objectType previsto in questo punto.
rule-object-type-required = Un Group si dichiara tale con il suo objectType.
    .remedy = Aggiungere "objectType": "Group".
rule-activity-id-required = Un'Activity ha un id.
    .remedy = Aggiungere l'IRI dell'Activity, o l'objectType se non è un'Activity.
rule-statement-ref-required = Il riferimento a uno statement ha l'objectType StatementRef e un id.
    .remedy = Aggiungere la proprietà che manca.
rule-sub-statement-nested = Un SubStatement non contiene un altro SubStatement.
    .remedy = Riferirsi allo statement interno con uno StatementRef.
rule-sub-statement-property = Un SubStatement non ha id, stored, version né authority.
    .remedy = Togliere la proprietà: appartiene allo statement che lo contiene.
rule-agent-ifi = Un Agent o un Group identificato ha un solo identificativo.
    .remedy = Inviare uno solo tra mbox, mbox_sha1sum, openid e account.
rule-group-anonymous-member = Un Group senza identificativo elenca i suoi membri.
    .remedy = Aggiungere member, o uno tra mbox, mbox_sha1sum, openid e account.
rule-account-required = Un account ha una homePage e un name.
    .remedy = Aggiungere la proprietà che manca.
rule-authority-anonymous = Un'authority che è un Group non ha un identificativo proprio.
    .remedy = Lasciare l'authority all'LRS, o inviare un Agent.
rule-authority-members = Un'authority che è un Group ha esattamente due membri.
    .remedy = Lasciare l'authority all'LRS, o inviare l'applicazione e l'utente.
rule-authority-account = Un membro dell'authority è un'applicazione, identificata dal suo account.
    .remedy = Identificare il consumer OAuth con l'account: l'endpoint dei token e la chiave del consumer.
rule-attachment-required = Un allegato ha usageType, display, contentType, length e sha2.
    .remedy = Aggiungere la proprietà che manca; sha2 anche quando c'è un fileUrl.
rule-context-agent-required = Gli agenti e i gruppi del contesto hanno un objectType e l'agent o il group.
    .remedy = Aggiungere la proprietà che manca.
rule-relevant-types-empty = La lista dei relevantTypes non è vuota.
    .remedy = Indicare un tipo, o togliere relevantTypes.

## I significati

rule-score-scaled-range = Un punteggio scaled è compreso tra -1 e 1.
    .remedy = Dividere il punteggio per il massimo, o inviarlo come raw.
rule-score-raw-range = Un punteggio raw è compreso tra min e max.
    .remedy = Correggere il punteggio o i suoi limiti, o togliere i limiti.
rule-score-min-max = Il punteggio minimo possibile è inferiore al massimo.
    .remedy = Correggere min e max, o toglierne uno.
rule-interaction-type = Un interactionType è uno dei dieci previsti dallo standard, con le stesse maiuscole.
    .remedy = Usare other quando nessuno è adatto.
rule-interaction-type-required = Un'Activity con risposte o componenti ha un interactionType.
    .remedy = Aggiungere l'interactionType.
rule-interaction-component-required = Un componente di un'interazione ha un id.
    .remedy = Dare a ogni componente un id unico nella sua lista.
rule-interaction-component-ids = I componenti di una lista hanno id diversi tra loro.
    .remedy = Dare a ogni componente della lista un id proprio.
rule-interaction-components-by-type = Un'interazione ha solo le liste di componenti del suo interactionType.
    .remedy = Usare choices per choice e sequencing, scale per likert, source e target per matching, steps per performance.
rule-context-activity-only = Solo gli statement su un'Activity hanno revision o platform.
    .remedy = Togliere la proprietà, o metterla nelle estensioni del contesto.
rule-voiding-object = Lo statement da annullare si indica con uno StatementRef.
    .remedy = Usare come oggetto uno StatementRef con l'id dello statement da annullare.

## Gli allegati e le firme

rule-multipart-malformed = Il corpo non è un multipart/mixed ben formato.
    .remedy = Inviare prima una parte application/json con gli statement, poi una parte per allegato con Content-Transfer-Encoding: binary e X-Experience-API-Hash.
rule-multipart-parts = La richiesta ha troppi allegati.
    .remedy = Inviare meno statement con allegati alla volta.
rule-multipart-boundary = I dati della parte con l'impronta { $sha2 } contengono il boundary `{ $boundary }`.
    .remedy = Scegliere un boundary che non compaia in nessuna parte, per esempio di lettere casuali.
rule-attachment-missing = L'allegato con sha2 { $sha2 } non ha un `fileUrl`, e nessuna parte ne porta i dati.
    .remedy = Inviare lo statement come multipart/mixed con una parte per allegato, o aggiungere `fileUrl`.
rule-attachment-unexpected = Una parte con l'impronta { $sha2 } non appartiene a nessun allegato.
    .remedy = Inviare solo parti il cui X-Experience-API-Hash è lo `sha2` di un allegato.
rule-attachment-hash = Una parte non ha l'impronta { $sha2 } indicata dal suo X-Experience-API-Hash.
    .remedy = Calcolare lo SHA-2 dei byte della parte così come sono inviati, senza codifiche, in esadecimale.
rule-signature-invalid = L'allegato non è una firma valida: un JWS compatto in RS256, RS384 o RS512.
    .remedy = Allegare un JWS compatto (RFC 7515) di tipo application/octet-stream, fatto sullo statement.
rule-signature-payload = Il contenuto firmato è diverso dallo statement in { $places }.
    .remedy = Firmare lo statement così come è inviato, senza l'allegato della firma stessa.

## Le richieste

rule-invalid = Il corpo della richiesta non è valido.
    .remedy = Controllare il corpo della richiesta.
rule-alternate-request = La richiesta alternativa (`?method=…`) non è scritta come prevede lo standard.
    .remedy = Inviare con POST un modulo a `?method=…` soltanto, con intestazioni, parametri e `content` come campi, o inviare la richiesta così com'è.
rule-alternate-request-too-large = Il modulo ha più di 32 campi o di 64 KiB oltre a `content`.
    .remedy = Inviare solo ciò che appartiene alla richiesta; statement e documenti vanno in `content`.
rule-alternate-request-unpaid = Il modulo supera 1 MiB e la sua chiave sta nel modulo stesso.
    .remedy = Inviare `Authorization` come intestazione della richiesta, oppure inviare la richiesta com'è, non come modulo.
rule-batch-too-large = L'invio contiene { $count } statement; il limite è { $limit }.
    .remedy = Inviare meno statement alla volta, o alzare `limits.statements_per_batch` sul server.
rule-body-broken = Il corpo della richiesta non si può leggere.
    .remedy = Controllare Content-Encoding e Content-Length, e che il corpo sia inviato fino alla fine.
rule-body-late = Il corpo della richiesta non è arrivato alla fine in tempo.
    .remedy = Inviare meno alla volta, o alzare `limits.body_seconds` sul server.
rule-body-media-type = Il corpo della richiesta è di un tipo che qui non si accetta.
    .remedy = Inviarlo con l'intestazione Content-Type prevista per questo indirizzo: vedere /api/openapi.json.
rule-body-too-large = Il corpo supera il limite di { $limit } byte.
    .remedy = Inviare meno statement alla volta, o alzare `limits.body_bytes` sul server.
rule-content-encoding = La codifica `{ $encoding }` del corpo non è conosciuta.
    .remedy = Inviarlo senza codifica, o con Content-Encoding: gzip.
rule-content-type = Gli statement non si inviano come `{ $type }`.
    .remedy = Inviare application/json, o multipart/mixed quando ci sono allegati.
rule-course-unknown = Il corso non c'è.
    .remedy = Caricare prima il file del corso; GET /api/v1/courses elenca i corsi.
rule-credentials = La richiesta non ha credenziali valide.
    .remedy = Inviare `Authorization: Basic base64(chiave:segreto)` con una chiave di questo server; `traccia key create` ne crea una.
rule-cursor-forged = Il parametro `cursor` non viene da questo server, o non è da solo.
    .remedy = Seguire il link `more` di un risultato così com'è, o ricominciare senza.
rule-document-ids-too-many = Qui ci sono più id di documenti di quanti ne elenca una risposta.
    .remedy = Chiedere con `since` quelli cambiati di recente, o con una `registration`.
rule-document-merge = POST unisce oggetti JSON, e il documento inviato o quello conservato non lo è.
    .remedy = Inviare un oggetto JSON come application/json, o sostituire il documento con PUT.
rule-document-too-long = Il documento, eventualmente con quanto è già conservato, supera la dimensione massima.
    .remedy = Inviarne uno più corto, o aumentare limits.document_bytes sul server.
rule-internal = Il server non ha potuto completare la richiesta. Non ne è stato conservato niente.
    .remedy = Inviarla di nuovo; se non riesce ancora, avvisare l'amministratore del server.
rule-memory = La memoria per le richieste è occupata da altre, non ancora concluse.
    .remedy = Inviarla di nuovo tra qualche secondo.
rule-memory-too-large = La richiesta chiede più memoria di quanta ne ha una chiave.
    .remedy = Chiedere o inviare meno alla volta, o alzare `limits.memory_bytes` sul server.
rule-method-not-allowed = Questa risorsa non prevede il metodo della richiesta.
    .remedy = L'intestazione Allow indica i metodi di questa risorsa.
rule-no-such-resource = A questo indirizzo non c'è niente.
    .remedy = Le risorse xAPI sono sotto /xapi, le API di Traccia sotto /api/v1: vedere /api/openapi.json.
rule-not-found = Non c'è niente, a questo indirizzo, che questa chiave possa vedere.
    .remedy = Controllare l'id e, per gli statement, se è stato annullato.
rule-origin = La richiesta viene da una pagina di un'altra origine.
    .remedy = Le pagine di altre origini leggono con una chiave propria e scrivono solo in /xapi. Se la pagina è di Traccia, impostare `base_url` all'indirizzo che i browser vedono.
rule-parameter-encoding = Un parametro, una volta decodificato, non è UTF-8.
    .remedy = Codificare i parametri in UTF-8 e poi in percent-encoding.
rule-parameter-missing = Manca il parametro `{ $name }`.
    .remedy = Aggiungere `{ $name }=…` all'indirizzo.
rule-parameter-repeated = Il parametro `{ $name }` è indicato più di una volta.
    .remedy = Inviare ogni parametro una volta sola.
rule-parameter-unknown = Il parametro `{ $name }` qui non è conosciuto.
    .remedy = Parametri di questa richiesta: { $known }. Le maiuscole contano.
rule-parameter-value = Il valore del parametro `{ $name }` non è ammesso.
    .remedy = Inviare { $kind ->
        [uuid] un UUID come 12345678-1234-5678-9234-567812345678
        [iri] un IRI assoluto come https://example.org/activity
        [timestamp] un timestamp come 2026-01-31T10:00:00Z
        [boolean] `true` o `false`
        [number] un numero intero da 0 in su
        [format] `ids`, `exact` o `canonical`
       *[agent] un Agent in JSON, come prevede lo standard
    }, in percent-encoding.
rule-parameters-too-many = La richiesta ha più di 32 parametri.
    .remedy = Inviare solo i parametri di questa risorsa.
rule-precondition-failed = Il documento non è quello indicato da If-Match o If-None-Match.
    .remedy = Leggere il documento con GET, applicare la modifica e inviarlo con il suo ETag.
rule-precondition-missing = Mancano sia If-Match sia If-None-Match.
    .remedy = Inviare `If-None-Match: *` per creare il documento; per sostituirlo, leggerlo con GET e inviare If-Match con il suo ETag.
rule-precondition-unreadable = L'intestazione { $name } non è fatta di entity tag.
    .remedy = Inviare l'ETag del documento com'è, tra virgolette.
rule-progress-computing = Il corso è cambiato, e il suo andamento si sta ricalcolando dal log.
    .remedy = Chiedere di nuovo tra qualche secondo.
rule-query-too-long = La ricerca è così lunga che il link alla pagina seguente non è un indirizzo valido.
    .remedy = Inviare un `agent` o un'`activity` più brevi, o un `limit` più alto.
rule-report-memory = La memoria che serve al report è occupata da altre richieste e da altri report.
    .remedy = Chiedere di nuovo tra qualche secondo. Se non basta: chiedere meno persone (`region`, `province`, `body`), o senza `expand`; la matrice in CSV o JSON si invia mentre si compone, per quanto sia lunga. Più memoria per tutti: `limits.memory_bytes`.
rule-report-too-long = Il report è troppo lungo per questo formato.
    .remedy = Chiederlo in CSV, che non ha questo limite, o chiedere meno persone (`region`, `province`, `body`).
rule-report-too-large = Il report chiede più memoria di quanta ce n'è per i report.
    .remedy = Chiedere meno persone (`region`, `province`, `body`), o senza `expand`; la matrice in CSV o JSON si invia mentre si compone, per quanto sia lunga. Più memoria per tutti: `limits.memory_bytes`.
rule-scope = Gli scope di questa chiave non bastano. Quelli che bastano: { $scopes }.
    .remedy = Usare una chiave con uno di questi scope; GET /whoami mostra gli scope di questa.
rule-statement-conflict = Con l'id { $id } è conservato uno statement diverso, o quello che c'era è stato cancellato.
    .remedy = Gli statement non si cambiano: inviare questo con un id nuovo, o com'era la prima volta.
rule-statement-id-alone = Uno statement chiesto per id non prende filtri.
    .remedy = Inviare `statementId` o `voidedStatementId` soltanto con `format` e `attachments`.
rule-statement-id-mismatch = L'id dello statement non è quello indicato in `statementId`.
    .remedy = Inviare lo stesso id in entrambi i punti, o toglierlo dallo statement.
rule-statement-too-wide = Lo statement nomina più cose di quante se ne possano cercare.
    .remedy = Dividere lo statement, o mettere gli elenchi nelle estensioni.
rule-store-corrupt = L'archivio contiene qualcosa che non si può leggere.
    .remedy = Avvisare l'amministratore del server: il log dice che cosa.
rule-store-rejected = L'archivio non accetta questa richiesta, e non ne ha conservato niente.
    .remedy = Avvisare l'amministratore del server: il log dice perché.
rule-store-unavailable = L'archivio ora non può lavorare; ciò che la richiesta portava può essere stato conservato o no.
    .remedy = Inviare la stessa richiesta più tardi; gli statement con un id proprio contano una volta sola.
rule-stored-order = L'archivio ha già statement conservati a quell'istante o dopo.
    .remedy = Copiare in un archivio vuoto, o continuare la copia che ha riempito questo, mentre nessuno vi scrive.
rule-writing-stuck = Niente di ciò che si scrive diventa visibile: il gruppo di { $statements } statement che il processo { $process } ha iniziato alle { $stored } { $state ->
        [inserting] sta entrando nella base di dati da { $seconds } s
        [linking] si sta collegando agli altri statement da { $seconds } s
       *[abandoned] è stato lasciato dal suo processo, e da { $seconds } s gli altri non riescono a finirlo
    }.
    .remedy = Guardare nei log di tutti i processi su questa base di dati che cosa dicono il processo { $process } e quelli che finiscono il suo gruppo, e se la base di dati è lenta o rifiuta le scritture; riavviare il processo { $process }, il cui numero è nelle prime righe del suo log, se è ancora in funzione.
rule-too-many-attempts = Si provano così tanti segreti che questo ora non si può controllare.
    .remedy = Controllare il segreto, e inviare di nuovo la richiesta dopo i secondi indicati da Retry-After.
rule-key-rate = Con questa chiave arrivano così tante richieste che questa ora non è accolta.
    .remedy = Inviarla di nuovo dopo i secondi indicati da Retry-After; più statement stanno in una sola richiesta.
rule-key-no-package = La chiave non è legata ad attività, quindi non viene scambiata.
    .remedy = Creare una chiave con `traccia key create --scope statements/write --activity IRI`, come fa `traccia package shim`.
rule-ticket-field = Il modulo non ha il campo `{ $field }`, da 1 a 1024 byte.
    .remedy = Inviare Authorization, home_page e name come application/x-www-form-urlencoded.
rule-package-media-type = Il pacchetto arriva come { $sent }; un pacchetto è application/zip, o application/xml per un cmi5.xml.
    .remedy = Inviarlo con l'intestazione Content-Type: application/zip.
rule-package-check-too-large = Il pacchetto supera il limite di { $limit } byte.
    .remedy = Verificarlo con `traccia package check`, che non ha bisogno di un server né ha questo limite, oppure alzare `limits.body_bytes` sul server.
rule-key-bounds = La parte { $part } dello statement è fuori da ciò a cui la chiave è legata.
    .remedy = GET /whoami indica le attività e le home page; la chiave di un altro pacchetto ha le sue.
rule-version-header = L'intestazione X-Experience-API-Version manca o indica una versione che qui non si usa.
    .remedy = Inviare `X-Experience-API-Version: 1.0.3` o `2.0.0`.

## La pagina su cui ci si registra in aula, e il foglio con il suo codice

check-in-title = Registra la tua presenza
check-in-language = Italiano
check-in-code = Codice mostrato in aula
check-in-learner = Indirizzo e-mail o matricola
check-in-send = Registra
check-in-wrong-code = Nessuna sessione di oggi ha questo codice: ricontrollarlo.
check-in-wrong-day = Questo codice vale solo il { $day }.
check-in-wrong-learner = Nessun iscritto al corso ha questo indirizzo o questa matricola: ricontrollare.
check-in-taken = Presenza registrata
check-in-known = La presenza era già registrata
check-in-another = Registra un'altra persona
check-in-person = Persona
check-in-course = Corso
check-in-event = Evento
check-in-when = Quando
check-in-where = Dove
check-in-no-course = Non c'è nessun corso “{ $course }”
check-in-look-again = Ricontrollare l'indirizzo, o inquadrare di nuovo il codice QR mostrato in aula.
check-in-sheet = Registra la tua presenza
check-in-sheet-how = Inquadra il codice QR, oppure apri questo indirizzo e scrivi il codice:
check-in-sheet-day = Il codice vale solo il { $day }.
month-1 = gennaio
month-2 = febbraio
month-3 = marzo
month-4 = aprile
month-5 = maggio
month-6 = giugno
month-7 = luglio
month-8 = agosto
month-9 = settembre
month-10 = ottobre
month-11 = novembre
month-12 = dicembre

## I testi composti di parti

either-or = { $before } o { $last }
or-another-one = { $first } o altri
near = : si intendeva { $near }?
known-near = : si intendeva { $near }? Sono ammessi { $known }
known-all = : scrivere uno tra { $known }
value-near = { $text }{ $near }
sheet-line = riga { $line }: { $text }
sheet-line-column = riga { $line }, { $column }: { $text }

## Quello che stampano gli altri comandi quando hanno finito

told-dry-run = : era una prova, non è cambiato niente
course-told-loaded = { $file }: corso { $course } con { $modules ->
    [one] { $modules } modulo
   *[other] { $modules } moduli
  } e { $activities ->
    [one] { $activities } attività
   *[other] { $activities } attività
  }{ $dry }
course-told-listed = { $course }  { $learners ->
    [one] { $learners } iscritto
   *[other] { $learners } iscritti
  }, { $modules ->
    [one] { $modules } modulo
   *[other] { $modules } moduli
  }  { $title }
course-told-would-go = { $course }: verrebbero eliminati: { $what }
course-told-deleted = { $course }: eliminato, con: { $what }
course-told-removed = elenco degli iscritti ({ $learners }), unioni ({ $merged }), elenchi congelati degli attestati ({ $certificates })
course-told-asks = Il corso `{ $course }` verrà eliminato, con: { $what }.
    I suoi statement restano. `traccia course show --file` e `traccia learners export` ne salvano file ed elenco, con cui si può caricare di nuovo.
learners-told-imported = { $course }: iscritti { $learners } ({ $added } aggiunti, { $updated } aggiornati, { $unchanged } invariati, { $absent } non nell'elenco, mantenuti){ $dry }
learners-told-replaced = { $course }: iscritti { $learners } ({ $added } aggiunti, { $updated } aggiornati, { $unchanged } invariati, { $absent } usciti){ $dry }
learners-told-merged = { $course }: uniti a un'altra persona: { $count }
learners-told-is = { $course }: { $learner } è { $into }
learners-told-again = { $course }: { $learner } è di nuovo una persona a sé
learners-told-unassigned = { $course }: statement non assegnati: { $statements }, di { $actors } attori
key-told-once = Il segreto si vede solo questa volta.
key-told-previous = Il segreto precedente vale fino a { $until }.
key-told-first = Una chiave con lo scope `all`. Il segreto si vede solo questa volta.
key-told-revoked = { $key } è stata revocata

## I rifiuti conservati, la verifica, gli statement in arrivo

rule-refusal-no-body = Di questa richiesta non sono conservati statement, e non si possono ricontrollare.
    .remedy = Inviare di nuovo la richiesta; POST /api/v1/statements/check controlla gli statement senza conservarli.
rule-live-too-many = Gli statement in arrivo sono già inviati al numero massimo di lettori: { $most } con una chiave.
    .remedy = Chiudere un'altra pagina che mostra gli statement in arrivo.

## Come sta il server

health-stored-ahead = Gli statement sono conservati con un orario avanti di { $value } s: l'orologio era sbagliato, o lo è adesso.
health-disk-low = Sul disco restano { $value } MiB.
health-source-silent = La chiave `{ $value }` non invia da molto più tempo del solito.
health-course-behind = L'avanzamento del corso è indietro rispetto agli statement: { $value }.

## Domande, ricerche, OData

rule-aggregate-question = La domanda non si può fare: { $detail }.
    .remedy = docs/data.md dice come si scrivono le domande.
rule-aggregate-bound = Non c'è risposta, perché supera un limite: { $limit } { $bound ->
        [groups] gruppi
        [rows] righe da leggere
        [bytes] byte per i gruppi e i loro valori
       *[seconds] secondi
    }.
    .remedy = Restringere la domanda con una condizione o a meno dimensioni, o inviarla con `Prefer: respond-async` dove richiede troppo tempo.
rule-aggregate-failed = Non c'è risposta: { $reason }.
    .remedy = Domandare di nuovo, per meno o in un altro formato.
rule-search-workbook = Una cartella di lavoro ha al massimo { $limit } righe di statement.
    .remedy = Restringere la ricerca, o prendere il CSV, che non ha questo limite.
rule-odata-option = Il servizio OData non ammette { $what }.
    .remedy = Ammette $select, $filter, $top, $orderby=stored e i collegamenti alla pagina seguente.
rule-odata-rows = I collegamenti alla pagina seguente portano al massimo a { $limit } righe.
    .remedy = Restringere con $filter, per esempio stored ge 2026-01-01T00:00:00Z, o leggere i file di /api/v1/data/manifest.

## I lavori

rule-jobs-full = Sono già in corso tutti i lavori che possono esserlo.
    .remedy = Iniziarlo quando uno è finito: GET /api/v1/jobs.
rule-job-same = Il lavoro { $job } fa già la stessa cosa.
    .remedy = Aspettare che finisca: GET /api/v1/jobs.
rule-job-unknown = Questo lavoro non c'è.
    .remedy = GET /api/v1/jobs elenca i lavori di questo processo.
rule-job-running = Il lavoro è in corso, e non si ferma a metà.
    .remedy = Aspettare che finisca: GET /api/v1/jobs.

## Le persone e le sessioni
rule-person-name = `{ $name }` non può essere il nome di nessuno: da 1 a 128 byte, senza due punti e senza spazi.
    .remedy = Usare un indirizzo di posta, o lettere, cifre, punti e trattini.
rule-origin-name = `X-Traccia-Origin` non ha un nome da 1 a 200 caratteri.
    .remedy = Indicare in ASCII il nome del sistema da cui vengono gli statement.
rule-erasure-identifier = L’identificativo non si legge.
    .remedy = Scriverlo come negli elenchi degli iscritti: mailto:anna@example.org, account:HOMEPAGE|NOME, openid:URI o mbox_sha1sum:HEX.
rule-erasure-identifiers = Gli identificativi sono troppi: se ne cercano al massimo { $most } alla volta.
    .remedy = Inviare gli altri con un’altra richiesta e con lo stesso `pseudonym`.
rule-erasures-waiting = Ci sono già { $most } cancellazioni in attesa, e non possono attenderne altre.
    .remedy = Inviarla di nuovo dopo i secondi indicati da Retry-After: le cancellazioni si fanno una dopo l’altra. Più identificativi di una persona stanno in una sola richiesta.
rule-erasure-reason = Una cancellazione ha un motivo, da 1 a 1000 byte.
    .remedy = Scrivere il motivo in `reason`: un numero di protocollo o un articolo di legge, senza il nome della persona.
rule-erasure-pseudonym-taken = Lo pseudonimo sta già per altre persone, cancellate prima.
    .remedy = Omettere `pseudonym`, o indicare un identificativo con cui la stessa persona è stata cancellata prima.
rule-retention-number = Le regole di conservazione sono al massimo 100, con un’età da 30 a 36.500 giorni e da 1 a 1.000 persone al giorno.
    .remedy = Correggere il numero, come in docs/privacy.md.
rule-retention-course = Il corso della regola non c’è.
    .remedy = Indicare un corso che c’è: GET /api/v1/courses li elenca.
rule-retention-course-file = Il file del corso della regola non si legge.
    .remedy = Caricare di nuovo il file del corso, poi le regole.
rule-person-label = Il nome da mostrare è troppo lungo o contiene caratteri di controllo.
    .remedy = Accorciarlo.
rule-person-bounds = Chi coordina un territorio ha regioni o enti; nessun altro ne ha.
    .remedy = Indicare le regioni o gli enti di chi coordina un territorio, e toglierli agli altri.
rule-person-learner = Chi partecipa ai corsi ha identificativi; nessun altro ne ha.
    .remedy = Indicare gli identificativi di chi partecipa, come mailto:anna@example.org, e toglierli agli altri.
rule-person-identifiers = Chi partecipa ai corsi ha al massimo { $most } identificativi.
    .remedy = Togliere quelli con cui non arriva nulla.
rule-person-identifier = Un identificativo non è scritto come negli elenchi dei partecipanti.
    .remedy = Scriverlo come mailto:anna@example.org o account:https://lms.example|42.
rule-person-role = Il ruolo `{ $name }` non esiste.
    .remedy = GET /api/v1/roles elenca i ruoli.
rule-person-body = Il corpo della richiesta non è quello previsto per questo indirizzo.
    .remedy = Vedere in /api/openapi.json che cosa deve contenere.
rule-person-exists = C'è già una persona con il nome `{ $name }`.
    .remedy = Scegliere un altro nome, o modificare la persona che ha questo.
rule-person-unknown = Non c'è nessuno con il nome `{ $name }`.
    .remedy = GET /api/v1/people, o `traccia user list`, elenca tutte le persone.
rule-person-vouched = `{ $name }` entra con il servizio di accesso di un ente, e qui non ha password.
    .remedy = Cambiare la password e il secondo fattore presso quel servizio.
rule-person-disabled = `{ $name }` è disattivato.
    .remedy = Chiedere a chi amministra Traccia.
rule-person-last = `{ $name }` è l'ultima persona che può amministrare il server.
    .remedy = Nominare prima un'altra persona che amministri, e che abbia scelto una password.
rule-person-busy = La persona viene modificata da altri proprio adesso.
    .remedy = Inviare di nuovo la richiesta.
rule-password-short = La password ha meno di { $shortest } caratteri.
    .remedy = Sceglierne da { $shortest } a { $longest }: vanno bene alcune parole che non stanno di solito insieme.
rule-password-long = La password ha più di { $longest } caratteri.
    .remedy = Sceglierne da { $shortest } a { $longest }.
rule-password-common = La password è tra le prime che si provano per indovinarla.
    .remedy = Scegliere alcune parole che non stanno di solito insieme, senza il proprio nome.
rule-link-invalid = Il link è già stato usato, è scaduto o non è intero.
    .remedy = Chiederne uno nuovo a chi amministra il server. Per la prima persona: `traccia user init`.
rule-setup-done = Il server è già stato configurato.
    .remedy = Accedere, o chiedere un invito a chi lo amministra.
rule-totp-code = Il codice non è quello di adesso, o è già stato usato.
    .remedy = Attendere il codice seguente, e controllare l'ora del telefono.
rule-totp-state = Il secondo fattore è già attivo, o non ce n'è uno da attivare.
    .remedy = Disattivarlo prima, o chiederne uno nuovo: POST /api/v1/session/totp.
rule-sign-in = Il nome o la password non sono giusti.
    .remedy = Controllare entrambi. Chi ha dimenticato la password chiede un nuovo link a chi amministra il server.
rule-sign-in-code = Oltre alla password serve il codice del secondo fattore.
    .remedy = Inviarlo come `code`.
rule-sign-in-code-wrong = Il codice non è quello di adesso, o è già stato usato.
    .remedy = Attendere il codice seguente, e controllare l'ora del telefono.
rule-sign-in-insecure = Da un'altra macchina non si accede con http semplice: password e sessione si potrebbero leggere lungo la strada.
    .remedy = Aprire Traccia a un indirizzo https:// e impostarlo come `base_url`. Basta un proxy con TLS davanti a Traccia; sulla macchina del server funziona http://localhost.
rule-signed-in-over = La sessione è finita.
    .remedy = Accedere di nuovo.
rule-session-origin = La richiesta mostra una sessione ma non viene da una pagina di questo server.
    .remedy = Usare le pagine di questo server, o una chiave propria. Se la pagina è di Traccia, impostare `base_url` all'indirizzo che i browser vedono.
rule-session-needed = Qui si tratta della persona che ha fatto l'accesso, e la richiesta mostra una chiave.
    .remedy = Accedere con POST /api/v1/sessions, e mostrare il cookie.
