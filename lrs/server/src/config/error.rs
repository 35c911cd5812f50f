//! Settings that cannot be used.

use std::fmt;
use std::path::PathBuf;

use figment::Source;
use figment::error::Kind;

use super::base_url;

/// A setting that cannot be used; says which one and where it came from.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A source cannot be read, or has a name or type that is not known.
    #[error("{0}")]
    Source(SourceError),
    /// A version that Traccia does not speak.
    #[error("default_version is `{0}`: use 1.0.3 or 2.0.0")]
    Version(String),
    /// A base URL that no client could call.
    #[error("base_url is `{0}`: use {form}", form = base_url::FORM)]
    BaseUrl(String),
    /// An address at which packages cannot be played.
    #[error(
        "content_url is `{0}`: use an absolute URL without path, query and fragment, such as https://contenuti.example.org"
    )]
    ContentUrl(String),
    /// Something that is not the origin of a page.
    #[error(
        "content_frame_ancestors has `{0}`: use origins, each a scheme and a host with no path and no wildcard, such as \
         https://moodle.example.it"
    )]
    FrameAncestor(String),
    /// A store that Traccia does not know.
    #[error("store is `{0}`: use sqlite:FOLDER or mongodb://HOST[,HOST…]/DATABASE[?OPTIONS]")]
    Store(String),
    /// A store that is named twice in one place.
    #[error("{0} give both store and store_file: give one of them")]
    TwoStores(&'static str),
    /// The file of `store_file` cannot be read.
    #[error("store_file {0} cannot be read: {1}")]
    StoreFile(PathBuf, std::io::Error),
    /// The file of `store_file` says nothing.
    #[error("store_file {0} is empty: write into it what the setting store shall be")]
    EmptyStoreFile(PathBuf),
    /// Memory that bodies of the largest size would not fit into.
    #[error(
        "limits.memory_bytes is {0}: with limits.body_bytes of {1} it must be four times as much at least"
    )]
    Memory(usize, usize),
    /// Sessions that nobody could use, or that never end.
    #[error(
        "sessions.idle_minutes and sessions.hours must be 1 at least, and sessions.hours 744 at most"
    )]
    Sessions,
    /// An hour that no day has.
    #[error("privacy.scrub_hour is {0}: use an hour of UTC from 0 to 23")]
    ScrubHour(u8),
    /// An identity provider that nobody could sign in at; the text names the setting.
    #[error("{0}")]
    Provider(String),
    /// Something that is no proxy's address.
    #[error(
        "trusted_proxies has `{0}`: use addresses and networks, such as 127.0.0.1 or 10.0.0.0/8"
    )]
    Proxy(String),
    /// A header in which no proxy says whom a request comes from.
    #[error("proxy_header is `{0}`: use X-Forwarded-For or Forwarded")]
    ProxyHeader(String),
    /// A certificate without its key, or a key without its certificate.
    #[error("tls_certificate and tls_key go together: give both, or none")]
    HalfTls,
    /// Something that is no clamd server.
    #[error(
        "clamd is `{0}`: use HOST:PORT, or the path of its socket, such as /run/clamav/clamd.ctl"
    )]
    Clamd(String),
    /// A settings file that is not there.
    #[error("the settings file {0} is not there")]
    NoFile(PathBuf),
}

/// What is wrong with the settings as they are written: each fault on a line with the name of the
/// setting, as the file or the variable writes it.
#[derive(Debug)]
pub struct SourceError(Vec<Fault>);

#[derive(Debug, PartialEq, Eq)]
struct Fault {
    /// The setting, such as `limits.body_bytes`; empty for a file that cannot be read at all.
    setting: String,
    what: String,
    /// The file, or the kind of source.
    place: String,
}

impl From<figment::Error> for ConfigError {
    fn from(error: figment::Error) -> Self {
        Self::Source(SourceError(error.into_iter().map(|error| Fault::of(&error)).collect()))
    }
}

impl Fault {
    fn of(error: &figment::Error) -> Self {
        let mut path = error.path.clone();
        let what = match &error.kind {
            Kind::UnknownField(name, known) => {
                if path.last() != Some(name) {
                    path.push(name.clone());
                }
                unknown(name, known)
            }
            kind => kind.to_string().trim().to_owned(),
        };
        let source = error.metadata.as_ref().and_then(|metadata| metadata.source.as_ref());
        let is_variable = error.metadata.as_ref().is_some_and(|it| it.name.contains("environment"));
        let setting = if is_variable {
            format!("TRACCIA__{}", path.join("__").to_uppercase())
        } else {
            path.join(".")
        };
        let place = match source {
            Some(Source::File(path)) => format!(" in {}", path.display()),
            _ => String::new(),
        };
        Self { setting, what, place }
    }
}

fn unknown(name: &str, known: &[&str]) -> String {
    let near = known.iter().max_by(|one, other| {
        let likeness = |known: &str| strsim::jaro_winkler(known, name);
        likeness(one).total_cmp(&likeness(other))
    });
    match near.filter(|near| strsim::jaro_winkler(near, name) > 0.8) {
        Some(near) => format!("there is no such setting; did you mean `{near}`?"),
        None => format!("there is no such setting; there are {}", known.join(", ")),
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings are not usable")?;
        for Fault { setting, what, place } in &self.0 {
            write!(f, "\n  {setting}{place}: {what}")?;
        }
        Ok(())
    }
}
