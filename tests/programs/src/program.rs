//! A program that a test starts and ends.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

const START: Duration = Duration::from_secs(30);
/// How long a program that was asked to stop may take, and how often it is looked at.
const END: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(20);

/// A running program. Dropping it kills the process; a failing test shows all that it wrote on stderr.
pub struct Program {
    name: String,
    process: Child,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
    /// The other end of stderr, where nobody reads it.
    _unread: Option<ChildStderr>,
    announced: String,
}

impl Program {
    /// Starts it and waits for the first line on its stdout in which `address` finds one.
    pub async fn start(
        command: Command,
        address: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> Self {
        Self::launch(command, address, true).await
    }

    /// The same, with a stderr that is open and that nobody reads: a full pipe makes writers wait.
    pub async fn start_unread(
        command: Command,
        address: impl Fn(&str) -> Option<String> + Send + 'static,
    ) -> Self {
        Self::launch(command, address, false).await
    }

    async fn launch(
        mut command: Command,
        address: impl Fn(&str) -> Option<String> + Send + 'static,
        is_read: bool,
    ) -> Self {
        let name = command.get_program().display().to_string();
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let unread = process.stderr.take_if(|_| !is_read);
        let stderr = process.stderr.take().map(|stderr| collect(stderr, |_| {}));
        let stderr = stderr.unwrap_or_default();
        let (announced, stdout) = first(process.stdout.take().expect("stdout is piped"), address);
        match timeout(START, announced).await {
            Ok(Ok(announced)) => Self { name, process, stdout, stderr, _unread: unread, announced },
            failure => {
                let _ = process.kill();
                let _ = process.wait();
                let reason = if failure.is_err() { "in time" } else { "before it ended" };
                panic!("{name}: no address on stdout {reason}; stderr:\n{}", text(&stderr));
            }
        }
    }

    /// The address that it announced.
    pub fn address(&self) -> &str {
        &self.announced
    }

    /// All that it wrote on stdout so far.
    pub fn stdout(&self) -> String {
        text(&self.stdout)
    }

    /// All that it wrote on stderr so far.
    pub fn stderr(&self) -> String {
        text(&self.stderr)
    }

    /// Waits until the process has ended by itself, however long that takes, and gives its exit code; `None` where a signal
    /// has ended it.
    pub async fn ended(&mut self) -> Option<i32> {
        loop {
            if let Some(status) = self.process.try_wait().expect("a process can be waited for") {
                return status.code();
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Kills the process at once (SIGKILL). What it had given to the system is kept: this is no power cut.
    /// One that has ended is left as it is.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        self.process.wait().expect("a killed process ends");
    }
}

#[cfg(unix)]
impl Program {
    /// Sends the process the signal HUP.
    pub fn hang_up(&self) {
        let command = format!("kill -HUP {}", self.process.id());
        let sent = Command::new("sh").args(["-c", &command]).status();
        assert!(sent.expect("sh runs").success(), "{} gets no signal", self.name);
    }

    /// Asks the process to stop (SIGTERM), waits for its end, and gives its exit code.
    pub async fn stop(&mut self) -> Option<i32> {
        let asked =
            Command::new("sh").args(["-c", &format!("kill -TERM {}", self.process.id())]).status();
        assert!(asked.expect("sh runs").success(), "{} cannot be stopped", self.name);
        let Ok(code) = timeout(END, self.ended()).await else {
            panic!("{} does not end within {END:?}", self.name);
        };
        code
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let (name, text) = (&self.name, text(&self.stderr));
            eprintln!("--- stderr of {name} at {} ---\n{text}", self.announced);
        }
    }
}

/// Where `target/<profile>/NAME` is, or would be, when it is built: beside the folder `deps` that this test runs from.
pub fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let profile = test.parent().and_then(Path::parent).expect("target/<profile>/deps/<test>");
    profile.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Reads stdout to its end, so that no write on it waits; the first address on it is sent on.
fn first(
    stdout: impl Read + Send + 'static,
    address: impl Fn(&str) -> Option<String> + Send + 'static,
) -> (oneshot::Receiver<String>, Arc<Mutex<String>>) {
    let (sender, found) = oneshot::channel();
    let mut sender = Some(sender);
    let text = collect(stdout, move |line| {
        if let Some(address) = address(line)
            && let Some(sender) = sender.take()
        {
            let _ = sender.send(address);
        }
    });
    (found, text)
}

/// Reads to the end; `look` sees each line once it is among the text.
fn collect(
    stream: impl Read + Send + 'static,
    mut look: impl FnMut(&str) + Send + 'static,
) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let shared = Arc::clone(&text);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Ok(mut text) = shared.lock() {
                let _ = writeln!(text, "{line}");
            }
            look(&line);
        }
    });
    text
}

fn text(collected: &Mutex<String>) -> String {
    collected.lock().map(|text| text.clone()).unwrap_or_default()
}
