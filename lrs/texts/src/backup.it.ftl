backup-made = Copia di sicurezza fatta e verificata: { $folder }
backup-holds = { $statements } statement, { $documents } documenti, { $courses } corsi, { $files } file, { $bytes } byte
backup-contents = contenuti dei pacchetti: { $copied } copiati, { $shared } in comune con la copia precedente
backup-cleared = Rimosso ciò che restava di una copia interrotta: { $name }
backup-pruned = Rimossa la vecchia copia { $folder }
backup-restoring = Ripristino di { $folder }, fatta il { $ended } da Traccia { $traccia } da { $engine }
backup-restored = Ripristinata e verificata. Ciò che è stato registrato dopo { $begun } non c'è in questo archivio.
backup-erased-again = Cancellazioni che il server rifà quando si avvia: { $count }
    Le chiavi revocate e le persone disattivate da allora sono come erano: `traccia key list` e `traccia user list` le mostrano.
backup-is-whole = La copia di sicurezza è integra: { $folder }
