//! Courses, a cell each whose version is the course's revision, and frozen lists of certificates.
//! Fields of a course: `id`, `file`, `enrolment`, `reading`.

use crate::MongoStore;
use async_trait::async_trait;
use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use store::CourseStore;

use super::blob::Blobs;
use super::call::all;
use super::cell::{self, Cells, Held};
use super::field;
use store::{CourseRevision, KeptCourse, Reading, Result, Revision, Selection};
use xapi::instant::Instant;

/// How often a course is read again whose files were replaced and removed meanwhile.
const TRIES: u32 = 5;

/// The collections of courses and of frozen lists.
#[derive(Clone)]
pub(super) struct Courses {
    pub(super) cells: Cells,
    pub(super) certificates: Collection<Document>,
    pub(super) blobs: Blobs,
}

impl Courses {
    /// See [`store::CourseStore::courses`].
    pub(super) async fn courses(&self) -> Result<Vec<CourseRevision>> {
        let held = self.cells.find(doc! {}, &["id", "reading"]).await?;
        let mut courses: Vec<CourseRevision> =
            held.values().filter_map(|held| revised(held).transpose()).collect::<Result<_>>()?;
        courses.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Ok(courses)
    }

    /// See [`store::CourseStore::course_revision`].
    pub(super) async fn revision(&self, id: &str) -> Result<Option<CourseRevision>> {
        let filter = doc! {"cell": cell::name(&[id])};
        let held = self.cells.find(filter, &["id", "reading"]).await?;
        held.values().next().map_or(Ok(None), revised)
    }

    /// See [`store::CourseStore::course`].
    pub(super) async fn course(&self, id: &str) -> Result<Option<KeptCourse>> {
        let mut last = Ok(None);
        for _ in 0..TRIES {
            let held = self.cells.newest(&cell::name(&[id])).await?;
            last = self.course_in(&held).await;
            if last.is_ok() {
                break;
            }
        }
        last
    }

    async fn course_in(&self, held: &Held) -> Result<Option<KeptCourse>> {
        let Some(value) = held.value() else { return Ok(None) };
        Ok(Some(KeptCourse {
            id: field::text(value, "id")?,
            file: self.blobs.text(value, "file").await?,
            enrolment: self.blobs.text(value, "enrolment").await?,
            revision: revision(held),
            reading: reading(value)?,
        }))
    }

    /// See [`store::CourseStore::put_course`].
    pub(super) async fn put_course(
        &self,
        id: &str,
        file: &str,
        based_on: Option<Revision>,
        selection: Selection,
    ) -> Result<bool> {
        let name = cell::name(&[id]);
        let held = self.cells.newest(&name).await?;
        if held.value().map(|_| revision(&held)) != based_on {
            return Ok(false);
        }
        if held.value().is_none() && held.n > 0 {
            // The process that deleted the course may have died before it removed the lists.
            self.remove_certificates(doc! {"course": id}).await?;
        }
        let file = self.blobs.text_field(file, self.cells.holder(&name)).await?;
        let anew = Reading::since(revision(&held).next());
        let value = match held.value() {
            None => doc! {"id": id, "file": file, "enrolment": "", "reading": anew.number()},
            Some(kept) => {
                let reading = match selection {
                    Selection::Changed => anew,
                    Selection::Same => reading(kept)?,
                };
                let enrolment = field::any(kept, "enrolment")?.clone();
                doc! {"id": id, "file": file, "enrolment": enrolment, "reading": reading.number()}
            }
        };
        self.change(&name, &held, value).await
    }

    /// See [`store::CourseStore::delete_course`]: the course, then its lists. The trace that
    /// stays in the cell counts the revisions on for a later course.
    pub(super) async fn delete_course(
        &self,
        id: &str,
        based_on: Revision,
        now: Instant,
    ) -> Result<bool> {
        let name = cell::name(&[id]);
        let held = self.cells.newest(&name).await?;
        let Some(kept) = held.value().filter(|_| revision(&held) == based_on) else {
            return Ok(false);
        };
        // Read before the course is removed: a course that takes the id right after keeps its own.
        let lists = self.certificates.find(doc! {"course": id}).projection(doc! {"_id": 1});
        let lists = all(lists).await?;
        let lists = lists.iter().map(|list| field::any(list, "_id").cloned());
        let lists: Vec<Bson> = lists.collect::<Result<_>>()?;
        if !self.cells.remove(&name, &held, doc! {"id": id}, now).await? {
            return Ok(false);
        }
        self.blobs.remove(files(kept)).await?;
        self.remove_certificates(doc! {"_id": {"$in": lists}}).await?;
        Ok(true)
    }

