//! The composition root: from settings to a running server.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::clock::SystemClock;
use crate::config::{ConfigError, Engine, Settings};
use service::compute::{Compute, Turns};
use xapi::clock::Clock;

use http_api::api::health::Readiness;
use http_api::consistency::Promised;
use http_api::content::{ContentHost, Off};
use http_api::credentials::Credentials;
use http_api::share::Shares;
use http_api::state::{PAGES_OF_KEY, Parts, REPORTS_OF_KEY, Server};
use service::packages::Packages;
use service::progress::CourseService;
use service::progress::follower::Follower;
use service::record::Record;
use store::{KeyStore, Store, StoreError};
use store_mongo::MongoStore;
use store_sqlite::SqliteStore;
use xapi::cursor::Cursors;

use service::keys::{First, Founded, Founder, Keys, SeedError};
use service::memory::Memory;

mod player;

/// A server that listens but does not answer yet.
pub struct App {
    listener: TcpListener,
    founder: Founder,
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
    /// The data folder cannot be made.
    #[error("the data folder {0} cannot be made: {1}")]
    Folder(std::path::PathBuf, std::io::Error),
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

/// Where packages are played. Without settings the application is at any name of this machine, and packages are at
/// `content.localhost`, which browsers take for this machine. Where the application is for others, `content_url` is needed.
fn content_host(
    memory: &Memory,
    socket: SocketAddr,
    (base_url, content_url): (Option<&str>, Option<&str>),
) -> ContentHost {
    let port = socket.port();
    if let (Some(base_url), None) = (base_url, content_url)
        && !is_of_this_machine(base_url)
    {
        return ContentHost::off(Off::NoUrl(base_url.to_owned()));
    }
    let own = || vec![format!("http://{socket}"), format!("http://localhost:{port}")];
    let origin = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
    let app = base_url.map_or_else(own, |url| vec![origin(url)]);
    let base_url = base_url.map_or_else(|| format!("http://{socket}"), str::to_owned);
    let url = content_url.map_or_else(|| content_of(&base_url), str::to_owned);
    ContentHost::new(&url, &base_url, &app, memory.part(memory.size() / 4))
}

/// Where packages are on this machine: at the port of `base_url`, which may lead to another one of the server.
fn content_of(base_url: &str) -> String {
    let base = url::Url::parse(base_url).ok();
    let scheme = base.as_ref().map_or("http", url::Url::scheme);
    let port = base.as_ref().and_then(url::Url::port);
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://content.localhost{port}")
}

/// The packages of a store.
fn packages(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    (record, progress, compute): (&Record, &CourseService, &Compute),
    base_url: &str,
) -> Packages {
    let (record, progress, compute) = (record.clone(), progress.clone(), compute.clone());
    Packages::new(Arc::clone(store), Arc::clone(clock), record, progress, compute, base_url)
}

/// Whether browsers on other machines are not meant to reach an address.
fn is_of_this_machine(url: &str) -> bool {
    let url = url::Url::parse(url).ok();
    match url.as_ref().and_then(url::Url::host) {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl App {
    /// Opens the store, listens, and starts to follow the log.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let default_version = settings.version()?;
        let public_url = settings.base_url()?;
        let content_url = settings.content_url()?;
        settings.check_limits()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = open(&settings.engine()?, &clock).await?;

        let cannot = |error| StartError::Listen(settings.listen.clone(), error);
        let listener = TcpListener::bind(&settings.listen).await.map_err(cannot)?;
        let socket = listener.local_addr().map_err(cannot)?;
        let base_url = public_url.map_or_else(|| format!("http://{socket}"), str::to_owned);

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
        let content = content_host(&memory, socket, (public_url, content_url));
        let compute = Compute::default();
        let packages = packages(&store, &clock, (&record, &progress, &compute), &base_url);
        let server = Server::new(Parts {
            record: record.clone(),
            progress: progress.clone(),
            readiness: Readiness::default(),
            credentials: Credentials::new(Arc::clone(&store) as Arc<dyn KeyStore>, secret),
            cursors: Cursors::new(secret),
            keys: Keys::new(
                Arc::clone(&store),
                Arc::clone(&clock),
                progress.clone(),
                &base_url,
                secret,
            ),
            promised: Promised::default(),
            shares: Shares::new(memory),
            rates: http_api::rate::Rates::default(),
            compute,
            packages,
            content,
            player: player::file,
            pages: Turns::new(PAGES_OF_KEY),
            reports: Turns::new(REPORTS_OF_KEY),
            limits: settings.limits,
            default_version,
            launch_parameters: settings.ignored_parameters(),
            base_url: base_url.clone(),
            web: crate::web::asset,
        });
        let founder = Founder::new(store, clock, &base_url);
        Ok(Self { listener, founder, record, progress, socket, base_url, server })
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

    /// Makes keys of this server without another key.
    pub(crate) const fn founder(&self) -> &Founder {
        &self.founder
    }

    /// Answers until `stop` resolves, then finishes what was begun.
    pub async fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        http_api::listen::serve(self.listener, self.server, stop).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_where_base_url_leads_and_within_the_one_budget() {
        let memory = Memory::new(1000);
        let socket = SocketAddr::from(([127, 0, 0, 1], 8080));
        for (base_url, content_url, expected) in [
            (None, None, "http://content.localhost:8080"),
            (Some("http://localhost:9000"), None, "http://content.localhost:9000"),
            (Some("https://localhost/lrs"), None, "https://content.localhost"),
            (Some("http://localhost:9000"), Some("http://c.example"), "http://c.example"),
        ] {
            let host = content_host(&memory, socket, (base_url, content_url));
            assert_eq!(host.place(), Ok(expected), "{base_url:?}");
        }
    }
}
