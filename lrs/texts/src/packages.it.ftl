# I pacchetti: che cosa non va in uno, e quelli eseguiti qui.

## Ciò che non va in un pacchetto. `package-…` è la regola, `.remedy` che cosa può fare l'autore

package-not-zip = { $kind ->
        [other] Non è un archivio zip.
       *[known] Non è un archivio zip ({ $kind }).
    }
    .remedy = Esportare il corso dallo strumento autore come pacchetto SCORM, cmi5 o xAPI, e indicare il suo zip.
package-archive-truncated = Lo zip è troncato o danneggiato: il suo indice non si legge.
    .remedy = Scaricarlo o esportarlo di nuovo; confrontare la dimensione dei due file.
package-archive-damaged = Il file non si decomprime: { $reason }.
    .remedy = Esportare di nuovo il pacchetto.
package-archive-entries = Lo zip ha { $count ->
        [one] un file o cartella
       *[other] { $count } file e cartelle
    }; il limite è { $limit }.
    .remedy = Dividere il corso, o togliere ciò che nessuna pagina usa.
package-archive-size = I file decompressi occupano { $size } byte; il limite è { $limit }.
    .remedy = Comprimere video e immagini, o pubblicare i video su un server di streaming.
package-archive-ratio = { $packed } byte diventano { $size }: più di { $limit } volte tanto, come in una zip bomb.
    .remedy = Esportare di nuovo il pacchetto; togliere il file se non serve.
package-archive-size-false = Il file non ha i { $declared } byte che l'indice dello zip dichiara.
    .remedy = Comprimere di nuovo la cartella con un programma comune.
package-archive-encrypted = Il file è cifrato.
    .remedy = Comprimere di nuovo la cartella senza password.
package-archive-compression = Il file è compresso con il metodo { $method }, che le piattaforme non leggono.
    .remedy = Comprimere di nuovo la cartella con il metodo Deflate, quello consueto.
package-archive-overlap = Il file ha byte in comune con { $other }, come in una zip bomb.
    .remedy = Comprimere di nuovo la cartella con un programma comune.
package-archive-directory = I nomi e le note nell'indice dello zip occupano più di { $limit } byte.
    .remedy = Comprimere di nuovo la cartella con un programma comune, con nomi più corti.
package-archive-headers = Il file ha un nome nell'indice dello zip e un altro davanti ai suoi byte: { $other }.
    .remedy = Comprimere di nuovo la cartella con un programma comune.
package-archive-symlink = È un collegamento simbolico, che può portare fuori dal pacchetto.
    .remedy = Mettere al suo posto una copia del file.
package-archive-device = Questo non è un file, ma un dispositivo o una pipe.
    .remedy = Toglierlo e comprimere di nuovo la cartella.
package-archive-empty = Lo zip è vuoto.
    .remedy = Esportare di nuovo il pacchetto.
package-name-escapes = Il nome porta fuori dal pacchetto.
    .remedy = Comprimere il contenuto della cartella, con nomi relativi ad essa.
package-name-backslash = Il nome separa le cartelle con una barra rovesciata: su altri sistemi diventa un nome sbagliato.
    .remedy = Comprimere di nuovo la cartella con un programma che scriva / tra le cartelle.
package-name-control = Il nome contiene caratteri di controllo.
    .remedy = Rinominare il file.
package-name-encoding = Il nome non è in UTF-8: le lettere accentate possono uscire sbagliate.
    .remedy = Rinominare il file con lettere semplici e cifre, o comprimere con nomi in UTF-8.
package-name-length = Il nome supera i { $limit } byte.
    .remedy = Accorciare i nomi del file e delle cartelle.
package-name-depth = Il file sta in più di { $limit } cartelle una dentro l'altra.
    .remedy = Spostarlo più in alto.
package-name-duplicate = Ci sono due file con questo nome.
    .remedy = Toglierne uno e comprimere di nuovo la cartella.
package-name-case = Il nome differisce da { $other } solo per maiuscole o accenti: su alcuni sistemi l'uno sostituisce l'altro.
    .remedy = Rinominarne uno.
package-name-folder = Il nome è di un file e anche di una cartella.
    .remedy = Rinominarne uno.
