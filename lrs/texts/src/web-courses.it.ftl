# What the browser UI says on the pages that show how a course goes.

courses-title = Corsi
courses-none = Non c’è ancora nessun corso
courses-none-about = Un corso è un file che dice moduli e attività; gli iscritti sono un elenco CSV. Chi amministra Traccia li carica così:
course-size = { $learners ->
    [one] { $learners } iscritto
   *[other] { $learners } iscritti
  }, { $modules ->
    [one] { $modules } modulo
   *[other] { $modules } moduli
  }.
course-unreadable = Questa versione di Traccia non sa leggere il file del corso: aprilo per sapere perché.
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
learner-timeline-about = Gli statement che contano per il corso, dal più recente.
bounds-title = Territorio
bounds-about = La persona vede solo chi è nelle regioni o negli enti scelti qui.
bounds-regions = Regioni
bounds-bodies = Enti
bounds-bodies-hint = Il nome com’è nell’elenco degli iscritti.
bounds-wanted = Scegli almeno una regione o un ente.
paper-print = Stampa
paper-prepare = Prepara per la stampa
paper-back = Torna all’elenco
paper-cut = Su carta ci sono le prime { $most } righe di { $found }: usa i filtri per dividerle.
column-person = Nome
page-registers = Registri
page-register = Registro
page-code = Codice per la presenza
page-sheet = Foglio firme
page-certificates = Attestati
page-learners = Iscritti
page-import = Carica un elenco
page-unassigned = Attività di non iscritti
page-report = Rapporto
page-edit = Modifica del corso
page-mapping = Attività da collegare

learner-by-module = Ore per modulo
learner-hours-of = { $hours } ore di { $target }
learner-hours-alone = { $hours } ore
learner-timeline-none = Non è ancora arrivata nessuna attività.

report-about = Il corso in poche pagine, da stampare in A4 o salvare in PDF.
report-course = Corso

# L'analisi di domande, contenuti e orari

page-analysis = Analisi
analysis-about = Quali domande non funzionano, dove ci si ferma nei contenuti, quando si è attivi.
questions-title = Domande
questions-none = Nessuno ha ancora risposto a una domanda di questo corso.
questions-wrong = Risposte sbagliate più scelte (persone)
questions-table = Le domande, dalla prima risposta di ogni persona
times-title = Orari
times-table = Ore di attività per giorno della settimana e ora del giorno
