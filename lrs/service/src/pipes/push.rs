//! From this store to the other one: in the order of `stored`, one batch at a time.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;
use validator::Version;
use validator::json::members;

use super::attached::Body;
use super::filter::Passing;
use super::mapping::Mapped;
use super::run::{Halt, Next, Run, halted};
use super::settings::PipeDirection;
use super::verdict::{self, Verdict};
use super::wire::{LONGEST_ANSWER, WireAnswer, WireError, WireRequest};
use crate::compute;
use store::{Kept, KeptAttachment, StoreError};
use xapi::attachment::{MediaTypes, described};
use xapi::instant::Instant;
use xapi::same;
use xapi::stored::Stored;

/// The most statements of one batch.
pub(super) const MOST_OF_BATCH: usize = 500;
/// The most bytes of one batch, attachments included; a single statement may have more.
const MOST_BYTES: u64 = 4 << 20;
/// How long news may take to be seen where nothing announces it.
const NEWS: Duration = Duration::from_secs(1);

/// A statement as it travels.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    /// Its id here.
    pub(super) id: Uuid,
    /// Its id there.
    pub(super) sent: Uuid,
    pub(super) stored: Instant,
    pub(super) text: Bytes,
    version: Version,
    /// The text of its authority here.
    author: String,
    types: MediaTypes,
    pub(super) attachments: Vec<KeptAttachment>,
}

/// Statements that are sent together, if nothing is wrong with them.
#[derive(Clone, Debug)]
struct Piece {
    statements: Vec<Outgoing>,
    /// Where the cursor is once all of them are done with.
    through: Instant,
}

/// What is read of the log and not done with.
#[derive(Default)]
pub(super) struct Pushing {
    pieces: VecDeque<Piece>,
    /// Of the first piece: what is left to be sent, the next last. Empty where nothing was sent yet.
    left: Option<Vec<Vec<Outgoing>>>,
    /// Of the first piece: how many were delivered.
    delivered: u64,
    /// How often in a row the receiver of a webhook has failed with the statement that is next.
    pub(super) failures: u32,
}

impl Run {
    /// Sends one piece, or reads the next ones.
    pub(super) async fn push(&mut self) -> Result<Next, Halt> {
        if self.pushing.pieces.is_empty() {
            // Nothing that was read before an erasure is sent after the other store was told of the erasure.
            if self.tell().await? {
                return Ok(Next::More);
            }
            return self.read_on().await;
        }
        self.send_piece().await?;
        Ok(Next::More)
    }

    fn cursor(&self) -> Instant {
        Instant::from_micros(self.pipe.state.cursor)
    }

    async fn read_on(&mut self) -> Result<Next, Halt> {
        let page = match self.works.store.log(self.cursor(), MOST_OF_BATCH).await {
            Ok(page) => page,
            Err(StoreError::Unreadable { id, stored, reason }) => {
                // Where even its id cannot be read, the letter is known by its place: two such letters are two.
                let of_place =
                    || Uuid::new_v5(&Uuid::NAMESPACE_OID, &stored.micros().to_be_bytes());
                let letter = self.letter((id.unwrap_or_else(of_place), stored), 0, reason);
                self.give_up(vec![letter]).await?;
                self.pipe.state.cursor = stored.micros();
                self.save().await?;
                return Ok(Next::More);
            }
            Err(error) => return Err(error.into()),
        };
        let Some(last) = page.statements.last().map(|kept| kept.statement.stored) else {
            self.works.store.wait_for_news(self.cursor(), NEWS).await;
            return Ok(Next::Idle(Duration::ZERO));
        };
        let (passing, mapped) = (self.passing.clone(), self.mapped.clone());
        let (keeps_origin, is_webhook) = (self.keeps_origin(), self.is_webhook());
        let make = move || outgoing(page.statements, &passing, &mapped, keeps_origin);
        let stopped = |_| StoreError::Unavailable("making a batch was stopped".into());
        let Made { mut statements, unreadable } = compute::aside(make).await.map_err(stopped)?;
        statements.retain(|it| !self.pipe.state.holds_back(&it.author));
        if !unreadable.is_empty() {
            let letters = unreadable.into_iter();
            self.give_up(letters.map(|(place, why)| self.letter(place, 0, why)).collect()).await?;
        }
        for statement in &mut statements {
            if !statement.types.is_empty() && !is_webhook {
                let types = std::mem::take(&mut statement.types);
                statement.attachments = store::typed(&*self.works.store, &types).await?;
            }
        }
        let most = if is_webhook { 1 } else { MOST_OF_BATCH };
        self.pushing.pieces = pieces(statements, last, most);
        Ok(Next::More)
    }

