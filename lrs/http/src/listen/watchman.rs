//! Which clients keep the server waiting. Each connection says what it waits for and since when, and
//! one watchman closes connections that take too long. Where all places are taken, the connection that
//! has kept the server waiting longest makes room for the next one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// How long a request's head may take, counted from its first byte; also how long a new connection
/// may say nothing.
pub(super) const HEAD: Duration = Duration::from_secs(15);
/// How long a connection may rest between requests: longer than proxies keep theirs, so that none
/// sends a request into a connection that is being closed.
pub(super) const IDLE: Duration = Duration::from_secs(75);
/// How long an answer may wait for its reader to take any more of it.
pub(super) const UNREAD: Duration = Duration::from_secs(30);
/// How long one in the middle of a request is spared when room is needed: longer than packets of a
/// client that goes on are apart, and shorter than a new connection may wait.
const SPARED: Duration = Duration::from_millis(150);

/// What a connection waits for its other end to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// To begin another request.
    Request,
    /// To send the rest of a request's head.
    Head,
    /// To send more of a body. Bodies have timers of their own.
    Body,
    /// To take more of an answer.
    Reader,
}

impl Want {
    const fn time(self) -> Option<Duration> {
        match self {
            Self::Request => Some(IDLE),
            Self::Head => Some(HEAD),
            Self::Body => None,
            Self::Reader => Some(UNREAD),
        }
    }

    /// Whether nothing has been begun that would be lost.
    const fn is_idle(self) -> bool {
        matches!(self, Self::Request | Self::Head)
    }
}

/// What is still to come of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// Nothing, or nothing that anybody wants.
    None,
    /// More of the body may come; no handler waits for it now.
    Some,
    /// A handler waits for more of the body.
    Wanted,
}

/// What is known of a connection.
#[derive(Debug)]
struct State {
    /// The number of the request that is or was served last.
    request: u64,
    /// Bytes of a head have come, or the connection is new.
    head: bool,
    /// A request is being served, up to the end of its answer.
    asked: bool,
    /// What is still to come of its body.
    body: Rest,
    /// When one of these changed, or more of a body came.
    since: Instant,
    /// Since when bytes of an answer wait to be taken.
    unread: Option<Instant>,
}

impl State {
    /// Its place in the row of connections that make room: first those without a request so far, then
    /// those between two requests, then those in the middle of a request for a while; within each, the
    /// longest first. `None` while it is the server's turn.
    fn place(&self, now: Instant) -> Option<(u8, Instant)> {
        let (want, since) = self.want()?;
        match want {
            Want::Request | Want::Head => Some((u8::from(self.request > 0), since)),
            Want::Body | Want::Reader => (now - since >= SPARED).then_some((2, since)),
        }
    }

    /// What the other end is waited for, and since when; none when it is the server's turn.
    fn want(&self) -> Option<(Want, Instant)> {
        if let Some(since) = self.unread {
            return Some((Want::Reader, since));
        }
        let want = match (self.asked, self.body) {
            (true, Rest::None | Rest::Some) => return None,
            (true, Rest::Wanted) | (false, Rest::Some | Rest::Wanted) => Want::Body,
            (false, Rest::None) if self.head => Want::Head,
            (false, Rest::None) => Want::Request,
        };
        Some((want, self.since))
    }
}

/// One connection, as the tasks that move its bytes see it.
#[derive(Debug)]
pub(super) struct Watch {
    state: Mutex<State>,
    closing: Notify,
}

impl Watch {
    fn new() -> Self {
        let state = State {
            request: 0,
            head: true,
            asked: false,
            body: Rest::None,
            since: Instant::now(),
            unread: None,
        };
        Self { state: Mutex::new(state), closing: Notify::new() }
    }

