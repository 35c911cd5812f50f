//! Erasures that travel: where a person is erased here, each store that statements were sent to is told to erase the person
//! too. A Traccia is told by its API; of any other store the erasure is kept as one to be done by hand.
//!
//! The identifiers stay in the record of the pipe until the other store has taken the erasure, or somebody says that it was
//! done: without them nobody could say there who is meant.

use course::Identifier;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::mapping::Mapped;
use super::run::{Halt, Run, halted};
use super::settings::{PipeDirection, PipeFilter, PipeRecord, PipeSettings, PipeState};
use super::verdict::{self, Verdict};
use super::wire::{LONGEST_ANSWER, WireAnswer};
use super::{PipeError, Pipes, ShownPipe, TRIES};
use crate::erasure::ErasureMode;
use store::{HeldPipe, Store, StoreError};
use xapi::erase::Eraser;
use xapi::instant::Instant;

/// The most erasures of a pipe that are shown as taken: the latest.
const MOST_TOLD: usize = 100;
/// The most erasures to be done by hand whose identifiers a pipe keeps, the latest: a webhook that nobody looks after has one
/// more with each erasure, and the record is written with each batch.
const MOST_BY_HAND: usize = 1_000;
/// How often in a row a store may fail with an erasure before the erasure is to be done by hand.
const MOST_FAILURES: u32 = 5;

/// An erasure that the other store has to be told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureNotice {
    /// The erasure here.
    pub erasure: Uuid,
    /// The person's identifiers as the other store has them, as learner lists write them.
    pub identifiers: Vec<String>,
    /// What is to stand in the place of the person there.
    pub pseudonym: String,
    /// What became of what the person did here, and is to become of it there.
    #[serde(default)]
    pub mode: ErasureMode,
    /// When it was noted, in microseconds.
    pub at: i64,
    /// Why somebody has to do it by hand; `None` while the other store is to be asked.
    pub by_hand: Option<String>,
}

/// An erasure that the other store has taken, or that was done there by hand. It names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldErasure {
    /// The erasure here.
    pub erasure: Uuid,
    /// The id of the erasure there, which has a proof of its own; `None` where it was done by hand.
    pub there: Option<String>,
    /// When, in microseconds.
    pub at: i64,
}

/// The erasures of a pipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasuresOfPipe {
    /// Those that the other store has not taken, the oldest first.
    pub waiting: Vec<ErasureNotice>,
    /// The latest that it has taken, or that were done by hand.
    pub told: Vec<ToldErasure>,
    /// How many were to be done by hand and are forgotten, since too many later ones are.
    pub forgotten: u64,
}

/// Forgets what other stores answered about these statements, which an erasure removes.
///
/// # Errors
/// [`StoreError`]; the next call does what is left.
pub(crate) async fn forget_letters(
    store: &dyn Store,
    statements: &[Uuid],
) -> Result<(), StoreError> {
    for HeldPipe { name, .. } in store.pipes().await? {
        if store.count_dead_letters(&name).await? == 0 {
            continue;
        }
        for statement in statements {
            store.remove_dead_letter(&name, *statement).await?;
        }
    }
    Ok(())
}

/// Erases a person from what other stores answered last, and from why pipes rest; gives how many pipes that changed.
///
/// # Errors
/// [`StoreError`]; the next call does what is left.
pub(crate) async fn erase_answers(store: &dyn Store, eraser: &Eraser) -> Result<u64, StoreError> {
    let mut changed = 0_u64;
    for HeldPipe { name, .. } in store.pipes().await? {
        for tried in 0.. {
            let Some(held) = store.pipe(&name).await? else { break };
            let mut record = PipeRecord::of(&held)?;
            let state = &mut record.state;
            let last = state.last.as_mut().map(|it| &mut it.detail);
            let paused = state.paused.as_mut().map(|it| &mut it.reason);
            let mut is_changed = false;
            for said in [last, paused].into_iter().flatten() {
                if let Some(erased) = eraser.json(said) {
                    *said = erased;
                    is_changed = true;
                }
            }
            if !is_changed {
                break;
            }
            if store.change_pipe(&name, &record.text()?, held.revision).await?.is_some() {
                changed = changed.saturating_add(1);
                break;
            }
            if tried >= TRIES {
                let reason = format!("the pipe {name} is changed again and again");
                return Err(StoreError::Unavailable(reason));
            }
        }
    }
    Ok(changed)
}

/// An erasure of this store, as pipes note it.
pub(crate) struct NotedErasure<'a> {
    pub(crate) id: Uuid,
    pub(crate) mode: ErasureMode,
    pub(crate) pseudonym: &'a str,
    /// Whether a key has asked for it, of what it has sent itself.
    pub(crate) is_within: bool,
}

