# What the browser UI says. web.en.ftl has the same messages with the same values: `npm run check` in
# lrs/web refuses a message that one lacks, and one that nothing shows. What is said of states and
# kinds of activity stands in it.ftl, which the reports use too.

product = Traccia
skip-to-content = Vai al contenuto
footer = Traccia conserva le attività formative e mostra a che punto sono i corsi.
footer-server = Indirizzi di questo server
language = Lingua
theme = Colori
theme-auto = Automatico
theme-light = Chiaro
theme-dark = Scuro
nav-main = Navigazione principale
nav-course = Pagine del corso
nav-courses = Corsi
nav-statements = Statement
breadcrumb = Percorso
sign-out = Esci

sign-in = Entra
sign-in-title = Entra in Traccia
sign-in-about = Usa la chiave che ti ha dato chi amministra Traccia: un nome e un segreto.
sign-in-name = Nome della chiave
sign-in-secret = Segreto
sign-in-hint = Resta nella memoria di questa pagina: se la ricarichi, va scritto di nuovo.
sign-in-wrong = Nome o segreto non corretti. Controllali, maiuscole comprese.
sign-in-too-many = Troppi tentativi sbagliati: aspetta qualche minuto e riprova.
sign-in-no-server = Il server non risponde. Controlla la rete e riprova.

loading = Caricamento…
computing = Il corso è cambiato da poco e viene ricalcolato: i dati arrivano da soli, fra qualche secondo.
retry = Riprova
copy = Copia
copied = Copiato
more = Mostra altro
total = Totale
yes = sì
no = no
hours = Ore
fault-no-server = Il server non risponde. Controlla la rete e riprova.
fault-forbidden = La tua chiave non può vedere questi dati.
fault-missing = Non c’è nulla a questo indirizzo.
fault-busy = Il server non riesce a rispondere adesso. Riprova fra poco.
fault-refused = Il server non ha accettato la richiesta.
empty = Nessun dato da mostrare
empty-about = I filtri potrebbero essere troppo stretti, oppure nessuno ha ancora iniziato.
not-found = Pagina non trovata
not-found-about = A questo indirizzo non c’è una pagina.
not-found-courses = Vai ai corsi

filters = Filtri
filters-apply = Applica
filters-clear = Togli i filtri
filters-given = Filtri in uso
filter-remove = Togli questo filtro
filter-choices-cut = Sono proposti i primi { $most } valori; gli altri si scrivono per intero.
filter-region = Regione
filter-province = Provincia
filter-body = Ente
filter-role = Ruolo
filter-office = Ufficio
filter-edition = Edizione
filter-at = Situazione al giorno
group-by = Confronta per
group-region = Regione
group-province = Provincia
group-body = Ente
group-role = Ruolo
group-office = Ufficio
group-edition = Edizione
group-none = Tutti insieme
through = Dati aggiornati al { $instant } (ora di { $zone }).
through-none = Nessuna attività è ancora arrivata.
export-csv = Scarica CSV
export-xlsx = Scarica XLSX
export-done = Scaricato: { $name }
pages = Pagine dell’elenco
pages-shown = Da { $from } a { $to } di { $found }
pages-before = Precedenti
pages-after = Successivi
rows-cut = Qui sono mostrate { $shown } righe su { $found }: usa i filtri per restringere, o scarica il file.
chart-too-many = Con { $count } gruppi il grafico non si leggerebbe (al massimo { $most }): usa i filtri, o leggi la tabella.

courses-title = Corsi
courses-none = Non c’è ancora nessun corso
courses-none-about = Un corso è un file che dice moduli e attività; gli iscritti sono un elenco CSV. Chi amministra Traccia li carica così:
course-size = { $learners ->
    [one] { $learners } iscritto
   *[other] { $learners } iscritti
  }, { $modules ->
    [one] { $modules } modulo
   *[other] { $modules } moduli
  }, { $activities ->
    [one] { $activities } attività
   *[other] { $activities } attività
  }.
course-hours = { $hours } ore a persona.
dates-both = Dal { $begins } al { $ends }
dates-from = Dal { $begins }
dates-until = Fino al { $ends }
dates-none = Senza date di inizio e fine

bounds = Vedi solo le persone di: { $names }.
page-glance = In sintesi
page-funnel = Moduli
page-curve = Previsto e reale
page-hours = Ore
page-at-risk = A rischio
page-matrix = Persone
page-comparison = Confronto
page-learner = Scheda della persona

