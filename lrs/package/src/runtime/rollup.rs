//! What all SCOs together mean for the package's activity.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::contents::PackageContents;
use super::launch::ScoLaunch;
use super::state::ScoStanding;
use super::statement::{ACTIVITIES, activity, instant, profile, verb_of};

/// The statement that the package's activity is completed: when each SCO is completed, passed or
/// failed. It says success where every SCO that says one says `true`, or one says `false`; and the mean of the scores. `states`
/// are those of the SCOs by their item's identifier. The id is a name, which depends on the registration and the result: the
/// same result is said once, whatever its timestamp, and another result is another statement.
pub fn rolled_up(
    launch: &ScoLaunch,
    contents: &PackageContents,
    states: &[(&str, &ScoStanding)],
) -> Option<Value> {
    let mut outcomes = Vec::new();
    let mut latest = 0;
    for item in contents.scos() {
        let (_, state) =
            states.iter().find(|(identifier, _)| *identifier == item.sco.identifier)?;
        let outcome = &state.outcome;
        if outcome.completion != Some(true) && outcome.success.is_none() {
            return None;
        }
        latest = latest.max(state.latest);
        outcomes.push(outcome);
    }
    if outcomes.is_empty() {
        return None;
    }
    let mut result = Map::from_iter([("completion".to_owned(), json!(true))]);
    let successes: Vec<_> = outcomes.iter().filter_map(|it| it.success).collect();
    if !successes.is_empty() {
        result.insert("success".to_owned(), successes.iter().all(|it| *it).into());
    }
    let scores = outcomes.iter().filter_map(|it| it.score.as_ref()?.get("scaled")?.as_f64());
    let scores: Vec<_> = scores.collect();
    if let Ok(count) = u32::try_from(scores.len())
        && count > 0
    {
        let mean = scores.iter().sum::<f64>() / f64::from(count);
        result.insert("score".to_owned(), json!({ "scaled": super::value::written(mean) }));
    }
    let attempt = json!({ "id": format!("{}?attemptId={}", launch.activity, launch.registration),
        "definition": { "type": format!("{ACTIVITIES}attempt") } });
    let name = format!("course completed {}", json!(result));
    Some(json!({
        "id": Uuid::new_v5(&launch.registration, name.as_bytes()),
        "actor": launch.actor,
        "verb": verb_of("completed"),
        "object": activity(&launch.activity, "course", &launch.title),
        "result": result,
        "timestamp": instant(latest + 1),
        "context": { "registration": launch.registration,
            "contextActivities": { "category": [profile()], "grouping": [attempt] } },
    }))
}
