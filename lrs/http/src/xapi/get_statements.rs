//! `GET statements` (Communication 2.1.3) and the page a `more` link asks for.

use axum::Extension;
use axum::extract::State;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use uuid::Uuid;
use validator::Version;
use validator::json::Size;

use crate::audit;
use crate::problem::Problem;
use crate::share::{Answers, Paid};
use crate::state::Server;
use crate::version::Spoken;
use access::caller::{Caller, Readable};
use service::memory::Memory;
use service::record::RecordError;
use service::record::statements::{attachment_types, is_readable};
use service::record::written;
use service::record::written::Known;
use store::Page;
use xapi::language::Languages;
use xapi::parameters::Parameters;
use xapi::query::{Filter, Format, Query, Wanted};
use xapi::stored::Stored;

use super::one::in_turn;
use super::{attached, untrusted};

/// Where the standard has statements.
const STANDARD: &str = "/xapi/statements";
/// Joining bytes takes this many times less of a processor than the work that [`Compute`](service::compute::Compute)
/// counts bytes for, which reads them.
const JOINING: usize = 16;

/// One statement, or a page of those that match.
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Answers(memory): Answers,
    Spoken(version): Spoken,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked { caller, memory, version, parameters, headers };
    asked.at(STANDARD, &server).await
}

/// What is asked, wherever it is.
pub(crate) struct Asked {
    pub(crate) caller: Caller,
    /// Of which what is read and made is taken before it is made.
    pub(crate) memory: Memory,
    pub(crate) version: Version,
    pub(crate) parameters: Parameters,
    pub(crate) headers: HeaderMap,
}

impl Asked {
    /// The answer of a resource at this path, to which its `more` leads.
    pub(crate) async fn at(self, path: &'static str, server: &Server) -> Result<Response, Problem> {
        let Self { caller, memory, version, parameters, headers } = self;
        let readable = caller.readable()?;
        let (parameters, beyond) = server.cursors.resume(parameters)?;
        let query = Query::parse(&parameters, version)?;
        let languages = languages(&headers);
        let key = caller.key.name.clone();
        if path == STANDARD
            && readable == Readable::All
            && let Some(agent) = parameters.get("agent")
        {
            let (actor, target) = (audit::actor_of(&caller), audit::identified(agent));
            server.audit.note_reading(actor, audit::STATEMENTS_READ, &target, None).await;
        }
        let answer = Answer { server, path, query: &query, languages, readable, key, memory };
        match &query.wanted {
            Wanted::One(id) => answer.one(*id, false).await,
            Wanted::Voided(id) => answer.one(*id, true).await,
            Wanted::Many(filter) => {
                let filter = Filter { beyond, ..(**filter).clone() };
                answer.page(filter, &parameters).await
            }
        }
    }
}

fn languages(headers: &HeaderMap) -> Languages {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    header.map(Languages::parse).unwrap_or_default()
}

struct Answer<'a> {
    server: &'a Server,
    /// Where the resource is.
    path: &'static str,
    query: &'a Query,
    languages: Languages,
    readable: Readable,
    /// The name of the key that asks.
    key: String,
    /// Of which what is read and made is taken before it is made.
    memory: Memory,
}

