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
rule-document-too-long = Il documento, con quanto inviato, supererebbe la dimensione massima di un corpo.
    .remedy = Sostituirlo con PUT con uno più corto, o aumentare limits.body_bytes sul server.
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
rule-scope = Gli scope di questa chiave non bastano.
    .remedy = Usare una chiave con uno scope più ampio; GET /whoami mostra gli scope di questa.
rule-statement-conflict = Con l'id { $id } è conservato uno statement diverso.
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

## Ciò che non va in un pacchetto. `package-…` è la regola, `.remedy` che cosa può fare l'autore

package-not-zip = { $kind ->
        [other] Non è un archivio zip.
       *[known] Non è un archivio zip ({ $kind }).
    }
    .remedy = Esportare il corso dallo strumento autore come pacchetto SCORM, cmi5 o xAPI, e indicare il suo zip.
package-archive-truncated = Lo zip è troncato o danneggiato: il suo indice non si legge.
    .remedy = Scaricarlo o esportarlo di nuovo; confrontare la dimensione dei due file.
package-archive-damaged = Il file non si decomprime: { $reason }.
    .remedy = Esportare di nuovo il pacchetto.
package-archive-entries = Lo zip ha { $count ->
        [one] un file o cartella
       *[other] { $count } file e cartelle
    }; il limite è { $limit }.
    .remedy = Dividere il corso, o togliere ciò che nessuna pagina usa.
package-archive-size = I file decompressi occupano { $size } byte; il limite è { $limit }.
    .remedy = Comprimere video e immagini, o pubblicare i video su un server di streaming.
package-archive-ratio = { $packed } byte diventano { $size }: più di { $limit } volte tanto, come in una zip bomb.
    .remedy = Esportare di nuovo il pacchetto; togliere il file se non serve.
package-archive-size-false = Il file non ha i { $declared } byte che l'indice dello zip dichiara.
    .remedy = Comprimere di nuovo la cartella con un programma comune.
package-archive-encrypted = Il file è cifrato.
    .remedy = Comprimere di nuovo la cartella senza password.
package-archive-compression = Il file è compresso con il metodo { $method }, che le piattaforme non leggono.
    .remedy = Comprimere di nuovo la cartella con il metodo Deflate, quello consueto.
package-archive-overlap = Il file ha byte in comune con { $other }, come in una zip bomb.
    .remedy = Comprimere di nuovo la cartella con un programma comune.
package-archive-directory = I nomi e le note nell'indice dello zip occupano più di { $limit } byte.
    .remedy = Comprimere di nuovo la cartella con un programma comune, con nomi più corti.
package-archive-headers = Il file ha un nome nell'indice dello zip e un altro davanti ai suoi byte: { $other }.
    .remedy = Comprimere di nuovo la cartella con un programma comune.
package-archive-symlink = È un collegamento simbolico, che può portare fuori dal pacchetto.
    .remedy = Mettere al suo posto una copia del file.
package-archive-device = Questo non è un file, ma un dispositivo o una pipe.
    .remedy = Toglierlo e comprimere di nuovo la cartella.
package-archive-empty = Lo zip è vuoto.
    .remedy = Esportare di nuovo il pacchetto.
package-name-escapes = Il nome porta fuori dal pacchetto.
    .remedy = Comprimere il contenuto della cartella, con nomi relativi ad essa.
package-name-backslash = Il nome separa le cartelle con una barra rovesciata: su altri sistemi diventa un nome sbagliato.
    .remedy = Comprimere di nuovo la cartella con un programma che scriva / tra le cartelle.
package-name-control = Il nome contiene caratteri di controllo.
    .remedy = Rinominare il file.
package-name-encoding = Il nome non è in UTF-8: le lettere accentate possono uscire sbagliate.
    .remedy = Rinominare il file con lettere semplici e cifre, o comprimere con nomi in UTF-8.
package-name-length = Il nome supera i { $limit } byte.
    .remedy = Accorciare i nomi del file e delle cartelle.
package-name-depth = Il file sta in più di { $limit } cartelle una dentro l'altra.
    .remedy = Spostarlo più in alto.
package-name-duplicate = Ci sono due file con questo nome.
    .remedy = Toglierne uno e comprimere di nuovo la cartella.
package-name-case = Il nome differisce da { $other } solo per maiuscole o accenti: su alcuni sistemi l'uno sostituisce l'altro.
    .remedy = Rinominarne uno.
package-name-folder = Il nome è di un file e anche di una cartella.
    .remedy = Rinominarne uno.
package-unrecognised = Non è un pacchetto e-learning: non c'è imsmanifest.xml, né cmi5.xml, né tincan.xml.
    .remedy = Esportare il corso per un LMS, come SCORM, cmi5 o xAPI, e indicare lo zip così com'è.
package-manifest-not-at-root = Il pacchetto sta nella cartella { $folder } dello zip; le piattaforme lo cercano al primo livello.
    .remedy = Aprire la cartella { $folder }, selezionare tutto ciò che contiene e comprimere quello.
package-manifest-case = Il manifest deve chiamarsi { $expected }, in minuscolo.
    .remedy = Rinominarlo in { $expected } e comprimere di nuovo la cartella.
package-manifests-several = Lo zip ha più di un manifest; qui si usa { $used }, altre piattaforme possono usarne un altro.
    .remedy = Esportare per un solo standard se le piattaforme devono comportarsi allo stesso modo.
package-zip-in-zip = Nello zip c'è un altro zip, e nessun manifest accanto.
    .remedy = Decomprimere lo zip esterno e indicare quello interno.
package-authoring-source = È un file sorgente di { $tool }, non un pacchetto.
    .remedy = Aprirlo in { $tool } ed esportarlo o pubblicarlo per un LMS, come SCORM, cmi5 o xAPI.
package-web-export = È un corso esportato per il web, che non comunica niente a un LMS.
    .remedy = Pubblicarlo per un LMS, come SCORM, cmi5 o xAPI.
package-aicc-not-played = È un corso AICC, che Traccia non riproduce.
    .remedy = Esportare il corso come SCORM 1.2 o cmi5.
package-manifest-size = Il manifest supera i { $limit } byte.
    .remedy = Elencare ogni file una volta sola, o dividere il corso.
package-xml-encoding = Il manifest non è testo in { $encoding }.
    .remedy = Salvarlo in UTF-8.
package-xml-malformed = Il manifest non è XML ben formato: { $reason }.
    .remedy = Correggere la riga, o esportare di nuovo il pacchetto.
package-xml-doctype = Il manifest ha un DOCTYPE, che potrebbe far leggere altri file.
    .remedy = Togliere la riga con <!DOCTYPE.
package-xml-entity = L'entità &{ $entity }; in XML non è definita.
    .remedy = Scrivere il carattere stesso, oppure &amp; per &.
package-xml-depth = Gli elementi sono annidati per più di { $limit } livelli.
    .remedy = Appiattire la struttura.