package-unrecognised = Non è un pacchetto e-learning: non c'è imsmanifest.xml, né cmi5.xml, né tincan.xml.
    .remedy = Esportare il corso per un LMS, come SCORM, cmi5 o xAPI, e indicare lo zip così com'è.
package-manifest-not-at-root = Il pacchetto sta nella cartella { $folder } dello zip; le piattaforme lo cercano al primo livello.
    .remedy = Aprire la cartella { $folder }, selezionare tutto ciò che contiene e comprimere quello.
package-manifest-case = Il manifest deve chiamarsi { $expected }, in minuscolo.
    .remedy = Rinominarlo in { $expected } e comprimere di nuovo la cartella.
package-manifests-several = Lo zip ha più di un manifest; qui si usa { $used }, altre piattaforme possono usarne un altro.
    .remedy = Esportare per un solo standard se le piattaforme devono comportarsi allo stesso modo.
package-zip-in-zip = Nello zip c'è un altro zip, e nessun manifest accanto.
    .remedy = Decomprimere lo zip esterno e indicare quello interno.
package-authoring-source = È un file sorgente di { $tool }, non un pacchetto.
    .remedy = Aprirlo in { $tool } ed esportarlo o pubblicarlo per un LMS, come SCORM, cmi5 o xAPI.
package-web-export = È un corso esportato per il web, che non comunica niente a un LMS.
    .remedy = Pubblicarlo per un LMS, come SCORM, cmi5 o xAPI.
package-aicc-not-played = È un corso AICC, che Traccia non riproduce.
    .remedy = Esportare il corso come SCORM 1.2 o cmi5.
package-manifest-size = Il manifest supera i { $limit } byte.
    .remedy = Elencare ogni file una volta sola, o dividere il corso.
package-xml-encoding = Il manifest non è testo in { $encoding }.
    .remedy = Salvarlo in UTF-8.
package-xml-malformed = Il manifest non è XML ben formato: { $reason }.
    .remedy = Correggere la riga, o esportare di nuovo il pacchetto.
package-xml-doctype = Il manifest ha un DOCTYPE, che potrebbe far leggere altri file.
    .remedy = Togliere la riga con <!DOCTYPE.
package-xml-entity = L'entità &{ $entity }; in XML non è definita.
    .remedy = Scrivere il carattere stesso, oppure &amp; per &.
package-xml-depth = Gli elementi sono annidati per più di { $limit } livelli.
    .remedy = Appiattire la struttura.
package-xml-nodes = Il manifest ha più di { $limit } elementi, attributi e testi.
    .remedy = Elencare ogni file una volta sola, o dividere il corso.
package-xml-namespaces = I namespace sono dichiarati più di { $limit } volte.
    .remedy = Dichiarare ogni namespace una volta sola, nell'elemento radice.
package-xml-attributes = L'elemento ha più di { $limit } attributi.
    .remedy = Esportare di nuovo il pacchetto, o distribuire gli attributi su più elementi.
package-xml-prefix-undeclared = Il prefisso { $prefix } non è dichiarato.
    .remedy = Dichiararlo nell'elemento radice: xmlns:{ $prefix }="…".
package-xml-prefix-clash = Il prefisso { $prefix } indica { $first } e poi { $second }: alcune piattaforme li confondono.
    .remedy = Usare ogni prefisso per un solo namespace.
package-xml-root = L'elemento radice è { $found }, non { $expected }.
    .remedy = Mettere il manifest giusto, o esportare di nuovo il pacchetto.
package-xml-namespace = Il namespace dell'elemento radice è “{ $found }”, non { $expected }.
    .remedy = Correggere xmlns nell'elemento radice.
package-manifest-value-long = L'attributo { $attribute } ha { $length } byte; se ne leggono al massimo { $limit }.
    .remedy = Accorciare l'identificatore o l'indirizzo: nessuna piattaforma ne accetta di così lunghi.
package-manifest-unfolded = Ciò a cui rimandano gli item del manifest occupa più di { $limit } byte, contati per ogni item.
    .remedy = Dividere il corso: migliaia di item rimandano a una sola risorsa o a un solo sequencing.
package-schema-missing = Lo schema { $schema }, indicato nel manifest, non è nel pacchetto.
    .remedy = Aggiungere il file esportato dallo strumento; alcune piattaforme rifiutano i pacchetti che ne sono privi.
