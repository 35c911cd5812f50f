//! Whom a line of a register means.

use std::collections::HashMap;

use super::line::Line;
use crate::error::SheetError;
use crate::heading::{
    BODY, EDITION, Heading, IDENTIFIERS, ISTAT, LEARNER, NAME, OFFICE, POPULATION_CLASS, PROVINCE,
    REGION, ROLE, folded,
};
use crate::identifier::Identifier;
use crate::learner::Learner;
use crate::learner_list::LearnerList;

/// From this likeness on, of 0 to 1, a name is offered in place of another.
const CLOSE: f64 = 0.85;

/// How many names are offered.
const OFFERED: usize = 3;

/// What tells learners of one name apart.
type Trait = (Heading, fn(&Learner) -> &str);

const TRAITS: [Trait; 8] = [
    (REGION, |learner| &learner.region),
    (PROVINCE, |learner| &learner.province),
    (BODY, |learner| &learner.body),
    (ISTAT, |learner| &learner.istat),
    (POPULATION_CLASS, |learner| &learner.population_class),
    (ROLE, |learner| &learner.role),
    (OFFICE, |learner| &learner.office),
    (EDITION, |learner| &learner.edition),
];

/// The learners of a course, to be found by id, identifier and name.
pub(super) struct Roll<'a> {
    list: &'a LearnerList,
    by_id: HashMap<&'a str, &'a Learner>,
    by_name: HashMap<String, Vec<&'a Learner>>,
}

impl<'a> Roll<'a> {
    pub(super) fn new(list: &'a LearnerList) -> Self {
        let mut by_name: HashMap<String, Vec<&Learner>> = HashMap::new();
        for learner in list.learners() {
            by_name.entry(words(&learner.name)).or_default().push(learner);
        }
        // Those without a name are not all called the same.
        by_name.remove("");
        let by_id = list.learners().iter().map(|learner| (learner.id.as_str(), learner));
        Self { list, by_id: by_id.collect(), by_name }
    }

    /// The learner whom a line means, and the heading under which it says so.
    pub(super) fn whom(&self, line: &Line) -> Result<(&'a Learner, &'static Heading), SheetError> {
        let heading = [&LEARNER, &IDENTIFIERS, &NAME].into_iter();
        let given = heading.into_iter().find(|heading| !line.value(heading).is_empty());
        let Some(heading) = given else {
            let message = "nobody is named: write an id, an identifier or a name";
            return Err(SheetError::new(line.number, None, message));
        };
        let text = line.value(heading);
        let found = match heading.name {
            name if name == LEARNER.name => self.of_id(text),
            name if name == IDENTIFIERS.name => self.of_identifiers(text),
            _ => self.of_name(text, line),
        };
        found.map(|learner| (learner, heading)).map_err(|message| line.fault(heading, message))
    }

    fn of_id(&self, id: &str) -> Result<&'a Learner, String> {
        let unknown = || format!("no learner of the course has the id `{id}`{}", self.offer(id));
        self.by_id.get(id).copied().ok_or_else(unknown)
    }

    fn of_identifiers(&self, text: &str) -> Result<&'a Learner, String> {
        let (identifiers, wrong) = Identifier::read_all(text);
        if let Some(error) = wrong.first() {
            return Err(error.to_string());
        }
        let mut found = identifiers.iter().filter_map(|identifier| self.list.find(identifier));
        let first = found.next().ok_or_else(|| {
            format!(
                "`{text}` is no learner of the course: add it to the learner list, or correct it"
            )
        })?;
        match found.find(|other| other.id != first.id) {
            None => Ok(first),
            Some(other) => Err(format!(
                "means both learner {} and learner {}: keep the identifiers of one",
                shown(first),
                shown(other)
            )),
        }
    }

    fn of_name(&self, name: &str, line: &Line) -> Result<&'a Learner, String> {
        let Some(called) = self.by_name.get(&words(name)) else {
            return Err(format!("no learner of the course is called `{name}`{}", self.offer(name)));
        };
        let fits = |learner: &Learner| {
            let given = TRAITS.iter().map(|(heading, of)| (line.value(heading), of(learner)));
            given.filter(|(text, _)| !text.is_empty()).all(|(text, of)| folded(text) == folded(of))
        };
        let fitting: Vec<&Learner> = called.iter().copied().filter(|known| fits(known)).collect();
        match fitting.as_slice() {
            [learner] => Ok(learner),
            [] => Err(format!(
                "`{name}` is in the learner list as {}, but not with the region, body … of this \
                 line: correct them, or write the id",
                all_shown(called)
            )),
            several => Err(format!(
                "{} learners of the course are called so, {}: write the id, or a column such as \
                 body that tells them apart",
                several.len(),
                all_shown(several)
            )),
        }
    }

    /// The learners whose id or name looks most like a text.
    fn offer(&self, text: &str) -> String {
        let (id, name) = (folded(text), words(text));
        let likeness = |learner: &Learner| {
            let of_id = alike(&id, &folded(&learner.id));
            of_id.max(alike(&name, &words(&learner.name)))
        };
        let learners = self.list.learners().iter();
        let mut close: Vec<(f64, &Learner)> = learners
            .map(|learner| (likeness(learner), learner))
            .filter(|(l, _)| *l >= CLOSE)
            .collect();
        close.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let close: Vec<&Learner> = close.into_iter().take(OFFERED).map(|(_, one)| one).collect();
        if close.is_empty() {
            return ": add them to the learner list, or correct it".to_owned();
        }
        format!(": is it {}?", all_shown(&close))
    }
}

/// The words of a name in the order of the alphabet: people write them in any.
fn words(name: &str) -> String {
    let name = folded(name);
    let mut words: Vec<&str> = name.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

/// From 0 to 1; nothing is like nothing.
fn alike(one: &str, other: &str) -> f64 {
    if one.is_empty() || other.is_empty() { 0.0 } else { strsim::jaro_winkler(one, other) }
}

fn all_shown(learners: &[&Learner]) -> String {
    learners.iter().map(|learner| shown(learner)).collect::<Vec<_>>().join(" or ")
}

fn shown(learner: &Learner) -> String {
    let about = [learner.name.as_str(), learner.body.as_str()];
    let about: Vec<&str> = about.into_iter().filter(|text| !text.is_empty()).collect();
    if about.is_empty() {
        format!("`{}`", learner.id)
    } else {
        format!("`{}` ({})", learner.id, about.join(", "))
    }
}
