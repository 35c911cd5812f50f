//! The learners of a course as a list that is searched, sorted and read page by page.

use std::cmp::Ordering;
use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::CourseService;
use super::board::EnrolledCourse;
use super::boards::stopped;
use super::error::ProgressError;
use super::within::is_within;
use crate::compute;
use crate::memory::Memory;
use access::bounds::Bounds;
use course::{Enrolment, Learner, Persons};

/// What a learner takes while the list is sorted, in bytes, about.
const WEIGHT: usize = 256;

/// By what learners are sorted; those that are equal by their id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LearnerSort {
    /// [`Learner::name`]
    #[default]
    Name,
    /// [`Learner::id`]
    Id,
    /// [`Learner::region`]
    Region,
    /// [`Learner::province`]
    Province,
    /// [`Learner::body`]
    Body,
    /// [`Learner::role`]
    Role,
}

impl LearnerSort {
    /// Every one, by its name.
    pub const EVERY: [(&'static str, Self); 6] = [
        ("name", Self::Name),
        ("id", Self::Id),
        ("region", Self::Region),
        ("province", Self::Province),
        ("body", Self::Body),
        ("role", Self::Role),
    ];

    fn key(self, learner: &Learner) -> String {
        let text = match self {
            Self::Name => &learner.name,
            Self::Id => &learner.id,
            Self::Region => &learner.region,
            Self::Province => &learner.province,
            Self::Body => &learner.body,
            Self::Role => &learner.role,
        };
        text.to_lowercase()
    }
}

/// Which learners are asked for, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LearnerQuery {
    /// Words that each stand in the name, id, an identifier, region, province or body, in any case.
    pub search: String,
    /// By what they are sorted.
    pub sort: LearnerSort,
    /// The last first.
    pub descending: bool,
    /// [`LearnerPage::next`] of the page before.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// Some learners of a course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnerPage {
    /// In the order asked for.
    pub items: Vec<Enrolled>,
    /// Where the next page begins; none on the last one.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub found: usize,
}

/// A person who is enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// As enrolled.
    pub learner: Learner,
    /// Those who were merged into this person, as enrolled.
    pub merged: Vec<Learner>,
}

impl EnrolledCourse {
    /// The learners within `bounds`, and which of them are one person as far as that can be seen within them.
    pub(super) fn roll(&self, bounds: Option<&Bounds>) -> Roll<'_> {
        Roll::of(&self.enrolment, bounds)
    }
}

/// The learners that a caller may see.
pub(super) struct Roll<'e> {
    visible: Vec<&'e Learner>,
    /// Of those who are another visible one: that one's id.
    person: HashMap<&'e str, &'e str>,
}

impl<'e> Roll<'e> {
    fn of(enrolment: &'e Enrolment, bounds: Option<&Bounds>) -> Self {
        let Enrolment { learners, merged } = enrolment;
        let may_be_seen = |it: &&Learner| is_within(bounds, it);
        let visible: Vec<&Learner> = learners.iter().filter(may_be_seen).collect();
        // Through merges of visible learners alone.
        let persons = Persons::among(visible.iter().copied(), merged);
        let person = |it: &&'e Learner| (it.id.as_str(), persons.of(&it.id));
        let person = visible.iter().map(person).filter(|(id, person)| id != person).collect();
        Self { visible, person }
    }