impl NotedErasure<'_> {
    /// Why the other store of a pipe is not told by itself. Who is erased here may never have been sent there: then their
    /// identifiers do not go there.
    fn by_hand(&self, settings: &PipeSettings) -> Option<String> {
        let mut filter = settings.filter.clone();
        filter.since = None;
        let why = if settings.direction == PipeDirection::Webhook {
            "a webhook has no word for erasures"
        } else if self.is_within {
            "a key has had the person erased here from what it had sent itself: look what the other store has, and let it be \
             told again where the person is to be erased there from everything that this pipe may erase"
        } else if filter != PipeFilter::default() {
            "the pipe sends a part of the statements: look whether the person is there, and let it be told again"
        } else {
            return None;
        };
        Some(why.to_owned())
    }
}

/// Notes an erasure at every pipe that sends; gives at how many. An erasure that is noted already is left as it is.
///
/// # Errors
/// [`StoreError`]; pipes at which it was noted before are found noted by the next call.
pub(crate) async fn note(
    store: &dyn Store,
    erasure: &NotedErasure<'_>,
    identifiers: &[Identifier],
    now: Instant,
) -> Result<u64, StoreError> {
    let mut noted = 0;
    for held in store.pipes().await? {
        if PipeRecord::of(&held)?.settings.direction == PipeDirection::Pull {
            continue;
        }
        note_at(store, held, erasure, identifiers, now).await?;
        noted += 1;
    }
    Ok(noted)
}

async fn note_at(
    store: &dyn Store,
    held: HeldPipe,
    erasure: &NotedErasure<'_>,
    identifiers: &[Identifier],
    now: Instant,
) -> Result<(), StoreError> {
    let name = held.name.clone();
    let mut next = Some(held);
    for _ in 0..TRIES {
        // A pipe that was removed meanwhile sends nothing any more.
        let Some(held) = next else { return Ok(()) };
        let mut record = PipeRecord::of(&held)?;
        let is_known = record.state.erasures.iter().any(|it| it.erasure == erasure.id)
            || record.state.told.iter().any(|it| it.erasure == erasure.id);
        if is_known {
            return Ok(());
        }
        let mapped = Mapped::of(&record);
        let identifiers = identifiers.iter().map(|it| mapped.identifier(it)).collect();
        let by_hand = erasure.by_hand(&record.settings);
        let (pseudonym, at) = (mapped.pseudonym(erasure.pseudonym), now.micros());
        let notice = ErasureNotice {
            erasure: erasure.id,
            identifiers,
            pseudonym,
            mode: erasure.mode,
            at,
            by_hand,
        };
        record.state.erasures.push(notice);
        forget_oldest(&name, &mut record.state);
        // What runs begins anew with the record as it is now.
        record.generation += 1;
        if store.change_pipe(&name, &record.text()?, held.revision).await?.is_some() {
            return Ok(());
        }
        next = store.pipe(&name).await?;
    }
    Err(StoreError::Unavailable(format!("the pipe `{name}` changes all the time")))
}

impl Run {
    /// Tells the other store of the first erasure that it has not been told of. False where there is none.
    pub(super) async fn tell(&mut self) -> Result<bool, Halt> {
        let notices = &self.pipe.state.erasures;
        let Some(notice) = notices.iter().find(|it| it.by_hand.is_none()).cloned() else {
            return Ok(false);
        };
        let (first, others) =
            notice.identifiers.split_first().map_or(("", &[][..]), |it| (it.0.as_str(), it.1));
        let mut body = json!({
            "identifier": first,
            "identifiers": others,
            "pseudonym": notice.pseudonym,
            "reason": format!("{}/api/v1/erasures/{}", self.works.base_url, notice.erasure),
        });
        // Releases that know of no mode take none.
        if let (ErasureMode::Delete, Some(members)) = (notice.mode, body.as_object_mut()) {
            members.insert("mode".to_owned(), json!(notice.mode));
        }
        let body = Some(("application/json".to_owned(), body.to_string().into()));
        let url = self.resource("../api/v1/erasures")?;
        let request = self.request(url, "1.0.3", body, LONGEST_ANSWER);
        let answer = self.exchange(request).await.map_err(|error| halted(&error))?;
        let at = self.now().micros();
        if let Some(there) = taken(&answer) {
            self.went_well(
                answer.status,
                format!("the erasure {} is under way there", notice.erasure),
            );
            self.pipe.state.erasures.retain(|it| it.erasure != notice.erasure);
            self.told(ToldErasure { erasure: notice.erasure, there: Some(there), at });
        } else {
            let why = self.by_hand(&answer)?;
            tracing::error!(
                pipe = self.name,
                why,
                "an erasure is to be done by hand in another store"
            );
            self.went_well(answer.status, "an erasure is to be done by hand".to_owned());
            let notices = self.pipe.state.erasures.iter_mut();
            for it in notices.filter(|it| it.erasure == notice.erasure) {
                it.by_hand = Some(why.clone());
            }
            forget_oldest(&self.name, &mut self.pipe.state);
        }
        self.save().await?;
        Ok(true)
    }

