//! The boards of all courses, and the latest of them kept.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use lru::LruCache;

use super::board::{Board, EnrolledCourse};
use super::error::ProgressError;
use crate::compute::{self, Turn, Turns};
use crate::memory::{Cache, Memory, Reserved};
use course::Cut;
use store::{CourseRevision, Store, StoreError, Watermark};

/// Boards kept at the most, however small they are.
const KEPT: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// How often, and how long apart, a report looks whether a changed course has been read.
const LOOKS: u32 = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The board of a course on a day, once it was made. Locked while it is made or brought up to date: requests for it
/// wait meanwhile, and share the result.
type Shared = Arc<tokio::sync::Mutex<Option<Arc<Board>>>>;

/// The boards of all courses. What they take is reserved in the memory budget before they are made; those that no
/// report uses are given up for others and for requests, those first that were not asked for lately.
pub(super) struct Boards {
    store: Arc<dyn Store>,
    memory: Memory,
    enrolled_courses: Mutex<HashMap<String, Arc<EnrolledCourse>>>,
    /// Of each course, while it is read.
    reading: Turns,
    /// Of each course, while its learners are changed.
    changing: Turns,
    latest: Mutex<LruCache<(String, Option<Date>), Shared>>,
}

impl Boards {
    /// Boards that take three quarters of `memory` at the most.
    pub(super) fn new(store: Arc<dyn Store>, memory: &Memory) -> Arc<Self> {
        let part = memory.part(memory.size() / 4 * 3);
        let latest = Mutex::new(LruCache::new(KEPT));
        let boards = Arc::new(Self {
            store,
            memory: part,
            enrolled_courses: Mutex::default(),
            reading: Turns::new(1),
            changing: Turns::new(1),
            latest,
        });
        boards.memory.give_up_first(&boards);
        memory.give_up_first(&boards);
        boards
    }

    /// A course as it is now.
    pub(super) async fn enrolled(&self, id: &str) -> Result<Arc<EnrolledCourse>, ProgressError> {
        let revision = self.revision(id).await?;
        self.enrolled_at(&revision).await
    }

    /// The turn to change who is enrolled in a course, and the memory to write the list anew: one at a time, as each change
    /// copies all of it.
    ///
    /// # Errors
    /// [`ProgressError::Exhausted`] where that memory is not left.
    pub(super) async fn changing(
        &self,
        id: &str,
    ) -> Result<(Arc<EnrolledCourse>, Turn, Reserved), ProgressError> {
        let turn = self.changing.turn(id).await.map_err(|_| stopped())?;
        let known = self.enrolled(id).await?;
        let held = self.memory.reserve(known.weight_as_text())?;
        Ok((known, turn, held))
    }

    /// Forgets a course that is deleted.
    pub(super) fn forget(&self, id: &str) {
        lock(&self.enrolled_courses).remove(id);
        self.forget_boards(id);
    }

    fn forget_boards(&self, id: &str) {
        let mut latest = lock(&self.latest);
        let of_course = latest.iter().map(|(key, _)| key).filter(|(course, _)| course == id);
        for key in of_course.cloned().collect::<Vec<_>>() {
            latest.pop(&key);
        }
    }

    async fn revision(&self, id: &str) -> Result<CourseRevision, ProgressError> {
        let revision = self.store.course_revision(id).await?;
        revision.ok_or_else(|| ProgressError::NoCourse(id.to_owned()))
    }

