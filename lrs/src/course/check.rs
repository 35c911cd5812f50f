//! The faults of meaning of a course file, all of them at once, and the [`Course`] if none.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use jiff::tz::TimeZoneDatabase;
use toml::Spanned;

use super::error::CourseErrors;
use super::file::{ActivityText, CourseText, ModuleText, fault_at};
use super::model::{Activity, ActivityRule, Course, Module, ModuleRule, Selector, Title};

/// No course lasts longer; a larger number is a slip of the keyboard.
const MOST_HOURS: f64 = 100_000.0;

/// The course of a file whose form is right.
pub(super) fn course(text: &str, file: CourseText) -> Result<Course, CourseErrors> {
    let mut check = Check { text, faults: Vec::new() };
    check.id("course", &file.id);
    let title = check.title(file.title);
    check.time_zone(&file.time_zone);
    let hours = check.hours(file.hours);
    if file.modules.is_empty() {
        check.fault(file.id.span(), "the course has no module: add a [[module]] table".into());
    }
    check.distinct_modules(&file.modules);
    check.distinct_activities(&file.modules);
    let modules = file.modules.into_iter().map(|module| check.module(module)).collect();
    check.verdict()?;
    let (id, time_zone) = (file.id.into_inner(), file.time_zone.into_inner());
    Ok(Course::new(id, title, time_zone, hours, modules))
}

struct Check<'a> {
    text: &'a str,
    faults: Vec<(usize, String)>,
}

