//! What people do with their own accounts: passwords and second factors.

use super::{People, PeopleError, Result, has_password_here, hashed};
use access::person::KeptPerson;
use access::session;
use access::totp::KeptTotp;
use store::HeldPerson;

/// What the second factor says to somebody who signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// It is not on, or the code is good.
    Good,
    /// A code is needed and was not given.
    Needed,
    /// The code is wrong, or was taken before.
    Wrong,
}

impl People {
    /// Signs somebody in whose password was found to be the one that `hash` was made from, and takes their code: a code
    /// is taken once, by one of those who show it at the same time.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`] where the person is gone, disabled, or has another password
    /// meanwhile.
    pub async fn sign_in(
        &self,
        name: &str,
        hash: &str,
        code: Option<&str>,
    ) -> Result<(Factor, KeptPerson)> {
        for _ in 0..super::TRIES {
            let HeldPerson { kept, revision } = self.held(name).await?;
            let is_same = kept.password_hash.as_deref() == Some(hash);
            if !is_same || kept.person.is_disabled {
                return Err(PeopleError::Unknown { name: name.to_owned(), near: None });
            }
            let now = self.clock.now();
            let mut signed_in = kept.clone();
            signed_in.person.last_sign_in = Some(now);
            if let Some(totp) = kept.totp.as_ref().filter(|totp| totp.is_on) {
                let Some(code) = code else { return Ok((Factor::Needed, kept)) };
                let Some(taken) = totp.take(code, now) else { return Ok((Factor::Wrong, kept)) };
                signed_in.totp = Some(taken);
            }
            if self.store.change_person(signed_in.clone(), revision).await? {
                return Ok((Factor::Good, signed_in));
            }
        }
        Err(PeopleError::Busy)
    }

    /// Gives a person another password. All their sessions, and an open invitation, end.
    ///
    /// # Errors
    /// [`PeopleError::Weak`], [`PeopleError::Unknown`], [`PeopleError::Vouched`].
    pub async fn set_password(&self, name: &str, password: &str) -> Result<KeptPerson> {
        let kept = self.held(name).await?.kept;
        has_password_here(&kept)?;
        let hash = hashed(password, [kept.person.name, kept.person.label]).await?;
        let changed = |kept: KeptPerson| {
            has_password_here(&kept)?;
            Ok(with_password(kept, &hash))
        };
        let kept = self.change(name, changed).await?;
        self.store.remove_sessions_of(name, None).await?;
        Ok(kept)
    }

    /// Gives the person of an invitation the password that they chose. The link is good once. A person without a second
    /// factor signs in by it: [`Person::last_sign_in`](access::person::Person::last_sign_in) is now.
    ///
    /// # Errors
    /// [`PeopleError::Link`], [`PeopleError::Weak`].
    pub async fn accept(&self, secret: &str, password: &str) -> Result<KeptPerson> {
        let name = session::person_of(secret).ok_or(PeopleError::Link)?;
        let link = session::hash(secret);
        let is_good = |kept: &KeptPerson| {
            let invitation = kept.invitation.as_ref().filter(|it| it.hash == link);
            let is_alive = invitation.is_some_and(|it| it.expires > self.clock.now());
            is_alive && !kept.person.is_disabled
        };
        let held = self.store.person(&name).await?.ok_or(PeopleError::Link)?;
        if !is_good(&held.kept) {
            return Err(PeopleError::Link);
        }
        let person = held.kept.person;
        let hash = hashed(password, [person.name, person.label]).await?;
        let now = self.clock.now();
        let accepted = |kept: KeptPerson| {
            if !is_good(&kept) {
                return Err(PeopleError::Link);
            }
            let mut kept = with_password(kept, &hash);
            if !kept.totp.as_ref().is_some_and(|totp| totp.is_on) {
                kept.person.last_sign_in = Some(now);
            }
            Ok(kept)
        };
        let kept = self.change(&name, accepted).await?;
        self.store.remove_sessions_of(&name, None).await?;
        Ok(kept)
    }

    /// A new second factor for a person, which is not on before its first code is shown.
    ///
    /// # Errors
    /// [`PeopleError::Factor`] where one is on; [`PeopleError::Vouched`].
    pub async fn new_factor(&self, name: &str) -> Result<KeptTotp> {
        let new = KeptTotp::new();
        let with = |kept: KeptPerson| {
            has_password_here(&kept)?;
            if kept.totp.as_ref().is_some_and(|totp| totp.is_on) {
                return Err(PeopleError::Factor);
            }
            Ok(KeptPerson { totp: Some(new.clone()), ..kept })
        };
        self.change(name, with).await?;
        Ok(new)
    }

    /// Switches the second factor on, by a code of it.
    ///
    /// # Errors
    /// [`PeopleError::Factor`] where there is none, or it is on; [`PeopleError::Code`].
    pub async fn switch_factor_on(&self, name: &str, code: &str) -> Result<()> {
        let now = self.clock.now();
        let on = |kept: KeptPerson| {
            let totp = kept.totp.as_ref().filter(|totp| !totp.is_on).ok_or(PeopleError::Factor)?;
            let taken = totp.take(code, now).ok_or(PeopleError::Code)?;
            Ok(KeptPerson { totp: Some(KeptTotp { is_on: true, ..taken }), ..kept })
        };
        self.change(name, on).await.map(drop)
    }

    /// Switches the second factor off.
    pub async fn switch_factor_off(&self, name: &str) -> Result<()> {
        self.change(name, |kept| Ok(KeptPerson { totp: None, ..kept })).await.map(drop)
    }
}

fn with_password(kept: KeptPerson, hash: &str) -> KeptPerson {
    let generation = kept.generation.wrapping_add(1);
    KeptPerson { password_hash: Some(hash.to_owned()), invitation: None, generation, ..kept }
}
