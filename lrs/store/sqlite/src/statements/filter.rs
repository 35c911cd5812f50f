//! Finding statements: sorted lists of `stored` instants, one per condition, walked together.
//!
//! Each condition names one or a few runs of the index, and each run is sorted. All conditions
//! hold where all lists have the same instant. The walk leaps: whenever one list lacks the current
//! instant, all lists go on from the next instant that this list has. The work is bounded by the
//! shortest list, not by the longest.
//!
//! Example, ascending: the verb's list has 1, 2, 3, 4, 90 and the agent's list 3, 90. At 1 the agent's
//! list has nothing until 3, so both go on at 3: found. At 4 the agent's list goes on at 90: found.

use std::collections::VecDeque;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::failure::Result;
use crate::recent::View;
use crate::session::closeness;
use xapi::index::{Closeness, Kind};
use xapi::instant::Instant;
use xapi::query::{Filter, Match};

/// How many instants of a run are read at once: at first, and at most, after doubling.
const FIRST_READ: i64 = 16;
const LARGEST_READ: i64 = 1024;

/// The instants at which all conditions of a filter hold, in the order it asks for.
pub(super) struct Walk<'c> {
    index: Index<'c>,
    lists: Vec<List>,
    ascending: bool,
    next: Option<i64>,
    end: i64,
}

impl<'c> Walk<'c> {
    /// Starts at the earliest instant that `filter` allows, or at the latest where it descends.
    pub(super) fn new(connection: &'c Connection, view: &'c View, filter: &Filter) -> Result<Self> {
        let index = Index { connection, view };
        let ascending = filter.ascending;
        let since = filter.since.map_or(0, |since| since.next().micros());
        let until = filter.until.map_or(i64::MAX, Instant::micros).min(view.newest());
        let (mut first, end) = if ascending { (since, until) } else { (until, since) };
        if let Some(beyond) = filter.beyond {
            first = if ascending {
                first.max(beyond.next().micros())
            } else {
                first.min(beyond.previous().micros())
            };
        }
        let (lists, next) = match lists(connection, filter)? {
            Some(lists) => (lists, Some(first)),
            None => (Vec::new(), None),
        };
        Ok(Self { index, lists, ascending, next, end })
    }

    /// The next instant, or `None` when there are no more.
    pub(super) fn next(&mut self) -> Result<Option<i64>> {
        let Some(mut at) = self.next else { return Ok(None) };
        let mut agreed = 0;
        while agreed < self.lists.len() {
            agreed = 0;
            for list in &mut self.lists {
                let Some(found) = list.seek(&self.index, at, self.ascending)? else {
                    self.next = None;
                    return Ok(None);
                };
                if found == at {
                    agreed += 1;
                } else {
                    at = found;
                }
            }
        }
        let within = if self.ascending { at <= self.end } else { at >= self.end };
        self.next = within.then(|| at.checked_add(if self.ascending { 1 } else { -1 })).flatten();
        Ok(within.then_some(at))
    }
}

/// The lists to walk; `None` when a condition names a thing that no statement names.
fn lists(connection: &Connection, filter: &Filter) -> Result<Option<Vec<List>>> {
    let related = |kind, wanted: &Match| {
        let closeness: &[Closeness] = if wanted.related {
            &[Closeness::Direct, Closeness::Related, Closeness::Authority]
        } else {
            &[Closeness::Direct]
        };
        (kind, wanted.text.clone(), closeness)
    };
    let direct = |kind, text: &str| (kind, text.to_owned(), &[Closeness::Direct][..]);
    let registration = filter.registration.map(|id| direct(Kind::Registration, &id.to_string()));
    let authority = filter
        .authority
        .as_ref()
        .map(|ifi| (Kind::Agent, ifi.clone(), &[Closeness::Authority][..]));
    let conditions = [
        filter.agent.as_ref().map(|agent| related(Kind::Agent, agent)),
        filter.verb.as_ref().map(|verb| direct(Kind::Verb, verb)),
        filter.activity.as_ref().map(|activity| related(Kind::Activity, activity)),
        registration,
        authority,
    ];
    let mut lists = Vec::new();
    for (kind, text, closenesses) in conditions.into_iter().flatten() {
        let sql = "SELECT id FROM entity WHERE kind = ?1 AND text = ?2";
        let mut find = connection.prepare_cached(sql)?;
        let entity = find.query_row(params![kind as u8, text], |row| row.get(0)).optional()?;
        let Some(entity) = entity else { return Ok(None) };
        let runs = |closeness: &Closeness| Run::both(entity, *closeness);
        lists.push(List { runs: closenesses.iter().flat_map(runs).collect() });
    }
    if lists.is_empty() {
        lists.push(List { runs: vec![Run::everything()] });
    }
    Ok(Some(lists))
}

