//! Holds the table of who may use whom, and the budgets of size, over the source tree; and proves that it can fail.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use e2e::source::{File, tree};

const MEMBERS: [&str; 5] = ["validator", "lrs", "conformance", "tests", "docker"];
const USE_CASES: [&str; 6] =
    ["lrs::record", "lrs::progress", "lrs::package", "lrs::export", "lrs::relay", "lrs::transfer"];
const OUTSIDE: [&str; 4] = ["lrs::http", "lrs::cli", "lrs::config", "lrs::app"];
const DRIVERS: [&str; 2] = ["rusqlite", "mongodb"];
const ENGINES: [&str; 2] = ["lrs::store::sqlite", "lrs::store::mongo"];
const CLOCK: [&str; 4] =
    ["std::time::SystemTime", "std::time::Instant", "jiff::Timestamp::now", "jiff::Zoned::now"];

const WALL_CLOCK: [&str; 3] = ["std::time::SystemTime", "jiff::Timestamp::now", "jiff::Zoned::now"];

/// One row of the table: files under these places, with exceptions, never name these paths.
struct Row {
    places: Vec<&'static str>,
    except: Vec<&'static str>,
    never: Vec<&'static str>,
}

fn row(places: &[&'static str], except: &[&'static str], never: &[&[&'static str]]) -> Row {
    Row { places: places.to_vec(), except: except.to_vec(), never: never.concat() }
}

fn table() -> Vec<Row> {
    [members(), vocabularies(), inside_the_server()].into_iter().flatten().collect()
}

fn members() -> Vec<Row> {
    let spared = ["validator/src/bin/", "validator/src/main.rs"];
    let outer = ["tokio", "std::fs", "std::net", "axum", "reqwest"];
    vec![
        row(&["validator/src/"], &spared, &[&outer, &CLOCK]),
        row(&["lrs/package/src/"], &[], &[&outer, &CLOCK, &["lrs", "validator"]]),
        row(&["validator/"], &[], &[&["lrs", "conformance", "e2e"]]),
        row(&["conformance/"], &[], &[&["lrs", "validator", "e2e", "axum", "hyper"], &DRIVERS]),
        // The library waits and counts, but nobody there asks what time it is.
        row(&["conformance/src/"], &["conformance/src/main.rs"], &[&WALL_CLOCK]),
        row(&["lrs/"], &[], &[&["conformance", "e2e"]]),
        row(&["tests/"], &["tests/load/"], &[&["lrs", "validator"], &DRIVERS]),
        // Measures the validator against a bare parser and the store against bare SQLite, and looks at what
        // the engines have kept.
        row(&["tests/load/"], &[], &[&["lrs"]]),
    ]
}

fn vocabularies() -> Vec<Row> {
    let all = ["lrs/src/xapi/", "lrs/src/course/", "lrs/src/access/"];
    let outer = ["axum", "tokio", "reqwest", "std::fs", "std::net", "lrs::store"];
    vec![
        row(&all, &[], &[&outer, &CLOCK, &DRIVERS, &USE_CASES, &OUTSIDE]),
        row(&["lrs/src/xapi/"], &[], &[&["lrs::course", "lrs::access"]]),
        row(&["lrs/src/access/"], &[], &[&["lrs::course"]]),
        row(&["lrs/src/course/"], &[], &[&["lrs::access"]]),
    ]
}

fn inside_the_server() -> Vec<Row> {
    let use_cases: Vec<&'static str> = vec![
        "lrs/src/record/",
        "lrs/src/progress/",
        "lrs/src/transfer/",
        "lrs/src/package/",
        "lrs/src/export/",
        "lrs/src/relay/",
    ];
    let web = ["axum", "axum_extra", "utoipa_axum"];
    vec![
        row(&["lrs/src/store/"], &[], &[&USE_CASES, &OUTSIDE]),
        row(&["lrs/src/"], &["lrs/src/store/sqlite/"], &[&["rusqlite"]]),
        row(&["lrs/src/"], &["lrs/src/store/mongo/"], &[&["mongodb"]]),
        row(&["lrs/src/store/sqlite/"], &[], &[&["lrs::store::mongo"]]),
        row(&["lrs/src/store/mongo/"], &[], &[&["lrs::store::sqlite"]]),
        row(&use_cases, &[], &[&ENGINES, &OUTSIDE]),
        row(&["lrs/src/http/"], &[], &[&ENGINES, &["lrs::cli", "lrs::app"]]),
        row(&["lrs/src/"], &["lrs/src/http/"], &[&web]),
    ]
}

/// Every breach of the table, as `file names path`.
fn breaches(files: &[File]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for row in table() {
        let lies = |file: &File, places: &[&str]| {
            places.iter().any(|place| {
                file.path.starts_with(place)
                    || file.path == format!("{}.rs", place.trim_end_matches('/'))
            })
        };
        for file in files.iter().filter(|file| lies(file, &row.places)) {
            if lies(file, &row.except) {
                continue;
            }
            for path in file.paths() {
                if row.never.iter().any(|never| is_below(&path, never)) {
                    found.insert(format!("{} names {path}", file.path));
                }
            }
        }
    }
    found.into_iter().collect()
}

fn is_below(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// A circle among the top-level modules of `lrs`, if there is one.
fn circle(files: &[File]) -> Option<Vec<String>> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.path.starts_with("lrs/src/")) {
        let Some(from) = file.module().get(1).cloned() else {
            continue;
        };
        for path in file.paths() {
            let mut steps = path.split("::");
            if steps.next() == Some("lrs")
                && let Some(to) = steps.next().filter(|to| *to != from)
            {
                uses.entry(from.clone()).or_default().insert(to.to_owned());
            }
        }
    }
    let modules: Vec<String> = uses.keys().cloned().collect();
    modules.iter().find_map(|start| walk(&uses, start, &mut vec![start.clone()]))
}

