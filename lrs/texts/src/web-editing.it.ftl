# What the browser UI says where a course is edited: registers, certificates, learners, the course file.

registers-about = Ogni data di un evento ha il suo registro: chi c’era, per quante ore.
registers-today = Oggi
registers-to-come = Prossime date
registers-past = Date passate
registers-none = Il corso non ha eventi
registers-none-about = Eventi e date si aggiungono in «Modifica del corso».
register-unknown = Questa data non c’è più
register-lasts = { $hours } ore
register-sheet = Foglio firme da stampare
register-code = Codice e QR per la presenza
register-back = Tutti i registri
register-how = Segna chi c’era. Senza ore scritte vale la durata dell’incontro. Nulla cambia finché non salvi.
register-all = A chi è rivolto l’incontro
register-present = Solo i presenti
register-nobody = Nessuna persona corrisponde: prova con meno filtri.
register-table = Presenze
register-there = Presente
register-there-of = { $name }: presente
register-hours-of = { $name }: ore
register-note = Annotazioni
register-note-of = { $name }: annotazioni
register-locked = La presenza arriva da un altro sistema: il registro non può toglierla.
register-changed = da salvare
register-save = Controlla e salva…
register-undo = Annulla le modifiche
register-wrong = Le ore devono essere un numero maggiore di zero, come 2,5 o 2:30. Da correggere: { $names }.
register-cut = Sono mostrati i primi { $most } presenti.
register-confirm = Salvare il registro?
register-confirm-do = Salva il registro
register-long = Più lunghe dell’incontro (si salvano lo stesso):
register-long-one = { $hours } ore, l’incontro ne dura { $session }
register-saved = Registro salvato: presenze scritte { $written }, annullate { $voided }. I conteggi del corso si aggiornano fra qualche secondo.
code-how = Inquadra il codice con il telefono, oppure apri questo indirizzo e scrivi il codice:
code-label = Codice QR che apre la pagina delle presenze
code-day = Vale solo il giorno dell’incontro.
code-over = Il codice non vale più
code-over-about = Valeva solo il giorno dell’incontro, che è passato. Le presenze si segnano ora nel registro.
code-back = Torna al registro
sheet-about = Tutte le persone a cui è rivolto l’incontro, per nome, con lo spazio per firmare.
sheet-event = Evento
sheet-when = Quando
sheet-where = Dove

certificates-about = Chi ha diritto all’attestato in un giorno, e gli elenchi congelati: non cambiano più, e un’impronta lo dimostra.
certificates-lists = Elenchi congelati
certificates-lists-about = Dal più recente
certificates-no-lists = Nessun elenco congelato
certificates-no-lists-about = Scegli un giorno qui sotto, guarda chi ne ha diritto, e congela l’elenco.
certificates-day = Situazione al giorno
certificates-people = Persone
certificates-frozen-at = Congelato
certificates-hash = Impronta (SHA-256)
certificates-entitled = Chi ha diritto all’attestato
certificates-at = Al giorno
certificates-nobody = In questo giorno nessuno ha ancora diritto all’attestato.
certificates-freeze = Congela questo elenco…
certificates-freeze-title = Congelare l’elenco?
certificates-freeze-do = Congela l’elenco
certificates-freeze-forever = Un elenco congelato resta per sempre: non si corregge e non si cancella. Se qualcosa cambia, se ne congela un altro.
certificates-frozen = Elenco congelato: { $people } persone al { $day }.
certificates-of = Attestati al { $day }
certificates-back = Tutti gli elenchi
certificates-as-csv = Scarica CSV
certificates-as-xlsx = Scarica XLSX
certificates-as-json = Scarica la copia da verificare (JSON)
verify = Verifica un elenco
verify-about = Una copia scaricata è buona se niente è cambiato da quando è stata congelata. La verifica avviene nel tuo browser.
verify-file = La copia scaricata (JSON)
verify-hash = Oppure l’impronta stampata (almeno 8 caratteri)
verify-good = Buona: è l’elenco al { $day }, con { $people } persone, come è stato congelato qui.
verify-changed = Non buona: il contenuto è cambiato dopo il congelamento.
verify-foreign = L’elenco è integro, ma questo server non l’ha mai congelato.
verify-unknown = Nessun elenco di questo corso ha questa impronta.
verify-no-list = Il file non è un elenco di attestati.

