//! R15: what the data team must know before the other reports are trusted: when each key sent last, what is
//! damaged or refused, which statements are of no learner, which clocks are wrong.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::CourseService;
use super::board::{Board, EnrolledCourse};
use super::boards::stopped;
use super::error::ProgressError;
use super::read::{Readable, Unreadable};
use super::unassigned::Unassigned;
use crate::compute;
use crate::large::with_skimmed;
use crate::memory::Reserved;
use access::bounds::Bounds;
use course::{Credit, EVIDENCE, Evidence, Form, Selectors, State};
use report::{Check, DataHealth, Finding, Table};
use store::StoreError;
use validator::json::{Node as _, Skimmed, at};
use xapi::query::Filter;
use xapi::stored::Stored;

/// How many of the newest statements are looked at.
const NEWEST: usize = 2_000;
/// How many rows of one kind are listed.
const LISTED: usize = 50;
/// The most characters of a platform or an object in a row.
const LONGEST_SUBJECT: usize = 1_000;
/// A timestamp may be this far ahead of `stored`, in microseconds.
const AHEAD: i64 = 5 * 60 * 1_000_000;
/// And this far behind it.
const BEHIND: i64 = 7 * 86_400 * 1_000_000;

/// What was found among the newest statements.
#[derive(Default)]
struct Found {
    unmapped: BTreeMap<String, (u64, i64)>,
    ahead: BTreeMap<String, (u64, i64)>,
    late: BTreeMap<String, (u64, i64)>,
    repeated: (u64, i64),
    /// Who said what.
    seen: HashSet<(String, u64)>,
    unreadable: Vec<Unreadable>,
}

impl CourseService {
    /// The report `health`, whose table `make` makes of what is found.
    pub(super) async fn health(
        &self,
        id: &str,
        bounds: Option<&Bounds>,
        make: fn(DataHealth<'_>) -> Table,
        held: &mut Reserved,
    ) -> Result<Table, ProgressError> {
        if bounds.is_some() {
            return Err(ProgressError::Bounded);
        }
        let enrolled = self.boards.enrolled(id).await?;
        let through = self.store.consistent_through().await?.micros();
        let mut findings = Vec::new();
        if let Some(ahead) = self.record.stored_ahead().await? {
            let seconds = u64::try_from(ahead.micros / 1_000_000).ok();
            let latest = Some(ahead.latest.micros());
            findings.push(finding(Check::StoredAhead, "", seconds, latest));
        }
        self.sources(&mut findings).await?;
        for refused in self.record.refusals().all() {
            let subject = format!("{}: {}", refused.key, refused.rule);
            let last = Some(refused.last.micros());
            findings.push(finding(Check::Refused, subject, Some(refused.count), last));
        }
        let board = self.boards.board(id, None).await?;
        add_without_time(&mut findings, &board);
        drop(board);
        let unassigned = self.unassigned(id, held).await?;
        add_unassigned(&mut findings, &enrolled, &unassigned);
        self.newest(&enrolled).await?.add_to(&mut findings);
        Ok(make(DataHealth { course: &enrolled.course, through, newest: NEWEST, findings }))
    }

    /// When each key's last statement came.
    async fn sources(&self, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
        for kept in self.store.keys().await? {
            let authority = Some(kept.key.authority.ifi().to_owned());
            let filter = Filter { authority, limit: 1, ..Filter::default() };
            let page = Readable::next(&*self.store, &filter).await?;
            // When it came is known even of one that cannot be read.
            let last = page.statements.first().map(|last| last.stored);
            if let Some(last) = last.or(page.unreadable.map(|last| last.stored)) {
                let subject = format!("{} ({})", kept.key.name, kept.key.label);
                findings.push(finding(Check::Source, subject, None, Some(last.micros())));
            }
        }
        Ok(())
    }

    /// What is found among the newest statements that can be read; the others are noted. A statement may be as large as
    /// a request: no more than a page of them is in memory at a time.
    async fn newest(&self, enrolled: &Arc<EnrolledCourse>) -> Result<Found, StoreError> {
        let (mut found, mut left) = (Found::default(), NEWEST);
        let mut filter = Filter { limit: NEWEST, ..Filter::default() };
        let sites = Arc::new(sites(enrolled));
        loop {
            let page = Readable::next(&*self.store, &filter).await?;
            left = left.saturating_sub(page.statements.len());
            found.unreadable.extend(page.unreadable);
            let (enrolled, sites) = (Arc::clone(enrolled), Arc::clone(&sites));
            let statements = page.statements;
            let look = move || {
                for statement in &statements {
                    found.look_at(statement, &enrolled, &sites);
                }
                found
            };
            found = compute::aside(look).await.map_err(|_| stopped())?;
            (filter.limit, filter.beyond) = (left, page.beyond);
            let is_enough = left == 0 || found.unreadable.len() >= LISTED;
            if is_enough || filter.beyond.is_none() {
                return Ok(found);
            }
        }
    }
}

/// The beginning of a text that a sender chose, as long as a row has room for.
fn short(text: &str) -> String {
    text.chars().take(LONGEST_SUBJECT).collect()
}

fn count(of: &mut (u64, i64), stored: i64) {
    of.0 += 1;
    of.1 = of.1.max(stored);
}

impl Found {
    fn look_at(&mut self, statement: &Stored, enrolled: &EnrolledCourse, sites: &HashSet<String>) {
        let add = |value: &Skimmed<'_>| self.add(statement, value, enrolled, sites);
        let looked = with_skimmed(statement, &EVIDENCE, add);
        if let Err(error) = looked {
            let (stored, id) = (statement.stored, Some(statement.id));
            self.unreadable.push(Unreadable { stored, id, error: error.to_string() });
        }
    }

