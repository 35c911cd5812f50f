//! Who is due: one pass over the log, and the learner lists.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::sync::Arc;

use course::{Course, Enrolment, Evidence, Identifier};
use serde_json::Value;
use store::{KeptLaunch, StoreError};
use validator::ifi;
use xapi::erase::HOME_PAGE;
use xapi::index::{Closeness, Kind, keys_of_kept};
use xapi::instant::Instant;
use xapi::stored::Stored;

use super::{Retention, RetentionError, RetentionPlan, RetentionRule};
use crate::compute::aside;
use crate::erasure::find::{LogPart, enrolment};
use crate::erasure::ifi as ifi_of;

/// A statement that was stored less than this before now is not old, whatever its `timestamp`: in microseconds, 30 days. A
/// platform whose clock is wrong makes nobody due.
const FRESH: i64 = 30 * DAY;
const DAY: i64 = 24 * 3_600_000_000;

/// Launches that are read at once.
const LAUNCHES: usize = if cfg!(debug_assertions) { 2 } else { 500 };

/// A person who is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DuePerson {
    /// As erasures read them.
    pub(super) identifiers: Vec<String>,
    /// How many statements are by or about the person.
    statements: u64,
}

/// Who is due, and who is not.
#[derive(Debug)]
pub(super) struct DuePeople {
    pub(super) people: Vec<DuePerson>,
    kept: KeptPeople,
}

impl DuePerson {
    /// By what the person is remembered, in letters of one case.
    pub(super) fn form(&self) -> Option<String> {
        self.identifiers.first().map(|it| it.to_lowercase())
    }
}

impl DuePeople {
    /// Whether an identifier must not be erased.
    pub(super) fn keeps(&self, identifier: &Identifier) -> bool {
        self.kept.has_any(&ifi_of(identifier).to_string())
    }

    pub(super) fn statements(&self) -> u64 {
        self.people.iter().map(|it| it.statements).sum()
    }
}

/// The identifiers of people who are not due, as hashes: there are many. Two of one hash keep one person too many.
#[derive(Debug, Default)]
struct KeptPeople {
    hashes: HashSet<u64>,
    hasher: RandomState,
}

impl KeptPeople {
    fn add(&mut self, form: &str) {
        self.hashes.insert(self.hasher.hash_one(form));
    }

    fn has(&self, form: &str) -> bool {
        self.hashes.contains(&self.hasher.hash_one(form))
    }

    /// Whether it has this identifier, or the hash of this address: another platform may know the person by it.
    fn has_any(&self, identifier: &str) -> bool {
        self.has(&identifier.to_lowercase()) || hashes(identifier).any(|it| self.has(&it))
    }
}

/// The forms of the hashes of a mail address, as it is written and in small letters. None of another identifier.
fn hashes(identifier: &str) -> impl Iterator<Item = String> {
    let address = identifier.strip_prefix("mbox::");
    let written = address.map(|it| Identifier::Mbox(it.to_owned()));
    let small = address.map(|it| Identifier::Mbox(it.to_lowercase()));
    let hashed = |it: Identifier| it.hashed().map(|hash| form(&hash));
    [written, small].into_iter().flatten().filter_map(hashed)
}

/// What identifiers are compared by: in other letters, one is the same person's.
fn form(identifier: &Identifier) -> String {
    ifi_of(identifier).to_string().to_lowercase()
}

/// Into whom the learner of this id was merged; the id itself where the learner was not.
fn person<'e>(enrolment: &'e Enrolment, id: &'e str) -> &'e str {
    let mut person = id;
    for _ in 0..enrolment.merged.len() {
        let Some(into) = enrolment.merged.get(person) else { break };
        person = into;
    }
    person
}

/// Of whom a statement is: who is its actor or its object, by oneself or as a group of nobody else. Others whom it names may
/// become due by what is their own.
fn own(statement: &Value) -> BTreeSet<String> {
    let object = statement.get("object").filter(|it| {
        matches!(it.get("objectType").and_then(Value::as_str), Some("Agent" | "Group"))
    });
    statement.get("actor").into_iter().chain(object).filter_map(one).collect()
}

/// The identifier of an Agent or Group; of an anonymous group that of its member, where it is of one.
fn one(agent: &Value) -> Option<String> {
    if let Some(own) = ifi::of(agent) {
        return Some(own.to_string());
    }
    let members = agent.get("member").and_then(Value::as_array)?;
    let members: Option<BTreeSet<String>> =
        members.iter().map(|it| ifi::of(it).map(|own| own.to_string())).collect();
    members.filter(|it| it.len() == 1)?.pop_first()
}

