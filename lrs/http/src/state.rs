//! What every request handler can reach.

use std::borrow::Cow;
use std::sync::Arc;

use validator::Version;

use super::api::health::Readiness;
use super::consistency::Promised;
use super::content::ContentHost;
use super::credentials::Credentials;
use super::rate::Rates;
use super::share::Shares;
use crate::limits::Limits;
use crate::web::Assets;
use service::compute::{Compute, Turns};
use service::keys::Keys;
use service::packages::Packages;
use service::progress::CourseService;
use service::record::Record;
use xapi::cursor::Cursors;

/// The server's parts. Cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<Parts>);

/// How many pages of statements are made for one key at a time: the engine has more readers than these.
pub const PAGES_OF_KEY: usize = 2;

/// How many reports are made for one key at a time, lists of learners, of strangers and of certificates, timelines and
/// registers among them: a board of all learners on a day of its own takes memory, and so does whatever goes through them.
pub const REPORTS_OF_KEY: usize = 1;

/// See [`Server`].
pub struct Parts {
    /// Statements, documents, agents, activities.
    pub record: Record,
    /// Courses and how far their learners are.
    pub progress: CourseService,
    /// Packages: imported, launched, played.
    pub packages: Packages,
    /// Where packages are played.
    pub content: ContentHost,
    /// A file of the player by its path; nothing where the program was built without the player.
    pub player: fn(&str) -> Option<Cow<'static, [u8]>>,
    /// Keys: made, listed, revoked.
    pub keys: Keys,
    /// Whether the store works, as was found lately.
    pub readiness: Readiness,
    /// Finds the caller of a request.
    pub credentials: Credentials,
    /// Signs `more` links.
    pub cursors: Cursors,
    /// Up to where all statements are visible, as far as this process has said.
    pub promised: Promised,
    /// The memory that requests hold together.
    pub shares: Shares,
    /// What keys have sent lately whose secret everybody can read.
    pub rates: Rates,
    /// The threads for what takes much of a processor.
    pub compute: Compute,
    /// The pages of statements that are made for each key at a time.
    pub pages: Turns,
    /// The reports, and whatever else goes through all learners of a course, that are made for each key at a time.
    pub reports: Turns,
    /// How much a request may ask.
    pub limits: Limits,
    /// The version of xAPI for requests that name none.
    pub default_version: Version,
    /// Parameters that xAPI requests may have without a meaning.
    pub launch_parameters: Vec<String>,
    /// Where the server is seen from outside, without a slash at the end.
    pub base_url: String,
    /// The files of the browser UI.
    pub web: Assets,
}

impl Server {
    /// A server of these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// `path` as a client writes it: behind the path of `base_url`, where a proxy adds one.
    pub(crate) fn path_seen_outside(&self, path: &str) -> String {
        let rest = self.base_url.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default().to_owned() + path
    }
}

impl std::ops::Deref for Server {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
