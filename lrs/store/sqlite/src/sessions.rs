//! Sessions of people in a table.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::SqliteStore;
use crate::failure::Result;
use access::session::KeptSession;
use store::SessionStore;
use xapi::instant::Instant;

const SELECT: &str =
    "SELECT id, person, generation, since, last_used, expires, address, agent FROM session ";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptSession> {
    let instant = |at| row.get(at).map(Instant::from_micros);
    Ok(KeptSession {
        id: row.get(0)?,
        person: row.get(1)?,
        generation: row.get(2)?,
        since: instant(3)?,
        last_used: instant(4)?,
        expires: instant(5)?,
        address: row.get(6)?,
        agent: row.get(7)?,
    })
}

fn session(connection: &Connection, id: &str) -> Result<Option<KeptSession>> {
    let sql = format!("{SELECT} WHERE id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id], kept).optional()?)
}

fn sessions_of(connection: &Connection, person: &str) -> Result<Vec<KeptSession>> {
    let sql = format!("{SELECT} WHERE person = ?1 ORDER BY since DESC, id");
    let mut select = connection.prepare_cached(&sql)?;
    Ok(select.query_map([person], kept)?.collect::<rusqlite::Result<_>>()?)
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn add_session(&self, new: KeptSession) -> store::Result<bool> {
        self.write(move |session| {
            let KeptSession { id, person, generation, since, last_used, expires, address, agent } =
                new;
            let added = session.run(
                "INSERT OR IGNORE INTO session (id, person, generation, since, last_used, expires, \
                 address, agent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    id,
                    person,
                    generation,
                    since.micros(),
                    last_used.micros(),
                    expires.micros(),
                    address,
                    agent
                ],
            )?;
            Ok(added == 1)
        })
        .await
    }

    async fn session(&self, id: &str) -> store::Result<Option<KeptSession>> {
        let id = id.to_owned();
        self.read(move |connection| session(connection, &id)).await
    }

    async fn sessions_of(&self, person: &str) -> store::Result<Vec<KeptSession>> {
        let person = person.to_owned();
        self.read(move |connection| sessions_of(connection, &person)).await
    }

    async fn use_session(&self, id: &str, at: Instant) -> store::Result<()> {
        let id = id.to_owned();
        self.write(move |session| {
            let sql = "UPDATE session SET last_used = max(last_used, ?2) WHERE id = ?1";
            session.run(sql, params![id, at.micros()])?;
            Ok(())
        })
        .await
    }

    async fn remove_session(&self, id: &str) -> store::Result<bool> {
        let id = id.to_owned();
        self.write(move |session| Ok(session.run("DELETE FROM session WHERE id = ?1", [id])? == 1))
            .await
    }

    async fn remove_sessions_of(&self, person: &str, but: Option<&str>) -> store::Result<()> {
        let (person, but) = (person.to_owned(), but.map(str::to_owned));
        self.write(move |session| {
            let sql = "DELETE FROM session WHERE person = ?1 AND id IS NOT ?2";
            session.run(sql, params![person, but])?;
            Ok(())
        })
        .await
    }

    async fn remove_sessions(&self, ended: Instant) -> store::Result<()> {
        self.write(move |session| {
            session.run("DELETE FROM session WHERE expires < ?1", [ended.micros()])?;
            Ok(())
        })
        .await
    }
}
