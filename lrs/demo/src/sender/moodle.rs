//! Moodle's plugin for xAPI: it tells of Moodle's events, knows no session and no time but that
//! of a test's attempt, and sends no ids. `context.registration` means a run of its cron, not a
//! learner.

use serde_json::{Value, json};
use uuid::Uuid;

use super::shape::{ADL, INTERACTION, Outcome, activity, adl, duration, set, statement, verb};
use crate::person::Person;

/// Between sections and questions of one platform no number means two things.
const COURSE: usize = 12;
const DAY: i64 = 86_400;

/// One learner's events in one part of a Moodle course.
pub(crate) struct Moodle<'a> {
    site: &'a str,
    actor: Value,
    /// Section and course, or the section alone where it is the whole course.
    above: Vec<Value>,
}

/// An event by Moodle's name for it.
struct Event<'a> {
    component: &'a str,
    name: &'a str,
}

impl<'a> Moodle<'a> {
    /// `section` is the address of the section that the learner is in, or of the course.
    pub(crate) fn new(person: &Person, site: &'a str, section: &str) -> Self {
        let course = format!("{site}/course/view.php?id={COURSE}");
        let kind = if section.contains("/course/view.php") {
            "https://w3id.org/xapi/cmi5/activitytype/course"
        } else {
            "http://id.tincanapi.com/activitytype/section"
        };
        let section = activity(section, kind);
        let course = activity(&course, "https://w3id.org/xapi/cmi5/activitytype/course");
        Self { site, actor: person.on(site), above: vec![section, course] }
    }

    /// The section of the `n`th module.
    pub(crate) fn section(site: &str, n: usize) -> String {
        format!("{site}/course/section.php?id={}", COURSE + 1 + n)
    }

    /// Somebody opened a module.
    pub(crate) fn viewed(&self, module: &str, at: i64) -> Value {
        let event = Event { component: component(module), name: "course_module_viewed" };
        let verb = verb("http://id.tincanapi.com/verb/viewed", "Viewed");
        self.said(&event, &verb, &activity(module, kind(module)), &[], at)
    }

    /// Somebody opened a chapter of a book.
    pub(crate) fn chapter(&self, book: &str, chapter: usize, at: i64) -> Value {
        let event = Event { component: "mod_book", name: "chapter_viewed" };
        let verb = verb("http://id.tincanapi.com/verb/viewed", "Viewed");
        let object = format!("{book}&chapterid={chapter}");
        let object = activity(&object, "http://id.tincanapi.com/activitytype/chapter");
        self.said(&event, &verb, &object, &[activity(book, kind(book))], at)
    }

    /// A module was ticked off; where it is graded, with success or without.
    pub(crate) fn completed(&self, module: &str, passed: Option<bool>, at: i64) -> Value {
        let mut result = json!({"completion": true});
        if let Some(passed) = passed {
            result = set(result, "success", json!(passed));
        }
        set(self.completion(module, &adl("completed"), at), "result", result)
    }

    /// The tick was taken back.
    pub(crate) fn uncompleted(&self, module: &str, at: i64) -> Value {
        let id = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";
        let said = self.completion(module, &verb(id, "Uncompleted"), at);
        set(said, "result", json!({"completion": false}))
    }

    fn completion(&self, module: &str, verb: &Value, at: i64) -> Value {
        let event = Event { component: "core", name: "course_module_completion_updated" };
        self.said(&event, verb, &activity(module, kind(module)), &[], at)
    }

    /// An attempt at a test: its beginning.
    pub(crate) fn attempt_started(&self, quiz: &str, attempt: usize, at: i64) -> Value {
        let event = Event { component: "mod_quiz", name: "attempt_started" };
        let verb = verb("http://activitystrea.ms/schema/1.0/start", "Started");
        let above = [activity(quiz, kind(quiz))];
        self.said(&event, &verb, &self.attempt(quiz, attempt), &above, at)
    }

    /// Its end, with the answers to its questions, of which the last ones are wrong.
    pub(crate) fn attempt_submitted(
        &self,
        quiz: &str,
        attempt: usize,
        outcome: Outcome,
        took: i64,
        at: i64,
    ) -> Vec<Value> {
        let event = Event { component: "mod_quiz", name: "attempt_submitted" };
        let (test, attempt) = (activity(quiz, kind(quiz)), self.attempt(quiz, attempt));
        let whole = self.said(&event, &adl("completed"), &attempt, std::slice::from_ref(&test), at);
        let result = json!({
            "completion": true,
            "success": outcome.passed,
            "score": outcome.marks(),
            "duration": duration(took),
        });
        let mut said = vec![set(whole, "result", result)];
        let number = cmid(quiz);
        for question in 1..=4_u8 {
            let right = outcome.score > question.saturating_sub(1) * 25;
            let id = format!("{}/question/question.php?cmid={number}&id={question}", self.site);
            let object = json!({"id": id, "definition": {
                "name": {"it": format!("Domanda {question}"), "en": format!("Question {question}")},
                "type": INTERACTION, "interactionType": "true-false",
            }});
            let answered =
                self.said(&event, &adl("answered"), &object, &[attempt.clone(), test.clone()], at);
            let result = json!({
                "completion": true,
                "success": right,
                "response": right.to_string(),
                "extensions": {"http://learninglocker.net/xapi/cmi/true-false/response": right},
            });
            said.push(set(answered, "result", result));
        }
        said
    }

