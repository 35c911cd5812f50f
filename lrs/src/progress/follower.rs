//! The follower reads the log in the order of `stored` and keeps every course's progress
//! documents true to it. Documents and watermark are written together, so that a crash at any
//! point repeats work but never counts twice; applying a statement again changes nothing anyway.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, oneshot};

use super::Rebuilt;
use super::followed::{CHUNK, Followed, Read};
use crate::store::{ProgressDocument, Result, Store, StoreError};
use crate::xapi::instant::Instant;

/// How long news and commands may take to be seen when nothing announces them.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long statements gather after the first: many that come at once are followed in one step.
const GATHERING: Duration = Duration::from_millis(20);
/// Chunks read for a course that is being loaded, between two steps of all others.
const LOADED_AT_ONCE: usize = 5;
/// How long to wait after the store failed.
const RECOVERY: Duration = Duration::from_secs(1);
/// How often, and how long apart, the lead is asked for before a rebuild.
const INSISTENCE: u32 = 100;
const BETWEEN: Duration = Duration::from_millis(200);

/// What the follower is told.
pub enum Command {
    /// Courses or learners changed.
    Look,
    /// Compute a course from nothing; `None` when there is no such course.
    Rebuild {
        /// The course's id.
        course: String,
        /// Where the outcome goes.
        reply: oneshot::Sender<Result<Option<Rebuilt>>>,
    },
}

/// Follows the log of one store for all its courses.
pub struct Follower {
    store: Arc<dyn Store>,
    courses: HashMap<String, Followed>,
    /// Courses whose statements are being read from the beginning, with the revision they have.
    loading: HashMap<String, (i64, Followed)>,
    /// Courses that cannot be followed, and the revision that could not.
    broken: HashMap<String, i64>,
    /// When courses were last looked for; nothing when they must be before going on.
    looked: Option<tokio::time::Instant>,
}

/// How far a course has been read from the beginning.
enum ReadOn {
    /// There is more to read.
    Part,
    /// So many statements, to the end; the documents are kept.
    Whole(u64),
    /// To the end, but somebody else has written documents in between.
    Overtaken,
}

fn overtaken() -> StoreError {
    StoreError::Unavailable("another process computes the course's progress as well".into())
}

