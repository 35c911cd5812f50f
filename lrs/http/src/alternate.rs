//! The alternate request syntax of xAPI 1.0.x (Communication 1.3): a POST whose form fields are
//! the headers, parameters and content of another request. Browsers need it where they cannot
//! send headers, as at page unload; xAPI 2.0 has dropped it.

use axum::body::Body;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, IF_MATCH, IF_NONE_MATCH,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use url::form_urlencoded;
use validator::Version;

use super::credentials::Address;
use super::problem::Problem;
use super::request::{content_type, read_while};
use super::state::Server;
use super::{origin, version};
use access::caller::Caller;
use service::compute::{self, Compute, Stopped};
use service::memory::Memory;
use xapi::parameters;
use xapi::refusal::Refusal;

static HEADERS: [HeaderName; 5] =
    [AUTHORIZATION, version::HEADER, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH];
/// How the field of a form begins that is the request's body.
const CONTENT: &[u8] = b"content=";
/// The most fields that a form may have beside `content`, empty ones included.
const MOST_FIELDS: usize = 32;
/// The most bytes that a form may have beside `content`, as they are sent.
const MOST_BESIDE: usize = 64 * 1024;
/// The most bytes of a form whose key stands in the form: who sent it is known once all of it was read. Browsers send 64 KiB
/// at page unload.
const LONGEST_UNPAID: usize = 1 << 20;

/// Turns a request in alternate syntax into the request it stands for; lets others pass.
pub(super) async fn unfold(State(server): State<Server>, request: Request, next: Next) -> Response {
    let is_xapi = request.uri().path().starts_with("/xapi/");
    let asks = request.uri().query().is_some_and(|query| {
        form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "method")
    });
    if !is_xapi || !asks || request.method() != Method::POST {
        return next.run(request).await;
    }
    match unfolded(request, &server).await {
        Ok(request) => next.run(request).await,
        Err(problem) => {
            let mut response = problem.into_response();
            let version = HeaderValue::from_static(server.default_version.as_str());
            response.headers_mut().insert(version::HEADER, version);
            response
        }
    }
}

async fn unfolded(request: Request, server: &Server) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    refuse_2_0(&parts.headers)?;
    refuse_other_types(&content_type(&parts.headers))?;
    parts.method = method(parts.uri.query().unwrap_or_default())?;
    let is_doubtful = is_doubtful(&parts, server);
    if is_doubtful {
        parts.headers.remove(AUTHORIZATION);
    }
    let payer = Payer::of(&mut parts, server).await?;
    let mut beside = Beside::default();
    let read = read_while(body, payer.limit, &payer.memory, |part| beside.see(part)).await;
    let form = read.map_err(|problem| payer.explained(problem))?;
    // What is decoded is no longer than what was sent, and is held as long as the request has it.
    let decoded = payer.memory.reserve(form.len())?;
    let (length, read) = (form.len(), move || Form::read(&form));
    let form = payer.run(&server.compute, length, read).await??;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.extend(form.headers);
    if is_doubtful && !parts.headers.contains_key(AUTHORIZATION) {
        return Err(Problem::unauthorized(
            "The form of another site's page has no field `Authorization`. Its header of that name \
             is not looked at: the browser may have added it.",
        ));
    }
    refuse_2_0(&parts.headers)?;
    if form.content.is_some() && !parts.headers.contains_key(CONTENT_TYPE) {
        // Form fields are text, and what xAPI sends as text is JSON.
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    parts.uri = address(&parts.uri, &form.parameters, &server.launch_parameters)?;
    let content = decoded.hold(Bytes::from(form.content.unwrap_or_default()));
    Ok(Request::from_parts(parts, Body::from(content)))
}

/// On whose share a form is read, and how long it may be.
struct Payer {
    /// The name of the key.
    key: Option<String>,
    memory: Memory,
    limit: usize,
}

impl Payer {
    /// The key in the `Authorization` header, where there is one and the form may be long: it must be good then. Otherwise the
    /// form is read on what its address has for forms.
    async fn of(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let limit = server.limits.body_bytes;
        if parts.headers.contains_key(AUTHORIZATION) && may_be_long(&parts.headers) {
            let key = Caller::from_request_parts(parts, server).await?.key.name.clone();
            return Ok(Self { memory: server.shares.of_key(&key), key: Some(key), limit });
        }
        let memory = server.shares.of_forms_from(Address::of_request(&parts.extensions));
        Ok(Self { key: None, memory, limit: limit.min(LONGEST_UNPAID) })
    }

    /// Does `work` on a form of `length` bytes, of a long one off the threads that answer requests. Forms whose key is not known
    /// yet are short, and what their address has bounds how many there are.
    async fn run<T: Send + 'static>(
        &self,
        compute: &Compute,
        length: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        match &self.key {
            Some(key) => compute.run(key, length, work).await,
            None => compute::by_length(length, work).await,
        }
    }

    /// `problem`, with what to do about a form that is too long to be read for nobody. One that has too much beside its content
    /// is another problem.
    fn explained(&self, problem: Problem) -> Problem {
        let is_unpaid = self.key.is_none() && self.limit == LONGEST_UNPAID;
        if is_unpaid && problem.rule() == "body-too-large" { unpaid() } else { problem }
    }
}

