//! The queue of requests that write statements. While one group is being written, the next one
//! gathers: requests that wait at the same time become one group and share its calls.

use std::collections::VecDeque;

use tokio::sync::{mpsc, oneshot};

use super::compare::{Asked, Comparison};
use super::group::Outcome;
use super::heirs::{Heirs, Owed};
use super::put::GroupWriter;
use store::bounds::check_width;
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

/// How often a request comes to a group, where meanwhile others keep large statements under its ids.
const TRIES: usize = 5;

/// A request.
struct Job {
    asked: Asked,
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
}

impl Job {
    /// About how many bytes the request holds.
    fn weight(&self) -> usize {
        let Batch { statements, attachments } = &self.asked.batch;
        let statements = statements.iter().map(Prepared::weight);
        let attachments = attachments.iter().map(|attachment| attachment.body.len());
        statements.chain(attachments).sum()
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
}

impl Writer {
    /// Starts the task, which ends when the writer was dropped and the queue is empty.
    pub(super) fn start(groups: GroupWriter) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let comparison = Comparison::new(groups.rows.clone());
        tokio::spawn(Work { groups, queue, waiting: VecDeque::new(), most: REQUESTS }.run());
        Self { jobs, comparison }
    }

    /// Keeps a batch, all or none; visible when this returns.
    pub(crate) async fn put(&self, batch: Batch, at: Option<Vec<Instant>>) -> Result<KeptBatch> {
        let ids = batch.statements.iter().map(|statement| statement.id).collect();
        if batch.statements.is_empty() && batch.attachments.is_empty() {
            return Ok(KeptBatch { ids, new: 0 });
        }
        check_width(&batch)?;
        let mut asked = Asked::from(batch);
        for _ in 0..TRIES {
            match self.queued(asked, at.clone()).await? {
                Put::Kept(new) => return Ok(KeptBatch { ids, new }),
                Put::ToCompare(back, large) => {
                    asked = self.comparison.compared(back, large).await?;
                }
            }
        }
        Err(StoreError::Unavailable("others keep statements under the same ids meanwhile".into()))
    }

    async fn queued(&self, asked: Asked, at: Option<Vec<Instant>>) -> Result<Put> {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writer has stopped".into());
        self.jobs.send(Job { asked, at, reply }).await.map_err(|_| gone())?;
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
            self.write(group).await;
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

    async fn write(&mut self, group: Vec<Job>) {
        let mut requests = Vec::with_capacity(group.len());
        let mut replies = Vec::with_capacity(group.len());
        for Job { asked, at, reply } in group {
            requests.push(asked);
            replies.push((at, reply));
        }
        let at = replies.first().and_then(|(at, _)| at.as_deref());
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
        let answers = replies.into_iter().zip(requests).zip(outcomes);
        let (mut postponed, mut late) = (Vec::new(), Vec::new());
        for (((at, reply), asked), outcome) in answers {
            let is_late = asked.batch.statements.iter().any(|it| owed.concerns(it.id));
            let answer = match outcome {
                Outcome::Kept(new) => Ok(Put::Kept(new)),
                Outcome::Failed(error) => Err(error),
                Outcome::ToCompare(ids) => Ok(Put::ToCompare(asked, ids)),
                Outcome::Postponed => {
                    postponed.push(Job { asked, at, reply });
                    continue;
                }
            };
            if is_late {
                late.push((reply, answer));
            } else {
                // The request may have been cancelled: then there is no receiver.
                let _ = reply.send(answer);
            }
        }
        if !owed.is_empty() {
            tokio::spawn(pay(self.groups.heirs.clone(), owed, late));
        }
        for job in postponed.into_iter().rev() {
            self.waiting.push_front(job);
        }
    }
}

type Reply = (oneshot::Sender<Result<Put>>, Result<Put>);

/// Gives what a group owes, beside later groups, and answers the requests that it is about: whoever is answered finds it.
async fn pay(heirs: Heirs, owed: Owed, late: Vec<Reply>) {
    if let Err(error) = heirs.pay(&owed).await {
        tracing::warn!(%error, "statements are found a while later by what they refer to");
    }
    for (reply, answer) in late {
        // The request may have been cancelled: then there is no receiver.
        let _ = reply.send(answer);
    }
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
        Job { asked: batch.into(), at: None, reply: oneshot::channel().0 }
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