/// Where rows of the index lie.
struct Index<'c> {
    connection: &'c Connection,
    view: &'c View,
}

/// The union of some runs.
struct List {
    runs: Vec<Run>,
}

impl List {
    /// The first instant from `at` on, in walking order.
    fn seek(&mut self, index: &Index<'_>, at: i64, ascending: bool) -> Result<Option<i64>> {
        let mut best = None;
        for run in &mut self.runs {
            let found = run.seek(index, at, ascending)?;
            best = match (best, found) {
                (Some(a), Some(b)) if ascending => Some(i64::min(a, b)),
                (Some(a), Some(b)) => Some(i64::max(a, b)),
                (a, b) => a.or(b),
            };
        }
        Ok(best)
    }
}

/// One sorted run of instants: those of the statements that have to do with a thing in one way, or
/// those of all statements.
struct Run {
    of: Of,
    read: VecDeque<i64>,
    size: i64,
    exhausted: bool,
}

/// What a run is of: a thing with a closeness, and where its rows lie, or all statements.
#[derive(Clone, Copy)]
enum Of {
    Table(i64, u8),
    Recent(i64, u8),
    Everything,
}

impl Run {
    const fn new(of: Of) -> Self {
        Self { of, read: VecDeque::new(), size: FIRST_READ, exhausted: false }
    }

    /// The rows of a thing in the tables, and those that are not there yet.
    fn both(entity: i64, of: Closeness) -> [Self; 2] {
        let closeness = closeness(of);
        [Of::Table(entity, closeness), Of::Recent(entity, closeness)].map(Self::new)
    }

    const fn everything() -> Self {
        Self::new(Of::Everything)
    }

    fn seek(&mut self, index: &Index<'_>, at: i64, ascending: bool) -> Result<Option<i64>> {
        let before = |seq: i64| if ascending { seq < at } else { seq > at };
        while self.read.front().is_some_and(|seq| before(*seq)) {
            self.read.pop_front();
        }
        if self.read.is_empty() && !self.exhausted {
            self.fill(index, at, ascending)?;
        }
        Ok(self.read.front().copied())
    }

    fn fill(&mut self, index: &Index<'_>, at: i64, ascending: bool) -> Result<()> {
        let most = usize::try_from(self.size).unwrap_or(usize::MAX);
        match self.of {
            Of::Recent(entity, closeness) => {
                self.read.extend(index.view.instants((entity, closeness), at, ascending, most));
            }
            Of::Table(..) | Of::Everything => self.select(index.connection, at, ascending)?,
        }
        self.exhausted = self.read.len() < most;
        self.size = (self.size * 2).min(LARGEST_READ);
        Ok(())
    }

    fn select(&mut self, connection: &Connection, at: i64, ascending: bool) -> Result<()> {
        let sql = match (self.of, ascending) {
            (Of::Everything, true) => {
                "SELECT seq FROM statement WHERE ?1 = 0 AND ?2 = 0 AND seq >= ?3 \
                 ORDER BY seq LIMIT ?4"
            }
            (Of::Everything, false) => {
                "SELECT seq FROM statement WHERE ?1 = 0 AND ?2 = 0 AND seq <= ?3 \
                 ORDER BY seq DESC LIMIT ?4"
            }
            (_, true) => {
                "SELECT seq FROM statement_index WHERE entity = ?1 AND closeness = ?2 \
                 AND seq >= ?3 ORDER BY seq LIMIT ?4"
            }
            (_, false) => {
                "SELECT seq FROM statement_index WHERE entity = ?1 AND closeness = ?2 \
                 AND seq <= ?3 ORDER BY seq DESC LIMIT ?4"
            }
        };
        let (entity, closeness) = match self.of {
            Of::Table(entity, closeness) | Of::Recent(entity, closeness) => (entity, closeness),
            Of::Everything => (0, 0),
        };
        let mut select = connection.prepare_cached(sql)?;
        let mut rows = select.query(params![entity, closeness, at, self.size])?;
        while let Some(row) = rows.next()? {
            self.read.push_back(row.get(0)?);
        }
        Ok(())
    }
}
