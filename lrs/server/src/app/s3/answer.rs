//! What is read of the storage's answers: as much as was asked for, whatever it sends.

use std::io;

use bytes::{Bytes, BytesMut};
use reqwest::Response;

/// The longest answer that is no object, in characters of an error.
const LONGEST_ERROR: usize = 300;

/// The answer where it is good; what it says of the error otherwise.
pub(super) async fn good(mut response: Response) -> io::Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let mut text = Vec::new();
    while text.len() < 4 * LONGEST_ERROR
        && let Ok(Some(piece)) = response.chunk().await
    {
        text.extend_from_slice(&piece);
    }
    let text = String::from_utf8_lossy(&text);
    let said: String = text.chars().filter(|it| !it.is_control()).take(LONGEST_ERROR).collect();
    Err(io::Error::other(format!("the storage answers {status}: {said}")))
}

/// The body of an answer, which has at most `longest` bytes.
pub(super) async fn body_of(mut response: Response, longest: usize) -> io::Result<Bytes> {
    let mut body = BytesMut::new();
    let broken = |error: reqwest::Error| io::Error::other(error.without_url());
    while let Some(piece) = response.chunk().await.map_err(broken)? {
        if body.len().saturating_add(piece.len()) > longest {
            return Err(io::Error::other(format!("the storage sends more than {longest} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}
