//! Holds the tables of ARCHITECTURE.md to what `cargo metadata` says of the crates, the paths in it to the tree, and the
//! budgets of size over the source tree; and proves that it can fail.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use e2e::paths::Tree;
use e2e::source::{File, tree};
use serde_json::Value;

/// Crates that are let into some members alone: a row of the table has to name them.
const DRIVERS: [&str; 8] =
    ["axum", "hyper", "tokio", "reqwest", "rusqlite", "mongodb", "figment", "clap"];
/// Those of them that reach outside of the process.
const REACHING: [&str; 6] = ["axum", "hyper", "tokio", "reqwest", "rusqlite", "mongodb"];
/// What a member whose row names none of them leaves to others.
const OUTSIDE: [&str; 4] = ["std::fs", "std::net", "std::process", "std::env"];
/// Where the files of such a member may do so all the same.
const SPARED: [&str; 1] = ["validator/src/bin/"];

/// A member of the workspace as `cargo metadata` has it.
#[derive(Clone, Debug, Default)]
struct Member {
    /// Its folder below the workspace's root.
    folder: String,
    /// The members and [`DRIVERS`] that it uses, tests left out.
    uses: BTreeSet<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").into()
}

fn members() -> BTreeMap<String, Member> {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    read(&serde_json::from_slice(&output.stdout).expect("JSON"))
}

fn read(metadata: &Value) -> BTreeMap<String, Member> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let root = text(&metadata["workspace_root"]);
    let packages = metadata["packages"].as_array().expect("packages");
    let names: BTreeSet<String> = packages.iter().map(|package| text(&package["name"])).collect();
    let uses = |package: &Value| {
        let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
        let real = dependencies.filter(|dependency| dependency["kind"] != "dev");
        let named = real.map(|dependency| text(&dependency["name"]));
        named.filter(|name| names.contains(name) || DRIVERS.contains(&name.as_str())).collect()
    };
    let member = |package: &Value| {
        let manifest = text(&package["manifest_path"]);
        let folder = manifest.trim_start_matches(&root).trim_end_matches("/Cargo.toml");
        let folder = folder.trim_start_matches('/').to_owned();
        (text(&package["name"]), Member { folder, uses: uses(package) })
    };
    packages.iter().map(member).collect()
}

/// The rows `| folder | package | what is in it | may use |` of a text.
fn table(text: &str) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.strip_suffix(" |")?.split(" | ");
        let folder = cells.next()?.trim_end_matches('`').trim_end_matches('/');
        let package = cells.next()?.trim_matches('`');
        let may_use = cells.nth(1)?;
        let named = may_use.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Some((package.to_owned(), (folder.to_owned(), named)))
    });
    rows.collect()
}

/// What the table says and the crates do not keep, in words.
fn breaches(
    rows: &BTreeMap<String, (String, BTreeSet<String>)>,
    members: &BTreeMap<String, Member>,
) -> Vec<String> {
    let mut found = Vec::new();
    for (name, member) in members {
        let Some((folder, may_use)) = rows.get(name) else {
            found.push(format!("{name} has no row"));
            continue;
        };
        if *folder != member.folder {
            found.push(format!("{name} lies in {}, its row says {folder}", member.folder));
        }
        let others = member.uses.difference(may_use);
        found.extend(
            others.map(|other| format!("{name} uses {other}, which its row does not name")),
        );
        let unused = may_use.difference(&member.uses);
        found.extend(
            unused.map(|other| format!("{name} does not use {other}, which its row names")),
        );
    }
    let without = rows.keys().filter(|name| !members.contains_key(*name));
    found.extend(without.map(|name| format!("{name} has a row and is no crate")));
    found
}

