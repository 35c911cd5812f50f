//! Connections of attackers and of good clients: whatever is answered is read.

use std::io::{Error, ErrorKind, Result};
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, TcpStream};

/// The most of an answer's body that is kept, in bytes; the rest is read and dropped.
const KEPT: u64 = 4 << 20;

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    /// Its beginning, up to [`KEPT`].
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A connection on which one request follows the other.
pub(super) struct Connection {
    reading: BufReader<OwnedReadHalf>,
    writing: OwnedWriteHalf,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Result<Self> {
        Self::of(TcpStream::connect(address).await?)
    }

    /// From another address of this machine, where it has one: the server must be able to tell the attacker from
    /// good clients.
    pub(super) async fn from_elsewhere(address: SocketAddr) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if socket.bind((Ipv4Addr::new(127, 0, 0, 2), 0).into()).is_err() {
            return Self::open(address).await;
        }
        Self::of(socket.connect(address).await?)
    }

    fn of(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        let (reading, writing) = stream.into_split();
        Ok(Self { reading: BufReader::new(reading), writing })
    }

    /// Sends bytes and reads the answer to them, also one that comes before all of them are sent.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        let Self { reading, writing } = self;
        let send = async {
            // A server that has refused the request need not take the rest of it.
            let _ = writing.write_all(request).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            answer = read(reading) => answer,
            () = send => Err(Error::from(ErrorKind::Other)),
        }
    }

    /// Sends bytes, as far as the server takes them.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.writing.write_all(bytes).await
    }

    /// Waits for an answer to what was sent.
    pub(super) async fn answer(&mut self) -> Result<Answer> {
        read(&mut self.reading).await
    }

    /// Reads some bytes of an answer and does not look at them; 0 at its end.
    pub(super) async fn sip(&mut self) -> Result<usize> {
        self.reading.read(&mut [0; 1024]).await
    }
}

async fn read(from: &mut BufReader<OwnedReadHalf>) -> Result<Answer> {
    let first = line(from).await?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| Error::new(ErrorKind::InvalidData, first))?;
    let mut headers = Vec::new();
    loop {
        let line = line(from).await?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    if status == 204 || status == 304 {
        return Ok(answer);
    }
    if answer.header("transfer-encoding").is_some() {
        loop {
            let size = u64::from_str_radix(line(from).await?.trim(), 16);
            let size = size.map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
            part(from, size, &mut answer.body).await?;
            line(from).await?;
            if size == 0 {
                return Ok(answer);
            }
        }
    }
    let length = answer.header("content-length").and_then(|length| length.parse().ok());
    part(from, length.unwrap_or_default(), &mut answer.body).await?;
    Ok(answer)
}

async fn line(from: &mut BufReader<OwnedReadHalf>) -> Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line).await? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end().len());
    Ok(line)
}

/// Reads so many bytes of a body.
async fn part(from: &mut BufReader<OwnedReadHalf>, length: u64, body: &mut Vec<u8>) -> Result<()> {
    let room = KEPT.saturating_sub(body.len() as u64).min(length);
    let mut read = (&mut *from).take(room).read_to_end(body).await? as u64;
    read += tokio::io::copy(&mut from.take(length - room), &mut tokio::io::sink()).await?;
    if read < length { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}