/// Whether the `Authorization` header may be the browser's own, added to what a page of another
/// site sends without asking: a form, a beacon, a simple `fetch`.
///
/// A header that only a script can set tells otherwise: it needs a preflight, and preflights are
/// answered in such a way (see `cors.rs`) that the browser adds no credentials to what follows.
/// Every player has one such header to send, unless the form carries it: the version.
fn is_doubtful(request: &Parts, server: &Server) -> bool {
    let is_preflighted = request.headers.contains_key(version::HEADER);
    !is_preflighted && origin::is_foreign(request, &server.base_url)
}

/// What a form has beside its content, counted while it comes: a form of nothing but small fields
/// is refused before it is there. What it counts a little too much of, [`Form::read`] counts exactly.
#[derive(Default)]
struct Beside {
    fields: usize,
    bytes: usize,
    /// How the present field begins.
    begin: Vec<u8>,
}

impl Beside {
    /// Looks at the next part of a form.
    fn see(&mut self, part: &[u8]) -> Result<(), Problem> {
        for (n, piece) in part.split(|byte| *byte == b'&').enumerate() {
            if n > 0 {
                self.fields += 1;
                self.begin.clear();
            }
            let missing = CONTENT.len() - self.begin.len();
            self.begin.extend(piece.iter().take(missing));
            if self.begin != CONTENT {
                self.bytes += piece.len();
            }
            if self.fields > MOST_FIELDS + 1 || self.bytes > MOST_BESIDE + CONTENT.len() {
                return Err(too_much());
            }
        }
        Ok(())
    }
}

/// What a form says, by what it stands for.
#[derive(Default)]
struct Form {
    headers: HeaderMap,
    parameters: Vec<(String, String)>,
    content: Option<String>,
}

impl Form {
    /// Reads a form. It is refused before its fields are decoded where there are more of them than
    /// any request needs, or more of them beside `content` than a URL could hold.
    fn read(form: &[u8]) -> Result<Self, Problem> {
        let mut read = Self::default();
        let (mut fields, mut beside) = (0, 0);
        for field in form.split(|byte| *byte == b'&') {
            if !field.starts_with(CONTENT) {
                fields += 1;
                beside += field.len();
            }
            if fields > MOST_FIELDS || beside > MOST_BESIDE {
                return Err(too_much());
            }
            if !field.is_empty() {
                read.add(field)?;
            }
        }
        Ok(read)
    }

    fn add(&mut self, field: &[u8]) -> Result<(), Problem> {
        let (name, value) = match field.iter().position(|byte| *byte == b'=') {
            Some(at) => (field.get(..at), field.get(at + 1..)),
            None => (Some(field), None),
        };
        let name = parameters::decode(name.unwrap_or_default())?;
        let value = parameters::decode(value.unwrap_or_default())?;
        let header = HEADERS.iter().find(|header| name.eq_ignore_ascii_case(header.as_str()));
        let is_repeated = if let Some(header) = header {
            let value = HeaderValue::from_str(&value)
                .map_err(|_| refusal("A form field that stands for a header is not one."))?;
            self.headers.insert(header, value).is_some()
        } else if name == "content" {
            self.content.replace(value).is_some()
        } else if name.eq_ignore_ascii_case("content-length") {
            false
        } else {
            // A repeated parameter is refused like that of any other request.
            self.parameters.push((name, value));
            false
        };
        if is_repeated {
            return Err(refusal(
                "A form field that stands for a header or the content is repeated.",
            ));
        }
        Ok(())
    }
}

fn address(uri: &Uri, parameters: &[(String, String)], ignored: &[String]) -> Result<Uri, Problem> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters.iter().filter(|(name, _)| !ignored.contains(name)));
    let query = query.finish();
    let question = if query.is_empty() { "" } else { "?" };
    let address = format!("{}{question}{query}", uri.path());
    address.parse().map_err(|_| too_much())
}

fn refuse_2_0(headers: &HeaderMap) -> Result<(), Problem> {
    let spoken = headers.get(version::HEADER).and_then(|value| value.to_str().ok());
    if spoken.and_then(Version::from_header) == Some(Version::V2_0_0) {
        return Err(refusal("xAPI 2.0 has no alternate request syntax."));
    }
    Ok(())
}

/// That a form is called one is the client's SHOULD alone: at page unload players send it as
/// text/plain (`sendBeacon` of a string) or under no type (`fetch` of a `Blob`).
fn refuse_other_types(content_type: &str) -> Result<(), Problem> {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "" | "text/plain" | "application/x-www-form-urlencoded" => Ok(()),
        _ => Err(refusal("The body is not application/x-www-form-urlencoded.")),
    }
}

