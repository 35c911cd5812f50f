//! The look before the run: is there a learning record store at all, and does it know us?

use std::sync::Arc;

use crate::failure::Failure;
use crate::lrs::Lrs;
use crate::runner::Server;
use crate::version::Version;

/// Asks once for a list of statements.
///
/// # Errors
/// Why a run would make no sense, as a sentence for whoever started it.
pub async fn probe(server: &Server, version: Version) -> Result<(), String> {
    let lrs = Lrs::new(Arc::clone(&server.target), Arc::clone(&server.transport), version);
    let endpoint = &server.target.endpoint;
    let reply = match lrs.get("statements").query("limit", "1").await {
        Ok(reply) => reply,
        Err(Failure::Unreachable { error, .. }) => return Err(format!("{endpoint}: {error}")),
        Err(_) => return Err(format!("{endpoint}: no answer")),
    };
    match reply.status() {
        200 if reply.statements().is_ok() => Ok(()),
        200 => Err(format!("{endpoint} answers, but not with statements: {}", reply.summary())),
        401 if server.target.credentials.is_none() => {
            Err(format!("{endpoint} asks for credentials: give --user and --password"))
        }
        401 | 403 => Err(format!("{endpoint} refuses the credentials: {}", reply.summary())),
        404 => Err(format!("there is no resource statements below {endpoint}: is the path right?")),
        _ => Err(format!("{endpoint} does not list statements in {version}: {}", reply.summary())),
    }
}
