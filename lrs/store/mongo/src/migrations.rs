//! Collections and indexes, as numbered steps. A step that was released is never changed. A step is
//! recorded when it is done. Several processes may do a step at once, and a step that was cut off is
//! done again.

use mongodb::bson::{Document, doc};
use mongodb::{Database, IndexModel};

use super::call::{call, insert};
use super::field;
use store::{Result, StoreError};

/// The number of the newest step.
const KNOWN: i64 = 8;
/// Where done steps are recorded, by number.
const LAYOUT: &str = "layout";

/// The indexes of step 1: collection and fields. `_id` has one everywhere.
const FIRST: [(&str, &[&str]); 14] = [
    ("statement", &["keys", "stored"]),
    ("statement", &["stored"]),
    ("reference", &["target"]),
    ("blob.files", &["metadata.owner"]),
    ("agent_name", &["agent", "stored"]),
    ("definition", &["cell", "n"]),
    ("document", &["cell", "n"]),
    ("document", &["shelf", "registration"]),
    ("document", &["gone_at"]),
    ("course", &["cell", "n"]),
    ("followed", &["cell", "n"]),
    ("certificate_list", &["course", "created"]),
    ("progress", &["course", "actor", "version"]),
    ("progress", &["course", "version"]),
];

/// The indexes of step 2.
const PACKAGES: [(&str, &[&str]); 8] = [
    ("package", &["cell", "n"]),
    ("package_version", &["import"]),
    ("package_content", &["import"]),
    ("package_file", &["key", "path"]),
    ("launch", &["package", "created"]),
    ("launch", &["key"]),
    ("launch", &["expires"]),
    ("launch_revoked", &["key"]),
];

/// The indexes of step 3.
const REFUSALS: [(&str, &[&str]); 1] = [("refusal", &["key", "_id"])];

/// The indexes of step 4.
const PEOPLE: [(&str, &[&str]); 6] = [
    ("person", &["cell", "n"]),
    ("session", &["person"]),
    ("session", &["expires"]),
    ("session_use", &["expires"]),
    ("audit", &["actor", "_id"]),
    ("audit", &["action", "_id"]),
];

/// The indexes of step 5.
const PIPES: [(&str, &[&str]); 2] = [("pipe", &["cell", "n"]), ("dead_letter", &["pipe", "place"])];

/// The indexes of step 7: by which the progress of a person is found in all courses.
const PRIVACY: [(&str, &[&str]); 1] = [("progress", &["actor"])];

/// The indexes of step 8: from which the database tells whether an id is voided without going through all that void it.
const VOIDS: [(&str, &[&str]); 1] = [("reference", &["voids", "target", "_id"])];

/// Brings a database to the newest layout. One of a newer Traccia is refused.
pub(super) async fn migrate(database: &Database) -> Result<()> {
    let at = newest(database).await?;
    if (1..KNOWN).contains(&at) {
        tracing::info!(from = at, to = KNOWN, "bringing the database to a newer layout");
    }
    if at < 1 {
        index(database, &FIRST).await?;
        let layout = database.collection::<Document>(LAYOUT);
        insert(&layout, doc! {"_id": 1_i64}).await?;
    }
    if at < 2 {
        index(database, &PACKAGES).await?;
        let layout = database.collection::<Document>(LAYOUT);
        insert(&layout, doc! {"_id": 2_i64}).await?;
    }
    if at < 3 {
        index(database, &REFUSALS).await?;
        let layout = database.collection::<Document>(LAYOUT);
        insert(&layout, doc! {"_id": 3_i64}).await?;
    }
    if at < 4 {
        index(database, &PEOPLE).await?;
        let layout = database.collection::<Document>(LAYOUT);
        insert(&layout, doc! {"_id": 4_i64}).await?;
    }
    if at < 5 {
        index(database, &PIPES).await?;
        let layout = database.collection::<Document>(LAYOUT);
        insert(&layout, doc! {"_id": 5_i64}).await?;
    }
    // Keys may expire: a Traccia that does not know of it must not let them in. There is nothing to index.
    if at < 6 {
        let layout = database.collection::<Document>(LAYOUT);
        insert(&layout, doc! {"_id": 6_i64}).await?;
    }
    if at < 7 {
        index(database, &PRIVACY).await?;
        let layout = database.collection::<Document>(LAYOUT);
        insert(&layout, doc! {"_id": 7_i64}).await?;
    }
    if at < 8 {
        index(database, &VOIDS).await?;
        let layout = database.collection::<Document>(LAYOUT);
        insert(&layout, doc! {"_id": 8_i64}).await?;
    }
    Ok(())
}

/// Fails where a database has not the newest layout, and changes nothing.
pub(super) async fn check(database: &Database) -> Result<()> {
    match newest(database).await? {
        0 => Err(StoreError::Unavailable(format!(
            "there is no Traccia store in the database `{}`: check its name and its address",
            database.name()
        ))),
        KNOWN => Ok(()),
        at => Err(StoreError::Unavailable(format!(
            "the database has layout {at} of {KNOWN}: start `traccia serve` on it once"
        ))),
    }
}

/// The step that a database is at; 0 for an empty one.
async fn newest(database: &Database) -> Result<i64> {
    let layout = database.collection::<Document>(LAYOUT);
    let newest = call(layout.find_one(doc! {}).sort(doc! {"_id": -1})).await?;
    let at = newest.map_or(Ok(0), |newest| field::integer(&newest, "_id"))?;
    if at > KNOWN {
        return Err(StoreError::Unavailable(format!(
            "the database has layout {at}, this program knows up to {KNOWN}: use the newer Traccia \
             that wrote it"
        )));
    }
    Ok(at)
}

async fn index(database: &Database, indexes: &[(&str, &[&str])]) -> Result<()> {
    for (collection, fields) in indexes {
        let keys: Document = fields.iter().map(|name| ((*name).to_owned(), 1.into())).collect();
        let index = IndexModel::builder().keys(keys).build();
        call(database.collection::<Document>(collection).create_index(index)).await?;
    }
    Ok(())
}