fn method(query: &str) -> Result<Method, Problem> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (Some((_, method)), None) = (parameters.next(), parameters.next()) else {
        return Err(refusal("The URL has other parameters than `method`."));
    };
    match &*method {
        "GET" => Ok(Method::GET),
        "PUT" => Ok(Method::PUT),
        "POST" => Ok(Method::POST),
        "DELETE" => Ok(Method::DELETE),
        "HEAD" => Ok(Method::HEAD),
        _ => Err(refusal("`method` is not GET, PUT, POST, DELETE or HEAD.")),
    }
}

fn refusal(detail: &'static str) -> Problem {
    Refusal::new(
        "alternate-request",
        "xAPI 1.0.3 Communication 1.3",
        detail,
        "POST a form to `?method=…` alone, with headers, parameters and `content` as its fields, \
         or send the request as it is.",
    )
    .into()
}

fn too_much() -> Problem {
    let refusal = Refusal::new(
        "alternate-request-too-large",
        "xAPI 1.0.3 Communication 3.2",
        "The form has more than 32 fields or 64 KiB beside `content`.",
        "Send what belongs to the request alone; statements and documents go into `content`.",
    );
    Problem::refused(StatusCode::PAYLOAD_TOO_LARGE, refusal)
}

/// Whether a form may be longer than what is read for nobody. What is unpacked says nothing of its length.
fn may_be_long(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    length
        .and_then(|length| length.parse().ok())
        .is_none_or(|length: usize| length > LONGEST_UNPAID)
}

fn unpaid() -> Problem {
    let refusal = Refusal::new(
        "alternate-request-unpaid",
        "xAPI 1.0.3 Communication 3.2",
        "The form is larger than 1 MiB, and its key stands in the form.",
        "Send `Authorization` as a header of the request, or send the request as it is instead of as a form.",
    );
    Problem::refused(StatusCode::PAYLOAD_TOO_LARGE, refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_many_or_of_long_fields_is_refused_and_its_content_may_be_long() {
        let refused = |form: &str| Form::read(form.as_bytes()).err().map(|it| it.status().as_u16());
        assert_eq!(refused(&"a&".repeat(16_000_000)), Some(413));
        assert_eq!(refused(&"&".repeat(33)), Some(413));
        assert_eq!(refused(&format!("agent={}", "x".repeat(64 * 1024))), Some(413));
        assert_eq!(refused(&format!("limit=1&content={}", "x".repeat(1 << 20))), None);
        assert_eq!(refused(&"a=1&".repeat(31)), None, "repetition is judged with the parameters");
    }

    #[tokio::test]
    async fn a_long_form_is_read_off_the_threads_that_answer_whoever_pays() {
        let here = std::thread::current().id();
        let compute = Compute::new(1);
        for key in [None, Some("k".to_owned())] {
            let payer = Payer { key, memory: Memory::new(0), limit: 0 };
            let at = async |length| {
                payer.run(&compute, length, || std::thread::current().id()).await.unwrap()
            };
            assert_eq!(at(64 << 10).await, here);
            assert_ne!(at((64 << 10) + 1).await, here);
        }
    }

    #[test]
    fn a_form_of_many_fields_is_refused_before_it_is_there() {
        let seen = |parts: &[&[u8]]| {
            let mut beside = Beside::default();
            let refused = parts.iter().position(|part| beside.see(part).is_err());
            refused.unwrap_or(parts.len())
        };
        assert_eq!(seen(&[b"a&".repeat(20).as_slice(); 9]), 1);
        assert_eq!(seen(&[b"x".repeat(16 * 1024).as_slice(); 9]), 4);
        let long = vec![b'x'; 1 << 17];
        let content: [&[u8]; 6] = [b"a=1&c", b"onten", b"t=", &long, b"&b=", b"2"];
        assert_eq!(seen(&content), content.len(), "its content may be long, however it is cut");
        assert_eq!(seen(&[b"contents=", &long]), 1, "another field may not");
    }

    #[test]
    fn fields_stand_for_headers_parameters_and_content() {
        let form =
            "content=%7B%22a%22%3A%22%C3%A8%2B+%22%7D&authorization=x&Content-Length=3&verb=v%26";
        let form = Form::read(form.as_bytes()).unwrap();
        assert_eq!(form.content.as_deref(), Some("{\"a\":\"è+ \"}"));
        assert_eq!(form.headers.get(AUTHORIZATION).unwrap(), "x");
        assert_eq!(form.parameters, [("verb".to_owned(), "v&".to_owned())]);
    }

    #[test]
    fn what_is_repeated_or_no_utf_8_is_refused() {
        for form in ["content=1&content=2", "If-Match=a&if-match=b", "content=%E8", "If-Match=%0A"]
        {
            assert!(Form::read(form.as_bytes()).is_err(), "{form}");
        }
    }
}
