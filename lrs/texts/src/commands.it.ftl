# Che cosa i comandi scrivono per le persone.

## Tutti
cli-go-on = Procedere? [s/N]
cli-nothing-changed = Non è cambiato niente.
cli-nobody-to-ask = Qui non c’è nessuno a cui chiedere: aggiungere --yes per procedere.
cli-written = { $name } scritto

## Le condotte
cli-pipe-none = Non ci sono condotte.
cli-pipe-working = in funzione
cli-pipe-waiting = in attesa
cli-pipe-paused = in pausa
cli-pipe-stopped = ferma
cli-pipe-behind = in ritardo di: { $lag }; consegnati: { $delivered }; rinunciati: { $dead }
cli-pipe-erasures-by-hand = cancellazioni da fare a mano: { $count }
cli-pipe-lag = { $count } statement
cli-pipe-unread = non ancora letta
cli-pipe-mapping = trasformazione: { $mapping }; cursore: { $cursor }
cli-pipe-last = ultima risposta: { $status } alle { $at }: { $detail }
cli-pipe-remove = La condotta `{ $name }` se ne va con i suoi statement rinunciati; ciò che ha consegnato resta.
cli-pipe-no-letters = A nessuno statement si è rinunciato.
cli-pipe-delivered = consegnato
cli-pipe-erasures-forgotten = { $count } precedenti erano da fare a mano e sono state dimenticate: sono troppe.
cli-pipe-no-erasures = Da questa condotta non è passata nessuna cancellazione.
cli-pipe-erasure-waits = in attesa
cli-pipe-erasure-by-hand = A MANO: { $why }
cli-pipe-erasure-done = fatta { $at }  là: { $there }
cli-pipe-erasure-done-by-hand = fatta { $at }  a mano
cli-pipe-secret = segreto delle firme, si vede solo questa volta: { $secret }

## Le reazioni
cli-reaction-written = { $count ->
    [one] 1 scritto
   *[other] { $count } scritti
}
cli-reaction-paused = in pausa
cli-reaction-would = { $count ->
    [one] 1 partecipante riceverebbe uno statement
   *[other] { $count } partecipanti riceverebbero uno statement
}
cli-reaction-through = degli statement registrati fino a { $through }: ce ne sono più di quanti una prova ne legge
cli-reaction-remove = `{ $name }` non scriverà più statement.
cli-reaction-removed = { $name } è stata tolta
cli-reaction-reading = lettura della reazione in { $name }

## La conservazione
cli-retention-would = { $count ->
    [one] 1 persona sarebbe cancellata ora
   *[other] { $count } persone sarebbero cancellate ora
}
cli-retention-about = { $count ->
    [one] 1 statement è loro o parla di loro
   *[other] { $count } statement sono loro o parlano di loro
}
cli-retention-sure = Dalla prossima notte sono cancellate per sempre.
cli-retention-none = nessuna regola: non si cancella nessuno
cli-retention-rule = { $days ->
    [one] 1 giorno
   *[other] { $days } giorni
}
cli-retention-all = tutto
cli-retention-course = corso { $value }
cli-retention-verb = verbo { $value }
cli-retention-source = fonte { $value }
cli-retention-most = { $count ->
    [one] al massimo 1 persona al giorno
   *[other] al massimo { $count } persone al giorno
}
cli-retention-last = ultima volta { $at }: { $due } da cancellare, { $erased } cancellate
cli-retention-left-out = { $count ->
    [one] 1 persona da cancellare è stata lasciata, perché cambierebbero testi di altri: traccia retention left-out dice chi è
   *[other] { $count } persone da cancellare sono state lasciate, perché cambierebbero testi di altri: traccia retention left-out dice chi sono
}

## Le cancellazioni
cli-person-sure = Tutto questo è cancellato per sempre.
cli-person-begun = La cancellazione { $id } è iniziata, e continua anche se questo comando non aspetta.
cli-person-erased = cancellata: { $id }  prova { $proof }
cli-person-identifier = identificativo
cli-person-learner = partecipante
cli-person-account = account
cli-person-in = { $learner } in { $course }
cli-person-statements = statement
cli-person-removed = tolti
cli-person-others = di altri
cli-person-unreadable = illeggibili
cli-person-learners = partecipanti
cli-person-accounts = account
cli-person-documents = documenti
cli-person-documents-of-others = doc. di altri
cli-person-certificates = attestati
cli-person-left = Non si cancella: { $what }
cli-person-check = Cambierebbero statement o documenti di altre persone, perché un loro testo contiene un identificativo di questa persona: verificare che sia soltanto suo.

