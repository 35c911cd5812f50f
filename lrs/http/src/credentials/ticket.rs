//! Callers by what a key was exchanged for, see [`access::ticket`].

use std::sync::Arc;

use super::memory::Recalled;
use super::{Address, Credentials, Moment, bad, basic};
use crate::problem::Problem;
use access::caller::Caller;
use access::key::{KeptKey, Key};
use access::ticket::Ticket;

impl Credentials {
    /// The caller that this `Authorization` header names by a ticket. `None` where it names none; 401 where the ticket
    /// has ended, by its time or with its key.
    pub(super) async fn of_ticket(
        &self,
        header: Option<&str>,
        now: Moment,
    ) -> Result<Option<Caller>, Problem> {
        let Some((name, secret)) = header.and_then(basic) else { return Ok(None) };
        let Some(ticket) = self.tickets.read(&name, &secret) else { return Ok(None) };
        if ticket.is_over(now) {
            return Err(Problem::unauthorized("What the key was exchanged for has ended."));
        }
        let key = self.key_of((&name, &secret), &ticket, now).await?.ok_or_else(bad)?;
        Ok(Some(Caller::of_key(Arc::new(ticket.narrowed(&key)))))
    }

    /// The key of a ticket, where it is there with the same secret: what was learned of it is believed as long as of any
    /// key.
    async fn key_of(
        &self,
        (name, secret): (&str, &str),
        ticket: &Ticket,
        at: Moment,
    ) -> Result<Option<Arc<Key>>, Problem> {
        let digest = self.digests.of_credentials(name, secret);
        if let Some(Recalled::Good(key)) = self.memory.recall(&digest, (self.now)()) {
            return Ok(Some(key));
        }
        let generation = self.memory.generation();
        let is_good = |kept: &KeptKey| ticket.is_of(kept, at) && !kept.is_expired(at);
        let Some(kept) = self.keys.key(name).await?.filter(is_good) else {
            self.memory.forget(&digest);
            return Ok(None);
        };
        let key = Arc::new(kept.key);
        let known = (Arc::clone(&key), kept.secret_hash);
        self.memory.learn(digest, known, generation, (self.now)());
        self.note_use(name, at);
        Ok(Some(key))
    }

    /// The key that this `Authorization` header shows, to be exchanged: a ticket cannot be exchanged again.
    ///
    /// # Errors
    ///
    /// 401 and 429, as for any request.
    pub async fn kept(
        &self,
        header: &str,
        address: Address,
        at: Moment,
    ) -> Result<KeptKey, Problem> {
        // One that was used is remembered as good.
        if basic(header).is_some_and(|(name, secret)| self.tickets.read(&name, &secret).is_some()) {
            return Err(bad());
        }
        let caller = self.caller(Some(header), address, at).await?;
        self.keys.key(&caller.key.name).await?.ok_or_else(bad)
    }

    /// The secret of a ticket, as `Authorization` header.
    pub fn authorization(&self, key: &str, ticket: &Ticket) -> String {
        use base64::Engine as _;
        let secret = self.tickets.secret(key, ticket);
        let shown = super::STANDARD.encode(format!("{key}:{secret}"));
        format!("Basic {shown}")
    }

    /// The name of the key that a header shows with a secret that was made up here for it, be it good still or not. A name
    /// that anybody could make up is none.
    pub(crate) fn issued_to(&self, header: &str) -> Option<String> {
        let (name, secret) = basic(header)?;
        let is_ours =
            self.made_up.is_of(&name, &secret) || self.tickets.read(&name, &secret).is_some();
        is_ours.then_some(name)
    }
}
