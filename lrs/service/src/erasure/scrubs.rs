//! Scrubs that erasures share. The embedded engine writes its whole database anew, which takes as long as the database is
//! large, while all that write wait: so one scrub is for all erasures that have come to their end before it begins. What keys
//! alone have asked for waits for a scrub of others, or for the quiet hour ([`super::owed`]).

use std::future::pending;
use std::sync::{Arc, Mutex as Guarded, MutexGuard, PoisonError};
use std::time::Duration;

use store::{Scrub, StoreError};
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, sleep_until};

use super::queue::{Queue, Rank};

/// How long a scrub waits for erasures that are under way, so that it is for these as well.
const LONGEST: Duration = Duration::from_mins(10);

/// The scrubs of a process. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Scrubs(Arc<Shared>);

#[derive(Default)]
struct Shared {
    rounds: Guarded<Rounds>,
    /// Held by the one who waits for the next scrub to begin, and by the scrub.
    one: Mutex<()>,
    /// What the next scrub waits for may have changed.
    changed: Notify,
}

#[derive(Default)]
struct Rounds {
    begun: u64,
    /// The last scrub that was of everything, and the last of any kind, that went well.
    good: (u64, u64),
    /// The last one that failed, and why.
    failed: Option<(u64, String)>,
    next: Next,
}

/// What those want who wait for the next scrub.
#[derive(Clone, Copy, Default)]
struct Next {
    scrub: Scrub,
    is_urgent: bool,
    /// Since when the first of them waits.
    since: Option<Instant>,
}

/// A wish for a scrub that begins later than the wish.
#[derive(Clone, Copy)]
pub(super) struct Ticket {
    round: u64,
    scrub: Scrub,
    rank: Rank,
}

impl Rounds {
    /// What has become of a ticket: nothing yet, or what the scrub came to.
    fn outcome(&self, ticket: Ticket) -> Option<Result<(), StoreError>> {
        let (everything, any) = self.good;
        let good = if ticket.scrub == Scrub::Everything { everything } else { any };
        if good >= ticket.round {
            return Some(Ok(()));
        }
        let (round, why) = self.failed.as_ref()?;
        (*round >= ticket.round).then(|| Err(StoreError::Unavailable(why.clone())))
    }

    fn begin(&mut self, own: Ticket) -> (u64, Scrub) {
        self.begun += 1;
        let next = std::mem::take(&mut self.next);
        // What another one wanted who is gone may be forgotten; what `own` wants is not.
        (self.begun, next.scrub.max(own.scrub))
    }

    fn end(&mut self, (round, scrub): (u64, Scrub), came_to: &Result<(), StoreError>) {
        match came_to {
            Ok(()) if scrub == Scrub::Everything => self.good = (round, round),
            Ok(()) => self.good.1 = round,
            Err(error) => self.failed = Some((round, error.to_string())),
        }
    }
}

impl Scrubs {
    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.0.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A wish for a scrub that begins from now on.
    pub(super) fn ticket(&self, scrub: Scrub, rank: Rank) -> Ticket {
        let mut rounds = self.rounds();
        let next = &mut rounds.next;
        next.scrub = next.scrub.max(scrub);
        next.is_urgent |= rank == Rank::Manager;
        next.since.get_or_insert_with(Instant::now);
        self.0.changed.notify_one();
        Ticket { round: rounds.begun + 1, scrub, rank }
    }

    /// A ticket for who wants no scrub of everything, and waits for one that others want: [`Self::is_done`] says whether it was.
    pub(super) fn of_others(&self) -> Ticket {
        let round = self.rounds().begun + 1;
        Ticket { round, scrub: Scrub::Everything, rank: Rank::Key }
    }

    /// Whether a scrub that began after the ticket was given went well.
    pub(super) fn is_done(&self, ticket: Ticket) -> bool {
        matches!(self.rounds().outcome(ticket), Some(Ok(())))
    }

    /// Returns once a scrub that began after the ticket was given has ended: does it by `work`, or waits for one who does.
    ///
    /// # Errors
    /// Those of `work`: all whom the scrub was for get one.
    pub(super) async fn done<F>(
        &self,
        ticket: Ticket,
        queue: &Queue,
        work: impl FnOnce(Scrub) -> F + Send,
    ) -> Result<(), StoreError>
    where
        F: Future<Output = Result<(), StoreError>> + Send,
    {
        let _one = self.0.one.lock().await;
        if let Some(came_to) = self.rounds().outcome(ticket) {
            return came_to;
        }
        self.is_due(ticket, queue).await;
        let round = self.rounds().begin(ticket);
        let came_to = work(round.1).await;
        self.rounds().end(round, &came_to);
        came_to
    }