    fn attempt(&self, quiz: &str, attempt: usize) -> Value {
        let id =
            format!("{}/mod/quiz/attempt.php?attempt={attempt}&cmid={}", self.site, cmid(quiz));
        activity(&id, &format!("{ADL}/activities/attempt"))
    }

    /// A SCORM package was opened. The plugin has one object for all that is in a package.
    pub(crate) fn sco_launched(&self, module: &str, at: i64) -> Value {
        self.of_sco(module, "sco_launched", "launched", at)
    }

    /// A SCORM package gave a score. The plugin says `completed`, whatever the score.
    pub(crate) fn sco_scored(&self, module: &str, outcome: Outcome, at: i64) -> Value {
        let said = self.of_sco(module, "scoreraw_submitted", "completed", at);
        set(said, "result", json!({"score": outcome.marks()}))
    }

    fn of_sco(&self, module: &str, name: &str, word: &str, at: i64) -> Value {
        let event = Event { component: "mod_scorm", name };
        let kind =
            "https://xapi.edlm/profiles/edlm-lms/concepts/activity-types/scorm-content-object";
        let object = activity(&format!("{module}#sco"), kind);
        let above = [activity(module, self::kind(module))];
        self.said(&event, &adl(word), &object, &above, at)
    }

    /// A form was filled in.
    pub(crate) fn submitted(&self, module: &str, at: i64) -> Value {
        let event = Event { component: component(module), name: "response_submitted" };
        let verb = verb("http://activitystrea.ms/schema/1.0/submit", "Submitted");
        self.said(&event, &verb, &activity(module, kind(module)), &[], at)
    }

    /// A trainer took attendance of a meeting in presence.
    pub(crate) fn attended(&self, module: &str, seconds: i64, at: i64) -> Value {
        let event = Event { component: "mod_facetoface", name: "take_attendance" };
        let said = self.said(&event, &adl("attended"), &activity(module, kind(module)), &[], at);
        set(said, "result", json!({"completion": true, "duration": duration(seconds)}))
    }

    /// Somebody came into a meeting at a distance.
    pub(crate) fn joined(&self, module: &str, at: i64) -> Value {
        self.of_meeting(module, "meeting_joined", "join", "Joined", at)
    }

    /// Somebody left it.
    pub(crate) fn left(&self, module: &str, at: i64) -> Value {
        self.of_meeting(module, "meeting_left", "leave", "Left", at)
    }

    fn of_meeting(&self, module: &str, name: &str, id: &str, word: &str, at: i64) -> Value {
        let event = Event { component: "mod_bigbluebuttonbn", name };
        let verb = verb(&format!("http://activitystrea.ms/schema/1.0/{id}"), word);
        self.said(&event, &verb, &activity(module, kind(module)), &[], at)
    }

    fn said(
        &self,
        event: &Event<'_>,
        verb: &Value,
        object: &Value,
        nearer: &[Value],
        at: i64,
    ) -> Value {
        let Event { component, name } = event;
        let parent: Vec<&Value> = nearer.iter().chain(&self.above).collect();
        let site = activity(self.site, "http://id.tincanapi.com/activitytype/lms");
        let run = format!("{}/cron/{}", self.site, at.div_euclid(DAY));
        let context = json!({
            "platform": "Moodle",
            "language": "it",
            "registration": Uuid::new_v5(&Uuid::NAMESPACE_URL, run.as_bytes()),
            "contextActivities": {"parent": parent, "category": [site]},
            "extensions": {"http://lrs.learninglocker.net/define/extensions/info": {
                "http://moodle.org": "4.5",
                "https://github.com/xAPI-vle/moodle-logstore_xapi": "5.0.1",
                "event_name": format!("\\{component}\\event\\{name}"),
                "event_function": format!("\\src\\transformer\\events\\{component}\\{name}"),
            }},
        });
        set(statement(&self.actor, verb, object, at), "context", context)
    }
}

/// `quiz` of `…/mod/quiz/view.php?id=78`.
fn module_name(iri: &str) -> &str {
    let rest = iri.split_once("/mod/").map_or("", |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// `78` of it.
fn cmid(iri: &str) -> &str {
    iri.rsplit_once("id=").map_or("0", |(_, number)| number)
}

fn component(module: &str) -> &'static str {
    match module_name(module) {
        "quiz" => "mod_quiz",
        "scorm" => "mod_scorm",
        "book" => "mod_book",
        "feedback" => "mod_feedback",
        "questionnaire" => "mod_questionnaire",
        "forum" => "mod_forum",
        "h5pactivity" => "mod_h5pactivity",
        "facetoface" => "mod_facetoface",
        "bigbluebuttonbn" => "mod_bigbluebuttonbn",
        _ => "mod_page",
    }
}

/// The plugin's type of a module.
fn kind(module: &str) -> &'static str {
    match module_name(module) {
        "quiz" => "http://adlnet.gov/expapi/activities/assessment",
        "book" => "http://id.tincanapi.com/activitytype/book",
        "page" => "https://w3id.org/xapi/acrossx/activities/page",
        "feedback" => "https://xapi.edlm/profiles/edlm-lms/concepts/activity-types/feedback",
        "questionnaire" | "survey" => "http://id.tincanapi.com/activitytype/survey",
        "forum" => "http://id.tincanapi.com/activitytype/forum-topic",
        "h5pactivity" => "http://adlnet.gov/expapi/activities/media",
        "facetoface" => "https://w3id.org/xapi/acrossx/activities/face-to-face-discussion",
        "bigbluebuttonbn" => "http://adlnet.gov/expapi/activities/meeting",
        _ => "http://adlnet.gov/expapi/activities/module",
    }
}