    /// See [`store::CourseStore::put_enrolment`].
    pub(super) async fn put_enrolment(
        &self,
        id: &str,
        enrolment: &str,
        based_on: Revision,
    ) -> Result<bool> {
        let name = cell::name(&[id]);
        let held = self.cells.newest(&name).await?;
        let Some(kept) = held.value().filter(|_| revision(&held) == based_on) else {
            return Ok(false);
        };
        let value = doc! {
            "id": id,
            "file": field::any(kept, "file")?.clone(),
            "enrolment": self.blobs.text_field(enrolment, self.cells.holder(&name)).await?,
            "reading": reading(kept)?.number(),
        };
        self.change(&name, &held, value).await
    }

    /// Changes the course. Then removes the files of the value that is not the course's: the old one, or `value` where
    /// the course was changed by another process first. Files that both values name stay.
    async fn change(&self, name: &str, held: &Held, value: Document) -> Result<bool> {
        let (old, new) = (files_in(held), files(&value));
        let is_done = self.cells.change(name, held, value).await?;
        let (kept, gone) = if is_done {
            (new, old)
        } else {
            // `value` may have been the course's for a moment, and the next one may name its files.
            let now = self.cells.newest(name).await?;
            (files_in(&now), new)
        };
        self.blobs.remove(gone.into_iter().filter(|file| !kept.contains(file))).await?;
        Ok(is_done)
    }
}

fn revised(held: &Held) -> Result<Option<CourseRevision>> {
    let Some(value) = held.value() else { return Ok(None) };
    let (id, reading) = (field::text(value, "id")?, reading(value)?);
    Ok(Some(CourseRevision { id, revision: revision(held), reading }))
}

/// The revision of a course, or of the trace that a deleted one left.
const fn revision(held: &Held) -> Revision {
    Revision::from_number(held.n)
}

fn reading(course: &Document) -> Result<Reading> {
    field::integer(course, "reading").map(Reading::from_number)
}

/// The files of a cell's value; none where there is no value.
fn files_in(held: &Held) -> Vec<ObjectId> {
    held.value().map_or_else(Vec::new, files)
}

/// The files that hold a course's texts.
fn files(value: &Document) -> Vec<ObjectId> {
    ["file", "enrolment"].into_iter().filter_map(|name| value.get_object_id(name).ok()).collect()
}

#[async_trait]
impl CourseStore for MongoStore {
    async fn courses(&self) -> Result<Vec<CourseRevision>> {
        self.0.courses.courses().await
    }

    async fn course_revision(&self, id: &str) -> Result<Option<CourseRevision>> {
        self.0.courses.revision(id).await
    }

    async fn course(&self, id: &str) -> Result<Option<KeptCourse>> {
        self.0.courses.course(id).await
    }

    async fn put_course(
        &self,
        id: &str,
        file: &str,
        based_on: Option<Revision>,
        selection: Selection,
    ) -> Result<bool> {
        self.0.courses.put_course(id, file, based_on, selection).await
    }

    async fn delete_course(&self, id: &str, based_on: Revision) -> Result<bool> {
        let spans = self.0.progress.spans(id).await?;
        let now = self.0.clock.now();
        if !self.0.courses.delete_course(id, based_on, now).await? {
            return Ok(false);
        }
        self.0.progress.remove(id, based_on, spans, now).await?;
        Ok(true)
    }

    async fn put_enrolment(&self, id: &str, enrolment: &str, based_on: Revision) -> Result<bool> {
        self.0.courses.put_enrolment(id, enrolment, based_on).await
    }
}
