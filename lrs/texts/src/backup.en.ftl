backup-made = Backup made and checked: { $folder }
backup-holds = { $statements } statements, { $documents } documents, { $courses } courses, { $files } files, { $bytes } bytes
backup-contents = contents of packages: { $copied } copied, { $shared } shared with the backup before
backup-cleared = Removed what was left of a backup that was broken off: { $name }
backup-pruned = Removed the old backup { $folder }
backup-restoring = Restoring { $folder }, made at { $ended } by Traccia { $traccia } from { $engine }
backup-restored = Restored and checked. What was stored after { $begun } is not in this store.
backup-erased-again = Erasures that the server does again when it starts: { $count }
    Keys that were revoked and people who were disabled since then are as they were: `traccia key list` and `traccia user list` show them.
backup-is-whole = The backup is whole: { $folder }
