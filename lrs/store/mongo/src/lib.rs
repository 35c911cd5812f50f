//! The engine for several machines: a database that speaks `MongoDB`'s protocol, and any number of
//! Traccia processes that keep nothing themselves.
//!
//! Written for what `MongoDB` 5, `FerretDB` 1.24 and the `DocumentDB` servers have in common: no
//! transactions, and updates that need not be atomic. Everything that must happen once is the
//! insertion of a document under an `_id` ([`cell`], [`version_log`]).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use mongodb::bson::{Document as Fields, doc};
use mongodb::{Collection, Database};
use tokio::time::Instant as Moment;
use uuid::Uuid;

use self::blob::Blobs;
use self::call::{call, insert};
use self::cell::Cells;
use self::courses::Courses;
use self::documents::Documents;
use self::housekeeping::House;
use self::keys::Keys;
use self::lease::Lease;
use self::orphans::Orphans;
use self::packages::Packages;
use self::people::People;
use self::pipes::Pipes;
use self::progress::Progress;
use self::refusals::Refusals;
use self::sessions::Sessions;
use self::statements::{Statements, Writer, watch_over};
use self::task::Task;
use self::things::Things;
use self::version_log::VersionLog;
use store::damage::Damage;
use store::{Lead, Result, Store, StoreError};
use xapi::clock::Clock;
use xapi::instant::Instant;

mod audit;
mod blob;
mod call;
mod cell;
mod certificates;
mod connect;
mod courses;
mod documents;
mod erasure;
mod field;
mod head;
mod housekeeping;
mod keys;
mod lease;
mod migrations;
mod orphans;
mod packages;
mod people;
mod pipes;
mod progress;
mod recent;
mod refusals;
mod sessions;
mod space;
mod statements;
mod stretch;
mod task;
#[cfg(test)]
mod tests;
mod things;
mod transfer;
mod version_log;

/// How often a process lets its claims beat, and looks at those of others.
const BEAT: Duration = Duration::from_millis(300);
/// A process whose claim did not beat for this long, by the clock of one observer, is held for dead.
const LEASE: Duration = Duration::from_millis(1_800);

/// A store in a database. Clones share it.
#[derive(Clone)]
pub struct MongoStore(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    versions: VersionLog,
    statements: Statements,
    writer: Writer,
    things: Things,
    documents: Documents,
    keys: Keys,
    courses: Courses,
    packages: Packages,
    people: People,
    pipes: Pipes,
    sessions: Sessions,
    audit: Collection<Fields>,
    audit_chain: Collection<Fields>,
    /// Held by who adds an entry to the audit log.
    auditing: tokio::sync::Mutex<()>,
    progress: Progress,
    refusals: Refusals,
    database: Database,
    lease: Lease,
    settings: Collection<Fields>,
    damage: Damage,
    _tasks: Vec<Task>,
}

impl MongoStore {
    /// What was read; an error that tells of damage is remembered.
    fn noted<T>(&self, read: Result<T>) -> Result<T> {
        read.inspect_err(|error| self.0.damage.note(error))
    }

    /// Connects to the database that `uri` names, `mongodb://HOST[,…]/DATABASE[?…]`, and brings it
    /// to the newest layout. Any number of processes may have it open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], which says what to do, where the database cannot be used.
    pub async fn open(uri: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let database = connect::connect(uri, clock.now()).await?;
        connect::try_out(&database).await?;
        migrations::migrate(&database).await?;
        Ok(Self(Arc::new(Inner::new(&database, clock, true))))
    }

    /// Opens a store for reading only: nothing is changed. The database must be a store already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also where no store is there.
    pub async fn open_to_read(uri: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let database = connect::connect(uri, clock.now()).await?;
        migrations::check(&database).await?;
        Ok(Self(Arc::new(Inner::new(&database, clock, false))))
    }

    /// The version of `MongoDB` whose protocol the server at `uri` speaks, such as `7.0.42`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where it cannot be asked, or does not say.
    pub async fn server_version(uri: &str, now: Instant) -> Result<String> {
        let database = connect::connect(uri, now).await?;
        let told = call(database.run_command(doc! {"buildInfo": 1})).await?;
        let version = told.get_str("version").map(str::to_owned);
        version.map_err(|_| StoreError::Unavailable("it does not tell its version".into()))
    }

