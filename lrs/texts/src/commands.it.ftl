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
    [one] 1 persona da cancellare è stata lasciata: cambierebbero testi in molti statement di altri
   *[other] { $count } persone da cancellare sono state lasciate: cambierebbero testi in molti statement di altri
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
cli-person-certificates = attestati
cli-person-left = Non si cancella: { $what }
cli-person-check = Cambierebbero statement di altre persone, perché un loro testo contiene un identificativo di questa persona: verificare che sia soltanto suo.

## Le chiavi
cli-key-regions = regioni
cli-key-bodies = enti
cli-key-activities = attività
cli-key-home-pages = home page
cli-key-used = usata l’ultima volta
cli-key-expires = vale fino a
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