    /// Sends what is left of the first piece, and moves the cursor behind the piece.
    async fn send_piece(&mut self) -> Result<(), Halt> {
        let Some(piece) = self.pushing.pieces.front() else { return Ok(()) };
        let through = piece.through;
        let mut left = self.pushing.left.take().unwrap_or_else(|| {
            let mut all = piece.statements.clone();
            all.retain(|it| !self.pipe.state.holds_back(&it.author));
            vec![all]
        });
        while let Some(slice) = left.pop() {
            if slice.is_empty() {
                continue;
            }
            let verdict = self.send(&slice).await;
            match verdict {
                Ok(Sent::Taken) => self.pushing.delivered += slice.len() as u64,
                Ok(Sent::Parts(parts)) => left.extend(parts.into_iter().rev()),
                Ok(Sent::GivenUp) => {
                    if let Err(halt) = self.refused_for_good(&slice, &mut left).await {
                        self.pushing.left = Some(left);
                        return Err(halt);
                    }
                }
                Err(halt) => {
                    left.push(slice);
                    self.pushing.left = Some(left);
                    return Err(halt);
                }
            }
        }
        let before = self.pipe.state.clone();
        self.pipe.state.cursor = through.micros();
        self.pipe.state.delivered += self.pushing.delivered;
        if let Err(halt) = self.save().await {
            self.pipe.state = before;
            self.pushing.left = Some(Vec::new());
            return Err(halt);
        }
        self.pushing.delivered = 0;
        self.pushing.pieces.pop_front();
        Ok(())
    }

    /// Counts what was refused for its authority. What is `left` of one of whose statements too many were refused is not sent.
    async fn refused_for_good(
        &mut self,
        slice: &[Outgoing],
        left: &mut [Vec<Outgoing>],
    ) -> Result<(), Halt> {
        for Outgoing { author, stored, .. } in slice {
            if !self.pipe.state.refuse(author) {
                continue;
            }
            let letters = self.works.store.count_dead_letters(&self.name).await?;
            if self.pipe.state.hold_back(author, *stored, letters) {
                tracing::error!(
                    pipe = self.name,
                    author,
                    "too many statements of one authority were refused: see to it and resume the pipe"
                );
                for slice in &mut *left {
                    slice.retain(|it| it.author != *author);
                }
            }
        }
        Ok(())
    }

    fn is_webhook(&self) -> bool {
        self.pipe.settings.direction == PipeDirection::Webhook
    }

    /// Whether `stored` and `authority` stay in statements. A receiver of events makes none of its own.
    fn keeps_origin(&self) -> bool {
        self.pipe.settings.keeps_origin || self.is_webhook()
    }

    async fn send(&mut self, slice: &[Outgoing]) -> Result<Sent, Halt> {
        if let ([statement], true) = (slice, self.is_webhook()) {
            return self.deliver(statement).await;
        }
        let request = match self.post(slice).await? {
            Ok(request) => request,
            Err(_) if slice.len() > 1 => return Ok(Sent::Parts(parts(slice, None))),
            Err(why) => return self.too_long(slice, why).await,
        };
        let sent: Vec<Uuid> = slice.iter().map(|it| it.sent).collect();
        let answer = self.exchange(request).await.map_err(|error| halted(&error))?;
        match verdict::of_post(&answer, &sent, self.now()) {
            Verdict::Taken => {
                let told = format!("{} statements are there", slice.len());
                self.went_well(answer.status, told);
                Ok(Sent::Taken)
            }
            Verdict::TooLarge | Verdict::Refused if slice.len() > 1 => {
                let by_name = verdict::named(&answer, &sent).filter(|_| answer.status != 413);
                Ok(Sent::Parts(parts(slice, by_name)))
            }
            Verdict::TooLarge | Verdict::Refused => match slice.first() {
                Some(statement) => self.refused(statement, &answer).await,
                None => Ok(Sent::Taken),
            },
            later => Err(Halt::Answer(later, answer.status, answer.in_short())),
        }
    }