glance-nobody = Nessun iscritto
glance-nobody-about = In questo corso, con questi filtri, non c’è nessuno.
glance-enrolled = Le persone nell’elenco degli iscritti.
glance-started = Chi ha fatto almeno un’attività del corso.
glance-active_7d = Chi ha fatto qualcosa negli ultimi sette giorni.
glance-on_track = Chi ha iniziato, non ha finito e si è visto da meno di { $days } giorni.
glance-at_risk = Chi ha iniziato, non ha finito e non fa nulla da almeno { $days } giorni.
glance-completed = Chi ha completato tutti i moduli che gli spettano.
change-none = come una settimana prima
change-more = { $count } in più di una settimana prima
change-less = { $count } in meno di una settimana prima
glance-where = Dove si fermano
glance-where-more = I moduli per territorio
glance-whom = Chi contattare per primo
glance-whom-more = Tutte le persone a rischio

funnel-about = Per ogni modulo: chi lo ha completato, chi lo ha in corso e chi non lo ha iniziato.
funnel-chart = Persone per modulo: completato, in corso, non iniziato
funnel-table = Persone per modulo e stato
curve-about = Le ore fatte in media da ogni iscritto alla fine di ogni mese, accanto a quelle previste.
curve-chart = Ore per iscritto, mese per mese: reali e previste
curve-table = Ore per iscritto, mese per mese
curve-planned = Previste
curve-real = Reali
curve-on = Il corso è in linea con il previsto.
curve-behind = Il corso è indietro: in media mancano { $apart } ore a persona.
curve-ahead = Il corso è avanti: in media { $apart } ore a persona più del previsto.
curve-lines = Il grafico mostra i primi { $most } gruppi; la tabella li ha tutti.
hours-about = Le ore maturate, a distanza e in presenza. Da una regione si passa ai suoi enti, da un ente alle sue persone.
hours-chart = Ore a distanza e in presenza
hours-table = Ore maturate, a distanza e in presenza
comparison-about = I territori uno accanto all’altro, in percentuale, perché la grandezza non conti.
comparison-chart = Chi ha iniziato, chi ha completato, avanzamento medio
comparison-table = Confronto fra gruppi

at-risk-about = Chi è fermo da più tempo viene per primo. Il nome apre la scheda, l’indirizzo scrive un messaggio.
at-risk-none = Nessuno è a rischio, con questi filtri.
at-risk-table = Persone a rischio di abbandono
at-risk-count = { $count ->
    [one] { $count } persona a rischio.
   *[other] { $count } persone a rischio.
  }
at-risk-reachable = { $count ->
    [one] Di { $count } in questa pagina c’è l’indirizzo.
   *[other] Di { $count } in questa pagina c’è l’indirizzo.
  }
at-risk-addresses = Indirizzi di chi è in questa pagina
at-risk-no-contact = nessun indirizzo
at-risk-missing = { $count ->
    [one] { $count } attività
   *[other] { $count } attività
  }

matrix-about = Una riga per persona, una colonna per modulo. Il nome apre la scheda con le attività e i loro statement.
matrix-search = Cerca un nome, un ente, un ufficio
matrix-show = Mostra
matrix-all = Tutti gli iscritti
matrix-started = Chi ha iniziato
matrix-not-started = Chi non ha iniziato
matrix-active = Attivi negli ultimi 7 giorni
matrix-on-track = In linea
matrix-in-progress = Chi ha iniziato e non ha ancora completato
matrix-completed = Chi ha completato
matrix-count = { $count ->
    [one] { $count } persona
   *[other] { $count } persone
  }
matrix-none = Nessuno corrisponde alla ricerca: prova con meno filtri.
matrix-table = Persone per modulo
matrix-skip = Vai oltre la tabella
matrix-module = M{ $number }
matrix-not-for = non previsto per questa persona
matrix-legend = Legenda dei moduli e dei segni

