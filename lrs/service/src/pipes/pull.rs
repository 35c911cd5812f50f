//! From the other store to this one, with nothing but the standard (Communication 2.1.3).
//!
//! A run reads from the cursor to the end. The cursor moves to the last statement that was read, but not beyond what the
//! source promised to be consistent when the run began, and never back. Each run begins somewhat before the cursor,
//! because `since` is exclusive and `stored` may repeat; what is known already is passed over.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;
use uuid::Uuid;

use super::incoming::Incoming;
use super::multipart;
use super::pages::Pages;
use super::run::{Halt, Next, Run, halted};
use super::settings::ReadsBy;
use super::verdict::{self, Verdict};
use super::wire::{LONGEST_PAGE, WireAnswer, WireError, is_heavy};
use crate::compute;
use store::StoreError;
use xapi::attachment::Attachment;
use xapi::instant::Instant;
use xapi::prepare::{VOIDED, target};

/// The most statements of a page.
const MOST_OF_PAGE: usize = 500;
/// The most statements that are read of a page: some stores give more than they were asked for.
const MOST_READ: usize = 10_000;
/// What is fetched beside a page before what came so far is kept, in bytes. Little in tests, so that it is soon reached.
const BESIDE: usize = if cfg!(test) { 4 << 10 } else { LONGEST_PAGE };
/// How far before its cursor a run begins where the source says up to where it is consistent, and where it does not.
const OVERLAP: Duration = Duration::from_millis(1);
const LONG_OVERLAP: Duration = Duration::from_mins(1);
const CONSISTENT: &str = "x-experience-api-consistent-through";

/// A run, as far as it is.
#[derive(Default)]
pub(super) struct Pulling {
    run: Option<Pages>,
    /// The most statements that are asked for at a time; 0 before the first answer that was too long.
    limit: usize,
    /// Whether the source's multipart answers could not be read.
    is_without_data: bool,
}

/// A `StatementResult` (Data 2.5).
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    statements: Vec<&'a RawValue>,
    more: Option<String>,
}

/// What became of an answer.
enum Read {
    Page(Fetched),
    /// The same is to be asked for without attachments.
    WithoutData,
    /// It holds more than is read.
    Heavy,
}

/// A page of statements.
struct Fetched {
    statements: Vec<Incoming>,
    parts: Vec<Attachment>,
    more: Option<String>,
}

impl Run {
    /// Fetches a page and keeps what it has.
    pub(super) async fn pull(&mut self) -> Result<Next, Halt> {
        let done = self.pull_page().await;
        if done.is_err() {
            // The next attempt begins at the cursor.
            self.pulling.run = None;
        }
        done
    }

    async fn pull_page(&mut self) -> Result<Next, Halt> {
        let mut pages = match self.pulling.run.take() {
            Some(pages) => pages,
            None => self.first_page()?,
        };
        let version = if self.pipe.settings.version == "2.0.0" { "2.0.0" } else { "1.0.3" };
        let request = self.request(pages.url.clone(), version, None, LONGEST_PAGE);
        let answer = match self.page(request).await {
            Err(error @ WireError::Long(_)) => return self.ask_for_less(&error),
            answer => answer.map_err(|error| halted(&error))?,
        };
        if pages.is_first {
            pages.promised = answer.header(CONSISTENT).and_then(Instant::parse);
            self.pipe.state.is_consistent = pages.promised.is_some();
            pages.is_first = false;
        }
        match self.page_of(&answer).await? {
            Read::Page(page) => self.keep_page(page, pages, &answer).await,
            Read::WithoutData => Ok(Next::More),
            Read::Heavy => self.ask_for_less(&WireError::Heavy),
        }
    }

    /// Has the next attempt ask for half as many statements; stops the pipe where a single one is too much.
    fn ask_for_less(&mut self, error: &WireError) -> Result<Next, Halt> {
        if self.limit() > 1 {
            self.pulling.limit = self.limit() / 2;
            return Ok(Next::More);
        }
        let why = format!("a single statement is too much: {error}");
        Err(Halt::Answer(Verdict::Stop(why.clone()), 0, why))
    }

