//! One module of a course file.

use std::collections::HashMap;
use std::ops::Range;

use texts::Message;
use toml::Spanned;

use super::{FileCheck, package};
use crate::file::{ActivityText, EventText, ModuleText, OneOrMany};
use crate::model::{Activity, Audience, Module, Outline};

impl FileCheck<'_> {
    pub(super) fn module(
        &mut self,
        module: ModuleText,
        requires: Vec<usize>,
        outline: &Outline,
    ) -> Module {
        self.id("module", &module.id);
        if module.activities.is_empty() && module.events.is_empty() {
            let message =
                Message::new("course-fault-no-activity").with("module", module.id.get_ref());
            self.fault(module.id.span(), message);
        }
        let keys = keys(&module);
        let requires_of = self.activity_requires(&module, &keys);
        let count = keys.len();
        let online = module.activities.into_iter().map(Parsed::Online);
        let all = online.chain(module.events.into_iter().map(Parsed::Event));
        let activities =
            all.zip(requires_of).zip(keys).map(|((parsed, requires), (key, _))| match parsed {
                Parsed::Online(activity) => self.activity(activity, key, requires),
                Parsed::Event(event) => self.event(event.into_inner(), requires, outline),
            });
        let activities: Vec<Activity> = activities.collect();
        Module {
            title: self.title(module.title),
            hours: self.hours(module.hours.as_ref()),
            weight: self.weight(module.weight.as_ref()),
            requires,
            audience: self.audience(module.audience),
            complete_when: self.module_rule(module.complete_when, count),
            activities,
            id: module.id.into_inner(),
        }
    }

    fn activity_requires(
        &mut self,
        module: &ModuleText,
        keys: &[(String, Range<usize>)],
    ) -> Vec<Vec<usize>> {
        let online = module.activities.iter().map(|a| a.get_ref().requires.as_slice());
        let events = module.events.iter().map(|e| e.get_ref().requires.as_slice());
        let named: Vec<&[Spanned<String>]> = online.chain(events).collect();
        let keys: Vec<String> = keys.iter().map(|(key, _)| key.clone()).collect();
        self.requires("activity", &keys, &named)
    }

    /// Activities are told apart by their keys; those that take theirs from an IRI are told
    /// apart by it, which another check sees to.
    pub(super) fn distinct_keys(&mut self, modules: &[ModuleText]) {
        let mut seen: HashMap<String, Range<usize>> = HashMap::new();
        for (key, span) in modules.iter().flat_map(keys) {
            match seen.get(&key) {
                // One that is empty has a fault of its own.
                Some(first) if !key.is_empty() && !key.contains(':') => {
                    let line = self.line_of(first);
                    let message = Message::new("course-fault-key-twice").with("key", key);
                    self.fault(span, message.with("line", line));
                }
                _ => drop(seen.insert(key, span)),
            }
        }
    }

    fn audience(&mut self, audience: Option<Spanned<Audience>>) -> Audience {
        let Some(audience) = audience else { return Audience::default() };
        let span = audience.span();
        let audience = audience.into_inner();
        for edition in &audience.edition {
            if !self.editions.contains(edition) {
                let message = Message::new("course-fault-no-edition").with("edition", edition);
                self.fault(span.clone(), message);
            }
        }
        audience
    }
}

enum Parsed {
    Online(Spanned<ActivityText>),
    Event(Spanned<EventText>),
}

/// The keys of a module's activities in order, each with where it stands.
fn keys(module: &ModuleText) -> Vec<(String, Range<usize>)> {
    let online = module.activities.iter().map(key);
    let events = module.events.iter().map(|event| {
        let key = &event.get_ref().key;
        (key.get_ref().clone(), key.span())
    });
    online.chain(events).collect()
}

/// The activity's own key, else its first IRI with what it is.
fn key(activity: &Spanned<ActivityText>) -> (String, Range<usize>) {
    let first = |iris: &Spanned<OneOrMany>| match iris.get_ref() {
        OneOrMany::One(iri) => iri.clone(),
        OneOrMany::Many(iris) => iris.first().cloned().unwrap_or_default(),
    };
    let text = activity.get_ref();
    if let Some(key) = &text.key {
        return (key.get_ref().clone(), key.span());
    }
    if let Some(package) = &text.package {
        return (package::iri_of(package.get_ref()), package.span());
    }
    let by_id = text.id.as_ref().map(&first);
    let by_prefix = || text.prefix.as_ref().map(|prefix| format!("prefix {}", first(prefix)));
    let by_context = || text.within.as_ref().map(|within| format!("within {}", first(within)));
    (by_id.or_else(by_prefix).or_else(by_context).unwrap_or_default(), activity.span())
}