impl Answer<'_> {
    async fn one(&self, id: Uuid, voided: bool) -> Result<Response, Problem> {
        let unknown = || Problem::not_found("statement with this id");
        let turns = (&self.server.pages, self.key.as_str());
        let found = in_turn(&self.server.record, turns, &self.memory, id).await?;
        let found = found.filter(|(kept, _)| kept.voided == voided);
        let (kept, _held) = found.ok_or_else(unknown)?;
        if !is_readable(&kept, &self.readable).await? {
            return Err(unknown());
        }
        let statement = kept.statement;
        let modified = HeaderValue::from_str(&statement.stored.http_date()).ok();
        let statements = vec![statement];
        let Some(text) = self.texts(&statements).await?.pop() else {
            tracing::error!(%id, "a statement was read and not written");
            return Err(Problem::stopped());
        };
        let json = self.memory.reserve(text.len())?.hold(text);
        let mut response = self.respond(statements, json).await?;
        if let Some(modified) = modified {
            response.headers_mut().insert(LAST_MODIFIED, modified);
        }
        Ok(response)
    }

    async fn page(&self, filter: Filter, parameters: &Parameters) -> Result<Response, Problem> {
        let largest = self.server.limits.statements_per_page;
        let limit = if filter.limit == 0 { largest } else { filter.limit.min(largest) };
        let filter = Filter { limit, ..filter };
        // Many large pages of one key would take all readers of the engine.
        let _turn = self.server.pages.turn(&self.key).await?;
        let Page { mut statements, mut more } =
            self.server.record.statements(filter, self.readable.clone()).await?;
        let _held = self.memory.reserve(weight(&statements))?;
        let texts = self.texts(&statements).await?;
        more |= texts.len() < statements.len();
        statements.truncate(texts.len());
        let last = statements.last().map(|statement| statement.stored).filter(|_| more);
        let link = last.map(|last| self.server.cursors.continue_after(parameters, last));
        let more = link.transpose()?.map(|link| {
            let path = self.server.path_seen_outside(self.path);
            format!("{path}?{link}")
        });
        let json = self.result(texts, more.unwrap_or_default()).await?;
        self.respond(statements, json).await
    }

    /// A `StatementResult` (Data 2.5) of texts that are JSON already. Its memory is taken before it is
    /// made, and held until it is sent: no other request can take it between the two.
    async fn result(&self, texts: Vec<Bytes>, more: String) -> Result<Bytes, Problem> {
        let length = texts.iter().map(|text| text.len() + 1).sum::<usize>() + more.len() + 64;
        let held = self.memory.reserve(length)?;
        let write = move || held.hold(result(&texts, &more, length));
        Ok(self.server.compute.run(&self.key, length / JOINING, write).await?)
    }

    /// The texts of the first of `statements` in the format asked for: of fewer than all where they
    /// would weigh too much. Canonical definitions are merged of what all statements said: a caller that
    /// may not read all statements gets the definitions that a statement brings along itself.
    async fn texts(&self, statements: &[Stored]) -> Result<Vec<Bytes>, Problem> {
        match self.query.format {
            Format::Exact => {
                Ok(statements.iter().map(|statement| statement.body.clone()).collect())
            }
            Format::Ids => self.compute(statements, 0, written::ids).await,
            Format::Canonical => {
                let known = if self.readable == Readable::All {
                    let activities = self.compute(statements, 0, written::activities).await?;
                    self.server.record.known(activities).await?
                } else {
                    Known::default()
                };
                let weight = known.weight();
                let _held = self.memory.reserve(weight)?;
                let languages = self.languages.clone();
                let write =
                    move |statements: &[Stored]| written::canonical(statements, known, &languages);
                self.compute(statements, weight, write).await
            }
        }
    }

    /// Does `work` on statements, and on `more` bytes beside them, where it holds up no other key. `work` has the values
    /// of one statement at a time: the memory of the heaviest is reserved, which may be many times its text.
    async fn compute<T: Send + 'static>(
        &self,
        statements: &[Stored],
        more: usize,
        work: impl FnOnce(&[Stored]) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (statements, bytes) = (statements.to_vec(), weight(statements).saturating_add(more));
        let memory = self.server.shares.of_key(&self.key);
        let work = move || {
            let heaviest = statements.iter().map(|it| Size::of(&it.body).weight()).max();
            let _held = memory.reserve(heaviest.unwrap_or_default())?;
            Ok::<_, Problem>(work(&statements)?)
        };
        self.server.compute.run(&self.key, bytes, work).await?
    }

    /// The answer of `json`, which was made of `statements` and holds its memory.
    async fn respond(&self, statements: Vec<Stored>, json: Bytes) -> Result<Response, Problem> {
        if !self.query.attachments {
            let response = ([(CONTENT_TYPE, "application/json")], json).into_response();
            return Ok((Extension(Paid), response).into_response());
        }
        let readable = self.readable.clone();
        let types = move |statements: &[Stored]| attachment_types(statements, &readable);
        let types = self.compute(&statements, 0, types).await?;
        let record = &self.server.record;
        let attachments = record.attachments(&types).await?;
        let boundary = format!("traccia-{}", Uuid::new_v4().simple());
        let content_type = format!("multipart/mixed; boundary={boundary}");
        let answer = attached::Answer { boundary, json, attachments };
        let length = answer.length();
        let mut response = answer.body(record.clone(), &self.memory)?.into_response();
        untrusted::save_unless_passive(&content_type, response.headers_mut());
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
        Ok(([(CONTENT_TYPE, content_type)], response).into_response())
    }
}

fn weight(statements: &[Stored]) -> usize {
    statements.iter().map(|statement| statement.body.len()).sum()
}

/// See [`Answer::result`]; `length` is at least that of the result.
fn result(texts: &[Bytes], more: &str, length: usize) -> Bytes {
    let mut out = BytesMut::with_capacity(length);
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
