//! Looking for a person in the texts of things and in definitions: on any connection, page by page. Names of an agent go with
//! the agent; those of other agents stay, whatever words are in them.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row};

use crate::failure::Result;
use xapi::erase::Eraser;
use xapi::index::Kind;

/// Rows of a page at most.
const PAGE: usize = if cfg!(debug_assertions) { 100 } else { 20_000 };
/// Bytes of texts after which a page ends.
const PAGE_BYTES: usize = 4 << 20;

/// A row of `entity` in which the person is named.
pub(super) struct Thing {
    pub(super) id: i64,
    pub(super) kind: Kind,
    /// Its text as it was found.
    pub(super) was: String,
    /// Its text without the person.
    pub(super) becomes: String,
}

/// A row in which the person is named.
pub(super) enum Found {
    /// One of `entity`, whose text becomes another one.
    Thing(Thing),
    /// One of `definition`, whose text becomes another one.
    Definition { entity: i64, was: String, becomes: String },
}

/// The tables that are looked through. A thing that is joined with another one gives it its definition: so definitions come
/// last.
#[derive(Clone, Copy)]
pub(super) enum Table {
    Things,
    Definitions,
}

/// The last row that was looked at.
#[derive(Clone, Default)]
pub(super) struct Place(i64);

/// Looks at the rows of a page that follow a place. Gives what was found, and the last row that was looked at; true where the
/// table has no further ones.
pub(super) fn page(
    connection: &Connection,
    eraser: &Eraser,
    table: Table,
    after: Place,
) -> Result<(Vec<Found>, Place, bool)> {
    let sql = match table {
        Table::Things => "SELECT id, kind, text FROM entity WHERE id > ?1 ORDER BY id",
        Table::Definitions => {
            "SELECT entity, body FROM definition WHERE entity > ?1 ORDER BY entity"
        }
    };
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query([after.0])?;
    let (mut found, mut place, mut count, mut bytes) = (Vec::new(), after, 0_usize, 0_usize);
    while let Some(row) = rows.next()? {
        found.extend(look(row, eraser, table)?);
        place.0 = row.get(0)?;
        count = count.saturating_add(1);
        bytes = bytes.saturating_add(text(row, table)?.len());
        if count >= PAGE || bytes >= PAGE_BYTES {
            return Ok((found, place, false));
        }
    }
    Ok((found, place, true))
}

/// Looks at the definitions of these things.
pub(super) fn sayings(
    connection: &Connection,
    eraser: &Eraser,
    things: &BTreeSet<i64>,
) -> Result<Vec<Found>> {
    let sql = "SELECT entity, body FROM definition WHERE entity = ?1";
    let mut definitions = connection.prepare_cached(sql)?;
    let mut found = Vec::new();
    for thing in things {
        let mut rows = definitions.query([thing])?;
        while let Some(row) = rows.next()? {
            found.extend(look(row, eraser, Table::Definitions)?);
        }
    }
    Ok(found)
}

/// The text of a row in which the person may be named.
fn text<'r>(row: &'r Row<'_>, table: Table) -> rusqlite::Result<&'r str> {
    let column = if let Table::Things = table { 2 } else { 1 };
    Ok(row.get_ref(column)?.as_str()?)
}

/// The row, where the person is named in it.
fn look(row: &Row<'_>, eraser: &Eraser, table: Table) -> rusqlite::Result<Option<Found>> {
    let (id, text) = (row.get(0)?, text(row, table)?);
    let was = || text.to_owned();
    Ok(match table {
        Table::Things => {
            let number: u8 = row.get(1)?;
            let kinds = [Kind::Agent, Kind::Verb, Kind::Activity];
            let kind = kinds.into_iter().find(|kind| *kind as u8 == number);
            kind.and_then(|kind| {
                let becomes = eraser.key(kind, text)?;
                Some(Found::Thing(Thing { id, kind, was: was(), becomes }))
            })
        }
        Table::Definitions => {
            eraser.json(text).map(|becomes| Found::Definition { entity: id, was: was(), becomes })
        }
    })
}
