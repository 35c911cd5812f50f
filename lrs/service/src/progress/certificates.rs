//! Certificate lists: frozen, kept for good, given back as they were.

use std::collections::BTreeSet;

use bytes::Bytes;
use jiff::civil::Date;

use super::CourseService;
use super::boards::stopped;
use super::error::ProgressError;
use super::reports::no_day;
use crate::compute;
use report::FrozenCertificates;
use report::{Room, View};
use store::{KeptCertificates, StoreError};

/// A list and its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Frozen {
    /// Its name in addresses.
    pub id: String,
    /// The list.
    pub list: FrozenCertificates,
}

impl CourseService {
    /// Freezes the list of all who have a right to the certificate at the end of a day, today
    /// where missing. Frozen lists never change, but for lines from which a person is erased.
    ///
    /// # Errors
    /// [`ProgressError`].
    pub async fn freeze(&self, id: &str, at: Option<Date>) -> Result<Frozen, ProgressError> {
        let now = self.clock.now();
        let horizon = self.store.consistent_through().await?;
        let enrolled = self.boards.enrolled(id).await?;
        let today = enrolled.course.day_of(now.micros()).ok_or_else(|| no_day(now))?;
        let day = at.unwrap_or(today);
        if day > today {
            return Err(ProgressError::DayToCome(day));
        }
        let board = self.boards.board(id, Some(day)).await?;
        let through = self.through(&board, horizon).await?;
        // All learners are looked at, and those who have a right to the certificate written.
        let freeze = move || {
            let view = View {
                course: &board.enrolled.course,
                at: Some(day),
                day,
                through,
                hides_small_groups: true,
                unseen: BTreeSet::new(),
                room: Room::default(),
                members: board.members.iter().collect(),
            };
            let salt = || hex::encode(rand::random::<[u8; 16]>());
            let list = FrozenCertificates::freeze(&view, now.micros(), salt);
            let body = serde_json::to_vec(&list);
            (list, body)
        };
        let (list, body) = compute::aside(freeze).await.map_err(|_| stopped())?;
        // A list is kept for good: without its text nothing is kept.
        let body = body
            .map_err(|error| StoreError::Corrupt(format!("certificates {}: {error}", list.id())))?;
        let frozen = Frozen { id: list.id(), list };
        let kept =
            KeptCertificates { id: frozen.id.clone(), created: now, body: Bytes::from(body) };
        let _no_deletion = self.freezing.lock().await;
        if self.store.course_revision(id).await?.is_none() {
            return Err(ProgressError::NoCourse(id.to_owned()));
        }
        self.store.add_certificates(id, kept).await?;
        Ok(frozen)
    }

    /// What `read` takes of each frozen list of a course, the newest first: one list is held at a time.
    ///
    /// # Errors
    /// [`ProgressError`].
    pub async fn frozen<T: Send + 'static>(
        &self,
        id: &str,
        read: impl Fn(&Frozen) -> T + Clone + Send + 'static,
    ) -> Result<Vec<T>, ProgressError> {
        self.boards.enrolled(id).await?;
        let mut lists = Vec::new();
        for list in self.store.certificate_ids(id).await? {
            // A course that is deleted meanwhile takes its lists along.
            let Some(kept) = self.store.certificate(id, &list).await? else { continue };
            let read = read.clone();
            let work = move || Frozen::read(kept).map(|frozen| read(&frozen));
            lists.push(compute::aside(work).await.map_err(|_| stopped())??);
        }
        Ok(lists)
    }

    /// The frozen list of this id.
    ///
    /// # Errors
    /// [`ProgressError::NoCertificates`].
    pub async fn frozen_list(&self, id: &str, list: &str) -> Result<Frozen, ProgressError> {
        self.boards.enrolled(id).await?;
        let kept = self.store.certificate(id, list).await?;
        let kept = kept.ok_or_else(|| ProgressError::NoCertificates(list.to_owned()))?;
        let read = compute::aside(move || Frozen::read(kept));
        Ok(read.await.map_err(|_| stopped())??)
    }
}

impl Frozen {
    pub(super) fn read(kept: KeptCertificates) -> Result<Self, StoreError> {
        let corrupt = |error| StoreError::Corrupt(format!("certificates {}: {error}", kept.id));
        let list = serde_json::from_slice(&kept.body).map_err(corrupt)?;
        Ok(Self { id: kept.id, list })
    }
}
