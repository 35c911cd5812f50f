//! From a commit to the next state and its statements.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::begin::{entry, model};
use super::cmi::{entries, merge, text, weight};
use super::commit::{After, Commit, CommitRefusal};
use super::launch::{LessonMode, ScoLaunch};
use super::outcome::{Outcome, decide};
use super::said::Saying;
use super::state::{ScoState, Session};
use super::statement::Speaker;
use super::value::{as_duration, duration, hundredths};
use super::{COMMENTS, INTERACTIONS, STATE, SUSPEND_DATA};

/// What a commit leads to.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The new state; equal to the old one where the commit was known.
    pub state: ScoState,
    /// What the learner did, the earliest first, each with its id.
    pub statements: Vec<Value>,
    /// What the player is answered: `status` with the [`Summary`](super::Summary), and `cmi` where the session begins.
    pub answer: Value,
    /// Whether the status of the SCO or its score is other than before.
    pub is_outcome_changed: bool,
}

/// Applies a commit to the state of its SCO, which is nothing before the first. `now` is the server's clock: what the
/// player dates later is dated so.
///
/// A commit whose number is not above the last one's changes nothing and says nothing.
///
/// # Errors
///
/// Why the commit is refused.
pub fn apply(
    launch: &ScoLaunch,
    state: Option<&ScoState>,
    commit: &Commit,
    now: Timestamp,
) -> Result<Applied, CommitRefusal> {
    let state = state.cloned().unwrap_or_default();
    if commit.sco.is_empty() {
        return whole(state, commit, now);
    }
    if commit.begin {
        let isnt_there = |session: &Session, after: After| {
            session.id == after.session && session.sequence < after.sequence && !session.has_ended
        };
        if state
            .session
            .as_ref()
            .zip(commit.after)
            .is_some_and(|(session, after)| isnt_there(session, after))
        {
            return Err(CommitRefusal::NotYet);
        }
        return Ok(begin(launch, state, commit, now));
    }
    let session = state.session.as_ref().ok_or(CommitRefusal::NotBegun)?;
    if session.id != commit.session {
        return Err(CommitRefusal::Superseded);
    }
    if commit.sequence <= session.sequence {
        return Ok(Applied::unchanged(state));
    }
    if session.has_ended {
        return Err(CommitRefusal::Ended);
    }
    let at = commit.at.parse::<Timestamp>().map_err(|_| CommitRefusal::Time)?;
    let at = at.min(now).as_millisecond().max(session.opened);
    within(launch, state, commit, at)
}

/// Ends a session that was cut off: nothing where none is open. Called when another session of the attempt begins with
/// another SCO; [`apply`] does so for its own.
pub fn close(launch: &ScoLaunch, state: &ScoState) -> Option<Applied> {
    let session = state.session.as_ref().filter(|it| it.begun.is_some() && !it.has_ended)?;
    let mut state = state.clone();
    let mut statements = Vec::new();
    end(launch, &mut state, session.latest + 1, true, &mut statements);
    Some(Applied { statements, ..Applied::unchanged(state) })
}

impl Applied {
    fn unchanged(state: ScoState) -> Self {
        let answer = json!({ "status": state.summary() });
        Self { state, statements: Vec::new(), answer, is_outcome_changed: false }
    }
}

/// What the player keeps for the attempt. What a page sent before a later page kept something is late: a message of a page
/// that is gone, which changes nothing.
fn whole(mut state: ScoState, commit: &Commit, now: Timestamp) -> Result<Applied, CommitRefusal> {
    let at = commit.at.parse::<Timestamp>().map_err(|_| CommitRefusal::Time)?;
    let at = at.min(now).as_millisecond();
    let is_late = |it: &Session| it.id != commit.session && at < it.latest;
    if state.session.as_ref().is_some_and(is_late) {
        return Ok(Applied { answer: json!({}), ..Applied::unchanged(state) });
    }
    let session = state.session.take().filter(|session| session.id == commit.session);
    let mut session =
        session.unwrap_or_else(|| Session { id: commit.session, ..Session::default() });
    if commit.sequence > session.sequence {
        session.sequence = commit.sequence;
        session.latest = session.latest.max(at);
        state.sequencing.clone_from(&commit.sequencing);
        if state.sequencing.as_ref().map_or(0, weight) > STATE {
            return Err(CommitRefusal::StateLarge);
        }
    }
    state.session = Some(session);
    Ok(Applied { answer: json!({}), ..Applied::unchanged(state) })
}

fn begin(launch: &ScoLaunch, state: ScoState, commit: &Commit, now: Timestamp) -> Applied {
    let is_known = state.session.as_ref().is_some_and(|session| session.id == commit.session);
    let entry = match &state.session {
        Some(session) if is_known => session.entry.clone(),
        _ => entry(launch, &state).to_owned(),
    };
    let mut applied =
        close(launch, &state).filter(|_| !is_known).unwrap_or_else(|| Applied::unchanged(state));
    if !is_known {
        let latest = applied.state.session.take().map_or(0, |session| session.latest);
        let opened = now.as_millisecond().max(latest + 1);
        let session = Session {
            id: commit.session,
            entry: entry.clone(),
            opened,
            latest: opened,
            ..Session::default()
        };
        applied.state.session = Some(session);
    }
    let cmi = model(launch, &applied.state, &entry);
    applied.answer = json!({ "status": applied.state.summary(), "cmi": cmi });
    applied
}

