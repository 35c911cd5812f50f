//! A `PostgreSQL` of its own in a temporary folder, with its default settings, and its commits as durable as those are.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;
use tokio::time::sleep;
use uuid::Uuid;

/// What is said where there is none.
pub(crate) const MISSING: &str = "skipped: no initdb and postgres, neither on PATH nor in \
    /usr/lib/postgresql/*/bin (Debian: apt install postgresql)";

const USER: &str = "bench";
/// Where Debian has a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// `PostgreSQL` does not run as root: the first of these that the machine has runs it instead.
const ORDINARY: [&str; 2] = ["postgres", "nobody"];
const LONGEST_START: Duration = Duration::from_mins(1);

/// The programs that are needed.
pub(crate) struct Programs {
    initdb: PathBuf,
    postgres: PathBuf,
}

/// Looks for the programs on `PATH`, then for the newest of Debian's.
pub(crate) fn programs() -> Result<Option<Programs>> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(debian()?);
    Ok(folders.into_iter().find_map(|folder| {
        let programs =
            Programs { initdb: folder.join("initdb"), postgres: folder.join("postgres") };
        (programs.initdb.is_file() && programs.postgres.is_file()).then_some(programs)
    }))
}

/// The folders of Debian's versions, the newest first.
fn debian() -> Result<Vec<PathBuf>> {
    if !Path::new(DEBIAN).is_dir() {
        return Ok(Vec::new());
    }
    let mut versions = Vec::new();
    for version in std::fs::read_dir(DEBIAN)? {
        let version = version?.path();
        let number = version.file_name().and_then(OsStr::to_str).and_then(|name| name.parse().ok());
        let number: Option<u32> = number;
        versions.push((number, version.join("bin")));
    }
    versions.sort_unstable_by(|one, other| other.cmp(one));
    Ok(versions.into_iter().map(|(_, folder)| folder).collect())
}

/// A running server; stopped when it goes out of sight.
pub(crate) struct Postgres {
    /// `postgresql://USER:PASSWORD@HOST:PORT`, without a database.
    pub(crate) url: String,
    child: Child,
    _folder: TempDir,
}

impl Postgres {
    /// A database that is there from the start.
    pub(crate) const DATABASE: &str = "postgres";

    /// Makes a cluster and starts the server on it.
    pub(crate) async fn start(programs: &Programs) -> Result<Self> {
        let folder = TempDir::new()?;
        let user = Ordinary::user()?;
        let (data, secret) = (folder.path().join("data"), folder.path().join("secret"));
        let password = Uuid::new_v4().simple().to_string();
        std::fs::write(&secret, &password)?;
        if let Some(user) = &user {
            for path in [folder.path(), &secret] {
                chown(path, Some(user.id), Some(user.group))?;
            }
        }
        let mut initdb = command(&programs.initdb, folder.path(), user.as_ref());
        initdb.args(["--username", USER, "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"]);
        let made = initdb.arg("--pwfile").arg(&secret).arg("--pgdata").arg(&data).output()?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port()?;
        let mut postgres = command(&programs.postgres, folder.path(), user.as_ref());
        postgres.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        postgres.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        // The defaults, whatever a distribution says.
        postgres.args(["-c", "fsync=on", "-c", "synchronous_commit=on"]);
        let log = folder.path().join("log");
        postgres.stdout(Stdio::null()).stderr(std::fs::File::create(&log)?);
        let child = postgres.spawn().context("starting PostgreSQL")?;
        let url = format!("postgresql://{USER}:{password}@127.0.0.1:{port}");
        let mut server = Self { url, child, _folder: folder };
        server.ready(&data, &log).await?;
        Ok(server)
    }

    /// Waits until the server says in its file that it takes connections.
    async fn ready(&mut self, data: &Path, log: &Path) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < LONGEST_START {
            let state = std::fs::read_to_string(data.join("postmaster.pid"));
            if state.is_ok_and(|state| state.lines().nth(7).is_some_and(|at| at.trim() == "ready"))
            {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        bail!("PostgreSQL does not start: {}", std::fs::read_to_string(log)?)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It stops at once, without leaving shared memory behind. It may have stopped already.
        let _ = kill_process(Pid::from_child(&self.child), Signal::QUIT);
        let _ = self.child.wait();
    }
}

/// A port of this machine on which nothing listens.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn command(program: &Path, folder: &Path, user: Option<&Ordinary>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some(user) = user {
        command.uid(user.id).gid(user.group);
    }
    command
}

/// A user other than root.
struct Ordinary {
    id: u32,
    group: u32,
}

impl Ordinary {
    /// Who runs `PostgreSQL` where this process is root's; nothing where it can do so itself.
    fn user() -> Result<Option<Self>> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        let users = std::fs::read_to_string("/etc/passwd")?;
        let found = ORDINARY.iter().find_map(|name| Self::named(&users, name));
        Ok(Some(found.context("PostgreSQL does not run as root, and there is no user `postgres`")?))
    }

    fn named(users: &str, name: &str) -> Option<Self> {
        let mut fields = users.lines().map(|line| line.split(':'));
        let mut fields = fields.find_map(|mut line| (line.next() == Some(name)).then_some(line))?;
        let _password = fields.next()?;
        Some(Self { id: fields.next()?.parse().ok()?, group: fields.next()?.parse().ok()? })
    }
}
