# What the browser UI says on the pages of packages, their launches and their preview.

content-about = I pacchetti SCORM che Traccia esegue da sé.
content-add = Aggiungi un pacchetto
content-add-about = Il pacchetto viene controllato prima: vedi che cosa comunicherà e che cosa non va. Finché non lo importi, non viene conservato nulla.
content-none = Nessun pacchetto
content-none-about = Aggiungi un pacchetto SCORM, com’è uscito dallo strumento di authoring.
content-facts = { $standard }, versione { $version }, { $size }.
content-imported = Importato il { $at }.
content-file = File del pacchetto
content-drop = Trascina qui il file .zip, o sceglilo
content-checking = Controllo di { $name }…
content-size = { $files ->
    [one] { $files } file
   *[other] { $files } file
  }, { $size }.
content-structure = Struttura
part-organization = corso
part-item = parte
part-sco = SCO
part-asset = pagina
part-course = corso
part-block = blocco
part-au = unità
part-activity = attività
findings-count = { $errors ->
    [one] { $errors } errore
   *[other] { $errors } errori
  }, { $warnings ->
    [one] { $warnings } avviso
   *[other] { $warnings } avvisi
  }, { $notes ->
    [one] { $notes } nota
   *[other] { $notes } note
  }
finding-error = Errore
finding-warning = Avviso
finding-note = Nota
import-title = Importa in Traccia
import-how = Traccia lo esegue da sé: si mandano i link, e quello che fanno le persone conta nei corsi.
import-errors = Con errori non si può importare: correggi il pacchetto e ricaricalo.
import-name = Nome del pacchetto
import-name-hint = Lettere minuscole, cifre e trattino: sta negli indirizzi e nei file dei corsi.
import-again = C’è già: questa diventa la versione { $version }, e i prossimi link usano questa.
import-action = Importa
import-busy = Importazione in corso…
import-not-played = Traccia controlla questo tipo di pacchetto, ma per ora esegue solo SCORM.
shim-title = Per Moodle
shim-about = Il pacchetto resta in Moodle e funziona come prima, ma racconta ogni sessione anche a Traccia. Scarica il file riscritto e mettilo al posto di quello vecchio.
shim-activity = Indirizzo dell’attività in Moodle
shim-activity-hint = Apri l’attività in Moodle e copia l’indirizzo della pagina.
shim-home-page = Indirizzo di Moodle
shim-home-page-hint = Valgono solo gli account di questo Moodle.
shim-action = Scarica per Moodle
shim-key = Ogni file ha una chiave sua, che può solo raccontare questo pacchetto. Chi amministra Traccia la vede fra le chiavi e la può revocare.
versions = Versioni
version = Versione
version-title = Titolo
version-imported = Importata
version-size = Grandezza
version-what = Uso
version-current = in uso
version-use = Usa questa
version-use-about = I prossimi link aprono questa versione. Chi ha già iniziato continua con la sua.
version-used = Ora è in uso la versione { $version }.
version-remove = Elimina
version-remove-about = La versione non si apre più. Statement e avanzamento restano.
version-removed = La versione { $version } è eliminata.
version-add = Aggiungi una versione
package-remove = Elimina il pacchetto
package-remove-about = Tutte le versioni e i link finiscono. Statement e avanzamento restano. Non si può tornare indietro.
counting-title = Dove conta
counting-about = Quello che si fa nel pacchetto conta in:
counting-none = Nessun corso usa ancora questo pacchetto: aggiungi queste righe a un modulo del file del corso.
counting-line = Righe per il file del corso
launches = Link per i partecipanti
launches-about = Chi ha il link segue il contenuto come quella persona, senza password: mandalo solo a lei.
launches-open = Link validi
launches-none = Nessun link valido.
launch-who = Per chi
launch-way-agent = Un indirizzo o un account
launch-way-course = Un iscritto a un corso
launch-course = Corso
launch-learner = Identificativo dell’iscritto
launch-hours = Validità (ore)
launch-attempt = Quale tentativo
attempt-last = l’ultimo, o uno nuovo se è finito
attempt-same = l’ultimo, comunque sia
attempt-new = uno nuovo
attempt-best = quello con il punteggio migliore
launch-make = Crea il link
launch-made = Il link vale fino al { $expires }, e si vede solo ora.
launch-address = Link
launch-until = Vale fino al { $expires }.
launch-preview = Anteprima
launch-revoke = Revoca
launch-revoke-about = Il link non si apre più, nemmeno dove è già aperto.
launch-revoked = Link revocato.
preview = Anteprima
preview-open = Apri l’anteprima
preview-about = Prova il pacchetto: non viene conservato nulla. Accanto vedi ogni chiamata, lo statement che ne nascerebbe e il modulo in cui conterebbe.
preview-frame = Il pacchetto «{ $title }»
preview-log = Che cosa comunica
preview-count = { $calls ->
    [one] { $calls } chiamata
   *[other] { $calls } chiamate
  }, { $statements ->
    [one] { $statements } statement
   *[other] { $statements } statement
  }.
preview-all = Mostra anche le domande sugli errori
preview-none = Il pacchetto non ha ancora comunicato nulla.
preview-person = Chi prova
preview-module = Conta in «{ $module }» di «{ $course }».

tab-search = Cerca
tab-live = In diretta
tab-check = Controlla
tab-refused = Rifiutati
content-title = Contenuti
content-chart = Chi ha iniziato e chi ha completato ogni attività
content-whole = tutta l’attività
content-table = Le attività online e le loro parti