learner-back = Torna all’elenco delle persone
learner-state = Corso
learner-progress = Avanzamento
learner-hours = Ore, su { $target }
learner-hours-how = { $online } a distanza, { $presence } in presenza
learner-last = Ultima attività
learner-never = mai
learner-modules = Moduli
learner-since = dal { $day }
learner-activities = Attività del corso
learner-activities-table = Attività, modulo per modulo
learner-next = Prossimo passo:
learner-ledger = Da dove vengono le ore
learner-ledger-table = Ore che contano, con la regola
learner-ledger-about = Ogni ora che conta, la regola per cui conta, e gli statement da cui viene.
learner-ledger-none = Nessuna ora è ancora maturata.
learner-statements = { $count ->
    [one] { $count } statement
   *[other] { $count } statement
  }
learner-timeline = Che cosa ha fatto
learner-timeline-about = { $count ->
    [one] { $count } statement che riguarda il corso.
   *[other] { $count } statement che riguardano il corso, dal più recente.
  }

statements-title = Statement
statements-about = Gli statement xAPI come sono arrivati, dal più recente. Ogni valore si apre e restringe la ricerca.
statements-agent = Persona
statements-agent-hint = Un indirizzo di posta, un conto come https://moodle.example|1042, un OpenID o JSON.
statements-verb = Verbo (IRI)
statements-activity = Attività (IRI)
statements-registration = Registrazione (registration)
statements-since = Conservati dopo
statements-until = Conservati fino a
statements-statementId = Identificativo
statements-voidedStatementId = Identificativo di uno annullato
statements-limit = Quanti alla volta
statements-flags = Opzioni
statements-related_agents = Anche dove la persona è citata
statements-related_activities = Anche dove l’attività è citata
statements-ascending = Dal più vecchio
statements-curl = La stessa richiesta con curl
statements-none = Nessuno statement
statements-none-about = Nessuno statement corrisponde ai filtri. Gli IRI devono essere scritti per intero.
statements-count = { $count ->
    [one] { $count } statement mostrato
   *[other] { $count } statement mostrati
  }
statement-more = Dettagli
statement-open = Apri fra gli statement
statement-json = Lo statement in JSON
statement-other = { $actor } · { $verb } · { $object }
narrow-agent = Altri di questa persona
narrow-verb = Altri con questo verbo
narrow-activity = Altri su questa attività
fact-score = punteggio { $score }
fact-passed = superato
fact-failed = non superato
fact-completed = completato
fact-not-completed = non completato
fact-duration = { $hours ->
    [0] { $minutes ->
        [0] { $seconds } s
       *[other] { $minutes } min
      }
   *[other] { $hours } h e { $minutes } min
  }

# A sentence for each verb: the end of its IRI is the end of the message's name.
verb-completed = { $actor } ha completato “{ $object }”
verb-passed = { $actor } ha superato “{ $object }”
verb-failed = { $actor } non ha superato “{ $object }”
verb-initialized = { $actor } ha aperto “{ $object }”
verb-launched = { $actor } ha avviato “{ $object }”
verb-terminated = { $actor } ha chiuso “{ $object }”
verb-suspended = { $actor } ha sospeso “{ $object }”
verb-resumed = { $actor } ha ripreso “{ $object }”
verb-attempted = { $actor } ha provato “{ $object }”
verb-answered = { $actor } ha risposto a “{ $object }”
verb-experienced = { $actor } ha seguito “{ $object }”
verb-viewed = { $actor } ha visto “{ $object }”
verb-attended = { $actor } ha partecipato a “{ $object }”
verb-satisfied = { $actor } ha soddisfatto i requisiti di “{ $object }”
verb-progressed = { $actor } è andato avanti in “{ $object }”
verb-scored = { $actor } ha ottenuto un punteggio in “{ $object }”
verb-registered = { $actor } si è iscritto a “{ $object }”
verb-voided = { $actor } ha annullato “{ $object }”
verb-played = { $actor } ha guardato “{ $object }”
verb-paused = { $actor } ha messo in pausa “{ $object }”
verb-logged-in = { $actor } è entrato in “{ $object }”
verb-started = { $actor } ha iniziato “{ $object }”
verb-submitted = { $actor } ha consegnato “{ $object }”
verb-interacted = { $actor } ha interagito con “{ $object }”
verb-abandoned = { $actor } ha abbandonato “{ $object }”
verb-waived = { $actor } è esonerato da “{ $object }”
verb-uncompleted = { $actor } non ha più completato “{ $object }”
verb-created = { $actor } ha creato “{ $object }”
verb-received = { $actor } ha ricevuto “{ $object }”
verb-rated = { $actor } ha valutato “{ $object }”
