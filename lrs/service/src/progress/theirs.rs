//! Whose a learner's id was when a certificate list was frozen: a list may have given it to somebody else since, whose
//! certificate it is not. Erasures and dossiers ask the same of [`former`](crate::former)'s notes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::CourseService;
use super::board::EnrolledCourse;
use super::boards::stopped;
use super::error::ProgressError;
use super::mine::KnownLists;
use crate::compute;
use crate::former::{self, Departure};
use course::{Identifier, Learner};

/// Who left a course's list, under the ids that learners have now or that were merged into theirs. Texts are known by the
/// marks of [`KnownLists`].
#[derive(Default)]
pub(super) struct Departed {
    ids: HashMap<u64, Departures>,
    /// The ids of the list.
    listed: HashSet<u64>,
}

/// Until when an id was somebody's, in microseconds since 1970, and the marks of these people's identifiers.
type Departures = BTreeMap<i64, HashSet<u64>>;

impl Departed {
    /// Whether an id was that of the person with these identifiers at an instant, in microseconds since 1970.
    pub(super) fn is_theirs(&self, id: u64, at: i64, person: &HashSet<u64>) -> bool {
        let Some(departures) = self.ids.get(&id) else { return true };
        let is_person = |(_, of): (&i64, &HashSet<u64>)| !of.is_disjoint(person);
        match departures.range(at..).next() {
            Some(next) => is_person(next),
            // Since then it is that of who is on the list; where nobody is, the last one's.
            None => self.listed.contains(&id) || departures.last_key_value().is_none_or(is_person),
        }
    }
}

impl KnownLists {
    fn marks_of<'i>(
        &self,
        secret: &[u8; 32],
        identifiers: impl IntoIterator<Item = &'i Identifier>,
    ) -> HashSet<u64> {
        former::marks_of(secret, identifiers).iter().map(|it| self.mark(it)).collect()
    }
}

impl CourseService {
    /// The marks of a learner, who is known by further identifiers.
    pub(super) fn person_marks(&self, learner: &Learner, identifiers: &[String]) -> HashSet<u64> {
        let further: Vec<Identifier> =
            identifiers.iter().filter_map(|it| it.parse().ok()).collect();
        self.lists.marks_of(&self.secret, learner.identifiers.iter().chain(&further))
    }

    /// Who left a course's list: read once for each revision of the list.
    pub(super) async fn departed(
        &self,
        course: &str,
        enrolled: &Arc<EnrolledCourse>,
    ) -> Result<Arc<Departed>, ProgressError> {
        let key = (course.to_owned(), enrolled.revision);
        if let Some(known) = self.lists.known_departed(&key) {
            return Ok(known);
        }
        let _turn = self.lists.reading.turn("").await.map_err(|_| stopped())?;
        if let Some(known) = self.lists.known_departed(&key) {
            return Ok(known);
        }
        let (lists, of) = (Arc::clone(&self.lists), Arc::clone(enrolled));
        let begin = move || {
            let learners = of.enrolment.learners.iter();
            let listed: HashSet<u64> = learners.map(|it| lists.mark(&it.id)).collect();
            let merged = of.enrolment.merged.keys().map(|id| lists.mark(id));
            let ids = listed.iter().copied().chain(merged).map(|it| (it, Departures::new()));
            Departed { ids: ids.collect(), listed }
        };
        let departed = compute::aside(begin).await.map_err(|_| stopped())?;
        let (lists, of) = (Arc::clone(&self.lists), course.to_owned());
        let see = move |seen: &mut Departed, departure: &Departure| {
            if departure.course != of {
                return;
            }
            for (id, marks) in &departure.people {
                let Some(departures) = seen.ids.get_mut(&lists.mark(id)) else { continue };
                let marks = marks.iter().map(|it| lists.mark(it));
                departures.entry(departure.until(id)).or_default().extend(marks);
            }
        };
        let mut departed = former::each(&*self.store, departed, see).await?;
        departed.ids.retain(|_, departures| !departures.is_empty());
        departed.listed.retain(|id| departed.ids.contains_key(id));
        departed.ids.shrink_to_fit();
        departed.listed.shrink_to_fit();
        let departed = Arc::new(departed);
        self.lists.keep_departed(key, &departed);
        Ok(departed)
    }
}
