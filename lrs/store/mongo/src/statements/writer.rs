//! The queue of requests that write statements. While one group is being written, the next one
//! gathers: requests that wait at the same time become one group and share its calls.

use std::collections::VecDeque;

use tokio::sync::{mpsc, oneshot};

use super::group::Outcome;
use super::put::GroupWriter;
use store::bounds::check_width;
use store::{Batch, KeptBatch, Result, StoreError};
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

/// A request.
struct Job {
    batch: Batch,
    /// When the statements were stored, where they come from another store.
    at: Option<Vec<Instant>>,
    /// Takes how many statements were new.
    reply: oneshot::Sender<Result<usize>>,
}

impl Job {
    /// About how many bytes the request holds.
    fn weight(&self) -> usize {
        let statements = self.batch.statements.iter().map(Prepared::weight);
        let attachments = self.batch.attachments.iter().map(|attachment| attachment.body.len());
        statements.chain(attachments).sum()
    }

    /// How many index keys its statements have.
    fn keys(&self) -> usize {
        self.batch.statements.iter().map(|statement| statement.keys.len()).sum()
    }
}

/// The way to the task that writes.
pub(crate) struct Writer(mpsc::Sender<Job>);

impl Writer {
    /// Starts the task, which ends when the writer was dropped and the queue is empty.
    pub(super) fn start(groups: GroupWriter) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        tokio::spawn(Work { groups, queue, waiting: VecDeque::new(), most: REQUESTS }.run());
        Self(jobs)
    }

    /// Keeps a batch, all or none; visible when this returns.
    pub(crate) async fn put(&self, batch: Batch, at: Option<Vec<Instant>>) -> Result<KeptBatch> {
        let ids = batch.statements.iter().map(|statement| statement.id).collect();
        if batch.statements.is_empty() && batch.attachments.is_empty() {
            return Ok(KeptBatch { ids, new: 0 });
        }
        check_width(&batch)?;
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writer has stopped".into());
        self.0.send(Job { batch, at, reply }).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?.map(|new| KeptBatch { ids, new })
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
        let mut batches = Vec::with_capacity(group.len());
        let mut asked = Vec::with_capacity(group.len());
        for Job { batch, at, reply } in group {
            batches.push(batch);
            asked.push((at, reply));
        }
        let at = asked.first().and_then(|(at, _)| at.as_deref());
        tell_of(batches.len(), self.waiting.len() + self.queue.len());
        let begun = std::time::Instant::now();
        let written = self.groups.write(&batches, at).await;
        metrics::histogram!("traccia_store_commit_seconds").record(begun.elapsed());
        let outcomes = match written {
            Ok(outcomes) => {
                self.most = (self.most * 2).min(REQUESTS);
                outcomes
            }
            // One request is to blame. Half of the group is tried next, and so on, until it fails alone.
            Err(StoreError::Rejected(reason)) if batches.len() > 1 => {
                tracing::warn!(reason, requests = batches.len(), "a group is tried in parts");
                self.most = batches.len() / 2;
                batches.iter().map(|_| Outcome::Postponed).collect()
            }
            Err(error) => {
                tracing::error!(%error, "a group of statements could not be kept");
                let failed = |_| Outcome::Failed(copy_of(&error));
                batches.iter().map(failed).collect()
            }
        };
        let answers = asked.into_iter().zip(batches).zip(outcomes);
        let mut postponed = Vec::new();
        for (((at, reply), batch), outcome) in answers {
            let answer = match outcome {
                Outcome::Kept(new) => Ok(new),
                Outcome::Failed(error) => Err(error),
                Outcome::Postponed => {
                    postponed.push(Job { batch, at, reply });
                    continue;
                }
            };
            // The request may have been cancelled: then there is no receiver.
            let _ = reply.send(answer);
        }
        for job in postponed.into_iter().rev() {
            self.waiting.push_front(job);
        }
    }
}

/// Takes the requests of the next group, at most `most`, in order. Restored statements are a group by themselves.
fn next_group(waiting: &mut VecDeque<Job>, most: usize) -> Vec<Job> {
    let mut group: Vec<Job> = Vec::new();
    let (mut statements, mut bytes, mut keys) = (0, 0, 0);
    while let Some(job) = waiting.front() {
        let is_copy = |job: &Job| job.at.is_some();
        let alone = is_copy(job) || group.first().is_some_and(is_copy);
        statements += job.batch.statements.len();
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
        Job { batch, at: None, reply: oneshot::channel().0 }
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
