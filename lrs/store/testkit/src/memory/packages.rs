//! Packages, their content, and launches.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use store::{
    KeptContent, KeptLaunch, NewVersion, PIECE, Package, PackageFile, PackageVersion, Result,
    StoreError,
};
use xapi::instant::Instant;

#[derive(Clone, Default)]
pub(super) struct Packages {
    kept: Vec<Kept>,
    versions: Vec<Version>,
    /// Each by its hash.
    contents: Vec<(String, Bytes)>,
    /// What imports need, by hash.
    imports: Vec<(Uuid, String)>,
    pub(super) launches: Vec<KeptLaunch>,
}

#[derive(Clone)]
struct Kept {
    name: String,
    current: u32,
    last: u32,
}

#[derive(Clone)]
struct Version {
    shown: PackageVersion,
    outline: String,
    files: Vec<PackageFile>,
}

fn rejected(reason: &str) -> StoreError {
    StoreError::Rejected(reason.to_owned())
}

impl Packages {
    pub(super) fn keep(&mut self, import: Uuid, bytes: Bytes) -> KeptContent {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let length = bytes.len() as u64;
        if !self.contents.iter().any(|(hash, _)| *hash == sha256) {
            self.contents.push((sha256.clone(), bytes));
        }
        self.imports.push((import, sha256.clone()));
        KeptContent { sha256, bytes: length, place: String::new() }
    }

    pub(super) fn add(&mut self, import: Uuid, name: &str, new: NewVersion) -> Result<u32> {
        let is_kept = |file: &PackageFile| {
            self.imports.iter().any(|(of, hash)| *of == import && *hash == file.content.sha256)
        };
        if !new.files.iter().all(is_kept) {
            return Err(rejected("content that was not kept for this import"));
        }
        let mut files = new.files;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        if files.windows(2).any(|pair| pair[0].path == pair[1].path) {
            return Err(rejected("a path twice"));
        }
        let last = self.kept.iter().find(|it| it.name == name).map_or(0, |it| it.last);
        let number = new.number.unwrap_or(last + 1);
        let is_taken = |it: &Version| {
            it.shown.key == new.key || (it.shown.package == name && it.shown.number == number)
        };
        if self.versions.iter().any(is_taken) {
            return Err(rejected("a number or key that is taken"));
        }
        self.kept.retain(|it| it.name != name);
        let last = last.max(number).max(new.last);
        self.kept.push(Kept { name: name.to_owned(), current: number, last });
        let version = PackageVersion {
            package: name.to_owned(),
            number,
            key: new.key,
            title: new.title,
            standard: new.standard,
            created: new.created,
            files: files.len() as u64,
            bytes: files.iter().map(|file| file.content.bytes).sum(),
        };
        self.versions.push(Version { shown: version, outline: new.outline, files });
        self.drop_import(import);
        Ok(number)
    }

    pub(super) fn drop_import(&mut self, import: Uuid) {
        self.imports.retain(|(of, _)| *of != import);
        self.clear();
    }

    /// Removes the content that nothing needs.
    fn clear(&mut self) {
        let (imports, versions) = (&self.imports, &self.versions);
        self.contents.retain(|(hash, _)| {
            let mut files = versions.iter().flat_map(|version| &version.files);
            imports.iter().any(|(_, of)| of == hash) || files.any(|it| it.content.sha256 == *hash)
        });
    }

    pub(super) fn all(&self) -> Vec<Package> {
        let mut kept = self.kept.clone();
        kept.sort_by(|one, other| one.name.cmp(&other.name));
        let package = |Kept { name, current, last }: Kept| {
            let versions = self.versions.iter().filter(|it| it.shown.package == name);
            let mut versions: Vec<_> = versions.map(|it| it.shown.clone()).collect();
            versions.sort_by_key(|version| version.number);
            Package { name, current, last, versions }
        };
        kept.into_iter().map(package).collect()
    }

