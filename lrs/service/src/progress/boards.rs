//! The boards of all courses, and the latest of them kept.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use lru::LruCache;
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use super::board::{Board, EnrolledCourse};
use super::error::ProgressError;
use course::Cut;
use store::{CourseRevision, Store, StoreError, Watermark};

/// Boards kept at the most.
const KEPT: NonZeroUsize = NonZeroUsize::new(64).unwrap();
/// And as many only as have so many learners together: each takes a few kilobytes.
const LEARNERS: usize = 400_000;

/// How often, and how long apart, a report looks whether a changed course has been read.
const LOOKS: u32 = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

type Shared = Arc<RwLock<Option<Board>>>;

/// A board, and how many learners are on it.
#[derive(Clone, Default)]
struct Entry {
    board: Shared,
    learners: Arc<AtomicUsize>,
}

/// The boards of all courses.
pub(super) struct Boards {
    store: Arc<dyn Store>,
    enrolled_courses: Mutex<HashMap<String, Arc<EnrolledCourse>>>,
    latest: Mutex<LruCache<(String, Option<Date>), Entry>>,
}

impl Boards {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        let latest = Mutex::new(LruCache::new(KEPT));
        Self { store, enrolled_courses: Mutex::default(), latest }
    }

    /// A course as it is now.
    pub(super) async fn enrolled(&self, id: &str) -> Result<Arc<EnrolledCourse>, ProgressError> {
        let revision = self.revision(id).await?;
        self.enrolled_at(&revision).await
    }

    /// Forgets a course that is deleted.
    pub(super) fn forget(&self, id: &str) {
        lock(&self.enrolled_courses).remove(id);
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
        let kept = self.store.course(&at.id).await?;
        let kept = kept.ok_or_else(|| ProgressError::NoCourse(at.id.clone()))?;
        let read = tokio::task::spawn_blocking(move || EnrolledCourse::read(&kept)).await;
        let enrolled = Arc::new(read.map_err(|_| stopped())??);
        lock(&self.enrolled_courses).insert(at.id.clone(), Arc::clone(&enrolled));
        Ok(enrolled)
    }

    /// The board of a course at the end of a day, true for all statements up to its watermark,
    /// which is of now. It is held for reading as long as the guard lives.
    ///
    /// # Errors
    /// Also [`ProgressError::Computing`] while the statements of a changed course are being read.
    pub(super) async fn board(
        &self,
        id: &str,
        at: Option<Date>,
    ) -> Result<OwnedRwLockReadGuard<Option<Board>, Board>, ProgressError> {
        let revision = self.revision(id).await?;
        let enrolled = self.enrolled_at(&revision).await?;
        let watermark = self.watermark(&revision).await?;
        let end = |day: Date| enrolled.course.end_of(day).ok_or(ProgressError::NoDay(day));
        let cut = at.map(end).transpose()?;
        let key = (id.to_owned(), at);
        let Entry { board: shared, learners } =
            lock(&self.latest).get_or_insert(key, Entry::default).clone();
        let held = Arc::clone(&shared).read_owned().await;
        if let Some(board) = &*held
            && board.enrolled.revision == enrolled.revision
            && board.watermark == watermark
        {
            return OwnedRwLockReadGuard::try_map(held, Option::as_ref)
                .map_err(|_| stopped().into());
        }
        drop(held);
        let mut mine = shared.write_owned().await;
        learners.store(enrolled.people.learners().len(), Ordering::Relaxed);
        self.forget_the_oldest();
        self.bring_up_to_date(&mut mine, enrolled, cut, watermark).await?;
        OwnedRwLockReadGuard::try_map(mine.downgrade(), Option::as_ref)
            .map_err(|_| stopped().into())
    }

    /// Forgets boards that were not asked for lately, until the others are not too many.
    fn forget_the_oldest(&self) {
        let mut latest = lock(&self.latest);
        let all = |latest: &LruCache<_, Entry>| -> usize {
            latest.iter().map(|(_, entry)| entry.learners.load(Ordering::Relaxed)).sum()
        };
        while latest.len() > 1 && all(&latest) > LEARNERS {
            latest.pop_lru();
        }
    }

    async fn bring_up_to_date(
        &self,
        board: &mut Option<Board>,
        enrolled: Arc<EnrolledCourse>,
        cut: Option<Cut>,
        watermark: Watermark,
    ) -> Result<(), ProgressError> {
        let known = board.take().filter(|known| known.enrolled.revision == enrolled.revision);
        let mut new = known.unwrap_or_else(|| Board::new(enrolled, cut));
        // A board that could not be refreshed is dropped: it may be half of each.
        new.refresh(&*self.store, watermark).await?;
        *board = Some(new);
        Ok(())
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

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn stopped() -> StoreError {
    StoreError::Unavailable("the request was stopped".into())
}
