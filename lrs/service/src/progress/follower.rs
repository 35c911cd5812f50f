//! The follower reads the log in the order of `stored` and keeps every course's progress
//! documents true to it. Documents and watermark are written together, so that a crash at any
//! point repeats work but never counts twice; applying a statement again changes nothing anyway.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, oneshot};

use super::Rebuilt;
use super::boards::stopped;
use super::followed::{CHUNK, FollowedCourse, current};
use super::read::{Chunk, Read, read};
use crate::compute;
use store::{Lead, ProgressDocument, Reading, Result, Revision, Store, StoreError};
use xapi::instant::Instant;

/// How long news and commands may take to be seen when nothing announces them.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long statements gather after the first: many that come at once are followed in one step.
const GATHERING: Duration = Duration::from_millis(20);
/// Pages read and writes made for one course, between two steps of all others.
const TURNS: usize = 5;
/// Bytes of statements read to compute documents again, between two steps of all others: the page that goes beyond them is
/// the last. All courses that follow together share them.
const READ_ANEW: usize = 4 << 20;
/// What the documents of all courses in memory may weigh ([`ActorProgress::weight`]) after each write of one course: some
/// 80 MiB.
///
/// [`ActorProgress::weight`]: course::ActorProgress::weight
const REMEMBERED: usize = 400_000;
/// A document that says nothing has fewer bytes.
const EMPTY: usize = 100;
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
    /// Courses that follow the log together.
    courses: BTreeMap<String, FollowedCourse>,
    /// Courses with more to do than one step may take: each follows on its own until it is up to the others.
    behind: VecDeque<FollowedCourse>,
    /// Courses whose statements are read from the beginning, one at a time.
    loading: BTreeMap<String, Loading>,
    /// Courses that cannot be followed, and the revision that could not.
    broken: HashMap<String, Revision>,
    /// When courses were last looked for; nothing when they must be before going on.
    looked: Option<tokio::time::Instant>,
}

/// A course whose statements are read from the beginning.
struct Loading {
    revision: Revision,
    followed: FollowedCourse,
    /// How many were read.
    statements: u64,
    rebuild: Option<Rebuild>,
}

/// A rebuild, and the requests that wait for it.
struct Rebuild {
    /// The documents before, by actor.
    before: HashMap<String, Digest>,
    replies: Vec<Reply>,
}

type Reply = oneshot::Sender<Result<Option<Rebuilt>>>;
type Digest = [u8; 32];

/// What a course may still do before it is the turn of others.
struct Turns {
    /// Pages and writes.
    left: usize,
    /// Bytes of statements from which documents are computed again.
    anew: usize,
}

impl Turns {
    const fn new(anew: usize) -> Self {
        Self { left: TURNS, anew }
    }

    /// Takes one; false where none is left.
    const fn take(&mut self) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        true
    }
}

/// How far a course came in its turn.
enum Reached {
    /// There is more to do.
    Part,
    /// All is done, and saved.
    All,
    /// Another follower has written documents in between.
    Overtaken,
}

fn overtaken() -> StoreError {
    StoreError::Unavailable("another process computes the course's progress as well".into())
}