package-xml-nodes = Il manifest ha più di { $limit } elementi, attributi e testi.
    .remedy = Elencare ogni file una volta sola, o dividere il corso.
package-xml-namespaces = I namespace sono dichiarati più di { $limit } volte.
    .remedy = Dichiarare ogni namespace una volta sola, nell'elemento radice.
package-xml-attributes = L'elemento ha più di { $limit } attributi.
    .remedy = Esportare di nuovo il pacchetto, o distribuire gli attributi su più elementi.
package-xml-prefix-undeclared = Il prefisso { $prefix } non è dichiarato.
    .remedy = Dichiararlo nell'elemento radice: xmlns:{ $prefix }="…".
package-xml-prefix-clash = Il prefisso { $prefix } indica { $first } e poi { $second }: alcune piattaforme li confondono.
    .remedy = Usare ogni prefisso per un solo namespace.
package-xml-root = L'elemento radice è { $found }, non { $expected }.
    .remedy = Mettere il manifest giusto, o esportare di nuovo il pacchetto.
package-xml-namespace = Il namespace dell'elemento radice è “{ $found }”, non { $expected }.
    .remedy = Correggere xmlns nell'elemento radice.
package-schema-missing = Lo schema { $schema }, indicato nel manifest, non è nel pacchetto.
    .remedy = Aggiungere il file esportato dallo strumento; alcune piattaforme rifiutano i pacchetti che ne sono privi.
package-version-missing = Il manifest non indica la versione; si suppone { $assumed }.
    .remedy = Aggiungere <metadata><schema>ADL SCORM</schema><schemaversion>…</schemaversion></metadata>.
package-version-unknown = La versione “{ $version }” non è di SCORM.
    .remedy = Scrivere 1.2, CAM 1.3, 2004 3rd Edition o 2004 4th Edition.
package-version-mismatch = Il manifest indica { $version }, ma usa il namespace { $namespace } dell'altra versione.
    .remedy = Far corrispondere versione e namespace; la via più sicura è esportare di nuovo.
package-identifier-missing = L'elemento { $element } non ha identificatore.
    .remedy = Dargliene uno unico nel manifest.
package-identifier-duplicate = L'identificatore { $identifier } è già usato alla riga { $line }.
    .remedy = Cambiarne uno, e ciò che lo richiama.
package-organizations-missing = Il manifest non ha nessuna organization: non c'è niente da mostrare.
    .remedy = Aggiungere una organization con un item, o esportare il pacchetto per un LMS.
package-organization-default = La organization predefinita { $default } non c'è.
    .remedy = Scrivere l'identificatore di una organization presente.
package-organization-empty = La organization { $organization } non ha item.
    .remedy = Aggiungere un item che richiami una risorsa.
package-organizations-several = Ci sono { $count } organization; le piattaforme usano quella predefinita.
    .remedy = Tenerne una sola se chi studia deve vedere tutto.
package-title-missing = { $identifier } non ha titolo.
    .remedy = Aggiungerlo: si legge nell'indice dei contenuti.
package-item-resource = L'item { $item } richiama la risorsa { $reference }, che non c'è.
    .remedy = Correggere identifierref, o aggiungere la risorsa.
package-item-nothing = L'item { $item } non avvia niente e non contiene niente.
    .remedy = Dargli una risorsa, o toglierlo.
package-item-group-launches = L'item { $item } avvia una risorsa e contiene altri item; le piattaforme si comportano in modi diversi.
    .remedy = Spostare la risorsa in un item proprio.
package-item-asset = L'item { $item } avvia un asset: si vede, e non comunica niente.
    .remedy = Se deve comunicare, dichiarare sco la sua risorsa.
package-sco-missing = Nessun item avvia uno SCO: il pacchetto non comunica niente.
    .remedy = Dichiarare sco ciò che comunica, o pubblicare con il tracciamento attivo.
package-scorm-type = La risorsa { $resource } è di tipo “{ $value }”.
    .remedy = Scrivere sco o asset.
package-scorm-type-missing = La risorsa { $resource } non dice se è sco o asset.
    .remedy = Aggiungere adlcp:{ $attribute }="sco" o "asset".
package-scorm-type-case = La risorsa { $resource } scrive { $found }; in questa versione è { $expected }.
    .remedy = Scrivere { $expected }: le maiuscole contano.
package-resource-href = La risorsa { $resource } è uno sco senza href: non si può avviare niente.
    .remedy = Aggiungere l'href della sua pagina.
package-resource-unused = Niente richiama la risorsa { $resource }.
    .remedy = Toglierla, o richiamarla.
package-dependency-missing = La risorsa { $resource } dipende da { $reference }, che non c'è.
    .remedy = Correggere identifierref, o aggiungere la risorsa.
package-file-missing = Il file { $href }, elencato nel manifest, non è nel pacchetto.
    .remedy = Aggiungerlo, o togliere la riga.
package-files-unlisted = { $count ->
        [one] Un file è nel pacchetto e non nel manifest: { $example }.
       *[other] { $count } file sono nel pacchetto e non nel manifest, come { $example }.
    }
    .remedy = Non occorre fare niente: le piattaforme li servono lo stesso.
package-sub-manifest = Nel manifest c'è un altro manifest, che la maggior parte delle piattaforme ignora.
    .remedy = Portare i suoi item nel manifest esterno.
package-mastery-score-missing = { $count ->
        [one] Uno SCO non ha un punteggio minimo, quello della voce { $item }: decide solo il contenuto chi ha superato la prova.
       *[other] { $count } SCO non hanno un punteggio minimo, come quello della voce { $item }: decide solo il contenuto chi ha superato la prova.
    }
    .remedy = Aggiungere adlcp:masteryscore se deve decidere la piattaforma.
package-mastery-score = “{ $value }” non è un punteggio da { $least } a { $most }.
    .remedy = Scrivere un numero da { $least } a { $most }.
package-element-value = { $element } non può essere “{ $value }”.
    .remedy = Scrivere uno di questi valori: { $expected }.
package-launch-data-long = I dati di avvio di { $item } hanno { $length } caratteri; il limite è { $limit }.
    .remedy = Accorciarli: le piattaforme li troncano.
package-prerequisites = L'item { $item } ha dei prerequisiti, che alcune piattaforme ignorano.
    .remedy = Provarlo sulla piattaforma che lo userà.
package-sequencing-version = C'è del sequencing in un manifest SCORM 1.2, che lo ignora.
    .remedy = Esportare come SCORM 2004, o toglierlo.
package-sequencing-reference = Il sequencing { $reference } non è nella raccolta.
    .remedy = Correggere IDRef, o aggiungerlo.
package-launch-not-html = Si avvia { $href }, che non è una pagina e quindi non può comunicare.
    .remedy = Avviare una pagina che lo mostri.
package-href-missing = { $href } non è nel pacchetto.
    .remedy = Aggiungere il file, o correggere il riferimento.
