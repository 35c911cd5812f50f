//! Courses, journals and certificate lists.

use store::{
    CourseRevision, Followed, JournalVersion, KeptCertificates, KeptCourse, ProgressDocument,
    Reading, Revision, Selection, Unnamed, Watermark,
};

#[derive(Clone, Default)]
pub(super) struct Courses {
    /// By id.
    kept: Vec<KeptCourse>,
    /// Courses that were deleted, and their last revisions.
    gone: Vec<(String, Revision)>,
    journals: Vec<(String, Journal)>,
    certificates: Vec<(String, KeptCertificates)>,
}

/// The progress documents of one course.
#[derive(Clone, Default)]
pub(super) struct Journal {
    pub(super) watermark: Watermark,
    /// By actor, each with the version that wrote it.
    documents: Vec<(JournalVersion, ProgressDocument)>,
}

impl Journal {
    /// The documents written after a version, by actor.
    pub(super) fn after_version(&self, version: JournalVersion) -> Vec<ProgressDocument> {
        let later = self.documents.iter().filter(|(written, _)| *written > version);
        later.map(|(_, document)| document.clone()).collect()
    }
}

impl Courses {
    pub(super) fn revisions(&self) -> Vec<CourseRevision> {
        let revision = |course: &KeptCourse| {
            let KeptCourse { id, revision, reading, .. } = course.clone();
            CourseRevision { id, revision, reading }
        };
        self.kept.iter().map(revision).collect()
    }

    pub(super) fn course(&self, id: &str) -> Option<KeptCourse> {
        self.kept.iter().find(|course| course.id == id).cloned()
    }

    fn at(&mut self, id: &str, revision: Revision) -> Option<&mut KeptCourse> {
        self.kept.iter_mut().find(|course| course.id == id && course.revision == revision)
    }

    pub(super) fn put(
        &mut self,
        id: &str,
        file: &str,
        based_on: Option<Revision>,
        selection: Selection,
    ) -> bool {
        let Some(based_on) = based_on else { return self.add(id, file) };
        let Some(course) = self.at(id, based_on) else { return false };
        file.clone_into(&mut course.file);
        course.revision = course.revision.next();
        if selection == Selection::Changed {
            course.reading = Reading::since(course.revision);
        }
        true
    }

    fn add(&mut self, id: &str, file: &str) -> bool {
        if self.course(id).is_some() {
            return false;
        }
        let gone = self.gone.iter().filter(|(gone, _)| gone == id).map(|(_, revision)| *revision);
        let revision = gone.max().map_or(Revision::FIRST, Revision::next);
        let (id, file, enrolment) = (id.to_owned(), file.to_owned(), String::new());
        let reading = Reading::since(revision);
        self.kept.push(KeptCourse { id, file, enrolment, revision, reading });
        self.kept.sort_by(|one, other| one.id.cmp(&other.id));
        true
    }

    pub(super) fn delete(&mut self, id: &str, based_on: Revision) -> bool {
        if self.at(id, based_on).is_none() {
            return false;
        }
        self.gone.push((id.to_owned(), based_on));
        self.kept.retain(|course| course.id != id);
        self.journals.retain(|(course, _)| course != id);
        self.certificates.retain(|(course, _)| course != id);
        true
    }

    pub(super) fn put_enrolment(&mut self, id: &str, enrolment: &str, based_on: Revision) -> bool {
        let Some(course) = self.at(id, based_on) else { return false };
        enrolment.clone_into(&mut course.enrolment);
        course.revision = course.revision.next();
        true
    }

    pub(super) fn replace_certificates(&mut self, course: &str, list: KeptCertificates) -> bool {
        let mut lists = self.certificates.iter_mut();
        let kept = lists.find(|(of, kept)| of == course && kept.id == list.id);
        kept.map(|(_, kept)| *kept = list).is_some()
    }

    pub(super) fn remove_certificates(&mut self, course: &str, id: &str) -> bool {
        let before = self.certificates.len();
        self.certificates.retain(|(of, kept)| of != course || kept.id != id);
        self.certificates.len() < before
    }

    /// Removes the progress documents of those actors for whom `goes` is true; gives how many.
    pub(super) fn erase_journals(&mut self, goes: impl Fn(&str) -> bool) -> u64 {
        let mut count = 0;
        for (_, journal) in &mut self.journals {
            let before = journal.documents.len();
            journal.documents.retain(|(_, document)| !goes(&document.actor));
            count += (before - journal.documents.len()) as u64;
        }
        count
    }

    pub(super) fn journal(&self, course: &str) -> Journal {
        let found = self.journals.iter().find(|(id, _)| id == course);
        found.map(|(_, journal)| journal.clone()).unwrap_or_default()
    }

    pub(super) fn put_progress(
        &mut self,
        course: &str,
        based_on: JournalVersion,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        unnamed: Unnamed,
    ) -> Option<JournalVersion> {
        let mut journal = self.journal(course);
        let reading = self.course(course)?.reading;
        let is_stale = based_on == JournalVersion::NONE && followed.reading != reading;
        if journal.watermark.version != based_on || is_stale {
            return None;
        }
        let version = if based_on == JournalVersion::NONE {
            JournalVersion::first(reading)
        } else {
            based_on.next()
        };
        let base = match unnamed {
            Unnamed::Go => version,
            Unnamed::Stay => journal.watermark.base,
        };
        journal.watermark = Watermark { followed, version, base };
        if unnamed == Unnamed::Go {
            journal.documents.clear();
        }
        for document in documents {
            journal.documents.retain(|(_, known)| known.actor != document.actor);
            journal.documents.push((version, document));
        }
        journal.documents.sort_by(|(_, one), (_, other)| one.actor.cmp(&other.actor));
        self.journals.retain(|(id, _)| id != course);
        self.journals.push((course.to_owned(), journal));
        Some(version)
    }

    pub(super) fn add_certificates(&mut self, course: &str, list: KeptCertificates) -> bool {
        let is_it = |(id, kept): &(String, KeptCertificates)| id == course && kept.id == list.id;
        if self.certificates.iter().any(is_it) {
            return false;
        }
        self.certificates.push((course.to_owned(), list));
        true
    }

    /// The newest first.
    pub(super) fn certificates(&self, course: &str) -> Vec<KeptCertificates> {
        let of_course = self.certificates.iter().filter(|(id, _)| id == course);
        let mut lists: Vec<KeptCertificates> = of_course.map(|(_, list)| list.clone()).collect();
        lists.sort_by(|one, other| (other.created, &one.id).cmp(&(one.created, &other.id)));
        lists
    }
}
