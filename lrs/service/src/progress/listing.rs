//! All courses at a glance.

use std::sync::Arc;

use super::CourseService;
use super::board::EnrolledCourse;
use super::boards::stopped;
use super::error::ProgressError;
use crate::compute;
use access::bounds::Bounds;
use course::{Outline, Title};
use jiff::civil::Date;
use store::StoreError;

/// A course in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedCourse {
    /// Its id.
    pub id: String,
    /// What its file says; nothing where this program cannot read the file.
    pub told: Option<CourseAtAGlance>,
}

/// What is told of a course in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct CourseAtAGlance {
    /// Its name.
    pub title: Title,
    /// The first day whose statements count.
    pub begins: Option<Date>,
    /// The last day whose statements count.
    pub ends: Option<Date>,
    /// How many learners the caller may see, those merged counted once.
    pub learners: usize,
    /// How many modules it has.
    pub modules: usize,
}

impl CourseService {
    /// All courses by id, with the learners of each that are within `bounds`.
    pub async fn listed(&self, bounds: Option<Bounds>) -> Result<Vec<ListedCourse>, ProgressError> {
        let mut known: Vec<(String, Option<Arc<EnrolledCourse>>)> = Vec::new();
        for id in self.courses().await? {
            match self.boards.enrolled(&id).await {
                Ok(enrolled) => known.push((id, Some(enrolled))),
                Err(ProgressError::Store(StoreError::Corrupt(_))) => known.push((id, None)),
                // Deleted since.
                Err(ProgressError::NoCourse(_)) => {}
                Err(other) => return Err(other),
            }
        }
        let list = move || {
            let listed = |(id, enrolled): (String, Option<Arc<EnrolledCourse>>)| ListedCourse {
                id,
                told: enrolled.map(|enrolled| told(&enrolled, bounds.as_ref())),
            };
            known.into_iter().map(listed).collect()
        };
        compute::aside(list).await.map_err(|_| stopped().into())
    }
}

fn told(enrolled: &EnrolledCourse, bounds: Option<&Bounds>) -> CourseAtAGlance {
    let Outline { title, window, .. } = enrolled.course.outline();
    CourseAtAGlance {
        title: title.clone(),
        begins: window.begins,
        ends: window.ends,
        learners: enrolled.roll(bounds).persons().count(),
        modules: enrolled.course.modules().len(),
    }
}