package-version-missing = Il manifest non indica la versione; si suppone { $assumed }.
    .remedy = Aggiungere <metadata><schema>ADL SCORM</schema><schemaversion>…</schemaversion></metadata>.
package-version-unknown = La versione “{ $version }” non è di SCORM.
    .remedy = Scrivere 1.2, CAM 1.3, 2004 3rd Edition o 2004 4th Edition.
package-version-mismatch = Il manifest indica { $version }, ma usa il namespace { $namespace } dell'altra versione.
    .remedy = Far corrispondere versione e namespace; la via più sicura è esportare di nuovo.
package-identifier-missing = L'elemento { $element } non ha identificatore.
    .remedy = Dargliene uno unico nel manifest.
package-identifier-duplicate = L'identificatore { $identifier } è già usato alla riga { $line }.
    .remedy = Cambiarne uno, e ciò che lo richiama.
package-organizations-missing = Il manifest non ha nessuna organization: non c'è niente da mostrare.
    .remedy = Aggiungere una organization con un item, o esportare il pacchetto per un LMS.
package-organization-default = La organization predefinita { $default } non c'è.
    .remedy = Scrivere l'identificatore di una organization presente.
package-organization-empty = La organization { $organization } non ha item.
    .remedy = Aggiungere un item che richiami una risorsa.
package-organizations-several = Ci sono { $count } organization; le piattaforme usano quella predefinita.
    .remedy = Tenerne una sola se chi studia deve vedere tutto.
package-title-missing = { $identifier } non ha titolo.
    .remedy = Aggiungerlo: si legge nell'indice dei contenuti.
package-item-resource = L'item { $item } richiama la risorsa { $reference }, che non c'è.
    .remedy = Correggere identifierref, o aggiungere la risorsa.
package-item-nothing = L'item { $item } non avvia niente e non contiene niente.
    .remedy = Dargli una risorsa, o toglierlo.
package-item-group-launches = L'item { $item } avvia una risorsa e contiene altri item; le piattaforme si comportano in modi diversi.
    .remedy = Spostare la risorsa in un item proprio.
package-item-asset = L'item { $item } avvia un asset: si vede, e non comunica niente.
    .remedy = Se deve comunicare, dichiarare sco la sua risorsa.
package-sco-missing = Nessun item avvia uno SCO: il pacchetto non comunica niente.
    .remedy = Dichiarare sco ciò che comunica, o pubblicare con il tracciamento attivo.
package-scorm-type = La risorsa { $resource } è di tipo “{ $value }”.
    .remedy = Scrivere sco o asset.
package-scorm-type-missing = La risorsa { $resource } non dice se è sco o asset.
    .remedy = Aggiungere adlcp:{ $attribute }="sco" o "asset".
package-scorm-type-case = La risorsa { $resource } scrive { $found }; in questa versione è { $expected }.
    .remedy = Scrivere { $expected }: le maiuscole contano.
package-resource-href = La risorsa { $resource } è uno sco senza href: non si può avviare niente.
    .remedy = Aggiungere l'href della sua pagina.
package-resource-unused = Niente richiama la risorsa { $resource }.
    .remedy = Toglierla, o richiamarla.
package-dependency-missing = La risorsa { $resource } dipende da { $reference }, che non c'è.
    .remedy = Correggere identifierref, o aggiungere la risorsa.
package-file-missing = Il file { $href }, elencato nel manifest, non è nel pacchetto.
    .remedy = Aggiungerlo, o togliere la riga.
package-files-unlisted = { $count ->
        [one] Un file è nel pacchetto e non nel manifest: { $example }.
       *[other] { $count } file sono nel pacchetto e non nel manifest, come { $example }.
    }
    .remedy = Non occorre fare niente: le piattaforme li servono lo stesso.
package-sub-manifest = Nel manifest c'è un altro manifest, che la maggior parte delle piattaforme ignora.
    .remedy = Portare i suoi item nel manifest esterno.
package-mastery-score-missing = { $count ->
        [one] Uno SCO non ha un punteggio minimo, quello della voce { $item }: decide solo il contenuto chi ha superato la prova.
       *[other] { $count } SCO non hanno un punteggio minimo, come quello della voce { $item }: decide solo il contenuto chi ha superato la prova.
    }
    .remedy = Aggiungere adlcp:masteryscore se deve decidere la piattaforma.