## Le chiavi
cli-key-regions = regioni
cli-key-bodies = enti
cli-key-activities = attività
cli-key-home-pages = home page
cli-key-used = usata l’ultima volta
cli-key-expires = vale fino a
cli-key-made-by = fatta per un pacchetto da
cli-key-previous = il segreto precedente vale fino a
cli-key-last = `{ $name }` è l’ultima chiave con lo scope `all`: senza di essa nessuno può gestire chiavi e corsi, finché `traccia key init` non ne crea un’altra.

## Gli account
cli-user-remove = `{ $name }` non potrà più accedere.
cli-user-removed = { $name } è stato tolto

## Il registro delle modifiche
cli-audit-whole = { $number } voci sono come furono scritte, fino a { $number }:{ $hash }
cli-audit-erased = { $count } di queste non nominano più una persona, che è stata cancellata
cli-audit-unchained = Altre { $count } non sono nella catena, perché scritte prima che ci fosse; l’ultima il { $newest }
cli-audit-broken = ROTTA alla voce { $number } ({ $fault }): { $id }

## Tabelle e domande
cli-data-writing = scrittura di { $name }: { $count } statement
cli-data-written = { $statements } statement scritti; { $name } ha { $files } file di { $bytes } byte, fino a { $through }
cli-data-stays = ciò che è stato scritto resta, e lo stesso comando prosegue
cli-query-hidden = { $count } gruppi di poche persone sono nascosti: una chiave con identities/read li vede
cli-query-more = ci sono più gruppi di quanti --limit ne mostra

## Le importazioni
cli-import-counted = { $new } nuovi, { $known } già noti, { $refused } rifiutati
cli-import-counted-sent = { $new } nuovi, { $known } già noti, { $sent } inviati, { $refused } rifiutati
cli-import-would = { $good } sarebbero inviati, { $refused } rifiutati
cli-import-rejects = Quelli rifiutati sono in { $file }
cli-import-refused = rifiutato { $what }: { $reason }
cli-import-line = riga { $number }
cli-import-statement = statement { $number }
cli-import-unsaid = il server non dice perché
cli-import-no-header = Il documento non è inviato: `contentType` non è un tipo che un’intestazione possa avere.
cli-import-long-address = Il documento non è inviato: i suoi identificativi danno un indirizzo troppo lungo.
cli-import-in = In { $file }:
cli-import-decided = Tutto fino a { $last } è deciso: { $told }.
cli-import-decided-before = Tutto prima di { $first } è deciso: { $told }. Ciò che va da { $first } a { $last } era in viaggio: può essere conservato o no.
cli-import-go-on = Lo stesso comando continua: ciò che c’è già è noto.
cli-import-nameless = Gli statement senza id sarebbero conservati una seconda volta: continuare solo con quelli non decisi.
cli-import-unscanned = Gli allegati sono conservati come sono: nessuno scanner li guarda.
cli-import-reading = lettura di { $name }: { $count } statement
cli-import-keeping = conservazione degli statement: { $count }

## Le copie di sicurezza
cli-backup-copying = copia della base di dati
cli-backup-statements = copia degli statement: { $done }
cli-backup-documents = copia dei documenti: { $done }
cli-backup-comparing = confronto: { $done }
cli-backup-copied = copiato
cli-backup-reading = lettura di ciò che è stato copiato: { $done }
cli-backup-hashing = calcolo delle impronte dei file, byte: { $done }
cli-backup-checked = verificato
cli-backup-making = creazione di un backup
cli-backup-restoring = ripristino

## File e server
cli-opening = apertura di { $name }
cli-reading = lettura di { $name }
cli-writing = scrittura di { $name }
cli-making = creazione di { $name }
cli-loading = caricamento di { $name }
cli-importing = importazione di { $name }
cli-unreachable = { $base } non è raggiungibile: lì è in esecuzione `traccia serve`?
cli-foreign = { $base } risponde, ma non come Traccia: verificare --url
cli-unexplained = il server dice { $status } e non perché
cli-key-form = --key non ha la forma CHIAVE:SEGRETO

