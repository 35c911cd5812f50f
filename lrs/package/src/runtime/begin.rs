//! The data model with which a session begins.

use serde_json::{Map, Value};

use super::cmi::{remove, set, text, without_empty};
use super::launch::ScoLaunch;
use super::state::ScoState;
use super::value::{as_duration, as_timespan};

/// `cmi.entry` of the next session. A session that was not ended was cut off, and is resumed as if it had been suspended.
pub(super) fn entry(launch: &ScoLaunch, state: &ScoState) -> &'static str {
    let exit = text(&state.cmi, if launch.is_12() { &["core", "exit"] } else { &["exit"] });
    match &state.session {
        Some(session) if session.begun.is_some() && !session.has_ended => "resume",
        _ if state.cmi.is_empty() => "ab-initio",
        _ if exit == "suspend" => "resume",
        _ => "",
    }
}

/// `cmi` as the SCO finds it.
pub(super) fn model(launch: &ScoLaunch, state: &ScoState, entry: &str) -> Value {
    let mut cmi = state.cmi.clone();
    if launch.is_12() {
        model_12(launch, state, &mut cmi, entry);
    } else {
        model_2004(launch, state, &mut cmi, entry);
    }
    without_empty(cmi.into()).unwrap_or_else(|| Map::new().into())
}

fn model_12(launch: &ScoLaunch, state: &ScoState, cmi: &mut Map<String, Value>, entry: &str) {
    let sco = &launch.sco;
    remove(cmi, &["core", "exit"]);
    remove(cmi, &["core", "session_time"]);
    for (name, value) in [
        ("student_id", launch.learner.id.as_str()),
        ("student_name", &launch.learner.name),
        ("credit", launch.mode.credit()),
        ("lesson_mode", launch.mode.name()),
        ("entry", entry),
        ("total_time", &as_timespan(state.spent)),
    ] {
        set(cmi, &["core", name], value);
    }
    if text(cmi, &["core", "lesson_status"]).is_empty() {
        set(cmi, &["core", "lesson_status"], "not attempted");
    }
    set(cmi, &["launch_data"], sco.launch_data.as_str());
    let mastery = sco.mastery_score.map(|score| score.to_string()).unwrap_or_default();
    set(cmi, &["student_data", "mastery_score"], mastery);
    set(cmi, &["student_data", "max_time_allowed"], sco.max_time_allowed.as_str());
    set(cmi, &["student_data", "time_limit_action"], sco.time_limit_action.as_str());
}

fn model_2004(launch: &ScoLaunch, state: &ScoState, cmi: &mut Map<String, Value>, entry: &str) {
    let sco = &launch.sco;
    remove(cmi, &["exit"]);
    remove(cmi, &["session_time"]);
    let written = |number: Option<f64>| number.map(|it| it.to_string()).unwrap_or_default();
    for (name, value) in [
        ("learner_id", launch.learner.id.clone()),
        ("learner_name", launch.learner.name.clone()),
        ("credit", launch.mode.credit().to_owned()),
        ("mode", launch.mode.name().to_owned()),
        ("entry", entry.to_owned()),
        ("total_time", as_duration(state.spent)),
        ("launch_data", sco.launch_data.clone()),
        ("scaled_passing_score", written(sco.passing_score)),
        ("completion_threshold", written(sco.completion_threshold)),
        ("max_time_allowed", sco.max_time_allowed.clone()),
        ("time_limit_action", sco.time_limit_action.clone()),
    ] {
        set(cmi, &[name], value);
    }
}
