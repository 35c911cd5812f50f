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
/// `traccia-test-…`; else on a server that all tests of this process share and that ends with them. Panics where there
/// is neither. A test that calls this is `#[ignore]`d with that reason, and `make` runs it where there is a server.
pub async fn fresh_database() -> String {
    static SHARED: OnceCell<Program> = OnceCell::const_new();
    if let Ok(uri) = std::env::var(URI) {
        return database_at(&uri);
    }
    database_at(SHARED.get_or_init(|| start(ferretdb())).await.address())
}

/// A server that a test may kill: always an own process, on a port and a folder of its own.
pub struct MongoServer {
    program: Program,
    folder: TempDir,
}

impl MongoServer {
    /// Starts it; panics where it was not built.
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let program = start(on(ferretdb(), folder.path(), "127.0.0.1:0")).await;
        Self { program, folder }
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
        self.program = start(on(ferretdb(), self.folder.path(), address)).await;
    }
}

/// The server of `tests/ferretdb`.
fn ferretdb() -> Command {
    let path = built("ferretdb");
    assert!(
        path.is_file(),
        "{} is missing: `make ferretdb` builds it, with Go; or let {URI} name a server",
        path.display()
    );
    Command::new(path)
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
    #[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
    async fn a_killed_server_starts_again_where_it_was() {
        let mut server = super::MongoServer::start().await;
        let address = server.program.address().to_owned();
        server.kill();
        server.restart().await;
        assert_eq!(server.program.address(), address);
    }
}
