//! Looking for several people at once in what is of others: one pass over statements and documents, however many people they
//! are.

use std::sync::Arc;

use store::{StoreError, changes_of_others};
use xapi::erase::Eraser;
use xapi::instant::Instant;

use super::every::stopped;
use super::find::{FoundPerson, LogPart, STATEMENTS, is_of_others};
use super::{Erasures, ifi};
use crate::compute::aside;

/// People, and of whom something was found.
struct Several {
    /// Finds all of them together.
    any: Eraser,
    /// Of each: what finds the person, and what finds them where they stand as an Agent.
    each: Vec<(Arc<Eraser>, Eraser)>,
    found: Vec<bool>,
}

impl Several {
    fn of(people: &[FoundPerson]) -> Self {
        let identifiers = people.iter().flat_map(|it| &it.identifiers).map(ifi);
        let any = Eraser::new(identifiers, [], "erased");
        let of_one = |person: &FoundPerson| {
            let eraser = person.eraser();
            let exact = (*eraser).clone().exact();
            (eraser, exact)
        };
        Self { any, each: people.iter().map(of_one).collect(), found: vec![false; people.len()] }
    }

    /// Looks at something for each of the people for whom nothing was found before.
    fn look(&mut self, is_theirs: impl Fn(&Eraser, &Eraser) -> bool) {
        for ((eraser, exact), found) in self.each.iter().zip(&mut self.found) {
            *found = *found || is_theirs(eraser, exact);
        }
    }

    fn are_all_found(&self) -> bool {
        self.found.iter().all(|found| *found)
    }
}

impl Erasures {
    /// For which of these people a statement or document of somebody else would change, because a text in it has an identifier
    /// of theirs.
    pub(crate) async fn with_others(
        &self,
        people: &[FoundPerson],
    ) -> Result<Vec<bool>, StoreError> {
        let mut several = Several::of(people);
        let mut place = None;
        while !several.are_all_found() {
            let page = self.store.documents_beyond(place.as_ref(), STATEMENTS).await?;
            let Some((last, _)) = page.last() else { break };
            place = Some(last.clone());
            let look = aside(move || {
                for (key, document) in &page {
                    if changes_of_others(&several.any, key, document) {
                        several.look(|eraser, _| changes_of_others(eraser, key, document));
                    }
                }
                several
            });
            several = look.await.map_err(|_| stopped())?;
        }
        let mut after = Instant::default();
        while !several.are_all_found() {
            match self.part_of_log(after).await? {
                LogPart::Statements(page, last) => {
                    after = last;
                    let look = aside(move || {
                        for body in page.iter().map(|kept| &kept.statement.body) {
                            if several.any.bytes(body).is_some() {
                                several.look(|eraser, exact| is_of_others(eraser, exact, body));
                            }
                        }
                        several
                    });
                    several = look.await.map_err(|_| stopped())?;
                }
                LogPart::Unreadable(at) => after = at,
                LogPart::End => break,
            }
        }
        Ok(several.found)
    }
}
