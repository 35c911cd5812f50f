//! Writing refusals down, beside the requests: a request neither waits for it nor fails by it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant as Moment, timeout_at};

use super::{Details, RefusedRequest, new_id};
use crate::compute;
use crate::memory::{Memory, Reserved};
use store::{KeptRefusal, Store};
use xapi::clock::Clock;
use xapi::instant::Instant;

/// Refusals that wait to be written; others are passed over.
const WAITING: usize = 256;
/// The bodies that wait to be written, in bytes together; refusals beyond are kept without their body.
const WAITING_BYTES: usize = 4 << 20;
/// How long refusals are gathered for one write.
const GATHERING: Duration = Duration::from_millis(500);
/// So many of one key are written at a time, the newest: one that is refused all the time costs no more.
const AT_ONCE: usize = 20;
/// So many of all keys are written at a time.
const ALL_AT_ONCE: usize = 200;

/// Where refused requests are noted. Clones share it.
#[derive(Clone)]
pub struct RefusalLog {
    notes: mpsc::Sender<Note>,
    waiting: Memory,
    clock: Arc<dyn Clock>,
}

enum Note {
    Refused(Box<Waiting>),
    /// A reader waits: what was noted before is kept first, then the sender is answered.
    Flush(oneshot::Sender<()>),
}

/// A refusal that is not kept yet.
struct Waiting {
    at: Instant,
    request: RefusedRequest,
    /// The bytes of its body; `None` where there was no room for them.
    held: Option<Reserved>,
}

impl RefusalLog {
    /// Notes that are kept in `store` by a task of their own, which ends with the last clone.
    pub fn start(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        let (notes, noted) = mpsc::channel(WAITING);
        tokio::spawn(write(store, noted));
        Self { notes, waiting: Memory::new(WAITING_BYTES), clock }
    }

    /// Notes a request that was refused just now. Returns at once: where many wait to be written, it is passed over.
    pub fn note(&self, request: RefusedRequest) {
        let held = self.waiting.reserve(request.weight).ok();
        let waiting = Waiting { at: self.clock.now(), request, held };
        if self.notes.try_send(Note::Refused(Box::new(waiting))).is_err() {
            tracing::debug!("a refusal is not kept: too many wait to be written");
        }
    }

    /// Returns when all that was noted before is kept, or could not be.
    pub async fn flush(&self) {
        let (done, kept) = oneshot::channel();
        if self.notes.send(Note::Flush(done)).await.is_ok() {
            // The task has ended: nothing is left to wait for.
            let _ = kept.await;
        }
    }
}

impl RefusalLog {
    /// Keeps what was noted before, at the end of a server, which does not wait beyond `until` for a store that stands still:
    /// then a line of the log says so. Whether it is kept.
    pub async fn end(&self, until: Moment) -> bool {
        let is_kept = timeout_at(until, self.flush()).await.is_ok();
        if !is_kept {
            tracing::warn!(
                "the last refusals are not kept: the store was not done with them in time"
            );
        }
        is_kept
    }
}

/// What is written at a time.
#[derive(Default)]
struct Gathered {
    of_keys: BTreeMap<String, Vec<Waiting>>,
    count: usize,
    readers: Vec<oneshot::Sender<()>>,
}

impl Gathered {
    fn take(&mut self, note: Note) {
        let waiting = match note {
            Note::Refused(waiting) => *waiting,
            Note::Flush(reader) => return self.readers.push(reader),
        };
        let of_key = self.of_keys.entry(waiting.request.key.clone()).or_default();
        if of_key.len() >= AT_ONCE {
            of_key.remove(0);
            self.count -= 1;
        } else if self.count >= ALL_AT_ONCE {
            return;
        }
        of_key.push(waiting);
        self.count += 1;
    }
}

async fn write(store: Arc<dyn Store>, mut notes: mpsc::Receiver<Note>) {
    while let Some(first) = notes.recv().await {
        let mut gathered = Gathered::default();
        gathered.take(first);
        let until = Moment::now() + GATHERING;
        while gathered.readers.is_empty() {
            match timeout_at(until, notes.recv()).await {
                Ok(Some(note)) => gathered.take(note),
                Ok(None) | Err(_) => break,
            }
        }
        let Gathered { of_keys, readers, .. } = gathered;
        keep(&*store, of_keys.into_values().flatten().collect()).await;
        for reader in readers {
            // A reader that went away needs no answer.
            let _ = reader.send(());
        }
    }
}

/// Keeps refusals; says where that fails, and goes on: a request is refused all the same.
async fn keep(store: &dyn Store, waiting: Vec<Waiting>) {
    if waiting.is_empty() {
        return;
    }
    let made = compute::aside(|| waiting.into_iter().filter_map(kept).collect());
    let Ok(refusals) = made.await else { return };
    if let Err(error) = store.keep_refusals(refusals).await {
        tracing::warn!(%error, "refusals are not kept");
    }
}

fn kept(waiting: Waiting) -> Option<KeptRefusal> {
    let Waiting { at, request, held } = waiting;
    let RefusedRequest { key, asked, status, rule, found, weight: _ } = request;
    let mut found = found();
    if held.is_none() {
        found.statements = None;
    }
    let details = serde_json::to_string(&Details::of(asked, found));
    let body = details.inspect_err(|error| tracing::warn!(%error, "a refusal is not kept")).ok()?;
    Some(KeptRefusal { id: new_id(at), key, rule, status, at, body })
}
