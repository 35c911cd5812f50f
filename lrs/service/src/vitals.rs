//! How a server fares: which keys send, how far courses follow the log, how much room is left.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Guarded, PoisonError};

use serde::Deserialize;
use tokio::sync::Mutex;

use crate::compute;
use crate::record::{Record, RecordError};
use access::key::{KeptKey, Key};
use store::{Space, Store, StoreError};
use validator::ifi;
use xapi::clock::Clock;
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// How long an answer is repeated, in microseconds: finding out asks the store for every key.
const REPEATED: i64 = 30 * SECOND;
/// How many keys are looked at.
const KEYS: usize = 200;
/// Statements this close together are sent at one time, in microseconds.
const APART: i64 = 600 * SECOND;
/// How many times of sending are looked at for each key.
const TIMES: usize = 12;
/// A key is silent when it has not sent for so many of its usual gaps, and for no less than an hour.
const SILENT: i64 = 3;
const AN_HOUR: i64 = 3_600 * SECOND;
/// How many of the statements of today are counted.
const TODAY: usize = 5_000;
/// How many are read at a time.
const PAGE: usize = 500;
/// Less room than this on the disk is worth a warning, in bytes.
const LITTLE: u64 = 1 << 30;
/// A course that is so far behind the log is worth a warning, in seconds.
const BEHIND: u64 = 300;
/// The least time over which growth is told, in microseconds.
const GROWN: i64 = AN_HOUR;
/// The zone whose days are meant.
const ZONE: &str = "Europe/Rome";

/// How a server fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Each key, by name.
    pub sources: Vec<Source>,
    /// Each course, by id.
    pub followers: Vec<Lag>,
    /// The room of the store.
    pub space: Space,
    /// By how much the store grows in a day, in bytes, as far as this process has seen.
    pub growth: Option<i64>,
    /// What an administrator should look at.
    pub warnings: Vec<Warning>,
}

/// What a key sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The key's name.
    pub key: String,
    /// What it is for.
    pub label: String,
    /// When its latest statement was stored.
    pub last: Option<Instant>,
    /// How many of its statements came today, of the latest [`TODAY`] of all keys.
    pub today: u64,
    /// How far apart it usually sends, in seconds: of the gaps between its latest times of sending, the third largest.
    pub usual_gap: Option<u64>,
    /// Whether it has not sent for much longer than it usually does.
    pub is_silent: bool,
}

/// How far a course's progress is behind the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// The course's id.
    pub course: String,
    /// For how long the oldest statement that does not count yet has been stored, in seconds; 0 where all count.
    pub seconds: u64,
}

/// What an administrator should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Statements are stored in the future, by so many seconds.
    StoredAhead(i64),
    /// So many bytes are left on the disk.
    DiskLow(u64),
    /// The key of this name is silent.
    SourceSilent(String),
    /// The course of this id is behind the log by so many seconds.
    CourseBehind(String, u64),
}

/// A report and when it was made.
type Last = Option<(Instant, Arc<Report>)>;

/// Finds out how a server fares. Cheap to clone.
#[derive(Clone)]
pub struct Vitals {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    record: Record,
    /// What was found last, and when. Locked while it is found out: requests wait meanwhile, and share it.
    last: Arc<Mutex<Last>>,
    /// The first size of the store that this process has seen, and when.
    first: Arc<Guarded<Option<(Instant, u64)>>>,
}

