//! A bucket of an S3-compatible storage as a place for datasets: `s3://BUCKET/PREFIX`.
//!
//! Where and as whom is said by the usual variables of the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
//! `AWS_SESSION_TOKEN`, `AWS_REGION`, and `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` for a storage that is not Amazon's.
//! Of two processes one inserts a manifest: the storage refuses a PUT with `If-None-Match: *` where the object is there, which
//! is tried out before anything is written.

use std::io::{self, ErrorKind, Seek as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, IF_NONE_MATCH, RANGE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use rusty_s3::actions::{ListObjectsV2, ListObjectsV2Response};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use service::datasets::{DatasetPlace, Draft, OpenFile, PlacedFile};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use url::Url;
use xapi::instant::Instant;

mod answer;
mod file;

use answer::{body_of, good};
use file::{S3Draft, S3File};

const MANIFEST: &str = "manifest.json";
const MANIFESTS: &str = "manifests/";
/// What is written and removed to try the storage out.
const PROBE: &str = "manifests/probe";
/// How many manifests stay, the newest.
const KEPT: usize = 50;
/// How long a signed address is good for: the longest request, which sends a file.
const SIGNED: Duration = Duration::from_mins(15);
/// How long the storage may take for an answer to all other requests.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most requests under way at a time. Each holds a thread of those that also check statements and make reports: a storage
/// that does not answer must not take all of them.
const AT_ONCE: usize = 64;
/// How often a request is sent that the storage does not answer, or answers with 429 or 5xx.
const TRIES: u32 = 4;
/// The pause before the second try; doubled before each further one.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest manifest that is read, in bytes.
const LONGEST_MANIFEST: usize = 64 << 20;
/// The longest page of a list of objects that is read, in bytes: a page has at most 1,000 names of at most 1,024 bytes.
const LONGEST_PAGE: usize = 8 << 20;
/// The most pages of a list that are read, and the most bytes that the names in it may have together.
const MOST_PAGES: usize = 1_000;
const LONGEST_LIST: usize = 64 << 20;

/// Why no bucket can be used.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The address or the environment.
    #[error("{0}")]
    Setting(String),
    /// The storage does not answer, or refuses.
    #[error("the bucket cannot be used: {0}")]
    Answer(#[from] io::Error),
    /// Two processes could insert one manifest.
    #[error(
        "the storage does not refuse a PUT with `If-None-Match: *` where the object is there: keep the tables in a folder, or \
         on a storage that does"
    )]
    Unconditional,
}

/// A bucket, or what is below a prefix of it. Clones share it.
#[derive(Clone)]
pub(super) struct S3Place(Arc<Inner>);

struct Inner {
    bucket: Bucket,
    credentials: Credentials,
    /// Empty, or with a slash at its end.
    prefix: String,
    http: reqwest::Client,
    runtime: Handle,
    /// Permits for [`AT_ONCE`] requests.
    under_way: Semaphore,
    /// The newest manifest that was read, with its version: a manifest never changes.
    newest: Mutex<Option<(u64, Vec<u8>)>>,
}

/// A value of the environment.
type Variable<'v> = &'v (dyn Fn(&str) -> Option<String> + Sync);

