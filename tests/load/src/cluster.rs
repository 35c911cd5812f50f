//! What keeping statements costs on the MongoDB engine: against a driver that inserts the same
//! documents, with the same indexes, into the same database, and does nothing else.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::TryStreamExt as _;
use futures::future::try_join_all;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, Document, doc};
use mongodb::options::{Acknowledgment, WriteConcern};
use mongodb::{Collection, IndexModel};
use tempfile::TempDir;

use crate::database::OwnDatabase;
use crate::process::Server;
use crate::rounds::{Aim, Effort, compare, line, note};
use crate::wire::{drive, post};
use crate::world::id;
use crate::writes::{BATCH, PATH, Statements};

/// A collection of the engine's, and one beside it for the driver.
const STATEMENTS: &str = "statement";
const BARE: &str = "bare";
const ROUND: Duration = Duration::from_secs(2);
/// Documents that the driver inserts again and again, under new ids.
const POOL: i64 = 2_000;
/// The driver's statements come after the engine's.
const LATER: i64 = 1 << 52;

/// How statements are sent, and to how many connections at once.
#[derive(Clone, Copy)]
struct Way {
    name: &'static str,
    connections: usize,
    /// Statements of one request.
    count: u32,
}

const SINGLY: Way = Way { name: "single POST", connections: 64, count: 1 };
const IN_BATCHES: Way = Way { name: "POST of 100", connections: 8, count: BATCH };

/// Both ratios, each in a database of its own.
pub(crate) async fn measure(effort: &Effort) -> Result<()> {
    if !OwnDatabase::is_to_be_had()? {
        note("MongoDB engine", "skipped: no server named, and without Go no FerretDB");
        return Ok(());
    }
    let statements = Rc::new(Statements::new(effort));
    for way in [SINGLY, IN_BATCHES] {
        writes(effort, &statements, way).await?;
    }
    Ok(())
}

async fn writes(effort: &Effort, statements: &Rc<Statements>, way: Way) -> Result<()> {
    let (own, folder) = (OwnDatabase::new().await?, TempDir::new()?);
    let traccia = Server::traccia(folder.path(), &["--store", &own.uri]).await?;
    let ours = async || {
        let statements = Rc::clone(statements);
        let next = move |request: &mut Vec<u8>| {
            *request = post(PATH, &statements.body(way.count));
        };
        let requests = drive(&traccia.address, way.connections, effort.round(ROUND), next).await?;
        Ok(requests * f64::from(way.count))
    };
    ours().await?;
    let bare = Bare::beside(&own).await?;
    let theirs = async || bare.insert(way, effort.round(ROUND)).await;
    let compared = compare(effort.pairs, ours, theirs).await?;
    let server = if own.is_ferretdb() { "FerretDB" } else { "the server named" };
    line(
        &format!("{}, {} connections / driver's inserts", way.name, way.connections),
        compared.ratio,
        Aim::AtLeast(0.1),
        &format!("{:.0} against {:.0} statements/s, on {server}", compared.ours, compared.theirs),
    );
    Ok(own.database.drop().await?)
}

/// Documents that the engine has written, and a collection of the driver's own to write them to.
struct Bare {
    documents: Vec<Document>,
    collection: Collection<Document>,
    written: Cell<u32>,
}

impl Bare {
    async fn beside(own: &OwnDatabase) -> Result<Self> {
        let statements = own.database.collection::<Document>(STATEMENTS);
        let pool = statements.find(doc! {}).limit(POOL).await?;
        let documents: Vec<Document> = pool.try_collect().await?;
        ensure!(!documents.is_empty(), "the engine has written nothing");
        let majority = WriteConcern::builder().w(Acknowledgment::Majority).build();
        let options = mongodb::options::CollectionOptions::builder().write_concern(majority);
        let collection = own.database.collection_with_options(BARE, options.build());
        let mut indexes = statements.list_indexes().await?;
        while let Some(index) = indexes.try_next().await? {
            if !index.keys.contains_key("_id") {
                collection.create_index(IndexModel::builder().keys(index.keys).build()).await?;
            }
        }
        Ok(Self { documents, collection, written: Cell::new(0) })
    }

    /// Inserts as many documents at once as a way has in a request, on as many connections, for as
    /// long as `length`; gives documents per second.
    async fn insert(&self, way: Way, length: Duration) -> Result<f64> {
        let (begun, before) = (Instant::now(), self.written.get());
        try_join_all((0..way.connections).map(async |_| {
            while begun.elapsed() < length {
                let documents: Vec<Document> = (0..way.count).map(|_| self.next()).collect();
                self.collection.insert_many(documents).ordered(false).await?;
            }
            anyhow::Ok(())
        }))
        .await?;
        Ok(f64::from(self.written.get() - before) / begun.elapsed().as_secs_f64())
    }

    fn next(&self) -> Document {
        let number = self.written.replace(self.written.get() + 1);
        let place = usize::try_from(number).unwrap_or_default() % self.documents.len();
        let mut document = self.documents.get(place).cloned().unwrap_or_default();
        let bytes = id(LATER.unsigned_abs() + u64::from(number)).into_bytes().to_vec();
        document.insert("_id", Bson::Binary(Binary { subtype: BinarySubtype::Uuid, bytes }));
        document.insert("stored", LATER + i64::from(number));
        document
    }
}
