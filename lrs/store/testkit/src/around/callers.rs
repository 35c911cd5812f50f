//! Those who ask: keys, people, their sessions, and what is noted of them.

use std::collections::BTreeMap;

use async_trait::async_trait;

use access::audit::{AuditEntry, AuditFilter};
use access::chain::SealedEntry;
use access::key::KeptKey;
use access::person::{Invitation, KeptPerson};
use access::session::KeptSession;
use store::{AuditStore, HeldPerson, KeyStore, PeopleStore, Result, SessionStore};
use xapi::instant::Instant;

use super::{Around, Hook};

#[async_trait]
impl<H: Hook> KeyStore for Around<H> {
    async fn key(&self, name: &str) -> Result<Option<KeptKey>> {
        self.hook.before("key").await?;
        self.store.key(name).await
    }
    async fn keys(&self) -> Result<Vec<KeptKey>> {
        self.hook.before("keys").await?;
        self.store.keys().await
    }
    async fn add_key(&self, key: KeptKey) -> Result<bool> {
        self.hook.before("add_key").await?;
        self.store.add_key(key).await
    }
    async fn remove_key(&self, name: &str) -> Result<bool> {
        self.hook.before("remove_key").await?;
        self.store.remove_key(name).await
    }
    async fn change_key(&self, secret_hash: &str, key: KeptKey) -> Result<bool> {
        self.hook.before("change_key").await?;
        self.store.change_key(secret_hash, key).await
    }
    async fn note_key_use(&self, name: &str, at: Instant) -> Result<()> {
        self.hook.before("note_key_use").await?;
        self.store.note_key_use(name, at).await
    }
    async fn key_uses(&self) -> Result<BTreeMap<String, Instant>> {
        self.hook.before("key_uses").await?;
        self.store.key_uses().await
    }
}

#[async_trait]
impl<H: Hook> PeopleStore for Around<H> {
    async fn person(&self, name: &str) -> Result<Option<HeldPerson>> {
        self.hook.before("person").await?;
        self.store.person(name).await
    }
    async fn people(&self) -> Result<Vec<HeldPerson>> {
        self.hook.before("people").await?;
        self.store.people().await
    }
    async fn add_person(&self, person: KeptPerson) -> Result<bool> {
        self.hook.before("add_person").await?;
        self.store.add_person(person).await
    }
    async fn change_person(&self, person: KeptPerson, based_on: i64) -> Result<bool> {
        self.hook.before("change_person").await?;
        self.store.change_person(person, based_on).await
    }
    async fn remove_person(&self, name: &str, based_on: i64) -> Result<bool> {
        self.hook.before("remove_person").await?;
        self.store.remove_person(name, based_on).await
    }
    async fn add_setup(&self, link: Invitation) -> Result<()> {
        self.hook.before("add_setup").await?;
        self.store.add_setup(link).await
    }
    async fn setups(&self) -> Result<Vec<Invitation>> {
        self.hook.before("setups").await?;
        self.store.setups().await
    }
    async fn take_setup(&self, hash: &str) -> Result<bool> {
        self.hook.before("take_setup").await?;
        self.store.take_setup(hash).await
    }
}

#[async_trait]
impl<H: Hook> SessionStore for Around<H> {
    async fn add_session(&self, session: KeptSession) -> Result<bool> {
        self.hook.before("add_session").await?;
        self.store.add_session(session).await
    }
    async fn session(&self, id: &str) -> Result<Option<KeptSession>> {
        self.hook.before("session").await?;
        self.store.session(id).await
    }
    async fn sessions_of(&self, person: &str) -> Result<Vec<KeptSession>> {
        self.hook.before("sessions_of").await?;
        self.store.sessions_of(person).await
    }
    async fn use_session(&self, id: &str, at: Instant) -> Result<()> {
        self.hook.before("use_session").await?;
        self.store.use_session(id, at).await
    }
    async fn remove_session(&self, id: &str) -> Result<bool> {
        self.hook.before("remove_session").await?;
        self.store.remove_session(id).await
    }
    async fn remove_sessions_of(&self, person: &str, but: Option<&str>) -> Result<()> {
        self.hook.before("remove_sessions_of").await?;
        self.store.remove_sessions_of(person, but).await
    }
    async fn remove_sessions(&self, ended: Instant) -> Result<()> {
        self.hook.before("remove_sessions").await?;
        self.store.remove_sessions(ended).await
    }
}

#[async_trait]
impl<H: Hook> AuditStore for Around<H> {
    async fn add_audit(&self, entry: AuditEntry) -> Result<bool> {
        self.hook.before("add_audit").await?;
        self.store.add_audit(entry).await
    }
    async fn audit(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>> {
        self.hook.before("audit").await?;
        self.store.audit(filter, limit).await
    }
    async fn audit_chain(&self, after: u64, limit: usize) -> Result<Vec<SealedEntry>> {
        self.hook.before("audit_chain").await?;
        self.store.audit_chain(after, limit).await
    }
    async fn restore_audit(&self, sealed: SealedEntry) -> Result<bool> {
        self.hook.before("restore_audit").await?;
        self.store.restore_audit(sealed).await
    }
    async fn restore_unchained_audit(&self, entry: AuditEntry) -> Result<bool> {
        self.hook.before("restore_unchained_audit").await?;
        self.store.restore_unchained_audit(entry).await
    }
}
