//! `GET statements` (Communication 2.1.3) and the page a `more` link asks for.

use axum::extract::State;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use uuid::Uuid;

use crate::access::caller::{Caller, Readable};
use crate::http::multipart;
use crate::http::problem::Problem;
use crate::http::share::Share;
use crate::http::state::Server;
use crate::http::version::Spoken;
use crate::memory::Memory;
use crate::store::Page;
use crate::xapi::language::Languages;
use crate::xapi::parameters::Parameters;
use crate::xapi::query::{Filter, Query, Wanted};
use crate::xapi::stored::Stored;

use super::untrusted;

/// One statement, or a page of those that match.
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Share(memory): Share,
    Spoken(version): Spoken,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let readable = caller.readable()?;
    let (parameters, beyond) = server.cursors.resume(parameters)?;
    let query = Query::parse(&parameters, version)?;
    let languages = languages(&headers);
    let answer = Answer { server: &server, query: &query, languages, readable, memory };
    match &query.wanted {
        Wanted::One(id) => answer.one(*id, false).await,
        Wanted::Voided(id) => answer.one(*id, true).await,
        Wanted::Many(filter) => {
            let filter = Filter { beyond, ..(**filter).clone() };
            answer.page(filter, &parameters).await
        }
    }
}

fn languages(headers: &HeaderMap) -> Languages {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    header.map(Languages::parse).unwrap_or_default()
}

struct Answer<'a> {
    server: &'a Server,
    query: &'a Query,
    languages: Languages,
    readable: Readable,
    memory: Memory,
}

impl Answer<'_> {
    async fn one(&self, id: Uuid, voided: bool) -> Result<Response, Problem> {
        let found = self.server.record.statement(id, voided, &self.readable).await?;
        let statement = found.ok_or_else(|| Problem::not_found("statement with this id"))?;
        let modified = HeaderValue::from_str(&statement.stored.http_date()).ok();
        let mut response = self.respond(vec![statement], |texts| texts.concat().into()).await?;
        if let Some(modified) = modified {
            response.headers_mut().insert(LAST_MODIFIED, modified);
        }
        Ok(response)
    }

    async fn page(&self, filter: Filter, parameters: &Parameters) -> Result<Response, Problem> {
        let largest = self.server.limits.statements_per_page;
        let limit = if filter.limit == 0 { largest } else { filter.limit.min(largest) };
        let filter = Filter { limit, ..filter };
        let Page { statements, more } =
            self.server.record.statements(filter, self.readable.clone()).await?;
        let last = statements.last().map(|statement| statement.stored).filter(|_| more);
        let link = last.map(|last| self.server.cursors.continue_after(parameters, last));
        let more = link.transpose()?.map(|link| {
            let path = self.server.path_seen_outside("/xapi/statements");
            format!("{path}?{link}")
        });
        self.respond(statements, |texts| result(texts, &more.unwrap_or_default())).await
    }

    /// `write` makes the JSON of the answer from the statements' texts.
    async fn respond(
        &self,
        statements: Vec<Stored>,
        write: impl FnOnce(&[Bytes]) -> Bytes,
    ) -> Result<Response, Problem> {
        // What is made of them is counted until it is sent.
        let weight = statements.iter().map(|statement| statement.body.len()).sum();
        let _held = self.memory.reserve(weight)?;
        let record = &self.server.record;
        let attachments = if self.query.attachments {
            Some(record.attachments_of(&statements, &self.readable).await?)
        } else {
            None
        };
        let texts =
            record.written(statements, self.query.format, &self.languages, &self.readable).await?;
        let json = write(&texts);
        let Some(attachments) = attachments else {
            return Ok(([(CONTENT_TYPE, "application/json")], json).into_response());
        };
        let boundary = format!("traccia-{}", Uuid::new_v4().simple());
        let content_type = format!("multipart/mixed; boundary={boundary}");
        let body = multipart::write(&json, &attachments, &boundary);
        let mut response = body.into_response();
        untrusted::save_unless_passive(&content_type, response.headers_mut());
        Ok(([(CONTENT_TYPE, content_type)], response).into_response())
    }
}

/// A `StatementResult` (Data 2.5) of texts that are JSON already.
fn result(texts: &[Bytes], more: &str) -> Bytes {
    let length: usize = texts.iter().map(|text| text.len() + 1).sum();
    let mut out = BytesMut::with_capacity(length + more.len() + 32);
    out.put_slice(b"{\"statements\":[");
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.put_u8(b',');
        }
        out.put_slice(text);
    }
    out.put_slice(b"],\"more\":");
    out.put_slice(serde_json::Value::from(more).to_string().as_bytes());
    out.put_u8(b'}');
    out.freeze()
}
