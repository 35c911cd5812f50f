//! A made-up cohort: learners and what their players say, for a course to be shown with.
//!
//! Pure: the same course, seed and size give the same text and the same statements, ids included,
//! so that loading a cohort twice changes nothing. Nobody in it exists.

mod history;
mod people;
mod statement;
#[cfg(test)]
mod tests;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::course::{Course, Selector};
use history::History;
use people::Person;
use statement::Player;

/// A learner list ([`LearnerList::parse`](crate::course::LearnerList::parse) reads it) of
/// `learners` people in Lombardia, Sicilia, Umbria and Roma Capitale, and their statements.
///
/// The statements are valid xAPI 1.0.3, have ids and timestamps over twelve months from
/// November 2025, and come learner by learner in the order in which they happened. They have the
/// shapes of Moodle's xAPI log store (viewed, completed, uncompleted on a module, without time)
/// and of the SCORM profile (initialized, suspended, terminated with duration and result). About
/// one learner in seven has none; in `prog-2796` the others have a dozen on average.
pub fn cohort(
    course: &Course,
    seed: u64,
    learners: usize,
) -> (String, impl Iterator<Item = Value> + use<>) {
    let player = Player::of(course.id(), &home_page(course));
    let people: Vec<Person> =
        (0..learners).map(|n| Person::new(n, &mut chance(seed, n, 0))).collect();
    let list = people::list(&people, player.home_page());
    let course = course.clone();
    let statements = people.into_iter().enumerate().flat_map(move |(n, person)| {
        History::new(&player, &person, seed, chance(seed, n, 1)).of(&course)
    });
    (list, statements)
}

/// A generator of its own for each learner and purpose: a larger cohort begins with the smaller.
fn chance(seed: u64, learner: usize, purpose: u64) -> ChaCha8Rng {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream((learner as u64) * 2 + purpose);
    chance
}

/// The site of the first activity, as Moodle's plugin writes home pages: scheme and authority.
fn home_page(course: &Course) -> String {
    let first = course.modules().iter().flat_map(|module| &module.activities).next();
    let Some(Selector::Id(iri) | Selector::Prefix(iri)) = first.map(|a| &a.selector) else {
        return String::new();
    };
    iri.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}
