//! A presence sheet names learners of the list alone, each once, with a time; and it is read alike with a byte order mark.
#![no_main]
#![expect(clippy::expect_used, reason = "a fuzz target fails by panicking")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use course::{LearnerList, PresenceSheet, SessionDay};
use jiff::civil::date;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;

const LEARNERS: &str = "learner,name,identifiers,region\n\
    u1,Maria Rossi,mailto:m@x.example,Lazio\n\
    u2,Nicolò D'Urso,mailto:n@x.example,Puglia\n\
    u3,Maria Rossi,mailto:r@x.example,Puglia\n";

static LIST: LazyLock<LearnerList> =
    LazyLock::new(|| LearnerList::parse(LEARNERS.as_bytes()).expect("a sound list"));

fuzz_target!(|text: &str| {
    let hour = 3_600_000_000;
    let length = Some(4 * hour);
    let day = SessionDay { date: date(2026, 3, 5), time_zone: TimeZone::UTC, length };
    let sheet = PresenceSheet::from_csv(text.as_bytes(), &LIST, &day);
    let marked = format!("\u{feff}{text}");
    if !text.starts_with('\u{feff}') {
        let marked = PresenceSheet::from_csv(marked.as_bytes(), &LIST, &day);
        assert_eq!(marked.ok(), sheet.as_ref().ok().cloned());
    }
    let Ok(sheet) = sheet else { return };
    let known: BTreeSet<&str> = LIST.learners().iter().map(|it| it.id.as_str()).collect();
    let named = sheet.entries.iter().map(|it| &it.learner).chain(&sheet.absent);
    let named: Vec<&str> = named.map(String::as_str).collect();
    let each: BTreeSet<&str> = named.iter().copied().collect();
    assert!(each.is_subset(&known) && each.len() == named.len(), "{named:?}");
    assert!(sheet.entries.iter().all(|it| (1..=24 * hour).contains(&it.micros)), "{sheet:?}");
});
