//! Learners of a course by id, and who of them is whom: made once, when the course is read.

use std::collections::HashMap;

use super::board::EnrolledCourse;
use super::within::is_within;
use access::bounds::Bounds;
use course::{Enrolment, Learner, LearnerList};

/// Whom each learner is, for a course whose enrolment does not change.
pub(super) struct Merges {
    /// The positions of the learners as enrolled, in the order of their ids.
    enrolled: Vec<usize>,
    /// The positions in `people`, in the order of their ids.
    people: Vec<usize>,
    /// The position in `people` of those who are another one, by their id; also of those who are enrolled no longer.
    person: HashMap<String, usize>,
    /// The ids in `person`, by the id of the person.
    of_person: HashMap<String, Vec<String>>,
    /// The position as enrolled, by each identifier of those who were enrolled several times.
    several: HashMap<String, usize>,
    /// How many learners are another one.
    pub(super) count: usize,
}

impl Merges {
    /// Takes time that grows with learners and merges together.
    pub(super) fn of(enrolment: &Enrolment, people: &LearnerList) -> Self {
        let Enrolment { learners, merged } = enrolment;
        let persons = enrolment.persons();
        let mut this = Self {
            enrolled: by_id(learners),
            people: by_id(people.learners()),
            person: HashMap::new(),
            of_person: HashMap::new(),
            several: HashMap::new(),
            count: 0,
        };
        for id in merged.keys() {
            let person = persons.of(id);
            if person == id {
                continue;
            }
            let Some(position) = find(&this.people, people.learners(), person) else { continue };
            this.person.insert(id.clone(), position);
            this.of_person.entry(person.to_owned()).or_default().push(id.clone());
        }
        for (position, learner) in learners.iter().enumerate() {
            this.count += usize::from(this.person.contains_key(&learner.id));
            if this.of_person.contains_key(persons.of(&learner.id)) {
                for identifier in learner.known_as() {
                    this.several.entry(identifier.to_string()).or_insert(position);
                }
            }
        }
        this
    }
}

impl EnrolledCourse {
    /// The learner who was enrolled under this identifier, where the person whom it is was enrolled several times.
    pub(super) fn enrolled_as(&self, actor: &str) -> Option<&Learner> {
        self.enrolment.learners.get(*self.merges.several.get(actor)?)
    }

    /// The ids of those who were merged into the person `id`, also of those who are enrolled no longer.
    pub(super) fn merged_into(&self, id: &str) -> &[String] {
        self.merges.of_person.get(id).map_or(&[], Vec::as_slice)
    }

    /// The person whom the learner `id` is: themselves, or the one they were merged into.
    ///
    /// With `bounds`, both must be within them. A learner outside is as unknown as one who is not
    /// there, also when merged into a learner inside: the merge would tell where they are.
    pub(super) fn person(&self, id: &str, bounds: Option<&Bounds>) -> Option<&Learner> {
        let may_be_seen = |it: &&Learner| is_within(bounds, it);
        let Merges { enrolled, people, person, .. } = &self.merges;
        if bounds.is_some() {
            let learners = &self.enrolment.learners;
            find(enrolled, learners, id).and_then(|it| learners.get(it)).filter(may_be_seen)?;
        }
        let learners = self.people.learners();
        let position = person.get(id).copied().or_else(|| find(people, learners, id))?;
        learners.get(position).filter(may_be_seen)
    }
}

/// The positions of learners in the order of their ids.
fn by_id(learners: &[Learner]) -> Vec<usize> {
    let mut order: Vec<(&str, usize)> =
        learners.iter().enumerate().map(|(at, learner)| (learner.id.as_str(), at)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, at)| at).collect()
}

/// The position of the learner `id`.
fn find(order: &[usize], learners: &[Learner], id: &str) -> Option<usize> {
    let id_at = |at: &usize| learners.get(*at).map_or("", |it| it.id.as_str());
    let found = order.binary_search_by(|at| id_at(at).cmp(id)).ok()?;
    order.get(found).copied()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use store::{KeptCourse, Reading, Revision};

    use super::*;

    const MANY: usize = 20_000;

    fn enrolled(enrolment: &Enrolment) -> EnrolledCourse {
        let file = "id = 'c'\ntitle = { it = 'C' }\ntime_zone = 'UTC'\n[[module]]\nid = 'm'\n\
            title = { it = 'M' }\n[[module.activity]]\nid = 'https://x.example/1'\n";
        let kept = KeptCourse {
            id: "c".into(),
            file: file.into(),
            enrolment: enrolment.to_kept().unwrap(),
            revision: Revision::FIRST,
            reading: Reading::since(Revision::FIRST),
        };
        EnrolledCourse::read(&kept).unwrap()
    }

    fn learner(n: usize) -> Learner {
        let identifiers = vec![format!("mailto:u{n}@x.example").parse().unwrap()];
        Learner { id: format!("u{n}"), identifiers, ..Learner::default() }
    }

    /// To look at all pairs of learners takes minutes where nothing is optimized.
    #[test]
    fn all_learners_of_a_course_of_many_merges_are_found_in_time_that_grows_with_their_number() {
        let learners: Vec<Learner> = (0..MANY).map(learner).collect();
        // One chain through the first half.
        let merged = (0..MANY / 2).map(|n| (format!("u{n}"), format!("u{}", n + 1)));
        let enrolment = Enrolment { learners, merged: merged.collect() };
        let began = Instant::now();
        let known = enrolled(&enrolment);
        let (last, everywhere) = (format!("u{}", MANY / 2), Bounds::default());
        for (n, learner) in enrolment.learners.iter().enumerate() {
            let person = if n < MANY / 2 { &last } else { &learner.id };
            assert_eq!(&known.person(&learner.id, None).unwrap().id, person);
            assert_eq!(known.person(&learner.id, Some(&everywhere)), None, "no region is within");
            let actor = learner.identifiers[0].to_string();
            let several = (n <= MANY / 2).then_some(&learner.id);
            assert_eq!(known.enrolled_as(&actor).map(|it| &it.id), several);
            let merged = if learner.id == last { MANY / 2 } else { 0 };
            assert_eq!(known.merged_into(&learner.id).len(), merged);
        }
        assert_eq!(known.counted(None), (MANY / 2, MANY / 2));
        let roll = known.roll(None);
        assert_eq!(roll.counted(), (MANY / 2, MANY / 2));
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }

    #[test]
    fn one_who_is_enrolled_no_longer_is_still_the_person_whom_they_were_merged_into() {
        let merged = [("gone", "u1"), ("u0", "gone too"), ("u2", "gone")];
        let merged = merged.map(|(id, into)| (id.to_owned(), into.to_owned())).into();
        let known = enrolled(&Enrolment { learners: (0..3).map(learner).collect(), merged });
        let person = |id: &str| known.person(id, None).map(|it| it.id.as_str());
        assert_eq!(
            ["gone", "gone too", "u0", "u2"].map(person),
            [Some("u1"), None, Some("u0"), Some("u2")]
        );
        assert_eq!(known.merged_into("u1"), ["gone"]);
        assert_eq!(known.counted(None), (3, 0));
        assert_eq!(known.enrolled_as(&learner(2).identifiers[0].to_string()), None);
        let bounds = Bounds { regions: vec!["Umbria".into()], ..Bounds::default() };
        assert_eq!(known.person("gone", Some(&bounds)), None);
    }
}
