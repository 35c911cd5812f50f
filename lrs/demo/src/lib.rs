//! A made-up cohort: learners and what their platforms say, for a course to be shown with.
//!
//! Pure: the same course, seed and size give the same text and the same statements, ids included,
//! so that loading a cohort twice changes nothing. Nobody in it exists; the municipalities do.

mod body;
mod calendar;
mod list;
mod name;
mod path;
mod person;
mod programme;
mod sender;
mod site;
#[cfg(test)]
mod tests;
mod title;
mod world;

use serde_json::Value;

use course::Course;
use path::Path;
pub use programme::{PROGRAMMES, Programme, programme};
use title::Titles;
use world::World;

/// Of this number of learners one is followed by a person who is not in the list.
const STRANGERS: usize = 41;
/// Their places, which no cohort reaches.
const FIRST_STRANGER: usize = 1_000_000;

/// A learner list ([`LearnerList::parse`](course::LearnerList::parse) reads it) of
/// `learners` people, and their statements.
///
/// The statements are valid xAPI 1.0.3, have timestamps on the days of the course (or over twelve
/// months from November 2025) and come learner by learner, each in the order in which things
/// happened. Those of an activity have the shape of what the course file names it by: Moodle's
/// log store, a SCORM package by the SCORM profile, a cmi5 player, a register. Each counts for
/// the course, or voids one that does. About one learner in seven has none; some begin late,
/// some stop, some fail and try again, some do not come; a few statements are of people whom the
/// list does not know, and a few batches of Moodle's come twice.
///
/// All have ids, though Moodle's plugin sends none: they stand for those that a store would give,
/// so that a batch that comes twice has two of each. [`as_sent`] takes them off.
///
/// The cohorts of the five [`PROGRAMMES`] have their bodies, roles and offices; that of another
/// course has the roles and offices that its modules are for.
pub fn cohort(
    course: &Course,
    seed: u64,
    learners: usize,
) -> (String, impl Iterator<Item = Value> + use<>) {
    let (world, titles) = (World::new(course, seed), Titles::of(course));
    let people: Vec<_> = (0..learners).map(|n| world.person(n)).collect();
    let list = list::list(people.iter().map(|person| &person.learner));
    let statements = people.into_iter().enumerate().flat_map(move |(n, person)| {
        let mut said = if world.is_newcomer(n) { Vec::new() } else { Path::of(&world, &person, n) };
        if n % STRANGERS == STRANGERS / 2 {
            let place = FIRST_STRANGER + n;
            said.extend(Path::of(&world, &world.person(place), place).into_iter().take(8));
        }
        said.into_iter().map(|it| titles.in_statement(it)).collect::<Vec<_>>()
    });
    (list, statements)
}

/// A statement as its sender sends it: without its id where that is Moodle's plugin. Sent twice,
/// it is kept twice, and must still count once.
#[must_use]
pub fn as_sent(mut statement: Value) -> Value {
    let platform = statement.pointer("/context/platform").and_then(Value::as_str);
    if platform == Some("Moodle")
        && let Some(members) = statement.as_object_mut()
    {
        members.shift_remove("id");
    }
    statement
}