    fn note(&self, what: impl FnOnce(&mut State)) {
        what(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// [`Self::note`] of something about a request, if it is the last one: what is left of one may
    /// go when the next has begun.
    fn note_of(&self, request: u64, what: impl FnOnce(&mut State)) {
        self.note(|state| {
            if state.request == request {
                what(state);
            }
        });
    }

    /// Bytes came.
    pub(super) fn came(&self) {
        self.note(|state| {
            let has_body = state.body != Rest::None;
            let begins = !state.asked && !has_body && !state.head;
            if begins || has_body {
                state.head |= begins;
                state.since = Instant::now();
            }
        });
    }

    /// A request's head is whole; a body may follow. Gives the request's number.
    pub(super) fn asked(&self, body: bool) -> u64 {
        let mut number = 0;
        self.note(|state| {
            number = state.request + 1;
            (state.request, state.asked, state.head) = (number, true, false);
            state.body = if body { Rest::Some } else { Rest::None };
            state.since = Instant::now();
        });
        number
    }

    /// A handler waits for more of the body, or no longer does.
    pub(super) fn wanted(&self, request: u64, wanted: bool) {
        self.note_of(request, |state| {
            let body = if wanted { Rest::Wanted } else { Rest::Some };
            if state.body != body && state.body != Rest::None {
                (state.body, state.since) = (body, Instant::now());
            }
        });
    }

    /// The body is over, or no handler wants the rest of it.
    pub(super) fn body_is_over(&self, request: u64) {
        self.note_of(request, |state| {
            (state.body, state.since) = (Rest::None, Instant::now());
        });
    }

    /// The answer is made to its end.
    pub(super) fn answered(&self, request: u64) {
        self.note_of(request, |state| (state.asked, state.since) = (false, Instant::now()));
    }

    /// Bytes wait to be taken.
    pub(super) fn waits_for_reader(&self) {
        self.note(|state| _ = state.unread.get_or_insert_with(Instant::now));
    }

    /// Some were taken.
    pub(super) fn was_read(&self) {
        self.note(|state| state.unread = None);
    }

    /// Resolves when the connection is to be closed.
    pub(super) async fn closing(&self) {
        self.closing.notified().await;
    }

    fn want(&self) -> Option<(Want, Instant)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).want()
    }

    /// See [`State::place`].
    fn place(&self, now: Instant) -> Option<(u8, Instant)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).place(now)
    }
}

/// All connections.
#[derive(Debug, Default)]
pub(super) struct Watchman {
    next: AtomicU64,
    connections: Mutex<HashMap<u64, Arc<Watch>>>,
}

/// A connection among those watched, until it is dropped.
#[derive(Debug)]
pub(super) struct Watched {
    id: u64,
    watch: Arc<Watch>,
    watchman: Arc<Watchman>,
}

impl Watched {
    pub(super) const fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.watchman.all(|connections| _ = connections.remove(&self.id));
    }
}

impl Watchman {
    /// Watches a new connection.
    pub(super) fn watch(self: &Arc<Self>) -> Watched {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let watch = Arc::new(Watch::new());
        self.all(|connections| _ = connections.insert(id, Arc::clone(&watch)));
        Watched { id, watch, watchman: Arc::clone(self) }
    }

    /// Closes what has kept the server waiting for too long; gives how many.
    pub(super) fn close_overdue(&self) -> usize {
        self.close(|want, waited| want.time().is_some_and(|time| waited >= time))
    }

    /// Closes what waits for another request: the server stops.
    pub(super) fn close_idle(&self) -> usize {
        self.close(|want, _| want.is_idle())
    }

    fn close(&self, which: impl Fn(Want, Duration) -> bool) -> usize {
        let now = Instant::now();
        let is_wanted = |watch: &&Arc<Watch>| {
            watch.want().is_some_and(|(want, since)| which(want, now - since))
        };
        self.all(|connections| {
            connections.values().filter(is_wanted).map(|watch| watch.closing.notify_one()).count()
        })
    }