package-href-case = { $href } nel pacchetto è { $found }: sulla maggior parte dei server è un altro nome.
    .remedy = Scriverli allo stesso modo: le maiuscole contano.
package-href-backslash = { $href } ha barre rovesciate, che negli indirizzi non separano niente.
    .remedy = Scrivere /.
package-href-absolute = { $href } è un posto su un computer o un server, non nel pacchetto.
    .remedy = Scriverlo relativo al manifest.
package-href-escapes = { $href } porta fuori dal pacchetto.
    .remedy = Scriverlo relativo al manifest, senza ../ all'inizio.
package-href-external = { $href } sta altrove: i browser non gli permettono di parlare con la piattaforma.
    .remedy = Mettere il contenuto nel pacchetto.
package-href-encoded = { $href } indica il file { $found }, il cui nome ha segni di percentuale: le piattaforme ne cercano un altro.
    .remedy = Rinominare il file con lettere semplici e cifre.
package-href-space = { $href } ha spazi, che in un indirizzo non sono ammessi.
    .remedy = Scrivere %20 al loro posto o, meglio, rinominare il file.
package-href-relative-bare = { $href } è relativo, e cmi5.xml è arrivato senza file.
    .remedy = Scrivere l'indirizzo intero, o indicare lo zip.
package-id-not-iri = L'id “{ $id }” di { $element } non è un IRI assoluto.
    .remedy = Scrivere un indirizzo proprio, come https://example.org/corso/1.
package-course-missing = In cmi5.xml non c'è il corso.
    .remedy = Aggiungere l'elemento course con id, titolo e descrizione.
package-au-missing = Il corso non ha unità (au): non c'è niente da avviare.
    .remedy = Aggiungere una au con una url.
package-au-url = L'unità { $au } non ha url.
    .remedy = Aggiungere la url della sua pagina.
package-au-query = La url di { $au } ha il parametro { $parameter }, che aggiunge la piattaforma.
    .remedy = Rinominare il parametro.
package-move-on-needs-score = { $au } prosegue con { $value } e non ha masteryScore: è il contenuto a decidere chi ha superato la prova.
    .remedy = Aggiungere masteryScore se c'è una soglia.
package-block-empty = Il blocco { $block } è vuoto.
    .remedy = Aggiungere una au, o togliere il blocco.
package-objective-missing = L'obiettivo { $reference } non è tra quelli del corso.
    .remedy = Correggere idref, o aggiungere l'obiettivo.
package-activity-missing = In tincan.xml non c'è nessuna attività.
    .remedy = Aggiungere una activity con id, nome e launch.
package-launch-missing = Nessuna attività ha un launch: non c'è niente da aprire.
    .remedy = Aggiungere launch a una di esse.
package-api-not-found = Nessun file chiama { $call }: sembra che il contenuto non comunichi niente.
    .remedy = Pubblicare con il tracciamento attivo, e provare il pacchetto su una piattaforma.
package-api-other-version = Il manifest è { $expected }, il contenuto parla { $used }: i due rischiano di non incontrarsi.
    .remedy = Esportare manifest e contenuto per la stessa versione.
package-api-no-finish = Nessun file chiama { $call }: le piattaforme possono perdere il tempo e il punto raggiunto.
    .remedy = Chiamarlo quando si lascia la pagina.
package-api-no-status = Nessun file nomina { $element }: è la piattaforma a decidere quando il contenuto è completato.
    .remedy = Impostarlo quando la persona ha finito.
package-suspend-data-limit = Il contenuto conserva il punto raggiunto in suspend_data, che in questa versione tiene { $limit } caratteri.
    .remedy = Nei corsi lunghi, provare se chi ha visto tutto riprende dal punto giusto.
package-host-loaded = Il contenuto carica da { $host } ({ $count ->
        [one] una volta
       *[other] { $count } volte
    }): ha bisogno di internet e di quel server.
    .remedy = Mettere i file nel pacchetto; quel server viene a sapere chi sta studiando.
package-host-named = { $count ->
        [one] Il contenuto nomina un altro server: { $hosts }.
       *[other] Il contenuto nomina { $count } altri server: { $hosts }.
    }
    .remedy = Controllare che nessuno sia necessario, o riceva dati di chi studia.
package-mixed-content = Il contenuto carica da http://{ $host } ({ $count ->
        [one] una volta
       *[other] { $count } volte
    }), cosa che i browser bloccano nelle pagine https.
    .remedy = Scrivere https://, o mettere i file nel pacchetto.
package-local-address = Il contenuto richiama { $address }…, il computer dell'autore.
    .remedy = Mettere il file nel pacchetto, e correggere il riferimento.
package-flash = Il contenuto ha bisogno di Flash, che nessun browser ha più ({ $count ->
        [one] un file
       *[other] { $count } file
    }).
    .remedy = Esportare il corso in HTML5 dal suo sorgente.
package-java = Il contenuto ha bisogno di Java nel browser, che nessun browser ha più ({ $count ->
        [one] un file
       *[other] { $count } file
    }).
    .remedy = Esportare il corso in HTML5 dal suo sorgente.
package-play-not-scorm = Qui si eseguono solo pacchetti SCORM con almeno uno SCO.
    .remedy = I contenuti cmi5 e xAPI comunicano da soli da dove si trovano: dare loro una chiave e l'indirizzo di /xapi. Negli altri casi esportare il corso come SCORM.
package-shim-not-scorm = Solo i pacchetti SCORM con almeno uno SCO possono comunicare con Traccia oltre che con la loro piattaforma.
    .remedy = I pacchetti cmi5 e xAPI comunicano da soli; negli altri casi esportare il corso come SCORM.
package-shim-twice = Questo pacchetto comunica già con Traccia: { $href }.
    .remedy = Partire dal pacchetto esportato dallo strumento d'autore.
package-shim-manifest = Qui il manifest non si può modificare: due modifiche toccherebbero lo stesso punto.
    .remedy = Esportare di nuovo il pacchetto; se non basta, inviare il suo imsmanifest.xml a chi mantiene Traccia.
package-shim-present = Questo pacchetto comunica già con Traccia oltre che con la sua piattaforma: { $href } sta attorno al suo contenuto.
    .remedy = Per vedere che cosa comunica il contenuto, verificare il pacchetto esportato dallo strumento d'autore.

package-error = errore
package-warning = avviso
package-note = nota
package-count = { $errors ->
        [one] 1 errore
       *[other] { $errors } errori
    }, { $warnings ->
        [one] 1 avviso
       *[other] { $warnings } avvisi
    }, { $notes ->
        [one] 1 nota
       *[other] { $notes } note
    }
package-left-off = { $count ->
        [one] Un altro di { $rule } non è mostrato
       *[other] Altri { $count } di { $rule } non sono mostrati
    }
