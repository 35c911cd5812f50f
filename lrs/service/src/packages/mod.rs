//! Packages: imported, chosen, removed, launched, and played.
//!
//! A package `NAME` is the activity `urn:traccia:package:NAME` in all its versions, and a SCO of it the activity
//! `urn:traccia:package:NAME/ITEM`. What learners do becomes statements through [`Record`], under an authority of the
//! server's own; where they stand is kept in State documents of the package's activity.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use serde_json::value::RawValue;

use crate::compute::{self, Compute, Stopped, Turns};
use crate::progress::CourseService;
use crate::record::Record;
use ::package::runtime::PackageContents;
use store::{Package, PackageFile, PackageVersion, Store, StoreError};
use xapi::authority::Authority;
use xapi::clock::Clock;
use xapi::instant::Instant;

mod attempts;
mod error;
mod files;
mod import;
mod launch;
mod opened;
mod saying;
mod session;
mod states;
mod token;
mod versions;

use opened::OpenedLaunches;

pub use attempts::Policy;
pub use error::PackageError;
pub use files::Served;
pub use launch::{Launch, Launched, Launcher, NewLaunch, ShownLaunch};
pub use opened::Opened;
pub use session::Unheard;
pub use token::masked;
use versions::Versions;

/// The name of the server's own account that is the authority of what it says of learners who play. No key can have it: it
/// has a colon.
const PLAYER: &str = "traccia:player";
/// Contents up to this size, in bytes of JSON, are read on the calling thread.
const SMALL: usize = 64 << 10;
/// Files that are known without asking the store.
const FILES: NonZeroUsize = NonZeroUsize::new(8192).unwrap();
/// Names that addresses below `/api/v1/packages` have for something else.
const TAKEN: [&str; 3] = ["check", "shim", "ticket"];
/// The longest name of a package.
const LONGEST_NAME: usize = 64;

/// The use cases of packages, over one store. Cheap to clone.
#[derive(Clone)]
pub struct Packages {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    record: Record,
    progress: CourseService,
    compute: Compute,
    authority: Arc<Authority>,
    secret: [u8; 32],
    /// By key; a version never changes.
    versions: Arc<Mutex<Versions>>,
    files: Arc<Mutex<Files>>,
    /// Launches that were good when they were read.
    opened: Arc<Mutex<OpenedLaunches>>,
    imports: Turns,
    /// Of each version, while its contents are read: a class that opens a package has them read once.
    reading: Turns,
    /// Of each launch, while its states are read or a commit is kept: states are read, changed and written as a whole.
    committing: Turns,
}

/// Files by key and path, each known until an instant: another process may remove a version.
type Files = LruCache<(String, String), (PackageFile, Instant)>;

/// A version of a package, and what is in it.
#[derive(Clone, Debug)]
pub struct Hosted {
    /// The version.
    pub version: PackageVersion,
    /// Its items.
    pub contents: PackageContents,
    /// The JSON text of `contents`, as players get it.
    pub outline: Box<RawValue>,
}

/// What the IRIs of packages' activities begin with.
const ACTIVITIES: &str = "urn:traccia:package:";

/// The IRI of a package's activity.
pub fn activity_of(package: &str) -> String {
    format!("{ACTIVITIES}{package}")
}

/// Whether an activity is a package, or a part of one.
pub fn is_of_package(activity: &str) -> bool {
    activity.starts_with(ACTIVITIES)
}

/// Whether a package can have this name: small letters, digits and `-`, because the name stands in addresses and IRIs; but
/// none of `check`, `shim` and `ticket`, which are addresses of the API.
pub fn can_be_named(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=LONGEST_NAME).contains(&name.len())
        && name.chars().all(allowed)
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !TAKEN.contains(&name)
}

