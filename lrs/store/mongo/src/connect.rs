//! Finding the database and making sure that it can be used.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern,
};
use mongodb::{Client, Database};

use super::call::{call, code, in_time, insert};
use store::{Result, StoreError};
use xapi::instant::Instant;

/// How long a server is looked for before it is held for unreachable.
const SELECTION: Duration = Duration::from_secs(5);
const CONNECT: Duration = Duration::from_secs(5);
/// Connections of one process to one server.
const POOL: u32 = 64;
/// How long a write waits for the majority of the servers before it fails.
const WRITE: Duration = Duration::from_secs(20);
/// The wire protocol of `MongoDB` 5.0.
const WIRE: i64 = 13;
/// What no server allows in the name of a database.
const NOT_IN_A_NAME: [char; 13] =
    ['/', '\\', '.', '"', '$', '*', '<', '>', ':', '|', '?', ' ', '\0'];
const LONGEST_NAME: usize = 63;
/// The server's codes: the user lacks the right; the user or password is wrong.
const NOT_ALLOWED: i32 = 13;
const NOT_KNOWN: i32 = 18;
/// In milliseconds: a clock that differs by more than [`SKEW`] from the server's is logged, and one that differs by
/// more than [`MOST_SKEW`] is refused. `stored` never goes back: after a clock that was an hour ahead it would be wrong
/// on all machines for an hour.
const SKEW: i64 = 2_000;
const MOST_SKEW: i64 = 60_000;

/// The database that `uri` names, once it has been found to be good.
///
/// # Errors
/// [`StoreError::Unavailable`] with what to do, where the URI has a fault or names no database,
/// no server answers, or the server is too old, not writable, or refuses what is needed.
pub(super) async fn connect(uri: &str, now: Instant) -> Result<Database> {
    // One TLS provider for the whole program; a second installation is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = ClientOptions::parse(uri).await.map_err(|error| {
        let form = "use mongodb://[USER:PASSWORD@]HOST[:PORT][,…]/DATABASE[?replicaSet=NAME]";
        if uri.find('?') < uri.rfind('@') && uri.contains('?') {
            // The driver would take the beginning of a password for a port, and show it.
            return unusable(&format!(
                "its URI cannot be used: write ? as %3F in user and password, / as %2F, and {form}"
            ));
        }
        unusable(&format!("its URI cannot be used ({}): {form}", error.kind))
    })?;
    let Some(name) = options.default_database.clone() else {
        return Err(unusable("its URI names no database: use mongodb://HOST/DATABASE"));
    };
    if name.contains(NOT_IN_A_NAME) || name.len() > LONGEST_NAME {
        return Err(unusable(&format!(
            "`{name}` cannot name a database: use at most {LONGEST_NAME} bytes, and none of \
             / \\ . \" $ * < > : | ? and space"
        )));
    }
    for option in overridden(&options) {
        tracing::warn!(option, "an option of the database's URI is not used: Traccia sets its own");
    }
    let client = Client::with_options(bounded(options)).map_err(advised)?;
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
    // On some servers the URI must turn retries off: then a failed write is answered with 503.
    options.retry_writes.get_or_insert(true);
    let majority = WriteConcern::builder().w(Acknowledgment::Majority).w_timeout(WRITE).build();
    options.write_concern = Some(majority);
    options.read_concern = Some(ReadConcern::majority());
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    options
}

/// The options of a URI that [`bounded`] replaces by others.
fn overridden(options: &ClientOptions) -> Vec<&'static str> {
    let majority = Some(Acknowledgment::Majority);
    let w = options.write_concern.as_ref().is_some_and(|concern| {
        concern.w != majority && concern.w.is_some() || concern.w_timeout.is_some()
    });
    let read = options.read_concern.as_ref().is_some_and(|it| *it != ReadConcern::majority());
    let primary = SelectionCriteria::ReadPreference(ReadPreference::Primary);
    let preference = options.selection_criteria.as_ref().is_some_and(|it| *it != primary);
    let retries = options.retry_reads == Some(false);
    let all = [
        (w, "w, wtimeoutMS"),
        (read, "readConcernLevel"),
        (preference, "readPreference"),
        (retries, "retryReads"),
    ];
    all.into_iter().filter_map(|(is_other, name)| is_other.then_some(name)).collect()
}

async fn check(database: &Database, now: Instant) -> Result<()> {
    let hello = in_time(database.run_command(doc! {"hello": 1})).await?.map_err(advised)?;
    let wire = hello.get_i32("maxWireVersion").map_or(0, i64::from);
    if wire < WIRE {
        return Err(unusable(&format!(
            "it is too old (wire version {wire}, needed {WIRE}): use MongoDB 5.0 or newer, \
             FerretDB 1.24 or newer, or another server that speaks as they do"
        )));
    }
    let is_writable = hello.get_bool("isWritablePrimary").or_else(|_| hello.get_bool("ismaster"));
    // A server that says neither is none that takes writes.
    if !is_writable.is_ok_and(|writable| writable) {
        return Err(unusable("it is not writable: name the replica set (?replicaSet=NAME)"));
    }
    // A server that does not tell its time cannot be compared with.
    let Some(theirs) = time_in(&hello) else { return Ok(()) };
    let skew = (now.micros() - theirs.micros()) / 1_000;
    if skew.abs() > MOST_SKEW {
        let (seconds, way) = (skew.abs() / 1_000, if skew > 0 { "ahead of" } else { "behind" });
        return Err(unusable(&format!(
            "this machine's clock is {seconds} s {way} the database's: set both by NTP"
        )));
    }
    if skew.abs() > SKEW {
        tracing::warn!(milliseconds = skew, "this machine's clock is not the database's");
    }
    Ok(())
}

