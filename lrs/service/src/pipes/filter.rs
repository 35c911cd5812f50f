//! Which statements travel.

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::PipeError;
use super::settings::PipeFilter;
use crate::reactions::AUTHORITY;
use course::{Course, Evidence};
use store::Store;
use xapi::instant::Instant;
use xapi::prepare::VOIDED;

/// A filter with the course that it names.
#[derive(Clone, Default)]
pub(super) struct Passing {
    filter: PipeFilter,
    course: Option<Arc<Course>>,
}

impl Passing {
    /// # Errors
    /// [`PipeError::Course`] where the course is not there or cannot be read.
    pub(super) async fn of(filter: &PipeFilter, store: &dyn Store) -> Result<Self, PipeError> {
        let course = match &filter.course {
            None => None,
            Some(id) => {
                let unknown = || PipeError::Course(id.clone());
                let kept = store.course(id).await?.ok_or_else(unknown)?;
                let parsed = crate::compute::aside(move || Course::parse(&kept.file)).await;
                let course = parsed.ok().and_then(Result::ok).ok_or_else(unknown)?;
                Some(Arc::new(course))
            }
        };
        Ok(Self { filter: filter.clone(), course })
    }

    /// Whether every statement passes, so that none need be read.
    pub(super) fn is_open(&self) -> bool {
        let PipeFilter { activities, verbs, course, home_pages, reactions, since: _ } =
            &self.filter;
        let is_any = [activities, verbs, home_pages, reactions].iter().any(|it| !it.is_empty());
        !is_any && course.is_none()
    }

    /// Whether a statement passes.
    pub(super) fn takes(&self, statement: &Value) -> bool {
        let text = |pointer: &str| statement.pointer(pointer).and_then(Value::as_str);
        let PipeFilter { activities, verbs, home_pages, reactions, .. } = &self.filter;
        // No key has a colon in its name.
        let author = text("/authority/account/name").unwrap_or_default();
        let author = author.strip_prefix(AUTHORITY).unwrap_or_default();
        if !reactions.is_empty() && reactions.iter().all(|it| it != author) {
            return false;
        }
        let verb = text("/verb/id").unwrap_or_default();
        if verb == VOIDED {
            return true;
        }
        let object = text("/object/id").unwrap_or_default();
        let home_page = text("/actor/account/homePage").unwrap_or_default();
        let among =
            |list: &[String], is: &dyn Fn(&String) -> bool| list.is_empty() || list.iter().any(is);
        among(activities, &|prefix| object.starts_with(prefix.as_str()))
            && among(verbs, &|iri| iri == verb)
            && among(home_pages, &|page| page == home_page)
            && self.is_of_course(statement)
    }

    fn is_of_course(&self, statement: &Value) -> bool {
        let Some(course) = &self.course else { return true };
        let evidence =
            Evidence::read(statement, &Uuid::nil().to_string(), Instant::default().micros());
        evidence.is_some_and(|it| course.place_of(&it.object, &it.parents, &it.groupings).is_some())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_reaction_its_own_statements_pass_alone() {
        let by =
            |name: &str| json!({"authority": {"account": {"name": name}}, "verb": {"id": VOIDED}});
        let filter = serde_json::from_value(json!({"reactions": ["badge"]})).unwrap();
        let passing = Passing { filter, course: None };
        let takes = ["reaction:badge", "reaction:other", "badge"].map(|it| passing.takes(&by(it)));
        assert_eq!((takes, passing.is_open()), ([true, false, false], false));
    }

    #[test]
    fn every_condition_must_be_met_and_what_voids_always_travels() {
        let said = json!({"actor": {"account": {"homePage": "https://lms.example", "name": "7"}},
            "verb": {"id": "https://v.example/did"}, "object": {"id": "https://a.example/course/1"}});
        let voids = json!({"actor": {"mbox": "mailto:a@x.example"}, "verb": {"id": VOIDED},
            "object": {"objectType": "StatementRef", "id": Uuid::nil()}});
        for (filter, takes) in [
            (json!({}), true),
            (json!({"activities": ["https://b.example", "https://a.example/course"]}), true),
            (json!({"activities": ["https://a.example/other"]}), false),
            (json!({"verbs": ["https://v.example/did"]}), true),
            (json!({"verbs": ["https://v.example/di"]}), false),
            (json!({"home_pages": ["https://lms.example"]}), true),
            (json!({"home_pages": ["https://lms.example/"]}), false),
            (
                json!({"verbs": ["https://v.example/did"], "activities": ["https://b.example"]}),
                false,
            ),
        ] {
            let filter: PipeFilter = serde_json::from_value(filter).unwrap();
            let passing = Passing { filter, course: None };
            assert_eq!(passing.takes(&said), takes, "{:?}", passing.filter);
            assert!(passing.takes(&voids), "{:?}", passing.filter);
        }
    }
}
