//! Statements, and the way they get there.
//!
//! A process writes one *group* of requests at a time ([`writer`], [`keep`]). A group claims a stretch of
//! `stored` in the head, inserts its statements under it, settles whose ids are taken ([`group`]),
//! seals the claim, waits until it is the first, links ([`link`]) and finishes it. Readers see up
//! to the first claim only ([`read`]), so a group becomes visible at once, in the order of
//! `stored`, over all processes. What a dead process left open is finished or taken back by
//! whoever notices ([`recovery`]).

use std::sync::Arc;

use mongodb::Collection;
use mongodb::bson::Document;
use tokio::sync::{Mutex, watch};

use super::blob::Blobs;
use super::things::Things;
use super::version_log::VersionLog;
use store::ahead::Watch;
use xapi::clock::Clock;
use xapi::instant::Instant;

mod attachments;
mod group;
mod keep;
mod key;
mod link;
mod news;
mod read;
mod recovery;
mod references;
mod row;
mod writer;

#[cfg(test)]
pub(super) use recovery::{GRACE, LOOKS, Observer};
pub(super) use recovery::{Task, watch_over};
pub(super) use references::References;
pub(super) use writer::Writer;

/// The statements of one database.
#[derive(Clone)]
pub(super) struct Statements {
    pub(super) collection: Collection<Document>,
    pub(super) attachments: Collection<Document>,
    pub(super) references: References,
    pub(super) versions: VersionLog,
    pub(super) blobs: Blobs,
    pub(super) things: Things,
    pub(super) clock: Arc<dyn Clock>,
    /// Held by the one who writes a promise.
    pub(super) promising: Arc<Mutex<()>>,
    /// Says when `stored` runs ahead of this process's clock.
    pub(super) ahead: Arc<Watch>,
    /// The newest statement that this process has made visible.
    pub(super) newest: watch::Sender<Instant>,
}
