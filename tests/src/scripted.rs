//! A server that answers as a scene says, to clients that must bear with servers that fail.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of one request.
#[derive(Clone, Debug)]
pub enum Turn {
    /// It is answered: status line, further header lines, body.
    Answer(&'static str, &'static str, String),
    /// It is never answered.
    Silence,
    /// The connection is closed without an answer.
    Close,
}

/// A server that takes one turn for each request and closes all connections after the last.
pub struct Scripted {
    url: String,
    bodies: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Listens on a port of its own.
    pub async fn start(turns: Vec<Turn>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let bodies = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&bodies);
        tokio::spawn(async move {
            let mut silent = Vec::new();
            let mut turns = turns.into_iter();
            while let Ok((stream, _)) = listener.accept().await {
                let turn = turns.next().unwrap_or(Turn::Close);
                let mut stream = BufReader::new(stream);
                let Some(body) = request(&mut stream).await else { continue };
                seen.lock().expect("no panic").push(body);
                match turn {
                    Turn::Answer(status, headers, body) => {
                        answer(&mut stream, status, headers, &body).await;
                    }
                    // It stays open as long as the listener.
                    Turn::Silence => silent.push(stream),
                    Turn::Close => {}
                }
            }
        });
        Self { url, bodies }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The bodies of all requests so far.
    pub fn bodies(&self) -> Vec<String> {
        self.bodies.lock().expect("no panic").clone()
    }
}

/// The body of the next request; `None` where the client went away.
async fn request(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    String::from_utf8(body).ok()
}

async fn answer(stream: &mut BufReader<TcpStream>, status: &str, headers: &str, body: &str) {
    let head =
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    let text = format!("{head}{headers}\r\n{body}");
    // A client that went away needs no answer.
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}