    /// Waits for erasures that are about to want the next scrub too.
    async fn is_due(&self, own: Ticket, queue: &Queue) {
        loop {
            let next = self.rounds().next;
            let is_urgent = next.is_urgent || own.rank == Rank::Manager;
            let rank = if is_urgent { Rank::Manager } else { Rank::Key };
            let now = Instant::now();
            let latest = next.since.unwrap_or(now).checked_add(LONGEST);
            if latest.is_none_or(|latest| latest <= now) {
                return;
            }
            tokio::select! {
                biased;
                () = queue.rests(rank) => return,
                () = until(latest) => return,
                () = self.0.changed.notified() => {}
            }
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::FutureExt as _;
    use tokio::time::sleep;

    use super::*;

    /// Scrubs, with a note of each: after how many seconds it began, and of what it was.
    struct Scene {
        scrubs: Scrubs,
        queue: Queue,
        begun: Instant,
        done: Guarded<Vec<(u64, Scrub)>>,
        failures: AtomicUsize,
    }

    const TAKES: Duration = Duration::from_secs(10);

    impl Scene {
        fn new() -> Self {
            Self {
                scrubs: Scrubs::default(),
                queue: Queue::default(),
                begun: Instant::now(),
                done: Guarded::default(),
                failures: AtomicUsize::new(0),
            }
        }

        async fn wait(&self, ticket: Ticket) -> Result<(), StoreError> {
            let work = async |scrub| {
                self.done.lock().unwrap().push((self.begun.elapsed().as_secs(), scrub));
                sleep(TAKES).await;
                let is_left = |left: usize| left.checked_sub(1);
                match self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, is_left) {
                    Ok(_) => Err(StoreError::Unavailable("full".into())),
                    Err(_) => Ok(()),
                }
            };
            self.scrubs.done(ticket, &self.queue, work).await
        }

        fn done(&self) -> Vec<(u64, Scrub)> {
            std::mem::take(&mut self.done.lock().unwrap())
        }
    }

    use Scrub::{Everything, Records};

    #[tokio::test(start_paused = true)]
    async fn one_scrub_is_for_all_who_wait_before_it_begins_and_the_next_for_those_who_come_meanwhile()
     {
        let scene = Scene::new();
        let one = |scrub| scene.wait(scene.scrubs.ticket(scrub, Rank::Manager));
        let late = async {
            sleep(TAKES / 2).await;
            tokio::try_join!(one(Records), one(Everything))
        };
        let (first, second, late) = tokio::join!(one(Records), one(Everything), late);
        assert!(first.is_ok() && second.is_ok() && late.is_ok());
        assert_eq!(scene.done(), [(0, Everything), (10, Everything)]);
        one(Records).await.unwrap();
        assert_eq!(scene.done(), [(20, Records)]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_scrub_of_others_makes_none_begin_and_gets_what_begins_later_alone() {
        let scene = Scene::new();
        let one = |scrub| scene.wait(scene.scrubs.ticket(scrub, Rank::Manager));
        let first = scene.scrubs.of_others();
        one(Records).await.unwrap();
        assert_eq!(scene.done(), [(0, Records)], "nothing more is scrubbed on its behalf");
        assert!(!scene.scrubs.is_done(first));
        let meanwhile = async {
            sleep(TAKES / 2).await;
            scene.scrubs.of_others()
        };
        let (scrubbed, late) = tokio::join!(one(Everything), meanwhile);
        scrubbed.unwrap();
        assert!(scene.scrubs.is_done(first) && !scene.scrubs.is_done(late));
        scene.failures.store(1, Ordering::Relaxed);
        assert!(one(Everything).await.is_err() && !scene.scrubs.is_done(late));
        one(Everything).await.unwrap();
        assert!(scene.scrubs.is_done(late));
    }

    #[tokio::test(start_paused = true)]
    async fn a_scrub_waits_for_erasures_under_way_but_not_for_ever_and_managers_not_for_keys() {
        let scene = Scene::new();
        let turn = scene.queue.turn(Rank::Key).await;
        scene.wait(scene.scrubs.ticket(Records, Rank::Manager)).await.unwrap();
        assert_eq!(scene.done(), [(0, Records)]);
        let ended = async {
            sleep(Duration::from_secs(50)).await;
            drop(turn);
        };
        let (scrubbed, ()) =
            tokio::join!(scene.wait(scene.scrubs.ticket(Records, Rank::Key)), ended);
        scrubbed.unwrap();
        assert_eq!(scene.done(), [(60, Records)]);
        let turn = scene.queue.turn(Rank::Manager).await;
        scene.wait(scene.scrubs.ticket(Records, Rank::Manager)).await.unwrap();
        assert_eq!(scene.done(), [(70 + LONGEST.as_secs(), Records)]);
        drop(turn);
    }

    #[tokio::test(start_paused = true)]
    async fn all_whom_a_scrub_was_for_hear_that_it_failed_and_the_next_one_is_for_whoever_asks_again()
     {
        let scene = Scene::new();
        scene.failures.store(1, Ordering::Relaxed);
        let wish = |scrub| scene.scrubs.ticket(scrub, Rank::Manager);
        let both = tokio::join!(scene.wait(wish(Everything)), scene.wait(wish(Records)));
        assert!(both.0.is_err() && both.1.is_err(), "{both:?}");
        assert_eq!(scene.done().len(), 1);
        scene.wait(wish(Records)).await.unwrap();
        assert_eq!(scene.done(), [(10, Records)], "what the first one wanted is asked for again");
    }

    #[tokio::test(start_paused = true)]
    async fn what_one_wanted_who_went_away_in_the_middle_is_not_taken_for_done() {
        let scene = Scene::new();
        let wish = |scrub| scene.scrubs.ticket(scrub, Rank::Manager);
        let (first, second, third) = (wish(Everything), wish(Records), wish(Everything));
        assert!(Box::pin(scene.wait(first)).now_or_never().is_none());
        assert_eq!(scene.done(), [(0, Everything)]);
        scene.wait(second).await.unwrap();
        scene.wait(third).await.unwrap();
        assert_eq!(scene.done(), [(0, Records), (10, Everything)]);
    }
}
