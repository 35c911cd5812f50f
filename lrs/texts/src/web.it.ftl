# What the browser UI says, in files by pages: this one has what all pages share. web*.en.ftl have the same messages with
# the same values: `npm run check` in lrs/web refuses a message that one language lacks, and one that nothing shows. What
# is said of states and kinds of activity stands in reports.it.ftl, which the reports use too.

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
sign-out-failed = Il server non ha risposto: la sessione è ancora aperta. Premi di nuovo «Esci» prima di lasciare questo computer.

sign-in = Entra
sign-in-title = Entra in Traccia
sign-in-about = Una chiave è per i programmi, e per chi vuole provare che cosa può fare: un nome e un segreto.
sign-in-name = Nome della chiave
sign-in-secret = Segreto
sign-in-hint = Resta nella memoria di questa pagina: se la ricarichi, va scritto di nuovo.
sign-in-wrong = Non corretto. Controlla quello che hai scritto, maiuscole comprese.
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
fault-forbidden = Non puoi vedere o fare questo: chiedilo a chi amministra Traccia.
fault-missing = Non c’è nulla a questo indirizzo.
fault-busy = Il server non riesce a rispondere adesso. Riprova fra poco.
fault-refused = Il server non ha accettato la richiesta.
empty = Nessun dato da mostrare
empty-about = I filtri potrebbero essere troppo stretti, oppure nessuno ha ancora iniziato.
not-found = Pagina non trovata
not-allowed = Questa pagina non è per il tuo ruolo
not-allowed-start = Vai alla tua prima pagina
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
chart-too-many = Con { $count } gruppi il grafico non si leggerebbe (al massimo { $most }): usa i filtri, o leggi la tabella.

nav-my = I miei dati
nav-content = Contenuti
nav-people = Persone
nav-keys = Chiavi
nav-system = Sistema
add = Aggiungi
remove = Togli
dialog-cancel = Annulla
save = Salva
saved = Salvato.
never = mai
unknown = non noto
line = Riga { $number }:

sign-in-person = Nome utente
sign-in-password = Password
sign-in-forgotten = Password dimenticata? Chi amministra Traccia può mandarti un nuovo link.
sign-in-provider = Entra con { $name }
sign-in-with-key = Entra con una chiave
sign-in-key-button = Entra con la chiave
sign-in-over = La sessione è finita. Entra di nuovo: torni dove eri.
sign-in-kept = La password è salvata. Entra con il tuo nome utente, questa password e il codice dell’app.
sign-in-new = Questo server non ha ancora nessuna persona.
sign-in-new-about = All’avvio il server scrive un link con cui si crea il primo amministratore: aprilo in questo browser.
sign-in-code = La password è corretta. Scrivi ora il codice dell’app.
sign-in-wrong-code = Il codice non è corretto o è già stato usato: aspetta il prossimo.
sign-in-code-field = Codice dell’app
sign-in-code-hint = Le sei cifre che l’app mostra ora.
sign-in-provider-down = Il servizio di accesso dell’ente non risponde. Riprova tra poco, o entra con la password.
sign-in-provider-state = L’accesso è durato più di dieci minuti o è iniziato in un’altra finestra. Ricomincia da qui.
sign-in-provider-cancelled = L’accesso è stato interrotto presso il servizio dell’ente. Ricomincia da qui.
sign-in-provider-answer = La risposta del servizio di accesso non è valida. Ricomincia; se succede ancora, avvisa chi amministra Traccia.
sign-in-provider-insecure = Per entrare serve un indirizzo https://.
sign-in-provider-nameless = Il servizio di accesso non comunica un nome utente che Traccia possa usare: avvisa chi amministra Traccia.
sign-in-provider-role = Non hai un ruolo in Traccia: chiedilo a chi gestisce gli account del tuo ente.
sign-in-provider-territory = Il tuo account non indica una regione o un ente che Traccia conosca: avvisa chi gestisce gli account.
sign-in-provider-identifier = Il tuo account non indica un indirizzo verificato con cui riconoscerti: avvisa chi gestisce gli account.
sign-in-provider-taken = In Traccia c’è già un’altra persona con questo nome utente: avvisa chi amministra Traccia.
sign-in-provider-disabled = Il tuo account in Traccia è disattivato: chiedi a chi amministra Traccia.
sign-in-provider-busy = Da questa rete sono arrivati troppi accessi non riusciti: aspetta un minuto e ricomincia da qui.
sign-in-provider-failed = L’accesso non è riuscito. Riprova tra poco.

my-courses = I miei corsi
my-about = Che cosa Traccia sa di te, { $name }.
my-none = Nessun corso
my-none-about = Non è ancora arrivato nulla. Se hai già iniziato, scrivi a chi coordina il corso.
my-hours = { $hours } ore.
my-done = Completato il { $day }.
my-certificates = Attestati
my-certificate-since = Nell’elenco congelato il { $day }.
my-export = Porta via i tuoi dati
my-export-about = Un file con tutto quello che Traccia ha di te: moduli, ore, attestati e statement, in JSON.
my-export-action = Scarica i miei dati
my-statements = Che cosa ho fatto
my-statements-about = Ogni attività che è arrivata di te, dalla più recente.

nav-deeds = Azioni sul corso
pages-restart = Torna all’inizio

# Faults of fields, said under them
field-missing = Manca: { $name }.
field-not-chosen = Da scegliere: { $name }.
field-short = Servono almeno { $least } caratteri: { $count ->
    [one] ce n’è { $count }
   *[other] ce ne sono { $count }
}.
field-url = Scrivi un indirizzo intero, che inizi con https://.
field-least = Scrivi un numero da { $least } in su.
field-range = Scrivi un numero da { $least } a { $most }.
field-wrong = { $name }: il valore non ha la forma indicata.

# Refusals, to people who signed in
person-refused-scope = Il tuo ruolo non lo permette.
person-refused-bounds = Questo riguarda tutto il corso, e tu vedi solo alcune regioni o alcuni enti.
person-refused-not-found = Qui non c’è nulla che tu possa vedere.
person-refused-course-unknown = Non c’è nessun corso con questo nome che tu possa vedere.
person-refused-learner-unknown = Tra i partecipanti che puoi vedere in questo corso non c’è nessuno con questo identificativo.
person-refused-certificates-unknown = Tra gli elenchi di attestati che puoi vedere non ce n’è nessuno con questo identificativo.
person-refused-remedy = Se ti serve, chiedilo a chi amministra Traccia.