impl Vitals {
    /// Of `store`, whose statements `record` keeps.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, record: Record) -> Self {
        Self { store, clock, record, last: Arc::default(), first: Arc::default() }
    }

    /// How the server fares: as was found within the last half minute.
    pub async fn report(&self) -> Result<Arc<Report>, RecordError> {
        let mut last = self.last.lock().await;
        let now = self.clock.now();
        if let Some((at, report)) = &*last
            && (0..REPEATED).contains(&(now.micros() - at.micros()))
        {
            return Ok(Arc::clone(report));
        }
        let report = Arc::new(self.find(now).await?);
        *last = Some((now, Arc::clone(&report)));
        Ok(report)
    }

    async fn find(&self, now: Instant) -> Result<Report, RecordError> {
        let today = self.today(now).await?;
        let mut sources = Vec::new();
        for KeptKey { key, .. } in self.store.keys().await?.into_iter().take(KEYS) {
            let today = today.get(key.authority.ifi()).copied().unwrap_or_default();
            sources.push(self.source(key, today, now).await?);
        }
        let followers = self.followers(now).await?;
        let space = self.store.space().await?;
        let growth = space.used.and_then(|used| self.growth(used, now));
        let mut report = Report { sources, followers, space, growth, warnings: Vec::new() };
        let ahead = self.record.stored_ahead().await?.map(|ahead| ahead.micros / SECOND);
        report.warn(ahead);
        Ok(report)
    }

    /// How many statements of each authority came today.
    async fn today(&self, now: Instant) -> Result<HashMap<String, u64>, StoreError> {
        let since = Some(midnight(now));
        let mut filter = Filter { since, limit: PAGE, ..Filter::default() };
        let (mut counts, mut seen) = (HashMap::new(), 0);
        while seen < TODAY {
            let page = match self.store.statements(&filter).await {
                Err(StoreError::Unreadable { stored, .. }) => {
                    filter.beyond = Some(stored);
                    seen += 1;
                    continue;
                }
                page => page?,
            };
            seen += page.statements.len();
            filter.beyond = page.statements.last().map(|last| last.stored);
            let more = page.more;
            let count = move || {
                for authority in page.statements.iter().filter_map(authority) {
                    *counts.entry(authority).or_default() += 1;
                }
                counts
            };
            counts = compute::aside(count).await.map_err(|_| stopped())?;
            if !more {
                break;
            }
        }
        Ok(counts)
    }

    async fn source(&self, key: Key, today: u64, now: Instant) -> Result<Source, StoreError> {
        let mut times: Vec<Instant> = Vec::new();
        let authority = Some(key.authority.ifi().to_owned());
        while times.len() < TIMES {
            let until = times.last().map(|at| Instant::from_micros(at.micros() - APART));
            let filter =
                Filter { authority: authority.clone(), until, limit: 1, ..Filter::default() };
            match self.store.statements(&filter).await {
                Ok(page) => match page.statements.first() {
                    Some(last) => times.push(last.stored),
                    None => break,
                },
                // When it came is known even of one that cannot be read.
                Err(StoreError::Unreadable { stored, .. }) => times.push(stored),
                Err(error) => return Err(error),
            }
        }
        let (last, usual) = (times.first().copied(), usual_gap(&times));
        let silence = last.map(|last| now.micros() - last.micros());
        let is_silent = silence.zip(usual).is_some_and(|(silence, usual)| {
            silence > AN_HOUR && silence > usual.saturating_mul(SILENT)
        });
        let usual_gap = usual.and_then(|micros| u64::try_from(micros / SECOND).ok());
        Ok(Source { key: key.name, label: key.label, last, today, usual_gap, is_silent })
    }

    async fn followers(&self, now: Instant) -> Result<Vec<Lag>, StoreError> {
        let mut lags = Vec::new();
        for course in self.store.courses().await? {
            let through = self.store.watermark(&course.id).await?.followed.through;
            let next = match self.store.log(through, 1).await {
                Ok(page) => page.statements.first().map(|next| next.statement.stored),
                Err(StoreError::Unreadable { stored, .. }) => Some(stored),
                Err(error) => return Err(error),
            };
            let micros = next.map_or(0, |next| now.micros() - next.micros());
            let seconds = u64::try_from(micros / SECOND).unwrap_or_default();
            lags.push(Lag { course: course.id, seconds });
        }
        Ok(lags)
    }

    /// By how much the store grows in a day.
    fn growth(&self, used: u64, now: Instant) -> Option<i64> {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, before) = *first.get_or_insert((now, used));
        drop(first);
        let passed = now.micros() - since.micros();
        if passed < GROWN {
            return None;
        }
        let grown = i128::from(used) - i128::from(before);
        i64::try_from(grown * i128::from(DAY) / i128::from(passed)).ok()
    }
}

impl Report {
    fn warn(&mut self, ahead: Option<i64>) {
        let ahead = ahead.map(Warning::StoredAhead);
        let free = self.space.free.filter(|free| *free < LITTLE).map(Warning::DiskLow);
        let silent = self.sources.iter().filter(|source| source.is_silent);
        let silent = silent.map(|source| Warning::SourceSilent(source.key.clone()));
        let behind = self.followers.iter().filter(|lag| lag.seconds > BEHIND);
        let behind = behind.map(|lag| Warning::CourseBehind(lag.course.clone(), lag.seconds));
        self.warnings = ahead.into_iter().chain(free).chain(silent).chain(behind).collect();
    }
}

