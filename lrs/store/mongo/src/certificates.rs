//! Frozen lists of certificates.

use async_trait::async_trait;
use mongodb::bson::{Document, doc};

use super::blob::Holder;
use super::call::{all, call, insert};
use super::courses::Courses;
use super::{cell, field};
use crate::MongoStore;
use store::{CertificateStore, KeptCertificates, Result, StoreError};

impl Courses {
    /// Removes frozen lists, with their files.
    pub(super) async fn remove_certificates(&self, filter: Document) -> Result<()> {
        let mut in_files = filter.clone();
        in_files.insert("body", doc! {"$type": "objectId"});
        for list in all(self.certificates.find(in_files)).await? {
            self.blobs.remove(list.get_object_id("body").ok()).await?;
        }
        call(self.certificates.delete_many(filter)).await.map(drop)
    }

    /// See [`store::CertificateStore::add_certificates`].
    pub(super) async fn add_certificates(
        &self,
        course: &str,
        list: &KeptCertificates,
    ) -> Result<bool> {
        let body = std::str::from_utf8(&list.body)
            .map_err(|_| StoreError::Corrupt("a certificate list that is not UTF-8".into()))?;
        let name = cell::name(&[course, &list.id]);
        let holder = Holder::new(&self.certificates, doc! {"_id": &name});
        let document = doc! {
            "_id": name,
            "course": course,
            "id": &list.id,
            "created": list.created.micros(),
            "body": self.blobs.text_field(body, holder).await?,
        };
        insert(&self.certificates, document).await
    }

    /// See [`store::CertificateStore::certificate_ids`].
    pub(super) async fn certificate_ids(&self, course: &str) -> Result<Vec<String>> {
        let lists = self.certificates.find(doc! {"course": course});
        let lists = lists.sort(doc! {"created": -1, "id": 1}).projection(doc! {"id": 1});
        all(lists).await?.iter().map(|list| field::text(list, "id")).collect()
    }

    /// See [`store::CertificateStore::certificate`].
    pub(super) async fn certificate(
        &self,
        course: &str,
        id: &str,
    ) -> Result<Option<KeptCertificates>> {
        let name = cell::name(&[course, id]);
        let list = call(self.certificates.find_one(doc! {"_id": name})).await?;
        let Some(list) = list else { return Ok(None) };
        self.kept(&list).await.map(Some)
    }

    async fn kept(&self, list: &Document) -> Result<KeptCertificates> {
        Ok(KeptCertificates {
            id: field::text(list, "id")?,
            created: field::instant(list, "created")?,
            body: self.blobs.bytes(list, "body").await?,
        })
    }

    /// See [`store::CertificateStore::certificates`].
    pub(super) async fn certificates(&self, course: &str) -> Result<Vec<KeptCertificates>> {
        let lists = self.certificates.find(doc! {"course": course});
        let mut kept = Vec::new();
        for list in all(lists.sort(doc! {"created": -1, "id": 1})).await? {
            kept.push(self.kept(&list).await?);
        }
        Ok(kept)
    }
}

#[async_trait]
impl CertificateStore for MongoStore {
    async fn add_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool> {
        self.0.courses.add_certificates(course, &list).await
    }

    async fn certificate_ids(&self, course: &str) -> Result<Vec<String>> {
        self.0.courses.certificate_ids(course).await
    }

    async fn certificate(&self, course: &str, id: &str) -> Result<Option<KeptCertificates>> {
        self.0.courses.certificate(course, id).await
    }

    async fn certificates(&self, course: &str) -> Result<Vec<KeptCertificates>> {
        self.0.courses.certificates(course).await
    }
}
