//! The composition root: from settings to a running server.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::Instant as Moment;

use crate::clock::SystemClock;
use crate::config::{ConfigError, Engine, Settings};
use crate::failpoint;
use oidc::SetUpError;
use s3::S3Place;
pub use s3::StorageError;
use service::compute::{Compute, Turns};
use xapi::clock::Clock;

use http_api::api::health::Readiness;
use http_api::api::live::Tails;
use http_api::consistency::Promised;
use http_api::content::ContentHost;
use http_api::credentials::Credentials;
use http_api::listen::{Tls, TlsError};
use http_api::share::Shares;
use http_api::state::{DOCUMENTS_OF_KEY, PAGES_OF_KEY, Parts, REPORTS_OF_KEY, Server};
use service::datasets::{DatasetError, DatasetPlace, Folder};
use service::jobs::Jobs;
use service::progress::CourseService;
use service::progress::follower::Follower;
use service::record::Record;
use service::retention::Retention;
use service::vitals::Vitals;
use store::{KeyStore, Store, StoreError};
use store_mongo::MongoStore;
use store_sqlite::SqliteStore;
use xapi::cursor::Cursors;

use service::audit::Audit;
use service::dossier::Dossiers;
use service::erasure::Erasures;
use service::keys::{First, Founded, Founder, SeedError};
use service::memory::Memory;
use service::people::{People, PeopleError};

pub mod metrics;
mod parts;
mod player;
mod s3;
pub(crate) mod tls;
#[cfg(test)]
mod turns;
mod wire;

/// How long after a server was told to stop it waits until the last refusals are kept: requests may take eight of these
/// seconds, and the program ends half a second later, whatever is not done.
const LAST_REFUSALS: Duration = Duration::from_secs(9);