fn rows() -> BTreeMap<String, (String, BTreeSet<String>)> {
    table(&std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md"))
}

#[test]
fn every_crate_uses_what_its_row_names_and_nothing_else() {
    let found = breaches(&rows(), &members());
    assert!(found.is_empty(), "ARCHITECTURE.md, \"What may use what\":\n{}", found.join("\n"));
}

#[test]
fn a_crate_without_a_row_a_row_without_a_crate_and_a_use_that_is_not_named_are_found() {
    let rows = table(
        "| folder | package | what | may use |\n|---|---|---|---|\n\
         | `lrs/a` | `a` | one | – |\n| `lrs/b` | `b` | two | `a`, `axum` |\n",
    );
    let member = |folder: &str, uses: &[&str]| Member {
        folder: folder.to_owned(),
        uses: uses.iter().map(|&name| name.to_owned()).collect(),
    };
    let (a, b) = (member("lrs/a", &[]), member("lrs/b", &["a", "axum"]));
    let crates = |list: &[(&str, &Member)]| {
        list.iter().map(|(name, member)| ((*name).to_owned(), (*member).clone())).collect()
    };
    assert_eq!(breaches(&rows, &crates(&[("a", &a), ("b", &b)])), [""; 0]);
    for (list, expected) in [
        (vec![("a", &a)], "b has a row and is no crate"),
        (vec![("a", &a), ("b", &b), ("c", &a)], "c has no row"),
        (vec![("a", &member("lrs/a", &["b"])), ("b", &b)], "a uses b, which its row does not name"),
        (
            vec![("a", &a), ("b", &member("lrs/b", &["a"]))],
            "b does not use axum, which its row names",
        ),
        (vec![("a", &member("c", &[])), ("b", &b)], "a lies in c, its row says lrs/a"),
    ] {
        assert_eq!(breaches(&rows, &crates(&list)), [expected]);
    }
}

#[test]
fn every_path_in_the_architecture_leads_somewhere() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let named = Tree::below(&root()).named_in(&text);
    assert_eq!(named.missing, [""; 0], "ARCHITECTURE.md, \"How paths are written\"");
    assert!(named.found > 400, "only {} paths were found", named.found);
}

#[test]
fn a_path_that_leads_nowhere_is_found_however_it_is_written() {
    let tree = Tree::of([
        "lrs/http/src/guard.rs",
        "lrs/http/src/listen/bound.rs",
        "lrs/http/src/listen/watchman.rs",
        "lrs/store/mongo/src/cell.rs",
        "lrs/texts/src/reports.it.ftl",
        "lrs/texts/src/reports.en.ftl",
    ]);
    for (text, found) in [
        ("| who | `http/src/listen/bound.rs`, `watchman.rs` |", 2),
        ("| texts | `texts/src/reports.{it,en}.ftl`, `reports.*.ftl` |", 3),
        ("| `lrs/http` | `http-api` | `listen/`, `guard.rs` | `axum` |", 3),
        ("`http/guard.rs` and `store/mongo/cell.rs`; `statements/read` and `/api/v1`.", 2),
        ("The files of `lrs/web/dist` are built.", 0),
        ("```\nlrs/http/   a crate\n```", 1),
    ] {
        let named = tree.named_in(text);
        assert_eq!((named.found, named.missing), (found, Vec::new()), "{text}");
    }
    for (text, missing) in [
        ("| who | `http/src/gone.rs` |", "http/src/gone.rs"),
        ("| who | `http/src/listen/bound.rs`, `guard.rs` |", "guard.rs"),
        ("| who | `watchman.rs` |", "watchman.rs"),
        ("| the short form | `http/guard.rs` |", "http/guard.rs"),
        ("| texts | `texts/src/reports.{it,de}.ftl` |", "texts/src/reports.de.ftl"),
        ("| texts | `texts/src/web.*.ftl` |", "texts/src/web.*.ftl"),
        ("| `lrs/http` | `http-api` | `content/` | `axum` |", "content/"),
        ("It is in `http/listen/guard.rs`.", "http/listen/guard.rs"),
        ("`http/listen/bound.rs` is one.\n\n`watchman.rs` is two.", "watchman.rs"),
        ("```\nlrs/gone/   nothing\n```", "lrs/gone/"),
    ] {
        assert_eq!(tree.named_in(text).missing, [missing], "{text}");
    }
}

#[test]
fn no_crate_is_used_by_one_that_stands_above_it() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let order: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").nth(1))
        .map(|package| package.trim_matches('`').to_owned())
        .collect();
    let place = |name: &str| order.iter().position(|row| row == name);
    for (name, member) in members() {
        for other in member.uses.iter().filter(|other| !DRIVERS.contains(&other.as_str())) {
            assert!(place(other) < place(&name), "{name} uses {other}, whose row comes later");
        }
    }
}

#[test]
fn a_crate_that_reaches_nowhere_leaves_files_sockets_and_processes_to_others() {
    let rows = rows();
    let is_pure = |name: &str| {
        rows.get(name)
            .is_some_and(|(_, uses)| REACHING.iter().all(|driver| !uses.contains(*driver)))
    };
    let mut looked_at = 0;
    for (name, Member { folder, .. }) in members().iter().filter(|(name, _)| is_pure(name)) {
        let within = |file: &&File| file.path.starts_with(&format!("{folder}/src/"));
        for file in sources().iter().filter(within) {
            if SPARED.iter().any(|place| file.path.starts_with(place)) {
                continue;
            }
            looked_at += 1;
            assert_eq!(file.first_of(&OUTSIDE), None, "{name}: {}", file.path);
        }
    }
    assert!(looked_at > 100, "only {looked_at} files were found");
}

