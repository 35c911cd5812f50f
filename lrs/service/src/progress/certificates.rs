//! Certificate lists: frozen, kept for good, given back as they were.

use bytes::Bytes;
use jiff::civil::Date;

use super::CourseService;
use super::boards::stopped;
use super::error::ProgressError;
use super::reports::no_day;
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
    /// where missing. Frozen lists never change.
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
        let view = View {
            course: &board.enrolled.course,
            at: Some(day),
            day,
            through: self.through(&board, horizon).await?,
            hides_small_groups: true,
            room: Room::default(),
            members: board.members.iter().collect(),
        };
        let list = FrozenCertificates::freeze(&view, now.micros());
        // A list is kept for good: without its text nothing is kept.
        let body = serde_json::to_vec(&list)
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

    /// The frozen lists of a course, the newest first.
    ///
    /// # Errors
    /// [`ProgressError`].
    pub async fn frozen(&self, id: &str) -> Result<Vec<Frozen>, ProgressError> {
        self.boards.enrolled(id).await?;
        let kept = self.store.certificates(id).await?;
        let read = |kept: KeptCertificates| {
            let corrupt = |error| StoreError::Corrupt(format!("certificates {}: {error}", kept.id));
            let list = serde_json::from_slice(&kept.body).map_err(corrupt)?;
            Ok(Frozen { id: kept.id, list })
        };
        let read = move || kept.into_iter().map(read).collect();
        tokio::task::spawn_blocking(read).await.map_err(|_| stopped())?
    }
}
