//! Progress as docs/courses.md and docs/reports.md define it, computed the slow way: every question goes
//! through the whole log of raw JSON again, and numbers are exact fractions. Shares no code with
//! `course`.

mod enrolment;
mod exact;
mod item;
mod rows;
mod said;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

pub(crate) use enrolment::{Enrolled, Record};
pub(crate) use exact::Exact;
pub(crate) use item::ItemStand;
pub(crate) use rows::{Figures, Part, figures};
pub(crate) use said::{Logged, Said, live};

/// A course as the generator made it.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) zone: &'static str,
    pub(crate) window: Days,
    pub(crate) editions: Vec<(&'static str, Days)>,
    pub(crate) certificate: Option<PlannedCertificate>,
    pub(crate) modules: Vec<PlannedModule>,
}

/// The first and the last day that count.
pub(crate) type Days = (Option<Date>, Option<Date>);

#[derive(Clone, Debug)]
pub(crate) struct PlannedCertificate {
    pub(crate) modules: Option<Vec<usize>>,
    pub(crate) hours: Option<&'static str>,
    pub(crate) hours_presence: Option<&'static str>,
    pub(crate) score: Option<&'static str>,
    pub(crate) by: Option<Date>,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedModule {
    pub(crate) id: String,
    pub(crate) weight: &'static str,
    pub(crate) requires: Vec<usize>,
    /// Key of a learner's data and the values it may have.
    pub(crate) audience: Vec<(&'static str, Vec<&'static str>)>,
    pub(crate) rule: PlannedModuleRule,
    /// Those online first.
    pub(crate) items: Vec<PlannedItem>,
}

#[derive(Clone, Debug)]
pub(crate) enum PlannedModuleRule {
    All,
    Any,
    AtLeast(usize),
    Score(&'static str),
    Hours(&'static str),
    AllOf(Vec<Self>),
    AnyOf(Vec<Self>),
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedItem {
    /// What the file calls it, where it does.
    pub(crate) key: Option<String>,
    pub(crate) ids: Vec<String>,
    pub(crate) prefixes: Vec<String>,
    pub(crate) within: Vec<String>,
    pub(crate) event: Option<PlannedEvent>,
    /// The most hours.
    pub(crate) cap: Option<&'static str>,
    pub(crate) nominal: bool,
    pub(crate) last_score: bool,
    pub(crate) weight: &'static str,
    /// Positions in the module.
    pub(crate) requires: Vec<usize>,
    pub(crate) window: Days,
    pub(crate) rule: PlannedRule,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedEvent {
    pub(crate) distance: bool,
    /// Id and, where the file gives one, object.
    pub(crate) sessions: Vec<(&'static str, Option<&'static str>)>,
}

#[derive(Clone, Debug)]
pub(crate) enum PlannedRule {
    Completed,
    Passed,
    Experienced,
    Attended,
    Score(&'static str),
    Hours(&'static str),
    AllOf(Vec<Self>),
    AnyOf(Vec<Self>),
}

/// A person as reports should see them: the actors that are them, and their data.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) id: String,
    /// As statements name them, hashed forms too.
    pub(crate) actors: Vec<Value>,
    pub(crate) region: &'static str,
    pub(crate) body: &'static str,
    pub(crate) istat: &'static str,
    pub(crate) role: &'static str,
    pub(crate) office: &'static str,
    pub(crate) edition: &'static str,
}

/// How far somebody is in a module or the course.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Stand {
    pub(crate) applies: bool,
    pub(crate) state: State,
    pub(crate) success: Option<bool>,
    pub(crate) score: Option<Exact>,
    pub(crate) progress: Exact,
    /// In microseconds.
    pub(crate) online: i128,
    pub(crate) presence: i128,
    pub(crate) since: Option<Date>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    #[default]
    NotStarted,
    InProgress,
    Completed,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Whole {
    pub(crate) course: Stand,
    pub(crate) modules: Vec<Stand>,
    /// Module by module.
    pub(crate) items: Vec<ItemStand>,
    pub(crate) last_seen: Option<Date>,
    pub(crate) certified: Option<Date>,
}

impl Plan {
    fn zone(&self) -> TimeZone {
        TimeZone::get(self.zone).unwrap()
    }

    /// The one item a statement counts for: exact ids first, session objects among them, then
    /// prefixes, then where the object stands, parents before groupings.
    fn place(&self, said: &Said) -> Option<(usize, usize)> {
        let find = |fits: &dyn Fn(&PlannedItem) -> bool| {
            self.modules.iter().enumerate().find_map(|(m, module)| {
                module.items.iter().position(fits).map(|position| (m, position))
            })
        };
        let lies_in =
            |iris: &[String]| iris.iter().find_map(|iri| find(&|item| item.within.contains(iri)));
        find(&|item| item.names(&said.object))
            .or_else(|| find(&|item| item.prefixes.iter().any(|p| said.object.starts_with(p))))
            .or_else(|| lies_in(&said.parents))
            .or_else(|| lies_in(&said.groupings))
    }

    /// The days that count for somebody: those of their edition, where it says other ones than
    /// the course.
    fn days_of(&self, person: &Person) -> Days {
        match self.editions.iter().find(|(id, _)| *id == person.edition) {
            Some((_, (begins, ends))) => (begins.or(self.window.0), ends.or(self.window.1)),
            None => self.window,
        }
    }
}

impl PlannedItem {
    /// Whether it has this object as an exact id.
    fn names(&self, object: &str) -> bool {
        let default = |session: &str| {
            let key = self.key.as_deref().unwrap_or_default();
            format!("urn:traccia:course:c/events/{key}/{session}")
        };
        self.ids.iter().any(|id| id == object)
            || self.event.iter().flat_map(|event| &event.sessions).any(|(id, given)| match given {
                Some(given) => *given == object,
                None => default(id) == object,
            })
    }
}

impl Person {
    pub(crate) fn value(&self, key: &str) -> &'static str {
        match key {
            "region" => self.region,
            "body" => self.body,
            "role" => self.role,
            "office" => self.office,
            "edition" => self.edition,
            _ => panic!("{key}"),
        }
    }

    fn is_for(&self, module: &PlannedModule) -> bool {
        module.audience.iter().all(|(key, values)| values.contains(&self.value(key)))
    }

    fn is(&self, actor: &Value) -> bool {
        actor["objectType"] != "Group"
            && self.actors.iter().any(|own| {
                ["account", "mbox", "mbox_sha1sum", "openid"]
                    .iter()
                    .any(|key| own.get(*key).is_some() && own.get(*key) == actor.get(*key))
            })
    }
}

fn holds((begins, ends): Days, day: Date) -> bool {
    begins.is_none_or(|begins| day >= begins) && ends.is_none_or(|ends| day <= ends)
}

/// A statement that counts for somebody.
struct Counted<'a> {
    place: (usize, usize),
    day: Date,
    said: &'a Said,
}

/// A person's statements that count, whenever they happened. Of equal ones the first that bears on
/// the course: one that names no place in it takes nothing from one that does, and a question, which
/// says nothing of an activity that it does not name, takes nothing from one that is not marked as such.
fn counted<'a>(plan: &Plan, log: &'a [Said], person: &Person) -> Vec<Counted<'a>> {
    let zone = plan.zone();
    let mut own: Vec<&Said> = log.iter().filter(|said| person.is(&said.actor)).collect();
    own.sort_by_key(|said| (said.stored, &said.id));
    let mut counted: Vec<Counted<'_>> = Vec::new();
    for said in own {
        let Some(place) = plan.place(said) else { continue };
        let module = &plan.modules[place.0];
        let item = &module.items[place.1];
        let day = zone.to_datetime(said.happened).date();
        let speaks = |said: &Said| said.speaks(item.names(&said.object));
        let stands_for_it =
            |first: &Counted<'_>| first.said.equals(said) && speaks(first.said) >= speaks(said);
        if person.is_for(module)
            && holds(plan.days_of(person), day)
            && holds(item.window, day)
            && !counted.iter().any(stands_for_it)
        {
            counted.push(Counted { place, day, said });
        }
    }
    counted
}

/// How far somebody is at the end of a day, by the [`live`] log.
pub(crate) fn whole(plan: &Plan, log: &[Said], person: &Person, at: Option<Date>) -> Whole {
    let counted = counted(plan, log, person);
    let days: BTreeSet<Date> = counted.iter().map(|counted| counted.day).collect();
    let days: Vec<Date> = days.into_iter().filter(|day| at.is_none_or(|at| *day <= at)).collect();
    let before = snapshot(plan, &[], person);
    let on_day = |day: Date| {
        let until: Vec<&Counted<'_>> = counted.iter().filter(|it| it.day <= day).collect();
        snapshot(plan, &until, person)
    };
    let history: Vec<(Date, Whole)> = days.iter().map(|day| (*day, on_day(*day))).collect();
    // The first day of the last unbroken run; none where it was so before anything happened.
    let since = |holds: &dyn Fn(&Whole) -> bool, mut is_on: bool, by: Option<Date>| {
        let mut since = None;
        for (day, whole) in history.iter().filter(|(day, _)| by.is_none_or(|by| *day <= by)) {
            match (is_on, holds(whole)) {
                (false, true) => since = Some(*day),
                (true, false) => since = None,
                _ => {}
            }
            is_on = holds(whole);
        }
        since
    };
    let completed = |of: &dyn Fn(&Whole) -> State| {
        let is_completed = |whole: &Whole| of(whole) == State::Completed;
        since(&is_completed, is_completed(&before), None)
    };
    let mut whole = history.last().map_or_else(|| before.clone(), |(_, whole)| whole.clone());
    whole.course.since = completed(&|whole| whole.course.state);
    for n in 0..whole.modules.len() {
        whole.modules[n].since = completed(&|whole| whole.modules[n].state);
    }
    for n in 0..whole.items.len() {
        whole.items[n].since = completed(&|whole| whole.items[n].state);
    }
    whole.last_seen = days.last().copied();
    // Nobody has earned anything before they did something.
    whole.certified = plan.certificate.as_ref().and_then(|certificate| {
        since(&|whole| deserves(certificate, whole), false, certificate.by)
    });
    whole
}

fn deserves(certificate: &PlannedCertificate, whole: &Whole) -> bool {
    let all = (0..whole.modules.len()).collect();
    let modules = certificate.modules.clone().unwrap_or(all);
    let presence = whole.course.presence;
    let least = |hours: Option<&str>, micros: i128| hours.is_none_or(|it| micros >= micros_of(it));
    modules
        .iter()
        .all(|m| !whole.modules[*m].applies || whole.modules[*m].state == State::Completed)
        && least(certificate.hours, whole.course.online + presence)
        && least(certificate.hours_presence, presence)
        && certificate
            .score
            .is_none_or(|least| whole.course.score.is_some_and(|it| it >= Exact::of(least)))
}

fn micros_of(hours: &str) -> i128 {
    (Exact::of(hours) * Exact::from(3_600_000_000)).rounded()
}

/// How far somebody is, given what counts; without the days since when.
fn snapshot(plan: &Plan, counted: &[&Counted<'_>], person: &Person) -> Whole {
    let mut whole = Whole::default();
    let mut items_of: Vec<Vec<ItemStand>> = Vec::new();
    for (m, module) in plan.modules.iter().enumerate() {
        let on_item = |a| -> Vec<&Said> {
            let here = counted.iter().filter(|it| it.place == (m, a));
            here.map(|it| it.said).collect()
        };
        items_of.push(if person.is_for(module) {
            item::stands(module, &on_item)
        } else {
            vec![ItemStand::default(); module.items.len()]
        });
    }
    // A module waits for others, so its answer may need theirs first.
    for m in 0..plan.modules.len() {
        let stand = module_stand(plan, m, counted, person, &items_of);
        whole.modules.push(stand);
    }
    whole.course = course_stand(plan, counted, &whole.modules);
    whole.items = items_of.concat();
    whole
}

fn module_stand(
    plan: &Plan,
    m: usize,
    counted: &[&Counted<'_>],
    person: &Person,
    items_of: &[Vec<ItemStand>],
) -> Stand {
    let (module, items) = (&plan.modules[m], &items_of[m]);
    if !person.is_for(module) {
        return Stand::default();
    }
    let hours_of = |presence: bool| -> i128 {
        let here = module.items.iter().zip(items);
        here.filter(|(item, _)| item.is_in_presence() == presence).map(|(_, it)| it.micros).sum()
    };
    let (online, presence) = (hours_of(false), hours_of(true));
    let weight = |item: &PlannedItem| Exact::of(item.weight);
    let scored = || module.items.iter().zip(items).filter(|(_, stand)| stand.score.is_some());
    let score = Exact::mean(scored().map(|(item, stand)| (stand.score.unwrap(), weight(item))));
    let shares = module.items.iter().zip(items).map(|(item, stand)| {
        let share = Exact::from(i128::from(stand.state == State::Completed));
        (share, weight(item))
    });
    let fulfilled = items.iter().filter(|stand| stand.state == State::Completed).count();
    let is_met = is_module_met(&module.rule, fulfilled, items.len(), score, online + presence);
    let required_are_done = module.requires.iter().all(|other| {
        !person.is_for(&plan.modules[*other])
            || module_stand(plan, *other, counted, person, items_of).state == State::Completed
    });
    let here: Vec<&&Counted<'_>> = counted.iter().filter(|it| it.place.0 == m).collect();
    Stand {
        applies: true,
        state: if is_met && required_are_done {
            State::Completed
        } else if here.is_empty() {
            State::NotStarted
        } else {
            State::InProgress
        },
        success: said::latest(here.iter().map(|it| it.said), |said| {
            said.success(module.items[plan.place(said).unwrap().1].names(&said.object))
        }),
        score,
        progress: Exact::mean(shares).unwrap(),
        online,
        presence,
        since: None,
    }
}

fn is_module_met(
    rule: &PlannedModuleRule,
    fulfilled: usize,
    items: usize,
    score: Option<Exact>,
    micros: i128,
) -> bool {
    let met = |rule: &PlannedModuleRule| is_module_met(rule, fulfilled, items, score, micros);
    match rule {
        PlannedModuleRule::All => fulfilled == items,
        PlannedModuleRule::Any => fulfilled >= 1,
        PlannedModuleRule::AtLeast(n) => fulfilled >= *n,
        PlannedModuleRule::Score(least) => score.is_some_and(|score| score >= Exact::of(least)),
        PlannedModuleRule::Hours(least) => micros >= micros_of(least),
        PlannedModuleRule::AllOf(rules) => rules.iter().all(met),
        PlannedModuleRule::AnyOf(rules) => rules.iter().any(met),
    }
}

fn course_stand(plan: &Plan, counted: &[&Counted<'_>], modules: &[Stand]) -> Stand {
    let own = || plan.modules.iter().zip(modules).filter(|(_, stand)| stand.applies);
    // Somebody for whom there is no module has nothing to complete.
    let applies = own().next().is_some();
    let is_completed = applies && own().all(|(_, stand)| stand.state == State::Completed);
    let scored = own().filter_map(|(module, stand)| Some((stand.score?, Exact::of(module.weight))));
    let shares = own().map(|(module, stand)| (stand.progress, Exact::of(module.weight)));
    Stand {
        applies,
        state: if is_completed {
            State::Completed
        } else if counted.is_empty() {
            State::NotStarted
        } else {
            State::InProgress
        },
        success: said::latest(counted.iter().map(|it| it.said), |said| {
            let (m, a) = plan.place(said).unwrap();
            said.success(plan.modules[m].items[a].names(&said.object))
        }),
        score: Exact::mean(scored),
        progress: Exact::mean(shares).unwrap_or_default(),
        online: own().map(|(_, stand)| stand.online).sum(),
        presence: own().map(|(_, stand)| stand.presence).sum(),
        since: None,
    }
}