    /// Each person once.
    pub(super) fn persons(&self) -> impl Iterator<Item = &'e Learner> {
        self.visible.iter().copied().filter(|it| !self.person.contains_key(it.id.as_str()))
    }

    /// How many persons there are, and how many learners are another one of them.
    pub(super) fn counted(&self) -> (usize, usize) {
        (self.visible.len() - self.person.len(), self.person.len())
    }

    fn page(&self, query: &LearnerQuery) -> Result<LearnerPage, ProgressError> {
        let merged = self.merged();
        let words: Vec<String> =
            query.search.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let is_found = |learner: &&Learner| {
            let others = merged.get(learner.id.as_str()).into_iter().flatten().copied();
            words.is_empty() || has_all(&words, std::iter::once(*learner).chain(others))
        };
        let found = self.persons().filter(is_found);
        let mut found: Vec<(String, &Learner)> =
            found.map(|learner| (query.sort.key(learner), learner)).collect();
        let order = |(one, id): (&str, &str), (other, other_id): (&str, &str)| {
            let order = one.cmp(other).then_with(|| id.cmp(other_id));
            if query.descending { order.reverse() } else { order }
        };
        found.sort_unstable_by(|(one, a), (other, b)| order((one, &a.id), (other, &b.id)));
        let begin = match &query.after {
            None => 0,
            Some(after) => {
                let (key, id) = place(after)?;
                found.partition_point(|(it, learner)| {
                    order((it, &learner.id), (&key, &id)) != Ordering::Greater
                })
            }
        };
        let page = found.get(begin..).unwrap_or_default();
        let page = page.get(..query.limit).unwrap_or(page);
        let is_last = begin + page.len() >= found.len();
        let next = page.last().filter(|_| !is_last).map(|(key, last)| cursor(key, &last.id));
        let enrolled = |(_, learner): &(String, &Learner)| Enrolled {
            merged: merged
                .get(learner.id.as_str())
                .into_iter()
                .flatten()
                .copied()
                .cloned()
                .collect(),
            learner: (*learner).clone(),
        };
        Ok(LearnerPage { items: page.iter().map(enrolled).collect(), next, found: found.len() })
    }

    /// Those who are another one, by that one's id.
    fn merged(&self) -> HashMap<&'e str, Vec<&'e Learner>> {
        let mut merged: HashMap<&str, Vec<&Learner>> = HashMap::new();
        for learner in &self.visible {
            if let Some(person) = self.person.get(learner.id.as_str()) {
                merged.entry(person).or_default().push(learner);
            }
        }
        merged
    }

    /// The person whom the learner of this id is.
    fn one(&self, id: &str) -> Option<Enrolled> {
        let id = self.person.get(id).copied().unwrap_or(id);
        let learner = self.visible.iter().find(|it| it.id == id)?;
        let merged = self.merged().remove(id).unwrap_or_default();
        let merged = merged.into_iter().cloned().collect();
        Some(Enrolled { learner: (*learner).clone(), merged })
    }
}

/// Whether each of `words` stands somewhere in one of the learners.
fn has_all<'e>(words: &[String], learners: impl Iterator<Item = &'e Learner>) -> bool {
    let mut text = String::new();
    for learner in learners {
        let Learner { id, name, identifiers, region, province, body, .. } = learner;
        for part in [id, name, region, province, body] {
            text.push_str(&part.to_lowercase());
            text.push('\n');
        }
        for identifier in identifiers {
            text.push_str(&identifier.to_string().to_lowercase());
            text.push('\n');
        }
    }
    words.iter().all(|word| text.contains(word.as_str()))
}

fn cursor(key: &str, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{key}\n{id}"))
}

/// The key and id that a cursor was made of.
fn place(cursor: &str) -> Result<(String, String), ProgressError> {
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|it| String::from_utf8(it).ok());
    let place = text.as_deref().and_then(|text| text.rsplit_once('\n'));
    let place = place.map(|(key, id)| (key.to_owned(), id.to_owned()));
    place.ok_or_else(|| ProgressError::NoCursor(cursor.to_owned()))
}

impl CourseService {
    /// A page of the persons who are enrolled, of those within `bounds`, made in `memory`.
    ///
    /// # Errors
    /// [`ProgressError::NoCursor`] for a place that no page gave; [`ProgressError::Exhausted`].
    pub async fn learners(
        &self,
        id: &str,
        query: LearnerQuery,
        bounds: Option<Bounds>,
        memory: &Memory,
    ) -> Result<LearnerPage, ProgressError> {
        let known = self.boards.enrolled(id).await?;
        let held = memory.reserve(known.enrolment.learners.len().saturating_mul(WEIGHT))?;
        let read = move || {
            let page = known.roll(bounds.as_ref()).page(&query);
            drop(held);
            page
        };
        compute::aside(read).await.map_err(|_| stopped())?
    }

