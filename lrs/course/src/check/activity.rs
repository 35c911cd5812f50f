//! One activity of a course file: online, or an event.

use texts::Message;
use toml::Spanned;

use super::FileCheck;
use super::rule::RuleLimits;
use crate::file::{ActivityText, EventText, SessionText};
use crate::model::{Activity, Credit, Form, Outline, Selectors, Session};

/// Whether Moodle shows a SCORM package under one of the IRIs. Below `view.php?id=77/` lies only what the package itself
/// reports, and that with its time.
fn is_of_moodles_scorm(selection: &Selectors) -> bool {
    let Selectors { ids, prefixes, within, package: _ } = selection;
    let is_moodles = |iri: &String| {
        let page = iri.split_once("/mod/scorm/").map(|(_, page)| page);
        page.is_some_and(|page| !page.split_once('?').is_some_and(|(_, query)| query.contains('/')))
    };
    ids.iter().chain(prefixes).chain(within).any(is_moodles)
}

impl FileCheck<'_> {
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
            self.fault(span, Message::new("course-fault-activity-nowhere"));
        }
        if let Some(key) = &text.key {
            self.id("activity", key);
        }
        let hours = self.hours(text.hours.as_ref());
        if let Some(credit) = &text.credit
            && *credit.get_ref() == Credit::Nominal
            && hours.is_none()
        {
            self.fault(credit.span(), Message::new("course-fault-nominal-hours"));
        }
        let selection = Selectors {
            ids: self.iris("id", text.id),
            prefixes: self.iris("prefix", text.prefix),
            within: self.iris("within", text.within),
            package,
        };
        if text.credit.is_none() && is_of_moodles_scorm(&selection) {
            self.warnings.note(place, Message::new("course-warning-scorm-time"));
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
            complete_when: self
                .activity_rule(text.complete_when, &RuleLimits { event: false, hours }),
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
            let message =
                Message::new("course-fault-event-never").with("event", event.key.get_ref());
            self.fault(event.key.span(), message);
        }
        let hours = self.hours(event.hours.as_ref());
        let base = format!("{}/events/{}", outline.iri, event.key.get_ref());
        let sessions: Vec<Session> =
            event.sessions.into_iter().map(|session| self.session(session, &base)).collect();
        let mut ids = self.iris("id", event.id);
        ids.extend(sessions.iter().map(|session| session.object.clone()));
        Activity {
            selection: Selectors {
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
            complete_when: self
                .activity_rule(event.complete_when, &RuleLimits { event: true, hours }),
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
            self.fault(session.id.span(), Message::new("course-fault-session-one-time"));
        }
        let times = from.zip(to);
        if let (Some((from, to)), Some(place)) = (times, &session.to)
            && to <= from
        {
            let message = Message::new("course-fault-session-times").with("to", to);
            self.fault(place.span(), message.with("from", from));
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
            self.fault(kind.span(), Message::new("course-fault-kind").with("kind", kind.get_ref()));
        }
        kind.into_inner()
    }
}