package-is-none = non è un pacchetto che si possa riprodurre
package-reports-one = { $kind }. Comunicherà: { $what }.
package-reports-several = { $kind }, con { $units } parti che comunicano ciascuna per sé: { $what }.
package-reports-unknown = { $kind }. Dai suoi file non si vede che cosa comunicherà: provarlo su una piattaforma. Parti: { $units }.
package-reports-nothing = { $kind }. Non comunicherà nulla: nessuna sua parte parla con la piattaforma.
package-not-played = { $kind }, che Traccia non riproduce.
package-tells-status = se è completato o superato
package-tells-score = il punteggio
package-tells-answers = le risposte alle domande
package-tells-time = il tempo impiegato
package-tells-place = il punto da cui riprendere
package-part-organization = organization
package-part-item = item
package-part-sco = SCO
package-part-asset = asset
package-part-course = corso
package-part-block = blocco
package-part-au = unità (au)
package-part-activity = attività

## I report: i titoli

report-glance = Il corso in sintesi
report-funnel = Imbuto dei moduli
report-progress = Avanzamento
report-matrix = Quadro dei partecipanti
report-curve = Andamento nel tempo
report-ledger = Libro delle ore
report-hours = Ore di formazione
report-bodies = Enti partecipanti
report-at-risk = Persone a rischio di abbandono
report-register = Registro delle presenze
report-assessment = Esiti delle prove
report-attendance = Partecipazione agli eventi
report-comparison = Confronto fra gruppi
report-learner = Scheda del partecipante
report-health = Qualità dei dati
report-certificates = Elenco degli attestati
sheet-title = Foglio firme: { $event }, { $session }, { $day }
sheet-title-place = Foglio firme: { $event }, { $session }, { $day }; luogo: { $place }

## I report: le colonne. `column-…` è il nome della colonna per i programmi; dove un report la chiama altrimenti, segue di che cosa.

column-learner = Matricola
column-name = Nome
column-region = Regione
column-province = Provincia
column-body = Ente
column-istat = Codice ISTAT
column-population_class = Classe demografica
column-role = Ruolo
column-office = Ufficio
column-edition = Edizione
column-contact = Contatto
column-module = Modulo
column-module_title = Titolo del modulo
column-activity = Attività
column-activity_title = Titolo dell'attività
column-event = Evento
column-event_title = Titolo dell'evento
column-kind = Tipo
column-kind-of-event = Tipo di evento
column-session = Edizione dell'evento
column-date = Data
column-date-of-point = Al giorno
column-number = N.
column-place = Luogo
column-object = Oggetto
column-object-elsewhere = Altra fonte
column-present = Presente
column-note = Annotazioni
column-statements = Statement xAPI
column-arrival = Ora di arrivo
column-departure = Ora di uscita
column-signature = Firma
column-enrolled = Iscritti
column-started = Avviati
column-not_started = Non iniziati
column-in_progress = In corso
column-completed = Completati
column-active_7d = Attivi negli ultimi 7 giorni
column-on_track = In regola
column-at_risk = A rischio
column-passed = Superati
column-passed-learner = Superato
column-passed-test = Superata
column-failed = Non superati
column-failed-test = Non superata
column-score_mean = Punteggio medio
column-score = Punteggio
column-progress = Avanzamento
column-progress-mean = Avanzamento medio
column-hours_online = Ore a distanza
column-hours_presence = Ore in presenza
column-hours = Ore totali
column-hours-plain = Ore
column-hours-registered = Ore registrate
column-hours-counted = Ore riconosciute
column-hours_measured = Ore dichiarate
column-hours_mean = Ore per persona
column-hours_year = Ore nell'anno
column-target = Ore previste
column-target-course = Ore previste dal corso
column-target-head = Ore previste a persona
column-target-head-of-part = Ore previste a persona
column-target_year = Ore annue previste
column-target_year-head = Ore annue previste a persona
column-target_year-head-of-part = Ore annue previste a persona
column-taking_part = Con ore riconosciute
column-reaching = Obiettivo raggiunto
column-reaching_year = Obiettivo annuo raggiunto
column-presence_share = Quota in presenza
column-planned = Ore previste a persona
column-share = Quota delle ore del corso
column-started_share = Avviati
column-completed_share = Completati (quota)
column-pass_rate = Tasso di superamento
column-bodies = Enti
column-bodies_started = Enti con avviati
column-bodies_completed = Enti con completati
column-takers = Partecipanti alla prova
column-attempts = Tentativi
column-attempts_mean = Tentativi in media
column-attempts_to_pass = Tentativi per superarla
column-gap = Guadagno dall'ingresso
column-score-tenth = { $from }–{ $to } %
column-events = Eventi
column-sessions = Edizioni tenute
column-participants = Partecipanti
column-attendances = Presenze
column-in_presence = In presenza
column-rule = Regola
column-rule_words = Regola in parole
column-state = Stato
column-state-course = Corso
column-since = Completato dal
column-since-certificate = Requisiti raggiunti il
column-since-of = { $name }: completato dal
column-score-of = { $name }: punteggio
column-week-before = { $name }, una settimana prima
column-next = Prossimo passo
column-last_seen = Ultima attività
column-days_idle = Giorni di inattività
column-missing = Attività mancanti
column-check = Controllo
column-meaning = Significato
column-subject = Soggetto
column-count = Numero
column-last = Ultima volta

## I report: le note sotto la tabella

note-small-groups = I gruppi con meno di 5 persone non sono mostrati; dove uno si ricaverebbe per differenza, è nascosto anche il successivo per grandezza.
note-year = Le ore dell'anno sono quelle maturate nel { $year }, fino al giorno del report.
note-planned = Le ore previste crescono in linea retta dal primo all'ultimo giorno del corso.
note-at-risk = A rischio: ha iniziato, non ha completato il corso, e non fa nulla da almeno { $days ->
        [one] 1 giorno
       *[other] { $days } giorni
    }.
note-newest = Orologi, ritardi, ripetizioni e oggetti: { $count ->
        [one] nell'ultimo statement
       *[other] negli ultimi { $count } statement
    }.
note-course = Corso: { $state }; ore: { $hours }.
note-course-target = Corso: { $state }; ore: { $hours } di { $target }.
note-frozen = Elenco congelato; impronta SHA-256: { $hash }

## L'attestato: la regola, e che cosa manca

certificate-no-rule = Il corso non ha una regola per l'attestato: aggiungere [certificate] al file.
certificate-rule = Attestato: { $requirements }.
certificate-modules = moduli completati: { $modules }
certificate-hours = almeno { $hours ->
        [one] 1 ora
       *[other] { $hours } ore
    }
certificate-hours-presence = almeno { $hours ->
        [one] 1 ora
       *[other] { $hours } ore
    } in presenza
certificate-hours-of-them = di cui almeno { $hours } in presenza
certificate-score = punteggio medio almeno { $score }
certificate-by = entro il { $day }
certificate-earned = Attestato: requisiti raggiunti dal { $day }.
certificate-not-earned = Attestato: requisiti non raggiunti. Mancano: { $missing }.
unmet-modules = moduli da completare: { $modules }
unmet-hours = ore: { $there } di { $least }, ne mancano { $missing }
unmet-hours-presence = ore in presenza: { $there } di { $least }, ne mancano { $missing }
unmet-score = punteggio medio: { $score } di { $least }, manca { $missing }
unmet-score-none = punteggio medio: ancora nessuno, serve almeno { $least }
unmet-by = l'ultimo giorno valido era il { $day }

