//! Finding the database and making sure that it can be used.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern,
};
use mongodb::{Client, Database};

use super::call::{call, insert};
use crate::store::{Result, StoreError};

/// A server that cannot be reached for so long is not there.
const SELECTION: Duration = Duration::from_secs(5);
const CONNECT: Duration = Duration::from_secs(5);
/// Connections of one process to one server.
const POOL: u32 = 64;
/// What a write waits for at the most before it fails.
const WRITE: Duration = Duration::from_secs(20);
/// The wire protocol of `MongoDB` 5.0.
const WIRE: i64 = 13;
/// A clock that differs more from the server's is worth a word, in milliseconds.
const SKEW: i64 = 2_000;

/// The database that `uri` names, once it has been found to be good.
///
/// # Errors
/// [`StoreError::Unavailable`] with what to do, where the URI has a fault or names no database,
/// nobody answers, or the server is too old, not writable, or refuses what is needed.
pub(super) async fn connect(uri: &str, now: i64) -> Result<Database> {
    // One TLS provider for the whole program; a second installation is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = call(ClientOptions::parse(uri)).await.map_err(|error| {
        unusable(&format!("{error}: use mongodb://HOST[:PORT][,…]/DATABASE[?replicaSet=NAME]"))
    })?;
    let Some(name) = options.default_database.clone() else {
        return Err(unusable("its URI names no database: use mongodb://HOST/DATABASE"));
    };
    let client =
        Client::with_options(bounded(options)).map_err(|error| unusable(&error.to_string()))?;
    let database = client.database(&name);
    check(&database, now).await?;
    Ok(database)
}

/// What this engine needs, over what the URI says where that is less.
fn bounded(mut options: ClientOptions) -> ClientOptions {
    options.app_name.get_or_insert_with(|| "traccia".into());
    options.server_selection_timeout.get_or_insert(SELECTION);
    options.connect_timeout.get_or_insert(CONNECT);
    options.max_pool_size.get_or_insert(POOL);
    options.retry_reads = Some(true);
    options.retry_writes = Some(true);
    let majority = WriteConcern::builder().w(Acknowledgment::Majority).w_timeout(WRITE).build();
    options.write_concern = Some(majority);
    options.read_concern = Some(ReadConcern::majority());
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    options
}

async fn check(database: &Database, now: i64) -> Result<()> {
    let hello = call(database.run_command(doc! {"hello": 1})).await.map_err(|error| {
        unusable(&format!("{error}: check that it runs, the address, and the network"))
    })?;
    let wire = hello.get_i32("maxWireVersion").map(i64::from).unwrap_or_default();
    if wire < WIRE {
        return Err(unusable(&format!(
            "it is too old (wire version {wire}, needed {WIRE}): use MongoDB 5.0 or newer, \
             FerretDB 1.24 or newer, or another server that speaks as they do"
        )));
    }
    let is_writable = hello.get_bool("isWritablePrimary").or_else(|_| hello.get_bool("ismaster"));
    if !is_writable.unwrap_or_default() {
        return Err(unusable("it is not writable: name the replica set (?replicaSet=NAME)"));
    }
    if let Ok(theirs) = hello.get_datetime("localTime") {
        let skew = now / 1_000 - theirs.timestamp_millis();
        if skew.abs() > SKEW {
            tracing::warn!(milliseconds = skew, "this machine's clock is not the database's");
        }
    }
    try_out(database).await
}

/// Does once what the engine does all the time.
async fn try_out(database: &Database) -> Result<()> {
    let refused = |error: StoreError| {
        unusable(&format!("{error}: the user needs the role readWrite on this database"))
    };
    let probe = database.collection::<Document>("probe");
    let id = format!("{:032x}", rand::random::<u128>());
    let document = || doc! {"_id": &id, "list": [1]};
    let once = insert(&probe, document()).await.map_err(refused)?;
    let twice = insert(&probe, document()).await.map_err(refused)?;
    let add = doc! {"$addToSet": {"list": {"$each": [1, 2]}}};
    call(probe.update_one(doc! {"_id": &id}, add)).await.map_err(refused)?;
    let filter = doc! {"$and": [{"_id": &id}, {"list": {"$in": [2]}}]};
    let found = call(probe.find_one(filter)).await.map_err(refused)?;
    let removed = call(probe.delete_many(doc! {"_id": &id})).await.map_err(refused)?;
    if !once || twice || found.is_none() || removed.deleted_count != 1 {
        return Err(unusable("it does not keep unique keys, or lists, as MongoDB does"));
    }
    Ok(())
}

fn unusable(reason: &str) -> StoreError {
    StoreError::Unavailable(format!("the database cannot be used: {reason}"))
}
