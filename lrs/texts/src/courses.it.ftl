# I file dei corsi, gli elenchi dei partecipanti e i fogli delle presenze: gli errori, gli avvisi e i rifiuti.

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
course-fault-not-toml = da qui il testo non è TOML. Il programma che lo legge lo dice in inglese: «{ $reason }»
course-toml-key-twice = questa chiave o tabella c'è già: tenerne una sola
course-toml-key-extends = una chiave con il punto aggiunge a ciò che è già completo: scrivere le sue chiavi in un posto solo
course-toml-key = qui serve una chiave: lettere senza accenti, cifre, `_` e `-`; ogni altra va tra virgolette
course-toml-too-deep = elenchi e tabelle sono annidati troppo in profondità: usare meno livelli
course-toml-number = non è un numero: scriverne uno come 4 o 2.5, senza zeri né segni di troppo
course-toml-time = non è un giorno né un orario: scrivere 2026-03-05 o 09:30:00
course-toml-value = non è un valore: scrivere un testo tra virgolette, un numero, un giorno, true o false
course-toml-value-missing = la chiave non ha un valore: scriverlo dopo `=`
course-toml-text = un testo non è chiuso, va a capo o contiene un carattere di controllo: metterlo tra virgolette su una riga sola
course-toml-escape = in questo testo `\` è seguito da ciò che non ammette: scrivere `\\`, oppure mettere il testo tra apostrofi
course-toml-carriage-return = la riga finisce con un ritorno a capo incompleto: salvare di nuovo il file come testo
course-toml-equals-extra = c'è un `=` di troppo: ogni riga ha una chiave, `=` e un valore
course-toml-equals-missing = tra la chiave e il valore manca `=`
course-toml-comma-extra = c'è una virgola di troppo
course-toml-comma-missing = tra due valori manca la virgola
course-toml-list-open = un elenco non è tra parentesi quadre: manca `[` o `]`
course-toml-braces-open = una tabella su una riga non è tra parentesi graffe: manca la prima o l'ultima
course-toml-header = l'intestazione di una tabella non è completa: scriverla su una riga sola, come [certificate] o [[module]]
course-toml-comment = un commento contiene un carattere di controllo: toglierlo
course-toml-line-end = la riga doveva essere finita: togliere ciò che segue, o metterlo su un'altra riga
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
presence-fault-many = un registro nomina al massimo { $most } presenti: inviare gli altri con POST, che li aggiunge al registro
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

## I file dei corsi modificati per il loro autore, gli elenchi letti a pagine

rule-module-unknown = Il corso non ha il modulo `{ $module }`.
    .remedy = GET /api/v1/courses/{"{"}id{"}"}/summary elenca i moduli.
rule-activity-mapped = L'attività `{ $activity }` è già nel modulo `{ $module }`.
    .remedy = Modificare il file del corso se deve stare in un altro.
rule-course-file-not-editable = Il file del corso è scritto in un modo che solo chi l'ha scritto può modificare.
    .remedy = Scrivere ogni attività come un [[module.activity]] a sé, o aggiungere questa a mano.
rule-no-cursor = `{ $cursor }` non è il `next` di una pagina.
    .remedy = Inviare `after` come la pagina precedente lo ha dato in `next`, o ometterlo.
rule-mapping-invalid = Il corpo non dice quale attività va dove: { $error }.
    .remedy = Inviare {"{"}"activity": "l'IRI", "module": "l'id del modulo"{"}"}.