/// Who writes CSV or workbooks, and what keeps texts from being run there as formulas: the mark that `course` puts before
/// them, or cells that are typed as texts. The demo writes made-up lists, whose texts are its own.
const SHEETS: [(&str, &str); 6] = [
    ("lrs/course/src/list_csv.rs", "formula::written"),
    ("lrs/dataset/src/aggregate/answer.rs", "written_in_sheet"),
    ("lrs/dataset/src/text.rs", "written_in_sheet"),
    ("lrs/dataset/src/workbook.rs", "write_string"),
    ("lrs/report/src/export/csv.rs", "written_in_sheet"),
    ("lrs/report/src/export/xlsx.rs", "write_string"),
];

#[test]
fn who_writes_a_sheet_keeps_texts_from_being_run() {
    let writers = ["csv::Writer", "WriterBuilder", "Workbook::new"];
    let by_themselves =
        ["Formula", "write_formula", ".write(", "write_url", "write_row", "write_column"];
    let mut found = Vec::new();
    for file in
        sources().iter().filter(|file| file.path.contains("/src/") && !file.path.contains("/tests"))
    {
        if file.first_of(&writers).is_none() || file.path == "lrs/demo/src/list.rs" {
            continue;
        }
        let listed = SHEETS.iter().find(|(path, _)| *path == file.path);
        let (path, way) = listed.unwrap_or_else(|| panic!("{} writes a sheet: list it", file.path));
        assert!(file.code.contains(way), "{path} does without `{way}`");
        assert_eq!(file.first_of(&by_themselves), None, "{path} writes what is run");
        found.push(*path);
    }
    assert_eq!(found, SHEETS.map(|(path, _)| path));
}

#[test]
fn a_file_that_reads_files_is_found_and_one_that_speaks_of_it_is_not() {
    for (text, found) in [
        ("use std::fs::File;", Some("std::fs")),
        ("fn f() { let _ = std::net::TcpStream::connect(a); }", Some("std::net")),
        ("// use std::fs;\nconst S: &str = \"std::net\";", None),
        ("#[cfg(test)]\nmod tests { use std::fs; fn f() { if true {} } }", None),
    ] {
        assert_eq!(File::new("lrs/xapi/src/query.rs", text).first_of(&OUTSIDE), found, "{text}");
    }
}

/// Uses of a report's module by another report: what two of them need stands beside the folder.
fn uses_of_reports(files: &[File]) -> Vec<String> {
    let stem = |file: &File| {
        let name = file.path.strip_prefix("lrs/report/src/reports/")?.strip_suffix(".rs")?;
        (name != "mod").then(|| name.to_owned())
    };
    let reports: Vec<String> = files.iter().filter_map(stem).collect();
    let mut uses = Vec::new();
    for file in files.iter().filter(|file| stem(file).is_some()) {
        let ways = reports.iter().flat_map(|it| [format!("super::{it}"), format!("reports::{it}")]);
        let ways: Vec<String> = ways.collect();
        let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
        uses.extend(file.first_of(&ways).map(|way| format!("{}: {way}", file.path)));
    }
    uses
}

#[test]
fn no_report_uses_the_module_of_another() {
    let files = sources();
    assert!(files.iter().any(|file| file.path == "lrs/report/src/reports/mod.rs"), "the folder");
    assert_eq!(uses_of_reports(&files), [""; 0]);
    let of = |text| File::new("lrs/report/src/reports/curve.rs", text);
    let funnel = || File::new("lrs/report/src/reports/funnel.rs", "fn table() {}");
    for way in ["use super::funnel;", "use crate::reports::funnel::REPORT;"] {
        assert_eq!(uses_of_reports(&[of(way), funnel()]).len(), 1, "{way}");
    }
    assert_eq!(uses_of_reports(&[of("use crate::tally;"), funnel()]), [""; 0]);
}

/// Median and 95th percentile of the files' code lines.
fn sizes(files: &[File]) -> (usize, usize) {
    let mut lines: Vec<usize> = files.iter().map(File::code_lines).collect();
    lines.sort_unstable();
    let at = |part: usize| lines[(lines.len() * part / 100).min(lines.len() - 1)];
    (at(50), at(95))
}

