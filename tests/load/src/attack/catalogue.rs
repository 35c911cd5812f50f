//! Every attack by its name.

use anyhow::Result;
use futures::future::{BoxFuture, ready};

use super::target::{Target, Volley};
use super::{bodies, course, documents, keys, presence, queries, reports, sockets, statements};

/// Prepares a server, and gives the attack on it.
pub(super) type Prepare = fn(Target) -> BoxFuture<'static, Result<Volley>>;

/// One attack.
pub(super) struct Attack {
    pub(super) name: &'static str,
    /// What it does, in a line.
    pub(super) does: &'static str,
    /// The files that the server may have open, where these are few.
    pub(super) files: Option<u64>,
    /// Whether its clients ask again as soon as they are answered, however small the answer. They and the good clients
    /// then share the processors of one machine, on which nobody decides who gets how much: the pace of good requests
    /// says what the machine has, and not what the server does. Their longest answer, `/healthz` and memory are judged.
    pub(super) floods: bool,
    /// How long it is looked at, at most.
    pub(super) seconds: u64,
    /// Prepares the server for it, and gives the attack itself.
    pub(super) prepare: Prepare,
}

/// How long an attack is looked at, at most, where nothing else is said.
const SECONDS: u64 = 12;

impl Attack {
    const fn new(name: &'static str, does: &'static str, prepare: Prepare) -> Self {
        Self { name, does, files: None, floods: false, seconds: SECONDS, prepare }
    }

    const fn at_open_files(self, files: u64) -> Self {
        Self { files: Some(files), ..self }
    }

    const fn that_floods(self) -> Self {
        Self { floods: true, ..self }
    }

    const fn for_seconds(self, seconds: u64) -> Self {
        Self { seconds, ..self }
    }
}

/// Without a key, then with an ordinary one.
pub(super) const ATTACKS: &[Attack] = &[
    Attack::new(
        "held-bodies",
        "40 bodies of 62 KiB that become 63 MiB, their last bytes withheld",
        |target| Box::pin(bodies::held(target)),
    )
    .that_floods(),
    Attack::new(
        "held-http2",
        "the same in 30 streams of one cleartext HTTP/2 connection",
        |target| Box::pin(bodies::held_http2(target)),
    ),
    Attack::new(
        "form-fields",
        "an alternate request whose form has 31 million fields in 61 KiB",
        |target| Box::pin(ready(bodies::form(&target))),
    )
    .that_floods(),
    Attack::new("query-names", "queries and forms of 16,000 names", |target| {
        Box::pin(ready(Ok(bodies::names(&target))))
    })
    .that_floods(),
    Attack::new(
        "idle-sockets",
        "300 sockets that say nothing or half a thing, at 256 open files",
        |target| Box::pin(ready(Ok(sockets::idle(&target)))),
    )
    .at_open_files(256)
    .that_floods()
    .for_seconds(20),
    Attack::new(
        "unread-answers",
        "pages of 48 MiB that 40 clients ask for and do not read",
        |target| Box::pin(sockets::unread(target)),
    )
    .for_seconds(15),
    Attack::new("wrong-secrets", "wrong secrets of a known key on 150 connections", |target| {
        Box::pin(keys::wrong_secrets(target))
    })
    .for_seconds(40),
    Attack::new("new-names", "secrets of ever new names of keys on 150 connections", |target| {
        Box::pin(keys::new_names(target))
    })
    .for_seconds(40),
    Attack::new(
        "key-names",
        "whether known names of keys are told from unknown ones by time",
        |target| Box::pin(ready(Ok(keys::names(target)))),
    )
    .for_seconds(30),
    Attack::new("readyz", "/readyz without a pause on 16 connections", |target| {
        Box::pin(keys::readyz(target))
    })
    .that_floods(),
    Attack::new("signatures", "6,000 attachments that name one signature", |target| {
        Box::pin(ready(statements::signatures(&target)))
    }),
    Attack::new(
        "reversed-group",
        "a kept group of 20,000 members, sent again in reverse",
        |target| Box::pin(statements::reversed_group(target)),
    ),
    Attack::new("numbers", "a batch of 31 million numbers in 61 KiB", |target| {
        Box::pin(ready(statements::numbers(&target)))
    }),
    Attack::new("empty-lists", "a statement with 20 million empty lists in 59 KiB", |target| {
        Box::pin(ready(statements::empty_lists(&target)))
    }),
    Attack::new("many-parts", "20,000 attachments in parts of their own", |target| {
        Box::pin(ready(Ok(statements::many_parts(&target))))
    }),
    Attack::new(
        "references",
        "what 3,000 statements refer to arrives with 4,900 activities",
        |target| Box::pin(statements::references(target)),
    ),
    Attack::new(
        "definitions",
        "statements that each change a definition of 4 MiB a little",
        |target| Box::pin(statements::definitions(target)),
    ),
    Attack::new(
        "canonical",
        "250 statements of an activity with a definition of 4 MiB, canonical",
        |target| Box::pin(queries::canonical(target)),
    ),
    Attack::new("attachments", "24 attachments of 40 MiB, hardly read", |target| {
        Box::pin(queries::attachments(target))
    }),
    Attack::new(
        "languages",
        "1,000 languages of a verb against 292 KiB of Accept-Language",
        |target| Box::pin(queries::languages(target)),
    ),
    Attack::new("merges", "5 MB after 5 MB merged into one state document", |target| {
        Box::pin(ready(Ok(documents::merges(&target))))
    }),
    Attack::new("voids", "1,000 voids of an actor with 4,000 statements", |target| {
        Box::pin(course::voids(target))
    })
    .for_seconds(30),
    Attack::new(
        "many-prefixes",
        "statements that begin with none of the 100,000 prefixes of a course",
        |target| Box::pin(course::many_prefixes(target)),
    )
    .for_seconds(30),
    Attack::new("unknown-names", "dry runs of a register of 60,000 unknown names", |target| {
        Box::pin(presence::unknown_names(target))
    })
    .for_seconds(20),
    Attack::new("empty-lines", "a register of 31 million faulty lines in 61 KiB", |target| {
        Box::pin(presence::empty_lines(target))
    }),
    Attack::new("many-days", "reports on many days of a course with 20,000 learners", |target| {
        Box::pin(reports::many_days(target))
    }),
    Attack::new("wide-matrix", "20,000 learners by 100 activities, in all formats", |target| {
        Box::pin(reports::wide_matrix(target))
    }),
    Attack::new(
        "many-objects",
        "reports on a learner with 10,000 objects in one activity",
        |target| Box::pin(reports::many_objects(target)),
    ),
    Attack::new("long-journal", "statements of a learner with 30,000 before", |target| {
        Box::pin(reports::long_journal(target))
    }),
    Attack::new("strangers", "lists of 20,000 actors who are not enrolled", |target| {
        Box::pin(reports::strangers(target))
    }),
];
