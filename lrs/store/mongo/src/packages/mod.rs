//! Packages that are hosted.
//!
//! - `package`, a cell for each package: `name`, `current`, `last`, and `versions`, a list of documents with `number`,
//!   `key`, `title`, `standard`, `created`, `files`, `bytes`, `import`. A version is visible when it is in this list.
//! - `package_version`, by key: `package`, `import`, `outline`.
//! - `package_file`, by key and path: `key`, `path`, `content_type`, `sha256`, `bytes`, `place`.
//! - `package_content`, what an import kept: `import`, `sha256`, `bytes`, `blob`, `chunk`. Each version has content of its
//!   own: removing the version removes it, whatever other versions have.
//! - `launch` and `launch_revoked`: see [`launches`].

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use mongodb::{Collection, Database};
use uuid::Uuid;

use self::launches::Launches;
use super::blob::{Blob, Blobs, Holder};
use super::call::{all, call, insert, insert_free};
use super::cell::{self, Cells, Held, busy};
use super::field;
use store::{
    KeptContent, NewVersion, Package, PackageFile, PackageVersion, Pieces, Result, StoreError,
};
use xapi::instant::Instant;

mod abandoned;
mod engine;
mod launches;

/// How often a change of a package is tried again.
const TRIES: u32 = 50;
/// Files written by one call.
const FILES: usize = 1_000;

/// The collections of packages.
#[derive(Clone)]
pub(super) struct Packages {
    cells: Cells,
    versions: Collection<Document>,
    files: Collection<Document>,
    contents: Collection<Document>,
    blobs: Blobs,
    pub(super) launches: Launches,
}