    fn has(&self, name: &str, number: u32) -> bool {
        self.versions.iter().any(|it| it.shown.package == name && it.shown.number == number)
    }

    pub(super) fn set_current(&mut self, name: &str, number: u32) -> bool {
        let has = self.has(name, number);
        if let Some(kept) = self.kept.iter_mut().find(|it| it.name == name && has) {
            kept.current = number;
        }
        has
    }

    pub(super) fn remove_version(&mut self, name: &str, number: u32) -> bool {
        let is_current = self.kept.iter().any(|it| it.name == name && it.current == number);
        if is_current || !self.has(name, number) {
            return false;
        }
        self.remove_versions(|it| it.package == name && it.number == number);
        true
    }

    fn remove_versions(&mut self, go: impl Fn(&PackageVersion) -> bool) {
        let gone = self.versions.iter().filter(|it| go(&it.shown));
        let keys: Vec<String> = gone.map(|it| it.shown.key.clone()).collect();
        self.versions.retain(|it| !keys.contains(&it.shown.key));
        self.clear();
    }

    pub(super) fn remove(&mut self, name: &str) -> bool {
        let before = self.kept.len();
        self.kept.retain(|it| it.name != name);
        self.remove_versions(|it| it.package == name);
        self.kept.len() < before
    }

    fn at(&self, key: &str) -> Option<&Version> {
        self.versions.iter().find(|it| it.shown.key == key)
    }

    pub(super) fn version(&self, key: &str) -> Option<(PackageVersion, String)> {
        self.at(key).map(|it| (it.shown.clone(), it.outline.clone()))
    }

    pub(super) fn files(&self, key: &str) -> Vec<PackageFile> {
        self.at(key).map(|it| it.files.clone()).unwrap_or_default()
    }

    pub(super) fn data(&self, content: &KeptContent, from: u64) -> Result<Bytes> {
        let found = self.contents.iter().find(|(hash, _)| *hash == content.sha256);
        let (_, bytes) = found.ok_or_else(|| StoreError::Corrupt("no such content".into()))?;
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes.slice(from..bytes.len().min(from + PIECE)))
    }

    pub(super) fn add_launch(&mut self, launch: KeptLaunch) -> bool {
        let is_free = self.launches.iter().all(|it| it.token != launch.token);
        let is_new = is_free && self.at(&launch.key).is_some();
        self.launches.extend(is_new.then_some(launch));
        is_new
    }

    pub(super) fn launches_of(
        &self,
        package: &str,
        alive: Instant,
        limit: usize,
    ) -> Vec<KeptLaunch> {
        let of = self.launches.iter().filter(|it| it.package == package && it.expires > alive);
        let of = of.filter(|it| self.at(&it.key).is_some());
        let mut of: Vec<_> = of.cloned().collect();
        of.sort_by(|one, other| (other.created, &one.token).cmp(&(one.created, &other.token)));
        of.truncate(limit);
        of
    }

    pub(super) fn launches_beyond(
        &self,
        after: &str,
        alive: Instant,
        limit: usize,
    ) -> Vec<KeptLaunch> {
        let of = self.launches.iter().filter(|it| it.token.as_str() > after && it.expires > alive);
        let of = of.filter(|it| self.at(&it.key).is_some());
        let mut of: Vec<_> = of.cloned().collect();
        of.sort_by(|one, other| one.token.cmp(&other.token));
        of.truncate(limit);
        of
    }

    pub(super) fn good_launches(&self, key: &str, now: Instant) -> u64 {
        let is_good = |it: &&KeptLaunch| it.key == key && it.expires > now && !it.revoked;
        self.launches.iter().filter(is_good).count() as u64
    }

    pub(super) fn revoke(&mut self, token: &str) -> bool {
        let launch = self.launches.iter_mut().find(|it| it.token == token && !it.revoked);
        launch.is_some_and(|launch| {
            launch.revoked = true;
            true
        })
    }
}
