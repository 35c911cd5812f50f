//! Activities that learners of a course use and that belong to none of its modules: what a course file has forgotten.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::CourseService;
use super::board::EnrolledCourse;
use super::boards::stopped;
use super::error::ProgressError;
use super::health::{is_unmapped, sites};
use super::likeness::IrisOfModules;
use super::read::{Readable, evidence_of};
use crate::compute;
use access::bounds::Bounds;
use course::{Course, Evidence, Learner};
use store::{Revision, StoreError};
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

/// How many of the newest statements are looked at, and how many at a time.
const NEWEST: usize = 10_000;
const PAGE: usize = 1_000;
/// How many activities are told apart; others are passed over.
const MOST: usize = 2_000;
/// The longest IRI of an activity that is told, in bytes.
const LONGEST: usize = 2_000;

/// Activities that belong to no module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmappedActivities {
    /// The course's revision that this is true for.
    pub revision: Revision,
    /// How many of the newest statements were looked at.
    pub looked_at: usize,
    /// Those with most learners first.
    pub activities: Vec<Unmapped>,
}

/// An activity that belongs to no module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// Its IRI.
    pub activity: String,
    /// Its names by language, as statements tell.
    pub name: serde_json::Map<String, Value>,
    /// How many of the statements that were looked at are about it.
    pub statements: u64,
    /// Of how many learners.
    pub learners: usize,
    /// When the last one came.
    pub last_seen: Instant,
    /// The module that it looks most like being of.
    pub suggestion: Option<String>,
}

#[derive(Default)]
struct Tally {
    statements: u64,
    learners: HashSet<String>,
    last_seen: Instant,
    /// A module that has what the activity is said to be part of.
    around: Option<usize>,
}

impl CourseService {
    /// The activities that learners within `bounds` use on the sites of the course and that belong to no module, at most
    /// `limit`, by the newest statements.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub async fn unmapped(
        &self,
        id: &str,
        limit: usize,
        bounds: Option<Bounds>,
    ) -> Result<UnmappedActivities, ProgressError> {
        let enrolled = self.boards.enrolled(id).await?;
        let sites = Arc::new(sites(&enrolled));
        let bounds = Arc::new(bounds);
        let mut tallies: HashMap<String, Tally> = HashMap::new();
        let (mut filter, mut looked_at) = (Filter { limit: PAGE, ..Filter::default() }, 0);
        while looked_at < NEWEST {
            let page = Readable::next(&*self.store, &filter).await?;
            looked_at += page.statements.len();
            let beyond = page.beyond;
            let (enrolled, sites, bounds) =
                (Arc::clone(&enrolled), Arc::clone(&sites), Arc::clone(&bounds));
            let look = move || {
                for statement in &page.statements {
                    look_at(statement, &enrolled, &sites, (*bounds).as_ref(), &mut tallies);
                }
                tallies
            };
            tallies = compute::aside(look).await.map_err(|_| stopped())?;
            filter.beyond = beyond;
            if beyond.is_none() {
                break;
            }
        }
        let mut found: Vec<(String, Tally)> = tallies.into_iter().collect();
        found.sort_by(|(a, one), (b, other)| {
            let weight = |it: &Tally| (it.learners.len(), it.statements);
            weight(other).cmp(&weight(one)).then_with(|| a.cmp(b))
        });
        found.truncate(limit);
        let activities = self.named(found, &enrolled).await?;
        Ok(UnmappedActivities { revision: enrolled.revision, looked_at, activities })
    }

    /// The names of activities, as statements tell.
    async fn named(
        &self,
        found: Vec<(String, Tally)>,
        enrolled: &Arc<EnrolledCourse>,
    ) -> Result<Vec<Unmapped>, StoreError> {
        let ids: Vec<String> = found.iter().map(|(activity, _)| activity.clone()).collect();
        let known = self.store.definitions(&ids).await?;
        let mut names: HashMap<String, serde_json::Map<String, Value>> = HashMap::new();
        for (activity, text) in known.found {
            let name = names_in(&activity, &text)?;
            names.insert(activity, name);
        }
        let enrolled = Arc::clone(enrolled);
        let name = move || {
            let iris = IrisOfModules::of(&enrolled.course);
            let unmapped = found.into_iter().map(|(activity, tally)| Unmapped {
                name: names.remove(&activity).unwrap_or_default(),
                statements: tally.statements,
                learners: tally.learners.len(),
                last_seen: tally.last_seen,
                suggestion: suggestion(&enrolled.course, &iris, &activity, tally.around),
                activity,
            });
            unmapped.collect()
        };
        compute::aside(name).await.map_err(|_| stopped())
    }

    /// The names of one activity, as statements tell.
    pub(super) async fn names_of(
        &self,
        activity: &str,
    ) -> Result<serde_json::Map<String, Value>, StoreError> {
        let known = self.store.definitions(&[activity.to_owned()]).await?;
        let definition = known.found.into_iter().next();
        definition.map_or_else(|| Ok(serde_json::Map::new()), |(of, text)| names_in(&of, &text))
    }
}

/// The module of what an activity is said to be part of, else the one that has the IRI which begins most like the
/// activity's.
fn suggestion(
    course: &Course,
    iris: &IrisOfModules<'_>,
    activity: &str,
    around: Option<usize>,
) -> Option<String> {
    let module = around.or_else(|| iris.likest(activity))?;
    course.modules().get(module).map(|module| module.id.clone())
}

/// The names in a definition as it is kept, by language; none where statements gave it none.
///
/// # Errors
/// [`StoreError::Corrupt`] where it is no JSON.
fn names_in(activity: &str, text: &str) -> Result<serde_json::Map<String, Value>, StoreError> {
    let corrupt = |error| StoreError::Corrupt(format!("the definition of {activity}: {error}"));
    let definition: Value = serde_json::from_str(text).map_err(corrupt)?;
    Ok(definition.get("name").and_then(Value::as_object).cloned().unwrap_or_default())
}

fn look_at(
    statement: &Stored,
    enrolled: &EnrolledCourse,
    sites: &HashSet<String>,
    bounds: Option<&Bounds>,
    tallies: &mut HashMap<String, Tally>,
) {
    let stored = statement.stored;
    let read = evidence_of(statement).filter(|it| it.object.len() <= LONGEST);
    let Some(evidence) = read else { return };
    if !is_unmapped(&evidence, enrolled, sites) {
        return;
    }
    let sees = |it: &&Learner| enrolled.sees(it, &evidence.actor, bounds);
    let Some(learner) = enrolled.people.find(&evidence.actor).filter(sees) else { return };
    if tallies.len() >= MOST && !tallies.contains_key(&evidence.object) {
        return;
    }
    let Evidence { object, parents, groupings, .. } = evidence;
    let tally = tallies.entry(object).or_default();
    tally.statements += 1;
    tally.learners.insert(learner.id.clone());
    tally.last_seen = tally.last_seen.max(stored);
    let module = |iri: &String| enrolled.course.place_of(iri, &[], &[]).map(|place| place.module);
    tally.around = tally.around.or_else(|| parents.iter().chain(&groupings).find_map(module));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_without_names_has_none_and_one_that_is_no_json_is_an_error() {
        let names = names_in("https://a.example/1", r#"{"name":{"it":"Uno"}}"#).unwrap();
        assert_eq!(names.get("it"), Some(&Value::from("Uno")));
        assert!(names_in("https://a.example/1", "{}").unwrap().is_empty());
        let error = names_in("https://a.example/1", "{").unwrap_err().to_string();
        assert!(error.contains("https://a.example/1"), "{error}");
    }
}
