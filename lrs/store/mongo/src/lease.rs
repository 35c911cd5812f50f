//! Which process follows the log. The lease is a cell, which its holder changes every [`BEAT`]. A
//! process that sees the cell unchanged for [`LEASE`] takes the lease. No clocks are compared. Two
//! processes may hold the lease for a moment: then both do the same work.
//!
//! A process that insists writes its name into `wanted`. The holder gives the lease up at its next
//! beat by leaving `holder` empty, and the process that is wanted takes it.

use std::time::Duration;

use mongodb::bson::doc;
use tokio::sync::Mutex;
use tokio::time::Instant as Moment;

use super::cell::{Cells, Held};
use super::field;
use store::{Lead, Result};

const NAME: &str = "follower";
/// How often the holder renews the lease.
pub(super) const BEAT: Duration = Duration::from_secs(1);
/// A holder that did not renew for this long, by the clock of one observer, is held for dead. Longer than a claim's:
/// nothing that is written waits for the follower.
pub(super) const LEASE: Duration = Duration::from_secs(6);

/// What one process knows of the lease.
pub(super) struct Lease {
    cells: Cells,
    /// This process, among those that share the database.
    holder: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When this process last renewed what it holds.
    renewed: Option<Moment>,
    /// The version that was last seen of another's lease, and since when.
    seen: Option<(i64, Moment)>,
}

impl Lease {
    pub(super) fn new(cells: Cells, holder: String) -> Self {
        Self { cells, holder, state: Mutex::default() }
    }

    /// See [`store::Store::lead`].
    pub(super) async fn lead(&self, lead: Lead) -> Result<bool> {
        let mut state = self.state.lock().await;
        if state.renewed.is_some_and(|at| at.elapsed() < BEAT) {
            return Ok(true);
        }
        state.renewed = None;
        let began = Moment::now();
        let held = self.cells.newest(NAME).await?;
        let (next, is_mine) = self.next(&held, &mut state, lead)?;
        let Some((holder, wanted)) = next else { return Ok(false) };
        let value = doc! {"holder": holder, "wanted": wanted};
        let is_mine = self.cells.change(NAME, &held, value).await? && is_mine;
        state.renewed = is_mine.then_some(began);
        Ok(is_mine)
    }

    /// What is to be written into the lease now, `None` for nothing, and whether this process holds
    /// the lease after that.
    fn next(&self, held: &Held, state: &mut State, lead: Lead) -> Result<(Option<Parties>, bool)> {
        let me = self.holder.as_str();
        let mine = || Some((me.to_owned(), String::new()));
        let Some(value) = held.value() else { return Ok((mine(), true)) };
        let (holder, wanted) = (field::text(value, "holder")?, field::text(value, "wanted")?);
        Ok(match (holder.as_str(), wanted.as_str()) {
            (holder, "") if holder == me => (mine(), true),
            (holder, _) if holder == me => (Some((String::new(), wanted)), false),
            ("", wanted) if wanted == me => (mine(), true),
            _ if is_silent(held.n, state) => (mine(), true),
            (_, "") if lead == Lead::Insist => (Some((holder, me.to_owned())), false),
            _ => (None, false),
        })
    }
}

/// The holder of the lease, "" for none, and the process that wants it, "" for none.
type Parties = (String, String);

fn is_silent(version: i64, state: &mut State) -> bool {
    match state.seen {
        Some((seen, since)) if seen == version => since.elapsed() >= LEASE,
        _ => {
            state.seen = Some((version, Moment::now()));
            false
        }
    }
}
