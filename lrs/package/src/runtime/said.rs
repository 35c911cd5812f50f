//! What is other than when it was last said.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cmi::{entries, text, written};
use super::launch::part_iri;
use super::outcome::Outcome;
use super::state::Said;
use super::statement::{ACTIVITIES, Speaker};
use super::value::{duration, number, quoted, response};

/// The types of interactions (SCORM 2004 4th edition, RTE 4.2.9).
pub const INTERACTION_TYPES: [&str; 10] = [
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
];

/// Tells the contents of two texts apart.
fn digest(text: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes())
}

/// What an interaction says: the result, and the object with its definition. Nothing where it has no id, or neither a response
/// nor a result. `sco` is the IRI of its SCO.
pub fn interaction(
    sco: &str,
    is_12: bool,
    one: &Map<String, Value>,
) -> Option<(Map<String, Value>, Value)> {
    let answer = text(one, &[if is_12 { "student_response" } else { "learner_response" }]);
    let (id, kind, outcome) =
        (text(one, &["id"]), text(one, &["type"]), written(one.get("result")));
    if id.is_empty() || (answer.is_empty() && outcome.is_empty()) {
        return None;
    }
    let mut definition = Map::new();
    definition.insert("type".to_owned(), format!("{ACTIVITIES}cmi.interaction").into());
    if INTERACTION_TYPES.contains(&kind) {
        definition.insert("interactionType".to_owned(), kind.into());
        let patterns = entries(one.get("correct_responses")).into_iter();
        let patterns = patterns.filter_map(|(_, it)| it.get("pattern")?.as_str());
        let patterns: Vec<_> = patterns.map(|it| response(kind, it, is_12)).collect();
        if !patterns.is_empty() {
            definition.insert("correctResponsesPattern".to_owned(), patterns.into());
        }
    }
    let description = text(one, &["description"]);
    if !description.is_empty() {
        definition.insert("description".to_owned(), json!({ "und": quoted(description) }));
    }
    let mut result = Map::new();
    if !answer.is_empty() {
        result.insert("response".to_owned(), response(kind, answer, is_12).into());
    }
    match outcome.as_str() {
        "correct" => drop(result.insert("success".to_owned(), true.into())),
        "wrong" | "incorrect" => drop(result.insert("success".to_owned(), false.into())),
        other => {
            let score = number(other).map(|raw| json!({ "raw": super::value::written(raw) }));
            result.extend(score.map(|score| ("score".to_owned(), score)));
        }
    }
    let took = duration(text(one, &["latency"]));
    result.extend(took.map(|took| ("duration".to_owned(), took.into())));
    let iri = part_iri(sco, "interactions", id);
    Some((result, json!({ "objectType": "Activity", "id": iri, "definition": definition })))
}

/// A commit as statements.
pub(super) struct Saying<'a> {
    pub(super) speaker: Speaker<'a>,
    pub(super) cmi: &'a Map<String, Value>,
    /// The number of the commit.
    pub(super) sequence: u64,
    /// When, in milliseconds.
    pub(super) at: i64,
    pub(super) made: Vec<Value>,
}

impl Saying<'_> {
    /// Each thing that is other than when it was last said, in the order of the profile's verbs.
    pub(super) fn changes(&mut self, said: &mut Said) {
        self.comments(said);
        self.interactions(said);
        self.progress(said);
        let outcome = Outcome::of(self.speaker.launch.is_12(), self.cmi);
        let score = outcome.score.clone().map(Value::Object);
        if let Some(score) = score
            && said.score.as_ref() != Some(&score)
        {
            let result = Map::from_iter([("score".to_owned(), score.clone())]);
            self.say("scored", "", result, None);
            said.score = Some(score);
        }
        if outcome.success.is_some() && said.success != outcome.success {
            let verb = if outcome.success == Some(true) { "passed" } else { "failed" };
            self.say(verb, "", outcome.clone().result(), None);
            said.success = outcome.success;
        }
        // In SCORM 1.2 one status says both.
        let is_said = self.speaker.launch.is_12() && outcome.success.is_some();
        if outcome.completion == Some(true) && !said.is_completed {
            if !is_said {
                self.say("completed", "", outcome.clone().result(), None);
            }
            said.is_completed = true;
        }
    }

    fn say(&mut self, verb: &str, part: &str, result: Map<String, Value>, object: Option<Value>) {
        let key = format!("{}\n{verb}\n{part}", self.sequence);
        self.made.push(self.speaker.say(verb, &key, self.at, result, object));
    }

    fn progress(&mut self, said: &mut Said) {
        let measure = number(&written(self.cmi.get("progress_measure")));
        let Some(measure) = measure.filter(|it| (0.0..=1.0).contains(it)) else { return };
        let measure = super::value::written(measure);
        if said.progress.as_ref() != Some(&measure) {
            let result = Map::from_iter([("score".to_owned(), json!({ "scaled": measure }))]);
            self.say("progressed", "", result, None);
            said.progress = Some(measure);
        }
    }

    fn interactions(&mut self, said: &mut Said) {
        for (index, one) in entries(self.cmi.get("interactions")) {
            let launch = self.speaker.launch;
            let news = interaction(&launch.sco_iri(), launch.is_12(), one);
            let Some((result, object)) = news else { continue };
            let now = digest(&json!([result, object]).to_string());
            let index = index.to_string();
            if said.interactions.get(&index) != Some(&now) {
                self.say("responded", &index, result, Some(object));
                said.interactions.insert(index, now);
            }
        }
    }

    /// What the learner noted: of a text that has grown, what was added.
    fn comments(&mut self, said: &mut Said) {
        let own = text(self.cmi, &["comments"]);
        let listed = entries(self.cmi.get("comments_from_learner")).into_iter();
        let listed = listed.map(|(index, it)| (index.to_string(), text(it, &["comment"])));
        let all: Vec<_> = std::iter::once((String::new(), own)).chain(listed).collect();
        for (index, comment) in all {
            if comment.is_empty() {
                continue;
            }
            let now = (comment.chars().count(), digest(comment));
            let before = said.comments.get(&index).copied();
            if before == Some(now) {
                continue;
            }
            let start: String =
                comment.chars().take(before.map_or(0, |(length, _)| length)).collect();
            let has_grown = before.is_some_and(|(_, old)| old == digest(&start));
            let news =
                if has_grown { comment.get(start.len()..).unwrap_or(comment) } else { comment };
            let result = Map::from_iter([("response".to_owned(), quoted(news).into())]);
            self.say("commented", &index, result, None);
            said.comments.insert(index, now);
        }
    }
}
