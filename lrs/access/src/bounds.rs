//! What a key is bound to: a territory, or the activities and accounts of its statements.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The category of statements that packages send (xAPI SCORM Profile).
const SCORM_PROFILE: &str = "https://w3id.org/xapi/scorm";

/// The learners that a coordinator may see: those of some regions, and those of some bodies. A
/// key without bounds sees all learners. Or else what a package may say: of some activities, and of
/// accounts of some home pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Names of regions, as in the lists of learners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// Names of bodies, or their ISTAT codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<String>,
    /// IRIs of activities: statements are of these, and of those below them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<String>,
    /// Home pages of accounts: statements are of learners with an account there. Any learner where
    /// there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub home_pages: Vec<String>,
    /// Whether below an activity are the parts of one package alone: see [`is_of_package`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub package: bool,
    /// The name of the account, where the statements are of one learner alone: of what a key was exchanged for.
    #[serde(skip)]
    pub learner: Option<String>,
}

/// What of a statement is outside of a key's bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Its actor is no agent with an account of one of the home pages.
    Actor,
    /// Its object is not one of the activities.
    Object,
    /// Its context names another activity, or other people.
    Context,
    /// It has attachments.
    Attachments,
}

impl Bounds {
    /// Whether a learner of this region and body may be seen. Where a body is unknown, its empty
    /// name or code is no match.
    pub fn include(&self, region: &str, body: &str, istat: &str) -> bool {
        let named =
            |list: &[String], name: &str| !name.is_empty() && list.iter().any(|it| it == name);
        named(&self.regions, region) || named(&self.bodies, body) || named(&self.bodies, istat)
    }

    /// Whether the bounds name nothing.
    pub const fn is_empty(&self) -> bool {
        self.regions.is_empty() && self.bodies.is_empty() && !self.is_of_statements()
    }

    /// Whether these are the bounds of what is sent, not of who is seen.
    pub const fn is_of_statements(&self) -> bool {
        !self.activities.is_empty() || !self.home_pages.is_empty()
    }

    /// Whether a statement is within the bounds of what is sent. Beside its category all activities
    /// that a statement names are within, so that no other gets a definition.
    ///
    /// # Errors
    ///
    /// The first part that is outside.
    pub fn admit(&self, statement: &Value) -> Result<(), Outside> {
        let home_page = statement.pointer("/actor/account/homePage").and_then(Value::as_str);
        let is_theirs = |page| self.home_pages.iter().any(|home| home == page);
        if !self.home_pages.is_empty() && !home_page.is_some_and(is_theirs) {
            return Err(Outside::Actor);
        }
        // The members of a group would be others, whoever the group is.
        let is_group = statement.pointer("/actor/member").is_some()
            || statement.pointer("/actor/objectType").is_some_and(|it| it == "Group");
        if is_group && (!self.home_pages.is_empty() || self.learner.is_some()) {
            return Err(Outside::Actor);
        }
        let name = statement.pointer("/actor/account/name").and_then(Value::as_str);
        if self.learner.is_some() && name != self.learner.as_deref() {
            return Err(Outside::Actor);
        }
        let object = statement.get("object").unwrap_or(&Value::Null);
        let kind = object.get("objectType").and_then(Value::as_str).unwrap_or("Activity");
        if kind != "Activity" || !self.has(object) {
            return Err(Outside::Object);
        }
        let context = statement.get("context").and_then(Value::as_object);
        let members = context.into_iter().flatten().map(|(name, _)| name.as_str());
        let people = ["instructor", "team", "statement", "contextAgents", "contextGroups"];
        if members.into_iter().any(|name| people.contains(&name)) {
            return Err(Outside::Context);
        }
        let around = statement.pointer("/context/contextActivities").and_then(Value::as_object);
        for (name, activities) in around.into_iter().flatten() {
            let one = std::slice::from_ref(activities);
            let mut all = activities.as_array().map_or(one, Vec::as_slice).iter();
            let is_profile = |it: &Value| {
                name == "category" && it.get("id").and_then(Value::as_str) == Some(SCORM_PROFILE)
            };
            if !all.all(|it| self.has(it) || is_profile(it)) {
                return Err(Outside::Context);
            }
        }
        let has_attachments = statement.get("attachments").is_some();
        if has_attachments { Err(Outside::Attachments) } else { Ok(()) }
    }

    fn has(&self, activity: &Value) -> bool {
        let Some(id) = activity.get("id").and_then(Value::as_str) else { return false };
        let is_below = if self.package { is_of_package } else { is_within };
        self.activities.iter().any(|of| is_below(of, id))
    }
}

/// Whether `iri` is `of`, or a part of the package that reports under it: a SCO, its attempt (`?attemptId=`), or one of its
/// interactions or objectives. `https://moodle.example/mod` has no `https://moodle.example/mod/quiz/view.php?id=7` among its
/// parts.
pub fn is_of_package(of: &str, iri: &str) -> bool {
    let Some(rest) = iri.strip_prefix(of) else { return false };
    let (path, query) =
        rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    let is_id = |id: &str| id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_attempt = query.is_none_or(|it| it.strip_prefix("attemptId=").is_some_and(is_id));
    let mut parts = path.split('/');
    let is_below = parts.next() == Some("") && !path.contains('#');
    let parts: Vec<&str> = parts.collect();
    let is_part = match parts[..] {
        [] => true,
        [sco] => !sco.is_empty(),
        [sco, list, one] => {
            !sco.is_empty() && !one.is_empty() && ["interactions", "objectives"].contains(&list)
        }
        _ => false,
    };
    is_below && is_part && is_attempt
}