## I report: i valori

state-not_started = non iniziato
state-in_progress = in corso
state-completed = completato
hours-rule-sessions = somma delle sessioni chiuse
hours-rule-outcome = durata massima all'esito, senza sessioni
hours-rule-nominal = ore nominali al completamento
hours-rule-presence = presenza registrata
kind-online = attività online
kind-lesson = lezione
kind-reading = lettura
kind-video = video
kind-test = verifica
kind-survey = questionario
kind-assignment = elaborato
kind-classroom = aula
kind-seminar = seminario
kind-webinar = webinar
kind-workshop = laboratorio
kind-joint_workshop = laboratorio congiunto
kind-conference = convegno
kind-specialist_training = formazione specialistica
kind-study_visit = visita di studio
kind-event = evento
check-name-source = fonte
check-name-refused = rifiutate
check-name-unassigned = non assegnate
check-name-unassigned_actor = attore non iscritto
check-name-same_name = stesso nome
check-name-without_time = senza tempo
check-name-stored_ahead = stored in anticipo
check-name-unreadable = illeggibile
check-name-repeated = ripetute
check-name-clock_ahead = orologio avanti
check-name-late = in ritardo
check-name-unmapped = non nel corso
check-source = ultimo statement della chiave
check-refused = richieste rifiutate dall'avvio
check-unassigned = statement di attori non iscritti
check-unassigned_actor = attore non iscritto
check-same_name = stesso nome: la stessa persona?
check-without_time = completata, ma nessuno statement ne dice la durata: con hours e credit = "nominal" le ore contano al completamento
check-stored_ahead = secondi di anticipo di stored sull'orologio del server
check-unreadable = statement rovinato nell'archivio: non conta; ripristinarlo da una copia
check-repeated = statement ripetuti, contati una volta
check-clock_ahead = orologio avanti di oltre 5 minuti
check-late = arrivate con oltre 7 giorni di ritardo
check-unmapped = oggetti del sito fuori dal corso

## I report: la pagina, il foglio e il testo in cui si leggono

table-facts-course = Corso
table-facts-as-of = Situazione
table-facts-through = Dati fino a
table-facts-time-zone = Fuso orario
table-as-of-now = al momento dell'estrazione
table-as-of-end = alla fine del { $day }
table-until = dati fino a { $through }
table-through-none = ancora nessuno statement
table-percent = { $number } %
table-flag-yes = sì
table-flag-no = no
table-total = Totale
table-no-rows = Nessuna riga
table-notes = Note
table-note = Nota
table-data = Dati
table-report = Report
table-left-out = Colonne che non entrano in { $width } caratteri: { $names }. Per vederle: larghezza { $whole } (--width { $whole }), oppure il formato csv, xlsx o html.

## Gli elenchi dei partecipanti: gli avvisi

municipalities-as-of = 22 gennaio 2024 (Sardegna: 1° gennaio 2026)
list-warning-region-province-swapped = regione e provincia sono scambiate: scrivere ciascuna nella sua colonna
list-warning-region-unknown = nessuna regione italiana si chiama così
list-warning-province-unknown = nessuna provincia italiana si chiama così
list-warning-istat-without-zero = al codice ISTAT manca lo zero iniziale: i fogli di calcolo lo tolgono, perciò dare alla colonna il formato testo
list-warning-istat-elsewhere = il codice ISTAT è di un'altra provincia o regione di quella della riga
list-warning-istat-former = codice ISTAT di una provincia che non c'è più: ne è stato assegnato un altro
list-warning-istat-unknown = codice ISTAT che non è nell'elenco dei comuni al { municipalities-as-of }: sbagliato, oppure di un comune fuso o istituito dopo
list-warning-identifiers-joined = identificativi uniti da una virgola, che ne fa uno solo: separarli con `;`
list-warning-home-page-slash = la homePage finisce con `/`: Moodle la invia senza, e così sono due account diversi

## I testi composti di parti

either-or = { $before } o { $last }
or-another-one = { $first } o altri
near = : si intendeva { $near }?
known-near = : si intendeva { $near }? Sono ammessi { $known }
known-all = : scrivere uno tra { $known }
value-near = { $text }{ $near }
sheet-line = riga { $line }: { $text }
sheet-line-column = riga { $line }, { $column }: { $text }

## I file dei corsi. `course-table` è una tabella del file, `course-thing` ciò che ha un id