fn sources() -> Vec<File> {
    let folders: Vec<String> = members().into_values().map(|member| member.folder).collect();
    let files = tree(&root(), &folders);
    assert!(files.iter().any(|file| file.path == "lrs/server/src/main.rs"), "the tree is found");
    files
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
    let longest = long.first().map_or(0, |(lines, _)| *lines);
    assert!(longest <= 500, "{longest} code lines, budget 500: {long:#?}");
    assert!(median <= 150, "median {median} code lines, budget 150");
    assert!(p95 <= 400, "95th percentile {p95} code lines, budget 400; longest: {long:#?}");
}

#[test]
fn main_is_only_an_entrance() {
    let sources = sources();
    let main = sources.iter().find(|file| file.path == "lrs/server/src/main.rs").expect("main");
    assert!(main.code_lines() <= 60, "{} lines", main.code_lines());
}

#[test]
fn clippy_holds_functions_to_sixty_lines_in_every_member() {
    let text = |path: &str| std::fs::read_to_string(root().join(path)).expect("a file of the tree");
    assert!(text("clippy.toml").contains("too-many-lines-threshold = 60"));
    let workspace = text("Cargo.toml");
    assert!(workspace.contains("too_many_lines = \"warn\""));
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    for member in members().values() {
        let manifest = text(&format!("{}/Cargo.toml", member.folder));
        let inherits = manifest.contains("[lints]\nworkspace = true");
        assert!(inherits, "{} takes the workspace's lints", member.folder);
    }
}

#[test]
fn lines_are_counted_without_blanks_comments_and_inline_tests() {
    let text =
        "//! A.\n\nfn a() {\n    b(); // c\n}\n\n#[cfg(test)]\nmod tests {\n    fn d() {}\n}\n";
    assert_eq!(File::new("lrs/xapi/src/a.rs", text).code_lines(), 3);
    let long = File::new("lrs/xapi/src/long.rs", &"fn a() {}\n".repeat(401));
    assert_eq!(sizes(&[long]), (401, 401));
}

/// Public types of which two crates of `lrs` have one each, and why they may share the name. Any other name means one
/// thing, so that imports need not rename it and a search finds it.
const SHARED_NAMES: [(&str, &str); 9] = [
    (
        "Definitions",
        "merged definitions: as the store keeps them, as canonical statements need them",
    ),
    ("Finding", "one row of what a check found: in a package, in the data of a course"),
    ("Format", "what is asked for: statements as xAPI formats them, a table as a file"),
    ("Kind", "an enum that tells its neighbours apart: packages, columns, index keys"),
    ("Limits", "upper bounds of input: of requests, of packages"),
    ("NewKey", "a key that was made: in the API, in the use case"),
    ("Report", "what was found or asked, as a whole: of a package, on a course"),
    ("SystemClock", "the machine's clock, of the program and of tests"),
    ("Turns", "a queue in which senders take turns: of computations, of writes"),
];

/// The crates of `lrs` that have a public type of a name, by name.
fn public_types(files: &[File]) -> BTreeMap<String, BTreeSet<String>> {
    let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let of_lrs = files.iter().filter(|file| file.path.starts_with("lrs/"));
    for file in of_lrs {
        let Some((folder, _)) = file.path.split_once("/src/") else { continue };
        let declared = file.code.lines().filter_map(|line| {
            let rest = line.strip_prefix("pub ")?;
            let (kind, rest) = rest.split_once(' ')?;
            let is_type = ["struct", "enum", "trait", "type"].contains(&kind);
            is_type.then(|| rest.split(|c: char| !c.is_alphanumeric()).next())?
        });
        for name in declared {
            types.entry(name.to_owned()).or_default().insert(folder.to_owned());
        }
    }
    types
}

#[test]
fn a_public_type_has_a_name_of_its_own() {
    let shared = |files: &[File]| -> Vec<String> {
        let types = public_types(files).into_iter().filter(|(_, crates)| crates.len() > 1);
        let named = types.map(|(name, crates)| format!("{name}: {crates:?}"));
        let may =
            |it: &String| SHARED_NAMES.iter().any(|(name, _)| it.starts_with(&format!("{name}:")));
        named.filter(|it| !may(it)).collect()
    };
    let files = sources();
    assert_eq!(
        shared(&files),
        [""; 0],
        "rename one of them, or say in SHARED_NAMES why both may be called so"
    );
    let types = public_types(&files);
    for (name, _) in SHARED_NAMES {
        assert!(types.get(name).is_some_and(|crates| crates.len() > 1), "{name} is shared no more");
    }
    let of = |folder: &str| File::new(&format!("lrs/{folder}/src/a.rs"), "pub struct Words {\n}\n");
    assert_eq!(
        shared(&[of("course"), of("package")]),
        ["Words: {\"lrs/course\", \"lrs/package\"}"]
    );
}
