//! Statements that refer to statements: they are found by all that their target is found by
//! (Communication 2.1.3, "Filter Conditions for `StatementRef`s"), whichever comes first.

use std::collections::HashSet;

use uuid::Uuid;

use super::put::own_keys;
use crate::store::Result;
use crate::store::sqlite::session::Session;
use crate::xapi::index::{IndexKey, LONGEST_CHAIN, MOST_INHERITED, inherited as inherit};
use crate::xapi::instant::Instant;
use crate::xapi::prepare::{Prepared, target};

/// What `statement` inherits from its target, the target's target, and so on, as far as they
/// are kept.
pub(super) fn inherited(session: &Session<'_>, statement: &Prepared) -> Result<Vec<IndexKey>> {
    let mut keys = Vec::new();
    let mut seen = HashSet::from([statement.id]);
    let mut next = statement.target;
    while let Some(id) = next.filter(|id| seen.insert(*id)) {
        if seen.len() > LONGEST_CHAIN + 1 || keys.len() > MOST_INHERITED {
            break;
        }
        let Some(kept) = session.statement(id)? else { break };
        let (value, own) = own_keys(&kept)?;
        keys.extend(inherit(&own));
        next = target(&value);
    }
    keys.truncate(MOST_INHERITED);
    Ok(keys)
}

/// Gives the `keys` of the statement `id`, which has just come, to those that came before and
/// refer to it, directly or through others.
pub(super) fn pass_on(session: &mut Session<'_>, id: Uuid, keys: &[IndexKey]) -> Result<()> {
    let mut seen = HashSet::from([id]);
    // Each with how many references away it is.
    let mut targets = vec![(id, 0)];
    let mut inherited = None;
    while let Some((target, away)) = targets.pop() {
        if away == LONGEST_CHAIN {
            continue;
        }
        let sql = "SELECT statement.seq, statement.id FROM reference \
                   JOIN statement USING (seq) WHERE target = ?1";
        let referrers: Vec<(i64, [u8; 16])> =
            session.all(sql, [target.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (seq, referrer) in referrers {
            let referrer = Uuid::from_bytes(referrer);
            if seen.insert(referrer) {
                let inherited = inherited
                    .get_or_insert_with(|| inherit(keys).take(MOST_INHERITED).collect::<Vec<_>>());
                session.index(Instant::from_micros(seq), inherited.iter())?;
                targets.push((referrer, away + 1));
            }
        }
    }
    Ok(())
}
