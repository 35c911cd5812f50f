//! Courses and progress documents in tables.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::session::Session;
use crate::store::{KeptCourse, ProgressDocument, Result, StoreError, Watermark};
use crate::xapi::instant::Instant;

const SELECT: &str = "SELECT id, file, learners, revision FROM course ";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptCourse> {
    Ok(KeptCourse {
        id: row.get(0)?,
        file: row.get(1)?,
        learners: row.get(2)?,
        revision: row.get(3)?,
    })
}

pub(super) fn courses(connection: &Connection) -> Result<Vec<KeptCourse>> {
    let mut select = connection.prepare_cached(&format!("{SELECT} ORDER BY id"))?;
    let rows = select.query_map([], kept)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn course(connection: &Connection, id: &str) -> Result<Option<KeptCourse>> {
    let sql = format!("{SELECT} WHERE id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id], kept).optional()?)
}

pub(super) fn put_course(session: &Session<'_>, id: &str, file: &str) -> Result<()> {
    session.run(
        "INSERT INTO course (id, file, learners, revision) VALUES (?1, ?2, '', 1) \
         ON CONFLICT (id) DO UPDATE SET file = excluded.file, revision = revision + 1",
        [id, file],
    )?;
    Ok(())
}

pub(super) fn put_learners(session: &Session<'_>, id: &str, learners: &str) -> Result<bool> {
    let sql = "UPDATE course SET learners = ?2, revision = revision + 1 WHERE id = ?1";
    Ok(session.run(sql, [id, learners])? == 1)
}

pub(super) fn progress(
    connection: &Connection,
    course: &str,
) -> Result<(Watermark, Vec<ProgressDocument>)> {
    let snapshot = connection.unchecked_transaction()?;
    let watermark = snapshot
        .prepare_cached("SELECT through, revision FROM followed WHERE course = ?1")?
        .query_row([course], |row| {
            Ok(Watermark { through: Instant::from_micros(row.get(0)?), revision: row.get(1)? })
        })
        .optional()?
        .unwrap_or_default();
    let sql = "SELECT learner, body FROM progress WHERE course = ?1 ORDER BY learner";
    let mut select = snapshot.prepare_cached(sql)?;
    let rows = select.query_map([course], |row| {
        Ok(ProgressDocument { learner: row.get(0)?, body: Bytes::from(row.get::<_, String>(1)?) })
    })?;
    let documents = rows.collect::<rusqlite::Result<_>>()?;
    Ok((watermark, documents))
}

pub(super) fn put_progress(
    session: &Session<'_>,
    course: &str,
    watermark: Watermark,
    documents: &[ProgressDocument],
    whole: bool,
) -> Result<()> {
    if whole {
        session.run("DELETE FROM progress WHERE course = ?1", [course])?;
    }
    for document in documents {
        let body = std::str::from_utf8(&document.body)
            .map_err(|_| StoreError::Corrupt("a progress document that is not UTF-8".into()))?;
        session.run(
            "INSERT INTO progress (course, learner, body) VALUES (?1, ?2, ?3) \
             ON CONFLICT (course, learner) DO UPDATE SET body = excluded.body",
            params![course, document.learner, body],
        )?;
    }
    session.run(
        "INSERT INTO followed (course, through, revision) \
         SELECT id, ?2, ?3 FROM course WHERE id = ?1 \
         ON CONFLICT (course) DO UPDATE SET through = excluded.through, \
         revision = excluded.revision",
        params![course, watermark.through.micros(), watermark.revision],
    )?;
    Ok(())
}