impl S3Place {
    /// The place at `s3://BUCKET/PREFIX`, tried out.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(super) async fn open(address: &str) -> Result<Self, StorageError> {
        let place = Self::of(address, &|name| std::env::var(name).ok())?;
        place.try_out().await?;
        Ok(place)
    }

    fn of(address: &str, variable: Variable<'_>) -> Result<Self, StorageError> {
        let wrong = |text: String| StorageError::Setting(text);
        let (name, prefix) = parts(address)?;
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let needed = |name: &str| {
            variable(name).ok_or_else(|| wrong(format!("{address} needs the variable {name}")))
        };
        let (key, secret) = (needed("AWS_ACCESS_KEY_ID")?, needed("AWS_SECRET_ACCESS_KEY")?);
        let credentials = match variable("AWS_SESSION_TOKEN") {
            Some(token) => Credentials::new_with_token(key, secret, token),
            None => Credentials::new(key, secret),
        };
        let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        let region = region.unwrap_or_else(|| "us-east-1".to_owned());
        let endpoint = variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL"));
        // A name with a point is none that a certificate of the storage is for.
        let style = if endpoint.is_some() || name.contains('.') {
            UrlStyle::Path
        } else {
            UrlStyle::VirtualHost
        };
        let endpoint = endpoint.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let endpoint: Url = endpoint.parse().map_err(|error| {
            wrong(format!("AWS_ENDPOINT_URL is no address ({endpoint}): {error}"))
        })?;
        let bucket = Bucket::new(endpoint, style, name.to_owned(), region)
            .map_err(|error| wrong(format!("{address} cannot be used: {error}")))?;
        // One TLS provider for the whole program; a second installation is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(SIGNED)
            .build();
        let http = http.map_err(|error| wrong(error.to_string()))?;
        let (runtime, newest) = (Handle::current(), Mutex::default());
        let under_way = Semaphore::new(AT_ONCE);
        Ok(Self(Arc::new(Inner { bucket, credentials, prefix, http, runtime, under_way, newest })))
    }

    /// Fails where the storage cannot be used, or does not keep two processes apart.
    async fn try_out(&self) -> Result<(), StorageError> {
        let inner = &self.0;
        let put = async |text: &'static [u8]| inner.put_new(PROBE, Bytes::from_static(text)).await;
        if !put(b"1").await? {
            // That of another process: it is refused as it should be, and the other process removes it.
            return Ok(());
        }
        let is_refused = !put(b"2").await?;
        inner.remove(PROBE).await?;
        if is_refused { Ok(()) } else { Err(StorageError::Unconditional) }
    }

    /// Waits on this thread, which must be none that is asynchronous.
    ///
    /// # Errors
    /// [`ErrorKind::ResourceBusy`] at once, where [`AT_ONCE`] threads wait already.
    fn wait<T>(&self, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        let busy = |_| {
            let why = format!("{AT_ONCE} requests to the storage are under way, which is slow");
            io::Error::new(ErrorKind::ResourceBusy, why)
        };
        let _permit = self.0.under_way.try_acquire().map_err(busy)?;
        self.0.runtime.block_on(work)
    }
}

/// The bucket's name and the prefix of an address.
fn parts(address: &str) -> Result<(&str, String), StorageError> {
    let wrong = || {
        StorageError::Setting(format!(
            "{address} is no address of a bucket, such as s3://bucket/prefix"
        ))
    };
    let rest = address.strip_prefix("s3://").ok_or_else(wrong)?;
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_end_matches('/');
    let is_plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    if name.is_empty() || !(prefix.is_empty() || prefix.split('/').all(is_plain)) {
        return Err(wrong());
    }
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    Ok((name, prefix))
}

/// Whether the same request may be answered otherwise later.
fn may_pass(status: StatusCode) -> bool {
    status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
        || status == StatusCode::TOO_MANY_REQUESTS
}

impl Inner {
    fn key(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The answer to a request, which `make` makes anew for each try, and whether it was the first try.
    async fn answer(
        &self,
        make: impl Fn() -> io::Result<RequestBuilder>,
    ) -> io::Result<(Response, bool)> {
        let mut pause = PAUSE;
        for attempt in 1.. {
            let sent = make()?.send().await;
            match sent {
                Ok(response) if attempt == TRIES || !may_pass(response.status()) => {
                    return Ok((response, attempt == 1));
                }
                // The address has the signature, and is not told.
                Err(error) if attempt == TRIES => {
                    return Err(io::Error::other(error.without_url()));
                }
                _ => tokio::time::sleep(pause).await,
            }
            pause *= 2;
        }
        Err(io::Error::other("no answer"))
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url).timeout(PATIENCE)
    }

    async fn get(&self, path: &str) -> io::Result<Option<Bytes>> {
        let key = self.key(path);
        let url = self.bucket.get_object(Some(&self.credentials), &key).sign(SIGNED);
        let (response, _) = self.answer(|| Ok(self.request(Method::GET, url.clone()))).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        body_of(good(response).await?, LONGEST_MANIFEST).await.map(Some)
    }

