//! The names of agents that a process has found in the database, or put there, of late.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mongodb::bson::Document;
use tokio::time::Instant as Moment;

/// A name is forgotten after this time: another process may have erased the person meanwhile, and a person who comes back
/// has the name again.
const REMEMBERED: Duration = Duration::from_mins(1);
/// Names at most: some 5 MB. Where there would be more, all are forgotten.
const MOST: usize = 50_000;

/// Ids of names, and when each was found. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct RecentNames(Arc<Mutex<HashMap<String, Moment>>>);

impl RecentNames {
    /// Those of these names that were not found of late, as of `now`.
    pub(super) fn lacking(&self, names: &[Document], now: Moment) -> Vec<Document> {
        let known = self.known();
        let is_known = |name: &Document| {
            let found = name.get_str("_id").ok().and_then(|id| known.get(id));
            found.is_some_and(|found| now.duration_since(*found) < REMEMBERED)
        };
        names.iter().filter(|name| !is_known(name)).cloned().collect()
    }

    /// Adds names, which are in the database `now`.
    pub(super) fn add(&self, names: &[Document], now: Moment) {
        let mut known = self.known();
        if known.len() + names.len() > MOST {
            known.clear();
        }
        let ids = names.iter().filter_map(|name| name.get_str("_id").ok());
        known.extend(ids.map(|id| (id.to_owned(), now)));
    }

    /// Forgets all names: some are about to be erased.
    pub(super) fn clear(&self) {
        self.known().clear();
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Moment>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mongodb::bson::doc;

    #[test]
    fn a_name_is_not_sent_again_for_a_minute() {
        let (names, recent) = ([doc! {"_id": "a"}, doc! {"_id": "b"}], RecentNames::default());
        let now = Moment::now();
        assert_eq!(recent.lacking(&names, now), names);
        recent.add(&names[..1], now);
        assert_eq!(recent.lacking(&names, now), names[1..]);
        let later = now + REMEMBERED;
        assert_eq!(recent.lacking(&names, later), names);
        recent.add(&names, now);
        recent.clear();
        assert_eq!(recent.lacking(&names, now), names);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (recent, now) = (RecentNames::default(), Moment::now());
        let names: Vec<Document> = (0..MOST).map(|n| doc! {"_id": n.to_string()}).collect();
        recent.add(&names, now);
        assert_eq!(recent.lacking(&names, now).len(), 0);
        recent.add(&[doc! {"_id": "one more"}], now);
        assert_eq!(recent.lacking(&names, now).len(), MOST);
    }
}
