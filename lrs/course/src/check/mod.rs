//! The faults of meaning of a course file, all of them at once, and the [`Course`] if it has none
//! of form either.
//!
//! A check notes what is wrong and goes on with something harmless in its place; the verdict
//! comes at the end. What was not of the right form has no faults of meaning beside that.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use texts::Message;
use toml::Spanned;

use super::error::{CheckedCourse, CourseError, CourseErrors, NamedPackage};
use super::file::{CertificateText, CourseText, EditionText, Faults, Lines, NamesText, TitlesText};
use super::model::{Certificate, Course, Edition, Names, Outline, Title, Window};

mod activity;
mod date;
mod iri;
mod module;
mod overlap;
mod package;
mod requires;
mod rule;

/// No course lasts longer; a larger number is a slip of the keyboard.
const MOST_HOURS: f64 = 100_000.0;

/// A fortnight.
const AT_RISK_DAYS: u16 = 14;

/// The course of a file, unless reading it found faults or it has others.
pub(super) fn course(
    text: &str,
    file: CourseText,
    faults: Faults,
) -> Result<CheckedCourse, CourseErrors> {
    let editions = file.editions.iter().map(|edition| edition.id.get_ref().clone()).collect();
    let lines = Lines::of(text);
    let (warnings, packages) = (Faults::default(), Vec::new());
    let mut check = FileCheck { text, lines, editions, faults, warnings, packages };
    let (iri, zone) = check.place(&file);
    check.distinct("edition", file.editions.iter().map(|edition| &edition.id));
    check.distinct("module", file.modules.iter().map(|module| &module.id));
    if file.modules.is_empty() {
        check.fault(file.id.span(), Message::new("course-fault-no-module"));
    }
    check.overlaps(&iri, &file.modules);
    check.distinct_keys(&file.modules);
    let ids: Vec<String> = file.modules.iter().map(|m| m.id.get_ref().clone()).collect();
    let window = check.window(file.begins.as_ref(), file.ends.as_ref());
    let outline = Outline {
        title: check.title(file.title),
        hours: check.hours(file.hours.as_ref()),
        hours_per_year: check
            .hours(file.hours_per_year.as_ref())
            .or_else(|| file.territories.hours_per_year()),
        territories: file.territories,
        names: check.names(file.names.unwrap_or_default()),
        window,
        planned: file.planned.map(|it| check.window(Some(&it.begins), Some(&it.ends))),
        at_risk_days: file.at_risk_days.map_or(AT_RISK_DAYS, Spanned::into_inner),
        editions: file.editions.into_iter().map(|edition| check.edition(edition, window)).collect(),
        certificate: file.certificate.map(|certificate| check.certificate(certificate, &ids)),
        id: file.id.into_inner(),
        iri: iri.clone(),
        time_zone: file.time_zone.into_inner(),
    };
    let requires = check.module_requires(&file.modules);
    let modules = file.modules.into_iter().zip(requires);
    let modules =
        modules.map(|(module, requires)| check.module(module, requires, &outline)).collect();
    let packages = std::mem::take(&mut check.packages);
    let warnings = check.verdict()?;
    Ok(CheckedCourse { course: Course::new(outline, zone, modules), warnings, packages })
}

struct FileCheck<'a> {
    text: &'a str,
    lines: Lines<'a>,
    /// The ids of the course's editions.
    editions: HashSet<String>,
    faults: Faults,
    warnings: Faults,
    packages: Vec<NamedPackage>,
}