course-table = { $table ->
    [activity] un'attività
    [audience] un gruppo di destinatari (audience)
    [certificate] un attestato
    [course] un corso
    [edition] un'edizione
    [event] un evento
    [module] un modulo
    [names] `names`
    [session] una sessione
   *[planned] `planned`
}
course-thing = { $thing ->
    [activity] attività
    [course] corso
    [edition] edizione
    [event] evento
    [module] modulo
   *[session] sessione
}
course-fault-too-large = nessun file di un corso supera { $mebibytes } MiB: dividere il corso
course-fault-more = da qui in poi ci sono altri errori: correggere i { $count } qui sopra e controllare di nuovo il file
course-fault-not-toml = da qui il testo non è TOML (in inglese: { $reason })
course-fault-no-value = `{ $value }` non è un valore: mettere i testi tra virgolette, e scrivere i numeri senza unità, i giorni come 2026-03-05 e gli orari come 09:30:00
course-fault-decimal-comma = `{ $number }` ha la virgola decimale: scrivere { $point }
course-fault-text-unquoted = `{ $key }` è un testo: metterlo tra virgolette
course-fault-text = `{ $key }` è un testo: scriverlo tra virgolette
course-fault-texts = `{ $key }` è un testo o un elenco di testi: scriverlo tra virgolette
course-fault-number = `{ $key }` è un numero: scriverne uno come 4 o 2.5
course-fault-number-meant = `{ $key }` è un numero: scrivere { $meant }
course-fault-whole-number = `{ $key }` è un numero intero: scriverne uno da 0 a { $most }, per esempio 14
course-fault-time = `{ $key }` è un giorno o un orario: scrivere 2026-03-05 o 09:30:00, senza virgolette
course-fault-time-quoted = `{ $key }` è un giorno o un orario: scrivere { $text } senza virgolette
course-fault-languages = `{ $key }` è un testo per ogni lingua: scrivere { $example }
course-fault-list = `{ $key }` è un elenco: scriverlo tra parentesi quadre, { $example }
course-fault-several = `{ $key }` può ripetersi: scrivere { $header } con due parentesi quadre
course-fault-tables = `{ $key }` è una tabella: iniziarla con { $header }
course-fault-table = `{ $key }` è una tabella: scrivere le chiavi di { course-table }
course-fault-one-of = `{ $key }` è una parola tra { $words }
course-fault-word-unknown = `{ $key }` non ammette `{ $text }`{ $known }
course-fault-key-missing = { course-table } richiede `{ $key }`: aggiungere la chiave
course-fault-key-unknown = { course-table } non ha la chiave `{ $key }`{ $known }
course-fault-rule = `{ $key }` è una regola: scrivere una tra { $known }
course-fault-rules = `{ $key }` è una sola regola: per chiederne più d'una, scrivere { $example }
course-fault-rule-unknown = non c'è nessuna regola `{ $text }`{ $known }
course-fault-rule-empty = la regola composta è vuota: indicare almeno una regola
course-fault-not-attended = a un'attività online non si è presenti: usare completed, passed, experienced, score o hours, oppure farne un [[module.event]]
course-fault-at-least = at_least = { $least }, ma le attività del modulo sono { $count }: scrivere da 1 a { $count }
course-fault-score = score = { $score } è un punteggio in scala: scrivere da -1 a 1, per esempio 0.6
course-fault-hours = hours = { $hours } è fuori dai limiti: scrivere da 0 a { $most }
course-fault-hours-unreachable = la regola chiede { $hours } ore, ma ne contano al massimo { $most }: nessuno potrebbe soddisfarla
course-fault-nominal-hours = credit = "nominal" conta le ore dell'attività: scrivere anche hours
course-fault-weight = weight = { $weight } non ha peso: scrivere un numero maggiore di 0, per esempio 2
course-fault-no-module = il corso non ha moduli: aggiungere una tabella [[module]]
course-fault-no-activity = il modulo `{ $module }` non ha attività: aggiungere una [[module.activity]] con id, prefix o within, oppure un [[module.event]]
course-fault-activity-nowhere = l'attività non ha né id né prefix né within: indicare l'IRI che i suoi statement hanno come oggetto, o come iniziano tali IRI, o in che cosa si trovano
course-fault-event-never = l'evento `{ $event }` non si tiene mai: aggiungere una [[module.event.session]] con la data, o l'id con cui una piattaforma lo riporta
course-fault-session-one-time = una sessione ha sia from sia to, o nessuno dei due: aggiungere l'altro
course-fault-session-times = finisce alle { $to }, non dopo l'inizio alle { $from }: scambiare i due orari
course-fault-kind = il tipo `{ $kind }` è una parola dei report: usare lettere minuscole a-z, cifre e `_`, come seminar o study_visit
course-fault-day = `{ $text }` non è un giorno: scriverlo come 2026-03-05, senza virgolette
course-fault-time-of-day = `{ $text }` non è un orario: scriverlo come 09:30:00, senza virgolette
course-fault-days = finisce il { $end }, prima dell'inizio il { $begin }: scambiare i due giorni
course-fault-edition-days = con i giorni del corso l'edizione finisce il { $end }, prima dell'inizio il { $begin }: scrivere sia begins sia ends
course-fault-time-zone = `{ $zone }` non è un fuso orario: scrivere un nome IANA come "Europe/Rome"
course-fault-title-none = il titolo è vuoto: scrivere { $example }
course-fault-title-tag = `{ $tag }` non è il codice di una lingua: scrivere `it`, `en`, `de-IT` …
course-fault-title-empty = il titolo in `{ $tag }` è vuoto: scriverlo, o togliere `{ $tag }`
course-fault-iri = { $what }: `{ $text }` non è un IRI: scriverlo intero, come https://…, senza spazi
course-fault-iris-none = l'elenco di { $what } è vuoto: scrivere un IRI, o toglierlo
course-fault-id = l'id `{ $id }` ({ course-thing }) sta negli indirizzi: usare lettere a-z, cifre, `-`, `_` e `.`
course-fault-twice = { course-thing } `{ $id }` si trova già alla riga { $line }: ogni { course-thing } deve avere un id proprio
course-fault-key-twice = la chiave `{ $key }` si trova già alla riga { $line }: sceglierne un'altra
course-fault-unknown = { course-thing } `{ $name }` non esiste: ci sono { $known }
course-fault-no-edition = l'edizione `{ $edition }` non esiste: aggiungere una [[edition]] con questo id
course-fault-circle = i prerequisiti formano un cerchio, così che nessuno potrebbe iniziare: { $names } → { $first }; toglierne uno
course-fault-activity-twice = l'attività con { $what } `{ $text }` si trova già alla riga { $line }: uno statement conta una volta sola, quindi togliere una delle due
course-fault-prefix-twice = l'attività con prefix `{ $prefix }` si trova già alla riga { $line }: togliere una delle due
course-fault-prefixes = il prefix `{ $prefix }` si sovrappone a `{ $shorter }` della riga { $line }: i suoi statement conterebbero per entrambi; scegliere prefix di cui nessuno inizi con l'altro
course-warning-scorm-time = il plugin di log di Moodle non riporta la durata dei pacchetti SCORM, così che le ore misurate restano 0: dare all'attività `hours` e credit = "nominal", o scrivere credit = "measured" se è un altro player a riportare il tempo

## Gli elenchi dei partecipanti e i fogli delle presenze: gli errori

