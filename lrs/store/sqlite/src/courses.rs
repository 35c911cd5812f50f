//! Courses, their learners, and frozen certificate lists in tables.

use crate::SqliteStore;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::CourseStore;

use super::session::Session;
use crate::failure::Result;
use store::{CourseRevision, KeptCourse, Reading, Revision, Selection};

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

fn courses(connection: &Connection) -> Result<Vec<CourseRevision>> {
    let sql = "SELECT id, revision, reading FROM course ORDER BY id";
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_map([], revised)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn revision(connection: &Connection, id: &str) -> Result<Option<CourseRevision>> {
    let sql = "SELECT id, revision, reading FROM course WHERE id = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([id], revised).optional()?)
}

fn course(connection: &Connection, id: &str) -> Result<Option<KeptCourse>> {
    let sql = format!("{SELECT} WHERE id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id], kept).optional()?)
}

fn put_course(
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

fn delete_course(session: &Session<'_>, id: &str, based_on: Revision) -> Result<bool> {
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

fn put_enrolment(
    session: &Session<'_>,
    id: &str,
    enrolment: &str,
    based_on: Revision,
) -> Result<bool> {
    let sql = "UPDATE course SET enrolment = ?2, revision = revision + 1 \
               WHERE id = ?1 AND revision = ?3";
    Ok(session.run(sql, params![id, enrolment, based_on.number()])? == 1)
}

#[async_trait]
impl CourseStore for SqliteStore {
    async fn courses(&self) -> store::Result<Vec<CourseRevision>> {
        self.read(courses).await
    }

    async fn course_revision(&self, id: &str) -> store::Result<Option<CourseRevision>> {
        let id = id.to_owned();
        self.read(move |connection| revision(connection, &id)).await
    }

    async fn course(&self, id: &str) -> store::Result<Option<KeptCourse>> {
        let id = id.to_owned();
        self.read(move |connection| course(connection, &id)).await
    }

    async fn put_course(
        &self,
        id: &str,
        file: &str,
        based_on: Option<Revision>,
        selection: Selection,
    ) -> store::Result<bool> {
        let (id, file) = (id.to_owned(), file.to_owned());
        self.write(move |session| put_course(session, &id, &file, based_on, selection)).await
    }

    async fn delete_course(&self, id: &str, based_on: Revision) -> store::Result<bool> {
        let id = id.to_owned();
        self.write(move |session| delete_course(session, &id, based_on)).await
    }

    async fn put_enrolment(
        &self,
        id: &str,
        enrolment: &str,
        based_on: Revision,
    ) -> store::Result<bool> {
        let (id, enrolment) = (id.to_owned(), enrolment.to_owned());
        self.write(move |session| put_enrolment(session, &id, &enrolment, based_on)).await
    }
}
