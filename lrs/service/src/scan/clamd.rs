//! What clamd speaks: `zINSTREAM`, chunks with their lengths before them, and a line that ends with a zero.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Chunks;

/// How long a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes.
const ANSWER: u64 = 4096;

/// Where clamd is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClamdAddress {
    /// `HOST:PORT`.
    Tcp(String),
    /// The path of a Unix socket.
    Unix(PathBuf),
}

impl FromStr for ClamdAddress {
    type Err = ();

    /// `HOST:PORT`, or the path of a Unix socket, which begins with `/` or `unix:`.
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some(path) = text.strip_prefix("unix:").or(text.starts_with('/').then_some(text)) {
            return if path.is_empty() { Err(()) } else { Ok(Self::Unix(path.into())) };
        }
        let (host, port) = text.rsplit_once(':').ok_or(())?;
        let is_good = !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0);
        if is_good { Ok(Self::Tcp(text.to_owned())) } else { Err(()) }
    }
}

impl fmt::Display for ClamdAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

/// Why clamd has not looked at something.
#[derive(Debug, thiserror::Error)]
pub enum ClamdError {
    /// It cannot be reached, or the connection broke.
    #[error("{0}")]
    Connection(#[from] io::Error),
    /// More was sent than its `StreamMaxLength`.
    #[error("the file is larger than its StreamMaxLength")]
    TooLarge,
    /// An answer that says neither.
    #[error("it answers {0:?}")]
    Answer(String),
}

/// A connection to clamd.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

async fn connect(address: &ClamdAddress) -> io::Result<Box<dyn Stream>> {
    let connecting = async {
        let stream: Box<dyn Stream> = match address {
            ClamdAddress::Tcp(address) => Box::new(TcpStream::connect(address.as_str()).await?),
            #[cfg(unix)]
            ClamdAddress::Unix(path) => Box::new(tokio::net::UnixStream::connect(path).await?),
            #[cfg(not(unix))]
            ClamdAddress::Unix(_) => return Err(io::Error::from(io::ErrorKind::Unsupported)),
        };
        Ok(stream)
    };
    let late = || io::Error::new(io::ErrorKind::TimedOut, "no connection within 5 seconds");
    timeout(CONNECT, connecting).await.map_err(|_| late())?
}

/// Whether clamd is there.
///
/// # Errors
/// [`ClamdError`] where it is not.
pub async fn ping(address: &ClamdAddress) -> Result<(), ClamdError> {
    let mut stream = connect(address).await?;
    stream.write_all(b"zPING\0").await?;
    match timeout(CONNECT, answer(&mut *stream)).await {
        Ok(answer) => match answer?.as_str() {
            "PONG" => Ok(()),
            other => Err(ClamdError::Answer(other.to_owned())),
        },
        Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
    }
}

/// Sends the chunks up to the first that is empty, and gives the name of what clamd finds in them.
pub(super) async fn scan(
    address: &ClamdAddress,
    chunks: &mut Chunks,
) -> Result<Option<String>, ClamdError> {
    let mut stream = connect(address).await?;
    // What cannot be read here is no matter of clamd's.
    let sent = send(&mut *stream, chunks).await?;
    // One that has had enough answers why, and closes: what it says is worth more than that the connection broke.
    match (answer(&mut *stream).await, sent) {
        (Ok(answer), _) if !answer.is_empty() => said(&answer),
        (_, Err(error)) | (Err(error), _) => Err(error.into()),
        (Ok(_), Ok(())) => Err(ClamdError::Answer(String::new())),
    }
}

/// Sends the chunks; the inner error is that of a connection that broke meanwhile.
async fn send(stream: &mut dyn Stream, chunks: &mut Chunks) -> io::Result<io::Result<()>> {
    if let Err(broken) = stream.write_all(b"zINSTREAM\0").await {
        return Ok(Err(broken));
    }
    loop {
        let part = chunks.next().await?;
        let length = u32::try_from(part.len()).map_err(io::Error::other)?;
        let written = async {
            stream.write_all(&length.to_be_bytes()).await?;
            stream.write_all(&part).await?;
            stream.flush().await
        };
        if let Err(broken) = written.await {
            return Ok(Err(broken));
        }
        if part.is_empty() {
            return Ok(Ok(()));
        }
    }
}

/// An answer without the zero at its end.
async fn answer(stream: &mut dyn Stream) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut stream = stream.take(ANSWER);
    loop {
        let byte = match stream.read_u8().await {
            Ok(0 | b'\n') => break,
            Ok(byte) => byte,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        };
        bytes.push(byte);
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// `stream: OK`, `stream: NAME FOUND`, or `… ERROR`.
fn said(answer: &str) -> Result<Option<String>, ClamdError> {
    let rest = answer.strip_prefix("stream:").map_or(answer, str::trim);
    if rest == "OK" {
        return Ok(None);
    }
    if let Some(name) = rest.strip_suffix(" FOUND") {
        return Ok(Some(name.chars().filter(|it| !it.is_control()).collect()));
    }
    if rest.contains("size limit exceeded") {
        return Err(ClamdError::TooLarge);
    }
    Err(ClamdError::Answer(answer.to_owned()))
}
