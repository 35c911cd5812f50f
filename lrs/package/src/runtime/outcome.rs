//! What the data model says of the outcome, and what the manifest makes of it.

use serde_json::{Map, Value};

use super::cmi::{set, text, written};
use super::launch::ScoLaunch;
use super::state::{ScoState, Summary};
use super::value::{Score, number};

/// The outcome of a SCO so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Passed or failed.
    pub success: Option<bool>,
    /// Completed or incomplete; of SCORM 1.2 also where it is passed or failed.
    pub completion: Option<bool>,
    /// A score as xAPI has it.
    pub score: Option<Map<String, Value>>,
}

impl Outcome {
    /// The outcome that a data model says.
    pub fn of(is_12: bool, cmi: &Map<String, Value>) -> Self {
        let success = |status| match status {
            "passed" => Some(true),
            "failed" => Some(false),
            _ => None,
        };
        if is_12 {
            let status = text(cmi, &["core", "lesson_status"]);
            let completion = match status {
                "passed" | "failed" | "completed" => Some(true),
                "incomplete" => Some(false),
                _ => None,
            };
            let score = Score::of(cmi.get("core").and_then(|core| core.get("score"))).taken(true);
            return Self { success: success(status), completion, score };
        }
        let completion = match text(cmi, &["completion_status"]) {
            "completed" => Some(true),
            "incomplete" => Some(false),
            _ => None,
        };
        let success = success(text(cmi, &["success_status"]));
        Self { success, completion, score: Score::of(cmi.get("score")).taken(false) }
    }

    /// As the result of a statement.
    pub fn result(self) -> Map<String, Value> {
        let mut result = Map::new();
        result.extend(self.success.map(|success| ("success".to_owned(), success.into())));
        result.extend(self.completion.map(|it| ("completion".to_owned(), it.into())));
        result.extend(self.score.map(|score| ("score".to_owned(), score.into())));
        result
    }
}

/// Sets the statuses that the platform decides: at each commit those that a measure decides (SCORM 2004 RTE
/// 4.2.4.1 and 4.2.21.1), at the end of a session that is not suspended those that the SCO left open.
pub(super) fn decide(launch: &ScoLaunch, cmi: &mut Map<String, Value>, is_end: bool) {
    let sco = &launch.sco;
    if launch.is_12() {
        if is_end && text(cmi, &["core", "exit"]) != "suspend" {
            at_end_12(launch, cmi);
        }
        return;
    }
    if let Some(threshold) = sco.completion_threshold
        && let Some(measure) = number(&written(cmi.get("progress_measure")))
    {
        let status = if measure >= threshold { "completed" } else { "incomplete" };
        set(cmi, &["completion_status"], status);
    }
    if let Some(passing) = sco.passing_score
        && let Some(scaled) = Score::of(cmi.get("score")).scaled
    {
        set(cmi, &["success_status"], if scaled >= passing { "passed" } else { "failed" });
    }
    let is_open = matches!(text(cmi, &["completion_status"]), "" | "unknown");
    let is_left = is_end && text(cmi, &["exit"]) != "suspend";
    if is_left && is_open && !sco.is_completion_set_by_content {
        set(cmi, &["completion_status"], "completed");
    }
}

/// SCORM 1.2 RTE 3.4.4, `cmi.core.lesson_status`: a SCO that says nothing has completed, and a score decides where there is a
/// mastery score.
fn at_end_12(launch: &ScoLaunch, cmi: &mut Map<String, Value>) {
    const STATUS: [&str; 2] = ["core", "lesson_status"];
    if matches!(text(cmi, &STATUS), "" | "not attempted") {
        set(cmi, &STATUS, "completed");
    }
    let raw = Score::of(cmi.get("core").and_then(|core| core.get("score"))).raw;
    if let (Some(mastery), Some(raw)) = (launch.sco.mastery_score, raw)
        && text(cmi, &STATUS) != "browsed"
    {
        set(cmi, &STATUS, if raw >= mastery { "passed" } else { "failed" });
    }
}

impl ScoState {
    /// Where the learner stands.
    pub fn summary(&self) -> Summary {
        let is_12 = self.cmi.contains_key("core");
        let outcome = Outcome::of(is_12, &self.cmi);
        let is_begun =
            self.session.as_ref().is_some_and(|session| session.begun.is_some()) || self.spent > 0;
        let status = match (outcome.success, outcome.completion) {
            (Some(true), _) => "passed",
            (Some(false), _) => "failed",
            (None, Some(true)) => "completed",
            _ if text(&self.cmi, &["core", "lesson_status"]) == "browsed" => "browsed",
            (None, Some(false)) => "incomplete",
            (None, None) if is_begun => "incomplete",
            (None, None) => "not attempted",
        };
        let score = outcome.score.and_then(|score| score.get("scaled")?.as_f64());
        Summary { status, score, seconds: (self.spent + self.current()) / 100 }
    }
}
