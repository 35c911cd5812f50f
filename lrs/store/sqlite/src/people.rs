//! People in a table, and the links for the first of them.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::session::Session;
use crate::SqliteStore;
use crate::failure::Result;
use access::person::{Invitation, KeptPerson, PersonTextError};
use store::{HeldPerson, PeopleStore, StoreError};
use xapi::instant::Instant;

const SELECT: &str = "SELECT name, revision, record FROM person ";

/// Name, revision and record.
type Parts = (String, i64, String);

fn parts(row: &Row<'_>) -> rusqlite::Result<Parts> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn corrupt(error: PersonTextError) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

fn held((name, revision, record): Parts) -> Result<HeldPerson> {
    let kept = KeptPerson::from_text(&name, &record).map_err(corrupt)?;
    Ok(HeldPerson { kept, revision })
}

fn person(connection: &Connection, name: &str) -> Result<Option<HeldPerson>> {
    let sql = format!("{SELECT} WHERE name = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([name], parts).optional()?;
    found.map(held).transpose()
}

fn people(connection: &Connection) -> Result<Vec<HeldPerson>> {
    let mut select = connection.prepare_cached(&format!("{SELECT} ORDER BY name"))?;
    let found: rusqlite::Result<Vec<_>> = select.query_map([], parts)?.collect();
    found?.into_iter().map(held).collect()
}

fn add(session: &Session<'_>, kept: &KeptPerson) -> Result<bool> {
    let record = kept.text().map_err(corrupt)?;
    let added = session.run(
        "INSERT OR IGNORE INTO person (name, revision, record) VALUES (?1, ?2, ?3)",
        params![kept.person.name, rand::random::<i64>(), record],
    )?;
    Ok(added == 1)
}

fn change(session: &Session<'_>, kept: &KeptPerson, based_on: i64) -> Result<bool> {
    let record = kept.text().map_err(corrupt)?;
    let changed = session.run(
        "UPDATE person SET revision = ?1, record = ?2 WHERE name = ?3 AND revision = ?4",
        params![rand::random::<i64>(), record, kept.person.name, based_on],
    )?;
    Ok(changed == 1)
}

fn setups(connection: &Connection) -> Result<Vec<Invitation>> {
    let mut select = connection.prepare_cached("SELECT hash, expires FROM setup")?;
    let link = |row: &Row<'_>| {
        Ok(Invitation { hash: row.get(0)?, expires: Instant::from_micros(row.get(1)?) })
    };
    Ok(select.query_map([], link)?.collect::<rusqlite::Result<_>>()?)
}

#[async_trait]
impl PeopleStore for SqliteStore {
    async fn person(&self, name: &str) -> store::Result<Option<HeldPerson>> {
        let name = name.to_owned();
        self.read(move |connection| person(connection, &name)).await
    }

    async fn people(&self) -> store::Result<Vec<HeldPerson>> {
        self.read(people).await
    }

    async fn add_person(&self, person: KeptPerson) -> store::Result<bool> {
        self.write(move |session| add(session, &person)).await
    }

    async fn change_person(&self, person: KeptPerson, based_on: i64) -> store::Result<bool> {
        self.write(move |session| change(session, &person, based_on)).await
    }

    async fn remove_person(&self, name: &str, based_on: i64) -> store::Result<bool> {
        let name = name.to_owned();
        self.write(move |session| {
            let sql = "DELETE FROM person WHERE name = ?1 AND revision = ?2";
            Ok(session.run(sql, params![name, based_on])? == 1)
        })
        .await
    }

    async fn add_setup(&self, link: Invitation) -> store::Result<()> {
        self.write(move |session| {
            let sql = "INSERT OR IGNORE INTO setup (hash, expires) VALUES (?1, ?2)";
            session.run(sql, params![link.hash, link.expires.micros()])?;
            Ok(())
        })
        .await
    }

    async fn setups(&self) -> store::Result<Vec<Invitation>> {
        self.read(setups).await
    }

    async fn take_setup(&self, hash: &str) -> store::Result<bool> {
        let hash = hash.to_owned();
        self.write(move |session| {
            let sql = "DELETE FROM setup WHERE EXISTS (SELECT 1 FROM setup WHERE hash = ?1)";
            Ok(session.run(sql, [hash])? > 0)
        })
        .await
    }
}