/// The form of who plays by a launch.
fn player(launch: &KeptLaunch) -> Result<Option<String>, StoreError> {
    let corrupt = |error| StoreError::Corrupt(format!("a launch of {}: {error}", launch.package));
    let body: Value = serde_json::from_str(&launch.body).map_err(corrupt)?;
    Ok(body.get("actor").and_then(ifi::of).map(|actor| actor.to_string().to_lowercase()))
}

/// A rule, with its course.
struct Compiled {
    rule: RetentionRule,
    course: Option<Course>,
}

impl Compiled {
    fn covers(&self, stored: &Stored, value: &Value) -> bool {
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
        let RetentionRule { verb, source, .. } = &self.rule;
        verb.as_deref().is_none_or(|it| text("/verb/id") == Some(it))
            && source.as_deref().is_none_or(|it| text("/authority/account/name") == Some(it))
            && self.course.as_ref().is_none_or(|course| {
                let evidence =
                    Evidence::read(value, &stored.id.to_string(), stored.stored.micros());
                evidence.is_some_and(|it| {
                    course.place_of(&it.object, &it.parents, &it.groupings).is_some()
                })
            })
    }
}

/// A pass over the log.
struct DueScan {
    rules: Arc<Vec<Compiled>>,
    now: Instant,
    /// By form: the identifier as it was written, and how many statements are its own.
    candidates: BTreeMap<String, (String, u64)>,
    kept: KeptPeople,
    /// Who is on the learner list of a course that a rule is of.
    listed: KeptPeople,
}

/// How old a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    /// No rule covers it, or one that does keeps it.
    Kept,
    /// Every rule that covers it lets it go by its `timestamp`, which its sender chose.
    OverAsSaid,
    /// And by when it was stored.
    Over,
}

impl DueScan {
    fn age(&self, stored: &Stored, value: &Value) -> Age {
        let covering = self.rules.iter().filter(|it| it.covers(stored, value));
        let Some(days) = covering.map(|it| it.rule.days).max() else { return Age::Kept };
        let said = value.get("timestamp").and_then(Value::as_str).and_then(Instant::parse);
        let age = |at: Instant| self.now.micros().saturating_sub(at.micros());
        let days = i64::from(days).saturating_mul(DAY);
        match (age(said.unwrap_or(stored.stored)) > days, age(stored.stored)) {
            (true, age) if age > days.max(FRESH) => Age::Over,
            (true, age) if age > FRESH => Age::OverAsSaid,
            _ => Age::Kept,
        }
    }

    fn add(&mut self, stored: &Stored) {
        // Whom a statement names that cannot be read cannot be told; erasures count it.
        let Ok(value) = stored.value() else { return };
        let age = self.age(stored, &value);
        let own = own(&value);
        for key in keys_of_kept(&value).into_iter().filter(|it| it.kind == Kind::Agent) {
            let form = key.text.to_lowercase();
            let is_over = match age {
                Age::Kept => false,
                Age::OverAsSaid => !self.listed.has(&form),
                Age::Over => true,
            };
            if !is_over || key.closeness == Closeness::Authority {
                self.keep(&key.text);
            } else if own.contains(&key.text) && !self.kept.has(&form) {
                let count = self.candidates.entry(form).or_insert_with(|| (key.text, 0));
                count.1 = count.1.saturating_add(1);
            }
        }
    }

    /// Keeps who has an identifier, and whoever is known by its hash.
    fn keep(&mut self, identifier: &str) {
        for form in hashes(identifier).chain([identifier.to_lowercase()]) {
            self.kept.add(&form);
            self.candidates.remove(&form);
        }
    }

    /// Keeps whoever has an identifier of somebody who is kept.
    fn join(&mut self, people: &[BTreeSet<String>]) {
        loop {
            let mut is_changed = false;
            for person in people {
                let (kept, other): (Vec<&String>, Vec<&String>) =
                    person.iter().partition(|it| self.kept.has(it));
                if !kept.is_empty() && !other.is_empty() {
                    for it in other {
                        self.keep(it);
                    }
                    is_changed = true;
                }
            }
            if !is_changed {
                return;
            }
        }
    }