## Righe di comando che non si possono usare
cli-package-exists = { $name } esiste già: scegliere un altro --output
cli-package-address = { $option } { $address } non è un indirizzo completo, come https://moodle.example.it
cli-package-below = --activity { $activity } finisce con `/` o contiene un `#`: scriverlo senza, perché gli SCO stanno al di sotto
cli-package-key-form = --package-key si scrive NOME:SEGRETO
cli-package-key-scopes = la chiave { $key } ha gli ambiti { $scopes }, e ogni partecipante può leggere la chiave del pacchetto: darne una con il solo ambito statements/write, oppure omettere --package-key perché ne venga creata una
cli-package-no-key = dare --key, che crea una chiave per il pacchetto, oppure --package-key
cli-versions-unknown = il server non dice quale sia la versione corrente
cli-demo-there = { $folder } contiene già { $files }: indicare un’altra cartella, o aggiungere --force per sovrascriverli
cli-demo-unknown = non c’è nessun programma `{ $name }`, e nessun file con questo nome
    {"  "}I programmi sono { $programmes }; oppure indicare un file di corso, TOML
cli-demo-faults = { $name } ha errori
cli-time = { $flag } { $text } non è un giorno o un orario, come 2026-05-01 o 2026-05-01T08:00:00Z
cli-query-strange = la risposta non si può leggere ({ $what }): a quell’indirizzo c’è un Traccia di questa versione?
cli-query-columns = la riga { $row } non ha le sue colonne
cli-report-workbook = un foglio di calcolo non si può mostrare in un terminale: indicare un file con --output, o passarlo a un altro programma
cli-audit-earlier = --earlier non ha la forma NUMERO:HASH
cli-store-same = --from e --to indicano lo stesso archivio
cli-import-no-file = indicare il file da importare
cli-import-version = --xapi-version è 1.0.3 o 2.0.0
cli-import-no-key = manca --key
cli-import-source = --source ha al massimo { $most } caratteri ASCII, come old-lrs
cli-import-before = --before { $text } non è un orario, come 2026-05-01T00:00:00Z
cli-import-site = --site non è un indirizzo completo, come https://moodle.example.it
cli-import-unsorted = { $name } non è ordinato: le righe dalla { $line } vanno prima di quelle che le precedono
    {"  "}Ordinare per userid, cmid, scoid e attempt, come numeri: così fanno le query in docs/moodle.md
cli-import-utf-16 = { $name } è in UTF-16: salvarlo in UTF-8
cli-import-columns = { $name } non ha la colonna { $columns }: esportarlo con una query di docs/moodle.md, con le intestazioni
cli-import-unread = { $name } non si può leggere
cli-import-unread-from = { $name } non si può leggere da { $place } in poi
cli-import-over-source = --rejects indica il file da importare
cli-import-nothing = { $name } non contiene nessun file il cui nome finisca con .ndjson, .jsonl o .json, o con uno di questi e .gz
cli-import-used = un server ha lavorato su questo archivio: gli istanti del passato si conservano solo in un archivio nuovo. Importare attraverso il server (senza --into), o in un archivio vuoto
cli-import-others = l’archivio contiene statement che non vengono da queste fonti (l’ultimo è { $id }, memorizzato alle { $at }): importare in un archivio vuoto, o proseguire con le fonti che hanno riempito questo, come erano
cli-import-goes-on = ciò che è stato conservato resta, e lo stesso comando prosegue

## Elenchi di attestati congelati
cli-certificates-no-list = { $name } non è un elenco di attestati congelato in JSON
cli-certificates-changed = { $name } è stato modificato: il suo hash è { $hash }, ma ciò che dice ha l’hash { $computed }
cli-certificates-made-up = { $name } ha un hash giusto, ma questo server non lo ha mai congelato: qualcuno lo ha inventato
cli-certificates-intact = { $name }: intatto, { $people } persone di { $course } al { $date }, sha256:{ $hash }