    /// What becomes of one statement that was refused alone. A conflict (409) by itself is no success: the statement
    /// that is there is fetched and compared. An equal one is a delivery; another is told by the places that differ.
    async fn refused(&mut self, statement: &Outgoing, answer: &WireAnswer) -> Result<Sent, Halt> {
        let mut why = answer.in_short();
        if answer.status == 409 {
            match self.differences(statement).await? {
                Some(places) if places.is_empty() => {
                    self.went_well(409, "the statement is there already".into());
                    return Ok(Sent::Taken);
                }
                Some(places) => why = format!("differs at {}. {why}", places.join(", ")),
                None => {}
            }
        }
        let place = (statement.id, statement.stored);
        self.give_up(vec![self.letter(place, answer.status, why)]).await?;
        self.went_well(
            answer.status,
            format!("{} was refused and is a dead letter", statement.sent),
        );
        Ok(Sent::GivenUp)
    }

    /// Where the statement that the other store has under the id of this one differs; `None` where that one cannot be
    /// read, as by a key that may write alone.
    ///
    /// # Errors
    /// [`Halt::Answer`] where the other store cannot say now.
    async fn differences(&self, statement: &Outgoing) -> Result<Option<Vec<String>>, Halt> {
        for parameter in ["statementId", "voidedStatementId"] {
            let mut url = self.statements()?;
            url.query_pairs_mut().append_pair(parameter, &statement.sent.to_string());
            let request = self.request(url, statement.version.as_str(), None, LONGEST_ANSWER);
            let answer = match self.exchange(request).await {
                Ok(answer) => answer,
                Err(error @ WireError::Transport(_)) => return Err(halted(&error)),
                Err(_) => return Ok(None),
            };
            if answer.status == 200 {
                let there: Option<Value> = serde_json::from_slice(&answer.body).ok();
                let here: Option<Value> = serde_json::from_slice(&statement.text).ok();
                let both = there.zip(here).filter(|(there, _)| there.is_object());
                return Ok(both.map(|(there, here)| same::differences(&there, &here)));
            }
            if let later @ Verdict::Later(_) = verdict::of_any(&answer, self.now()) {
                return Err(Halt::Answer(later, answer.status, answer.in_short()));
            }
        }
        Ok(None)
    }

    /// Gives up a statement whose attachments are more than this server sends.
    async fn too_long(&mut self, slice: &[Outgoing], why: String) -> Result<Sent, Halt> {
        let letters = slice.iter().map(|it| self.letter((it.id, it.stored), 413, why.clone()));
        self.give_up(letters.collect()).await?;
        Ok(Sent::GivenUp)
    }

    /// The request that sends some statements; the inner error says why they are not sent together.
    async fn post(&self, slice: &[Outgoing]) -> Result<Result<WireRequest, String>, Halt> {
        let bytes: usize = slice.iter().map(|it| it.text.len() + 1).sum();
        let mut json = Vec::with_capacity(bytes + 2);
        for (at, statement) in slice.iter().enumerate() {
            json.push(if at == 0 { b'[' } else { b',' });
            json.extend_from_slice(&statement.text);
        }
        json.push(b']');
        let body = match self.body(slice, json).await? {
            Body::Ready(kind, body) => (kind, body),
            Body::TooLong { data, most } => {
                return Ok(Err(format!(
                    "its attachments have {data} bytes, and this server sends {most} at once"
                )));
            }
        };
        let version = slice.first().map_or(Version::V1_0_3, |it| it.version).as_str();
        let url = self.statements()?;
        Ok(Ok(self.request(url, version, Some(body), LONGEST_ANSWER)))
    }

    /// Sends one kept statement again that was given up: see [`super::Pipes::retry`]. Nothing else of the pipe changes.
    pub(super) async fn send_again(&mut self, kept: Kept) -> Result<bool, Halt> {
        let everything = Passing::default();
        let keeps_origin = self.keeps_origin();
        let made = outgoing(vec![kept], &everything, &self.mapped, keeps_origin);
        let Some(mut statement) = made.statements.into_iter().next() else { return Ok(false) };
        statement.attachments = store::typed(&*self.works.store, &statement.types).await?;
        Ok(matches!(self.send(&[statement]).await?, Sent::Taken))
    }
}

/// What became of a slice that was answered.
#[derive(Debug)]
pub(super) enum Sent {
    Taken,
    /// It is to be sent in these parts.
    Parts(Vec<Vec<Outgoing>>),
    /// Its one statement is a dead letter.
    GivenUp,
}

/// A refused slice in parts: what is before the statement that was named, the statement, and what is behind it; or halves.
fn parts(slice: &[Outgoing], named: Option<usize>) -> Vec<Vec<Outgoing>> {
    let Some(at) = named else {
        let (one, other) = slice.split_at(slice.len() / 2);
        return vec![one.to_vec(), other.to_vec()];
    };
    let (before, rest) = slice.split_at(at);
    let (one, behind) = rest.split_at(1);
    vec![before.to_vec(), one.to_vec(), behind.to_vec()]
}

