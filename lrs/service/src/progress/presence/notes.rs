//! What statements of presence say, as registers read them. Anybody who sends statements may send many of a session, and
//! large ones: of each no more is held than a register needs.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::compute;
use crate::large::with_skimmed;
use crate::progress::CourseService;
use crate::progress::boards::stopped;
use crate::progress::read::Readable;
use course::{ATTENDED, Course, Identifier, PRESENCE};
use store::{Result, StoreError};
use validator::json::{Node, Skimmed, at};
use validator::value::{duration, timestamp};
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

/// Statements read at once.
const PAGE: usize = 1_000;

/// The most characters of a note that a report shows.
const LONGEST_NOTE: usize = 1_000;

/// What a register notes beside a presence, by its hash: it may be as long as a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoteHash([u8; 32]);

impl NoteHash {
    pub(super) fn of(note: &str) -> Self {
        Self(Sha256::digest(note.as_bytes()).into())
    }
}

/// What a statement of presence says.
pub(super) struct Attended {
    pub(super) id: Uuid,
    pub(super) actor: Option<Identifier>,
    /// How long the actor was there.
    pub(super) micros: u64,
    pub(super) note: NoteHash,
    /// When it happened, in microseconds since 1970.
    pub(super) timestamp: Option<i64>,
}

impl Attended {
    fn of(statement: &Stored) -> Result<Self> {
        read(statement, |value| Self::said(statement.id, value))
    }

    fn said<N: Node>(id: Uuid, value: &N) -> Self {
        let text = |path: &str| at(value, path).and_then(N::as_str);
        let micros = text("result/duration").and_then(duration::parse);
        let micros = micros.and_then(|it| u64::try_from(it.micros).ok());
        Self {
            id,
            actor: value.get("actor").and_then(Identifier::of_agent),
            micros: micros.unwrap_or_default(),
            note: NoteHash::of(note_of(value).unwrap_or_default()),
            timestamp: text("timestamp").and_then(timestamp::parse).map(|it| it.micros),
        }
    }
}

/// The id of a statement and the beginning of its note, where it has one.
fn noted(statement: &Stored) -> Result<Option<(String, String)>> {
    let beginning = |note: &str| note.chars().take(LONGEST_NOTE).collect();
    let note: Option<String> = read(statement, |value| note_of(value).map(beginning))?;
    Ok(note.map(|note| (statement.id.to_string(), note)))
}

fn read<T>(statement: &Stored, take: impl FnOnce(&Skimmed<'_>) -> T) -> Result<T> {
    with_skimmed(statement, &PRESENCE, take)
        .map_err(|error| StoreError::Corrupt(format!("{}: {error}", statement.id)))
}

impl CourseService {
    /// The notes of all registers of a course, by the ids of the statements that have one.
    pub(in crate::progress) async fn notes(
        &self,
        course: &Course,
    ) -> Result<BTreeMap<String, String>> {
        let mut notes = BTreeMap::new();
        for session in course.activities().flat_map(|(_, activity)| activity.sessions()) {
            notes.extend(self.attended(&session.object, None, noted).await?.into_iter().flatten());
        }
        Ok(notes)
    }

    /// Who was at a session, as far as statements of presence on its object that are not voided say: all of them, or
    /// those of one actor. In the order in which they were stored.
    pub(super) async fn presences(
        &self,
        object: &str,
        actor: Option<&Identifier>,
    ) -> Result<Vec<Attended>> {
        self.attended(object, actor, Attended::of).await
    }

    /// What `read` takes of statements of presence, page by page and off the asynchronous threads.
    async fn attended<T: Send + 'static>(
        &self,
        object: &str,
        actor: Option<&Identifier>,
        read: fn(&Stored) -> Result<T>,
    ) -> Result<Vec<T>> {
        let matching = |text: String| Some(Match { text, related: false });
        let mut filter = Filter {
            agent: actor.and_then(|actor| matching(actor.to_string())),
            activity: matching(object.to_owned()),
            verb: Some(ATTENDED.to_owned()),
            ascending: true,
            limit: PAGE,
            ..Filter::default()
        };
        let mut attended = Vec::new();
        loop {
            let page = Readable::next(&*self.store, &filter).await?;
            filter.beyond = page.beyond;
            let statements = page.statements;
            let work = move || statements.iter().map(read).collect::<Result<Vec<T>>>();
            attended.extend(compute::aside(work).await.map_err(|_| stopped())??);
            if page.beyond.is_none() {
                return Ok(attended);
            }
        }
    }
}

/// What a register notes beside a presence.
fn note_of<N: Node>(statement: &N) -> Option<&str> {
    let note = at(statement, "result/response").and_then(N::as_str);
    note.filter(|note| !note.is_empty())
}
