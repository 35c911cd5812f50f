//! One request and what came back, kept as evidence: secrets masked, reproducible with `curl`.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use url::Url;

const MASKED: [&str; 3] = ["authorization", "cookie", "set-cookie"];
const SHOWN: usize = 4096;

/// A request as it goes out.
#[derive(Clone, Debug)]
pub struct Request {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The whole address, parameters included.
    pub url: Url,
    /// Headers in the order in which they are sent.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// A response as it came.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers as received.
    pub headers: Vec<(String, String)>,
    /// The body, not decompressed.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

impl Response {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

/// An exchange as a report shows it: no secret is in it, and bodies are cut to a few thousand characters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// `POST http://…`.
    pub request: String,
    /// The request's headers, secrets masked.
    pub request_headers: Vec<(String, String)>,
    /// The request's body as text.
    pub request_body: String,
    /// The response's status, or what went wrong instead of a response.
    pub answer: String,
    /// The response's headers, secrets masked.
    pub response_headers: Vec<(String, String)>,
    /// The response's body as text.
    pub response_body: String,
    /// A shell line that sends the same request; the credentials come from `$XAPI_AUTH`.
    pub curl: String,
}

impl Exchange {
    /// Records a request and its response, or the failure in its place.
    pub fn new(request: &Request, answer: Result<&Response, &str>) -> Self {
        let (status, headers, body) = match answer {
            Ok(response) => {
                let headers = mask(&response.headers);
                (response.status.to_string(), headers, shown(&response.body))
            }
            Err(failure) => (failure.to_owned(), Vec::new(), String::new()),
        };
        Self {
            request: format!("{} {}", request.method, request.url),
            request_headers: mask(&request.headers),
            request_body: shown(&hide_form_secret(&request.body)),
            answer: status,
            response_headers: headers,
            response_body: body,
            curl: curl(request),
        }
    }
}

fn mask(headers: &[(String, String)]) -> Vec<(String, String)> {
    let hidden = |name: &str| MASKED.iter().any(|masked| name.eq_ignore_ascii_case(masked));
    headers
        .iter()
        .map(|(name, value)| {
            let value = if hidden(name) { "••••".to_owned() } else { value.clone() };
            (name.clone(), value)
        })
        .collect()
}

/// The alternate request syntax carries credentials as a form field.
fn hide_form_secret(body: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(body) else { return body.to_vec() };
    let Some(start) = text.find("Authorization=") else { return body.to_vec() };
    let (before, secret) = text.split_at(start);
    let after = secret.find('&').map_or("", |end| secret.split_at(end).1);
    format!("{before}Authorization=••••{after}").into_bytes()
}

/// The text of a body; bytes that are no text are counted, not shown.
fn shown(body: &[u8]) -> String {
    let text = match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) if body.is_empty() => String::new(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            format!("{}… ({} bytes in all)", text.split_at(end).0, body.len())
        }
        None => text,
    }
}

fn curl(request: &Request) -> String {
    let mut line = match request.method.as_str() {
        "HEAD" => "curl -i -I".to_owned(),
        method => format!("curl -i -X {method}"),
    };
    for (name, value) in &request.headers {
        if name.eq_ignore_ascii_case("authorization") {
            line += " -H \"Authorization: $XAPI_AUTH\"";
        } else if name.eq_ignore_ascii_case("accept-encoding") {
            line += " --compressed";
        } else {
            let _ = write!(line, " -H {}", quoted(&format!("{name}: {value}")));
        }
    }
    let body = hide_form_secret(&request.body);
    if body.len() > 16 * SHOWN {
        let _ = write!(line, " --data-binary @BODY # {} bytes", body.len());
    } else if let Ok(text) = std::str::from_utf8(&body) {
        if !text.is_empty() {
            let _ = write!(line, " --data-binary {}", quoted(text));
        }
    } else {
        let bytes: String = body.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "\\x{byte:02x}");
            text
        });
        line = format!("printf '{bytes}' | {line} --data-binary @-");
    }
    format!("{line} {}", quoted(request.url.as_str()))
}

/// Quotes for a POSIX shell; line ends inside stay as they are.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &str) -> Request {
        Request {
            method: "POST".to_owned(),
            url: Url::parse("http://lrs.example/xapi/statements?a='b'").unwrap(),
            headers: vec![("Authorization".to_owned(), "Basic c2VjcmV0".to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn no_secret_reaches_the_record() {
        let kept = Exchange::new(&request("method=x&Authorization=Basic%20c2VjcmV0&b=1"), Err("-"));
        let text = serde_json::to_string(&kept).unwrap();
        assert!(!text.contains("c2VjcmV0"), "{text}");
        assert!(text.contains("b=1"));
    }

    #[test]
    fn a_quote_in_the_body_survives_the_shell() {
        let line = curl(&request("{\"a\":\"it's\"}"));
        assert!(line.contains(r#"'{"a":"it'\''s"}'"#), "{line}");
    }

    #[test]
    fn a_long_body_is_cut_and_its_length_told() {
        let kept = Exchange::new(&request(&"é".repeat(SHOWN + 1)), Err("-"));
        assert!(kept.request_body.ends_with("(8194 bytes in all)"));
    }
}
