//! Pipes in a table, and their dead letters in another.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use super::session::Session;
use crate::SqliteStore;
use crate::failure::Result;
use store::{DeadLetter, HeldPipe, PipeStore, StoreError};
use xapi::instant::Instant;

const SELECT: &str = "SELECT name, record, revision FROM pipe ";
const LETTERS: &str = "SELECT statement, stored, status, body, at FROM dead_letter ";

fn held(row: &Row<'_>) -> rusqlite::Result<HeldPipe> {
    Ok(HeldPipe { name: row.get(0)?, record: row.get(1)?, revision: row.get(2)? })
}

fn pipe(connection: &Connection, name: &str) -> Result<Option<HeldPipe>> {
    let sql = format!("{SELECT} WHERE name = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([name], held).optional()?)
}

fn pipes(connection: &Connection) -> Result<Vec<HeldPipe>> {
    let mut select = connection.prepare_cached(&format!("{SELECT} ORDER BY name"))?;
    Ok(select.query_map([], held)?.collect::<rusqlite::Result<_>>()?)
}

fn remove_letters(session: &Session<'_>, pipe: &str) -> Result<()> {
    session.run("DELETE FROM dead_letter WHERE pipe = ?1", [pipe])?;
    Ok(())
}

fn keep_letter(session: &Session<'_>, letter: &DeadLetter) -> Result<()> {
    let DeadLetter { pipe, statement, stored, status, body, at } = letter;
    session.run(
        "INSERT OR REPLACE INTO dead_letter (pipe, statement, stored, status, body, at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![pipe, statement.as_bytes(), stored.micros(), status, body, at.micros()],
    )?;
    Ok(())
}

/// The statement's id as it is kept, beside the letter without it.
fn row(pipe: &str, row: &Row<'_>) -> rusqlite::Result<(Vec<u8>, DeadLetter)> {
    let letter = DeadLetter {
        pipe: pipe.to_owned(),
        statement: Uuid::nil(),
        stored: Instant::from_micros(row.get(1)?),
        status: row.get(2)?,
        body: row.get(3)?,
        at: Instant::from_micros(row.get(4)?),
    };
    Ok((row.get(0)?, letter))
}

fn letter((statement, letter): (Vec<u8>, DeadLetter)) -> Result<DeadLetter> {
    let corrupt = |_| StoreError::Corrupt("a dead letter is about no statement".into());
    Ok(DeadLetter { statement: Uuid::from_slice(&statement).map_err(corrupt)?, ..letter })
}

fn dead_letters(
    connection: &Connection,
    pipe: &str,
    after: Option<(Instant, Uuid)>,
    limit: usize,
) -> Result<Vec<DeadLetter>> {
    let sql = format!(
        "{LETTERS} WHERE pipe = ?1 AND (?2 IS NULL OR (stored, statement) > (?2, ?3)) \
         ORDER BY stored, statement LIMIT ?4"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let (stored, statement) = after.unzip();
    let stored = stored.map(Instant::micros);
    let statement = statement.map(|id| id.as_bytes().to_vec());
    let mut select = connection.prepare_cached(&sql)?;
    let rows = select.query_map(params![pipe, stored, statement, limit], |it| row(pipe, it))?;
    rows.map(|row| letter(row?)).collect()
}

fn dead_letter(connection: &Connection, pipe: &str, statement: Uuid) -> Result<Option<DeadLetter>> {
    let sql = format!("{LETTERS} WHERE pipe = ?1 AND statement = ?2");
    let mut select = connection.prepare_cached(&sql)?;
    let found = select.query_row(params![pipe, statement.as_bytes()], |it| row(pipe, it));
    found.optional()?.map(letter).transpose()
}

#[async_trait]
impl PipeStore for SqliteStore {
    async fn pipe(&self, name: &str) -> store::Result<Option<HeldPipe>> {
        let name = name.to_owned();
        self.read(move |connection| pipe(connection, &name)).await
    }

    async fn pipes(&self) -> store::Result<Vec<HeldPipe>> {
        self.read(pipes).await
    }

    async fn add_pipe(&self, name: &str, record: &str) -> store::Result<bool> {
        let (name, record) = (name.to_owned(), record.to_owned());
        self.write(move |session| {
            let added = session.run(
                "INSERT OR IGNORE INTO pipe (name, revision, record) VALUES (?1, ?2, ?3)",
                params![name, rand::random::<i64>(), record],
            )?;
            Ok(added == 1)
        })
        .await
    }

    async fn change_pipe(
        &self,
        name: &str,
        record: &str,
        based_on: i64,
    ) -> store::Result<Option<i64>> {
        let (name, record) = (name.to_owned(), record.to_owned());
        self.write(move |session| {
            let revision = rand::random::<i64>();
            let changed = session.run(
                "UPDATE pipe SET revision = ?1, record = ?2 WHERE name = ?3 AND revision = ?4",
                params![revision, record, name, based_on],
            )?;
            Ok((changed == 1).then_some(revision))
        })
        .await
    }

    async fn remove_pipe(&self, name: &str, based_on: i64) -> store::Result<bool> {
        let name = name.to_owned();
        self.write(move |session| {
            let sql = "DELETE FROM pipe WHERE name = ?1 AND revision = ?2";
            let is_removed = session.run(sql, params![name, based_on])? == 1;
            if is_removed {
                remove_letters(session, &name)?;
            }
            Ok(is_removed)
        })
        .await
    }

    async fn keep_dead_letters(&self, letters: Vec<DeadLetter>) -> store::Result<()> {
        self.write(move |session| letters.iter().try_for_each(|it| keep_letter(session, it))).await
    }

    async fn dead_letters(
        &self,
        pipe: &str,
        after: Option<(Instant, Uuid)>,
        limit: usize,
    ) -> store::Result<Vec<DeadLetter>> {
        let pipe = pipe.to_owned();
        self.read(move |connection| dead_letters(connection, &pipe, after, limit)).await
    }

    async fn dead_letter(&self, pipe: &str, statement: Uuid) -> store::Result<Option<DeadLetter>> {
        let pipe = pipe.to_owned();
        self.read(move |connection| dead_letter(connection, &pipe, statement)).await
    }

    async fn count_dead_letters(&self, pipe: &str) -> store::Result<u64> {
        let pipe = pipe.to_owned();
        self.read(move |connection| {
            let sql = "SELECT count(*) FROM dead_letter WHERE pipe = ?1";
            let count: i64 = connection.prepare_cached(sql)?.query_row([pipe], |row| row.get(0))?;
            let too_many = |_| rusqlite::Error::IntegralValueOutOfRange(0, count);
            Ok(u64::try_from(count).map_err(too_many)?)
        })
        .await
    }

    async fn remove_dead_letter(&self, pipe: &str, statement: Uuid) -> store::Result<bool> {
        let pipe = pipe.to_owned();
        self.write(move |session| {
            let sql = "DELETE FROM dead_letter WHERE pipe = ?1 AND statement = ?2";
            Ok(session.run(sql, params![pipe, statement.as_bytes()])? == 1)
        })
        .await
    }
}
