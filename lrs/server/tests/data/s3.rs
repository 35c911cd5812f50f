//! `--output s3://…`: tables in a bucket, on a storage from `PyPI` that speaks S3.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::plant::UNTIL;
use crate::served::client;
use crate::{done, export, manifest, planted, python_program, root, rows};

const BUCKET: &str = "tables";

/// A storage that ends with this.
struct Storage {
    program: Child,
    endpoint: String,
}

impl Drop for Storage {
    fn drop(&mut self) {
        // One that has ended already is as good.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Storage {
    /// None where there is no environment for it, which is said.
    fn start() -> Option<Self> {
        let python = python_program("s3.py")?;
        let mut program = Command::new(python)
            .arg(root().join("tests/data/s3.py"))
            .arg(BUCKET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).expect("the address of the storage");
        let endpoint = said["endpoint"].as_str().unwrap().to_owned();
        Some(Self { program, endpoint })
    }

    fn export(&self, home: &Path, until: &str, step: Option<u32>) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_traccia"));
        if let Some(step) = step {
            command.env("TRACCIA_FAILPOINT", step.to_string());
        }
        let from = format!("sqlite:{}", home.join("store").display());
        command
            .args(["data", "export", "all", "--from", &from, "--until", until])
            .args(["--output", &format!("s3://{BUCKET}/a/b")])
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", "id")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .output()
            .unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{BUCKET}/a/b/{path}", self.endpoint)
    }

    /// An object, where it is there.
    async fn get(&self, path: &str) -> Option<Vec<u8>> {
        let answer = client().get(self.url(path)).send().await.unwrap();
        match answer.status().as_u16() {
            200 => Some(answer.bytes().await.unwrap().into()),
            404 => None,
            other => panic!("{other}"),
        }
    }

    /// The manifest; every file that it names is there as it says.
    async fn manifest(&self) -> Value {
        let text = self.get("manifest.json").await.expect("a manifest");
        let manifest: Value = serde_json::from_slice(&text).unwrap();
        for table in manifest["tables"].as_object().unwrap().values() {
            for file in table["files"].as_array().unwrap() {
                let path = file["path"].as_str().unwrap();
                let bytes = self.get(path).await.unwrap_or_else(|| panic!("{path} is not there"));
                assert_eq!(bytes.len() as u64, file["bytes"].as_u64().unwrap(), "{path}");
            }
        }
        manifest
    }
}

#[tokio::test]
async fn a_bucket_gets_the_files_that_a_folder_gets_and_what_is_new_is_added() {
    let Some(storage) = Storage::start() else { return };
    let home = TempDir::new().unwrap();
    let count = planted(home.path()).await as u64;
    done(&storage.export(home.path(), "2025-01-09T12:00:00Z", None));
    let begun = rows(&storage.manifest().await, "statements");
    assert!(0 < begun && begun < count, "{begun}");
    let said = done(&storage.export(home.path(), UNTIL, None));
    assert!(said.starts_with(&format!("{} statements written", count - begun)), "{said}");
    let there = storage.manifest().await;
    assert_eq!(rows(&there, "statements"), count);
    done(&export(home.path(), "all", &["--until", "2025-01-09T12:00:00Z"]));
    done(&export(home.path(), "all", &["--until", UNTIL]));
    assert_eq!(there["tables"], manifest(home.path())["tables"], "paths, ranges, hashes");
    let again = done(&storage.export(home.path(), UNTIL, None));
    assert!(again.starts_with("0 statements written"), "{again}");
    assert_eq!(storage.get("manifests/probe").await, None, "nothing is left of trying it out");
}

/// It is gone on with, and no version is written twice.
#[tokio::test]
async fn a_manifest_that_another_process_has_inserted_stays() {
    let Some(storage) = Storage::start() else { return };
    let home = TempDir::new().unwrap();
    planted(home.path()).await;
    done(&storage.export(home.path(), "2025-01-09T12:00:00Z", None));
    let shown = storage.manifest().await;
    let next = shown["version"].as_u64().unwrap() + 1;
    let path = format!("manifests/{next:010}.json");
    // Another process has inserted it and was killed before it showed it.
    let mut newer = shown.clone();
    newer["version"] = next.into();
    let put = client().put(storage.url(&path)).body(newer.to_string());
    assert_eq!(put.send().await.unwrap().status().as_u16(), 200);
    let refused = client().put(storage.url(&path)).header("If-None-Match", "*");
    assert_eq!(refused.body("other").send().await.unwrap().status().as_u16(), 412);
    done(&storage.export(home.path(), UNTIL, None));
    assert_eq!(storage.get(&path).await.unwrap(), newer.to_string().into_bytes());
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_is_killed_while_it_writes_into_a_bucket_leaves_nothing_half() {
    let Some(storage) = Storage::start() else { return };
    let home = TempDir::new().unwrap();
    let count = planted(home.path()).await as u64;
    let mut before = 0;
    for step in [2, 5, 9, 14, 20] {
        let killed = storage.export(home.path(), UNTIL, Some(step));
        assert_eq!(killed.status.code(), None, "killed at step {step}");
        if storage.get("manifest.json").await.is_some() {
            let found = rows(&storage.manifest().await, "statements");
            assert!(before <= found && found <= count, "{before} before, {found} now");
            before = found;
        }
    }
    done(&storage.export(home.path(), UNTIL, None));
    assert_eq!(rows(&storage.manifest().await, "statements"), count);
}

#[test]
fn a_bucket_without_credentials_is_refused_before_anything_is_written() {
    let home = TempDir::new().unwrap();
    std::fs::create_dir(home.path().join("store")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_traccia"))
        .args(["serve", "--datasets", "s3://tables/a", "--listen", "127.0.0.1:0", "--data"])
        .arg(home.path().join("store"))
        .env_remove("AWS_ACCESS_KEY_ID")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("AWS_ACCESS_KEY_ID"), "{said}");
}