package-mastery-score = “{ $value }” non è un punteggio da { $least } a { $most }.
    .remedy = Scrivere un numero da { $least } a { $most }.
package-element-value = { $element } non può essere “{ $value }”.
    .remedy = Scrivere uno di questi valori: { $expected }.
package-launch-data-long = I dati di avvio di { $item } hanno { $length } caratteri; il limite è { $limit }.
    .remedy = Accorciarli: le piattaforme li troncano.
package-prerequisites = L'item { $item } ha dei prerequisiti, che alcune piattaforme ignorano.
    .remedy = Provarlo sulla piattaforma che lo userà.
package-sequencing-version = C'è del sequencing in un manifest SCORM 1.2, che lo ignora.
    .remedy = Esportare come SCORM 2004, o toglierlo.
package-sequencing-reference = Il sequencing { $reference } non è nella raccolta.
    .remedy = Correggere IDRef, o aggiungerlo.
package-launch-not-html = Si avvia { $href }, che non è una pagina e quindi non può comunicare.
    .remedy = Avviare una pagina che lo mostri.
package-href-missing = { $href } non è nel pacchetto.
    .remedy = Aggiungere il file, o correggere il riferimento.
package-href-case = { $href } nel pacchetto è { $found }: sulla maggior parte dei server è un altro nome.
    .remedy = Scriverli allo stesso modo: le maiuscole contano.
package-href-backslash = { $href } ha barre rovesciate, che negli indirizzi non separano niente.
    .remedy = Scrivere /.
package-href-absolute = { $href } è un posto su un computer o un server, non nel pacchetto.
    .remedy = Scriverlo relativo al manifest.
package-href-escapes = { $href } porta fuori dal pacchetto.
    .remedy = Scriverlo relativo al manifest, senza ../ all'inizio.
package-href-external = { $href } sta altrove: i browser non gli permettono di parlare con la piattaforma.
    .remedy = Mettere il contenuto nel pacchetto.
package-href-encoded = { $href } indica il file { $found }, il cui nome ha segni di percentuale: le piattaforme ne cercano un altro.
    .remedy = Rinominare il file con lettere semplici e cifre.
package-href-space = { $href } ha spazi, che in un indirizzo non sono ammessi.
    .remedy = Scrivere %20 al loro posto o, meglio, rinominare il file.
package-href-relative-bare = { $href } è relativo, e cmi5.xml è arrivato senza file.
    .remedy = Scrivere l'indirizzo intero, o indicare lo zip.
package-id-not-iri = L'id “{ $id }” di { $element } non è un IRI assoluto.
    .remedy = Scrivere un indirizzo proprio, come https://example.org/corso/1.
package-course-missing = In cmi5.xml non c'è il corso.
    .remedy = Aggiungere l'elemento course con id, titolo e descrizione.
package-au-missing = Il corso non ha unità (au): non c'è niente da avviare.
    .remedy = Aggiungere una au con una url.
package-au-url = L'unità { $au } non ha url.
    .remedy = Aggiungere la url della sua pagina.
package-au-query = La url di { $au } ha il parametro { $parameter }, che aggiunge la piattaforma.
    .remedy = Rinominare il parametro.
package-move-on-needs-score = { $au } prosegue con { $value } e non ha masteryScore: è il contenuto a decidere chi ha superato la prova.
    .remedy = Aggiungere masteryScore se c'è una soglia.
package-block-empty = Il blocco { $block } è vuoto.
    .remedy = Aggiungere una au, o togliere il blocco.
package-objective-missing = L'obiettivo { $reference } non è tra quelli del corso.
    .remedy = Correggere idref, o aggiungere l'obiettivo.
package-activity-missing = In tincan.xml non c'è nessuna attività.
    .remedy = Aggiungere una activity con id, nome e launch.
package-launch-missing = Nessuna attività ha un launch: non c'è niente da aprire.
    .remedy = Aggiungere launch a una di esse.
package-api-not-found = Nessun file chiama { $call }: sembra che il contenuto non comunichi niente.
    .remedy = Pubblicare con il tracciamento attivo, e provare il pacchetto su una piattaforma.
package-api-other-version = Il manifest è { $expected }, il contenuto parla { $used }: i due rischiano di non incontrarsi.
    .remedy = Esportare manifest e contenuto per la stessa versione.