/// The third largest gap between times, the latest first; none where there are fewer than three.
fn usual_gap(times: &[Instant]) -> Option<i64> {
    let pairs = times.iter().zip(times.iter().skip(1));
    let mut gaps: Vec<i64> = pairs.map(|(later, at)| later.micros() - at.micros()).collect();
    gaps.sort_unstable_by(|one, other| other.cmp(one));
    gaps.get(2).copied()
}

/// The beginning of the day.
fn midnight(now: Instant) -> Instant {
    let begin = || {
        let now = jiff::Timestamp::from_microsecond(now.micros()).ok()?;
        let zoned = now.in_tz(ZONE).ok()?.start_of_day().ok()?;
        Some(Instant::from_micros(zoned.timestamp().as_microsecond()).previous())
    };
    begin().unwrap_or_else(|| Instant::from_micros(now.micros() - DAY))
}

/// The identifier of a statement's authority. Nothing else of the statement becomes values.
fn authority(statement: &Stored) -> Option<String> {
    #[derive(Deserialize)]
    struct Own {
        authority: Option<serde_json::Value>,
    }
    let own: Own = serde_json::from_slice(&statement.body).ok()?;
    ifi::of(&own.authority?).map(|it| it.to_string())
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the request was stopped".into())
}

#[cfg(test)]
mod tests {
    use access::key::hash_secret;
    use access::scope::Scope;
    use store_testkit::clock::TurnedClock;
    use store_testkit::memory::MemoryStore;
    use store_testkit::sample::{self, prepared_by};

    use super::*;

    const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);

    async fn with_key(clock: &TurnedClock) -> (Arc<dyn Store>, Vitals) {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let key = Key {
            name: "moodle".into(),
            label: "Moodle".into(),
            scopes: vec![Scope::StatementsWrite],
            bounds: None,
            authority: sample::authority("moodle"),
            created: NOW,
        };
        let secret_hash = hash_secret("s", &[1; 16]);
        store.add_key(KeptKey::new(key, secret_hash)).await.unwrap();
        let record = Record::new(Arc::clone(&store), Arc::new(clock.clone()));
        let vitals = Vitals::new(Arc::clone(&store), Arc::new(clock.clone()), record);
        (store, vitals)
    }

    async fn send(store: &Arc<dyn Store>, n: u32) {
        let statement = prepared_by("moodle", &sample::statement(n));
        let batch = store::Batch { statements: vec![statement], attachments: Vec::new() };
        store.put_statements(batch).await.unwrap();
    }

    #[tokio::test]
    async fn a_key_that_sends_every_night_is_silent_after_three_nights_without() {
        let clock = TurnedClock::at(NOW);
        let (store, vitals) = with_key(&clock).await;
        let source = vitals.report().await.unwrap().sources[0].clone();
        assert_eq!((source.last, source.usual_gap, source.is_silent), (None, None, false));
        for night in 0..5 {
            clock.pass(86_400);
            send(&store, 2 * night).await;
            // Of one time of sending.
            clock.pass(30);
            send(&store, 2 * night + 1).await;
        }
        let source = vitals.report().await.unwrap().sources[0].clone();
        assert_eq!(source.usual_gap, Some(86_430));
        assert_eq!((source.today, source.is_silent), (2, false));
        clock.pass(3 * 86_430 - 60);
        assert!(!vitals.report().await.unwrap().sources[0].is_silent);
        clock.pass(120);
        let report = vitals.report().await.unwrap();
        assert!(report.sources[0].is_silent);
        assert_eq!(report.warnings, [Warning::SourceSilent("moodle".into())]);
    }

    #[tokio::test]
    async fn an_answer_is_repeated_for_half_a_minute() {
        let clock = TurnedClock::at(NOW);
        let (store, vitals) = with_key(&clock).await;
        let first = vitals.report().await.unwrap();
        send(&store, 0).await;
        clock.pass(29);
        assert!(Arc::ptr_eq(&first, &vitals.report().await.unwrap()));
        clock.pass(1);
        assert_eq!(vitals.report().await.unwrap().sources[0].today, 1);
    }

    #[test]
    fn a_day_begins_at_midnight_in_rome() {
        let at = |text: &str| Instant::parse(text).unwrap();
        assert_eq!(midnight(at("2026-07-01T21:59:00Z")).next(), at("2026-06-30T22:00:00Z"));
        assert_eq!(midnight(at("2026-07-01T22:01:00Z")).next(), at("2026-07-01T22:00:00Z"));
    }
}