identifier-kind = `{ $text }` non è un identificativo: scrivere account:HOMEPAGE|NOME, mailto:INDIRIZZO, mbox_sha1sum:HEX o openid:URI
identifier-account = `{ $text }` non indica un account: scrivere account:HOMEPAGE|NOME, come account:https://moodle.example.it|1042
identifier-mbox = `{ $text }` non è un indirizzo e-mail: scrivere mailto:nome@example.it
identifier-mbox-sha1sum = `{ $text }` non è uno SHA-1: scrivere mbox_sha1sum: e 40 cifre tra 0-9 e a-f
identifier-openid = `{ $text }` non è un OpenID: scrivere openid: e l'intero URI
sheet-fault-workbook = questa è una cartella di lavoro e non un file CSV: in Excel salvare come "CSV UTF-8"
sheet-fault-no-text = questo non è un testo: in Excel salvare come "CSV UTF-8"
sheet-fault-not-utf8 = il testo non è UTF-8 dal carattere { $character } della riga in poi: in Excel salvare come "CSV UTF-8"
sheet-fault-not-utf16 = il testo inizia come UTF-16 e non lo è: in Excel salvare come "CSV UTF-8"
sheet-fault-empty = il file è vuoto: iniziare con una riga come { $example }
sheet-fault-header-long = l'intestazione è più lunga di quanto possa essere: iniziare con una riga come { $example }
sheet-fault-columns-many = { $columns } colonne: nessun elenco ne ha più di { $most }; controllare il separatore
sheet-fault-column-missing = manca la colonna { $columns }: la prima riga deve nominare le colonne, per esempio { $example }
sheet-fault-column-twice = significa lo stesso della colonna `{ $heading }`: tenerne una sola
sheet-fault-no-heading = la colonna { $position } non ha intestazione: darle un nome o toglierla
sheet-fault-values = { $values } valori dove l'intestazione ne ha { $headings }: aggiungere o togliere separatori, e mettere tra virgolette un valore che ne contiene uno
sheet-fault-line-long = questa riga è più lunga di quanto possa essere, quindi da qui in poi nulla è stato letto: cercare delle virgolette non chiuse
sheet-fault-quote-open = qui si aprono delle virgolette che non si chiudono mai: chiuderle, o raddoppiarle
sheet-fault-more = da questa riga in poi ci sono altri errori: correggere i { $count } qui sopra e inviare di nuovo il foglio
sheet-fault-no-id = la matricola è vuota: darne una a ogni partecipante
sheet-fault-no-identifier = nessun identificativo: nessuno statement potrebbe essere di questa persona; scriverne uno, come account:https://moodle.example.it|1042
sheet-fault-learner-twice = il partecipante `{ $learner }` si trova già alla riga { $line }: mettere tutti i suoi identificativi su una riga
sheet-fault-identifier-twice = `{ $identifier }` indica già il partecipante `{ $learner }` della riga { $line }: un identificativo indica una sola persona
sheet-fault-identifier-taken = `{ $identifier }` del partecipante `{ $learner }` indica il partecipante `{ $owner }` nell'elenco finora: inviare di nuovo `{ $owner }` senza, o usare la sua matricola se sono la stessa persona
sheet-fault-merge-unknown = nessuno con la matricola `{ $id }` è nell'elenco o è iscritto
sheet-fault-merge-self = questa è la matricola del partecipante stesso: lasciare vuoto
sheet-fault-merge-chain = un partecipante è unito a un altro, questo a un terzo e così via, troppe volte: scrivere per ciascuno la matricola dell'ultimo
presence-fault-json = { $report } Scrivere { $example }
presence-fault-flag = `true` o `false` non è né un testo né un numero
presence-fault-list = un elenco non è né un testo né un numero
presence-fault-object = un oggetto non è né un testo né un numero
presence-fault-key-twice = `{ $key }` compare due volte: tenerne una sola
presence-fault-key-unknown = nessuna voce ha questa chiave: usare { $known }
presence-fault-unnamed = non è indicato nessuno: scrivere una matricola, un identificativo o un nome
presence-fault-learner-twice = il partecipante `{ $learner }` si trova già alla riga { $line }: mettere tutto su una riga
presence-fault-id-unknown = nessun partecipante del corso ha la matricola `{ $id }`{ $near }
presence-fault-name-unknown = nessun partecipante del corso si chiama `{ $name }`{ $near }
presence-none-near = : aggiungere la persona all'elenco dei partecipanti, o correggere
presence-fault-identifier-unknown = `{ $text }` non è un partecipante del corso: aggiungerlo all'elenco dei partecipanti, o correggere
presence-fault-two-learners = indica sia il partecipante { $first } sia il partecipante { $other }: tenere gli identificativi di uno solo
presence-fault-name-elsewhere = `{ $name }` è nell'elenco dei partecipanti come { $learners }, ma non con la regione, l'ente … di questa riga: correggerli, o scrivere la matricola
presence-fault-name-several = { $count ->
    [several] diversi
   *[other] { $count }
} partecipanti del corso si chiamano così, { $learners }: scrivere la matricola, o una colonna come l'ente che li distingua
presence-fault-time-missing = manca un orario: scriverli entrambi, o le ore
presence-fault-no-length = non ci sono né ore né orari, e la sessione non ha una durata propria: scrivere le ore, o `assente`
presence-fault-time = `{ $text }` non è un orario: scriverlo come 09:30
presence-fault-hours = `{ $text }` non è un numero di ore: scrivere 2,5 o 2:30, o `assente`
presence-fault-hours-range = `{ $text }` ore non stanno in un giorno: scrivere da 0 a 24
presence-fault-not-after = finisce alle { $to } e inizia alle { $from }: una sessione finisce dopo l'inizio e nello stesso giorno, quindi scrivere una notte come due sessioni
presence-fault-skipped = le { $time } del { $date } non esistono, perché l'orologio va avanti di un'ora: scrivere l'orario che segnava
merge-unknown = nessuno con la matricola `{ $id }` è iscritto a questo corso
merge-same = `{ $id }` e `{ $into }` sono già la stessa persona
merge-none = `{ $id }` non è unito a un altro partecipante
course-fault-territories = `{ $key }` è "italy", "any" o un elenco di regioni: scrivere uno dei tre
list-warning-region-unlisted = la regione non è tra i `territories` del file del corso
nobody-has = nessun partecipante ha { $what ->
    [region] la regione
    [province] la provincia
    [body] l'ente
    [role] il ruolo
    [office] l'ufficio
   *[edition] l'edizione
} `{ $value }`{ $near }

## I corsi, i partecipanti, le presenze e i report: i rifiuti

rule-course-id = Il file del corso dice id = "{ $file }", ma è stato inviato come `{ $address }`.
    .remedy = Inviare il file all'indirizzo con l'id che ha.
rule-course-file = Il file del corso ha errori.
    .remedy = Correggere le righe indicate e inviarlo di nuovo.
rule-course-file-not-utf8 = Il file del corso non è UTF-8.
    .remedy = Salvarlo come UTF-8.
rule-sheet = Il foglio ha errori.
    .remedy = Correggere le righe indicate e inviare di nuovo l'intero elenco.
rule-sheet-empty = L'elenco non indica nessuno.
    .remedy = Inviare almeno un partecipante.
rule-edition-unknown = Il partecipante `{ $learner }` è iscritto all'edizione `{ $edition }`, che il corso non ha ({ $count } in tutto).
    .remedy = Aggiungere al file del corso una [[edition]] con questo id, oppure correggere la colonna `edition` dell'elenco dei partecipanti.
rule-grouping = Non si può raggruppare per `{ $word }`: sono ammessi { $known }.
    .remedy = Scegliere tra quelli indicati.
rule-parameter-not-taken = Il report { $report } non ammette { $what }.
    .remedy = Toglierlo, oppure chiedere un altro report: `progress` e `hours` ammettono ogni chiave di `by`. Questo ammette: { $takes }.
rule-learner-missing = Il report `learner` riguarda un partecipante, e non ne è indicato nessuno.
    .remedy = Indicarne uno: `learner=ID`, oppure `--learner ID`. GET /api/v1/courses/{"{"}id{"}"}/learners, oppure `traccia learners export`, dà gli id.
rule-nobody-has = Nessun partecipante ha questo valore.
    .remedy = Scriverlo come nell'elenco dei partecipanti; il report `comparison` con by={ $what } mostra i valori che ci sono.
rule-day-to-come = Il { $day } deve ancora venire: che cosa sarà vero alla sua fine non si sa.
    .remedy = Scegliere oggi o un giorno precedente.
rule-day-too-far = Il giorno { $day } è troppo lontano.
    .remedy = Scegliere un giorno di questo secolo.