package-api-no-finish = Nessun file chiama { $call }: le piattaforme possono perdere il tempo e il punto raggiunto.
    .remedy = Chiamarlo quando si lascia la pagina.
package-api-no-status = Nessun file nomina { $element }: è la piattaforma a decidere quando il contenuto è completato.
    .remedy = Impostarlo quando la persona ha finito.
package-suspend-data-limit = Il contenuto conserva il punto raggiunto in suspend_data, che in questa versione tiene { $limit } caratteri.
    .remedy = Nei corsi lunghi, provare se chi ha visto tutto riprende dal punto giusto.
package-host-loaded = Il contenuto carica da { $host } ({ $count ->
        [one] una volta
       *[other] { $count } volte
    }): ha bisogno di internet e di quel server.
    .remedy = Mettere i file nel pacchetto; quel server viene a sapere chi sta studiando.
package-host-named = { $count ->
        [one] Il contenuto nomina un altro server: { $hosts }.
       *[other] Il contenuto nomina { $count } altri server: { $hosts }.
    }
    .remedy = Controllare che nessuno sia necessario, o riceva dati di chi studia.
package-mixed-content = Il contenuto carica da http://{ $host } ({ $count ->
        [one] una volta
       *[other] { $count } volte
    }), cosa che i browser bloccano nelle pagine https.
    .remedy = Scrivere https://, o mettere i file nel pacchetto.
package-local-address = Il contenuto richiama { $address }…, il computer dell'autore.
    .remedy = Mettere il file nel pacchetto, e correggere il riferimento.
package-flash = Il contenuto ha bisogno di Flash, che nessun browser ha più ({ $count ->
        [one] un file
       *[other] { $count } file
    }).
    .remedy = Esportare il corso in HTML5 dal suo sorgente.
package-java = Il contenuto ha bisogno di Java nel browser, che nessun browser ha più ({ $count ->
        [one] un file
       *[other] { $count } file
    }).
    .remedy = Esportare il corso in HTML5 dal suo sorgente.
package-play-large = La struttura del pacchetto ha { $size } byte; il lettore ne accetta al massimo { $limit }.
    .remedy = Dividere il corso in più pacchetti.
package-play-not-scorm = Qui si eseguono solo pacchetti SCORM che avviano qualcosa.
    .remedy = I contenuti cmi5 e xAPI comunicano da soli da dove si trovano: dare loro una chiave e l'indirizzo di /xapi. Negli altri casi esportare il corso come SCORM.
package-shim-not-scorm = Solo i pacchetti SCORM con almeno uno SCO possono comunicare con Traccia oltre che con la loro piattaforma.
    .remedy = I pacchetti cmi5 e xAPI comunicano da soli; negli altri casi esportare il corso come SCORM.
package-shim-twice = Questo pacchetto comunica già con Traccia: { $href }.
    .remedy = Partire dal pacchetto esportato dallo strumento d'autore.
package-shim-manifest = Qui il manifest non si può modificare: due modifiche toccherebbero lo stesso punto.
    .remedy = Esportare di nuovo il pacchetto; se non basta, inviare il suo imsmanifest.xml a chi mantiene Traccia.
package-shim-present = Questo pacchetto comunica già con Traccia oltre che con la sua piattaforma: { $href } sta attorno al suo contenuto.
    .remedy = Per vedere che cosa comunica il contenuto, verificare il pacchetto esportato dallo strumento d'autore.

package-error = errore
package-warning = avviso
package-note = nota
package-count = { $errors ->
        [one] 1 errore
       *[other] { $errors } errori
    }, { $warnings ->
        [one] 1 avviso
       *[other] { $warnings } avvisi
    }, { $notes ->
        [one] 1 nota
       *[other] { $notes } note
    }
package-left-off = { $count ->
        [one] Un altro di { $rule } non è mostrato
       *[other] Altri { $count } di { $rule } non sono mostrati
    }
