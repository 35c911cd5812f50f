//! A bare connection, for requests that no client sends: halves of them, and bodies that never end.

use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::Client;

const PATIENCE: Duration = Duration::from_mins(1);

/// One connection to a server.
pub struct Wire {
    stream: TcpStream,
    host: String,
}

impl Wire {
    /// Connects to the server at `http://HOST:PORT`.
    pub async fn to(url: &str) -> Self {
        let host = url.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).await.expect("the server takes connections");
        Self { stream, host }
    }

    /// Sends a request's head with the client's credentials; `headers` are whole lines.
    pub async fn head(&mut self, client: &Client, request: &str, headers: &[&str]) {
        let mut lines = vec![format!("{request} HTTP/1.1"), format!("Host: {}", self.host)];
        if !client.credentials().is_empty() {
            lines.push(format!("Authorization: {}", client.credentials()));
        }
        lines.push("X-Experience-API-Version: 1.0.3".into());
        lines.extend(headers.iter().map(ToString::to_string));
        self.send(format!("{}\r\n\r\n", lines.join("\r\n"))).await;
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.expect("the server still listens");
    }

    /// The status and the head of the next answer, and what came of its body with it; fails when
    /// none comes within a minute.
    pub async fn answer(&mut self) -> (u16, String) {
        let text = self.read(|text| text.contains("\r\n\r\n")).await;
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("no answer: {text:?}")), text)
    }

    /// All that comes until the server closes the connection.
    pub async fn rest(&mut self) -> String {
        self.read(|_| false).await
    }

    async fn read(&mut self, is_enough: impl Fn(&str) -> bool) -> String {
        let mut bytes = Vec::new();
        let reading = async {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = self.stream.read(&mut part).await {
                bytes.extend_from_slice(&part[..length]);
                if is_enough(&String::from_utf8_lossy(&bytes)) {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("the server answers or closes");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// `text` as a gzip stream, and as one whose end is missing: all of the text comes out of it, but
/// nobody can know that it is over.
pub fn gzip(text: &str) -> (Vec<u8>, Vec<u8>) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory takes it");
    encoder.flush().expect("memory takes it");
    let endless = encoder.get_ref().clone();
    (encoder.finish().expect("memory takes it"), endless)
}