impl FileCheck<'_> {
    fn fault(&mut self, span: Range<usize>, message: Message) {
        self.faults.note(span, message);
    }

    /// The warnings, unless there are faults.
    fn verdict(self) -> Result<Vec<CourseError>, CourseErrors> {
        let faults = self.faults.in_order(self.text);
        if faults.is_empty() {
            Ok(self.warnings.in_order(self.text))
        } else {
            Err(CourseErrors(faults))
        }
    }

    fn line_of(&self, span: &Range<usize>) -> usize {
        self.lines.line(span.start)
    }

    /// The course's IRI and time zone, after a look at its id.
    fn place(&mut self, file: &CourseText) -> (String, TimeZone) {
        self.id("course", &file.id);
        let iri = file.iri.as_ref().map_or_else(
            || format!("urn:traccia:course:{}", file.id.get_ref()),
            |iri| self.iri("iri", iri.span(), iri.get_ref()),
        );
        (iri, self.time_zone(&file.time_zone))
    }

    fn id(&mut self, what: &str, id: &Spanned<String>) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.get_ref().is_empty() || !id.get_ref().chars().all(allowed) {
            let message = Message::new("course-fault-id").with("thing", what);
            self.fault(id.span(), message.with("id", id.get_ref()));
        }
    }

    /// Notes every id that is there already.
    fn distinct<'i>(&mut self, what: &str, ids: impl Iterator<Item = &'i Spanned<String>>) {
        let mut seen: HashMap<&str, Range<usize>> = HashMap::new();
        for id in ids {
            if let Some(first) = seen.get(id.get_ref().as_str()) {
                let message = Message::new("course-fault-twice").with("thing", what);
                let message = message.with("id", id.get_ref()).with("line", self.line_of(first));
                self.fault(id.span(), message);
            } else {
                seen.insert(id.get_ref(), id.span());
            }
        }
    }

    fn title(&mut self, title: Spanned<BTreeMap<String, String>>) -> Title {
        if title.get_ref().is_empty() {
            let message = Message::new("course-fault-title-none");
            self.fault(title.span(), message.with("example", "{ it = \"…\" }"));
        }
        for (tag, name) in title.get_ref() {
            let is_tag = tag.split('-').all(|part| (1..=8).contains(&part.len()));
            if !is_tag || !tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                self.fault(title.span(), Message::new("course-fault-title-tag").with("tag", tag));
            }
            if name.trim().is_empty() {
                self.fault(title.span(), Message::new("course-fault-title-empty").with("tag", tag));
            }
        }
        Title(title.into_inner())
    }

    fn names(&mut self, names: NamesText) -> Names {
        let mut titles = |texts: TitlesText| {
            texts.0.into_iter().map(|(value, title)| (value, self.title(title))).collect()
        };
        Names { role: titles(names.role), office: titles(names.office) }
    }

    /// Only the zones built into the program count, so that a file means the same everywhere.
    fn time_zone(&mut self, zone: &Spanned<String>) -> TimeZone {
        TimeZoneDatabase::bundled().get(zone.get_ref()).unwrap_or_else(|_| {
            let message = Message::new("course-fault-time-zone").with("zone", zone.get_ref());
            self.fault(zone.span(), message);
            TimeZone::UTC
        })
    }

    fn hours(&mut self, hours: Option<&Spanned<f64>>) -> Option<f64> {
        let hours = hours?;
        if !(0.0..=MOST_HOURS).contains(hours.get_ref()) {
            let message = Message::new("course-fault-hours").with("hours", hours.get_ref());
            self.fault(hours.span(), message.with("most", MOST_HOURS));
        }
        Some(*hours.get_ref())
    }

    fn weight(&mut self, weight: Option<&Spanned<f64>>) -> f64 {
        let Some(weight) = weight else { return 1.0 };
        let value = *weight.get_ref();
        if !(value > 0.0 && value <= 1e6) {
            self.fault(weight.span(), Message::new("course-fault-weight").with("weight", value));
        }
        value
    }

    /// An edition's days replace those of the course; where it gives none, the course's hold.
    fn edition(&mut self, edition: EditionText, course: Window) -> Edition {
        self.id("edition", &edition.id);
        let own = self.window(edition.begins.as_ref(), edition.ends.as_ref());
        let window =
            Window { begins: own.begins.or(course.begins), ends: own.ends.or(course.ends) };
        if let (Some(begin), Some(end)) = (window.begins, window.ends)
            && end < begin
            && (own.begins.is_none() || own.ends.is_none())
        {
            let message = Message::new("course-fault-edition-days").with("end", end);
            self.fault(edition.id.span(), message.with("begin", begin));
        }
        Edition { title: self.title(edition.title), window, id: edition.id.into_inner() }
    }

    fn certificate(&mut self, certificate: CertificateText, ids: &[String]) -> Certificate {
        let all = (0..ids.len()).collect();
        let modules =
            certificate.modules.map_or(all, |named| self.positions("module", &named, ids));
        let score = certificate.score.map(|score| {
            self.score(score.span(), *score.get_ref());
            score.into_inner()
        });
        Certificate {
            modules,
            hours: self.hours(certificate.hours.as_ref()),
            hours_presence: self.hours(certificate.hours_presence.as_ref()),
            score,
            by: certificate.by.as_ref().and_then(|by| self.date(by)),
        }
    }
}