    /// The person whom a learner is, with those who were merged into them, as far as `bounds` reach.
    ///
    /// # Errors
    /// [`ProgressError::NoLearner`].
    pub async fn learner(
        &self,
        id: &str,
        learner: &str,
        bounds: Option<Bounds>,
    ) -> Result<Enrolled, ProgressError> {
        let known = self.boards.enrolled(id).await?;
        let wanted = learner.to_owned();
        let find = move || known.roll(bounds.as_ref()).one(&wanted);
        let found = compute::aside(find).await.map_err(|_| stopped())?;
        found.ok_or_else(|| ProgressError::NoLearner(learner.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learner(id: &str, name: &str, region: &str) -> Learner {
        Learner { id: id.into(), name: name.into(), region: region.into(), ..Learner::default() }
    }

    fn enrolment() -> Enrolment {
        let learners = vec![
            learner("u1", "Rossi Maria", "Umbria"),
            learner("u2", "bianchi Anna", "Lazio"),
            learner("u3", "Verdi Ugo", "Umbria"),
            learner("u4", "Maria R.", "Lazio"),
            learner("u5", "Rossi Maria", "Umbria"),
        ];
        let merged = [("u4", "u1"), ("u5", "u3")].map(|(a, b)| (a.into(), b.into()));
        Enrolment { learners, merged: merged.into() }
    }

    fn umbria() -> Bounds {
        Bounds { regions: vec!["Umbria".into()], ..Bounds::default() }
    }

    fn ids(page: &LearnerPage) -> Vec<&str> {
        page.items.iter().map(|it| it.learner.id.as_str()).collect()
    }

    fn query(search: &str) -> LearnerQuery {
        LearnerQuery { search: search.into(), limit: 10, ..LearnerQuery::default() }
    }

    #[test]
    fn each_person_is_there_once_and_is_found_by_what_was_merged_into_them() {
        let enrolment = enrolment();
        let roll = Roll::of(&enrolment, None);
        let all = roll.page(&query("")).unwrap();
        assert_eq!(ids(&all), ["u2", "u1", "u3"]);
        assert_eq!((all.found, all.next.as_ref()), (3, None));
        assert_eq!(all.items[1].merged[0].id, "u4");
        assert_eq!(ids(&roll.page(&query("maria  rossi")).unwrap()), ["u1", "u3"]);
        assert_eq!(ids(&roll.page(&query("R. UMBRIA")).unwrap()), ["u1"]);
        assert!(roll.page(&query("nobody")).unwrap().items.is_empty());
        assert_eq!(roll.one("u4").unwrap().learner.id, "u1");
    }

    #[test]
    fn a_merge_that_leads_out_of_the_bounds_is_not_told() {
        let (enrolment, umbria) = (enrolment(), umbria());
        let roll = Roll::of(&enrolment, Some(&umbria));
        let all = roll.page(&query("")).unwrap();
        assert_eq!(ids(&all), ["u1", "u3"]);
        assert!(all.items[0].merged.is_empty() && all.items[1].merged.len() == 1);
        assert_eq!(roll.one("u4"), None);
        assert!(roll.page(&query("R.")).unwrap().items.is_empty());
    }

    #[test]
    fn pages_join_in_either_order_and_a_made_up_place_is_refused() {
        let enrolment = enrolment();
        let roll = Roll::of(&enrolment, None);
        for descending in [false, true] {
            for (_, sort) in LearnerSort::EVERY {
                let whole = LearnerQuery { sort, descending, ..query("") };
                let all = roll.page(&whole).unwrap();
                let (mut seen, mut after) = (Vec::new(), None);
                loop {
                    let page = LearnerQuery { after, limit: 1, ..whole.clone() };
                    let page = roll.page(&page).unwrap();
                    seen.extend(page.items);
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(seen, all.items, "{sort:?} {descending}");
            }
        }
        let made_up = LearnerQuery { after: Some("!".into()), ..query("") };
        assert!(matches!(roll.page(&made_up), Err(ProgressError::NoCursor(_))));
    }

    #[test]
    fn merges_in_a_circle_are_one_person() {
        let mut enrolment = enrolment();
        enrolment.merged = [("u1", "u3"), ("u3", "u1")].map(|(a, b)| (a.into(), b.into())).into();
        let roll = Roll::of(&enrolment, None);
        assert_eq!(ids(&roll.page(&query("")).unwrap()), ["u2", "u4", "u1", "u5"]);
    }
}