impl Follower {
    /// A follower that has read nothing yet.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            courses: BTreeMap::new(),
            behind: VecDeque::new(),
            loading: BTreeMap::new(),
            broken: HashMap::new(),
            looked: None,
        }
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
                Some(Command::Rebuild { course, reply }) => self.rebuild(&course, reply).await,
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
        self.behind.clear();
        self.loading.clear();
        self.looked = None;
    }

    /// Follows one chunk of the log, and goes on with one course that is behind and one that is being
    /// loaded; says whether that was all there is to do. Nothing is to be done while another process leads.
    async fn step(&mut self) -> Result<bool> {
        if !self.store.lead(Lead::WhereFree).await? {
            self.forget();
            return Ok(true);
        }
        if self.looked.is_none_or(|at| at.elapsed() >= PATIENCE) {
            self.refresh().await?;
            self.looked = Some(tokio::time::Instant::now());
        }
        let caught_up = self.follow().await?;
        self.catch_up().await?;
        self.load_on().await?;
        Ok(caught_up && self.behind.is_empty() && self.loading.is_empty())
    }

    /// Follows one chunk of the log; says whether that was all of it.
    async fn follow(&mut self) -> Result<bool> {
        if self.courses.is_empty() {
            return Ok(true);
        }
        let since = self.courses.values_mut().map(FollowedCourse::since).max().unwrap_or_default();
        let (log, more) = self.read(self.through(), since).await?;
        if log.is_empty() {
            return Ok(true);
        }
        let courses = std::mem::take(&mut self.courses).into_values();
        let mut waiting: VecDeque<FollowedCourse> = courses.collect();
        // Courses with documents to compute again have their turn when all others have taken what the log says.
        for budget in [0, READ_ANEW] {
            let mut anew = budget;
            for _ in 0..waiting.len() {
                let Some(mut followed) = waiting.pop_front() else { break };
                let mut turns = Turns::new(anew);
                let reached = self.advance(&mut followed, &log, &mut turns).await?;
                anew = turns.anew;
                match reached {
                    Reached::All => drop(self.courses.insert(followed.id.clone(), followed)),
                    Reached::Part if budget == 0 => waiting.push_back(followed),
                    Reached::Part => self.behind.push_back(followed),
                    Reached::Overtaken => self.looked = None,
                }
                bound(
                    self.courses.values_mut().chain(&mut self.behind).chain(&mut waiting).collect(),
                );
            }
        }
        Ok(!more)
    }

    /// The next page of the log after an instant, and whether more may follow. A statement that
    /// cannot be read means nothing: it must not keep all others from counting. For `since`: [`read`].
    async fn read(&self, after: Instant, since: Instant) -> Result<(Vec<Read>, bool)> {
        match Chunk::of(self.store.log(after, CHUNK).await)? {
            Chunk::Page(page) => {
                let (whole, more) = (page.statements.len(), page.more);
                let log = read(&*self.store, page.statements, since).await?;
                let more = more || log.len() < whole;
                Ok((log, more))
            }
            Chunk::Unreadable(statement) => Ok((vec![*statement], true)),
        }
    }

    /// Takes a course through `log` and saves, in so many turns at most.
    async fn advance(
        &self,
        followed: &mut FollowedCourse,
        log: &[Read],
        turns: &mut Turns,
    ) -> Result<Reached> {
        loop {
            while followed.is_behind() {
                if turns.anew == 0 || !turns.take() {
                    return Ok(Reached::Part);
                }
                let read = followed.compute_on(&*self.store).await?;
                turns.anew = turns.anew.saturating_sub(read);
            }
            let all = followed.follow(&*self.store, log).await?;
            if followed.is_behind() {
                continue;
            }
            if !followed.is_whole() && !followed.save(&*self.store).await? {
                return Ok(Reached::Overtaken);
            }
            bound(vec![followed]);
            if all {
                return Ok(Reached::All);
            }
            if !turns.take() {
                return Ok(Reached::Part);
            }
        }
    }

    /// Goes on with one course that is behind, until it is up to the others or its turns are over.
    async fn catch_up(&mut self) -> Result<()> {
        let Some(mut followed) = self.behind.pop_front() else { return Ok(()) };
        let (mut log, mut is_end, mut turns) = (Vec::new(), false, Turns::new(READ_ANEW));
        loop {
            match self.advance(&mut followed, &log, &mut turns).await? {
                Reached::Overtaken => {
                    self.looked = None;
                    return Ok(());
                }
                Reached::All if is_end || followed.mark.through >= self.through() => {
                    self.courses.insert(followed.id.clone(), followed);
                    return Ok(());
                }
                Reached::All if turns.take() => {
                    let since = followed.since();
                    let (page, more) = self.read(followed.mark.through, since).await?;
                    (log, is_end) = (page, !more);
                }
                _ => {
                    self.behind.push_back(followed);
                    return Ok(());
                }
            }
        }
    }

    /// Looks for courses that are new or take other statements now; these start over.
    async fn refresh(&mut self) -> Result<()> {
        let known = self.store.courses().await?;
        let is_known = |id: &String| known.iter().any(|course| course.id == *id);
        self.courses.retain(|id, _| is_known(id));
        self.behind.retain(|followed| is_known(&followed.id));
        self.loading.retain(|id, _| is_known(id));
        for course in &known {
            let broken = self.broken.get(&course.id).copied();
            if self.reading(&course.id) == Some(course.reading) || broken == Some(course.revision) {
                continue;
            }
            let Some(kept) = self.store.course(&course.id).await? else { continue };
            self.leave(&kept.id);
            match FollowedCourse::load(&*self.store, &kept).await {
                Ok(followed) if followed.is_whole() => {
                    self.loading.insert(kept.id, Loading::new(kept.revision, followed));
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

    /// The reading that a course is followed for, however far.
    fn reading(&self, id: &str) -> Option<Reading> {
        let behind = || self.behind.iter().find(|followed| followed.id == id);
        let loading = || self.loading.get(id).map(|loading| &loading.followed);
        let followed = self.courses.get(id).or_else(behind).or_else(loading);
        followed.map(|followed| followed.mark.reading)
    }

    /// Does not follow a course any more.
    fn leave(&mut self, id: &str) {
        self.courses.remove(id);
        self.behind.retain(|followed| followed.id != id);
        if let Some(loading) = self.loading.remove(id) {
            loading.refuse(overtaken());
        }
    }

    /// Leaves a course alone that cannot be followed: said once, and the others go on.
    fn give_up(&mut self, id: &str, revision: Revision, error: StoreError) -> Result<()> {
        let StoreError::Corrupt(what) = error else { return Err(error) };
        tracing::error!(what, "a course cannot be followed");
        self.broken.insert(id.to_owned(), revision);
        Ok(())
    }

    /// Reads some chunks for one course that is being loaded: in turn with following, so that a
    /// large log holds up no other course; and of those that are to be loaded only one is in memory.
    async fn load_on(&mut self) -> Result<()> {
        let Some((id, mut loading)) = self.loading.pop_first() else { return Ok(()) };
        match self.read_on(&mut loading).await {
            Ok(Reached::Part) => drop(self.loading.insert(id, loading)),
            Ok(Reached::All) => {
                self.broken.remove(&id);
                if let Some(rebuild) = loading.rebuild.take() {
                    let rebuilt = self.compare(&id, loading.statements, &rebuild.before).await;
                    rebuild.answer(&rebuilt);
                }
                self.courses.insert(id, loading.followed);
            }
            Ok(Reached::Overtaken) => {
                self.looked = None;
                loading.refuse(overtaken());
            }
            Err(error) => {
                let revision = loading.revision;
                let told = StoreError::Unavailable(error.to_string());
                loading.refuse(told);
                self.give_up(&id, revision, error)?;
            }
        }
        Ok(())
    }

    /// Begins to compute a course from nothing; the answer follows when that is done.
    async fn rebuild(&mut self, id: &str, reply: Reply) {
        let under_way = self.loading.get_mut(id).and_then(|loading| loading.rebuild.as_mut());
        if let Some(rebuild) = under_way {
            return rebuild.replies.push(reply);
        }
        match self.begin_rebuild(id).await {
            Ok(Some((mut loading, before))) => {
                self.leave(id);
                loading.rebuild = Some(Rebuild { before, replies: vec![reply] });
                self.loading.insert(id.to_owned(), loading);
            }
            Ok(None) => drop(reply.send(Ok(None))),
            Err(error) => drop(reply.send(Err(error))),
        }
    }

    async fn begin_rebuild(&self, id: &str) -> Result<Option<(Loading, HashMap<String, Digest>)>> {
        self.insist().await?;
        let Some(kept) = self.store.course(id).await? else { return Ok(None) };
        let before = self.digests(id).await?;
        let mut followed = FollowedCourse::load(&*self.store, &kept).await?;
        followed.start_over(kept.reading);
        Ok(Some((Loading::new(kept.revision, followed), before)))
    }

    /// What a rebuild did.
    async fn compare(
        &self,
        id: &str,
        statements: u64,
        before: &HashMap<String, Digest>,
    ) -> Result<Rebuilt> {
        let after = self.digests(id).await?;
        let kept = after.iter().filter(|(actor, now)| before.get(*actor) == Some(now)).count();
        let changed = (before.len().max(after.len()) - kept) as u64;
        Ok(Rebuilt { statements, changed })
    }

    /// Takes the lead from the process that has it.
    async fn insist(&self) -> Result<()> {
        for _ in 0..INSISTENCE {
            if self.store.lead(Lead::Insist).await? {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN).await;
        }
        Err(overtaken())
    }

    /// What tells each document of a course from any other, by actor. One that says nothing any more, because all
    /// was voided, is as good as none.
    async fn digests(&self, id: &str) -> Result<HashMap<String, Digest>> {
        let mut digests = HashMap::new();
        let mut after = String::new();
        loop {
            let page = self.store.progress(id, &after, CHUNK).await?;
            let Some(last) = page.last() else { return Ok(digests) };
            after.clone_from(&last.actor);
            let digest = |document: ProgressDocument| {
                (document.actor, Sha256::digest(&document.body).into())
            };
            let says_nothing = |document: &ProgressDocument| {
                document.body.len() < EMPTY
                    && current(document).is_some_and(|progress| progress.statements == 0)
            };
            let digest = move || {
                let speaking = page.into_iter().filter(|document| !says_nothing(document));
                speaking.map(digest).collect::<Vec<_>>()
            };
            digests.extend(compute::aside(digest).await.map_err(|_| stopped())?);
        }
    }

    /// Reads on for a course that is being loaded, and replaces all its documents at the end of the log.
    async fn read_on(&self, loading: &mut Loading) -> Result<Reached> {
        let followed = &mut loading.followed;
        let (mut log, mut is_end, mut turns) = (Vec::new(), false, Turns::new(READ_ANEW));
        loop {
            // A long reading must not look like a process that is gone.
            self.store.lead(Lead::WhereFree).await?;
            if let Reached::Part = self.advance(followed, &log, &mut turns).await? {
                return Ok(Reached::Part);
            }
            if is_end {
                let is_kept = followed.save(&*self.store).await?;
                return Ok(if is_kept { Reached::All } else { Reached::Overtaken });
            }
            if !turns.take() {
                return Ok(Reached::Part);
            }
            let since = followed.since();
            let (page, more) = self.read(followed.mark.through, since).await?;
            (log, is_end) = (page, !more);
            loading.statements += log.len() as u64;
        }
    }

    /// Up to where all courses have followed.
    fn through(&self) -> Instant {
        let through = self.courses.values().map(|followed| followed.mark.through).min();
        through.unwrap_or_default()
    }
}

/// Forgets the documents of these courses where they weigh more together than may be remembered.
fn bound(courses: Vec<&mut FollowedCourse>) {
    if courses.iter().map(|followed| followed.remembered()).sum::<usize>() > REMEMBERED {
        courses.into_iter().for_each(FollowedCourse::forget_documents);
    }
}

impl Loading {
    const fn new(revision: Revision, followed: FollowedCourse) -> Self {
        Self { revision, followed, statements: 0, rebuild: None }
    }

    /// Answers the requests that wait that the rebuild is not done.
    fn refuse(self, error: StoreError) {
        if let Some(rebuild) = self.rebuild {
            rebuild.answer(&Err(error));
        }
    }
}

impl Rebuild {
    fn answer(self, rebuilt: &Result<Rebuilt>) {
        for reply in self.replies {
            let rebuilt = rebuilt.as_ref().map(|rebuilt| Some(*rebuilt));
            let rebuilt = rebuilt.map_err(|error| StoreError::Unavailable(error.to_string()));
            // A requester that went away needs no answer.
            let _ = reply.send(rebuilt);
        }
    }
}
