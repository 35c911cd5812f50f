//! Changes of course files that leave all else of the text alone.

use std::collections::BTreeMap;

use crate::{Course, EditError, Title, with_activity};

/// As authors write: comments everywhere, odd spaces, tables out of order.
const FILE: &str = r#"# Our course
id   = 'c'   # its id
title = { it = "Corso" }
time_zone = "Europe/Rome"

# The first
[[module]]
  id = "m1"
  title = { it = "Uno" }

  [[module.activity]]   # the first one
  id = ["https://x.example/1",
        "https://x.example/1b", ]

[[module.event]]
key = "e"
title = { it = "E" }
kind = "seminar"
[[module.event.session]]
id = "s"
date = 2026-03-05
from = 09:00:00
to = 13:00:00

# The second
[[module]]
id = "m2"
title = { it = "Due" }
[[module.activity]]
id = "https://x.example/2"
# the end"#;

const NEW: &str = "https://x.example/new?a=1&b='2'";

fn title() -> Title {
    Title(BTreeMap::from([("it".into(), "Nuovo \"quiz\"".into()), ("en".into(), "New".into())]))
}

/// What was put in, where all else is as before.
fn put_in(before: &str, after: &str) -> String {
    let begin = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let end = after.len() - (before.len() - begin);
    assert_eq!([&after[..begin], &after[end..]].concat(), before, "{after}");
    after[begin..end].to_owned()
}

#[test]
fn one_activity_is_put_in_and_nothing_else_is_touched() {
    for (module, place) in [("m1", 0), ("m2", 1)] {
        let new = with_activity(FILE, module, NEW, Some(&title())).unwrap();
        let text = put_in(FILE, &new);
        assert!(text.contains(NEW) && text.matches(" = ").count() >= 2, "{text}");
        let course = Course::parse(&new).unwrap();
        let before = Course::parse(FILE).unwrap();
        let module = &course.modules()[place];
        let place = course.place_of(NEW, &[], &[]).unwrap();
        assert_eq!(course.at(place).unwrap().0.id, module.id);
        let (_, activity) = course.at(place).unwrap();
        assert_eq!(activity.title, Some(title()));
        let count = |course: &Course| course.activities().count();
        assert_eq!(count(&course), count(&before) + 1);
    }
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_stay() {
    let windows = format!("\u{feff}{}", FILE.replace('\n', "\r\n"));
    let new = with_activity(&windows, "m1", NEW, None).unwrap();
    let text = put_in(&windows, &new);
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");
    assert!(Course::parse(&new).is_ok());
}

#[test]
fn a_module_with_events_alone_gets_its_first_activity() {
    let file = FILE.replacen("  [[module.activity]]", "  [[module.x]]", 1);
    let begin = file.find("  [[module.x]]").unwrap();
    let end = file.find("[[module.event]]").unwrap();
    let file = [&file[..begin], &file[end..]].concat();
    let new = with_activity(&file, "m1", NEW, None).unwrap();
    put_in(&file, &new);
    let course = Course::parse(&new).unwrap();
    assert_eq!(course.place_of(NEW, &[], &[]).unwrap().module, 0, "{new}");
}

#[test]
fn what_cannot_be_changed_alone_is_not_changed() {
    let add = |file: &str, module: &str| with_activity(file, module, NEW, None).err();
    assert_eq!(add(FILE, "m3"), Some(EditError::NoModule));
    assert_eq!(add("id = 'c'", "m1"), Some(EditError::NoModule));
    let inline = "module = [{ id = 'm1', activity = [{ id = 'https://x.example/1' }] }]";
    assert_eq!(add(inline, "m1"), Some(EditError::NotEditable));
    assert_eq!(add("= no toml", "m1"), Some(EditError::NotEditable));
}
