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
use crate::store::{KeptCourse, ProgressDocument, Result, Store, StoreError};
use crate::xapi::instant::Instant;

/// How long news and commands may take to be seen when nothing announces them.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long statements gather after the first: many that come at once are followed in one step.
const GATHERING: Duration = Duration::from_millis(20);
/// How long to wait after the store failed.
const RECOVERY: Duration = Duration::from_secs(1);

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
    /// Courses that cannot be followed, and the revision that could not.
    broken: HashMap<String, i64>,
    /// When courses were last looked for; nothing when they must be before going on.
    looked: Option<tokio::time::Instant>,
}

impl Follower {
    /// A follower that has read nothing yet.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, courses: HashMap::new(), broken: HashMap::new(), looked: None }
    }

    /// Follows until all senders of `commands` are gone.
    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        loop {
            let caught_up = match self.step().await {
                Ok(caught_up) => caught_up,
                Err(error) => {
                    tracing::error!(%error, "progress cannot follow the log");
                    // What is in memory may be ahead of what is kept: read it again.
                    self.courses.clear();
                    self.looked = None;
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

    /// Follows one chunk of the log; says whether that was all of it.
    async fn step(&mut self) -> Result<bool> {
        if self.looked.is_none_or(|at| at.elapsed() >= PATIENCE) {
            self.refresh().await?;
            self.looked = Some(tokio::time::Instant::now());
        }
        if self.courses.is_empty() {
            return Ok(true);
        }
        let log = self.store.log(self.through(), CHUNK).await?;
        if log.is_empty() {
            return Ok(true);
        }
        let whole = log.len() < CHUNK;
        let log: Vec<Read> = log.iter().map(Read::new).collect();
        for followed in self.courses.values_mut() {
            followed.follow(&*self.store, &log).await?;
            followed.save(&*self.store).await?;
        }
        Ok(whole)
    }

    /// Loads courses that are new or take other statements now; these start over.
    async fn refresh(&mut self) -> Result<()> {
        let known = self.store.courses().await?;
        self.courses.retain(|id, _| known.iter().any(|course| course.id == *id));
        for course in &known {
            let followed = self.courses.get(&course.id).map(|followed| followed.mark.reading);
            let broken = self.broken.get(&course.id).copied();
            if followed == Some(course.reading) || broken == Some(course.revision) {
                continue;
            }
            let Some(kept) = self.store.course(&course.id).await? else { continue };
            match self.load(&kept).await {
                Ok(followed) => {
                    self.broken.remove(&kept.id);
                    self.courses.insert(kept.id, followed);
                }
                Err(StoreError::Corrupt(what)) => {
                    // Said once; the other courses go on.
                    tracing::error!(what, "a course cannot be followed");
                    self.courses.remove(&kept.id);
                    self.broken.insert(kept.id, kept.revision);
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    async fn load(&self, course: &KeptCourse) -> Result<Followed> {
        let mut followed = Followed::load(&*self.store, course).await?;
        if followed.is_whole() {
            self.read_whole_log(&mut followed).await?;
        }
        Ok(followed)
    }

    async fn rebuild(&mut self, id: &str) -> Result<Option<Rebuilt>> {
        let Some(kept) = self.store.course(id).await? else { return Ok(None) };
        let before = self.digests(id).await?;
        let mut followed = Followed::load(&*self.store, &kept).await?;
        followed.start_over(kept.reading);
        let statements = self.read_whole_log(&mut followed).await?;
        let after = self.digests(id).await?;
        self.courses.insert(id.to_owned(), followed);
        let kept = after.iter().filter(|(actor, now)| before.get(*actor) == Some(now)).count();
        let changed = (before.len().max(after.len()) - kept) as u64;
        Ok(Some(Rebuilt { statements, changed }))
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

    /// Follows the log from the beginning to its end and replaces all documents.
    async fn read_whole_log(&self, followed: &mut Followed) -> Result<u64> {
        let mut statements = 0;
        loop {
            let log = self.store.log(followed.mark.through, CHUNK).await?;
            let read: Vec<Read> = log.iter().map(Read::new).collect();
            followed.follow(&*self.store, &read).await?;
            statements += log.len() as u64;
            if log.len() < CHUNK {
                break;
            }
        }
        followed.save(&*self.store).await?;
        Ok(statements)
    }

    /// Up to where all courses have followed.
    fn through(&self) -> Instant {
        let through = self.courses.values().map(|followed| followed.mark.through).min();
        through.unwrap_or_default()
    }
}