/// The server's time, where its answer has one.
pub(super) async fn time(database: &Database) -> Result<Option<Instant>> {
    let hello = call(database.run_command(doc! {"hello": 1})).await?;
    Ok(time_in(&hello))
}

fn time_in(hello: &Document) -> Option<Instant> {
    let time = hello.get_datetime("localTime").ok()?;
    Some(Instant::from_micros(time.timestamp_millis().saturating_mul(1_000)))
}

/// Does once what the engine does all the time.
///
/// # Errors
/// [`StoreError::Unavailable`] with what to do, where the server does not do it as it must.
pub(super) async fn try_out(database: &Database) -> Result<()> {
    let probe = database.collection::<Document>("probe");
    let id = format!("{:032x}", rand::random::<u128>());
    let document = || doc! {"_id": &id, "list": [1]};
    in_time(probe.insert_one(document())).await?.map_err(advised)?;
    let twice = insert(&probe, document()).await?;
    let add = doc! {"$addToSet": {"list": {"$each": [1, 2]}}};
    in_time(probe.update_one(doc! {"_id": &id}, add)).await?.map_err(advised)?;
    let filter = doc! {"$and": [{"_id": &id}, {"list": {"$in": [2]}}]};
    let found = in_time(probe.find_one(filter)).await?.map_err(advised)?;
    let removed = in_time(probe.delete_many(doc! {"_id": &id})).await?.map_err(advised)?;
    if twice || found.is_none() || removed.deleted_count != 1 {
        return Err(unusable("it does not keep unique keys, or lists, as MongoDB does"));
    }
    Ok(())
}

/// What the driver says, with what to do about it.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn advised(error: Error) -> StoreError {
    let advice = match (code(&error), error.kind.as_ref()) {
        (Some(NOT_ALLOWED), _) => "the user needs the role readWrite on this database",
        (Some(NOT_KNOWN), _) | (_, ErrorKind::Authentication { .. }) => {
            "check the user, the password, and authSource"
        }
        (Some(_), _) => "use a server that speaks as MongoDB 5.0 does",
        (None, _) => {
            "check that it runs, its address, the network, tls=true where it wants TLS and only \
             there, and that it is a member of the replicaSet that the URI names"
        }
    };
    unusable(&format!("{advice} ({})", error.kind))
}

fn unusable(reason: &str) -> StoreError {
    StoreError::Unavailable(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use store_testkit::clock::SystemClock;
    use xapi::clock::Clock as _;

    #[tokio::test]
    async fn options_that_are_not_used_are_told() {
        for (options, expected) in [
            ("w=majority&readPreference=primary&retryWrites=true&replicaSet=rs0", &[][..]),
            ("readConcernLevel=majority&maxPoolSize=9&connectTimeoutMS=1", &[]),
            ("w=1", &["w, wtimeoutMS"]),
            ("retryReads=false", &["retryReads"]),
            ("wtimeoutMS=5&retryWrites=false", &["w, wtimeoutMS"]),
            (
                "readPreference=secondary&readConcernLevel=local",
                &["readConcernLevel", "readPreference"],
            ),
        ] {
            let uri = format!("mongodb://h.example/d?{options}");
            let options = ClientOptions::parse(&uri).await.unwrap();
            assert_eq!(overridden(&options), expected, "{uri}");
            assert_eq!(overridden(&bounded(options)), ["w, wtimeoutMS"], "its own time for writes");
        }
    }

    #[tokio::test]
    async fn a_password_that_breaks_the_uri_is_not_shown() {
        for uri in ["mongodb://u:TOP?SECRET@h.example/d", "mongodb://u:TOP?SE/CRET@h.example/d?w=1"]
        {
            let error = connect(uri, Instant::default()).await.unwrap_err().to_string();
            assert!(error.contains("%3F") && !error.contains("TOP"), "{error}");
        }
    }

    #[tokio::test]
    #[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
    async fn a_clock_far_from_the_databases_is_refused() {
        let uri = programs::fresh_database().await;
        let now = SystemClock.now().micros();
        let at = |seconds: i64| Instant::from_micros(now + seconds * 1_000_000);
        for (seconds, expected) in [(26_000_000, "ahead of"), (-120, "behind")] {
            let error = connect(&uri, at(seconds)).await.unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("NTP"), "{error}");
        }
        connect(&uri, at(10)).await.unwrap();
    }
}