    /// Puts an object where there is none. False where there is one.
    async fn put_new(&self, path: &str, text: Bytes) -> io::Result<bool> {
        let key = self.key(path);
        let mut action = self.bucket.put_object(Some(&self.credentials), &key);
        action.headers_mut().insert("if-none-match", "*");
        let url = action.sign(SIGNED);
        let make = || {
            let request = self.request(Method::PUT, url.clone()).header(IF_NONE_MATCH, "*");
            Ok(request.body(text.clone()))
        };
        let (response, is_first) = self.answer(make).await?;
        let there = [StatusCode::PRECONDITION_FAILED, StatusCode::CONFLICT];
        if !there.contains(&response.status()) {
            return good(response).await.map(|_| true);
        }
        // A try whose answer was lost may have put it.
        Ok(!is_first && self.get(path).await?.is_some_and(|kept| kept == text))
    }

    async fn put(&self, path: &str, text: Bytes) -> io::Result<()> {
        let key = self.key(path);
        let url = self.bucket.put_object(Some(&self.credentials), &key).sign(SIGNED);
        let make = || Ok(self.request(Method::PUT, url.clone()).body(text.clone()));
        good(self.answer(make).await?.0).await.map(drop)
    }

    async fn put_file(&self, path: &str, file: &std::fs::File) -> io::Result<()> {
        let (key, length) = (self.key(path), file.metadata()?.len());
        let url = self.bucket.put_object(Some(&self.credentials), &key).sign(SIGNED);
        let make = || {
            let mut file = file.try_clone()?;
            file.rewind()?;
            let body = reqwest::Body::from(tokio::fs::File::from_std(file));
            let request = self.request(Method::PUT, url.clone()).timeout(SIGNED);
            Ok(request.header(CONTENT_LENGTH, length).body(body))
        };
        good(self.answer(make).await?.0).await.map(drop)
    }

