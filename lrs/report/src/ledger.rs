//! The hours ledger: which hours count for a learner, by which rule, on the word of which
//! statements.

use std::collections::HashMap;

use course::{
    Activity, ActivityPlace, Bilingual, Credit, Entry, Form, ObjectTime, Replay, Step, Time,
};

use crate::words::words;

/// Hours on one object that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// The activity.
    pub place: ActivityPlace,
    /// The object's IRI; the activity's key where its hours count as a whole.
    pub object: String,
    /// Whether they are hours in presence.
    pub in_presence: bool,
    /// The rule by which they count.
    pub rule: HoursRule,
    /// The time the statements tell of, in microseconds.
    pub measured: u64,
    /// The time that counts after the activity's cap, in microseconds; the lines of an activity
    /// add up to its hours, the cap taken off the last ones.
    pub counted: u64,
    /// The ids of the statements, in the order in which they happened.
    pub statements: Vec<String>,
}

/// The rule by which hours count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoursRule {
    /// Durations of terminated, suspended, exited and abandoned, added up.
    Sessions,
    /// The largest duration of completed, passed and failed, where no session is told.
    Outcome,
    /// The activity's hours on fulfilment.
    Nominal,
    /// Durations of attended, and from joining to leaving, added up.
    Presence,
}

impl HoursRule {
    /// Its name for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Outcome => "outcome",
            Self::Nominal => "nominal",
            Self::Presence => "presence",
        }
    }

    /// The rule for people.
    pub fn words(self) -> Bilingual {
        words(&format!("hours-rule-{}", self.as_str()))
    }
}

/// The lines of all hours that count up to where the replay has gone, activity by activity,
/// object by object.
pub fn ledger_lines(replay: &Replay<'_>) -> Vec<LedgerLine> {
    let mut lines = Vec::new();
    for (place, activity) in replay.course().activities() {
        if replay.includes(place.module) {
            activity_lines(replay, place, activity, &mut lines);
        }
    }
    lines
}

fn activity_lines(
    replay: &Replay<'_>,
    place: ActivityPlace,
    activity: &Activity,
    lines: &mut Vec<LedgerLine>,
) {
    #[expect(clippy::expect_used, reason = "a replay has a state for each activity of its course")]
    let state = replay.state_on(place).expect("the state of an activity");
    let mut left = state.micros(activity);
    if matches!(activity.form, Form::Online { credit: Credit::Nominal, .. }) {
        lines.extend((left > 0).then(|| nominal(replay, place, activity, left)));
        return;
    }
    let mut said: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for (of, entry) in replay.steps_on(place).filter_map(|step| step.said) {
        said.entry(of).or_default().push(entry);
    }
    let mut objects: Vec<&(&str, ObjectTime)> = state.objects.iter().collect();
    objects.sort_by_key(|(object, _)| *object);
    for (object, clock) in objects {
        let (rule, measured) = if activity.is_event() {
            (HoursRule::Presence, clock.in_presence())
        } else if clock.has_sessions() {
            (HoursRule::Sessions, clock.online())
        } else {
            (HoursRule::Outcome, clock.online())
        };
        if measured == 0 {
            continue;
        }
        let counted = measured.min(left);
        left -= counted;
        lines.push(LedgerLine {
            place,
            object: (*object).to_owned(),
            in_presence: activity.is_in_presence(),
            rule,
            measured,
            counted,
            statements: statements(said.get(object).into_iter().flatten(), rule, measured),
        });
    }
}

/// The statements that made the activity fulfilled; all there are where it was one on
/// another activity, which it requires.
fn nominal(
    replay: &Replay<'_>,
    place: ActivityPlace,
    activity: &Activity,
    micros: u64,
) -> LedgerLine {
    let since = replay.state_on(place).and_then(|state| state.fulfilled.at);
    let steps: Vec<&Step<'_>> = replay.steps_on(place).collect();
    let decides = |step: &&&Step<'_>| Some(step.timestamp) == since;
    let any_decides = steps.iter().any(|step| decides(&step));
    let behind = steps.iter().filter(|step| !any_decides || decides(step));
    let mut statements: Vec<String> = behind.map(|step| step.statement.to_owned()).collect();
    // The first of a day stands beside what it says.
    statements.dedup();
    LedgerLine {
        place,
        object: activity.key.clone(),
        in_presence: false,
        rule: HoursRule::Nominal,
        measured: micros,
        counted: micros,
        statements,
    }
}

/// The statements of an object's entries that its time is made of.
fn statements<'e>(
    said: impl Iterator<Item = &'e &'e Entry>,
    rule: HoursRule,
    measured: u64,
) -> Vec<String> {
    let counts = |entry: &Entry| match (rule, entry.word.time) {
        (HoursRule::Sessions, Some(Time::Session(_)))
        | (HoursRule::Presence, Some(Time::Attended(_) | Time::Join | Time::Leave)) => true,
        (HoursRule::Outcome, Some(Time::Outcome(micros))) => micros == measured,
        _ => false,
    };
    said.filter(|entry| counts(entry)).map(|entry| entry.statement.clone()).collect()
}