package-is-none = non è un pacchetto che si possa riprodurre
package-reports-one = { $kind }. Comunicherà: { $what }.
package-reports-several = { $kind }, con { $units } parti che comunicano ciascuna per sé: { $what }.
package-reports-unknown = { $kind }. Dai suoi file non si vede che cosa comunicherà: provarlo su una piattaforma. Parti: { $units }.
package-elsewhere = Traccia non lo esegue: lo avvia una piattaforma che lo sa fare, con Traccia come suo LRS.
package-reports-nothing = { $kind }. Non comunicherà nulla: nessuna sua parte parla con la piattaforma.
package-not-played = { $kind }, che Traccia non riproduce.
package-tells-status = se è completato o superato
package-tells-score = il punteggio
package-tells-answers = le risposte alle domande
package-tells-time = il tempo impiegato
package-tells-place = il punto da cui riprendere
package-part-organization = organization
package-part-item = item
package-part-sco = SCO
package-part-asset = asset
package-part-course = corso
package-part-block = blocco
package-part-au = unità (au)
package-part-activity = attività

## I pacchetti che si eseguono qui
rule-content-off = Qui i pacchetti non si eseguono: { $reason }.
    .remedy = Impostare `content_url` a un indirizzo con un altro nome di host, meglio se di un altro dominio, che porti a questo server.
rule-state-of-package = Il punto a cui un partecipante è arrivato in un pacchetto eseguito qui cambia solo eseguendolo.
    .remedy = Avviare il pacchetto per il partecipante; "attempt": "new" ricomincia da capo.
rule-launch-hours = Un avvio vale da 1 a { $most } ore, non { $hours }.
    .remedy = Chiedere meno ore; la stessa persona può avere un altro avvio più tardi.
rule-launch-invalid = L'avvio non è scritto come serve: { $detail }
    .remedy = Inviare {"{"}"actor": {"{"}"name": "…", "mbox": "mailto:…"{"}"}{"}"}, oppure "learner" e "course", oppure "preview": true; con "hours", "attempt" (last, same, new, best) e "language" (it, en) se servono.
rule-launch-unknown = Questo pacchetto non ha un avvio con questo id.
    .remedy = GET /api/v1/packages/NOME/launches elenca quelli che valgono.
rule-package-busy = Altre richieste stanno cambiando `{ $package }`.
    .remedy = Inviare di nuovo la richiesta.
rule-package-disk = Il server non riesce a tenere il pacchetto mentre lo importa.
    .remedy = L'amministratore del server fa posto nella cartella dei file temporanei (TMPDIR); non è stato importato niente.
rule-package-launched = { $launches ->
        [one] C'è un avvio di `{ $package }` che vale
       *[other] Ci sono { $launches } avvii di `{ $package }` che valgono
    } ancora.
    .remedy = Aspettare la scadenza, revocarli, o aggiungere force=true: allora finiscono.
rule-package-name = `{ $name }` non può essere il nome di un pacchetto.
    .remedy = Usare da 1 a 64 lettere minuscole a-z, cifre e `-`, per esempio sicurezza-2026.
rule-package-refused = Il pacchetto ha { $count ->
        [one] un errore
       *[other] { $count } errori
    }, e non ne è stato conservato niente: { $errors }.
    .remedy = `traccia package check FILE.zip`, o POST /api/v1/packages/check, li mostra tutti, ciascuno con file, riga e che cosa fare.
rule-launch-course = Il corso `{ $course }` non ha nessuna attività con il pacchetto `{ $package }`: quello che si fa non vi conterebbe.
    .remedy = Scrivere `package = "{ $package }"` in un'attività del file del corso e caricarlo di nuovo; oppure creare l'avvio per la sola persona, senza corso: "actor", oppure `--mail` o `--account`.
rule-package-too-large = Il pacchetto supera il limite di { $limit } byte.
    .remedy = Alzare `limits.package_bytes` sul server, o ridurre il pacchetto: i filmati è meglio collegarli che includerli.
rule-shim-address = `{ $parameter }` non è un indirizzo sotto cui un pacchetto può riferire: { $value }.
    .remedy = Indicare l'indirizzo intero di una pagina, per esempio https://moodle.example.it/mod/scorm/view.php?id=77, senza `/` alla fine e senza `#`; per l'attività deve essere una pagina sua, non quella iniziale della piattaforma.
rule-shim-counts = Un corso ha attività con questo indirizzo, e il pacchetto vi conterebbe: { $value }.
    .remedy = Chiedere a chi può modificare i corsi di riscrivere questo pacchetto, o indicare l'indirizzo di un'altra pagina.