fn walk(
    uses: &BTreeMap<String, BTreeSet<String>>,
    at: &str,
    way: &mut Vec<String>,
) -> Option<Vec<String>> {
    for next in uses.get(at).into_iter().flatten() {
        if way.first() == Some(next) {
            return Some(way.clone());
        }
        if !way.contains(next) && uses.contains_key(next) {
            way.push(next.clone());
            if let Some(found) = walk(uses, next, way) {
                return Some(found);
            }
            way.pop();
        }
    }
    None
}

/// Median and 95th percentile of the files' code lines.
fn sizes(files: &[File]) -> (usize, usize) {
    let mut lines: Vec<usize> = files.iter().map(File::code_lines).collect();
    lines.sort_unstable();
    let at = |part: usize| lines.get((lines.len() * part / 100).min(lines.len() - 1)).copied();
    (at(50).unwrap_or_default(), at(95).unwrap_or_default())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").into()
}

fn sources() -> Vec<File> {
    let files = tree(&root(), &MEMBERS);
    assert!(files.iter().any(|file| file.path == "lrs/src/lib.rs"), "the tree is found");
    files
}

#[test]
fn every_part_uses_only_what_the_table_allows() {
    let found = breaches(&sources());
    assert!(found.is_empty(), "against ARCHITECTURE.md:\n{}", found.join("\n"));
}

#[test]
fn the_modules_of_the_server_form_no_circle() {
    assert_eq!(circle(&sources()), None);
}

#[test]
fn files_stay_within_the_budget() {
    let (sources, tests): (Vec<File>, Vec<File>) =
        sources().into_iter().partition(|file| file.path.contains("/src/"));
    let (median, p95) = sizes(&sources);
    let (_, p95_of_tests) = sizes(&tests);
    let p95 = p95.max(p95_of_tests);
    let files: Vec<File> = sources.into_iter().chain(tests).collect();
    let mut long: Vec<_> = files.iter().map(|file| (file.code_lines(), &file.path)).collect();
    long.sort_unstable_by(|a, b| b.cmp(a));
    long.truncate(10);
    assert!(median <= 150, "median {median} code lines, budget 150");
    assert!(p95 <= 400, "95th percentile {p95} code lines, budget 400; longest: {long:#?}");
}

#[test]
fn main_is_only_an_entrance() {
    for file in sources().iter().filter(|file| file.path == "lrs/src/main.rs") {
        assert!(file.code_lines() <= 60, "{} has {} lines", file.path, file.code_lines());
    }
}

