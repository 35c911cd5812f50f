//! Certificate lists that were frozen.

use async_trait::async_trait;
use bytes::Bytes;

use crate::Result;
use xapi::instant::Instant;

/// A certificate list that was frozen, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCertificates {
    /// Unique in the course.
    pub id: String,
    /// When it was frozen.
    pub created: Instant,
    /// The JSON text of `report::FrozenCertificates`.
    pub body: Bytes,
}

/// Frozen certificate lists of courses.
#[async_trait]
pub trait CertificateStore: Send + Sync {
    /// Keeps a frozen list of a course that is there, until the course is deleted.
    ///
    /// False where a list of this id is there, which is left as it is.
    async fn add_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool>;

    /// The ids of the frozen lists of a course, the newest first.
    async fn certificate_ids(&self, course: &str) -> Result<Vec<String>>;

    /// The frozen list of this id.
    async fn certificate(&self, course: &str, id: &str) -> Result<Option<KeptCertificates>>;

    /// The frozen lists of a course, the newest first. All of them are held at once: for copies of a store.
    async fn certificates(&self, course: &str) -> Result<Vec<KeptCertificates>>;
}
