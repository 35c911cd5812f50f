//! Ralph from `PyPI`: a learning record store of others, with quirks of its own.

use std::path::Path;
use std::process::{Command, Stdio};

use programs::{Program, built};
use tempfile::TempDir;

use crate::client::Client;

const NAME: &str = "pipe";
const SECRET: &str = "secret";

/// A running Ralph. Dropping it kills its process.
pub struct Ralph {
    program: Program,
    _folder: TempDir,
}

impl Ralph {
    /// Starts one that keeps its statements in a file, or in the database at `database`. `None` where there is no Python
    /// environment for it, which is said; with `CI=true` that is a failure.
    ///
    /// # Panics
    /// Where Ralph does not start.
    pub async fn start(database: Option<&str>) -> Option<Self> {
        let python = built("python").join("bin/python");
        if !python.exists() {
            let reason = "no Python environment: tests/data/setup target/debug/python makes one";
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{reason}");
            eprintln!("skipped: Ralph, {reason}");
            return None;
        }
        let folder = TempDir::new().expect("a temporary folder");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ralph_server.py");
        let mut command = Command::new(python);
        command.arg(script).arg(if database.is_some() { "mongo" } else { "fs" });
        command.arg(folder.path()).args(database).stdin(Stdio::piped());
        let is_address = |line: &str| line.starts_with("http://").then(|| line.to_owned());
        Some(Self { program: Program::start(command, is_address).await, _folder: folder })
    }

    /// Its xAPI end point.
    pub fn endpoint(&self) -> String {
        format!("{}/xAPI", self.program.address())
    }

    /// Who may do everything there: name and secret.
    pub const fn credentials() -> (&'static str, &'static str) {
        (NAME, SECRET)
    }

    /// Who may do everything there, as a client.
    pub fn client(&self) -> Client {
        Client::new(self.program.address(), Some((NAME, SECRET))).at("/xAPI")
    }
}
