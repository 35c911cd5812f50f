# What the browser UI says on the pages of statements: list, live view, validator, refusals.

statements-title = Statement
statements-about = Gli statement xAPI come sono arrivati, dal più recente. Ogni valore si apre e restringe la ricerca.
statements-agent = Persona
statements-agent-hint = Un indirizzo di posta, un account come https://moodle.example|1042, un OpenID o JSON.
statements-verb = Che cosa ha fatto
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
verb-completed = { $actor } ha completato «{ $object }»
verb-passed = { $actor } ha superato «{ $object }»
verb-failed = { $actor } non ha superato «{ $object }»
verb-initialized = { $actor } ha aperto «{ $object }»
verb-launched = { $actor } ha avviato «{ $object }»
verb-terminated = { $actor } ha chiuso «{ $object }»
verb-suspended = { $actor } ha sospeso «{ $object }»
verb-resumed = { $actor } ha ripreso «{ $object }»
verb-attempted = { $actor } ha provato «{ $object }»
verb-answered = { $actor } ha risposto a «{ $object }»
verb-experienced = { $actor } ha seguito «{ $object }»
verb-viewed = { $actor } ha visto «{ $object }»
verb-attended = { $actor } ha partecipato a «{ $object }»
verb-satisfied = { $actor } ha soddisfatto i requisiti di «{ $object }»
verb-progressed = { $actor } è andato avanti in «{ $object }»
verb-scored = { $actor } ha ottenuto un punteggio in «{ $object }»
verb-registered = { $actor } si è iscritto a «{ $object }»
verb-voided = { $actor } ha annullato «{ $object }»
verb-played = { $actor } ha guardato «{ $object }»
verb-paused = { $actor } ha messo in pausa «{ $object }»
verb-logged-in = { $actor } è entrato in «{ $object }»
verb-started = { $actor } ha iniziato «{ $object }»
verb-start = { $actor } ha iniziato «{ $object }»
verb-submit = { $actor } ha consegnato «{ $object }»
verb-join = { $actor } si è collegato a «{ $object }»
verb-leave = { $actor } ha lasciato «{ $object }»
verb-responded = { $actor } ha risposto a «{ $object }»
verb-submitted = { $actor } ha consegnato «{ $object }»
verb-interacted = { $actor } ha interagito con «{ $object }»
verb-abandoned = { $actor } ha abbandonato «{ $object }»
verb-waived = { $actor } è esonerato da «{ $object }»
verb-uncompleted = { $actor } non ha più completato «{ $object }»
verb-created = { $actor } ha creato «{ $object }»
verb-received = { $actor } ha ricevuto «{ $object }»
verb-rated = { $actor } ha valutato «{ $object }»
statements-format = Forma
statements-format-exact = com’è arrivato
statements-format-canonical = con i nomi in uso
statements-format-ids = solo gli identificativi
statements-take-json = Scarica JSON
statements-take-csv = Scarica CSV
statements-taking = { $count } raccolti…
statements-taken = { $count ->
    [one] Scaricato { $count } statement.
   *[other] Scaricati { $count } statement.
  }
statements-taken-cut = Scaricati i primi { $count }: per gli altri restringi la ricerca, o usa l’API.
curl-key = NOME-DELLA-CHIAVE
attachments = Allegati
attachment-save = Scarica
attachment-elsewhere = Traccia non ha il contenuto di questo allegato: sta all’indirizzo indicato.
live-about = Gli statement appena arrivano, il più recente in alto.
live-any-course = Tutti
live-start = Ascolta
live-stop = Ferma
live-opening = Collegamento…
live-open = In ascolto
live-broken = Collegamento interrotto, riprovo…
live-stopped = Fermo
live-large = Uno statement di { $size }: aprilo fra gli statement
live-waiting = Non è ancora arrivato nulla da quando ascolti.
live-count = { $count ->
    [one] { $count } statement arrivato
   *[other] { $count } statement arrivati
  }
check-about = Incolla uno statement, o un elenco: vedi quali regole viola, dove, e il punto dello standard. Non viene conservato nulla.
check-text = Statement in JSON
check-version = Versione
check-action = Controlla
check-example = Metti un esempio
check-valid = { $count ->
    [one] Va bene: lo statement rispetta lo standard.
   *[other] Va bene: tutti i { $count } statement rispettano lo standard.
  }
check-invalid = { $count ->
    [one] { $count } regola violata
   *[other] { $count } regole violate
  }
check-places = Dove
violation-statement = Statement numero { $number }
violation-clause = Standard: { $clause }
violation-go = Vai al punto
refused-title = Perché è stato rifiutato
refused-about = Le ultime richieste rifiutate di ogni chiave, con il motivo e che cosa fare. I segreti sono coperti.
refused-by-key = Chiave
refused-by-rule = Regola
refused-by-status = Stato HTTP
refused-none = Nessuna richiesta rifiutata
refused-none-about = Con questi filtri non c’è nulla: è una buona notizia.
refused-one = Richiesta rifiutata
refused-at = Quando
refused-request = Richiesta
refused-clause = Punto dello standard
refused-statement = Statement numero
refused-pointer = Dove
refused-id = Numero della richiesta
refused-body = Che cosa è stato mandato
refused-masked = I segreti sono coperti.
refused-masked-people = I segreti e i nomi delle persone sono coperti, perché non puoi leggere gli statement.
refused-body-statement = Lo statement rifiutato
refused-headers = Intestazioni
refused-test = Prova di nuovo
refused-open = Apri nel controllo
refused-good-now = Ora andrebbe bene: rimandalo dal programma che l’ha mandato.
refused-still = Ancora rifiutato ({ $status })
statements-verb-any = Qualsiasi cosa
statements-verb-other = Altro verbo…
statements-verb-iri = IRI del verbo
statements-by-name = Cerca per nome, matricola o ente
statements-by-name-open = Cerca una persona per nome
statements-identifier = Identificativo

# Verbs to choose from
verb-name-completed = ha completato
verb-name-passed = ha superato
verb-name-failed = non ha superato
verb-name-attended = ha partecipato
verb-name-initialized = ha aperto
verb-name-terminated = ha chiuso
verb-name-suspended = ha sospeso
verb-name-resumed = ha ripreso
verb-name-launched = ha avviato
verb-name-attempted = ha provato
verb-name-answered = ha risposto
verb-name-experienced = ha seguito
verb-name-progressed = è andato avanti
verb-name-scored = ha ottenuto un punteggio
verb-name-interacted = ha interagito
verb-name-registered = si è iscritto
verb-name-voided = ha annullato uno statement
verb-name-viewed = ha visto
verb-name-satisfied = ha soddisfatto i requisiti
verb-name-waived = è stato esonerato
verb-name-abandoned = ha abbandonato
verb-name-played = ha guardato un video
verb-name-paused = ha messo in pausa un video
verb-name-logged-in = è entrato
