//! The queue of requests that write statements. While one group is being written, the next one
//! gathers: requests that wait at the same time become one group and share its calls.

use std::collections::{HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant as Moment;

use super::compare::{Asked, Comparison};
use super::debts::{Debtor, Ledger};
use super::group::Outcome;
use super::heirs::Owed;
use super::put::GroupWriter;
use store::bounds::check_width;
use store::turns::asker;
use store::{Batch, KeptBatch, Result, StoreError};
use uuid::Uuid;
use xapi::instant::Instant;
use xapi::prepare::Prepared;

/// Requests in the queue at most; further ones wait to get in.
const QUEUE: usize = 4_096;
/// Requests and statements of one group at most, unless a single request has more.
const REQUESTS: usize = 512;
const STATEMENTS: usize = 2_000;
/// Bytes of one group at most, unless a single request has more.
const BYTES: usize = 32 << 20;
/// Index keys of one group at most, unless a single request has more: the database makes an entry of an index for each,
/// and all later groups wait meanwhile.
const KEYS: usize = 50_000;

/// How long a request waits for its key to owe less.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// How often a request comes to a group, where meanwhile others keep large statements under its ids.
const TRIES: usize = 5;

/// A request.
struct Job {
    asked: Asked,
    /// For whom it is kept.
    key: Arc<str>,
    /// When the statements were stored, where they come from another store.
    at: Option<Vec<Instant>>,
    reply: oneshot::Sender<Result<Put>>,
}

/// What became of a request.
enum Put {
    /// It is kept; so many of its statements were new.
    Kept(usize),
    /// Nothing was done: see [`Outcome::ToCompare`].
    ToCompare(Asked, Vec<Uuid>),
    /// Nothing was done: its key owes as much as it may ([`Ledger::is_full`]).
    ToWait(Asked),
}

impl Job {
    /// About how many bytes the request holds.
    fn weight(&self) -> usize {
        let Batch { statements, attachments } = &self.asked.batch;
        let statements = statements.iter().map(Prepared::weight);
        let attachments = attachments.iter().map(|attachment| attachment.body.len());
        statements.chain(attachments).sum()
    }

    /// Whether its statements may let others inherit, or inherit themselves. `referred` are those that others refer to.
    fn may_owe(&self, referred: &HashSet<Uuid>) -> bool {
        let mut statements = self.asked.batch.statements.iter();
        statements.any(|it| it.target.is_some() || referred.contains(&it.id))
    }

    /// How many index keys its statements have.
    fn keys(&self) -> usize {
        self.asked.batch.statements.iter().map(|statement| statement.keys.len()).sum()
    }
}

/// The way to the task that writes.
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
    pub(crate) comparison: Comparison,
    ledger: Arc<Ledger>,
}