fn rejected(reason: impl Into<String>) -> StoreError {
    StoreError::Rejected(reason.into())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(document: &Document, name: &str) -> Result<u64> {
    let number = field::integer(document, name)?;
    u64::try_from(number).map_err(|_| StoreError::Corrupt(format!("`{name}` is {number}")))
}

fn number(document: &Document, name: &str) -> Result<u32> {
    let number = field::integer(document, name)?;
    u32::try_from(number).map_err(|_| StoreError::Corrupt(format!("`{name}` is {number}")))
}

/// The `_id` of a file.
fn file_id(key: &str, path: &str) -> String {
    cell::name(&[key, path])
}

impl Packages {
    pub(super) fn new(database: &Database, blobs: &Blobs) -> Self {
        let collection = |name: &str| database.collection::<Document>(name);
        Self {
            cells: Cells::new(collection("package")),
            versions: collection("package_version"),
            files: collection("package_file"),
            contents: collection("package_content"),
            blobs: blobs.clone(),
            launches: Launches::new(collection("launch"), collection("launch_revoked")),
        }
    }

    pub(super) async fn keep(&self, import: Uuid, bytes: &mut dyn Pieces) -> Result<KeptContent> {
        let id = ObjectId::new();
        let holder = Holder::new(&self.contents, doc! {"_id": id});
        let (blob, sha256) = self.blobs.write_pieces(bytes, holder).await?;
        let document = doc! {
            "_id": id,
            "import": field::of_uuid(import),
            "sha256": &sha256,
            "bytes": signed(blob.bytes),
            "blob": blob.id,
            "chunk": i64::from(blob.chunk),
        };
        insert(&self.contents, document).await?;
        Ok(KeptContent { sha256, bytes: blob.bytes, place: place(blob) })
    }

    /// What an import kept, by hash; of equal contents one.
    async fn kept(&self, import: Uuid) -> Result<HashMap<String, KeptContent>> {
        let found = all(self.contents.find(doc! {"import": field::of_uuid(import)})).await?;
        let mut kept = HashMap::new();
        for document in &found {
            let bytes = unsigned(document, "bytes")?;
            let blob = field::object_id(document, "blob")?;
            let blob = Blob { id: blob, bytes, chunk: number(document, "chunk")? };
            let sha256 = field::text(document, "sha256")?;
            let content = KeptContent { sha256: sha256.clone(), bytes, place: place(blob) };
            kept.insert(sha256, content);
        }
        Ok(kept)
    }

    pub(super) async fn add(&self, import: Uuid, name: &str, new: NewVersion) -> Result<u32> {
        let kept = self.kept(import).await?;
        let mut paths = HashSet::new();
        let mut files = Vec::new();
        for file in &new.files {
            let content = kept.get(&file.content.sha256);
            let content = content.ok_or_else(|| {
                rejected(format!("the content of {} was not kept for this import", file.path))
            })?;
            if !paths.insert(&file.path) {
                return Err(rejected(format!("the path {} is there twice", file.path)));
            }
            files.push(document_of(&new.key, file, content));
        }
        let version = doc! {
            "_id": &new.key,
            "package": name,
            "import": field::of_uuid(import),
            "at": new.created.micros(),
            "outline": self.blobs.text_field(&new.outline, self.holder(&new.key)).await?,
        };
        if !insert(&self.versions, version).await? {
            return Err(rejected("the key is taken"));
        }
        let added = async {
            for files in files.chunks(FILES) {
                insert_free(&self.files, files).await?;
            }
            self.publish(import, name, &new).await
        };
        let added = added.await;
        match &added {
            // Whether the version is visible is not known: what is left over is removed later.
            Err(StoreError::Unavailable(_)) => {}
            Err(_) => self.remove_documents(&new.key).await?,
            // The version is visible: an error here would have it imported again.
            Ok(_) => {
                if let Err(error) = self.remove_spare(import, &new.files).await {
                    tracing::warn!(%error, "content that nothing needs stays for now");
                }
            }
        }
        added
    }

    fn holder(&self, key: &str) -> Holder {
        Holder::new(&self.versions, doc! {"_id": key})
    }

    /// Makes the version visible.
    async fn publish(&self, import: Uuid, name: &str, new: &NewVersion) -> Result<u32> {
        let cell = cell::name(&[name]);
        let bytes = new.files.iter().map(|file| file.content.bytes).sum();
        for _ in 0..TRIES {
            let held = self.cells.newest(&cell).await?;
            let (mut versions, last) = match held.value() {
                Some(value) => (versions(value)?, number(value, "last")?),
                None => (Vec::new(), 0),
            };
            let number = new.number.unwrap_or(last.saturating_add(1));
            for version in &versions {
                if field::integer(version, "number")? == i64::from(number) {
                    return Err(rejected(format!("version {number} of `{name}` is there")));
                }
            }
            versions.push(doc! {
                "number": i64::from(number),
                "key": &new.key,
                "title": &new.title,
                "standard": &new.standard,
                "created": new.created.micros(),
                "files": signed(new.files.len() as u64),
                "bytes": signed(bytes),
                "import": field::of_uuid(import),
            });
            let last = i64::from(last.max(number).max(new.last));
            let value = doc! {"name": name, "current": i64::from(number), "last": last, "versions": versions};
            if self.cells.change(&cell, &held, value).await? {
                return Ok(number);
            }
        }
        Err(busy())
    }

    /// Removes what an import kept and its version has not, or has twice.
    async fn remove_spare(&self, import: Uuid, files: &[PackageFile]) -> Result<()> {
        let kept = self.kept(import).await?;
        let used: HashSet<&str> = files.iter().map(|file| file.content.sha256.as_str()).collect();
        let used = kept.iter().filter(|(hash, _)| used.contains(hash.as_str()));
        let mut blobs: Vec<Bson> = Vec::new();
        for (_, content) in used {
            blobs.push(blob_of(content)?.id.into());
        }
        self.remove_contents(doc! {"import": field::of_uuid(import), "blob": {"$nin": blobs}}).await
    }

    /// Removes contents with their blobs: first the blobs, so that none is left without its document.
    async fn remove_contents(&self, filter: Document) -> Result<()> {
        let found = all(self.contents.find(filter)).await?;
        let blobs = found.iter().map(|it| field::object_id(it, "blob"));
        self.blobs.remove(blobs.collect::<Result<Vec<_>>>()?).await?;
        let ids: Vec<Bson> = found.iter().filter_map(|it| it.get("_id").cloned()).collect();
        for ids in ids.chunks(FILES) {
            call(self.contents.delete_many(doc! {"_id": {"$in": ids}})).await?;
        }
        Ok(())
    }

    /// Removes the documents of a version that is not visible, or no longer.
    async fn remove_documents(&self, key: &str) -> Result<()> {
        call(self.files.delete_many(doc! {"key": key})).await?;
        let version = call(self.versions.find_one(doc! {"_id": key})).await?;
        let outline = version.and_then(|it| it.get_object_id("outline").ok());
        self.blobs.remove(outline).await?;
        call(self.versions.delete_one(doc! {"_id": key})).await?;
        Ok(())
    }

    pub(super) async fn drop_import(&self, import: Uuid) -> Result<()> {
        let import = doc! {"import": field::of_uuid(import)};
        if call(self.versions.find_one(import.clone())).await?.is_some() {
            return Ok(());
        }
        self.remove_contents(import).await
    }

    pub(super) async fn all(&self) -> Result<Vec<Package>> {
        let fields = ["name", "current", "last", "versions"];
        let held = self.cells.find(doc! {}, &fields).await?;
        let mut packages: Vec<Package> =
            held.values().filter_map(Held::value).map(package).collect::<Result<_>>()?;
        packages.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(packages)
    }

    pub(super) async fn package(&self, name: &str) -> Result<Option<Package>> {
        self.cells.newest(&cell::name(&[name])).await?.value().map(package).transpose()
    }

    pub(super) async fn set_current(&self, name: &str, to: u32) -> Result<bool> {
        self.change(name, |value| {
            let has = index_of(value, to)?.is_some();
            value.insert("current", i64::from(to));
            Ok(has.then_some(()))
        })
        .await
        .map(|changed| changed.is_some())
    }

    pub(super) async fn remove_version(&self, name: &str, gone: u32) -> Result<bool> {
        let removed = self.change(name, |value| {
            let Some(at) = index_of(value, gone)? else { return Ok(None) };
            if number(value, "current")? == gone {
                return Ok(None);
            }
            let mut versions = versions(value)?;
            let version = versions.remove(at);
            value.insert("versions", versions);
            Ok(Some(version))
        });
        let Some(version) = removed.await? else { return Ok(false) };
        self.remove_all_of(&version).await.map(|()| true)
    }

    /// Makes of the value of a package another one; nothing where `change` gives nothing.
    async fn change<T>(
        &self,
        name: &str,
        change: impl Fn(&mut Document) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let cell = cell::name(&[name]);
        for _ in 0..TRIES {
            let held = self.cells.newest(&cell).await?;
            let Some(value) = held.value() else { return Ok(None) };
            let mut changed = Document::new();
            for name in ["name", "current", "last", "versions"] {
                changed.insert(name, field::any(value, name)?.clone());
            }
            let Some(result) = change(&mut changed)? else { return Ok(None) };
            if self.cells.change(&cell, &held, changed).await? {
                return Ok(Some(result));
            }
        }
        Err(busy())
    }

    pub(super) async fn remove(&self, name: &str, now: Instant) -> Result<bool> {
        let cell = cell::name(&[name]);
        for _ in 0..TRIES {
            let held = self.cells.newest(&cell).await?;
            let Some(value) = held.value() else { return Ok(false) };
            let versions = versions(value)?;
            if self.cells.remove(&cell, &held, Document::new(), now).await? {
                for version in &versions {
                    self.remove_all_of(version).await?;
                }
                return Ok(true);
            }
        }
        Err(busy())
    }

    /// Removes what a version had that is not visible any more.
    async fn remove_all_of(&self, version: &Document) -> Result<()> {
        let key = field::text(version, "key")?;
        self.remove_documents(&key).await?;
        self.drop_import(field::uuid(version, "import")?).await
    }

    /// The version of this key, where it is visible, and what is kept of it beside.
    async fn visible(&self, key: &str) -> Result<Option<(PackageVersion, Document)>> {
        let Some(document) = call(self.versions.find_one(doc! {"_id": key})).await? else {
            return Ok(None);
        };
        let package = self.package(&field::text(&document, "package")?).await?;
        let mut versions = package.into_iter().flat_map(|package| package.versions);
        Ok(versions.find(|version| version.key == key).map(|version| (version, document)))
    }

    pub(super) async fn version(&self, key: &str) -> Result<Option<(PackageVersion, String)>> {
        let Some((version, document)) = self.visible(key).await? else { return Ok(None) };
        let outline = self.blobs.text(&document, "outline").await?;
        Ok(Some((version, outline)))
    }

    pub(super) async fn file(&self, key: &str, path: &str) -> Result<Option<PackageFile>> {
        let found = call(self.files.find_one(doc! {"_id": file_id(key, path)})).await?;
        found.as_ref().map(file).transpose()
    }

    pub(super) async fn files(
        &self,
        key: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<PackageFile>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = self.files.find(doc! {"key": key, "path": {"$gt": after}});
        let found = all(found.sort(doc! {"path": 1}).limit(limit)).await?;
        found.iter().map(file).collect()
    }

    pub(super) async fn data(&self, content: &KeptContent, from: u64) -> Result<Bytes> {
        if from >= content.bytes {
            return Ok(Bytes::new());
        }
        self.blobs.piece(blob_of(content)?, from).await
    }
}

/// The blob of a content as text: its id, and the size of its chunks.
fn place(blob: Blob) -> String {
    format!("{}/{}", blob.id.to_hex(), blob.chunk)
}

fn blob_of(content: &KeptContent) -> Result<Blob> {
    let parsed = content.place.split_once('/').and_then(|(id, chunk)| {
        Some(Blob {
            id: ObjectId::parse_str(id).ok()?,
            bytes: content.bytes,
            chunk: chunk.parse().ok()?,
        })
    });
    parsed.ok_or_else(|| StoreError::Corrupt(format!("`{}` is no place", content.place)))
}

fn document_of(key: &str, file: &PackageFile, content: &KeptContent) -> Document {
    doc! {
        "_id": file_id(key, &file.path),
        "key": key,
        "path": &file.path,
        "content_type": &file.content_type,
        "sha256": &content.sha256,
        "bytes": signed(content.bytes),
        "place": &content.place,
    }
}

fn file(document: &Document) -> Result<PackageFile> {
    let content = KeptContent {
        sha256: field::text(document, "sha256")?,
        bytes: unsigned(document, "bytes")?,
        place: field::text(document, "place")?,
    };
    Ok(PackageFile {
        path: field::text(document, "path")?,
        content_type: field::text(document, "content_type")?,
        content,
    })
}

fn versions(value: &Document) -> Result<Vec<Document>> {
    Ok(field::documents(value, "versions")?.into_iter().cloned().collect())
}

/// The position of the version of this number.
fn index_of(value: &Document, wanted: u32) -> Result<Option<usize>> {
    for (at, version) in field::documents(value, "versions")?.into_iter().enumerate() {
        if number(version, "number")? == wanted {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn package(value: &Document) -> Result<Package> {
    let name = field::text(value, "name")?;
    let version = |document: &Document| {
        Ok(PackageVersion {
            package: name.clone(),
            number: number(document, "number")?,
            key: field::text(document, "key")?,
            title: field::text(document, "title")?,
            standard: field::text(document, "standard")?,
            created: field::instant(document, "created")?,
            files: unsigned(document, "files")?,
            bytes: unsigned(document, "bytes")?,
        })
    };
    let versions = field::documents(value, "versions")?.into_iter().map(version);
    let mut versions = versions.collect::<Result<Vec<_>>>()?;
    versions.sort_by_key(|version| version.number);
    Ok(Package { current: number(value, "current")?, last: number(value, "last")?, versions, name })
}
