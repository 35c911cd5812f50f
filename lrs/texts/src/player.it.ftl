# Che cosa dice la pagina in cui si seguono i pacchetti. Fa parte della pagina; vedi lrs/web/player/texts.ts.

player-skip = Vai al contenuto
player-menu = Indice
player-menu-open = Mostra l'indice
player-menu-close = Nascondi l'indice
player-previous = Precedente
player-next = Successiva
player-exit = Salva ed esci
player-content = Contenuto: { $title }
player-progress = { $done ->
    [one] { $done } parte conclusa su { $all }
   *[other] { $done } parti concluse su { $all }
  }
player-status-not-attempted = da iniziare
player-status-browsed = consultata
player-status-incomplete = iniziata
player-status-completed = completata
player-status-passed = superata
player-status-failed = non superata
player-locked = { $title }: disponibile più avanti, quando le parti precedenti saranno concluse
player-score = { $percent } %
player-loading = Il contenuto si sta caricando …
player-preview = Anteprima: nulla viene conservato
player-review = Revisione: il risultato non cambia
player-away = La connessione è interrotta. Lascia aperta questa pagina: quello che fai resta qui e sarà inviato appena la connessione torna.
player-back = La connessione è tornata. Tutto è salvato.
player-superseded = Questo contenuto è stato aperto in un'altra finestra. Continua lì; questa si può chiudere.
player-expired = Questo collegamento non è più valido. Quanto salvato rimane. Per continuare chiedi un nuovo collegamento.
player-refused = Le ultime modifiche non sono state salvate. Chiudi la pagina e riapri il collegamento; se succede ancora, avvisa chi te lo ha dato.
player-failed = Il contenuto non si apre. Ricarica la pagina; se non basta, avvisa chi ti ha dato il collegamento.
player-failed-sequencing = Ora non c'è una parte che si possa aprire.
player-part-ended = Questa parte è salvata.
player-ended = La sessione è terminata
player-ended-text = Tutto è salvato. Puoi chiudere questa pagina.
player-ended-waiting = Il tuo lavoro è ancora in invio. Non chiudere ancora la pagina.
player-again = Apri di nuovo
player-removed = La versione di questo contenuto non c'è più. Il risultato ottenuto finora rimane. Per continuare chiedi un nuovo collegamento.
player-preview-exit = Chiudi l'anteprima
player-preview-away = La connessione è interrotta. L'anteprima prosegue quando torna.
player-preview-back = La connessione è tornata.
player-preview-expired = Questo collegamento non è più valido. Per un'altra anteprima chiedi un nuovo collegamento.
player-preview-part-ended = Questa parte è finita.
player-preview-ended = L'anteprima è finita
player-preview-ended-text = Puoi chiudere questa pagina.