    fn told(&mut self, told: ToldErasure) {
        add(&mut self.pipe.state.told, told);
    }

    /// Why an erasure that was not taken is to be done by hand.
    ///
    /// # Errors
    /// [`Halt::Answer`] where the other store is asked again, or the pipe stops.
    fn by_hand(&self, answer: &WireAnswer) -> Result<String, Halt> {
        let says = answer.in_short();
        let verdict = match answer.status {
            403 => return Ok(format!("the credentials may not erase there (403): {says}")),
            404 | 405 | 501 | 200..=299 => {
                return Ok(format!("the other store takes no erasures ({})", answer.status));
            }
            _ => verdict::of_any(answer, self.now()),
        };
        match verdict {
            // As many wait there as may: that is no failure.
            Verdict::Later(_) if answer.status == 429 => {}
            Verdict::Later(_) if self.pipe.state.attempts + 1 < MOST_FAILURES => {}
            Verdict::Stop(_) if matches!(answer.status, 300..=399 | 401) => {}
            _ => {
                return Ok(format!(
                    "the other store refuses the erasure ({}): {says}",
                    answer.status
                ));
            }
        }
        Err(Halt::Answer(verdict, answer.status, says))
    }
}

/// Forgets the oldest erasures to be done by hand beyond [`MOST_BY_HAND`]; they are counted.
fn forget_oldest(pipe: &str, state: &mut PipeState) {
    let by_hand = state.erasures.iter().filter(|it| it.by_hand.is_some()).count();
    let over = by_hand.saturating_sub(MOST_BY_HAND);
    let mut left = over;
    state.erasures.retain(|it| {
        if left == 0 || it.by_hand.is_none() {
            return true;
        }
        left -= 1;
        tracing::warn!(
            pipe,
            erasure = %it.erasure,
            "too many erasures are to be done by hand in another store: whom the oldest is about is forgotten"
        );
        false
    });
    state.erasures_forgotten += over as u64;
}

/// Adds one to the latest [`MOST_TOLD`].
fn add(told: &mut Vec<ToldErasure>, one: ToldErasure) {
    told.push(one);
    let over = told.len().saturating_sub(MOST_TOLD);
    told.drain(..over);
}

/// The id of the erasure that another Traccia has begun. What is no id is no word of a Traccia: it would be kept and shown.
fn taken(answer: &WireAnswer) -> Option<String> {
    let shown: Value = serde_json::from_slice(&answer.body).ok()?;
    let is_taken = answer.status == 202 && shown.get("state").is_some();
    let id = Uuid::parse_str(shown.get("id")?.as_str()?).ok()?;
    is_taken.then(|| id.to_string())
}

impl Pipes {
    /// The erasures of a pipe.
    ///
    /// # Errors
    /// [`PipeError::Unknown`].
    pub async fn erasures(&self, name: &str) -> Result<ErasuresOfPipe, PipeError> {
        let PipeState { erasures, told, erasures_forgotten, .. } = self.get(name).await?.state;
        Ok(ErasuresOfPipe { waiting: erasures, told, forgotten: erasures_forgotten })
    }

    /// Says that an erasure was done by hand in the other store; the identifiers are forgotten.
    ///
    /// # Errors
    /// [`PipeError::NoNotice`].
    pub async fn erased_by_hand(&self, name: &str, erasure: Uuid) -> Result<ShownPipe, PipeError> {
        self.is_noted(name, erasure).await?;
        let at = self.works.record.now().micros();
        self.edit(name, |record| {
            let state = &mut record.state;
            let before = state.erasures.len();
            state.erasures.retain(|it| it.erasure != erasure);
            if state.erasures.len() < before {
                add(&mut state.told, ToldErasure { erasure, there: None, at });
            }
        })
        .await
    }

    /// Lets the other store be told of an erasure once more.
    ///
    /// # Errors
    /// [`PipeError::NoNotice`].
    pub async fn tell_again(&self, name: &str, erasure: Uuid) -> Result<ShownPipe, PipeError> {
        self.is_noted(name, erasure).await?;
        self.edit(name, |record| {
            if record.settings.direction == PipeDirection::Push {
                let notices = record.state.erasures.iter_mut();
                notices.filter(|it| it.erasure == erasure).for_each(|it| it.by_hand = None);
            }
        })
        .await
    }

    async fn is_noted(&self, name: &str, erasure: Uuid) -> Result<(), PipeError> {
        let notices = self.erasures(name).await?.waiting;
        let is_noted = notices.iter().any(|it| it.erasure == erasure);
        is_noted.then_some(()).ok_or(PipeError::NoNotice(erasure))
    }
}