impl Check<'_> {
    fn fault(&mut self, span: Range<usize>, message: String) {
        self.faults.push((span.start, message));
    }

    fn verdict(mut self) -> Result<(), CourseErrors> {
        if self.faults.is_empty() {
            return Ok(());
        }
        self.faults.sort_by_key(|(offset, _)| *offset);
        let text = self.text;
        let faults = self.faults.into_iter();
        Err(CourseErrors(faults.map(|(offset, message)| fault_at(text, offset, message)).collect()))
    }

    fn line_of(&self, span: &Range<usize>) -> usize {
        fault_at(self.text, span.start, String::new()).line
    }

    fn id(&mut self, what: &str, id: &Spanned<String>) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.get_ref().is_empty() || !id.get_ref().chars().all(allowed) {
            let message = format!(
                "the {what} id `{}` stands in addresses: use letters a-z, digits, `-`, `_` and `.`",
                id.get_ref()
            );
            self.fault(id.span(), message);
        }
    }

    fn title(&mut self, title: Spanned<BTreeMap<String, String>>) -> Title {
        if title.get_ref().is_empty() {
            self.fault(title.span(), "the title is empty: write { it = \"…\" }".into());
        }
        for (tag, name) in title.get_ref() {
            let is_tag = tag.split('-').all(|part| (1..=8).contains(&part.len()));
            if !is_tag || !tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                let message = format!("`{tag}` is not a language tag: write `it`, `en`, `de-IT` …");
                self.fault(title.span(), message);
            }
            if name.trim().is_empty() {
                let message =
                    format!("the title in `{tag}` is empty: write it, or leave `{tag}` out");
                self.fault(title.span(), message);
            }
        }
        Title(title.into_inner())
    }

    /// Only the zones built into the program count, so that a file means the same everywhere.
    fn time_zone(&mut self, zone: &Spanned<String>) {
        if TimeZoneDatabase::bundled().get(zone.get_ref()).is_err() {
            let message = format!(
                "`{}` is not a time zone: write an IANA name such as \"Europe/Rome\"",
                zone.get_ref()
            );
            self.fault(zone.span(), message);
        }
    }

    fn hours(&mut self, hours: Option<Spanned<f64>>) -> Option<f64> {
        let hours = hours?;
        if !(0.0..=MOST_HOURS).contains(hours.get_ref()) {
            let message =
                format!("hours = {} is out of range: write 0 to {MOST_HOURS}", hours.get_ref());
            self.fault(hours.span(), message);
        }
        Some(hours.into_inner())
    }

    fn distinct_modules(&mut self, modules: &[ModuleText]) {
        let mut seen: HashMap<&str, Range<usize>> = HashMap::new();
        for module in modules {
            if let Some(first) = seen.get(module.id.get_ref().as_str()) {
                let message = format!(
                    "module `{}` is already on line {}: give each module an id of its own",
                    module.id.get_ref(),
                    self.line_of(first)
                );
                self.fault(module.id.span(), message);
            } else {
                seen.insert(module.id.get_ref(), module.id.span());
            }
        }
    }

    /// Across modules too: an object counts for one activity of the course.
    fn distinct_activities(&mut self, modules: &[ModuleText]) {
        let mut seen: HashMap<(bool, &str), Range<usize>> = HashMap::new();
        for activity in modules.iter().flat_map(|module| &module.activities) {
            let activity = activity.get_ref();
            let names = [(false, &activity.id), (true, &activity.prefix)];
            for (is_prefix, name) in names {
                let Some(name) = name else { continue };
                let key = (is_prefix, name.get_ref().as_str());
                if let Some(first) = seen.get(&key) {
                    let what = if is_prefix { "prefix" } else { "id" };
                    let message = format!(
                        "the activity with {what} `{}` is already on line {}: remove one of them",
                        name.get_ref(),
                        self.line_of(first)
                    );
                    self.fault(name.span(), message);
                } else {
                    seen.insert(key, name.span());
                }
            }
        }
    }

    fn module(&mut self, module: ModuleText) -> Module {
        self.id("module", &module.id);
        let count = module.activities.len();
        if count == 0 {
            let message = format!(
                "module `{}` has no activity: add a [[module.activity]] with an id or a prefix",
                module.id.get_ref()
            );
            self.fault(module.id.span(), message);
        }
        if let Some(rule) = &module.complete_when
            && let ModuleRule::AtLeast(n) = *rule.get_ref()
            && !(1..=count.max(1)).contains(&n)
        {
            let message = format!(
                "at_least = {n}, but the module has {count} activities: write 1 to {count}"
            );
            self.fault(rule.span(), message);
        }
        Module {
            title: self.title(module.title),
            hours: self.hours(module.hours),
            complete_when: module.complete_when.map(Spanned::into_inner).unwrap_or_default(),
            activities: module.activities.into_iter().filter_map(|a| self.activity(a)).collect(),
            id: module.id.into_inner(),
        }
    }

    fn activity(&mut self, activity: Spanned<ActivityText>) -> Option<Activity> {
        let span = activity.span();
        let activity = activity.into_inner();
        let title = activity.title.map(|title| self.title(title));
        let hours = self.hours(activity.hours);
        let complete_when = self.activity_rule(activity.complete_when);
        let selector = match (activity.id, activity.prefix) {
            (Some(id), None) => Selector::Id(self.iri("id", id)),
            (None, Some(prefix)) => Selector::Prefix(self.iri("prefix", prefix)),
            (Some(_), Some(prefix)) => {
                let message = "an activity has an id or a prefix, not both: make it two activities";
                self.fault(prefix.span(), message.into());
                return None;
            }
            (None, None) => {
                let message = "the activity has neither id nor prefix: give the IRI its statements \
                               have as object, or what such IRIs begin with";
                self.fault(span, message.into());
                return None;
            }
        };
        let key = selector.key();
        Some(Activity { selector, complete_when, title, hours, key })
    }

    fn activity_rule(&mut self, rule: Option<Spanned<ActivityRule>>) -> ActivityRule {
        let Some(rule) = rule else {
            return ActivityRule::default();
        };
        if let ActivityRule::Score(score) = *rule.get_ref()
            && !(-1.0..=1.0).contains(&score)
        {
            let message = format!("score = {score} is a scaled score: write -1 to 1, such as 0.6");
            self.fault(rule.span(), message);
        }
        rule.into_inner()
    }

    /// Only what would never match is refused: the grammar of IRIs is the validator's concern.
    fn iri(&mut self, what: &str, iri: Spanned<String>) -> String {
        let text = iri.get_ref();
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if !is_scheme || text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
        {
            let message = format!(
                "the {what} `{text}` is not an IRI: write it whole, such as https://…, without spaces"
            );
            self.fault(iri.span(), message);
        }
        iri.into_inner()
    }
}
