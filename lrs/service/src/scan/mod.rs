//! Attachments and packages are looked at for malware before they are kept: by a clamd server, where the settings name one.
//!
//! What is infected is refused, and set aside in the quarantine. What cannot be looked at is not kept either, so that an
//! attacker gains nothing by keeping the scanner busy.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use metrics::counter;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio::time::{Instant as Moment, timeout, timeout_at};

mod clamd;
mod quarantine;

pub use clamd::{ClamdAddress, ClamdError, ping};
pub use quarantine::Quarantine;

/// How many files are looked at at a time: clamd has ten threads unless it is told otherwise.
const AT_A_TIME: usize = 4;
/// How long the files of a request may take together, and how much longer for each MiB of them: clamd may hang, and what
/// it is asked about is held meanwhile.
const LONGEST: Duration = Duration::from_secs(20);
const LONGEST_OF_MIB: Duration = Duration::from_secs(1);
/// How long a file waits for its turn, of that time: what is left is enough to look at the file.
const TURN: Duration = Duration::from_secs(10);
/// How much of a file is sent at a time, in bytes.
const CHUNK: usize = 64 << 10;

/// Why something is not kept.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The scanner has found something, which it calls so.
    #[error("the scanner has found {0}")]
    Infected(String),
    /// The scanner takes no files of this size.
    #[error("the scanner takes no files as large")]
    TooLarge,
    /// The scanner cannot be asked, or has no answer.
    #[error("the scanner cannot be asked: {0}")]
    Unavailable(String),
}

/// Where something comes from, for the quarantine and the log.
#[derive(Clone, Debug)]
pub struct ScannedFrom {
    /// The name of the key or person that sent it.
    pub sender: String,
    /// What it is: `attachment` or `package NAME`.
    pub what: String,
    /// When it came, RFC 3339.
    pub at: String,
}

/// Looks at files. Cheap to clone; without a clamd server everything is taken to be clean.
#[derive(Clone, Debug, Default)]
pub struct Scanner(Option<Arc<Scanning>>);

#[derive(Debug)]
struct Scanning {
    clamd: ClamdAddress,
    quarantine: Quarantine,
    turns: Semaphore,
}

impl Scanner {
    /// Asks the clamd server at `clamd`, and sets aside what it finds in `quarantine`.
    pub fn new(clamd: ClamdAddress, quarantine: Quarantine) -> Self {
        Self(Some(Arc::new(Scanning { clamd, quarantine, turns: Semaphore::new(AT_A_TIME) })))
    }

    /// Whether files are looked at.
    pub const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Looks at the bytes of one file.
    ///
    /// # Errors
    /// See [`Self::all`].
    pub async fn bytes(&self, bytes: &Bytes, from: &ScannedFrom) -> Result<(), ScanError> {
        self.all(std::slice::from_ref(bytes), from).await
    }

    /// Looks at the files of one request, one after the other, until one is not clean. They share the time that clamd has.
    ///
    /// # Errors
    /// [`ScanError::Infected`] once the bytes of that file lie in the quarantine; no file must be kept after any error.
    pub async fn all(&self, files: &[Bytes], from: &ScannedFrom) -> Result<(), ScanError> {
        let Some(scanning) = &self.0 else { return Ok(()) };
        let time = Time::of(files.iter().map(|file| file.len() as u64).sum());
        for file in files {
            let found = scanning.found(&mut Chunks::Bytes(file.clone()), time).await?;
            let Some(signature) = found else { continue };
            scanning.set_aside(io::Cursor::new(file.clone()), &signature, from).await;
            return Err(ScanError::Infected(signature));
        }
        Ok(())
    }

    /// Looks at a file, and gives it back, to be read from its beginning.
    ///
    /// # Errors
    /// See [`Self::all`].
    pub async fn file(&self, file: File, from: &ScannedFrom) -> Result<File, ScanError> {
        let Some(scanning) = &self.0 else { return Ok(file) };
        let (file, length) = rewound(file).await?;
        let mut chunks = Chunks::File(Some(file));
        let found = scanning.found(&mut chunks, Time::of(length)).await?;
        let Chunks::File(Some(file)) = chunks else {
            return Err(ScanError::Unavailable("the file is gone".into()));
        };
        let (file, _) = rewound(file).await?;
        let Some(signature) = found else { return Ok(file) };
        scanning.set_aside(file, &signature, from).await;
        Err(ScanError::Infected(signature))
    }
}