    async fn keep_page(
        &mut self,
        Fetched { statements, parts, more }: Fetched,
        mut pages: Pages,
        answer: &WireAnswer,
    ) -> Result<Next, Halt> {
        let count = statements.len();
        pages.note(&statements);
        let kept = self.keep_with_voided(statements, parts).await?;
        self.went_well(answer.status, format!("{count} statements, of which {kept} are new"));
        let next = self.more(more, &pages.url)?.map(|more| pages.after(more));
        let state = &mut self.pipe.state;
        let before = (state.cursor, state.through);
        // A timestamp to come is no place to go on from.
        let most = match self.pipe.settings.reads_by {
            ReadsBy::Stored => pages.promised,
            ReadsBy::Timestamp => Some(pages.promised.unwrap_or(pages.began).min(pages.began)),
        };
        if let Some(reached) = pages.reached.filter(|_| pages.is_ordered || next.is_none()) {
            let reached = most.map_or(reached, |most| reached.min(most));
            state.cursor = state.cursor.max(reached.micros());
        }
        if next.is_none() {
            let through = pages.promised.unwrap_or(pages.began).micros();
            state.through = Some(state.through.unwrap_or_default().max(through));
        }
        state.delivered += kept;
        // Runs that find nothing new are noted as well: how far behind the pipe is follows from that.
        if kept > 0 || before != (state.cursor, state.through) {
            self.save().await?;
        }
        match next {
            Some(url) => {
                pages.url = url;
                self.pulling.run = Some(pages);
                Ok(Next::More)
            }
            None => Ok(Next::Idle(Duration::from_secs(self.pipe.settings.every_seconds))),
        }
    }

    const fn limit(&self) -> usize {
        if self.pulling.limit == 0 { MOST_OF_PAGE } else { self.pulling.limit }
    }

    /// Where a run begins.
    fn first_page(&self) -> Result<Pages, Halt> {
        let mut url = self.statements()?;
        let with_data = if self.pulling.is_without_data { "false" } else { "true" };
        url.query_pairs_mut()
            .append_pair("ascending", "true")
            .append_pair("limit", &self.limit().to_string())
            .append_pair("format", "exact")
            .append_pair("attachments", with_data);
        let cursor = self.pipe.state.cursor;
        let since = (cursor > 0).then(|| {
            let usual = if self.pipe.state.is_consistent { OVERLAP } else { LONG_OVERLAP };
            let asked = self.pipe.settings.overlap_seconds.map(Duration::from_secs);
            let overlap = asked.map_or(usual, |asked| asked.max(OVERLAP));
            let overlap = i64::try_from(overlap.as_micros()).unwrap_or(i64::MAX);
            let beginning = self.pipe.settings.beginning(self.now()).micros();
            Instant::from_micros((cursor - overlap).max(beginning).max(0))
        });
        Ok(Pages::new(url, since, self.pipe.settings.reads_by, self.now()))
    }

    /// The next page, which must be at the same store: the credentials are for that one.
    fn more(&self, more: Option<String>, from: &Url) -> Result<Option<Url>, Halt> {
        let Some(more) = more.filter(|it| !it.is_empty()) else { return Ok(None) };
        match from.join(&more) {
            Ok(url) if url.origin() == self.endpoint.origin() => Ok(Some(url)),
            _ => {
                let why = format!("`more` leads to another server: {more}");
                Err(Halt::Answer(Verdict::Stop(why.clone()), 200, why))
            }
        }
    }

    /// The statements of an answer.
    async fn page_of(&mut self, answer: &WireAnswer) -> Result<Read, Halt> {
        if answer.status != 200 {
            let verdict = match answer.status {
                201..=299 => Verdict::Later(None),
                _ => verdict::of_any(answer, self.now()),
            };
            return Err(Halt::Answer(verdict, answer.status, answer.in_short()));
        }
        let Some((json, parts)) = json_of(answer).await else {
            if self.pulling.is_without_data {
                return Err(unreadable(answer));
            }
            self.pulling.is_without_data = true;
            return Ok(Read::WithoutData);
        };
        let read = move || {
            if is_heavy(&json) {
                return Some(Read::Heavy);
            }
            let Page { statements, more } = serde_json::from_slice(&json).ok()?;
            if statements.len() > MOST_READ {
                return Some(Read::Heavy);
            }
            let statements = statements.into_iter().map(|raw| Incoming::of(raw.get())).collect();
            Some(Read::Page(Fetched { statements, parts, more }))
        };
        let read = compute::aside(read).await.map_err(stopped)?;
        read.ok_or_else(|| unreadable(answer))
    }