rule-shim-reacted-to = Una reazione sugli statement guarda le attività con questo indirizzo, o tutte: { $value }.
    .remedy = Chiedere a chi può modificare i corsi di riscrivere questo pacchetto, o di indicare le attività della reazione.
rule-package-unknown = Il pacchetto `{ $name }` non c'è.
    .remedy = Importarlo prima; GET /api/v1/packages, o `traccia package list`, elenca i pacchetti.
rule-package-version-current = La versione { $version } è quella che i nuovi avvii di `{ $package }` eseguono.
    .remedy = Scegliere prima un'altra versione, o eliminare tutto il pacchetto.
rule-package-version-invalid = Il corpo non indica una versione: { $error }.
    .remedy = Inviare {"{"}"current": 1{"}"}.
rule-package-version-unknown = Il pacchetto `{ $package }` non ha la versione { $version }.
    .remedy = GET /api/v1/packages/NOME, o `traccia package versions`, elenca le versioni.
launch-page-unknown = Questo indirizzo non porta a nessun corso.
    .remedy = Controllare che sia copiato per intero, o chiederne uno nuovo a chi lo ha inviato.
launch-page-expired = Questo indirizzo è scaduto.
    .remedy = Chiederne uno nuovo a chi lo ha inviato: quanto è stato fatto finora è conservato.
launch-page-revoked = Questo indirizzo è stato revocato.
    .remedy = Chiederne uno nuovo a chi lo ha inviato: quanto è stato fatto finora è conservato.
launch-page-removed = La versione del corso a cui porta questo indirizzo non c'è più.
    .remedy = Chiedere un nuovo indirizzo a chi lo ha inviato: il risultato ottenuto finora è conservato.
launch-page-failed = Il corso ora non si può aprire.
    .remedy = Riprovare tra qualche minuto: quanto è stato fatto finora è conservato.
launch-page-unbuilt = Questo programma è stato costruito senza il lettore dei pacchetti.
    .remedy = Chi gestisce il server esegue `npm ci && npm run build` in lrs/web/player, e poi costruisce di nuovo il programma.

## I pacchetti indicati da un file del corso

course-warning-package-unknown = il pacchetto `{ $name }` non è stato importato{ $near } Finché manca, l'attività non riceve niente: importarlo con `traccia package import FILE.zip --name { $name }`, o correggere il nome; `traccia package list` elenca i pacchetti
course-package-name = `{ $name }` non è il nome di un pacchetto: scrivere il nome con cui è stato importato, di lettere minuscole a-z, cifre e `-`
course-package-beside = un'attività con un pacchetto ha i suoi IRI dal pacchetto: togliere id, prefix e within, oppure il pacchetto

## Quello che `traccia package` stampa dei pacchetti che si eseguono qui

hosted-told-imported = { $name } è alla versione { $version }: { $described }
hosted-told-named = In un file di corso si indica con package = "{ $name }"; la sua attività è { $activity }.
hosted-told-size = { $files ->
    [one] { $files } file
   *[other] { $files } file
  }, { $bytes } byte
hosted-told-none-before = `{ $name }` non ha versioni prima della { $version }: `traccia package versions { $name }` le elenca
hosted-told-chosen = i nuovi avvii di { $name } eseguono la versione { $version }
hosted-told-version-removed = la versione { $version } di { $name } è stata eliminata
hosted-told-removed = { $name } è stato eliminato con tutte le sue versioni
hosted-told-revoked = { $id } è stato revocato
hosted-told-preview = anteprima
hosted-told-launch = { $id }  fino a { $expires }  versione { $version }, tentativo { $attempt }  { $who }
hosted-told-launch-revoked = { $id }  fino a { $expires }  versione { $version }, tentativo { $attempt }  { $who }  revocato
hosted-told-launched = Tentativo { $attempt }, versione { $version }, valido fino a { $expires }. Aprire l'indirizzo in una finestra propria. `traccia package revoke { $name } { $id }` lo revoca.
hosted-told-nobody = indicare chi segue il corso: --learner, --mail o --account
hosted-told-key = Il pacchetto ha la chiave { $key }; `traccia key revoke { $key }` la revoca.
hosted-told-written-all-the-same = Il pacchetto è stato scritto comunque: contiene quello che conteneva prima.
hosted-told-key-unbound = La chiave { $key } non è legata ad attività: chi apre il pacchetto può inviare con essa qualsiasi statement.