/// How long clamd may take for the files of a request.
#[derive(Clone, Copy, Debug)]
struct Time {
    whole: Duration,
    until: Moment,
}

impl Time {
    /// From now on, for files of this many bytes together.
    fn of(bytes: u64) -> Self {
        let mib = u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX);
        let whole = LONGEST.saturating_add(LONGEST_OF_MIB.saturating_mul(mib));
        Self { whole, until: Moment::now() + whole }
    }
}

/// What is sent to the scanner, piece by piece.
#[derive(Debug)]
enum Chunks {
    /// What is left of bytes.
    Bytes(Bytes),
    /// A file; none while a piece of it is read, and after an error.
    File(Option<File>),
}

impl Chunks {
    /// The next piece; empty at the end.
    async fn next(&mut self) -> io::Result<Bytes> {
        match self {
            Self::Bytes(rest) => Ok(rest.split_to(CHUNK.min(rest.len()))),
            Self::File(file) => {
                let mut reading = file.take().ok_or_else(|| io::Error::other("it is gone"))?;
                let read = tokio::task::spawn_blocking(move || {
                    let mut part = vec![0; CHUNK];
                    let length = reading.read(&mut part)?;
                    part.truncate(length);
                    io::Result::Ok((reading, Bytes::from(part)))
                });
                let (read, part) = read.await.map_err(io::Error::other)??;
                *file = Some(read);
                Ok(part)
            }
        }
    }
}

/// `file`, to be read from its beginning, and its length in bytes.
async fn rewound(mut file: File) -> Result<(File, u64), ScanError> {
    let rewound = tokio::task::spawn_blocking(move || {
        file.seek(SeekFrom::Start(0))?;
        let length = file.metadata()?.len();
        io::Result::Ok((file, length))
    });
    let rewound = rewound.await.map_err(|error| ScanError::Unavailable(error.to_string()))?;
    rewound.map_err(|error| ScanError::Unavailable(format!("the file cannot be read: {error}")))
}

impl Scanning {
    /// The name of what clamd finds in the chunks, up to the first that is empty.
    async fn found(&self, chunks: &mut Chunks, time: Time) -> Result<Option<String>, ScanError> {
        let asked = async {
            let turn = timeout(TURN, self.turns.acquire()).await;
            let busy = || ScanError::Unavailable("it is busy with other files".into());
            let _turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
            clamd::scan(&self.clamd, chunks).await.map_err(ScanError::from)
        };
        let late = |_| ScanError::Unavailable(format!("no answer within {:?}", time.whole));
        let found = timeout_at(time.until, asked).await.map_err(late).and_then(|found| found);
        let outcome = match &found {
            Ok(None) => "clean",
            Ok(Some(_)) => "infected",
            Err(error) => {
                tracing::error!(%error, clamd = %self.clamd, "a file could not be looked at, and is refused");
                "failed"
            }
        };
        counter!("traccia_scans_total", "outcome" => outcome).increment(1);
        found
    }

    /// Puts what was found aside. Where that cannot be it is refused all the same.
    async fn set_aside(
        &self,
        mut bytes: impl io::Read + io::Seek + Send + 'static,
        signature: &str,
        from: &ScannedFrom,
    ) {
        let ScannedFrom { sender, what, .. } = from;
        tracing::warn!(sender, what, signature, "malware was refused");
        let (quarantine, signature, from) =
            (self.quarantine.clone(), signature.to_owned(), from.clone());
        let kept = tokio::task::spawn_blocking(move || {
            let name = hash_of(&mut bytes)?;
            bytes.seek(SeekFrom::Start(0))?;
            quarantine.keep(&name, &mut bytes, &signature, &from)
        });
        let kept = kept.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        if let Err(error) = kept {
            tracing::error!(%error, "what was refused could not be put into the quarantine");
        }
    }
}

/// The SHA-256 of all bytes, in hexadecimal.
fn hash_of(bytes: &mut impl io::Read) -> io::Result<String> {
    let (mut hash, mut part) = (Sha256::new(), vec![0; CHUNK]);
    loop {
        let length = bytes.read(&mut part)?;
        if length == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(part.get(..length).unwrap_or_default());
    }
}

impl From<ClamdError> for ScanError {
    fn from(error: ClamdError) -> Self {
        match error {
            ClamdError::TooLarge => Self::TooLarge,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