    /// The store's secret; `new` where it has none yet.
    async fn secret_or(&self, new: [u8; 32]) -> Result<[u8; 32]> {
        let new = doc! {"_id": "secret", "value": field::of_bytes(&new)};
        insert(&self.0.settings, new).await?;
        let kept = call(self.0.settings.find_one(doc! {"_id": "secret"})).await?;
        let kept = kept.as_ref().and_then(|kept| kept.get_binary_generic("value").ok());
        kept.and_then(|bytes| bytes.as_slice().try_into().ok())
            .ok_or_else(|| StoreError::Corrupt("the store's secret is missing".into()))
    }
}

impl Inner {
    /// With `tasks`, this process observes claims, and removes what is not needed any more.
    fn new(database: &Database, clock: Arc<dyn Clock>, tasks: bool) -> Self {
        let collection = |name: &str| database.collection::<Fields>(name);
        let cells = |name: &str| Cells::new(collection(name));
        let blobs = Blobs::new(database);
        let things = Things::new(database);
        let versions = VersionLog::new(collection("head"));
        let statements = Statements::new(database, &versions, &blobs, things.clone(), &clock);
        let turns = Arc::default();
        let documents = Documents { cells: cells("document"), blobs: blobs.clone(), turns };
        let packages = Packages::new(database, &blobs);
        let courses = Courses {
            cells: cells("course"),
            certificates: collection("certificate_list"),
            blobs: blobs.clone(),
        };
        let progress = Progress {
            documents: collection("progress"),
            watermarks: cells("followed"),
            courses: cells("course"),
            blobs: blobs.clone(),
            writing: Arc::default(),
        };
        let house = House {
            documents: documents.cells.clone(),
            orphans: Orphans { database: database.clone(), blobs, versions: versions.clone() },
            packages: packages.clone(),
            settings: collection("setting"),
            clock: Arc::clone(&clock),
        };
        let start = || vec![watch_over(statements.observer()), house.start()];
        let tasks = if tasks { start() } else { Vec::new() };
        Self {
            writer: statements.writer(),
            keys: Keys { kept: collection("api_key"), used: collection("key_use") },
            people: People {
                cells: cells("person"),
                setups: collection("setup"),
                taken: collection("setup_taken"),
            },
            pipes: Pipes { cells: cells("pipe"), letters: collection("dead_letter") },
            sessions: Sessions { begun: collection("session"), used: collection("session_use") },
            audit: collection("audit"),
            audit_chain: collection("audit_chain"),
            auditing: tokio::sync::Mutex::default(),
            lease: Lease::new(cells("lease"), Uuid::new_v4().to_string()),
            settings: collection("setting"),
            damage: Damage::default(),
            clock,
            versions,
            statements,
            things,
            documents,
            courses,
            packages,
            progress,
            refusals: Refusals(collection("refusal")),
            database: database.clone(),
            _tasks: tasks,
        }
    }
}

#[async_trait]
impl Store for MongoStore {
    async fn lead(&self, lead: Lead) -> Result<bool> {
        self.0.lease.lead(lead).await
    }

    async fn mark_used(&self) -> Result<()> {
        insert(&self.0.settings, doc! {"_id": "used"}).await.map(drop)
    }

    async fn secret(&self) -> Result<[u8; 32]> {
        self.secret_or(rand::random()).await
    }

    async fn ping(&self) -> Result<()> {
        let id = format!("ping/{}", Uuid::new_v4());
        insert(&self.0.settings, doc! {"_id": &id}).await?;
        call(self.0.settings.delete_one(doc! {"_id": &id})).await?;
        let head = self.0.versions.head().await?;
        let (watch, now) = (&self.0.statements.watch, Moment::now());
        watch.note(&head, now);
        watch.check(now)?;
        self.0.damage.verify()
    }

    async fn latest(&self) -> Result<Instant> {
        let head = self.0.versions.head().await?;
        Ok(head.last)
    }
}
