//! A database for one measurement, on the server that `TRACCIA_TEST_MONGODB_URI` names, or else on
//! the `FerretDB` of the tests.

use anyhow::{Context as _, Result};
use mongodb::{Client, Database};
use tempfile::TempDir;
use uuid::Uuid;

use crate::process::Server;

const URI: &str = "TRACCIA_TEST_MONGODB_URI";

/// See the module.
pub(crate) struct OwnDatabase {
    /// With the name of the database.
    pub(crate) uri: String,
    /// The same through a driver.
    pub(crate) database: Database,
    ferretdb: Option<(Server, TempDir)>,
}

impl OwnDatabase {
    /// Whether there is a server to have one on.
    pub(crate) fn is_to_be_had() -> Result<bool> {
        Ok(std::env::var(URI).is_ok() || Server::ferretdb_program()?.exists())
    }

    /// An empty one.
    pub(crate) async fn new() -> Result<Self> {
        let name = format!("traccia-load-{}", Uuid::new_v4().simple());
        let (ferretdb, host) = if let Ok(uri) = std::env::var(URI) {
            (None, uri)
        } else {
            let data = TempDir::new()?;
            let server = Server::ferretdb(data.path())?;
            let uri = format!("mongodb://{}/", server.address);
            (Some((server, data)), uri)
        };
        let uri = in_database(&host, &name)?;
        let database = Client::with_uri_str(&uri).await?.database(&name);
        Ok(Self { uri, database, ferretdb })
    }

    /// Whether it is on the server of the tests, which reads a whole collection for most questions.
    pub(crate) const fn is_ferretdb(&self) -> bool {
        self.ferretdb.is_some()
    }
}

/// The server's URI with the name of a database in it.
fn in_database(uri: &str, name: &str) -> Result<String> {
    let (address, options) = uri.split_once('?').unwrap_or((uri, ""));
    let (scheme, rest) = address.split_once("://").context("the URI of a server: mongodb://…")?;
    let hosts = rest.split('/').next().unwrap_or_default();
    Ok(format!("{scheme}://{hosts}/{name}?{options}"))
}