rule-learner-unknown = In questo corso non c'è nessun partecipante `{ $learner }` che questa chiave possa vedere.
    .remedy = GET /api/v1/courses/{"{"}id{"}"}/learners elenca gli iscritti.
rule-merge = I due partecipanti non si possono unire o separare.
    .remedy = GET /api/v1/courses/{"{"}id{"}"}/learners elenca le unioni.
rule-merge-body = Il corpo non dice a chi unire il partecipante.
    .remedy = Inviare {"{"}"into": "l'id dell'altro partecipante"{"}"}.
rule-session-unknown = Il corso non ha un evento `{ $event }` con una sessione `{ $session }`.
    .remedy = Usare la chiave di un [[module.event]] e l'id di una delle sue sessioni.
rule-session-ambiguous = Più eventi hanno una sessione `{ $session }`: { $named }.
    .remedy = Il foglio firme è di una sola sessione: scrivere session=EVENTO/SESSIONE.
rule-course-has-certificates = Il corso `{ $course }` ha { $lists ->
        [one] un elenco congelato di attestati, che andrebbe perso
       *[other] { $lists } elenchi congelati di attestati, che andrebbero persi
    }.
    .remedy = Prima salvare gli elenchi (GET /api/v1/courses/{"{"}id{"}"}/certificates/{"{"}list{"}"}), poi aggiungere `certificates=true`: nulla li riporta indietro.
rule-certificates-unknown = Non c'è nessun elenco di attestati `{ $list }` che questa chiave possa vedere.
    .remedy = GET /api/v1/courses/{"{"}id{"}"}/certificates elenca gli elenchi.
rule-bounds = Questo riguarda l'intero corso, e la chiave è legata a un territorio.
    .remedy = Usare una chiave senza limiti; GET /whoami mostra quelli di questa.
rule-session-over = La sessione `{ $session }` era il { $day }: il suo codice non vale più.
    .remedy = Scrivere le presenze della sessione: PUT …/register, oppure `traccia register keep`.
rule-check-in-code = Questo codice oggi non vale.
    .remedy = Controllare il codice mostrato in aula; vale soltanto il giorno della sessione.
rule-check-in-code-day = Questo codice vale soltanto il { $day }.
    .remedy = Controllare il codice mostrato in aula; vale soltanto il giorno della sessione.
rule-course-changed = Il corso è stato modificato da altri nello stesso momento.
    .remedy = Rileggere il corso e inviare di nuovo.
file-has-faults = { $file } ha errori: { $faults }
file-warning = { $place }: attenzione: { $text }
course-fault-titles = `{ $key }` è una tabella: scrivere un titolo per ogni valore, come official = {"{"} it = "Funzionario", en = "Official" {"}"}
# Packages that are hosted
rule-content-off = Qui i pacchetti non si eseguono: { $reason }.
    .remedy = Impostare `content_url` a un indirizzo con un altro nome di host, meglio se di un altro dominio, che porti a questo server.
rule-launch-hours = Un avvio vale da 1 a { $most } ore, non { $hours }.
    .remedy = Chiedere meno ore; la stessa persona può avere un altro avvio più tardi.
rule-launch-invalid = L'avvio non è scritto come serve: { $detail }
    .remedy = Inviare {"{"}"actor": {"{"}"name": "…", "mbox": "mailto:…"{"}"}{"}"}, oppure "learner" e "course", oppure "preview": true; con "hours", "attempt" (last, same, new, best) e "language" (it, en) se servono.
rule-launch-unknown = Questo pacchetto non ha un avvio con questo id.
    .remedy = GET /api/v1/packages/NOME/launches elenca quelli che valgono.
rule-package-busy = Altre richieste stanno cambiando `{ $package }`.
    .remedy = Inviare di nuovo la richiesta.
rule-package-disk = Il server non riesce a tenere il pacchetto mentre lo importa.
    .remedy = L'amministratore del server fa posto nella cartella dei file temporanei (TMPDIR); non è stato importato niente.
rule-package-launched = { $launches ->
        [one] C'è un avvio di `{ $package }` che vale
       *[other] Ci sono { $launches } avvii di `{ $package }` che valgono
    } ancora.
    .remedy = Aspettare la scadenza, revocarli, o aggiungere force=true: allora finiscono.
rule-package-name = `{ $name }` non può essere il nome di un pacchetto.
    .remedy = Usare da 1 a 64 lettere minuscole a-z, cifre e `-`, per esempio sicurezza-2026.
rule-package-refused = Il pacchetto ha { $count ->
        [one] un errore
       *[other] { $count } errori
    }, e non ne è stato conservato niente: { $errors }.
    .remedy = `traccia package check FILE.zip`, o POST /api/v1/packages/check, li mostra tutti, ciascuno con file, riga e che cosa fare.
rule-package-too-large = Il pacchetto supera il limite di { $limit } byte.
    .remedy = Alzare `limits.package_bytes` sul server, o ridurre il pacchetto: i filmati è meglio collegarli che includerli.
rule-package-unknown = Il pacchetto `{ $name }` non c'è.
    .remedy = Importarlo prima; GET /api/v1/packages, o `traccia package list`, elenca i pacchetti.
rule-package-version-current = La versione { $version } è quella che i nuovi avvii di `{ $package }` eseguono.
    .remedy = Scegliere prima un'altra versione, o eliminare tutto il pacchetto.
rule-package-version-invalid = Il corpo non indica una versione: { $error }.
    .remedy = Inviare {"{"}"current": 1{"}"}.
rule-package-version-unknown = Il pacchetto `{ $package }` non ha la versione { $version }.
    .remedy = GET /api/v1/packages/NOME, o `traccia package versions`, elenca le versioni.
launch-page-unknown = Questo indirizzo non porta a nessun corso.
    .remedy = Controllare che sia copiato per intero, o chiederne uno nuovo a chi lo ha inviato.
launch-page-expired = Questo indirizzo è scaduto.
    .remedy = Chiederne uno nuovo a chi lo ha inviato: quanto è stato fatto finora è conservato.
launch-page-revoked = Questo indirizzo è stato revocato.
    .remedy = Chiederne uno nuovo a chi lo ha inviato: quanto è stato fatto finora è conservato.
launch-page-failed = Il corso ora non si può aprire.
    .remedy = Riprovare tra qualche minuto: quanto è stato fatto finora è conservato.
launch-page-unbuilt = Questo programma è stato costruito senza il lettore dei pacchetti.
    .remedy = Chi gestisce il server esegue `npm ci && npm run build` in lrs/web/player, e poi costruisce di nuovo il programma.

## Packages that a course file names

course-package-name = `{ $name }` non è il nome di un pacchetto: scrivere il nome con cui è stato importato, di lettere minuscole a-z, cifre e `-`
course-package-beside = un'attività con un pacchetto ha i suoi IRI dal pacchetto: togliere id, prefix e within, oppure il pacchetto
