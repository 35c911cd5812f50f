//! Sessions of people. A session never changes: fields `_id`, `person`, `generation`, `since`, `expires`, `address`,
//! `agent`, instants in microseconds. When it was last used is a document of its own, with the same `_id`, `at` and
//! `expires`, in `session_use`: so a use that is noted while the session is removed does not bring the session back.

use std::collections::HashMap;

use async_trait::async_trait;
use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::call::{all, call, insert};
use super::field;
use crate::MongoStore;
use access::session::KeptSession;
use store::{Result, SessionStore, StoreError};
use xapi::instant::Instant;

/// The collections of sessions and of their last uses.
#[derive(Clone)]
pub(super) struct Sessions {
    pub(super) begun: Collection<Document>,
    pub(super) used: Collection<Document>,
}

fn kept(begun: &Document, used: Option<Instant>) -> Result<KeptSession> {
    let since = field::instant(begun, "since")?;
    let generation = u32::try_from(field::integer(begun, "generation")?)
        .map_err(|_| StoreError::Corrupt("a session of no generation".into()))?;
    Ok(KeptSession {
        id: field::text(begun, "_id")?,
        person: field::text(begun, "person")?,
        generation,
        since,
        last_used: used.map_or(since, |used| used.max(since)),
        expires: field::instant(begun, "expires")?,
        address: field::text(begun, "address")?,
        agent: field::text(begun, "agent")?,
    })
}

impl Sessions {
    async fn add(&self, session: &KeptSession) -> Result<bool> {
        let document = doc! {
            "_id": &session.id,
            "person": &session.person,
            "generation": i64::from(session.generation),
            "since": session.since.micros(),
            "expires": session.expires.micros(),
            "address": &session.address,
            "agent": &session.agent,
        };
        insert(&self.begun, document).await
    }

    async fn session(&self, id: &str) -> Result<Option<KeptSession>> {
        let Some(begun) = call(self.begun.find_one(doc! {"_id": id})).await? else {
            return Ok(None);
        };
        let used = call(self.used.find_one(doc! {"_id": id})).await?;
        let used = used.map(|it| field::instant(&it, "at")).transpose()?;
        kept(&begun, used).map(Some)
    }

    async fn of_person(&self, person: &str) -> Result<Vec<KeptSession>> {
        let found = self.begun.find(doc! {"person": person}).sort(doc! {"since": -1, "_id": 1});
        let found = all(found).await?;
        let ids = found.iter().map(|it| field::text(it, "_id")).collect::<Result<Vec<_>>>()?;
        let used = all(self.used.find(doc! {"_id": {"$in": ids}})).await?;
        let used = used.iter().map(|it| Ok((field::text(it, "_id")?, field::instant(it, "at")?)));
        let used = used.collect::<Result<HashMap<_, _>>>()?;
        found.iter().map(|it| kept(it, used.get(&field::text(it, "_id")?).copied())).collect()
    }

    async fn note_use(&self, id: &str, at: Instant) -> Result<()> {
        let Some(session) = self.session(id).await? else { return Ok(()) };
        if at <= session.last_used {
            return Ok(());
        }
        let used = doc! {"_id": id, "at": at.micros(), "expires": session.expires.micros()};
        if !insert(&self.used, used).await? {
            let later = doc! {"$max": {"at": at.micros()}};
            call(self.used.update_one(doc! {"_id": id}, later)).await?;
        }
        Ok(())
    }

    async fn remove(&self, id: &str) -> Result<bool> {
        let removed = call(self.begun.delete_one(doc! {"_id": id})).await?.deleted_count == 1;
        call(self.used.delete_one(doc! {"_id": id})).await?;
        Ok(removed)
    }

    async fn remove_of(&self, person: &str, but: Option<&str>) -> Result<()> {
        for session in self.of_person(person).await? {
            if Some(session.id.as_str()) != but {
                self.remove(&session.id).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl SessionStore for MongoStore {
    async fn add_session(&self, session: KeptSession) -> Result<bool> {
        self.0.sessions.add(&session).await
    }

    async fn session(&self, id: &str) -> Result<Option<KeptSession>> {
        self.0.sessions.session(id).await
    }

    async fn sessions_of(&self, person: &str) -> Result<Vec<KeptSession>> {
        self.0.sessions.of_person(person).await
    }

    async fn use_session(&self, id: &str, at: Instant) -> Result<()> {
        self.0.sessions.note_use(id, at).await
    }

    async fn remove_session(&self, id: &str) -> Result<bool> {
        self.0.sessions.remove(id).await
    }

    async fn remove_sessions_of(&self, person: &str, but: Option<&str>) -> Result<()> {
        self.0.sessions.remove_of(person, but).await
    }

    async fn remove_sessions(&self, ended: Instant) -> Result<()> {
        let over = doc! {"expires": {"$lt": ended.micros()}};
        call(self.0.sessions.begun.delete_many(over.clone())).await?;
        call(self.0.sessions.used.delete_many(over)).await?;
        Ok(())
    }
}