learners-about = Chi è iscritto al corso, con gli identificativi sotto cui arrivano le sue attività.
learners-search = Cerca un nome, un ente, un identificativo
learners-table = Iscritti al corso
learners-id = Codice
learners-identifiers = Identificativi
learners-merged = unito a { $into }
learners-also = anche { $ids }
learners-none = Nessun iscritto
learners-none-about = Carica un elenco, oppure cerca altro.
import-list-about = Un file CSV con una riga per persona. Prima di cambiare qualcosa, ecco che cosa cambierebbe.
import-back = Tutti gli iscritti
import-mode = Che cosa fa l’elenco
import-mode-update = Aggiunge e aggiorna: chi non è nell’elenco resta iscritto
import-mode-replace = Sostituisce: chi non è nell’elenco esce dal corso
import-file = L’elenco (CSV)
import-hint = Trascinalo qui o sceglilo. Va bene anche come lo salva Excel in Italia, con il punto e virgola.
import-checking = Controllo in corso…
import-faults = L’elenco ha errori: niente è stato cambiato. Correggi queste righe:
import-would = Che cosa cambierebbe con { $name }
import-warnings = Da guardare
import-do = Carica l’elenco
import-nothing = Con questo elenco non cambia nulla.
import-done = Elenco caricato. Ora gli iscritti sono { $learners }.
unassigned-about = Attività del corso fatte da persone che non sono nell’elenco: contano appena diventano di un iscritto.
unassigned-none = Tutte le attività sono di iscritti
unassigned-none-about = Non c’è nulla da sistemare.
unassigned-merge = È un iscritto…
unassigned-enrol = Iscrivi…
unassigned-merge-title = Chi è { $name }?
unassigned-merge-about = Le attività passano all’iscritto che scegli. Si può tornare indietro dalla sua pagina.
unassigned-merge-do = È questa persona
unassigned-who = Cerca fra gli iscritti
unassigned-merged = Fatto: le attività ora sono di { $name }.
unassigned-enrol-title = Iscrivere { $name }?
unassigned-enrol-do = Iscrivi
unassigned-enrolled = { $name } ora è fra gli iscritti.
picker-people = Persone trovate
picker-nobody = Nessuno: prova con una parte del nome.
picker-more = Ce ne sono altre: scrivi qualche lettera in più.
merge-title = Identificativi e doppioni
merge-about = Le attività con questi identificativi contano per questa persona.
merge-with = Unita a { $id }
merge = Unisci un doppione…
merge-confirm = Chi è la stessa persona di { $name }?
merge-confirm-about = Valgono i dati di questa pagina; le attività si sommano. Si può tornare indietro.
merge-who = Cerca il doppione
merge-do = Unisci
merge-done = { $name } è ora la stessa persona.
unmerge = Separa
unmerge-confirm = Separare { $id }?
unmerge-about = Tornano due persone, ciascuna con le sue attività.
unmerge-done = { $id } è di nuovo una persona a sé.

edit-about = Quello che cambi viene controllato mentre scrivi, e vedi che effetto avrebbe prima di salvarlo.
edit-views = Come modificare
edit-form = Campi
edit-text = Testo
edit-file = File del corso (TOML)
edit-file-hint = Per uscire dal campo con la tastiera premi Tab. Le righe con un errore hanno il numero in evidenza.
edit-no-form = Il file non si può leggere campo per campo: correggilo come testo.
edit-check = Controllo
edit-checking = Controllo in corso…
edit-good = Il file è corretto.
edit-faults-title = Errori
edit-warnings-title = Da guardare
edit-line = Riga { $line }
edit-save = Salva il corso
edit-undo = Annulla le modifiche
edit-saved = Corso salvato. I dati si ricalcolano in qualche secondo.
edit-unsaved = Modifiche non salvate.
edit-unchanged = Nessuna modifica.
conflict-title = Qualcun altro ha cambiato il corso
conflict-about = Mentre modificavi, il file del corso è stato salvato da un’altra persona. Non è stato sovrascritto nulla.
conflict-added = Righe nuove dell’altra persona
conflict-gone = Righe che ha tolto
conflict-how = Puoi tenere il tuo testo, controllarlo di nuovo e salvarlo al posto dell’altro, o ripartire dal testo dell’altra persona.
conflict-mine = Tengo il mio testo
conflict-theirs = Riparto dal testo dell’altra persona
effect-title = Che cosa succede se salvi
effect-completed = Corso completato: ora da { $before }, dopo da { $after } persone.
effect-added = Moduli nuovi: { $names }
effect-removed = Moduli tolti: { $names }
effect-examples = Esempi
effect-recomputed = Nessuno statement va perso: i progressi si ricalcolano da quelli arrivati.
form-course = Corso
form-title-it = Titolo in italiano
form-title-en = Titolo in inglese
form-begins = Primo giorno che conta
form-ends = Ultimo giorno che conta
form-hours = Ore
form-at-risk = A rischio dopo giorni di silenzio
form-certificate-hours = Ore per l’attestato
form-certificate-by = Attestato entro il
form-module = Modulo { $number }
form-activity = Attività
form-event = Evento
form-session = Data «{ $id }»
form-date = Giorno
form-from = Dalle
form-to = Alle
form-place = Luogo
form-ids = Indirizzi (IRI) dell’attività
form-ids-hint = Uno per riga, come arrivano negli statement.
form-complete = È completata quando
form-usual = come di solito
form-as-text = (si modifica come testo)
form-wrong = errori
form-new-module = Nuovo modulo
form-new-activity = Nuova attività
form-new-event = Nuovo evento
form-add-module = Aggiungi un modulo
form-add-activity = Aggiungi un’attività
form-add-event = Aggiungi un evento
form-add-session = Aggiungi una data
form-remove-module = Togli il modulo
form-remove-activity = Togli l’attività
form-remove-event = Togli l’evento
form-remove-session = Togli la data
complete-completed = viene completata
complete-passed = viene superata
complete-experienced = viene consultata
complete-attended = si è presenti
mapping-about = Attività che arrivano dagli iscritti e non appartengono a nessun modulo: scegli dove contano.
mapping-none = Tutto è collegato
mapping-none-about = Ogni attività che arriva appartiene a un modulo.
mapping-facts = { $statements } statement di { $learners } iscritti, ultimo { $last }.
mapping-module = Modulo
mapping-choose = Scegli un modulo
mapping-add = Aggiungi al modulo
mapping-ask = Contare «{ $name }» in «{ $module }»?
mapping-done = «{ $name }» ora conta in «{ $module }».