    /// Closes the connection that has kept the server waiting longest, rather one that has not
    /// asked for anything; gives whether there was any.
    pub(super) fn make_room(&self) -> bool {
        let now = Instant::now();
        self.all(|connections| {
            let waiting =
                connections.iter().filter_map(|(id, watch)| Some((watch.place(now)?, *id)));
            // No longer watched, so that the next connection that needs room closes another one.
            let longest = waiting.min_by_key(|(place, _)| *place).map(|(_, id)| id);
            let closed = longest.and_then(|id| connections.remove(&id));
            closed.map(|watch| watch.closing.notify_one()).is_some()
        })
    }

    fn all<T>(&self, what: impl FnOnce(&mut HashMap<u64, Arc<Watch>>) -> T) -> T {
        what(&mut self.connections.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn want(connection: &Watched) -> Option<Want> {
        connection.watch().want().map(|(want, _)| want)
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_says_whom_it_waits_for_through_a_request() {
        let connection = Arc::new(Watchman::default()).watch();
        let watch = connection.watch();
        assert_eq!(want(&connection), Some(Want::Head), "a new one");
        watch.came();
        let request = watch.asked(true);
        assert_eq!(want(&connection), None, "the server's turn");
        watch.wanted(request, true);
        assert_eq!(want(&connection), Some(Want::Body));
        watch.wanted(request, false);
        assert_eq!(want(&connection), None);
        watch.waits_for_reader();
        assert_eq!(want(&connection), Some(Want::Reader));
        watch.was_read();
        watch.answered(request);
        assert_eq!(want(&connection), Some(Want::Body), "what was not read still comes");
        watch.body_is_over(request);
        assert_eq!(want(&connection), Some(Want::Request));
        watch.came();
        assert_eq!(want(&connection), Some(Want::Head));
        watch.asked(true);
        watch.answered(request);
        watch.wanted(request, true);
        assert_eq!(want(&connection), None, "what is left of the last request says nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_on_within_the_time_stays_and_who_only_drips_does_not() {
        let watchman = Arc::new(Watchman::default());
        let (dripping, reading, silent) = (watchman.watch(), watchman.watch(), watchman.watch());
        reading.watch().asked(false);
        reading.watch().waits_for_reader();
        silent.watch().asked(false);
        for _ in 0..14 {
            advance(Duration::from_secs(1)).await;
            dripping.watch().came();
        }
        assert_eq!(watchman.close_overdue(), 0);
        advance(Duration::from_secs(1)).await;
        assert_eq!(watchman.close_overdue(), 1, "a head has its time from its first byte on");
        dripping.watch().closing().await;
        drop(dripping);
        reading.watch().was_read();
        reading.watch().waits_for_reader();
        advance(UNREAD.saturating_sub(Duration::from_secs(1))).await;
        assert_eq!(watchman.close_overdue(), 0, "every byte that is read gives new time");
        advance(Duration::from_hours(1)).await;
        assert_eq!(watchman.close_overdue(), 1, "one that the server works for has no time");
        reading.watch().closing().await;
    }

    #[tokio::test(start_paused = true)]
    async fn room_is_made_by_the_silent_then_by_the_idle_then_by_the_slowest_and_never_by_those_served()
     {
        let watchman = Arc::new(Watchman::default());
        let served = watchman.watch();
        served.watch().asked(false);
        let slow = watchman.watch();
        let request = slow.watch().asked(true);
        slow.watch().wanted(request, true);
        let known = watchman.watch();
        let request = known.watch().asked(false);
        known.watch().answered(request);
        advance(Duration::from_millis(10)).await;
        let older = watchman.watch();
        advance(Duration::from_millis(10)).await;
        let newer = watchman.watch();
        for next in [&older, &newer, &known] {
            assert!(watchman.make_room());
            next.watch().closing().await;
        }
        assert!(!watchman.make_room(), "one in the middle of a request is spared a while");
        advance(SPARED).await;
        assert!(watchman.make_room());
        slow.watch().closing().await;
        assert!(!watchman.make_room());
    }
}
