# I report: i titoli, le colonne, le note, i valori e le pagine su cui si leggono; gli attestati.

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
report-questions = Analisi delle domande
report-content = Uso dei contenuti
report-times = Orari di attività
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
column-question = Domanda
column-question_title = Titolo della domanda
column-answered = Hanno risposto
column-right_first = Giuste alla prima risposta
column-discrimination = Capacità di distinguere
column-wrong-answer = Risposta sbagliata { $place }
column-wrong-answer-learners = Scelta da ({ $place })
column-part = Parte
column-part_title = Titolo della parte
column-completed-of-started = Completati sugli avviati
column-hours_median = Ore (mediana)
column-stopped = Si sono fermati qui
column-tells_completion = Il completamento è comunicato
column-weekday = Giorno
column-active-learners = Persone attive
column-active_hours = Ore di attività
column-hour-of-day = ore { $hour }
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
note-first-answers = Conta la prima risposta di ogni persona. «Capacità di distinguere» va da -1 a 1: vicino a 0 o sotto, chi sa il resto non risponde meglio degli altri, e la domanda va riletta.
note-content = La prima riga di un'attività è l'attività intera, le altre sono le sue parti nell'ordine in cui si iniziano. «Si sono fermati qui»: chi non ha completato l'attività e non ha iniziato nulla dopo. Le parti usate da una sola persona non sono elencate.
note-times = Ogni persona conta una volta per ogni ora di ogni giorno in cui ha fatto qualcosa, nel fuso orario del corso.
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
weekday-monday = lunedì
weekday-tuesday = martedì
weekday-wednesday = mercoledì
weekday-thursday = giovedì
weekday-friday = venerdì
weekday-saturday = sabato
weekday-sunday = domenica
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
note-erased = { $count ->
    [one] Da una riga è stata cancellata una persona. L’impronta è quella dell’elenco come è stato congelato.
   *[other] Da { $count } righe sono state cancellate persone. L’impronta è quella dell’elenco come è stato congelato.
}
