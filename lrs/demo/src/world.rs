//! What all learners of a cohort share.

use rand::Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;
use uuid::Uuid;

use super::body::{Body, bodies};
use super::person::{Person, Work};
use super::programme::{ANYBODY, Cast, Spread, programme};
use super::site::Sites;
use course::{ActivityPlace, Audience, Course};

/// A course with those who make up its cohort.
pub(super) struct World {
    pub(super) course: Course,
    pub(super) seed: u64,
    pub(super) sites: Sites,
    cast: &'static Cast,
    bodies: Vec<Body>,
    regions: Vec<String>,
    /// Role, office and weight.
    posts: Vec<(String, String, u32)>,
}

/// What chance is asked about; each has numbers of its own, so that one more question about one
/// thing leaves all others as they are.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// Who somebody is.
    Person,
    /// What they do.
    Path,
    /// In which order bodies come.
    Body,
}

impl World {
    pub(super) fn new(course: &Course, seed: u64) -> Self {
        let known = programme(course.id());
        let cast = known.map_or(&ANYBODY, |programme| &programme.cast);
        let mut world = Self {
            sites: Sites::of(course),
            bodies: bodies(cast.bodies),
            regions: Vec::new(),
            posts: if known.is_some() { posts(cast) } else { posts_of(course) },
            course: course.clone(),
            seed,
            cast,
        };
        for Body { region, .. } in &world.bodies {
            if !world.regions.contains(region) {
                world.regions.push(region.clone());
            }
        }
        if cast.spread == Spread::Each {
            world.spread();
        }
        // On the platform of a region only those of the region have an account.
        let is_regional = |site: &str| cast.platforms.iter().any(|(_, own)| *own == site);
        world.sites.others.retain(|site| !is_regional(site));
        world
    }

    /// Puts bodies in an order of their own, each as often as it has learners.
    fn spread(&mut self) {
        let mut chance = self.chance(0, Purpose::Body);
        self.bodies.shuffle(&mut chance);
        let counts = [2, 1, 3, 2, 4].into_iter().cycle();
        let bodies = std::mem::take(&mut self.bodies).into_iter().zip(counts);
        self.bodies = bodies.flat_map(|(body, count)| std::iter::repeat_n(body, count)).collect();
    }

    /// Numbers for one learner and purpose: a larger cohort begins with the smaller, and that of
    /// another course is of other people.
    pub(super) fn chance(&self, learner: usize, purpose: Purpose) -> ChaCha8Rng {
        let course = Uuid::new_v5(&Uuid::NAMESPACE_URL, self.course.outline().iri.as_bytes());
        let (course, _) = course.as_u64_pair();
        let mut chance = ChaCha8Rng::seed_from_u64(self.seed ^ course);
        chance.set_stream((learner as u64) * 4 + purpose as u64);
        chance
    }

    /// The learner at place `n`.
    pub(super) fn person(&self, n: usize) -> Person {
        let mut chance = self.chance(n, Purpose::Person);
        let nowhere = Body::default();
        let body = self.body(n, &mut chance).unwrap_or(&nowhere);
        let (role, office, _) = self
            .posts
            .choose_weighted(&mut chance, |(.., weight)| *weight)
            .cloned()
            .unwrap_or_default();
        let edition = self.course.outline().editions.choose(&mut chance);
        let platform = self.cast.platforms.iter().find(|(region, _)| *region == body.region);
        let work = Work {
            body,
            territory: self.regions.iter().position(|it| *it == body.region).unwrap_or_default(),
            role,
            office,
            edition: edition.map_or_else(String::new, |edition| edition.id.clone()),
            platform: platform.map(|(_, site)| *site),
            gender: self.cast.gender,
        };
        Person::new(n, &work, &self.sites, &mut chance)
    }

    fn body(&self, n: usize, chance: &mut impl Rng) -> Option<&Body> {
        if self.cast.spread == Spread::Each {
            return self.bodies.get(n % self.bodies.len().max(1));
        }
        match self.cast.newcomer {
            Some((place, region)) if place == n => {
                let there: Vec<&Body> =
                    self.bodies.iter().filter(|body| body.region == region).collect();
                there.choose(chance).copied()
            }
            _ => self.bodies.choose(chance),
        }
    }

    /// Whether the learner at place `n` is known not to have begun.
    pub(super) fn is_newcomer(&self, n: usize) -> bool {
        self.cast.newcomer.is_some_and(|(place, _)| place == n)
    }

    /// Whether a statement counts for the activity at `place`, and for no other.
    pub(super) fn counts_for(&self, place: ActivityPlace, statement: &Value) -> bool {
        let iri = |of: &Value| of.get("id").and_then(Value::as_str).map(str::to_owned);
        let around = |relation: &str| -> Vec<String> {
            let all =
                statement.pointer("/context/contextActivities").and_then(|it| it.get(relation));
            all.and_then(Value::as_array).into_iter().flatten().filter_map(iri).collect()
        };
        let object = statement.get("object").and_then(iri).unwrap_or_default();
        self.course.place_of(&object, &around("parent"), &around("grouping")) == Some(place)
    }
}

fn posts(cast: &Cast) -> Vec<(String, String, u32)> {
    let owned = |(role, office, weight): &(&str, &str, u32)| {
        ((*role).to_owned(), (*office).to_owned(), *weight)
    };
    cast.posts.iter().map(owned).collect()
}

/// Posts of the roles and offices that a course's modules are for, or common ones.
fn posts_of(course: &Course) -> Vec<(String, String, u32)> {
    let all = |of: fn(&Audience) -> &Vec<String>| -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for value in course.modules().iter().flat_map(|module| of(&module.audience)) {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        values
    };
    let (mut roles, mut offices) = (all(|it| &it.role), all(|it| &it.office));
    if roles.is_empty() && offices.is_empty() {
        return posts(&ANYBODY);
    }
    if roles.is_empty() {
        roles.push("official".to_owned());
    }
    if offices.is_empty() {
        offices.push("social services".to_owned());
    }
    let with = |role: String| offices.iter().map(move |office| (role.clone(), office.clone(), 1));
    roles.into_iter().flat_map(with).collect()
}