    async fn remove(&self, path: &str) -> io::Result<()> {
        let key = self.key(path);
        let url = self.bucket.delete_object(Some(&self.credentials), &key).sign(SIGNED);
        let (response, _) = self.answer(|| Ok(self.request(Method::DELETE, url.clone()))).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(());
        }
        good(response).await.map(drop)
    }

    /// All objects below a path: theirs, and when they were written.
    async fn list(&self, below: &str) -> io::Result<Vec<PlacedFile>> {
        let prefix = self.key(below);
        let (mut files, mut names, mut token) = (Vec::new(), 0_usize, None::<String>);
        for _ in 0..MOST_PAGES {
            let mut action = ListObjectsV2::new(&self.bucket, Some(&self.credentials));
            action.with_prefix(prefix.as_str());
            if let Some(token) = token.as_deref() {
                action.with_continuation_token(token);
            }
            let url = action.sign(SIGNED);
            let (response, _) = self.answer(|| Ok(self.request(Method::GET, url.clone()))).await?;
            let text = body_of(good(response).await?, LONGEST_PAGE).await?;
            let text = String::from_utf8_lossy(&text);
            let page: ListObjectsV2Response = ListObjectsV2::parse_response(&text)
                .map_err(|error| io::Error::other(format!("a list of objects: {error}")))?;
            for object in page.contents {
                let Some(path) = object.key.strip_prefix(&self.prefix) else { continue };
                // One of which nothing is known is as old as any: it is removed where nothing names it.
                let changed = object.last_modified.as_deref().and_then(Instant::parse);
                let changed = changed.ok_or_else(|| {
                    io::Error::other(format!("{path}: the list does not say when it was written"))
                })?;
                names = names.saturating_add(path.len());
                files.push(PlacedFile { path: path.to_owned(), changed });
            }
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(files);
            }
            if names > LONGEST_LIST {
                break;
            }
        }
        Err(io::Error::other(format!("the list of objects below {prefix} has no end")))
    }

    /// The versions that there are, in order.
    async fn versions(&self) -> io::Result<Vec<u64>> {
        let mut versions: Vec<u64> = Vec::new();
        for file in self.list(MANIFESTS).await? {
            let name = file.path.strip_prefix(MANIFESTS).unwrap_or_default();
            versions.extend(name.strip_suffix(".json").and_then(|name| name.parse::<u64>().ok()));
        }
        versions.sort_unstable();
        Ok(versions)
    }

    async fn manifest(&self) -> io::Result<Option<Vec<u8>>> {
        let Some(version) = self.versions().await?.pop() else { return Ok(None) };
        let known = self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, text)) = known.filter(|(known, _)| *known == version) {
            return Ok(Some(text));
        }
        let text = self.get(&path_of(version)).await?.map(Vec::from);
        let newest = text.clone().map(|text| (version, text));
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = newest;
        Ok(text)
    }

    async fn insert(&self, version: u64, text: Bytes) -> io::Result<bool> {
        if !self.put_new(&path_of(version), text).await? {
            return Ok(false);
        }
        let versions = self.versions().await?;
        if versions.last().is_some_and(|newest| *newest > version) {
            // It took a name that was free again.
            self.remove(&path_of(version)).await?;
            return Ok(false);
        }
        for old in versions.iter().rev().skip(KEPT) {
            self.remove(&path_of(*old)).await?;
        }
        Ok(true)
    }

    /// The bytes of an object from a place on.
    async fn range(&self, path: &str, from: u64, length: u64) -> io::Result<Bytes> {
        let key = self.key(path);
        let url = self.bucket.get_object(Some(&self.credentials), &key).sign(SIGNED);
        let range = format!("bytes={from}-{}", from + length - 1);
        let make = || Ok(self.request(Method::GET, url.clone()).header(RANGE, &range));
        let response = good(self.answer(make).await?.0).await?;
        if response.status() != StatusCode::PARTIAL_CONTENT {
            return Err(io::Error::other(format!("{path}: the storage gives no ranges")));
        }
        // As much as was asked for, so within the machine's numbers.
        body_of(response, usize::try_from(length).unwrap_or(usize::MAX)).await
    }

    async fn length(&self, path: &str) -> io::Result<u64> {
        let key = self.key(path);
        let url = self.bucket.head_object(Some(&self.credentials), &key).sign(SIGNED);
        let (response, _) = self.answer(|| Ok(self.request(Method::HEAD, url.clone()))).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Err(ErrorKind::NotFound.into());
        }
        let response = good(response).await?;
        let length = response.headers().get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        length.ok_or_else(|| io::Error::other(format!("{path}: the storage tells no length")))
    }
}

fn path_of(version: u64) -> String {
    format!("{MANIFESTS}{version:010}.json")
}

impl DatasetPlace for S3Place {
    fn manifest(&self) -> io::Result<Option<Vec<u8>>> {
        self.wait(self.0.manifest())
    }

    fn insert(&self, version: u64, text: &[u8]) -> io::Result<bool> {
        self.wait(self.0.insert(version, Bytes::copy_from_slice(text)))
    }

    fn show(&self, text: &[u8]) -> io::Result<()> {
        self.wait(async {
            if self.0.get(MANIFEST).await?.is_some_and(|there| there == text) {
                return Ok(());
            }
            self.0.put(MANIFEST, Bytes::copy_from_slice(text)).await
        })
    }

    fn draft(&self) -> io::Result<Box<dyn Draft>> {
        Ok(Box::new(S3Draft::of(self.clone())?))
    }

    fn files(&self) -> io::Result<Vec<PlacedFile>> {
        let mut files = self.wait(self.0.list(""))?;
        files.retain(|file| file.path != MANIFEST && !file.path.starts_with(MANIFESTS));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.wait(self.0.remove(path))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn OpenFile>> {
        let length = self.wait(self.0.length(path))?;
        Ok(Box::new(S3File::of(self.clone(), path, length)))
    }
}

#[cfg(test)]
mod tests;