impl Writer {
    /// Starts the task, which ends when the writer was dropped and the queue is empty.
    pub(super) fn start(groups: GroupWriter) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let comparison = Comparison::new(groups.rows.clone());
        let ledger = Arc::clone(&groups.heirs.ledger);
        tokio::spawn(Work { groups, queue, waiting: VecDeque::new(), most: REQUESTS }.run());
        Self { jobs, comparison, ledger }
    }

    /// Keeps a batch, all or none; visible when this returns.
    pub(crate) async fn put(&self, batch: Batch, at: Option<Vec<Instant>>) -> Result<KeptBatch> {
        let ids = batch.statements.iter().map(|statement| statement.id).collect();
        if batch.statements.is_empty() && batch.attachments.is_empty() {
            return Ok(KeptBatch { ids, new: 0 });
        }
        check_width(&batch)?;
        let (mut asked, key, until) = (Asked::from(batch), asker(), Moment::now() + LONGEST_WAIT);
        let mut tries = 0;
        while tries < TRIES {
            match self.queued(asked, &key, at.clone()).await? {
                Put::Kept(new) => return Ok(KeptBatch { ids, new }),
                Put::ToCompare(back, large) => {
                    asked = self.comparison.compared(back, large).await?;
                    tries += 1;
                }
                Put::ToWait(back) => {
                    self.ledger.room(&key, until).await?;
                    asked = back;
                }
            }
        }
        Err(StoreError::Unavailable("others keep statements under the same ids meanwhile".into()))
    }

    async fn queued(&self, asked: Asked, key: &Arc<str>, at: Option<Vec<Instant>>) -> Result<Put> {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writer has stopped".into());
        let job = Job { asked, key: Arc::clone(key), at, reply };
        self.jobs.send(job).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// Tells monitoring how many requests share a group, and how many wait.
#[expect(clippy::cast_precision_loss, reason = "metrics are floating-point numbers")]
fn tell_of(group: usize, waiting: usize) {
    metrics::histogram!("traccia_store_group_size").record(group as f64);
    metrics::gauge!("traccia_store_queue").set(waiting as f64);
}

struct Work {
    groups: GroupWriter,
    queue: mpsc::Receiver<Job>,
    waiting: VecDeque<Job>,
    /// Requests of the next group at most: halved after a group that the database rejected.
    most: usize,
}

impl Work {
    async fn run(mut self) {
        while self.gather().await {
            let group = next_group(&mut self.waiting, self.most);
            let group = self.hold_back(group).await;
            if !group.is_empty() {
                self.write(group).await;
            }
        }
    }

    /// Takes requests from the queue, waiting for one where none is left over; false when there are none
    /// and the writer was dropped.
    async fn gather(&mut self) -> bool {
        let mut news = Vec::new();
        if self.waiting.is_empty() {
            if self.queue.recv_many(&mut news, REQUESTS).await == 0 {
                return false;
            }
        } else {
            while let Ok(job) = self.queue.try_recv() {
                news.push(job);
                if news.len() == REQUESTS {
                    break;
                }
            }
        }
        self.waiting.extend(news);
        true
    }

    /// Takes requests out of a group whose keys owe as much as they may, and which may owe more: they have a statement that
    /// refers to another one, or that another one refers to.
    async fn hold_back(&self, group: Vec<Job>) -> Vec<Job> {
        let ledger = &self.groups.heirs.ledger;
        let (full, mut group): (Vec<Job>, Vec<Job>) =
            group.into_iter().partition(|job| job.at.is_none() && ledger.is_full(&job.key));
        if full.is_empty() {
            return group;
        }
        let statements = full.iter().flat_map(|job| &job.asked.batch.statements);
        let ids: Vec<Uuid> = statements.map(|statement| statement.id).collect();
        let referred = self.groups.references.referred(&ids).await;
        for job in full {
            match &referred {
                Ok(referred) if !job.may_owe(referred) => group.push(job),
                Ok(_) => drop(job.reply.send(Ok(Put::ToWait(job.asked)))),
                Err(error) => drop(job.reply.send(Err(copy_of(error)))),
            }
        }
        group
    }

    async fn write(&mut self, group: Vec<Job>) {
        let mut requests = Vec::with_capacity(group.len());
        let mut replies = Vec::with_capacity(group.len());
        for Job { asked, key, at, reply } in group {
            requests.push(asked);
            replies.push((key, at, reply));
        }
        let at = replies.first().and_then(|(_, at, _)| at.as_deref());
        tell_of(requests.len(), self.waiting.len() + self.queue.len());
        let begun = std::time::Instant::now();
        let written = self.groups.write(&requests, at).await;
        metrics::histogram!("traccia_store_commit_seconds").record(begun.elapsed());
        let (outcomes, owed) = match written {
            Ok(done) => {
                self.most = (self.most * 2).min(REQUESTS);
                done
            }
            // One request is to blame. Half of the group is tried next, and so on, until it fails alone.
            Err(StoreError::Rejected(reason)) if requests.len() > 1 => {
                tracing::warn!(reason, requests = requests.len(), "a group is tried in parts");
                self.most = requests.len() / 2;
                (requests.iter().map(|_| Outcome::Postponed).collect(), Owed::default())
            }
            Err(error) => {
                tracing::error!(%error, "a group of statements could not be kept");
                let failed = |_| Outcome::Failed(copy_of(&error));
                (requests.iter().map(failed).collect(), Owed::default())
            }
        };
        let because: HashSet<Uuid> = owed.iter().map(|it| it.because).collect();
        let (mut postponed, mut debtors) = (Vec::new(), HashMap::new());
        for (((key, at, reply), asked), outcome) in replies.into_iter().zip(requests).zip(outcomes)
        {
            let ids = asked.batch.statements.iter().map(|statement| statement.id);
            let owing: Vec<Uuid> = ids.filter(|id| because.contains(id)).collect();
            let answer = match outcome {
                Outcome::Kept(new) => Ok(Put::Kept(new)),
                Outcome::Failed(error) => Err(error),
                Outcome::ToCompare(ids) => Ok(Put::ToCompare(asked, ids)),
                Outcome::Postponed => {
                    postponed.push(Job { asked, key, at, reply });
                    continue;
                }
            };
            if owing.is_empty() {
                // The request may have been cancelled: then there is no receiver.
                let _ = reply.send(answer);
                continue;
            }
            let (hold, given) = oneshot::channel();
            let hold = Arc::new(hold);
            for id in owing {
                let debtor = || Debtor { key: Arc::clone(&key), holds: Vec::new() };
                debtors.entry(id).or_insert_with(debtor).holds.push(Arc::clone(&hold));
            }
            tokio::spawn(answer_when(given, reply, answer));
        }
        self.groups.heirs.owe(owed, &debtors);
        for job in postponed.into_iter().rev() {
            self.waiting.push_front(job);
        }
    }
}

/// Answers a request once all is given that is owed because of it: whoever is answered finds it.
async fn answer_when(
    given: oneshot::Receiver<Infallible>,
    reply: oneshot::Sender<Result<Put>>,
    answer: Result<Put>,
) {
    // Nothing is ever said there: it is dropped.
    let _ = given.await;
    // The request may have been cancelled: then there is no receiver.
    let _ = reply.send(answer);
}

/// Takes the requests of the next group, at most `most`, in order. Restored statements are a group by themselves.
fn next_group(waiting: &mut VecDeque<Job>, most: usize) -> Vec<Job> {
    let mut group: Vec<Job> = Vec::new();
    let (mut statements, mut bytes, mut keys) = (0, 0, 0);
    while let Some(job) = waiting.front() {
        let is_copy = |job: &Job| job.at.is_some();
        let alone = is_copy(job) || group.first().is_some_and(is_copy);
        statements += job.asked.batch.statements.len();
        bytes += job.weight();
        keys += job.keys();
        let is_small = statements <= STATEMENTS && bytes <= BYTES && keys <= KEYS;
        let fits = group.len() < most && is_small && !alone;
        if !group.is_empty() && !fits {
            break;
        }
        group.extend(waiting.pop_front());
    }
    group
}

/// A copy of the error with which a whole group failed, for one of its requests.
fn copy_of(error: &StoreError) -> StoreError {
    match error {
        StoreError::Corrupt(what) => StoreError::Corrupt(what.clone()),
        StoreError::Rejected(reason) => StoreError::Rejected(reason.clone()),
        StoreError::Refused(refusal) => StoreError::Refused(refusal.clone()),
        StoreError::Unavailable(reason) => StoreError::Unavailable(reason.clone()),
        StoreError::Unreadable { id, stored, reason } => {
            StoreError::Unreadable { id: *id, stored: *stored, reason: reason.clone() }
        }
        other => StoreError::Unavailable(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store_testkit::sample::{batch, statement};
    use xapi::index::{Closeness, IndexKey, Kind};

    /// A request of one statement with so many keys.
    fn job(number: u32, keys: usize) -> Job {
        let mut batch = batch(&[statement(number)]);
        let key = IndexKey {
            kind: Kind::Activity,
            text: "https://a.example/1".into(),
            closeness: Closeness::Related,
        };
        batch.statements[0].keys = vec![key; keys];
        Job { asked: batch.into(), key: "".into(), at: None, reply: oneshot::channel().0 }
    }

    /// How many requests each group has.
    fn groups(keys: &[usize], most: usize) -> Vec<usize> {
        let mut waiting = (0..).zip(keys).map(|(number, keys)| job(number, *keys)).collect();
        let next = || Some(next_group(&mut waiting, most).len()).filter(|length| *length > 0);
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn a_group_has_so_many_keys_at_most_that_its_claim_stays_short() {
        assert_eq!(groups(&[10; 9], REQUESTS), [9]);
        assert_eq!(groups(&[10; 9], 4), [4, 4, 1]);
        assert_eq!(groups(&[20_000; 5], REQUESTS), [2, 2, 1]);
        assert_eq!(
            groups(&[10, 120_000, 10], REQUESTS),
            [1, 1, 1],
            "a request is never cut in two"
        );
    }
}
