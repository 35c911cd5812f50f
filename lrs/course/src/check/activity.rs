//! One activity of a course file: online, or an event.

use toml::Spanned;

use super::Check;
use super::rule::Asked;
use crate::file::{ActivityText, EventText, SessionText};
use crate::model::{Activity, Credit, Form, Outline, Selection, Session};

/// Why the hours of a SCORM package of Moodle stay 0.
const SCORM_TIME: &str = "Moodle's log store plugin tells no duration of SCORM packages, so that \
    measured hours stay 0: give the activity `hours` and credit = \"nominal\", or write credit = \
    \"measured\" where another player reports the time";

/// Whether Moodle shows a SCORM package under one of the IRIs.
fn is_of_moodles_scorm(selection: &Selection) -> bool {
    let Selection { ids, prefixes, within, package: _ } = selection;
    ids.iter().chain(prefixes).chain(within).any(|iri| iri.contains("/mod/scorm/"))
}

impl Check<'_> {
    pub(super) fn activity(
        &mut self,
        activity: Spanned<ActivityText>,
        key: String,
        requires: Vec<usize>,
    ) -> Activity {
        let span = activity.span();
        let mut text = activity.into_inner();
        let package = self.package(&mut text);
        let place = text.id.as_ref().or(text.within.as_ref()).or(text.prefix.as_ref());
        let place = place.map_or_else(|| span.clone(), Spanned::span);
        if text.id.is_none() && text.prefix.is_none() && text.within.is_none() {
            let message = "the activity has neither id nor prefix nor within: give the IRI its \
                           statements have as object, or what such IRIs begin with, or what they \
                           stand in";
            self.fault(span, message.into());
        }
        if let Some(key) = &text.key {
            self.id("activity", key);
        }
        let hours = self.hours(text.hours.as_ref());
        if let Some(credit) = &text.credit
            && *credit.get_ref() == Credit::Nominal
            && hours.is_none()
        {
            let message = "credit = \"nominal\" counts the activity's hours: write hours too";
            self.fault(credit.span(), message.into());
        }
        let selection = Selection {
            ids: self.iris("id", text.id),
            prefixes: self.iris("prefix", text.prefix),
            within: self.iris("within", text.within),
            package,
        };
        if text.credit.is_none() && is_of_moodles_scorm(&selection) {
            self.warnings.note(place, SCORM_TIME.into());
        }
        Activity {
            key,
            selection,
            title: text.title.map(|title| self.title(title)),
            kind: text.kind.map_or_else(|| "online".to_owned(), |kind| self.kind(kind)),
            hours,
            weight: self.weight(text.weight.as_ref()),
            requires,
            window: self.window(text.begins.as_ref(), text.ends.as_ref()),
            complete_when: self.activity_rule(text.complete_when, &Asked { event: false, hours }),
            form: Form::Online {
                credit: text.credit.map(Spanned::into_inner).unwrap_or_default(),
                score: text.score.unwrap_or_default(),
                assessment: text.assessment,
            },
        }
    }

    pub(super) fn event(
        &mut self,
        event: EventText,
        requires: Vec<usize>,
        outline: &Outline,
    ) -> Activity {
        self.id("event", &event.key);
        self.distinct("session", event.sessions.iter().map(|session| &session.id));
        let is_held = !event.sessions.is_empty()
            || event.id.is_some()
            || event.prefix.is_some()
            || event.within.is_some();
        if !is_held {
            let message = format!(
                "event `{}` is never held: add a [[module.event.session]] with its date, or the \
                 id under which a platform reports it",
                event.key.get_ref()
            );
            self.fault(event.key.span(), message);
        }
        let hours = self.hours(event.hours.as_ref());
        let base = format!("{}/events/{}", outline.iri, event.key.get_ref());
        let sessions: Vec<Session> =
            event.sessions.into_iter().map(|session| self.session(session, &base)).collect();
        let mut ids = self.iris("id", event.id);
        ids.extend(sessions.iter().map(|session| session.object.clone()));
        Activity {
            selection: Selection {
                ids,
                prefixes: self.iris("prefix", event.prefix),
                within: self.iris("within", event.within),
                package: None,
            },
            title: Some(self.title(event.title)),
            kind: self.kind(event.kind),
            hours,
            weight: self.weight(event.weight.as_ref()),
            requires,
            window: self.window(event.begins.as_ref(), event.ends.as_ref()),
            complete_when: self.activity_rule(event.complete_when, &Asked { event: true, hours }),
            form: Form::Event { mode: event.mode.unwrap_or_default(), sessions },
            key: event.key.into_inner(),
        }
    }

    fn session(&mut self, session: SessionText, base: &str) -> Session {
        self.id("session", &session.id);
        let date = self.date(&session.date).unwrap_or_default();
        let from = session.from.as_ref().and_then(|time| self.time(time));
        let to = session.to.as_ref().and_then(|time| self.time(time));
        if session.from.is_some() != session.to.is_some() {
            let message = "a session has both from and to, or neither: add the other one";
            self.fault(session.id.span(), message.into());
        }
        let times = from.zip(to);
        if let (Some((from, to)), Some(place)) = (times, &session.to)
            && to <= from
        {
            let message = format!("it ends at {to}, not after it begins at {from}: swap them");
            self.fault(place.span(), message);
        }
        let object = match &session.object {
            Some(object) => self.iri("object", object.span(), object.get_ref()),
            None => format!("{base}/{}", session.id.get_ref()),
        };
        Session {
            id: session.id.into_inner(),
            object,
            date,
            times,
            place: session.place,
            region: session.region,
        }
    }

    /// A word that reports can group by.
    fn kind(&mut self, kind: Spanned<String>) -> String {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if kind.get_ref().is_empty() || !kind.get_ref().chars().all(allowed) {
            let message = format!(
                "the kind `{}` is a word of reports: use small letters a-z, digits and `_`, such \
                 as seminar or study_visit",
                kind.get_ref()
            );
            self.fault(kind.span(), message);
        }
        kind.into_inner()
    }
}