#[test]
fn clippy_holds_functions_to_sixty_lines_in_every_member() {
    let text = |path: &str| std::fs::read_to_string(root().join(path)).unwrap_or_default();
    assert!(text("clippy.toml").contains("too-many-lines-threshold = 60"));
    let workspace = text("Cargo.toml");
    assert!(workspace.contains("too_many_lines = \"warn\""));
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    for member in MEMBERS {
        let manifest = text(&format!("{member}/Cargo.toml"));
        let inherits = manifest.contains("[lints]\nworkspace = true");
        assert!(manifest.is_empty() || inherits, "{member} takes the workspace's lints");
    }
}

#[test]
fn a_forbidden_use_is_found_however_it_is_written() {
    for text in [
        "use axum::Router;",
        "use crate::{record::Record, store::{self, Store}};",
        "use super::super::store::Store;",
        "fn f() { let _ = crate::http::problem::Problem::new(); }",
        "fn f() { tokio::spawn(async {}); }",
        "pub use rusqlite as engine;",
        "fn f() -> SystemTime { std::time::SystemTime::now() }",
        "const X: char = '\"'; use tokio::sync::Mutex; const Y: char = '\"';",
    ] {
        let files = [File::new("lrs/src/xapi/query.rs", text)];
        assert!(!breaches(&files).is_empty(), "not found in {text}");
    }
}

#[test]
fn what_is_allowed_or_only_mentioned_is_not_found() {
    for text in [
        "// use axum::Router;\n/* crate::store::x */ use validator::Statement;",
        "const S: &str = \"use axum::Router; crate::store::Store\";",
        "const S: &str = r#\"use \"axum::Router\"; tokio::spawn\"#;",
        "#[cfg(test)]\nmod tests { use tokio::test; fn f() { if true {} } }",
        "use crate::xapi::format; use std::collections::BTreeMap;",
    ] {
        let files = [File::new("lrs/src/xapi/query.rs", text)];
        assert_eq!(breaches(&files), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn each_row_of_the_table_can_fail() {
    for (path, text) in [
        ("validator/src/json.rs", "use std::fs::read;"),
        ("validator/src/bin/xapi-validate.rs", "use lrs::store::Store;"),
        ("conformance/src/main.rs", "use validator::check;"),
        ("conformance/tests/reference/mod.rs", "use lrs::xapi::query::Query;"),
        ("conformance/src/runner.rs", "fn f() { jiff::Timestamp::now(); }"),
        ("tests/src/lib.rs", "use lrs::app::App;"),
        ("lrs/src/course/fold.rs", "use crate::access::Key;"),
        ("lrs/src/access.rs", "use crate::course::Course;"),
        ("lrs/src/store/mod.rs", "use crate::record::Record;"),
        ("lrs/src/store/sqlite/mod.rs", "use mongodb::Client;"),
        ("lrs/src/store/mongo/mod.rs", "use crate::store::sqlite::Pool;"),
        ("lrs/src/relay/outbox.rs", "use crate::http::problem;"),
        ("lrs/src/http/statements.rs", "use rusqlite::Connection;"),
        ("lrs/src/cli/serve.rs", "use axum::Router;"),
    ] {
        assert_eq!(breaches(&[File::new(path, text)]).len(), 1, "{path}: {text}");
    }
}

#[test]
fn a_circle_is_found() {
    let record = File::new("lrs/src/record/mod.rs", "use crate::progress::Follower;");
    let progress = File::new("lrs/src/progress/mod.rs", "use crate::relay::Outbox;");
    let relay = File::new("lrs/src/relay/mod.rs", "use crate::record::Record;");
    assert!(circle(&[record, progress, relay]).is_some());
    let record = File::new("lrs/src/record/mod.rs", "use crate::store::Store; use crate::xapi;");
    let store = File::new("lrs/src/store/mod.rs", "use crate::xapi::Query;");
    assert_eq!(circle(&[record, store]), None);
}

#[test]
fn lines_are_counted_without_blanks_comments_and_inline_tests() {
    let text =
        "//! A.\n\nfn a() {\n    b(); // c\n}\n\n#[cfg(test)]\nmod tests {\n    fn d() {}\n}\n";
    assert_eq!(File::new("lrs/src/a.rs", text).code_lines(), 3);
    let long = File::new("lrs/src/long.rs", &"fn a() {}\n".repeat(401));
    assert_eq!(sizes(&[long]), (401, 401));
}
