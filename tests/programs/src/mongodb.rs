//! A fresh database for each test, on any MongoDB-compatible server.

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::program::{Program, built};

const URI: &str = "TRACCIA_TEST_MONGODB_URI";

/// The URI of a database that nothing was written to.
///
/// It is on the server that `TRACCIA_TEST_MONGODB_URI` names, where it stays after the test as
/// `traccia-test-…`; else on a server that all tests of this process share and that ends with them. `None`
/// where there is neither, which is said; continuous integration must have one.
pub async fn fresh_database() -> Option<String> {
    static SHARED: OnceCell<Option<Program>> = OnceCell::const_new();
    if let Ok(uri) = std::env::var(URI) {
        return Some(database_at(&uri));
    }
    let shared = SHARED.get_or_init(|| async { Some(start(ferretdb()?).await) }).await;
    shared.as_ref().map(|server| database_at(server.address()))
}

/// A server that a test may kill: always an own process, on a port and a folder of its own.
pub struct MongoServer {
    program: Program,
    folder: TempDir,
}

impl MongoServer {
    /// Starts it. `None` where it was not built, which is said.
    pub async fn start() -> Option<Self> {
        let folder = TempDir::new().expect("a temporary folder");
        let program = start(on(ferretdb()?, folder.path(), "127.0.0.1:0")).await;
        Some(Self { program, folder })
    }

    /// The URI of a database on it that nothing was written to.
    pub fn fresh_database(&self) -> String {
        database_at(self.program.address())
    }

    /// Kills it at once (SIGKILL).
    pub fn kill(&mut self) {
        self.program.kill();
    }

    /// Starts it again after a kill, on the same port and folder.
    pub async fn restart(&mut self) {
        let address = self.program.address().trim_start_matches("mongodb://").trim_matches('/');
        let command = ferretdb().expect("it was there to be started the first time");
        self.program = start(on(command, self.folder.path(), address)).await;
    }
}

/// The server of `tests/ferretdb`, or `None` where it was not built, which is said.
fn ferretdb() -> Option<Command> {
    let path = built("ferretdb");
    if path.is_file() {
        return Some(Command::new(path));
    }
    let missing = format!(
        "{} is missing: `make ferretdb` builds it, with Go; or let {URI} name a server",
        path.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{missing}");
    eprintln!("skipped: {missing}");
    None
}

fn on(mut command: Command, folder: &Path, address: &str) -> Command {
    command.args(["-listen", address, "-data"]).arg(folder);
    command
}

/// It ends when its stdin does, also where this test is killed and cannot end it.
async fn start(mut command: Command) -> Program {
    command.stdin(Stdio::piped());
    Program::start(command, |line| line.starts_with("mongodb://").then(|| line.to_owned())).await
}

/// The URI with the name of a new database in place of the one that may stand there.
fn database_at(uri: &str) -> String {
    let (address, options) = uri.split_once('?').unwrap_or((uri, ""));
    let (scheme, rest) = address.split_once("://").expect("the URI of a server: mongodb://…");
    let hosts = rest.split('/').next().unwrap_or_default();
    let question = if options.is_empty() { "" } else { "?" };
    format!("{scheme}://{hosts}/traccia-test-{}{question}{options}", Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests {
    use super::database_at;

    #[test]
    fn each_database_has_a_new_name_and_the_servers_options() {
        for uri in
            ["mongodb://u:p@a:1,b:2/?replicaSet=rs0", "mongodb://u:p@a:1,b:2/x?replicaSet=rs0"]
        {
            let (one, two) = (database_at(uri), database_at(uri));
            assert_ne!(one, two);
            assert!(one.starts_with("mongodb://u:p@a:1,b:2/traccia-test-"), "{one}");
            assert!(one.ends_with("?replicaSet=rs0"), "{one}");
        }
        assert!(!database_at("mongodb://a:1").contains('?'));
    }

    #[tokio::test]
    async fn a_killed_server_starts_again_where_it_was() {
        let Some(mut server) = super::MongoServer::start().await else { return };
        let address = server.program.address().to_owned();
        server.kill();
        server.restart().await;
        assert_eq!(server.program.address(), address);
    }
}