/// A commit of the session that is open, at an instant of milliseconds.
fn within(
    launch: &ScoLaunch,
    mut state: ScoState,
    commit: &Commit,
    at: i64,
) -> Result<Applied, CommitRefusal> {
    let before = Outcome::of(launch.is_12(), &state.cmi);
    let counts = launch.mode == LessonMode::Normal;
    let kept = state.cmi.clone();
    if commit.partial {
        merge(&mut state.cmi, commit.cmi.clone());
    } else {
        state.cmi.clone_from(&commit.cmi);
    }
    fits(&state.cmi)?;
    let mut statements = Vec::new();
    let Some(session) = &mut state.session else { return Err(CommitRefusal::NotBegun) };
    session.sequence = commit.sequence;
    if session.begun.is_none() {
        session.begun = Some(at);
        session.latest = at;
        let verb = if session.entry == "resume" { "resumed" } else { "initialized" };
        let speaker = Speaker { launch, session: session.id };
        statements.push(speaker.say(verb, "begun", at, Map::new(), None));
    }
    let at = at.max(session.begun.unwrap_or(at) + 1);
    session.latest = session.latest.max(at);
    if counts {
        decide(launch, &mut state.cmi, commit.terminate);
        let speaker = Speaker { launch, session: session.id };
        let mut saying =
            Saying { speaker, cmi: &state.cmi, sequence: commit.sequence, at, made: Vec::new() };
        saying.changes(&mut state.said);
        statements.append(&mut saying.made);
    }
    if commit.terminate {
        let at = session.latest + i64::from(!statements.is_empty());
        end(launch, &mut state, at, false, &mut statements);
    }
    if !counts {
        state.cmi = kept;
    }
    let after = Outcome::of(launch.is_12(), &state.cmi);
    let is_outcome_changed = after != before;
    let answer = json!({ "status": state.summary() });
    Ok(Applied { state, statements, answer, is_outcome_changed })
}

/// The last word of a session, and its time, which counts once.
fn end(
    launch: &ScoLaunch,
    state: &mut ScoState,
    at: i64,
    is_cut_off: bool,
    statements: &mut Vec<Value>,
) {
    let current = state.current();
    let is_12 = launch.is_12();
    let time = text(&state.cmi, if is_12 { &["core", "session_time"] } else { &["session_time"] });
    let duration = duration(time).filter(|_| hundredths(time) == Some(current));
    let Some(session) = &mut state.session else { return };
    let counts = launch.mode == LessonMode::Normal;
    let mut result = if counts { Outcome::of(is_12, &state.cmi).result() } else { Map::new() };
    result.insert("duration".to_owned(), duration.unwrap_or_else(|| as_duration(current)).into());
    let exit = text(&state.cmi, if is_12 { &["core", "exit"] } else { &["exit"] });
    let verb = if is_cut_off || exit == "suspend" { "suspended" } else { "terminated" };
    session.latest = session.latest.max(at);
    session.has_ended = true;
    let speaker = Speaker { launch, session: session.id };
    statements.push(speaker.say(verb, "ended", session.latest, result, None));
    if counts {
        state.spent = state.spent.saturating_add(current);
    }
}

impl ScoState {
    /// The time of the session that is open, in hundredths of a second: what the SCO says, else from its first word to
    /// its last.
    pub(super) fn current(&self) -> u64 {
        let Some(session) = self.session.as_ref().filter(|session| !session.has_ended) else {
            return 0;
        };
        let Some(begun) = session.begun else { return 0 };
        let said = [text(&self.cmi, &["core", "session_time"]), text(&self.cmi, &["session_time"])];
        // A SCO that says no time leaves the default, which is zero.
        let said = said.into_iter().filter_map(hundredths).find(|time| *time > 0);
        said.unwrap_or_else(|| u64::try_from((session.latest - begun) / 1000).unwrap_or(0) * 100)
    }
}

fn fits(cmi: &Map<String, Value>) -> Result<(), CommitRefusal> {
    if text(cmi, &["suspend_data"]).chars().count() > SUSPEND_DATA {
        return Err(CommitRefusal::SuspendDataLong);
    }
    if entries(cmi.get("interactions")).len() > INTERACTIONS {
        return Err(CommitRefusal::InteractionsMany);
    }
    if entries(cmi.get("comments_from_learner")).len() > COMMENTS {
        return Err(CommitRefusal::CommentsMany);
    }
    if weight(cmi) > STATE {
        return Err(CommitRefusal::StateLarge);
    }
    Ok(())
}