register-count = { $count ->
    [one] { $count } persona presente.
   *[other] { $count } persone presenti.
  }
register-changes = { $count ->
    [one] { $count } modifica da salvare
   *[other] { $count } modifiche da salvare
  }
register-written = { $count ->
    [one] { $count } presenza scritta
   *[other] { $count } presenze scritte
  }
register-voided = { $count ->
    [one] { $count } presenza annullata
   *[other] { $count } presenze annullate
  }
register-unchanged = { $count ->
    [one] { $count } presenza già così
   *[other] { $count } presenze già così
  }
certificates-count = { $count ->
    [one] { $count } persona ha diritto all’attestato.
   *[other] { $count } persone hanno diritto all’attestato.
  }
import-added = { $count ->
    [one] { $count } persona si aggiunge
   *[other] { $count } persone si aggiungono
  }
import-updated = { $count ->
    [one] { $count } persona cambia dati
   *[other] { $count } persone cambiano dati
  }
import-absent = { $count ->
    [one] { $count } iscritto non è nell’elenco e resta
   *[other] { $count } iscritti non sono nell’elenco e restano
  }
import-leaving = { $count ->
    [one] { $count } iscritto non è nell’elenco ed esce
   *[other] { $count } iscritti non sono nell’elenco ed escono
  }
import-merged = { $count ->
    [one] { $count } doppione viene unito
   *[other] { $count } doppioni vengono uniti
  }
import-unchanged = { $count ->
    [one] { $count } persona resta come è
   *[other] { $count } persone restano come sono
  }
import-leave = { $count ->
    [one] Attenzione: { $count } persona esce dal corso. Le sue attività restano, e tornano sue se viene iscritta di nuovo.
   *[other] Attenzione: { $count } persone escono dal corso. Le loro attività restano, e tornano loro se vengono iscritte di nuovo.
  }
import-more = { $count ->
    [one] e un’altra
   *[other] e altre { $count }
  }
unassigned-count = { $count ->
    [one] { $count } persona non iscritta.
   *[other] { $count } persone non iscritte.
  }
edit-faults = { $count ->
    [one] { $count } errore da correggere prima di salvare.
   *[other] { $count } errori da correggere prima di salvare.
  }
effect-changed = { $count ->
    [one] Cambia la situazione di { $count } iscritto.
   *[other] Cambia la situazione di { $count } iscritti.
  }
certificates-freeze-about = Sarà congelato l’elenco di { $count ->
    [one] { $count } persona
   *[other] { $count } persone
  } con diritto all’attestato alla fine del { $day }.
import-warning-lines = { $count ->
    [one] { $count } riga: { $lines }.
   *[other] { $count } righe, fra cui: { $lines }.
  }
effect-size = Il corso avrà { $modules ->
    [one] { $modules } modulo
   *[other] { $modules } moduli
  } e { $activities } attività.
effect-sample = Valutato su un campione di { $count } iscritti.
sheet-arrival = Entrata
sheet-departure = Uscita
sheet-signature = Firma
effect-hours = ore { $before } → { $after }
effect-other = cambia il diritto all’attestato, o da quando
unassigned-last = · ultima attività { $day }
import-example = Esempio di elenco
register-faults = Non è stato salvato nulla. Da correggere:
