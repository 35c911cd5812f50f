//! The real binary, on a folder and a port of its own.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use programs::{Program, built, fresh_database};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::in_process::InProcess;

const SEED_KEY: &str = "seed";
const SEED_SECRET: &str = "seed-secret-of-the-tests";
const COMMAND: Duration = Duration::from_mins(5);

/// A running server. Dropping it kills its process; a failing test shows all the server wrote on stderr.
pub struct Traccia {
    running: Running,
    setup: Setup,
    folder: Arc<TempDir>,
}

/// Where a server runs.
enum Running {
    /// As a program: for scenes about the process, its output, its settings and its end.
    Program(Box<Program>),
    /// In the process of the tests, which is there in a fraction of the time.
    Here(InProcess),
}

impl Running {
    /// The program.
    ///
    /// # Panics
    /// For a server in the process of the tests: a scene about the process starts it by [`Traccia::program`].
    fn program(&self) -> &Program {
        match self {
            Self::Program(program) => program,
            Self::Here(_) => {
                panic!("this scene is about the process: start it by Traccia::program()")
            }
        }
    }

    /// [`Running::program`], to act on it.
    fn program_mut(&mut self) -> &mut Program {
        match self {
            Self::Program(program) => program,
            Self::Here(_) => {
                panic!("this scene is about the process: start it by Traccia::program()")
            }
        }
    }
}

/// How a server is started: further arguments and variables of `traccia serve`.
#[derive(Clone, Default)]
pub struct Setup {
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    store: Option<String>,
    seedless: bool,
    unread: bool,
    within: Option<String>,
}

impl Setup {
    /// Within limits that a line of the shell sets first: `ulimit -n 64`.
    #[must_use]
    pub fn within(mut self, line: &str) -> Self {
        self.within = Some(line.to_owned());
        self
    }

    /// With a standard error that nobody reads.
    #[must_use]
    pub const fn unread(mut self) -> Self {
        self.unread = true;
        self
    }

    /// Without a seed key.
    #[must_use]
    pub fn seedless(mut self) -> Self {
        self.seedless = true;
        self
    }

    /// On this store, whatever `TRACCIA_TEST_STORE` says: a second server on the store of the first, for one.
    #[must_use]
    pub fn store(mut self, uri: &str) -> Self {
        self.store = Some(uri.to_owned());
        self
    }

    /// Adds arguments after `serve`.
    #[must_use]
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// Sets an environment variable of the server.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts a server with this set-up on a new folder, and on a new database where
    /// `TRACCIA_TEST_STORE=mongodb`.
    pub async fn start(mut self) -> Traccia {
        let names_its_own = |(name, _): &(String, String)| name.starts_with("TRACCIA__STORE");
        if self.store.is_none() && !self.variables.iter().any(names_its_own) {
            self.store = new_store().await;
        }
        let folder = Arc::new(TempDir::new().expect("a temporary folder"));
        Traccia::launch(self, folder).await
    }
}

impl Traccia {
    /// Starts a server as it comes, on a new folder, in the process of the tests. A scene about the process itself
    /// (its output, its end, what a restart finds) takes [`Traccia::program`].
    pub async fn start() -> Self {
        let setup = Setup { store: new_store().await, ..Setup::default() };
        let folder = Arc::new(TempDir::new().expect("a temporary folder"));
        let data = folder.path().join("data");
        let here = InProcess::start(&data, setup.store.as_deref(), seed()).await;
        Self { running: Running::Here(here), setup, folder }
    }

    /// Starts the real program as it comes, on a new folder.
    pub async fn program() -> Self {
        Setup::default().start().await
    }

    async fn launch(setup: Setup, folder: Arc<TempDir>) -> Self {
        let mut command = setup.within.as_deref().map_or_else(command, command_within);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .args(setup.store.iter().flat_map(|uri| ["--store", uri]))
            .args(&setup.arguments)
            .envs((!setup.seedless).then(|| ("TRACCIA_SEED_KEY", seed())))
            .envs(setup.variables.iter().cloned())
            .stdin(Stdio::null());
        let program = if setup.unread {
            Program::start_unread(command, first_address).await
        } else {
            Program::start(command, first_address).await
        };
        Self { running: Running::Program(Box::new(program)), setup, folder }
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> &str {
        match &self.running {
            Running::Program(program) => program.address(),
            Running::Here(here) => here.address(),
        }
    }

    /// All that the server has written on stderr: its log.
    pub fn log(&self) -> String {
        self.running.program().stderr()
    }

    /// The data folder, and a place for a scene's own files beside it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside the data folder and gives its path, for commands that read files.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file is written");
        path.to_str().expect("a path in UTF-8").to_owned()
    }

    /// Who asks without credentials.
    pub fn anonymous(&self) -> Client {
        Client::new(self.url(), None)
    }

    /// Who holds the key that the server was seeded with: scope `all`.
    pub fn admin(&self) -> Client {
        self.with_key(SEED_KEY, SEED_SECRET)
    }

    /// The first key, as `NAME:SECRET`.
    pub fn seed(&self) -> String {
        seed()
    }

    /// Who holds this key.
    pub fn with_key(&self, key: &str, secret: &str) -> Client {
        Client::new(self.url(), Some((key, secret)))
    }

    /// Creates a key through the public API and gives its holder.
    pub async fn holder_of(&self, scopes: &[&str]) -> Client {
        let asked = json!({"label": scopes.join(" "), "scopes": scopes});
        let made: Value = self.admin().post("/api/v1/keys").json(&asked).await.expect(201).json();
        let text = |name: &str| made[name].as_str().expect("key and secret").to_owned();
        self.with_key(&text("key"), &text("secret"))
    }

    /// Kills the process at once (SIGKILL) and leaves the folder as it is. What the system had not
    /// yet written is kept: this is no power cut.
    pub fn kill(&mut self) {
        self.running.program_mut().kill();
    }

    /// Waits until the process has ended by itself, and gives its exit code; `None` where a signal has ended it.
    pub async fn ended(&mut self) -> Option<i32> {
        self.running.program_mut().ended().await
    }

    /// Asks the process to stop (SIGTERM), waits for its end, and gives its exit code.
    #[cfg(unix)]
    pub async fn stop(&mut self) -> Option<i32> {
        self.running.program_mut().stop().await
    }

    /// Sends the process the signal HUP.
    #[cfg(unix)]
    pub fn hang_up(&self) {
        self.running.program().hang_up();
    }

    /// Starts the same set-up on the same folder and store again, on a new port.
    pub async fn restart(mut self) -> Self {
        self.kill();
        Self::launch(self.setup.clone(), Arc::clone(&self.folder)).await
    }

    /// [`Self::restart`] without a variable that the first start had.
    pub async fn restart_without(mut self, variable: &str) -> Self {
        self.setup.variables.retain(|(name, _)| name != variable);
        self.restart().await
    }

    /// [`Self::restart`] with one more variable.
    pub async fn restart_with(mut self, variable: &str, value: &str) -> Self {
        self.setup.variables.push((variable.to_owned(), value.to_owned()));
        self.restart().await
    }

    /// Runs `traccia ARGUMENTS` against this server as the admin and waits for its end.
    pub async fn cli(&self, arguments: &[&str]) -> Done {
        let mut command = command();
        command.env("TRACCIA_URL", self.url()).env("TRACCIA_KEY", seed());
        done(command, arguments).await
    }

    /// The same, whose standard output is closed at the other end.
    pub async fn cli_unread(&self, arguments: &[&str]) -> Done {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = self.command(arguments);
        command.stdout(writer).stderr(Stdio::piped());
        let child = command.spawn().expect("traccia runs");
        // It holds the other end of the pipe.
        drop(command);
        let output = child.wait_with_output().await.expect("traccia ends");
        Done::new(arguments, &output)
    }

    /// `traccia ARGUMENTS` against this server as the admin, to be run with pipes of one's own.
    pub fn command(&self, arguments: &[&str]) -> tokio::process::Command {
        let mut command = command();
        command.env("TRACCIA_URL", self.url()).env("TRACCIA_KEY", seed()).args(arguments);
        let mut command = tokio::process::Command::from(command);
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// All that the server wrote on stdout so far.
    pub fn said(&self) -> String {
        self.running.program().stdout()
    }
}

fn seed() -> String {
    format!("{SEED_KEY}:{SEED_SECRET}")
}

/// Runs `traccia ARGUMENTS` for no server that is there and waits for its end.
pub async fn cli(arguments: &[&str]) -> Done {
    done(command(), arguments).await
}

/// The same, within limits that a line of the shell sets first.
pub async fn cli_within(line: &str, arguments: &[&str]) -> Done {
    done(command_within(line), arguments).await
}

/// Starts `traccia ARGUMENTS` for no server, kills it (SIGKILL) after a while, and says whether it had ended
/// before.
pub async fn cli_killed_after(arguments: &[&str], time: Duration) -> bool {
    let mut command = tokio::process::Command::from(command());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = command.kill_on_drop(true).spawn().expect("traccia runs");
    if tokio::time::timeout(time, running.wait()).await.is_ok() {
        return true;
    }
    running.kill().await.expect("it can be killed");
    false
}

async fn done(command: Command, arguments: &[&str]) -> Done {
    let mut command = tokio::process::Command::from(command);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(COMMAND, command.output())
        .await
        .unwrap_or_else(|_| panic!("traccia {arguments:?} ends within {COMMAND:?}"))
        .expect("traccia runs");
    Done::new(arguments, &output)
}

/// What a finished command left: its exit code and what it wrote.
pub struct Done {
    arguments: Vec<String>,
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// All it wrote on stdout.
    pub stdout: String,
    /// All it wrote on stderr.
    pub stderr: String,
}

impl Done {
    fn new(arguments: &[&str], output: &Output) -> Self {
        Self {
            arguments: arguments.iter().map(ToString::to_string).collect(),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Asserts that it succeeded and gives what it wrote on stdout.
    pub fn success(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self}");
        &self.stdout
    }

    /// Asserts success and reads stdout as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.success()).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "traccia {:?} → {:?}\n{}\n{}",
            self.arguments, self.code, self.stdout, self.stderr
        )
    }
}

/// `traccia` with none of the caller's settings.
fn command() -> Command {
    let path = built("traccia");
    assert!(path.is_file(), "{} is missing: run `make built` first", path.display());
    let mut command = Command::new(path);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TRACCIA")) {
        command.env_remove(name);
    }
    // Commands speak the terminal's language.
    command.env("LC_ALL", "C");
    command
}

/// [`command`] in a shell that runs this line first.
fn command_within(line: &str) -> Command {
    let program = command();
    let mut command = Command::new("sh");
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.args(["-c", &format!("{line} && exec \"$0\" \"$@\"")]).arg(program.get_program());
    command
}

/// The store that the environment wants: a new database, or `None` for the embedded one.
async fn new_store() -> Option<String> {
    let wanted = std::env::var("TRACCIA_TEST_STORE").unwrap_or_default();
    match wanted.as_str() {
        "" | "sqlite" => None,
        "mongodb" => Some(fresh_database().await),
        other => panic!("TRACCIA_TEST_STORE is `{other}`: use sqlite or mongodb"),
    }
}

/// The first `http://HOST:PORT` in a line.
fn first_address(line: &str) -> Option<String> {
    let (before, rest) = line.split_once("://")?;
    let scheme = if before.ends_with("https") { "https" } else { "http" };
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || ".:-[]".contains(c)))
        .unwrap_or(rest.len());
    let authority = rest.get(..end)?.trim_end_matches('.');
    authority.rsplit_once(':')?.1.parse::<u16>().ok()?;
    Some(format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::first_address;

    #[test]
    fn the_address_is_found_in_a_sentence() {
        let found = first_address("Traccia listens at http://127.0.0.1:4711/xapi, key demo.");
        assert_eq!(found.as_deref(), Some("http://127.0.0.1:4711"));
        assert_eq!(first_address("see http://example.org for help"), None);
    }
}
