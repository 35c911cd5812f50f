//! A client that costs little: requests are made before, written in one piece, and of the answer
//! only the status and the length are read.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// The key of the server under load, for `TRACCIA_SEED_KEY`.
pub(crate) const KEY: &str = "bench:bench-secret";
/// The same for Basic.
pub(crate) const BASIC: &str = "YmVuY2g6YmVuY2gtc2VjcmV0";

/// A whole POST request for a JSON body.
pub(crate) fn post(path: &str, body: &str) -> Vec<u8> {
    with_body("POST", path, "application/json", body)
}

/// A whole PUT request.
pub(crate) fn put(path: &str, content_type: &str, body: &str) -> Vec<u8> {
    with_body("PUT", path, content_type, body)
}

fn with_body(method: &str, path: &str, content_type: &str, body: &str) -> Vec<u8> {
    let head = head(method, path, BASIC, "1.0.3");
    let length = body.len();
    format!("{head}Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// A whole GET request.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("{}\r\n", head("GET", path, BASIC, "1.0.3")).into_bytes()
}

/// A whole POST request for a JSON body in xAPI 2.0.0. `basic` is what the `Authorization` header has after `Basic`.
pub(crate) fn post_as(basic: &str, path: &str, body: &str) -> Vec<u8> {
    let head = head("POST", path, basic, "2.0.0");
    let length = body.len();
    format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// A whole GET request in xAPI 2.0.0, like [`post_as`].
pub(crate) fn get_as(basic: &str, path: &str) -> Vec<u8> {
    format!("{}\r\n", head("GET", path, basic, "2.0.0")).into_bytes()
}

/// The lines that every request begins with.
fn head(method: &str, path: &str, basic: &str, version: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic {basic}\r\n\
         X-Experience-API-Version: {version}\r\n"
    )
}

/// A keep-alive connection with one request at a time.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    /// A connection to HOST:PORT.
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| address.to_owned())?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(256 * 1024) })
    }

    /// Sends `request`, waits for the whole answer and gives its body. Fails unless it is 2xx.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let (body, end) = loop {
            let read = self.stream.read_buf(&mut self.received).await?;
            ensure!(read > 0, "the server has closed the connection");
            if let Some(found) = body_of(&self.received)? {
                break found;
            }
        };
        while self.received.len() < end {
            let read = self.stream.read_buf(&mut self.received).await?;
            ensure!(read > 0, "the server has closed the connection");
        }
        Ok(self.received.get(body..end).unwrap_or_default())
    }
}

/// Where the body begins and ends, once the head is there.
fn body_of(received: &[u8]) -> Result<Option<(usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(body) = head.parse(received)? else { return Ok(None) };
    let status = head.code.unwrap_or_default();
    if !(200..300).contains(&status) {
        bail!("answered {status}: {}", String::from_utf8_lossy(received));
    }
    if status == 204 {
        return Ok(Some((body, body)));
    }
    let length = head.headers.iter().find(|h| h.name.eq_ignore_ascii_case("content-length"));
    let length = length.context("the answer has no Content-Length")?;
    let length: usize = std::str::from_utf8(length.value)?.parse()?;
    Ok(Some((body, body + length)))
}

/// Sends requests on `connections` at once for as long as `length`; gives requests per second.
/// `next` writes a request over the one before.
pub(crate) async fn drive(
    address: &str,
    connections: usize,
    length: Duration,
    next: impl FnMut(&mut Vec<u8>) + 'static,
) -> Result<f64> {
    let begun = Instant::now();
    let waits = drive_timed(address, connections, length, next).await?;
    let answered = u32::try_from(waits.len())?;
    Ok(f64::from(answered) / begun.elapsed().as_secs_f64())
}

/// Like [`drive`]; gives how long each request waited for its answer.
pub(crate) async fn drive_timed(
    address: &str,
    connections: usize,
    length: Duration,
    next: impl FnMut(&mut Vec<u8>) + 'static,
) -> Result<Vec<Duration>> {
    let next = Rc::new(RefCell::new(next));
    let tasks = LocalSet::new();
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push(Connection::open(address).await?);
    }
    let begun = Instant::now();
    let tasks_of = |mut client: Connection| {
        let next = Rc::clone(&next);
        tasks.spawn_local(async move {
            let (mut request, mut waits) = (Vec::new(), Vec::new());
            while begun.elapsed() < length {
                (next.borrow_mut())(&mut request);
                let sent = Instant::now();
                client.exchange(&request).await?;
                waits.push(sent.elapsed());
            }
            anyhow::Ok(waits)
        })
    };
    let running: Vec<_> = clients.into_iter().map(tasks_of).collect();
    tasks
        .run_until(async {
            let mut waits = Vec::new();
            for task in running {
                waits.extend(task.await??);
            }
            Ok(waits)
        })
        .await
}