    /// Keeps the statements with those before them that they void and that are not known here, which no query lists. Says
    /// how many are new. Where much was fetched beside the page, what came so far is kept before more is fetched.
    async fn keep_with_voided(
        &mut self,
        statements: Vec<Incoming>,
        mut parts: Vec<Attachment>,
    ) -> Result<u64, Halt> {
        let (own_parts, mut new, mut fetched) = (parts.len(), 0, 0_usize);
        let mut all: Vec<Incoming> = Vec::with_capacity(statements.len());
        for incoming in statements {
            if let Some(voided) = voided_by(&incoming)
                && all.iter().all(|it| it.id != Some(voided))
                && self.works.store.statement(self.mapped.id(voided)).await?.is_none()
                && let Some((original, data)) = self.fetch("voidedStatementId", voided).await?
            {
                let weight = data.iter().map(|it| it.body.len()).sum::<usize>();
                fetched = fetched.saturating_add(weight).saturating_add(original.text.len());
                parts.extend(data);
                all.push(original);
            }
            all.push(incoming);
            if fetched > BESIDE {
                new += self.keep(std::mem::take(&mut all), parts.clone()).await?.new;
                parts.truncate(own_parts);
                fetched = 0;
            }
        }
        Ok(new + self.keep(all, parts).await?.new)
    }

    /// One statement of the source by its id; `None` where there is none.
    pub(super) async fn fetch(
        &mut self,
        parameter: &str,
        id: Uuid,
    ) -> Result<Option<(Incoming, Vec<Attachment>)>, Halt> {
        for with_data in ["true", "false"] {
            let mut url = self.statements()?;
            url.query_pairs_mut()
                .append_pair(parameter, &id.to_string())
                .append_pair("format", "exact")
                .append_pair("attachments", with_data);
            let version = if self.pipe.settings.version == "2.0.0" { "2.0.0" } else { "1.0.3" };
            let request = self.request(url, version, None, LONGEST_PAGE);
            let answer = self.page(request).await.map_err(|error| halted(&error))?;
            match answer.status {
                404 => return Ok(None),
                200 => {}
                _ => {
                    let verdict = verdict::of_any(&answer, self.now());
                    return Err(Halt::Answer(verdict, answer.status, answer.in_short()));
                }
            }
            let read = json_of(&answer).await;
            let work = move || {
                let (json, parts) = read.filter(|(json, _)| !is_heavy(json))?;
                Some((Incoming::of(std::str::from_utf8(&json).ok()?), parts))
            };
            let text = compute::aside(work).await.map_err(stopped)?;
            // A store may answer with a page of one, or none.
            if let Some((incoming, parts)) = text {
                return Ok((incoming.id == Some(id)).then_some((incoming, parts)));
            }
        }
        Ok(None)
    }
}

fn stopped(_: compute::Stopped) -> StoreError {
    StoreError::Unavailable("reading an answer was stopped".into())
}

/// The JSON of an answer and the data that came with it.
async fn json_of(answer: &WireAnswer) -> Option<(Bytes, Vec<Attachment>)> {
    let kind = answer.header("content-type").unwrap_or_default();
    if multipart::is_multipart(kind) {
        return multipart::read(kind, answer.body.clone()).await;
    }
    Some((answer.body.clone(), Vec::new()))
}

fn unreadable(answer: &WireAnswer) -> Halt {
    let detail = format!("this is no page of statements: {}", answer.in_short());
    Halt::Answer(Verdict::Later(None), answer.status, detail)
}

/// The statement that another one voids.
fn voided_by(incoming: &Incoming) -> Option<Uuid> {
    let value = incoming.value.as_ref()?;
    let verb = value.pointer("/verb/id").and_then(serde_json::Value::as_str);
    target(value).filter(|_| verb == Some(VOIDED))
}
