//! Launches that are good, and those that are known without asking the store.
//!
//! Each commit of a page names a launch. A launch that was good is known for some seconds: this process forgets it when it
//! is taken back here, or when a version is removed here. What another process did is seen when those seconds are over.

use std::num::NonZeroUsize;
use std::sync::{Arc, PoisonError};

use lru::LruCache;

use super::launch::{Launch, read};
use super::session::Unheard;
use super::{Hosted, Packages, activity_of, token};
use ::package::runtime::{self, LessonMode, Sco};
use xapi::instant::Instant;

/// How long a launch is known without asking the store, in microseconds.
const KNOWN: i64 = 10_000_000;
/// The largest launch that is known, in bytes as it is kept: the name of an actor may be long.
const LARGEST: usize = 4_096;
/// How many launches are known.
const LAUNCHES: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// A launch that is good, and what is launched.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The hash of its token.
    pub id: String,
    /// Until when it is good.
    pub expires: Instant,
    /// Who plays.
    pub launch: Launch,
    /// What is played.
    pub hosted: Arc<Hosted>,
}

/// The launches that are known, by the hash of their token.
#[derive(Debug)]
pub(super) struct OpenedLaunches {
    /// Each with the instant up to which it is known.
    known: LruCache<String, (Opened, Instant)>,
    /// How often launches were forgotten: what was read before such a moment may be what was to be forgotten.
    forgotten: u64,
}

impl Default for OpenedLaunches {
    fn default() -> Self {
        Self { known: LruCache::new(LAUNCHES), forgotten: 0 }
    }
}

impl OpenedLaunches {
    /// Keeps a launch until an instant. Those that are known no longer are dropped, and with them what they hold of
    /// packages.
    fn put(&mut self, opened: Opened, (now, until): (Instant, Instant)) {
        let stale = self.known.iter().filter(|(_, (_, until))| *until <= now);
        let stale: Vec<String> = stale.map(|(id, _)| id.clone()).collect();
        for id in stale {
            self.known.pop(&id);
        }
        self.known.put(opened.id.clone(), (opened, until));
    }

    /// Forgets a launch, also one that is being read.
    pub(super) fn forget(&mut self, id: &str) {
        self.known.pop(id);
        self.forgotten += 1;
    }

    /// Forgets all launches, also those that are being read.
    pub(super) fn forget_all(&mut self) {
        self.known.clear();
        self.forgotten += 1;
    }
}

impl Opened {
    /// A SCO of the package, as the runtime is told.
    pub(super) fn runtime(&self, sco: &Sco) -> runtime::ScoLaunch {
        runtime::ScoLaunch {
            actor: self.launch.actor.clone(),
            learner: self.launch.learner.clone(),
            registration: self.launch.registration,
            activity: activity_of(&self.hosted.version.package),
            title: self.hosted.version.title.clone(),
            standard: self.hosted.contents.standard,
            // A preview shows what the package does for a learner, and keeps nothing of it.
            mode: LessonMode::Normal,
            sco: sco.clone(),
        }
    }

    /// The SCO of this item; for an empty identifier none in particular.
    pub(super) fn sco(&self, identifier: &str) -> Result<Sco, Unheard> {
        if identifier.is_empty() {
            return Ok(Sco::default());
        }
        let sco = self.hosted.contents.sco(identifier).cloned();
        sco.ok_or_else(|| Unheard::Commit(format!("the package has no SCO `{identifier}`")))
    }
}

impl Packages {
    /// The launch of this token.
    ///
    /// # Errors
    /// [`Unheard::Unknown`], [`Unheard::Revoked`], [`Unheard::Expired`], [`Unheard::Removed`].
    pub async fn open(&self, token: &str) -> Result<Opened, Unheard> {
        let (id, now) = (token::hash_of(token), self.clock.now());
        let (known, forgotten) = self.known_launch(&id, now);
        let opened = match known {
            Some(opened) => opened,
            None => self.read_launch(id, now, forgotten).await?,
        };
        if opened.expires <= now { Err(Unheard::Expired) } else { Ok(opened) }
    }

    /// Forgets all launches: the store is asked for each again.
    pub(crate) fn forget_launches(&self) {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).forget_all();
    }

    /// The launch where it is known, and the count of what was forgotten so far.
    fn known_launch(&self, id: &str, now: Instant) -> (Option<Opened>, u64) {
        let mut launches = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let known = launches.known.get(id).filter(|(_, until)| *until > now);
        (known.map(|(opened, _)| opened.clone()), launches.forgotten)
    }

    async fn read_launch(&self, id: String, now: Instant, before: u64) -> Result<Opened, Unheard> {
        let kept = self.store.launch(&id).await?.ok_or(Unheard::Unknown)?;
        if kept.revoked {
            return Err(Unheard::Revoked);
        }
        // Another process may have removed a version whose contents are still known here.
        let package = self.store.package(&kept.package).await?;
        if !package.is_some_and(|it| it.versions.iter().any(|version| version.key == kept.key)) {
            return Err(Unheard::Removed);
        }
        let hosted = self.hosted(&kept.key).await?.ok_or(Unheard::Removed)?;
        let (launch, is_small) = (read(&kept)?, kept.body.len() <= LARGEST);
        let opened = Opened { id, expires: kept.expires, launch, hosted };
        let until = Instant::from_micros(now.micros().saturating_add(KNOWN));
        let mut launches = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if is_small && launches.forgotten == before {
            launches.put(opened.clone(), (now, until));
        }
        Ok(opened)
    }
}
