//! The program of xapi-rs, by its settings and its HTTP interface alone.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use tokio::time::sleep;
use uuid::Uuid;

use crate::peers::postgres::{Postgres, free_port};
use crate::wire::{Connection, get_as};

/// What is said where there is none.
pub(crate) const MISSING: &str = "skipped: no xapi-rs on PATH, and XAPI_RS does not name its program \
    (cargo install xapi-rs --version 0.2.0 --locked)";

/// Where it takes statements.
pub(crate) const PATH: &str = "/statements";
const EMAIL: &str = "bench@example.org";
const PASSWORD: &str = "bench-secret";
/// Both for Basic.
pub(crate) const BASIC: &str = "YmVuY2hAZXhhbXBsZS5vcmc6YmVuY2gtc2VjcmV0";

const LONGEST_START: Duration = Duration::from_mins(1);

/// The program that `XAPI_RS` names, or else the one on `PATH`.
pub(crate) fn program() -> Result<Option<PathBuf>> {
    if let Some(named) = std::env::var_os("XAPI_RS") {
        let named = std::path::absolute(named)?;
        ensure!(named.is_file(), "XAPI_RS is no program: {}", named.display());
        return Ok(Some(named));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join("xapi-rs"));
    Ok(programs.find(|program| program.is_file()))
}

/// A running server; killed when it goes out of sight.
pub(crate) struct XapiRs {
    /// HOST:PORT.
    pub(crate) address: String,
    child: Child,
}

impl XapiRs {
    /// Starts the server on a database without tables, which it makes. Its files go to `folder`. A page has at most
    /// `page` statements.
    pub(crate) async fn start(
        program: &Path,
        folder: &Path,
        postgres: &Postgres,
        page: u32,
    ) -> Result<Self> {
        // It writes a log to this folder, and does not start without.
        std::fs::create_dir(folder.join("logs"))?;
        let (log, port) = (folder.join("said"), free_port()?.to_string());
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(program);
        command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder);
        command.env("DB_SERVER_URL", &postgres.url).env("DB_NAME", Postgres::DATABASE);
        // Twice its default, as its documentation has it.
        command.env("DB_MAX_CONNECTIONS", "16").env("DB_STATEMENTS_PAGE_LEN", page.to_string());
        // Long enough to go through all pages.
        command.env("TTL_SECS", "3600");
        // Who sends is asked for a password, and is the authority of what they send, as in Traccia.
        command.env("LRS_MODE", "user");
        command.env("LRS_ROOT_EMAIL", EMAIL).env("LRS_ROOT_PASSWORD", PASSWORD);
        command.env("EXT_DEFAULT_LANGUAGE", "en");
        command.env("LRS_EXTERNAL_URL", format!("http://{address}/"));
        command.env("RUST_LOG", "error").env("ROCKET_LOG_LEVEL", "critical");
        command.env("ROCKET_ADDRESS", "127.0.0.1").env("ROCKET_PORT", &port);
        let secret = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        command.env("ROCKET_SECRET_KEY", secret);
        let output = File::create(&log)?;
        let child = command.stdout(output.try_clone()?).stderr(output).spawn()?;
        let mut server = Self { address, child };
        server.ready(&log).await?;
        Ok(server)
    }

    async fn ready(&mut self, log: &Path) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < LONGEST_START {
            if let Ok(mut connection) = Connection::open(&self.address).await {
                connection.exchange(&get_as(BASIC, "/about")).await?;
                return Ok(());
            }
            if self.child.try_wait()?.is_some() {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        bail!("xapi-rs does not start: {}", std::fs::read_to_string(log)?)
    }
}

impl Drop for XapiRs {
    fn drop(&mut self) {
        // It may have stopped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