    async fn enrolled_at(&self, at: &CourseRevision) -> Result<Arc<EnrolledCourse>, ProgressError> {
        let known = lock(&self.enrolled_courses).get(&at.id).cloned();
        if let Some(known) = known.filter(|known| known.revision >= at.revision) {
            return Ok(known);
        }
        // Requests wait meanwhile, and share what the first of them has read: a list may have a hundred thousand learners.
        let _turn = self.reading.turn(&at.id).await.map_err(|_| stopped())?;
        let known = lock(&self.enrolled_courses).get(&at.id).cloned();
        if let Some(known) = known.filter(|known| known.revision >= at.revision) {
            return Ok(known);
        }
        let kept = self.store.course(&at.id).await?;
        let kept = kept.ok_or_else(|| ProgressError::NoCourse(at.id.clone()))?;
        let read = compute::aside(move || EnrolledCourse::read(&kept)).await;
        let enrolled = Arc::new(read.map_err(|_| stopped())??);
        lock(&self.enrolled_courses).insert(at.id.clone(), Arc::clone(&enrolled));
        // None of an older revision is of use any more.
        self.forget_boards(&at.id);
        Ok(enrolled)
    }

    /// The board of a course at the end of a day, true for all statements up to its watermark,
    /// which is of now.
    ///
    /// # Errors
    /// Also [`ProgressError::Computing`] while the statements of a changed course are being read, and
    /// [`ProgressError::Exhausted`] where boards that are in use leave no memory for this one.
    pub(super) async fn board(
        &self,
        id: &str,
        at: Option<Date>,
    ) -> Result<Arc<Board>, ProgressError> {
        let revision = self.revision(id).await?;
        let enrolled = self.enrolled_at(&revision).await?;
        let watermark = self.watermark(&revision).await?;
        let end = |day: Date| enrolled.course.end_of(day).ok_or(ProgressError::NoDay(day));
        let cut = at.map(end).transpose()?;
        let key = (id.to_owned(), at);
        let shared = lock(&self.latest).get_or_insert(key, Shared::default).clone();
        let mut shared = shared.lock().await;
        if let Some(board) = &*shared
            && board.enrolled.revision == enrolled.revision
            && board.watermark == watermark
        {
            return Ok(Arc::clone(board));
        }
        // A board that cannot be brought up to date is dropped: it may be half of each.
        let known = shared.take().filter(|known| known.enrolled.revision == enrolled.revision);
        let board = Arc::new(self.up_to_date(known, enrolled, cut, watermark).await?);
        *shared = Some(Arc::clone(&board));
        Ok(board)
    }

    /// A board as it is now, from the one that is known or from all documents.
    async fn up_to_date(
        &self,
        known: Option<Arc<Board>>,
        enrolled: Arc<EnrolledCourse>,
        cut: Option<Cut>,
        watermark: Watermark,
    ) -> Result<Board, ProgressError> {
        if let Some(known) = known {
            let mut board = Arc::unwrap_or_clone(known);
            if board.refresh(&*self.store, watermark, &self.memory).await? {
                return Ok(board);
            }
        }
        Board::read(&*self.store, enrolled, cut, watermark, &self.memory).await
    }

    /// How far the documents go, once they have been read for the course as it is.
    async fn watermark(&self, revision: &CourseRevision) -> Result<Watermark, ProgressError> {
        for _ in 0..LOOKS {
            let watermark = self.store.watermark(&revision.id).await?;
            if watermark.followed.reading >= revision.reading {
                return Ok(watermark);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(ProgressError::Computing(revision.id.clone()))
    }
}

impl Cache for Boards {
    /// Boards that are in use, or being made, stay: to drop them would give nothing back.
    fn give_up(&self, bytes: usize) {
        let held = self.memory.held();
        let given_up = || held.saturating_sub(self.memory.held());
        let mut latest = lock(&self.latest);
        let oldest_first: Vec<_> = latest.iter().rev().map(|(key, _)| key.clone()).collect();
        for key in oldest_first {
            if given_up() >= bytes {
                break;
            }
            if latest.peek(&key).is_some_and(is_idle) {
                latest.pop(&key);
            }
        }
    }
}

/// Whether a board is made, and no report uses it.
fn is_idle(shared: &Shared) -> bool {
    Arc::strong_count(shared) == 1
        && shared
            .try_lock()
            .is_ok_and(|board| board.as_ref().is_some_and(|board| Arc::strong_count(board) == 1))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn stopped() -> StoreError {
    StoreError::Unavailable("the request was stopped".into())
}