/// What is made of statements of the log.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Those that travel, as they do.
    pub(super) statements: Vec<Outgoing>,
    /// Those that cannot be read, and why.
    pub(super) unreadable: Vec<((Uuid, Instant), String)>,
}

/// What is made of `kept` statements.
pub(super) fn outgoing(
    kept: Vec<Kept>,
    passing: &Passing,
    mapped: &Mapped,
    keeps_origin: bool,
) -> Made {
    let mut made = Made::default();
    for Kept { statement, .. } in kept {
        match one(&statement, passing, mapped, keeps_origin) {
            Ok(outgoing) => made.statements.extend(outgoing),
            Err(why) => made.unreadable.push(((statement.id, statement.stored), why)),
        }
    }
    made
}

/// A statement as it travels; `None` where it does not.
///
/// # Errors
/// Why it cannot be read.
fn one(
    statement: &Stored,
    passing: &Passing,
    mapped: &Mapped,
    keeps_origin: bool,
) -> Result<Option<Outgoing>, String> {
    let is_verbatim = passing.is_open() && mapped.is_full();
    let text = std::str::from_utf8(&statement.body).map_err(|error| error.to_string())?;
    let has_attachments = text.contains("\"sha2\"");
    let mut value: Option<Value> = None;
    if !is_verbatim || has_attachments {
        value = Some(serde_json::from_str(text).map_err(|error| error.to_string())?);
    }
    if value.as_ref().is_some_and(|value| !passing.takes(value)) {
        return Ok(None);
    }
    let author = author(text);
    let text = match &mut value {
        Some(value) if !mapped.is_full() => {
            mapped.statement(statement.id, value);
            value.to_string()
        }
        _ if keeps_origin => text.to_owned(),
        _ => without_origin(text),
    };
    let mut types = MediaTypes::default();
    types.extend(value.iter().flat_map(described));
    Ok(Some(Outgoing {
        id: statement.id,
        sent: mapped.id(statement.id),
        stored: statement.stored,
        author,
        types,
        attachments: Vec::new(),
        version: version_of(&text),
        text: text.into(),
    }))
}

/// The text of the authority of a kept statement.
fn author(text: &str) -> String {
    let found = members(text).into_iter().find(|it| it.key == "authority");
    found.and_then(|it| text.get(it.value)).unwrap_or_default().to_owned()
}

/// The text of a kept statement without `stored` and `authority`, which are this store's.
fn without_origin(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for member in members(text) {
        if member.key == "stored" || member.key == "authority" {
            continue;
        }
        out.push(if out.is_empty() { '{' } else { ',' });
        out.push_str(text.get(member.whole).unwrap_or_default());
    }
    out.push('}');
    out
}

/// The version of xAPI that a kept statement is of: it says so itself.
pub(super) fn version_of(text: &str) -> Version {
    let said = members(text).into_iter().find(|member| member.key == "version");
    let said = said.and_then(|member| text.get(member.value));
    match said {
        Some(said) if said.starts_with("\"2") => Version::V2_0_0,
        _ => Version::V1_0_3,
    }
}

/// Statements in pieces of one version that are not too large, of `most` statements at most. The last piece ends where all of them do, `through`, so that
/// statements that do not travel are passed.
fn pieces(statements: Vec<Outgoing>, through: Instant, most: usize) -> VecDeque<Piece> {
    let mut pieces: VecDeque<Piece> = VecDeque::new();
    let mut bytes = 0;
    for statement in statements {
        let attached: u64 = statement.attachments.iter().map(|it| it.bytes).sum();
        let weight = statement.text.len() as u64 + attached;
        bytes += weight;
        match pieces.back_mut() {
            Some(piece)
                if bytes <= MOST_BYTES
                    && piece.statements.len() < most
                    && piece.statements.first().map(|it| it.version) == Some(statement.version) =>
            {
                piece.through = statement.stored;
                piece.statements.push(statement);
            }
            _ => {
                bytes = weight;
                pieces.push_back(Piece { through: statement.stored, statements: vec![statement] });
            }
        }
    }
    match pieces.back_mut() {
        Some(last) => last.through = through,
        None => pieces.push_back(Piece { statements: Vec::new(), through }),
    }
    pieces
}
