//! Sessions: begun, found by their secret, ended.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{People, PeopleError, Result};
use access::caller::Caller;
use access::person::{KeptPerson, Person};
use access::session::{self, KeptSession};
use xapi::instant::Instant;

/// A minute, in microseconds: a session's last use is noted to the minute, for each note is a write.
const MINUTE: i64 = 60 * 1_000_000;
/// The most sessions of a person: the oldest ends where another begins.
const MOST: usize = 20;
/// The longest text of a browser that is kept, in bytes.
const LONGEST: usize = 256;

/// How long sessions last: the section `[sessions]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionLimits {
    /// After how many minutes without a request a session is over.
    pub idle_minutes: u32,
    /// After how many hours a session is over in any case.
    pub hours: u32,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle_minutes: 30, hours: 12 }
    }
}

impl SessionLimits {
    /// After how long without a request a session is over, in microseconds.
    const fn idle(self) -> i64 {
        self.idle_minutes as i64 * MINUTE
    }

    /// After how long a session is over in any case, in microseconds.
    const fn whole(self) -> i64 {
        self.hours as i64 * 60 * MINUTE
    }
}

/// A session that has begun.
#[derive(Debug)]
pub struct Begun {
    /// What the browser shows from now on; kept nowhere.
    pub secret: String,
    /// Who has signed in, as callers are told.
    pub signed_in: SignedIn,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Arc<KeptSession>,
    /// The person.
    pub person: Arc<Person>,
    /// Whether their second factor is on.
    pub has_factor: bool,
    /// The issuer of the identity provider that vouches for them; `None` for somebody with a password.
    pub issuer: Option<String>,
}

impl People {
    /// How long sessions last.
    pub const fn limits(&self) -> SessionLimits {
        self.limits
    }

    /// Begins a session of a person, as their record is at present. Sessions that are over are cleared away.
    pub async fn begin(&self, kept: KeptPerson, address: &str, agent: &str) -> Result<Begun> {
        let now = self.clock.now();
        self.store.remove_sessions(now).await?;
        let older = self.store.sessions_of(&kept.person.name).await?;
        for oldest in older.iter().skip(MOST - 1) {
            self.store.remove_session(&oldest.id).await?;
        }
        let secret = session::secret();
        let kept_session = KeptSession {
            id: session::hash(&secret),
            person: kept.person.name.clone(),
            generation: kept.generation,
            since: now,
            last_used: now,
            expires: Instant::from_micros(now.micros().saturating_add(self.limits.whole())),
            address: clipped(address),
            agent: clipped(agent),
        };
        self.store.add_session(kept_session.clone()).await?;
        Ok(Begun { secret, signed_in: signed_in(kept_session, kept) })
    }

    /// Who is signed in by this secret. `None` where the session is over, by its age, for lack of use, because it was
    /// revoked, or because of what happened to the person.
    pub async fn signed_in(&self, secret: &str) -> Result<Option<SignedIn>> {
        let (id, now) = (session::hash(secret), self.clock.now());
        let Some(found) = self.current(&id).await? else { return Ok(None) };
        if now.micros().saturating_sub(found.session.last_used.micros()) >= MINUTE {
            self.store.use_session(&id, now).await?;
        }
        Ok(Some(found))
    }

    /// Who is signed in by the session of this id, which is not used by it: for answers that take long. `None` as for
    /// [`Self::signed_in`].
    pub async fn current(&self, id: &str) -> Result<Option<SignedIn>> {
        let now = self.clock.now();
        let Some(found) = self.store.session(id).await? else { return Ok(None) };
        if found.is_over(now, self.limits.idle()) {
            return Ok(None);
        }
        let Some(held) = self.store.person(&found.person).await? else { return Ok(None) };
        let kept = held.kept;
        if kept.person.is_disabled || kept.generation != found.generation {
            return Ok(None);
        }
        Ok(Some(signed_in(found, kept)))
    }

    /// The caller that somebody is who is signed in.
    pub fn caller(&self, signed_in: &SignedIn) -> Caller {
        Caller::of_person(Arc::clone(&signed_in.person), &self.home_page)
    }

    /// The sessions of a person that are not over, the newest first.
    pub async fn sessions(&self, person: &str) -> Result<Vec<KeptSession>> {
        let held = self.held(person).await?;
        let (now, generation) = (self.clock.now(), held.kept.generation);
        let mut sessions = self.store.sessions_of(person).await?;
        sessions.retain(|it| !it.is_over(now, self.limits.idle()) && it.generation == generation);
        Ok(sessions)
    }

    /// The session of this id, be it over or not.
    pub async fn session(&self, id: &str) -> Result<Option<KeptSession>> {
        Ok(self.store.session(id).await?)
    }

    /// Ends a session: it is refused from now on. False where there is none of this id.
    pub async fn end(&self, id: &str) -> Result<bool> {
        self.store.remove_session(id).await.map_err(PeopleError::Store)
    }
}

fn signed_in(session: KeptSession, kept: KeptPerson) -> SignedIn {
    let has_factor = kept.totp.as_ref().is_some_and(|totp| totp.is_on);
    let issuer = kept.vouched.map(|vouched| vouched.issuer);
    SignedIn { session: Arc::new(session), person: Arc::new(kept.person), has_factor, issuer }
}

fn clipped(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .scan(0, |bytes, c| {
            *bytes += c.len_utf8();
            (*bytes <= LONGEST).then_some(c)
        })
        .collect()
}
