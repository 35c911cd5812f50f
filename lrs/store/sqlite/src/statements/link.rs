//! What statements inherit from those that they refer to, read from the tables and written to the index. What that is,
//! [`store::inheritance`] decides.

use rusqlite::params;
use uuid::Uuid;

use crate::failure::{Failure, Result};
use crate::session::Session;
use store::StoreError;
use store::bounds::{LONGEST_TARGET, texts_of_chains};
use store::inheritance::{Inheritance, Inherited, Link, ToFetch};
use xapi::index::keys_of_text;
use xapi::instant::Instant;
use xapi::prepare::target_of_text;
use xapi::stored::Stored;

/// Gives statements what they inherit because of the statements `new`, which are kept.
pub(crate) fn link(session: &mut Session<'_>, new: Vec<Link>) -> Result<()> {
    // Bytes of the texts in which links may still be looked for.
    let mut left = texts_of_chains(new.len());
    let mut inheritance = Inheritance::of_batch(new);
    while let Some(wanted) = inheritance.wanted() {
        match wanted {
            ToFetch::Referrers { targets, most } => {
                inheritance.referrers(referrers(session, &targets, most)?);
            }
            ToFetch::Links(ids) => inheritance.links(links(session, ids, &mut left)?),
            ToFetch::Keys(ids) => {
                for id in ids {
                    if !inheritance.takes_keys() {
                        break;
                    }
                    if let Some(kept) = readable(session, id)? {
                        let keys = keys_of_text(&kept.body).map_err(|error| corrupt(id, &error))?;
                        inheritance.keys(id, &keys, kept.body.len());
                    }
                }
            }
        }
    }
    for Inherited { keys, heirs } in inheritance.inherited() {
        let rows = session.rows(keys.iter().map(AsRef::as_ref))?;
        for heir in heirs {
            session.index_rows(heir.stored, &rows);
        }
    }
    Ok(())
}

/// The statements that refer to one of `targets`; of each target those with the earliest `stored`, at most `most`.
fn referrers(session: &Session<'_>, targets: &[Uuid], most: usize) -> Result<Vec<Link>> {
    // Of a packed text it is the length of none: it is short.
    let sql = "SELECT statement.seq, statement.id, octet_length(statement.body) \
               FROM reference JOIN statement USING (seq) WHERE target = ?1 ORDER BY seq LIMIT ?2";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    for target in targets {
        found.extend(session.all(sql, params![target.as_bytes(), most], |row| {
            let (stored, id, length): (_, _, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let (stored, id) = (Instant::from_micros(stored), Uuid::from_bytes(id));
            Ok(Link { id, stored, target: Some(*target), length })
        })?);
    }
    Ok(found)
}

/// The links of the statements of these ids, as long as `left` bytes of texts are left to look for them in; of which is taken
/// what was read: no text that [takes no part](Link::takes_part) is. See [`store::bounds::TEXTS_OF_CHAINS`].
pub(crate) fn links(session: &Session<'_>, ids: Vec<Uuid>, left: &mut usize) -> Result<Vec<Link>> {
    let mut links = Vec::new();
    for id in ids {
        if *left == 0 {
            break;
        }
        let Some(kept) = readable(session, id)? else { continue };
        let length = kept.body.len();
        *left = left.saturating_sub(length);
        let target = target_of_text(&kept.body).map_err(|error| corrupt(id, &error))?;
        links.push(Link { id, stored: kept.stored, target, length });
    }
    Ok(links)
}

/// The kept statement `id`, where it [takes part](Link::takes_part): a longer text is not read. A statement that is not as it was
/// written passes on nothing, and does not keep those that refer to it from being kept.
pub(crate) fn readable(session: &Session<'_>, id: Uuid) -> Result<Option<Stored>> {
    match session.statement_within(id, LONGEST_TARGET) {
        Err(Failure(error @ StoreError::Unreadable { .. })) => {
            tracing::error!(%error, "a statement passes on nothing to those that refer to it");
            Ok(None)
        }
        read => read,
    }
}

fn corrupt(id: Uuid, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("statement {id}: {error}"))
}