impl Follower {
    /// A follower that has read nothing yet.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let (courses, loading) = (HashMap::new(), HashMap::new());
        Self { store, courses, loading, broken: HashMap::new(), looked: None }
    }

    /// Follows until all senders of `commands` are gone.
    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        loop {
            let caught_up = match self.step().await {
                Ok(caught_up) => caught_up,
                Err(error) => {
                    tracing::error!(%error, "progress cannot follow the log");
                    self.forget();
                    tokio::time::sleep(RECOVERY).await;
                    false
                }
            };
            let command = tokio::select! {
                biased;
                command = commands.recv() => command,
                () = self.news(caught_up) => continue,
            };
            match command {
                None => return,
                Some(Command::Look) => self.looked = None,
                Some(Command::Rebuild { course, reply }) => {
                    // A requester that went away needs no answer.
                    let _ = reply.send(self.rebuild(&course).await);
                }
            }
        }
    }

    /// Returns when there may be something to do; at once when there is more to read.
    async fn news(&self, caught_up: bool) {
        if !caught_up {
            return;
        }
        if self.courses.is_empty() {
            // Statements are no news then.
            return tokio::time::sleep(PATIENCE).await;
        }
        self.store.wait_for_news(self.through(), PATIENCE).await;
        tokio::time::sleep(GATHERING).await;
    }

    /// Forgets what is in memory: it may be ahead of, or behind, what is kept.
    fn forget(&mut self) {
        self.courses.clear();
        self.loading.clear();
        self.looked = None;
    }

    /// Follows one chunk of the log, and reads on for courses that are being loaded; says whether
    /// that was all there is to do. Nothing is to be done while another process leads.
    async fn step(&mut self) -> Result<bool> {
        if !self.store.lead(false).await? {
            self.forget();
            return Ok(true);
        }
        if self.looked.is_none_or(|at| at.elapsed() >= PATIENCE) {
            self.refresh().await?;
            self.looked = Some(tokio::time::Instant::now());
        }
        let caught_up = self.follow().await?;
        self.load_on().await?;
        Ok(caught_up && self.loading.is_empty())
    }

    /// Follows one chunk of the log; says whether that was all of it.
    async fn follow(&mut self) -> Result<bool> {
        if self.courses.is_empty() {
            return Ok(true);
        }
        let (log, more) = self.read(self.through()).await?;
        if log.is_empty() {
            return Ok(true);
        }
        let mut overtaken = Vec::new();
        for followed in self.courses.values_mut() {
            followed.follow(&*self.store, &log).await?;
            if !followed.save(&*self.store).await? {
                overtaken.push(followed.id.clone());
            }
        }
        for id in overtaken {
            self.courses.remove(&id);
            self.looked = None;
        }
        Ok(!more)
    }

    /// The next chunk of the log after an instant, and whether more may follow it.
    async fn read(&self, after: Instant) -> Result<(Vec<Read>, bool)> {
        Read::chunk(self.store.log(after, CHUNK).await)
    }

    /// Looks for courses that are new or take other statements now; these start over.
    async fn refresh(&mut self) -> Result<()> {
        let known = self.store.courses().await?;
        let is_known = |id: &String| known.iter().any(|course| course.id == *id);
        self.courses.retain(|id, _| is_known(id));
        self.loading.retain(|id, _| is_known(id));
        for course in &known {
            let loading = self.loading.get(&course.id).map(|(_, followed)| followed);
            let followed = self.courses.get(&course.id).or(loading);
            let reading = followed.map(|followed| followed.mark.reading);
            let broken = self.broken.get(&course.id).copied();
            if reading == Some(course.reading) || broken == Some(course.revision) {
                continue;
            }
            let Some(kept) = self.store.course(&course.id).await? else { continue };
            self.courses.remove(&kept.id);
            self.loading.remove(&kept.id);
            match Followed::load(&*self.store, &kept).await {
                Ok(followed) if followed.is_whole() => {
                    self.loading.insert(kept.id, (kept.revision, followed));
                }
                Ok(followed) => {
                    self.broken.remove(&kept.id);
                    self.courses.insert(kept.id, followed);
                }
                Err(error) => self.give_up(&kept.id, kept.revision, error)?,
            }
        }
        Ok(())
    }

    /// Leaves a course alone that cannot be followed: said once, and the others go on.
    fn give_up(&mut self, id: &str, revision: i64, error: StoreError) -> Result<()> {
        let StoreError::Corrupt(what) = error else { return Err(error) };
        tracing::error!(what, "a course cannot be followed");
        self.broken.insert(id.to_owned(), revision);
        Ok(())
    }

    /// Reads some chunks for each course that is being loaded: in turn with following, so that a
    /// large log holds up nobody else.
    async fn load_on(&mut self) -> Result<()> {
        for (id, (revision, mut followed)) in std::mem::take(&mut self.loading) {
            match self.read_on(&mut followed, LOADED_AT_ONCE).await {
                Ok(ReadOn::Overtaken) => self.looked = None,
                Ok(ReadOn::Whole(_)) => {
                    self.broken.remove(&id);
                    self.courses.insert(id, followed);
                }
                Ok(ReadOn::Part) => drop(self.loading.insert(id, (revision, followed))),
                Err(error) => self.give_up(&id, revision, error)?,
            }
        }
        Ok(())
    }

    async fn rebuild(&mut self, id: &str) -> Result<Option<Rebuilt>> {
        self.insist().await?;
        let Some(kept) = self.store.course(id).await? else { return Ok(None) };
        let before = self.digests(id).await?;
        let mut followed = Followed::load(&*self.store, &kept).await?;
        followed.start_over(kept.reading);
        self.courses.remove(id);
        self.loading.remove(id);
        let ReadOn::Whole(statements) = self.read_on(&mut followed, usize::MAX).await? else {
            return Err(overtaken());
        };
        let after = self.digests(id).await?;
        self.courses.insert(id.to_owned(), followed);
        let kept = after.iter().filter(|(actor, now)| before.get(*actor) == Some(now)).count();
        let changed = (before.len().max(after.len()) - kept) as u64;
        Ok(Some(Rebuilt { statements, changed }))
    }

    /// Takes the lead from whoever has it.
    async fn insist(&self) -> Result<()> {
        for _ in 0..INSISTENCE {
            if self.store.lead(true).await? {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN).await;
        }
        Err(overtaken())
    }

    /// What tells each document of a course from any other, by actor.
    async fn digests(&self, id: &str) -> Result<HashMap<String, [u8; 32]>> {
        let mut digests = HashMap::new();
        let mut after = String::new();
        loop {
            let page = self.store.progress(id, &after, CHUNK).await?;
            let Some(last) = page.last() else { return Ok(digests) };
            after.clone_from(&last.actor);
            let digest = |document: ProgressDocument| {
                (document.actor, Sha256::digest(&document.body).into())
            };
            digests.extend(page.into_iter().map(digest));
        }
    }

    /// Reads on for a course, at most so many chunks, and replaces all its documents at the end of
    /// the log.
    async fn read_on(&self, followed: &mut Followed, chunks: usize) -> Result<ReadOn> {
        let mut statements = 0;
        for _ in 0..chunks {
            // A long reading must not look like a process that is gone.
            self.store.lead(false).await?;
            let (read, more) = self.read(followed.mark.through).await?;
            followed.follow(&*self.store, &read).await?;
            statements += read.len() as u64;
            if !more {
                let is_kept = followed.save(&*self.store).await?;
                return Ok(if is_kept { ReadOn::Whole(statements) } else { ReadOn::Overtaken });
            }
        }
        Ok(ReadOn::Part)
    }

    /// Up to where all courses have followed.
    fn through(&self) -> Instant {
        let through = self.courses.values().map(|followed| followed.mark.through).min();
        through.unwrap_or_default()
    }
}