    /// The people who are due, those with several identifiers once.
    fn people(mut self, people: &[BTreeSet<String>]) -> DuePeople {
        let Self { candidates, kept, .. } = &mut self;
        candidates.retain(|_, (written, _)| !kept.has_any(written));
        self.join(people);
        let mut of: HashMap<&str, Vec<&BTreeSet<String>>> = HashMap::new();
        for person in people {
            for it in person {
                of.entry(it).or_default().push(person);
            }
        }
        let mut found: Vec<DuePerson> = Vec::new();
        while let Some((first, (written, statements))) = self.candidates.pop_first() {
            let mut person = DuePerson { identifiers: vec![written], statements };
            let mut left = vec![first];
            while let Some(form) = left.pop() {
                for other in of.get(form.as_str()).into_iter().flatten().copied().flatten() {
                    let Some((written, count)) = self.candidates.remove(other) else { continue };
                    person.identifiers.push(written);
                    person.statements = person.statements.saturating_add(count);
                    left.push(other.clone());
                }
            }
            found.push(person);
        }
        DuePeople { people: found, kept: self.kept }
    }
}

impl Retention {
    /// Who is due now.
    pub(super) async fn due(&self, plan: &RetentionPlan) -> Result<DuePeople, RetentionError> {
        let rules = Arc::new(self.compiled(plan).await?);
        let mut scan = DueScan {
            rules,
            now: self.clock.now(),
            candidates: BTreeMap::new(),
            kept: KeptPeople::default(),
            listed: KeptPeople::default(),
        };
        let people = self.listed(plan, &mut scan).await?;
        self.present(&mut scan).await?;
        let mut after = Instant::default();
        loop {
            match self.erasures.part_of_log(after).await? {
                LogPart::Statements(page, last) => {
                    after = last;
                    let work = aside(move || {
                        for kept in &page {
                            scan.add(&kept.statement);
                        }
                        scan
                    });
                    scan = work.await.map_err(|_| RetentionError::Stopped)?;
                }
                LogPart::Unreadable(at) => after = at,
                LogPart::End => break,
            }
        }
        // Who was erased has nothing left to erase.
        scan.candidates.retain(|_, (written, _)| !written.ends_with(&format!("@{HOME_PAGE}")));
        let due = aside(move || scan.people(&people));
        due.await.map_err(|_| RetentionError::Stopped)
    }

    /// Keeps who has an account, or a launch that is good still, whatever old statements say: anybody may have sent these.
    async fn present(&self, scan: &mut DueScan) -> Result<(), RetentionError> {
        for person in self.store.people().await?.into_iter().map(|it| it.kept.person) {
            let address = format!("mailto:{}", person.name);
            let known = person.learner.iter().chain([&address]);
            for identifier in known.filter_map(|it| it.parse::<Identifier>().ok()) {
                scan.keep(&ifi_of(&identifier).to_string());
            }
        }
        let mut after: Option<String> = None;
        loop {
            let page = self.store.launches_beyond(after.as_deref(), scan.now, LAUNCHES).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.token.clone());
            let players = aside(move || page.iter().map(player).collect::<Result<Vec<_>, _>>());
            for form in players.await.map_err(|_| RetentionError::Stopped)??.into_iter().flatten() {
                scan.keep(&form);
            }
        }
    }

    async fn compiled(&self, plan: &RetentionPlan) -> Result<Vec<Compiled>, RetentionError> {
        let mut rules = Vec::with_capacity(plan.rules.len());
        for rule in plan.rules.iter().cloned() {
            let Some(id) = rule.course.clone() else {
                rules.push(Compiled { rule, course: None });
                continue;
            };
            // A rule of a course that was deleted covers nothing.
            let Some(kept) = self.store.course(&id).await? else { continue };
            let parsed = aside(move || Course::parse(&kept.file)).await;
            let parsed = parsed.map_err(|_| RetentionError::Stopped)?;
            let course = Some(parsed.map_err(|_| RetentionError::Course(id))?);
            rules.push(Compiled { rule, course });
        }
        Ok(rules)
    }

    /// The identifiers of each learner of each course, by their forms. A learner of a course that no rule is of is kept; one of
    /// another course is noted as such.
    async fn listed(
        &self,
        plan: &RetentionPlan,
        scan: &mut DueScan,
    ) -> Result<Vec<BTreeSet<String>>, RetentionError> {
        let mut people = Vec::new();
        for course in self.store.courses().await? {
            let Some(kept) = self.store.course(&course.id).await? else { continue };
            let is_of = |rule: &RetentionRule| rule.course.as_deref() == Some(course.id.as_str());
            let is_covered = plan.rules.iter().any(is_of);
            let enrolment = enrolment(&course.id, &kept.enrolment)?;
            let mut of_course: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
            for learner in &enrolment.learners {
                let person = of_course.entry(person(&enrolment, &learner.id)).or_default();
                person.extend(learner.known_as().iter().map(form));
            }
            for it in of_course.values().flatten() {
                if is_covered { scan.listed.add(it) } else { scan.keep(it) }
            }
            people.extend(of_course.into_values());
        }
        Ok(people)
    }
}
