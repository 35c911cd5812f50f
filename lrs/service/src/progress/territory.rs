//! Whether a region or body that a key is to be bound to has learners, or may get some.

use std::collections::BTreeSet;

use super::CourseService;
use super::error::ProgressError;
use access::bounds::Bounds;
use course::{Territories, near};
use store::StoreError;

/// The regions and bodies of the learners of all courses, and the territories of these courses.
#[derive(Default)]
struct Territory {
    regions: BTreeSet<String>,
    bodies: BTreeSet<String>,
    of_courses: Vec<Territories>,
}

impl CourseService {
    /// Refuses bounds that name a region or body that no learner of any course has: the key would silently see no
    /// learner. A region or municipality that is official in the territories of a course may be named before a learner
    /// there is enrolled. While no course has a learner, any name may.
    ///
    /// # Errors
    /// [`ProgressError::NobodyHas`] with the names that look most like it.
    pub(crate) async fn knows_bounds(&self, bounds: &Bounds) -> Result<(), ProgressError> {
        let known = self.territory().await?;
        if known.regions.is_empty() && known.bodies.is_empty() {
            return Ok(());
        }
        for region in &bounds.regions {
            is_in("region", region, &known.regions, |name| {
                known.is_official(name, Territories::has_region)
            })?;
        }
        for body in &bounds.bodies {
            is_in("body", body, &known.bodies, |name| {
                known.is_official(name, Territories::has_municipality)
            })?;
        }
        Ok(())
    }

    async fn territory(&self) -> Result<Territory, ProgressError> {
        let mut territory = Territory::default();
        for course in self.store.courses().await? {
            let enrolled = match self.boards.enrolled(&course.id).await {
                Ok(enrolled) => enrolled,
                // Keys are made also where a course cannot be read, or is gone meanwhile.
                Err(ProgressError::NoCourse(_) | ProgressError::Store(StoreError::Corrupt(_))) => {
                    continue;
                }
                Err(other) => return Err(other),
            };
            let of_course = &enrolled.course.outline().territories;
            if !territory.of_courses.contains(of_course) {
                territory.of_courses.push(of_course.clone());
            }
            for learner in enrolled.people.learners() {
                let mut add = |to: fn(&mut Territory) -> &mut BTreeSet<String>, name: &str| {
                    let set = to(&mut territory);
                    if !name.is_empty() && !set.contains(name) {
                        set.insert(name.to_owned());
                    }
                };
                add(|it| &mut it.regions, &learner.region);
                add(|it| &mut it.bodies, &learner.body);
                add(|it| &mut it.bodies, &learner.istat);
            }
        }
        Ok(territory)
    }
}

impl Territory {
    fn is_official(&self, name: &str, has: fn(&Territories, &str) -> bool) -> bool {
        self.of_courses.iter().any(|territories| has(territories, name))
    }
}

fn is_in(
    what: &'static str,
    name: &str,
    known: &BTreeSet<String>,
    is_official: impl Fn(&str) -> bool,
) -> Result<(), ProgressError> {
    if known.contains(name) {
        return Ok(());
    }
    let near = near(name, known.iter().map(String::as_str));
    let near: Vec<String> = near.into_iter().map(str::to_owned).collect();
    if near.is_empty() && is_official(name) {
        return Ok(());
    }
    Err(ProgressError::NobodyHas { what, value: name.to_owned(), near })
}