/// A server that listens but does not answer yet.
pub struct App {
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    founder: Founder,
    people: People,
    record: Record,
    progress: CourseService,
    socket: SocketAddr,
    base_url: String,
    server: Server,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store cannot be opened or used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The seed key cannot be used.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The tables of the store cannot be given.
    #[error(transparent)]
    Data(#[from] DatasetError),
    /// The certificate cannot be served.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No identity provider can be asked.
    #[error(transparent)]
    Oidc(#[from] SetUpError),
    /// No pipe can send a request from this machine.
    #[error("pipes cannot send requests: {0}")]
    Pipes(#[from] reqwest::Error),
    /// The data folder cannot be made.
    #[error("the folder {0} cannot be made: {1}")]
    Folder(std::path::PathBuf, std::io::Error),
    /// The storage of datasets cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(String, std::io::Error),
}

/// Opens the store that an engine keeps; one that is not there yet is made.
pub async fn open(engine: &Engine, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Store>, StartError> {
    Ok(match engine {
        Engine::Sqlite(folder) => {
            make_private(folder).map_err(|error| StartError::Folder(folder.clone(), error))?;
            Arc::new(SqliteStore::open(folder, Arc::clone(clock))?)
        }
        Engine::Mongo(uri) => Arc::new(MongoStore::open(uri, Arc::clone(clock)).await?),
    })
}

/// Opens the store that an engine keeps to read it: nothing of the store is made, changed or migrated.
///
/// # Errors
/// [`StoreError::Unavailable`] where there is no store, or one of another layout.
pub async fn open_to_read(engine: &Engine) -> Result<Arc<dyn Store>, StartError> {
    Ok(match engine {
        Engine::Sqlite(folder) => Arc::new(SqliteStore::open_to_read(folder)?),
        Engine::Mongo(uri) => Arc::new(MongoStore::open_to_read(uri, Arc::new(SystemClock)).await?),
    })
}

/// Makes a folder, with those above it that are missing, that only this user can enter.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// The place of datasets at an address: a bucket, as `s3://BUCKET/PREFIX`, or else a folder, which is made where it is not
/// there.
///
/// # Errors
/// [`StartError::Folder`], [`StartError::Storage`].
pub(crate) async fn dataset_place(address: &Path) -> Result<Arc<dyn DatasetPlace>, StartError> {
    let place: Arc<dyn DatasetPlace> = match address.to_str() {
        Some(bucket) if bucket.starts_with("s3://") => Arc::new(S3Place::open(bucket).await?),
        _ => {
            let cannot = |error| StartError::Folder(address.to_owned(), error);
            Arc::new(Folder::make(address).map_err(cannot)?)
        }
    };
    Ok(failpoint::around(place))
}

/// The people of a store that no server works on.
pub(crate) fn people_of(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    base_url: &str,
    settings: &Settings,
) -> People {
    let (store, clock) = (Arc::clone(store), Arc::clone(clock));
    let record = Record::new(Arc::clone(&store), Arc::clone(&clock));
    // No follower is started, and no course is changed.
    let (commands, _) = mpsc::channel(1);
    let memory = Memory::new(settings.limits.memory());
    let progress = CourseService::new(
        Arc::clone(&store),
        Arc::clone(&clock),
        record,
        commands,
        base_url,
        [0; 32],
        &memory,
    );
    People::new(store, clock, progress, base_url, settings.sessions)
}

impl App {
    /// Opens the store, listens, and starts to follow the log.
    #[expect(clippy::too_many_lines, reason = "the parts of a server, each named once")]
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let default_version = settings.version()?;
        let public_url = settings.base_url()?;
        let (content_url, others) = (settings.content_url()?, settings.content_frame_ancestors()?);
        settings.check_limits()?;
        settings.check_sessions()?;
        settings.check_privacy()?;
        let known = settings.providers()?;
        let proxies = settings.proxies()?;
        let scanner = settings.scanner()?;
        metrics::count();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let tls = tls::of(settings, &clock)?;
        let store = open(&settings.engine()?, &clock).await?;
        if store.is_unfinished().await? {
            return Err(crate::backup::unfinished().into());
        }

        let cannot = |error| StartError::Listen(settings.listen.clone(), error);
        let listener = TcpListener::bind(&settings.listen).await.map_err(cannot)?;
        let socket = listener.local_addr().map_err(cannot)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let base_url = public_url.map_or_else(|| format!("{scheme}://{socket}"), str::to_owned);

        let (commands, listening) = mpsc::channel(64);
        tokio::spawn(Follower::new(Arc::clone(&store)).run(listening));
        let record = Record::new(Arc::clone(&store), Arc::clone(&clock));
        let secret = store.secret().await?;
        store.mark_used().await?;
        let memory = Memory::new(settings.limits.memory());
        let progress = CourseService::new(
            Arc::clone(&store),
            Arc::clone(&clock),
            record.clone(),
            commands,
            &base_url,
            secret,
            &memory,
        );
        let data = parts::data_lane(settings, &store, &clock).await?;
        let content =
            parts::content_host(&memory, (scheme, socket), (public_url, content_url), &others);
        let refusals = parts::refusals(&store, &clock);
        let compute = Compute::default();
        let of = (base_url.as_str(), secret);
        let packages = parts::packages(&store, &clock, (&record, &progress, &compute), of);
        let journals = Arc::new(progress.clone());
        let erasures = Erasures::new(Arc::clone(&store), Arc::clone(&clock), journals, secret)
            .clearing(Arc::new(data.clone()))
            .of_players(packages.clone())
            .scrubbing_at(settings.privacy.scrub_hour);
        let retention = Retention::new(Arc::clone(&store), Arc::clone(&clock), erasures.clone());
        let dossiers = Dossiers::new(Arc::clone(&store), Arc::clone(&clock), erasures.clone());
        let server = Server::new(Parts {
            erasures,
            retention,
            dossiers,
            record: record.clone(),
            progress: progress.clone(),
            reactions: parts::reactions(&store, &clock, (&record, &progress), (&base_url, &memory)),
            readiness: Readiness::default(),
            credentials: Credentials::new(Arc::clone(&store) as Arc<dyn KeyStore>, secret),
            cursors: Cursors::new(secret),
            keys: parts::keys(&store, &clock, &progress, (&base_url, secret)),
            refusals,
            jobs: Jobs::new(Arc::clone(&clock)),
            vitals: Vitals::new(Arc::clone(&store), Arc::clone(&clock), record.clone()),
            tails: Tails::default(),
            people: People::new(
                Arc::clone(&store),
                Arc::clone(&clock),
                progress.clone(),
                &base_url,
                settings.sessions,
            ),
            oidc: parts::providers(known, (&base_url, secret), &clock)?,
            pipes: parts::pipes(
                &store,
                &record,
                (&scanner, &memory),
                (&base_url, settings.pipes_private),
            )?,
            audit: Audit::new(Arc::clone(&store), Arc::clone(&clock)).under(secret),
            promised: Promised::default(),
            shares: Shares::new(memory),
            rates: http_api::rate::Rates::default(),
            compute,
            packages,
            data,
            content,
            player: player::file,
            pages: Turns::new(PAGES_OF_KEY),
            documents: Turns::new(DOCUMENTS_OF_KEY),
            reports: Turns::new(REPORTS_OF_KEY),
            limits: settings.limits,
            default_version,
            launch_parameters: settings.ignored_parameters(),
            base_url: base_url.clone(),
            web: crate::web::asset,
            scanner,
            proxies,
            exposition: metrics::exposition,
        });
        if let Some(tls) = &tls {
            tokio::spawn(tls::keep_fresh(Arc::clone(tls), Arc::clone(&clock)));
        }
        let founder = Founder::new(store, clock, &base_url);
        let people = server.people.clone();
        Ok(Self { listener, tls, founder, people, record, progress, socket, base_url, server })
    }

    /// The scheme of its own addresses: `https` with TLS of its own, else `http`.
    pub const fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Where the server listens.
    pub const fn socket(&self) -> SocketAddr {
        self.socket
    }

    /// Where the server is seen from outside.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where packages are played.
    pub fn content(&self) -> &ContentHost {
        &self.server.content
    }

    /// The courses of this server.
    pub const fn progress(&self) -> &CourseService {
        &self.progress
    }

    /// The record of this server: what is refused through it is counted with all else.
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// See [`Founder::seed`].
    pub async fn seed_key(&self, seed: &str) -> Result<(), StartError> {
        let Founded { kept, secret } = self.founder.seed(seed).await?;
        self.server.credentials.remember(kept, &secret);
        Ok(())
    }

    /// See [`Founder::first`].
    pub(crate) async fn first_key(&self) -> Result<First, StoreError> {
        let first = self.founder.first().await?;
        if let First::Made(founded) = &first {
            self.server.credentials.remember(founded.kept.clone(), &founded.secret);
        }
        Ok(first)
    }

    /// The link by which the first administrator is made; `None` where somebody is there.
    pub(crate) async fn setup_link(&self) -> Result<Option<String>, PeopleError> {
        let link = self.people.new_setup().await?;
        Ok(link.map(|link| format!("{}/setup#token={}", self.base_url, link.0)))
    }

    /// Makes keys of this server without another key.
    pub(crate) const fn founder(&self) -> &Founder {
        &self.founder
    }

    /// Answers until `stop` resolves, then finishes what was begun.
    pub async fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let refusals = self.server.refusals.clone();
        // What was begun before the last end of a server goes on.
        let erasures = self.server.erasures.clone();
        tokio::spawn(erasures.clone().keep_scrubbed());
        tokio::spawn(async move { erasures.resume().await });
        tokio::spawn(self.server.retention.clone().keep_applied());
        let stopped = Arc::new(OnceLock::new());
        let stop = {
            let stopped = Arc::clone(&stopped);
            async move {
                stop.await;
                stopped.get_or_init(Moment::now);
            }
        };
        let served = http_api::listen::serve(self.listener, self.tls, self.server, stop).await;
        // What was refused last is kept too; a store that stands still does not keep the server from ending.
        let until = *stopped.get_or_init(Moment::now) + LAST_REFUSALS;
        refusals.log().end(until).await;
        served
    }
}