    fn add(
        &mut self,
        statement: &Stored,
        value: &Skimmed<'_>,
        enrolled: &EnrolledCourse,
        sites: &HashSet<String>,
    ) {
        let stored = statement.stored.micros();
        // A statement of a group, or without an actor that can be enrolled, is of no learner.
        let Some(evidence) = Evidence::read(value, &statement.id.to_string(), stored) else {
            return;
        };
        if !self.seen.insert((evidence.actor.to_string(), evidence.fingerprint)) {
            count(&mut self.repeated, stored);
        }
        let source = at(value, "context/platform").and_then(|it| it.as_str()).unwrap_or("?");
        if evidence.timestamp > stored + AHEAD {
            count(self.ahead.entry(short(source)).or_default(), stored);
        } else if evidence.timestamp < stored - BEHIND {
            count(self.late.entry(short(source)).or_default(), stored);
        }
        if is_unmapped(&evidence, enrolled, sites) {
            count(self.unmapped.entry(short(&evidence.object)).or_default(), stored);
        }
    }

    fn add_to(&self, findings: &mut Vec<Finding>) {
        for Unreadable { stored, id, .. } in &self.unreadable {
            let subject = id.map_or_else(|| stored.to_string(), |id| id.to_string());
            findings.push(finding(Check::Unreadable, subject, None, Some(stored.micros())));
        }
        if self.repeated.0 > 0 {
            findings.push(finding(
                Check::Repeated,
                "",
                Some(self.repeated.0),
                Some(self.repeated.1),
            ));
        }
        for (check, found) in [
            (Check::ClockAhead, &self.ahead),
            (Check::Late, &self.late),
            (Check::Unmapped, &self.unmapped),
        ] {
            let mut sorted: Vec<_> = found.iter().collect();
            sorted.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
            let listed = sorted.into_iter().take(LISTED);
            findings.extend(
                listed.map(|(subject, (n, last))| finding(check, subject, Some(*n), Some(*last))),
            );
        }
    }
}

/// Activities whose time is measured, that learners completed, and for which no learner has a time: what
/// Moodle's log store plugin says of SCORM packages.
fn add_without_time(findings: &mut Vec<Finding>, board: &Board) {
    for (n, (_, activity)) in board.enrolled.course.activities().enumerate() {
        if !matches!(activity.form, Form::Online { credit: Credit::Measured, .. }) {
            continue;
        }
        let standings = board.members.iter().filter_map(|it| it.standings.activities.get(n));
        let (mut completed, mut timed) = (0, 0);
        for standing in standings {
            completed += u64::from(standing.state == State::Completed);
            timed += u64::from(standing.micros > 0);
        }
        if completed > 0 && timed == 0 {
            findings.push(finding(Check::WithoutTime, &activity.key, Some(completed), None));
        }
    }
}

fn add_unassigned(
    findings: &mut Vec<Finding>,
    enrolled: &EnrolledCourse,
    unassigned: &[Unassigned],
) {
    let statements = unassigned.iter().map(|actor| actor.statements).sum();
    findings.push(finding(Check::Unassigned, "", Some(statements), None));
    let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
    for learner in enrolled.people.learners().iter().filter(|it| !it.name.is_empty()) {
        by_name.entry(&learner.name).or_default().push(&learner.id);
    }
    for actor in unassigned.iter().take(LISTED) {
        findings.push(finding(Check::UnassignedActor, &actor.actor, Some(actor.statements), None));
        let ids = actor.names.iter().filter_map(|name| by_name.get(name.as_str())).flatten();
        for id in ids {
            let subject = format!("{} = {id}?", actor.actor);
            findings.push(finding(Check::SameName, subject, Some(actor.statements), None));
        }
    }
}

/// Whether a learner of the course said something of an activity on one of its sites that belongs to no module.
pub(super) fn is_unmapped(
    evidence: &Evidence,
    enrolled: &EnrolledCourse,
    sites: &HashSet<String>,
) -> bool {
    let Evidence { object, parents, groupings, .. } = evidence;
    let course = &enrolled.course;
    // A question or an objective belongs to what it is part of.
    let is_part = || {
        evidence.is_interaction && parents.iter().any(|it| course.place_of(it, &[], &[]).is_some())
    };
    site_of(object).is_some_and(|site| sites.contains(site))
        && enrolled.people.find(&evidence.actor).is_some()
        && course.place_of(object, parents, groupings).is_none()
        && !is_part()
}

/// Scheme and authority of an IRI, with the slash behind them; nothing where no slash is.
fn site_of(iri: &str) -> Option<&str> {
    let (end, _) = iri.match_indices('/').nth(2)?;
    iri.get(..=end)
}

/// Scheme and authority of the IRIs that the course selects, each with a slash behind it.
pub(super) fn sites(enrolled: &EnrolledCourse) -> HashSet<String> {
    let mut sites = HashSet::new();
    for (_, activity) in enrolled.course.activities() {
        let Selectors { ids, prefixes, within, .. } = &activity.selection;
        for iri in ids.iter().chain(prefixes).chain(within) {
            let site: Vec<&str> = iri.splitn(4, '/').take(3).collect();
            if site.len() == 3 {
                sites.insert(format!("{}/", site.join("/")));
            }
        }
    }
    sites
}

fn finding(
    check: Check,
    subject: impl Into<String>,
    count: Option<u64>,
    last: Option<i64>,
) -> Finding {
    Finding { check, subject: subject.into(), count, last }
}