impl Packages {
    /// Packages of `store`, which has this `secret`. Statements are kept through `record`, under an account at `home_page`;
    /// learners of courses are known to `progress`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        record: Record,
        progress: CourseService,
        compute: Compute,
        (home_page, secret): (&str, [u8; 32]),
    ) -> Self {
        let authority = Arc::new(Authority::of_key(PLAYER, home_page));
        let versions = Arc::default();
        let files = Arc::new(Mutex::new(LruCache::new(FILES)));
        let opened = Arc::default();
        let [imports, reading, committing] = [(); 3].map(|()| Turns::new(1));
        Self {
            store,
            clock,
            record,
            progress,
            compute,
            authority,
            secret,
            versions,
            files,
            opened,
            imports,
            reading,
            committing,
        }
    }

    /// All packages, by name.
    pub async fn all(&self) -> Result<Vec<Package>, PackageError> {
        Ok(self.store.packages().await?)
    }

    /// The package of this name.
    ///
    /// # Errors
    /// [`PackageError::NoPackage`].
    pub async fn package(&self, name: &str) -> Result<Package, PackageError> {
        let package = self.store.package(name).await?;
        package.ok_or_else(|| PackageError::NoPackage(name.to_owned()))
    }

    /// Makes a version the one that new launches play. Launches that were made go on with their own.
    ///
    /// # Errors
    /// [`PackageError::NoPackage`], [`PackageError::NoVersion`].
    pub async fn choose(&self, name: &str, number: u32) -> Result<Package, PackageError> {
        if self.store.set_current_version(name, number).await? {
            return self.package(name).await;
        }
        let package = self.package(name).await?;
        Err(PackageError::NoVersion { package: package.name, number })
    }

    /// Removes a package, or one version of it. Statements and what learners have reached stay.
    ///
    /// # Errors
    /// [`PackageError::NoPackage`], [`PackageError::NoVersion`]; [`PackageError::Current`] for the version that new launches
    /// play; [`PackageError::Launched`] where learners have launches of it, unless `force`.
    pub async fn remove(
        &self,
        name: &str,
        number: Option<u32>,
        force: bool,
    ) -> Result<(), PackageError> {
        let package = self.package(name).await?;
        let version = number.map(|number| {
            let version = package.versions.iter().find(|version| version.number == number);
            version.ok_or_else(|| PackageError::NoVersion { package: name.to_owned(), number })
        });
        let version = version.transpose()?;
        if let Some(version) = version.filter(|version| version.number == package.current) {
            let (package, number) = (name.to_owned(), version.number);
            return Err(PackageError::Current { package, number });
        }
        if !force {
            let is_gone = |it: &&PackageVersion| number.is_none_or(|number| it.number == number);
            let mut launches = 0;
            for version in package.versions.iter().filter(is_gone) {
                launches += self.store.good_launches(&version.key, self.clock.now()).await?;
            }
            if launches > 0 {
                return Err(PackageError::Launched { package: name.to_owned(), launches });
            }
        }
        // What was begun goes on where this future is dropped: a version may have many files.
        let (store, of) = (Arc::clone(&self.store), name.to_owned());
        let removing = tokio::spawn(async move {
            match number {
                Some(number) => store.remove_package_version(&of, number).await,
                None => store.remove_package(&of).await,
            }
        });
        let removed = removing.await.map_err(|_| Stopped)??;
        self.versions().clear();
        self.files.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.forget_launches();
        // Another request was first: chosen, or removed already.
        if removed { Ok(()) } else { Err(PackageError::Busy(name.to_owned())) }
    }

    /// The version of this key; `None` where there is none.
    pub async fn hosted(&self, key: &str) -> Result<Option<Arc<Hosted>>, PackageError> {
        if let Some(known) = self.versions().get(key) {
            return Ok(Some(known));
        }
        let _turn = self.reading.turn(key).await?;
        if let Some(known) = self.versions().get(key) {
            return Ok(Some(known));
        }
        let Some((version, outline)) = self.store.package_version(key).await? else {
            return Ok(None);
        };
        let bytes = outline.len();
        let read = move || Hosted::read(version, outline);
        let hosted = if bytes <= SMALL {
            read()?
        } else {
            compute::aside(read).await.map_err(|_| Stopped)??
        };
        let hosted = Arc::new(hosted);
        self.versions().put(key, &hosted);
        Ok(Some(hosted))
    }

    fn versions(&self) -> MutexGuard<'_, Versions> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hosted {
    fn read(version: PackageVersion, outline: String) -> Result<Self, StoreError> {
        let corrupt = |error: serde_json::Error| {
            let PackageVersion { number, package, .. } = &version;
            StoreError::Corrupt(format!("version {number} of {package}: {error}"))
        };
        let contents = serde_json::from_str(&outline).map_err(corrupt)?;
        let outline = RawValue::from_string(outline).map_err(corrupt)?;
        Ok(Self { version, contents, outline })
    }
}

#[cfg(test)]
mod tests;
