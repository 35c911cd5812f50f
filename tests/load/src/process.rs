//! The servers, each a process of its own.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use crate::empty;
use crate::wire::{Connection, KEY, get};

/// A running server; killed when it goes out of sight.
pub(crate) struct Server {
    /// HOST:PORT.
    pub(crate) address: String,
    child: Child,
    /// Kept open: a server that cannot say what it says would stop.
    _said: BufReader<ChildStdout>,
}

impl Server {
    /// Starts the `traccia` that lies beside this program on `folder`.
    pub(crate) async fn traccia(folder: &Path, more: &[&str]) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("traccia");
        let mut command = Command::new(&program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder).args(more);
        command.env("TRACCIA_SEED_KEY", KEY).env("TRACCIA_LOG", "warn");
        command.env("TRACCIA__PIPES_PRIVATE", "true");
        let server = Self::start(command).with_context(|| program.display().to_string())?;
        // The first use of a key hashes its secret, slow on purpose.
        Connection::open(&server.address).await?.exchange(&get("/whoami")).await?;
        Ok(server)
    }

    /// Starts `program` as a `traccia` with these arguments after `serve --data FOLDER`, whose process can have at
    /// most `files` files and sockets open. Its log goes to `log`.
    pub(crate) fn limited(
        program: &Path,
        folder: &Path,
        more: &[&str],
        files: u64,
        log: File,
    ) -> Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", r#"ulimit -n "$0" && exec "$@""#, &files.to_string()]);
        command.arg(program).args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
        command.args(more).env("TRACCIA_SEED_KEY", KEY).stderr(log);
        if std::env::var_os("TRACCIA_LOG").as_deref().is_none_or(OsStr::is_empty) {
            command.env("TRACCIA_LOG", "warn");
        }
        Self::start(command).with_context(|| program.display().to_string())
    }

    /// Starts the MongoDB-compatible server of the tests, where it was built beside this program.
    pub(crate) fn ferretdb(folder: &Path) -> Result<Self> {
        let program = Self::ferretdb_program()?;
        let mut command = Command::new(&program);
        // It ends when its stdin does.
        command.arg("-data").arg(folder).stdin(Stdio::piped());
        Self::start(command)
            .with_context(|| format!("{}: `make ferretdb` builds it, with Go", program.display()))
    }

    /// Where the server of the tests is, if it was built.
    pub(crate) fn ferretdb_program() -> Result<PathBuf> {
        Ok(std::env::current_exe()?.with_file_name("ferretdb"))
    }

    /// Starts the handler that only reads the body and answers.
    pub(crate) fn empty() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(empty::ARGUMENT);
        Self::start(command)
    }

    /// Starts the service of a folder's files.
    pub(crate) fn file_service(folder: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(crate::hosting::ARGUMENT).arg(folder);
        Self::start(command)
    }

    /// All say where they listen in their first line.
    fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut first = String::new();
        let mut said = BufReader::new(child.stdout.take().context("no output")?);
        said.read_line(&mut first)?;
        let address = first.trim().trim_end_matches('/').rsplit("//").next().unwrap_or_default();
        let address = address.to_owned();
        Ok(Self { address, child, _said: said })
    }

    /// How many bytes the process has had written to disks so far.
    pub(crate) fn written(&self) -> Result<u64> {
        let counts = std::fs::read_to_string(format!("/proc/{}/io", self.child.id()))?;
        let written = counts.lines().find_map(|line| line.strip_prefix("write_bytes: "));
        Ok(written.context("the system does not say what is written")?.parse()?)
    }

    /// The most memory that the process has had at a time, in bytes: its own and what it has in memory of its program's file.
    pub(crate) fn highest_memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next());
        Ok(kibibytes.context("the system does not say what memory is taken")?.parse::<u64>()?
            * 1024)
    }

    /// The process.
    pub(crate) fn process(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Whether the process has ended.
    pub(crate) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Asks the server to stop; how long it took, or nothing where it has not stopped in time.
    pub(crate) async fn ended_within(&mut self, at_most: Duration) -> Result<Option<Duration>> {
        let asked = Instant::now();
        kill_process(self.process(), Signal::TERM)?;
        while asked.elapsed() < at_most {
            if self.has_ended()? {
                return Ok(Some(asked.elapsed()));
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(None)
    }

    /// Asks the server to stop and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        kill_process(self.process(), Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have stopped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
