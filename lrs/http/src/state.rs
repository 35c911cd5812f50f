//! What every request handler can reach.

use std::borrow::Cow;
use std::sync::Arc;

use validator::Version;

use super::answered::proxies::Proxies;
use super::api::health::Readiness;
use super::api::live::Tails;
use super::api::monitoring::Exposition;
use super::consistency::Promised;
use super::content::ContentHost;
use super::credentials::Credentials;
use super::rate::Rates;
use super::share::Shares;
use crate::limits::Limits;
use crate::web::{Assets, Outside};
use oidc::Providers;
use service::audit::Audit;
use service::compute::{Compute, Turns};
use service::datasets::DataLane;
use service::dossier::Dossiers;
use service::erasure::Erasures;
use service::jobs::Jobs;
use service::keys::Keys;
use service::packages::Packages;
use service::people::People;
use service::pipes::Pipes;
use service::progress::CourseService;
use service::reactions::Reactions;
use service::record::Record;
use service::refusals::Refusals;
use service::retention::Retention;
use service::scan::Scanner;
use service::vitals::Vitals;
use xapi::cursor::Cursors;

/// The server's parts. Cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<Parts>);

/// How many pages of statements are made for one key at a time: the engine has more readers than these.
pub const PAGES_OF_KEY: usize = 2;

/// How many documents are read for one key at a time. A small one takes no time, and many large ones at once all readers
/// of the engine.
pub const DOCUMENTS_OF_KEY: usize = 2;

/// How many reports are made for one key at a time, lists of learners, of strangers and of certificates, timelines and
/// registers among them: a board of all learners on a day of its own takes memory, and so does whatever goes through them.
pub const REPORTS_OF_KEY: usize = 1;

/// See [`Server`].
pub struct Parts {
    /// Statements, documents, agents, activities.
    pub record: Record,
    /// Courses and how far their learners are.
    pub progress: CourseService,
    /// Rules that write statements when learners come to something.
    pub reactions: Reactions,
    /// Packages: imported, launched, played.
    pub packages: Packages,
    /// The log as tables.
    pub data: DataLane,
    /// Where packages are played.
    pub content: ContentHost,
    /// A file of the player by its path; nothing where the program was built without the player.
    pub player: fn(&str) -> Option<Cow<'static, [u8]>>,
    /// Why requests were refused.
    pub refusals: Refusals,
    /// Work that no request waits for.
    pub jobs: Jobs,
    /// How the server fares.
    pub vitals: Vitals,
    /// The statements that are sent to readers as they come.
    pub tails: Tails,
    /// Keys: made, listed, revoked.
    pub keys: Keys,
    /// People: invited, changed, signed in.
    pub people: People,
    /// What sends statements to other stores, and fetches them from there.
    pub pipes: Pipes,
    /// The identity providers that people may sign in at.
    pub oidc: Providers,
    /// Who changed what.
    pub audit: Audit,
    /// People who are erased.
    pub erasures: Erasures,
    /// Rules by which people are erased whose statements are old.
    pub retention: Retention,
    /// All that is kept of a person.
    pub dossiers: Dossiers,
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
    /// The documents that are read for each key at a time.
    pub documents: Turns,
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
    /// Looks at attachments and packages before they are kept.
    pub scanner: Scanner,
    /// The proxies that are believed.
    pub proxies: Proxies,
    /// Writes the metrics of this process.
    pub exposition: Exposition,
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

    /// What people call the identity provider of this issuer: the issuer itself where the settings have it no more.
    pub(crate) fn title_of_provider(&self, issuer: &str) -> String {
        let provider = self.oidc.of_issuer(issuer);
        provider.map_or(issuer, |provider| provider.settings().shown()).to_owned()
    }

    /// What of the server stands in the page of the UI.
    pub(crate) fn seen_outside(&self) -> Outside {
        let content = self.content.place().unwrap_or_default().to_owned();
        Outside { prefix: self.path_seen_outside(""), content }
    }
}

impl std::ops::Deref for Server {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
