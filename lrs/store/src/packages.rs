//! Packages that are hosted: their versions, their files, and the launches that learners play them by.

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::Result;
use xapi::instant::Instant;

/// A package, without the files of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Unique in the store.
    pub name: String,
    /// The version that new launches play.
    pub current: u32,
    /// The last number that was given, also where its version was removed.
    pub last: u32,
    /// The versions that are there, by number.
    pub versions: Vec<PackageVersion>,
}

/// A version of a package, without its files. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageVersion {
    /// The package's name.
    pub package: String,
    /// Its number in the package, from 1.
    pub number: u32,
    /// Unique in the store, random: its files are served under it.
    pub key: String,
    /// Its title in its manifest.
    pub title: String,
    /// The name of its standard, as the crate `package` writes it.
    pub standard: String,
    /// When it was imported.
    pub created: Instant,
    /// How many files it has.
    pub files: u64,
    /// How many bytes its files have together.
    pub bytes: u64,
}

/// A version that is to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    /// Its number, which must be free; the number after the last one that was given where missing.
    pub number: Option<u32>,
    /// Up to where numbers are not given again, whatever versions are there: of a package that is copied; else 0.
    pub last: u32,
    /// See [`PackageVersion::key`].
    pub key: String,
    /// See [`PackageVersion::title`].
    pub title: String,
    /// See [`PackageVersion::standard`].
    pub standard: String,
    /// Its structure, the JSON text of `package::Outline`.
    pub outline: String,
    /// See [`PackageVersion::created`].
    pub created: Instant,
    /// Its files, each path once.
    pub files: Vec<PackageFile>,
}

/// A file of a version, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFile {
    /// Its path in the package, with `/` between folders.
    pub path: String,
    /// Its media type.
    pub content_type: String,
    /// Its content.
    pub content: KeptContent,
}

/// The content of files as it is kept. Files with equal bytes have equal hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptContent {
    /// The SHA-256 of the bytes in lower-case hexadecimal.
    pub sha256: String,
    /// How many bytes there are.
    pub bytes: u64,
    /// Where the engine has them; means nothing to others, and differs between stores.
    pub place: String,
}

/// The right to play a version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLaunch {
    /// The SHA-256 of its token in lower-case hexadecimal; unique in the store.
    pub token: String,
    /// The package's name.
    pub package: String,
    /// The key of the version that is played.
    pub key: String,
    /// When it was made.
    pub created: Instant,
    /// From when on it is refused.
    pub expires: Instant,
    /// Whether it was taken back.
    pub revoked: bool,
    /// Who plays, and how: the JSON text of `service::packages::Launch`.
    pub body: String,
}

/// Bytes that come piece by piece.
#[async_trait]
pub trait Pieces: Send {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// The bytes cannot be had: nothing is kept of those before.
    async fn next(&mut self) -> Result<Option<Bytes>>;
}

/// All bytes at once.
#[async_trait]
impl Pieces for Option<Bytes> {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        Ok(self.take())
    }
}

/// Packages.
#[async_trait]
pub trait PackageStore: Send + Sync {
    /// Keeps the content of a file for `import`, whose version is not added yet. The bytes are never held as a whole.
    ///
    /// Content is needed by the import until [`Self::add_package_version`] or [`Self::drop_import`], and by the versions
    /// that have it. Content that nothing needs is removed; where a process dies, what its imports kept is removed later.
    async fn keep_content(&self, import: Uuid, bytes: &mut dyn Pieces) -> Result<KeptContent>;

    /// Adds a version of the package of this name, which is made where there is none, makes it the current one, and ends
    /// `import`. The version is visible with all its files, or not at all. Gives its number.
    ///
    /// Numbers of versions that were removed are not given again while the package is there.
    ///
    /// # Errors
    /// [`StoreError::Rejected`](crate::StoreError::Rejected), and nothing changed, where content was not kept for this
    /// import, where the number or the key is taken, and where a path is there twice.
    async fn add_package_version(&self, import: Uuid, name: &str, new: NewVersion) -> Result<u32>;

    /// Ends an import without a version: its content goes.
    async fn drop_import(&self, import: Uuid) -> Result<()>;

    /// All packages, by name.
    async fn packages(&self) -> Result<Vec<Package>>;

    /// The package of this name.
    async fn package(&self, name: &str) -> Result<Option<Package>>;

    /// Makes a version the current one. False, and nothing changed, where there is no such version.
    async fn set_current_version(&self, name: &str, number: u32) -> Result<bool>;

    /// Removes a version that is not the current one, with its files. False, and nothing changed, where there is no such
    /// version, or it is the current one. [`Self::launch`] gives its launches until they are removed, so that learners can
    /// be told why theirs is of no use; no list has them.
    async fn remove_package_version(&self, name: &str, number: u32) -> Result<bool>;

    /// Removes a package with all its versions, as [`Self::remove_package_version`] does. False where there is none.
    async fn remove_package(&self, name: &str) -> Result<bool>;

    /// The version of this key, and its [`NewVersion::outline`].
    async fn package_version(&self, key: &str) -> Result<Option<(PackageVersion, String)>>;

    /// The file at `path` of the version of this key.
    async fn package_file(&self, key: &str, path: &str) -> Result<Option<PackageFile>>;

    /// At most `limit` files of the version of this key whose paths are greater than `after`, by path.
    async fn package_files(&self, key: &str, after: &str, limit: usize)
    -> Result<Vec<PackageFile>>;

    /// The bytes of a content from `from` on: at least one and at most [`PIECE`](crate::PIECE), and none beyond the end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`](crate::StoreError::Corrupt) where the content is not there, or shorter than it was.
    async fn content_data(&self, content: &KeptContent, from: u64) -> Result<Bytes>;

    /// Keeps a launch. False, and nothing changed, where there is no version of its key, or its token is taken.
    async fn add_launch(&self, launch: KeptLaunch) -> Result<bool>;

    /// The launch of this token's hash.
    async fn launch(&self, token: &str) -> Result<Option<KeptLaunch>>;

    /// At most `limit` launches of a package's versions that expire after `alive`, the newest first; all that are alive
    /// where `limit` allows.
    async fn launches(
        &self,
        package: &str,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>>;

    /// At most `limit` launches of all versions that are there, which expire after `alive`, by token: those whose tokens come
    /// after `after`, or the first. None where there are no more.
    async fn launches_beyond(
        &self,
        after: Option<&str>,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>>;

    /// How many launches of the version of this key are good at `now`: they expire later and were not taken back. The
    /// launches are counted where they are kept, and not read.
    async fn good_launches(&self, key: &str, now: Instant) -> Result<u64>;

    /// Takes a launch back. False where there is none of this token's hash, or it was taken back before.
    async fn revoke_launch(&self, token: &str) -> Result<bool>;

    /// Removes launches that expired before `instant`.
    async fn remove_launches(&self, instant: Instant) -> Result<()>;
}
