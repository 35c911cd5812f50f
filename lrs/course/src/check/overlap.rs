//! That a statement can count for one activity only: no IRI, prefix or context twice.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use texts::Message;
use toml::Spanned;

use super::{FileCheck, package};
use crate::file::{EventText, ModuleText, OneOrMany};

/// A text of the file that selects statements, and which activity it is of.
struct Named<'f> {
    text: Cow<'f, str>,
    span: Range<usize>,
    activity: usize,
}

impl FileCheck<'_> {
    /// Across modules too. `iri` is the course's, from which sessions without an object take theirs.
    pub(super) fn overlaps(&mut self, iri: &str, modules: &[ModuleText]) {
        let (mut ids, mut prefixes, mut within) = (Vec::new(), Vec::new(), Vec::new());
        let mut activity = 0;
        for module in modules {
            for online in module.activities.iter().map(Spanned::get_ref) {
                add(&mut ids, online.id.as_ref(), activity);
                add(&mut prefixes, online.prefix.as_ref(), activity);
                add(&mut within, online.within.as_ref(), activity);
                add_package(&mut prefixes, online.package.as_ref(), activity);
                activity += 1;
            }
            for event in module.events.iter().map(Spanned::get_ref) {
                add(&mut ids, event.id.as_ref(), activity);
                add(&mut prefixes, event.prefix.as_ref(), activity);
                add(&mut within, event.within.as_ref(), activity);
                add_sessions(&mut ids, event, iri, activity);
                activity += 1;
            }
        }
        self.twice("id", &ids);
        self.twice("within", &within);
        self.prefixes(&prefixes);
    }

    fn twice(&mut self, what: &str, all: &[Named<'_>]) {
        let mut seen: HashMap<&str, &Named<'_>> = HashMap::new();
        for named in all {
            match seen.get(&*named.text) {
                Some(first) => {
                    let message = Message::new("course-fault-activity-twice").with("what", what);
                    let message = message.with("text", &named.text);
                    let message = message.with("line", self.line_of(&first.span));
                    self.fault(named.span.clone(), message);
                }
                None => drop(seen.insert(&named.text, named)),
            }
        }
    }

    /// Each prefix that begins with another one is told once. Sorted, those with which it begins
    /// stand before it, the longest last.
    fn prefixes(&mut self, all: &[Named<'_>]) {
        let mut sorted: Vec<&Named<'_>> = all.iter().collect();
        sorted.sort_by_key(|named| (&named.text, named.span.start));
        // Those with which the present one begins, each with the last before it of another activity.
        let mut open: Vec<(&Named<'_>, Option<&Named<'_>>)> = Vec::new();
        for longer in sorted {
            while open.pop_if(|(shorter, _)| !longer.text.starts_with(&*shorter.text)).is_some() {}
            let before = open.last().map(|(last, of_another)| {
                let differs = last.activity != longer.activity;
                (*last, if differs { Some(*last) } else { *of_another })
            });
            let (same, of_another) = before.map_or((None, None), |(last, of_another)| {
                (Some(last).filter(|last| last.text == longer.text), of_another)
            });
            if let Some(shorter) = same.or(of_another) {
                self.overlap(shorter, longer);
            }
            open.push((longer, of_another));
        }
    }

    fn overlap(&mut self, shorter: &Named<'_>, longer: &Named<'_>) {
        let line = self.line_of(&shorter.span);
        let message = if longer.text == shorter.text {
            Message::new("course-fault-prefix-twice")
        } else {
            Message::new("course-fault-prefixes").with("shorter", &shorter.text)
        };
        self.fault(longer.span.clone(), message.with("prefix", &longer.text).with("line", line));
    }
}

fn add<'f>(list: &mut Vec<Named<'f>>, texts: Option<&'f Spanned<OneOrMany>>, activity: usize) {
    let Some(texts) = texts else { return };
    let span = texts.span();
    let named = |text: &'f String| Named { text: text.into(), span: span.clone(), activity };
    match texts.get_ref() {
        OneOrMany::One(text) => list.push(named(text)),
        OneOrMany::Many(texts) => list.extend(texts.iter().map(named)),
    }
}

/// The package of an activity: its prefix alone, for two of one prefix have one fault and not two.
fn add_package<'f>(list: &mut Vec<Named<'f>>, name: Option<&'f Spanned<String>>, activity: usize) {
    let Some(name) = name else { return };
    let text = package::below(name.get_ref()).into();
    list.push(Named { text, span: name.span(), activity });
}

/// The objects of an event's sessions. Two of one id have another fault.
fn add_sessions<'f>(
    list: &mut Vec<Named<'f>>,
    event: &'f EventText,
    course: &str,
    activity: usize,
) {
    let mut ids = HashSet::new();
    for session in &event.sessions {
        if let Some(object) = &session.object {
            list.push(Named { text: object.get_ref().into(), span: object.span(), activity });
        } else if ids.insert(session.id.get_ref()) {
            let text = format!("{course}/events/{}/{}", event.key.get_ref(), session.id.get_ref());
            list.push(Named { text: text.into(), span: session.id.span(), activity });
        }
    }
}
