//! The real program is killed (SIGKILL) at every step of sealing and merging, and started again: nothing is lost, nothing is
//! there twice, and at no time does a reader see half.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use dataset::{Dataset, Datum, Manifest, read_rows};
use sha2::{Digest as _, Sha256};
use store::Store;
use store_sqlite::SqliteStore;
use store_testkit::clock::SystemClock;
use store_testkit::sample;
use tempfile::TempDir;
use xapi::instant::Instant;

/// Exports what was stored before `until`; true where the program was killed at `step`.
fn export(home: &Path, until: &str, step: Option<u32>) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_traccia"));
    if let Some(step) = step {
        command.env("TRACCIA_FAILPOINT", step.to_string());
    }
    let from = format!("sqlite:{}", home.join("store").display());
    command.args(["data", "export", "all", "--until", until, "--from", &from, "--output"]);
    let output = command.arg(home.join("out")).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        None => true,
        Some(0) => false,
        Some(code) => panic!("{code}: {error}"),
    }
}

/// The `stored` of all rows that a reader finds; every file is there as the manifest says.
fn read(home: &Path) -> Vec<i64> {
    let out = home.join("out");
    let Ok(text) = std::fs::read(out.join("manifest.json")) else { return Vec::new() };
    let manifest = Manifest::read(&text).unwrap();
    let mut stored = Vec::new();
    for (table, file) in manifest.all_files() {
        let bytes = std::fs::read(out.join(&file.path)).unwrap();
        assert_eq!(hex(&bytes), file.sha256, "{}", file.path);
        let rows = read_rows(bytes.into()).unwrap();
        assert_eq!(rows.len() as u64, file.rows);
        if table == Dataset::Statements.name() {
            stored.extend(rows.iter().map(|row| match row[1] {
                Datum::Time(at) => at,
                ref other => panic!("{other:?}"),
            }));
        }
    }
    stored
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Two statements of January and one of February.
async fn store_in(home: &Path) -> Vec<i64> {
    let folder = home.join("store");
    std::fs::create_dir_all(&folder).unwrap();
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(&folder, Arc::new(SystemClock)).unwrap());
    let days = ["2026-01-29T10:00:00Z", "2026-01-30T10:00:00Z", "2026-02-01T10:00:00Z"];
    let micros = days.map(|day| Instant::parse(day).unwrap().micros());
    let statements = (0..).zip(micros).map(|(n, at)| sample::stamped(&sample::statement(n), at));
    store.restore(statements.collect(), Vec::new()).await.unwrap();
    store.secret().await.unwrap();
    micros.into()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &there);
        } else {
            std::fs::copy(&path, there).unwrap();
        }
    }
}

/// January is sealed day by day, and merged once it is over. One step of three is taken here; that of a place for files in
/// `service` takes each.
#[cfg(unix)]
#[tokio::test]
async fn a_program_that_is_killed_while_it_exports_leaves_nothing_half() {
    let home = TempDir::new().unwrap();
    let all = store_in(home.path()).await;
    let (out, begun) = (home.path().join("out"), home.path().join("begun"));
    export(home.path(), "2026-01-30T00:00:00Z", None);
    let before = read(home.path());
    assert_eq!(before, all[..1]);
    std::fs::rename(&out, &begun).unwrap();
    let until = "2026-02-02T00:00:00Z";
    let mut killed = 0;
    for step in (1..).step_by(3) {
        copy(&begun, &out);
        let is_killed = export(home.path(), until, Some(step));
        let found = read(home.path());
        assert_eq!(found, all[..found.len()], "killed at step {step}");
        assert!(found.len() >= before.len(), "killed at step {step}");
        export(home.path(), until, None);
        assert_eq!(read(home.path()), all, "killed at step {step}");
        std::fs::remove_dir_all(&out).unwrap();
        if !is_killed {
            break;
        }
        killed += 1;
    }
    assert!(killed > 10, "{killed} steps");
}
