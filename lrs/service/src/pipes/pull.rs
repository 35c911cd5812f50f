//! From the other store to this one, with nothing but the standard (Communication 2.1.3).
//!
//! A run reads from the cursor to the end. The cursor moves to the last statement that was read, but not beyond what the
//! source promised to be consistent when the run began, and never back. Each run begins somewhat before the cursor,
//! because `since` is exclusive and `stored` may repeat; what is known already is passed over.

use std::fmt::{self, Formatter};
use std::time::Duration;

use bytes::Bytes;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use url::Url;
use uuid::Uuid;

use super::incoming::{Incoming, no_room};
use super::multipart;
use super::pages::Pages;
use super::run::{Halt, Next, Run, halted};
use super::settings::ReadsBy;
use super::verdict::{self, Verdict};
use super::wire::{LONGEST_PAGE, WireAnswer, WireError, in_short, is_heavy};
use crate::compute;
use crate::memory::Exhausted;
use store::StoreError;
use xapi::attachment::Attachment;
use xapi::instant::Instant;

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
    statements: Texts<'a>,
    more: Option<String>,
}

/// The texts of the first [`MOST_READ`] statements of a page, and whether there are more.
#[derive(Default)]
struct Texts<'a> {
    first: Vec<&'a RawValue>,
    has_more: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Texts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Texts<'de>;

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("a list of statements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Texts<'de>, A::Error> {
                let mut texts = Texts::default();
                while texts.first.len() < MOST_READ {
                    match all.next_element()? {
                        Some(text) => texts.first.push(text),
                        None => return Ok(texts),
                    }
                }
                while all.next_element::<IgnoredAny>()?.is_some() {
                    texts.has_more = true;
                }
                Ok(texts)
            }
        }
        deserializer.deserialize_seq(Reader)
    }
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
        let mut answer = match self.page(request).await {
            Err(error @ WireError::Long(_)) => return self.ask_for_less(&error),
            answer => answer.map_err(|error| halted(&error))?,
        };
        if pages.is_first {
            pages.promised = answer.header(CONSISTENT).and_then(Instant::parse);
            self.pipe.state.is_consistent = pages.promised.is_some();
            pages.is_first = false;
        }
        match self.page_of(&mut answer).await? {
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
                let why = format!("`more` leads to another server: {}", in_short(&more));
                Err(Halt::Answer(Verdict::Stop(why.clone()), 200, why))
            }
        }
    }

    /// The statements of an answer.
    async fn page_of(&mut self, answer: &mut WireAnswer) -> Result<Read, Halt> {
        if answer.status != 200 {
            let verdict = match answer.status {
                201..=299 => Verdict::Later(None),
                _ => verdict::of_any(answer, self.now()),
            };
            return Err(Halt::Answer(verdict, answer.status, answer.in_short()));
        }
        let Some((json, parts)) = self.json_of(answer).await? else {
            if self.pulling.is_without_data {
                return Err(unreadable(answer));
            }
            self.pulling.is_without_data = true;
            return Ok(Read::WithoutData);
        };
        let values = self.works.values.clone();
        let read = move || -> Result<Option<Read>, Exhausted> {
            if is_heavy(&json) {
                return Ok(Some(Read::Heavy));
            }
            let Ok(Page { statements, more }) = serde_json::from_slice(&json) else {
                return Ok(None);
            };
            if statements.has_more {
                return Ok(Some(Read::Heavy));
            }
            let of = |raw: &RawValue| {
                let text = json.slice_ref(raw.get().as_bytes());
                match Incoming::of(text.clone(), &values) {
                    // Those before it are kept first.
                    Err(exhausted) if !exhausted.will_pass() => Ok(Incoming::unread(text)),
                    read => read,
                }
            };
            let statements = statements.first.into_iter().map(of).collect::<Result<_, _>>()?;
            Ok(Some(Read::Page(Fetched { statements, parts, more })))
        };
        let read = compute::aside(read).await.map_err(stopped)?;
        read.map_err(no_room)?.ok_or_else(|| unreadable(answer))
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
            if let Some(voided) = incoming.voids
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

    /// The JSON of an answer and the data that came with it; `None` where the answer cannot be read. They hold the memory that
    /// the answer held.
    async fn json_of(
        &self,
        answer: &mut WireAnswer,
    ) -> Result<Option<(Bytes, Vec<Attachment>)>, Halt> {
        let kind = answer.header("content-type").unwrap_or_default().to_owned();
        if !multipart::is_multipart(&kind) {
            return Ok(Some((answer.body.clone(), Vec::new())));
        }
        let room = |bytes| self.works.memory.reserve(bytes).map_err(|_| halted(&WireError::Memory));
        // The parts lie in a copy of the body.
        let copy = room(answer.body.len())?;
        let Some((json, mut parts)) = multipart::read(&kind, answer.body.clone()).await else {
            return Ok(None);
        };
        answer.body = Bytes::new();
        drop(copy);
        for part in &mut parts {
            part.body = room(part.body.len())?.hold(std::mem::take(&mut part.body));
        }
        Ok(Some((room(json.len())?.hold(json), parts)))
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
            let mut answer = self.page(request).await.map_err(|error| halted(&error))?;
            match answer.status {
                404 => return Ok(None),
                200 => {}
                _ => {
                    let verdict = verdict::of_any(&answer, self.now());
                    return Err(Halt::Answer(verdict, answer.status, answer.in_short()));
                }
            }
            let read = self.json_of(&mut answer).await?;
            let values = self.works.values.clone();
            let work = move || -> Result<_, Exhausted> {
                let Some((json, parts)) = read.filter(|(json, _)| !is_heavy(json)) else {
                    return Ok(None);
                };
                Ok(Some((Incoming::of(json, &values)?, parts)))
            };
            let read = compute::aside(work).await.map_err(stopped)?;
            // A store may answer with a page of one, or none.
            if let Some((incoming, parts)) = read.map_err(no_room)? {
                return Ok((incoming.id == Some(id)).then_some((incoming, parts)));
            }
        }
        Ok(None)
    }
}

fn stopped(_: compute::Stopped) -> StoreError {
    StoreError::Unavailable("reading an answer was stopped".into())
}

fn unreadable(answer: &WireAnswer) -> Halt {
    let detail = format!("this is no page of statements: {}", answer.in_short());
    Halt::Answer(Verdict::Later(None), answer.status, detail)
}