/// Whether `iri` is `of` or below it: what follows is a path, a query or a fragment of its own.
fn is_within(of: &str, iri: &str) -> bool {
    let Some(rest) = iri.strip_prefix(of) else { return false };
    rest.is_empty() || of.ends_with('/') || rest.starts_with(['/', '?', '#'])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bounds() -> Bounds {
        let course = "https://lms.example/mod/scorm/view.php?id=7".to_owned();
        let home_pages = vec!["https://lms.example".to_owned()];
        Bounds { activities: vec![course], home_pages, ..Bounds::default() }
    }

    fn statement() -> Value {
        json!({
            "actor": {"account": {"homePage": "https://lms.example", "name": "anna"}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/scored"},
            "object": {"id": "https://lms.example/mod/scorm/view.php?id=7/I1"},
            "context": {"contextActivities": {
                "category": [{"id": SCORM_PROFILE}],
                "grouping": {"id": "https://lms.example/mod/scorm/view.php?id=7"}}}
        })
    }

    #[test]
    fn what_a_package_says_of_its_own_is_within() {
        assert_eq!(bounds().admit(&statement()), Ok(()));
    }

    #[test]
    fn each_part_of_a_statement_can_be_outside() {
        let other = json!({"id": "https://lms.example/mod/scorm/view.php?id=77"});
        let cases = [
            ("/actor/account/homePage", json!("https://lms.example.org"), Outside::Actor),
            ("/actor", json!({"mbox": "mailto:a@example.org"}), Outside::Actor),
            ("/object", other.clone(), Outside::Object),
            ("/object", json!({"objectType": "StatementRef", "id": "x"}), Outside::Object),
            ("/object", json!({"objectType": "SubStatement"}), Outside::Object),
            ("/context/contextActivities/grouping", json!([other]), Outside::Context),
            ("/context/contextActivities/category", json!([other]), Outside::Context),
            ("/context", json!({"instructor": {"mbox": "mailto:a@example.org"}}), Outside::Context),
        ];
        for (place, value, outside) in cases {
            let mut statement = statement();
            *statement.pointer_mut(place).unwrap() = value;
            assert_eq!(bounds().admit(&statement), Err(outside), "{statement}");
        }
        let mut attached = statement();
        attached["attachments"] = json!([]);
        assert_eq!(bounds().admit(&attached), Err(Outside::Attachments));
    }

    #[test]
    fn what_is_of_one_learner_is_of_no_other_and_of_nobody_with_another_kind_of_name() {
        let of_anna = Bounds { learner: Some("anna".to_owned()), ..bounds() };
        assert_eq!(of_anna.admit(&statement()), Ok(()));
        for actor in [
            json!({"account": {"homePage": "https://lms.example", "name": "Anna"}}),
            json!({"account": {"homePage": "https://lms.example"}}),
            json!({"mbox": "mailto:anna@lms.example"}),
        ] {
            let mut statement = statement();
            statement["actor"] = actor;
            assert_eq!(of_anna.admit(&statement), Err(Outside::Actor), "{statement}");
        }
        for (name, value) in
            [("member", json!([{"mbox": "mailto:b@x.example"}])), ("objectType", json!("Group"))]
        {
            let mut statement = statement();
            statement["actor"][name] = value;
            for bounds in [&of_anna, &bounds()] {
                assert_eq!(bounds.admit(&statement), Err(Outside::Actor), "{statement}");
            }
        }
    }

    #[test]
    fn below_the_activity_of_a_package_are_its_parts_and_no_other_activities() {
        let scorm = "https://m.example/mod/scorm/view.php?id=7";
        for (of, rest, is) in [
            (scorm, "", true),
            (scorm, "?attemptId=5f0e1b6c", true),
            (scorm, "/I1", true),
            (scorm, "/I1?attemptId=5f0e1b6c", true),
            (scorm, "/I1/interactions/q%2F1", true),
            (scorm, "/I1/objectives/o1", true),
            (scorm, "7", false),
            (scorm, "#x", false),
            (scorm, "/", false),
            (scorm, "/I1/", false),
            (scorm, "/I1/other/o1", false),
            (scorm, "/I1/interactions/a/b", false),
            (scorm, "/I1?attemptId=1&id=8", false),
            (scorm, "&attemptId=1", false),
            ("https://m.example/mod", "/quiz/view.php?id=7", false),
            ("https://m.example/mod/quiz/view.php", "?id=7", false),
            ("https://m.example/mod", "/quiz/7", false),
        ] {
            assert_eq!(is_of_package(of, &format!("{of}{rest}")), is, "{of}{rest}");
        }
        let bounds = Bounds { package: true, ..bounds() };
        assert_eq!(bounds.admit(&statement()), Ok(()));
        let mut other = statement();
        other["object"]["id"] = json!("https://lms.example/mod/scorm/view.php?id=7/a/b");
        assert_eq!(bounds.admit(&other), Err(Outside::Object));
    }

    #[test]
    fn what_only_begins_alike_is_another_activity() {
        for (of, iri, is) in [
            ("https://a.example/7", "https://a.example/7", true),
            ("https://a.example/7", "https://a.example/7/x", true),
            ("https://a.example/7", "https://a.example/7?x", true),
            ("https://a.example/", "https://a.example/7", true),
            ("https://a.example/7", "https://a.example/77", false),
            ("https://a.example/7/", "https://a.example/7", false),
        ] {
            assert_eq!(is_within(of, iri), is, "{of} {iri}");
        }
    }
}
