//! Courses, their learners, and frozen certificate lists in tables.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::session::Session;
use crate::failure::Result;
use store::{
    CourseRevision, KeptCertificates, KeptCourse, Reading, Revision, Selection, StoreError,
};
use xapi::instant::Instant;

const SELECT: &str = "SELECT id, file, enrolment, revision, reading FROM course ";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptCourse> {
    Ok(KeptCourse {
        id: row.get(0)?,
        file: row.get(1)?,
        enrolment: row.get(2)?,
        revision: Revision::from_number(row.get(3)?),
        reading: Reading::from_number(row.get(4)?),
    })
}

fn revised(row: &Row<'_>) -> rusqlite::Result<CourseRevision> {
    Ok(CourseRevision {
        id: row.get(0)?,
        revision: Revision::from_number(row.get(1)?),
        reading: Reading::from_number(row.get(2)?),
    })
}

pub(super) fn courses(connection: &Connection) -> Result<Vec<CourseRevision>> {
    let sql = "SELECT id, revision, reading FROM course ORDER BY id";
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_map([], revised)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn revision(connection: &Connection, id: &str) -> Result<Option<CourseRevision>> {
    let sql = "SELECT id, revision, reading FROM course WHERE id = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([id], revised).optional()?)
}

pub(super) fn course(connection: &Connection, id: &str) -> Result<Option<KeptCourse>> {
    let sql = format!("{SELECT} WHERE id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id], kept).optional()?)
}

pub(super) fn put_course(
    session: &Session<'_>,
    id: &str,
    file: &str,
    based_on: Option<Revision>,
    selection: Selection,
) -> Result<bool> {
    let written = match based_on {
        None => session.run(
            "INSERT OR IGNORE INTO course (id, file, enrolment, revision, reading) \
             SELECT ?1, ?2, '', first, first FROM (SELECT 1 + COALESCE( \
             (SELECT revision FROM gone_course WHERE id = ?1), 0) AS first)",
            [id, file],
        )?,
        Some(based_on) => session.run(
            "UPDATE course SET file = ?2, revision = revision + 1, \
             reading = CASE WHEN ?4 THEN revision + 1 ELSE reading END \
             WHERE id = ?1 AND revision = ?3",
            params![id, file, based_on.number(), selection == Selection::Changed],
        )?,
    };
    Ok(written == 1)
}

pub(super) fn delete_course(session: &Session<'_>, id: &str, based_on: Revision) -> Result<bool> {
    let sql = "DELETE FROM course WHERE id = ?1 AND revision = ?2";
    if session.run(sql, params![id, based_on.number()])? == 0 {
        return Ok(false);
    }
    session.run(
        "INSERT INTO gone_course (id, revision) VALUES (?1, ?2) \
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision",
        params![id, based_on.number()],
    )?;
    for table in ["progress", "followed", "certificate_list"] {
        session.run(&format!("DELETE FROM {table} WHERE course = ?1"), [id])?;
    }
    Ok(true)
}

pub(super) fn put_enrolment(
    session: &Session<'_>,
    id: &str,
    enrolment: &str,
    based_on: Revision,
) -> Result<bool> {
    let sql = "UPDATE course SET enrolment = ?2, revision = revision + 1 \
               WHERE id = ?1 AND revision = ?3";
    Ok(session.run(sql, params![id, enrolment, based_on.number()])? == 1)
}

pub(super) fn add_certificates(
    session: &Session<'_>,
    course: &str,
    list: &KeptCertificates,
) -> Result<bool> {
    let body = std::str::from_utf8(&list.body)
        .map_err(|_| StoreError::Corrupt("a certificate list that is not UTF-8".into()))?;
    let written = session.run(
        "INSERT OR IGNORE INTO certificate_list (course, id, created, body) \
         VALUES (?1, ?2, ?3, ?4)",
        params![course, list.id, list.created.micros(), body],
    )?;
    Ok(written == 1)
}

pub(super) fn certificates(connection: &Connection, course: &str) -> Result<Vec<KeptCertificates>> {
    let mut select = connection.prepare_cached(
        "SELECT id, created, body FROM certificate_list WHERE course = ?1 \
         ORDER BY created DESC, id",
    )?;
    let rows = select.query_map([course], |row| {
        Ok(KeptCertificates {
            id: row.get(0)?,
            created: Instant::from_micros(row.get(1)?),
            body: Bytes::from(row.get::<_, String>(2)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