## Risultati
cli-health-ready = { $base } è pronto
cli-health-warns = { $base } avverte: { $warning }
cli-health-not-ready = { $base } non è pronto: { $reason }
cli-health-late = nessuna risposta entro { $seconds } secondi
cli-user-founded = Con questo link { $name } diventa amministratore, appena il server è in esecuzione. Vale una volta sola, fino al { $until }.
cli-user-new-password = La nuova password, da 12 a 256 caratteri, su una riga:
cli-user-password = { $name } ha un’altra password
cli-user-password-unread = lettura della password
cli-user-provider = accede con: { $provider }
cli-user-store = apertura dell’archivio; mentre un server vi lavora, usare `traccia user create` con una chiave che si ha, o fermare il server
cli-user-founding = invito di un amministratore; se tutti hanno perso la password, aggiungere --force, o usare `traccia user password`
cli-key-store = apertura dell’archivio; mentre un server vi lavora, usare `traccia key create` con una chiave che si ha, o fermare il server
cli-key-unprinted = la chiave non si è potuta stampare ({ $error }), perciò non ne è stata creata nessuna
cli-key-unseen = la chiave `{ $name }` è stata creata, ma il suo segreto non si è potuto stampare ({ $error }): revocarla e crearne un’altra
cli-refusals-none = Non è stato rifiutato nulla.
cli-refusals-request = { $method } { $path } con la chiave `{ $key }` alle { $at }
cli-refusals-rule = { $status } { $rule } ({ $clause }) in { $place }
cli-refusals-good = ora gli statement sarebbero accettati
cli-statement-good = { $name }: { $count } statement rispettano lo standard
cli-statement-ended = Il server ha chiuso la connessione.
cli-checking = controllo di { $name }
cli-register-kept = { $written } scritti, { $voided } annullati, { $unchanged } invariati
cli-register-would = { $written } scritti, { $voided } annullati, { $unchanged } invariati: una prova, non è stato scritto nulla
cli-register-long = attenzione: riga { $line }: { $learner }: { $hours } ore, ma la sessione ne dura { $session }
cli-sending = invio di { $name }
cli-course-effect = { $course }: guardati { $looked } partecipanti su { $learners }: per { $changed } la situazione sarebbe diversa
cli-course-effect-part = { $course }: guardati { $looked } partecipanti su { $learners }, una parte: per { $changed } la situazione sarebbe diversa
cli-course-completed = completato     { $before } ora, { $after } poi
cli-course-new-module = nuovo modulo   { $module }
cli-course-no-module = tolto modulo   { $module }
cli-course-example = { $learner }: { $before }, poi { $after }
cli-course-unmapped = { $course }: { $count } attività non appartengono a nessun modulo, secondo gli ultimi { $looked } statement
cli-course-unmapped-one = { $learners } partecipanti  { $statements } statement  { $activity }
cli-course-mapped = { $course }: { $activity } è nel modulo { $module }
cli-course-untold = il server non dice che cosa cambierebbe il file
cli-looking-at = esame di { $name }
cli-certificates-one = { $id }  { $people } persone al { $date }  sha256:{ $hash }
cli-store-source = apertura della fonte
cli-store-target = apertura della destinazione
cli-store-copying-stays = copia; ciò che è stato copiato resta, e lo stesso comando prosegue
cli-store-copying = copia
cli-store-both = Entrambi gli archivi contengono questo.
cli-store-reading = lettura: { $done }
cli-demo-written = { $course }: { $count } statement, con corso e partecipanti, in { $folder }
cli-demo-loaded = { $course }: caricato, con { $count } statement
cli-demo-loading = caricamento del corso
cli-demo-enrolling = iscrizione dei partecipanti
cli-demo-sending = invio degli statement

## L’avvio del server
cli-serve-signals = ascolto dei segnali
cli-serve-demo = caricamento della dimostrazione
cli-serve-demo-loading = Caricamento del programma dimostrativo { $course } con { $learners } iscritti inventati, una volta sola; ci vuole un momento.
cli-serve-demo-statement = uno statement della dimostrazione
cli-serve-link = Il collegamento crea il primo amministratore, che sceglie nome e password. Vale una volta, per un giorno; `traccia user init` ne fa un altro.
cli-serve-no-key-in-log = Nessuna chiave di questo archivio ha lo scope `all`, e l’uscita standard è un log, in cui un segreto resterebbe: fermare il server, e `traccia key init` con le stesse impostazioni fa una chiave e la stampa.
cli-serve-no-key = Nessuna chiave di questo archivio ha lo scope `all`, quindi nessuno può gestire chiavi e corsi: `traccia key init` ne fa una.
cli-serve-first-key = Questo archivio non aveva chiavi: ne è stata fatta questa, con lo scope `all`. Il suo segreto si mostra solo questa volta; con essa `traccia key create` ne fa altre.
cli-serve-unshown = La prima chiave non si è potuta mostrare, quindi non è stata fatta: avviare di nuovo.
cli-import-sorted = lettura degli statement ordinati
