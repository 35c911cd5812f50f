//! The way of a pull through the pages of a source.

use url::Url;

use super::incoming::Incoming;
use super::settings::ReadsBy;
use xapi::instant::Instant;

const SECOND: i64 = 1_000_000;

/// A run from the cursor to the end, as far as it is.
pub(super) struct Pages {
    /// The next page.
    pub(super) url: Url,
    /// What the source promised in its first answer.
    pub(super) promised: Option<Instant>,
    pub(super) is_first: bool,
    pub(super) began: Instant,
    /// The latest instant that was read.
    pub(super) reached: Option<Instant>,
    /// Whether all that was read came in the order that was asked for: some stores turn each page around, or give the newest
    /// first. Then the cursor moves at the end of the run alone.
    pub(super) is_ordered: bool,
    /// The same by whole seconds: within a second, Ralph sorts by the text of the timestamp.
    is_ordered_by_second: bool,
    by: ReadsBy,
    /// What is asked of the source, but for `since`.
    question: Url,
    /// The latest `since` that was asked for.
    since: Option<Instant>,
    /// No statement that comes next in order is earlier.
    before: Option<Instant>,
    /// The timestamp of the last statement that was read, where it is written in UTC.
    last: Option<Instant>,
}

impl Pages {
    /// A run that has read nothing. `question` has no `since`.
    pub(super) fn new(question: Url, since: Option<Instant>, by: ReadsBy, began: Instant) -> Self {
        let url = since.map_or_else(|| question.clone(), |since| with_since(&question, since));
        let (promised, reached, before, last) = (None, None, None, None);
        Self {
            url,
            promised,
            is_first: true,
            began,
            reached,
            is_ordered: true,
            is_ordered_by_second: true,
            by,
            question,
            since,
            before,
            last,
        }
    }

    /// Notes what a page had.
    pub(super) fn note(&mut self, statements: &[Incoming]) {
        for incoming in statements {
            let instant = match self.by {
                ReadsBy::Stored => incoming.stored,
                ReadsBy::Timestamp => incoming.timestamp,
            };
            let Some(instant) = instant else { continue };
            self.is_ordered &= self.before.is_none_or(|before| before <= instant);
            self.is_ordered_by_second &=
                self.before.is_none_or(|before| second_of(before) <= second_of(instant));
            self.before = Some(instant);
            self.reached = self.reached.max(Some(instant));
        }
        let in_utc = statements.last().filter(|it| it.is_in_utc);
        self.last = in_utc.and_then(|it| it.timestamp);
    }

    /// Where the next page is that the source calls `more`.
    ///
    /// A source that reads by timestamp is asked anew from the beginning of the last statement's second, and what is known is
    /// passed over: on MongoDB, Ralph's `more` skips statements of that second. `more` counts where a page lies in one
    /// second, where pages are not in order, and where the last timestamp is not in UTC: Ralph compares timestamps as texts.
    pub(super) fn after(&mut self, more: Url) -> Url {
        let is_by_timestamp = self.by == ReadsBy::Timestamp && self.is_ordered_by_second;
        let Some(last) = self.last.filter(|_| is_by_timestamp) else { return more };
        let since = Instant::from_micros(second_of(last) * SECOND).previous();
        if self.since.is_some_and(|before| since <= before) {
            return more;
        }
        (self.since, self.before) = (Some(since), Some(since));
        with_since(&self.question, since)
    }
}

/// The second of an instant, counted from 1970.
const fn second_of(instant: Instant) -> i64 {
    instant.micros().div_euclid(SECOND)
}

fn with_since(question: &Url, since: Instant) -> Url {
    let mut url = question.clone();
    url.query_pairs_mut().append_pair("since", &since.to_string());
    url
}
