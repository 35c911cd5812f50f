//! Writing a group of requests: see [`super`] for the steps.

use std::sync::Arc;

use futures::future::try_join4;
use tokio::sync::watch;

use super::attachments::Attachments;
use super::claims::Claims;
use super::compare::Asked;
use super::completion::Completion;
use super::group::{Group, Outcome};
use super::heirs::{Heirs, Owed};
use super::origins::Origins;
use super::references::References;
use super::rows::Rows;
use super::states::{Claimed, Turn};
use crate::blob::Blobs;
use crate::head::{Claim, Stretch};
use crate::version_log::VersionLog;
use store::Result;
use store::ahead::Watch;
use xapi::clock::Clock;
use xapi::instant::Instant;

/// Writes groups of statements into one database.
#[derive(Clone)]
pub(super) struct GroupWriter {
    pub(super) claims: Claims,
    pub(super) versions: VersionLog,
    pub(super) rows: Rows,
    pub(super) references: References,
    pub(super) origins: Origins,
    pub(super) attachments: Attachments,
    pub(super) blobs: Blobs,
    pub(super) completion: Completion,
    pub(super) heirs: Heirs,
    pub(super) clock: Arc<dyn Clock>,
    /// Logs when `stored` runs ahead of this process's clock.
    pub(super) ahead: Arc<Watch>,
    /// Shows the newest statement that this process has made visible.
    pub(super) newest: watch::Sender<Instant>,
}

impl GroupWriter {
    /// Keeps the batches of requests, each wholly or not at all, and visible when this returns. `at` is when each
    /// statement was stored, for restored ones, which come as a single batch. Gives what became of each, and what is owed to
    /// heirs now: [`Heirs::owe`].
    pub(super) async fn write(
        &self,
        asked: &[Asked],
        at: Option<&[Instant]>,
    ) -> Result<(Vec<Outcome>, Owed)> {
        let claimed = self.claim(asked, at).await?;
        let inserted = claimed.guard(self.insert(*claimed.claim(), asked, at)).await;
        let (group, has_attachments) = match inserted {
            Ok(inserted) => inserted,
            Err(error) => {
                claimed.abandon(&error).await;
                return Err(error);
            }
        };
        let (finished, owed) = if group.is_empty() {
            (claimed.finish_empty().await?, Owed::default())
        } else {
            match claimed.seal().await?.wait_until_first(&group).await? {
                Turn::First(first) => {
                    first.finish(&self.completion, group.contents(has_attachments)?).await?
                }
                Turn::Finished(finished) => (finished, Owed::default()),
            }
        };
        finished.wait_until_visible(group.shared()).await?;
        if let Some(newest) = group.newest() {
            self.newest.send_if_modified(|known| newest > std::mem::replace(known, newest));
        }
        Ok((group.into_outcomes(), owed))
    }

    async fn claim(&self, asked: &[Asked], at: Option<&[Instant]>) -> Result<Claimed> {
        if let Some([first, .., last] | [first @ last]) = at {
            let stretch = Stretch { from: *first, to: *last };
            return Claimed::restoring(&self.claims, stretch).await;
        }
        let count = asked.iter().map(|asked| asked.batch.statements.len()).sum();
        let now = self.clock.now();
        let claimed = Claimed::new(&self.claims, now, count).await?;
        self.ahead.note(claimed.claim().stretch.from, now);
        Ok(claimed)
    }

    /// Puts all that belongs to a group into the database under its claim. Says whether there are
    /// new attachments.
    async fn insert<'a>(
        &self,
        claim: Claim,
        asked: &'a [Asked],
        at: Option<&[Instant]>,
    ) -> Result<(Group<'a>, bool)> {
        let (rows, versions) = (self.rows.clone(), self.versions.clone());
        let mut group = Group::new(rows, versions, asked, at, claim.stretch).await?;
        group.insert().await?;
        if group.is_empty() {
            return Ok((group, false));
        }
        // What became of the statements says what belongs to them; then the order does not matter.
        let ((), (), (), has_attachments) = try_join4(
            self.blobs.remove(group.dropped_files()),
            self.references.keep(group.documents()),
            self.origins.keep(group.origins()),
            self.attachments.upload(group.attachments(), claim.id()),
        )
        .await?;
        Ok((group, has_attachments))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::*;
    use crate::MongoStore;
    use store::StatementLog as _;
    use store::StoreError;
    use store_testkit::clock::SystemClock;
    use store_testkit::sample::{activity, batch, id, statement, with};

    /// Statements that share an id within one group: what became of the first decides.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
    async fn requests_with_one_id_share_a_group_and_each_is_answered_rightly() {
        let uri = programs::fresh_database().await;
        let store = MongoStore::open(&uri, Arc::new(SystemClock)).await.unwrap();
        let other = with(statement(0), "object", activity("other"));
        let batches = [
            batch(&[statement(0), statement(1)]),
            batch(&[statement(2), statement(0)]),
            batch(&[statement(3), other]),
            batch(&[statement(4), statement(3)]),
        ];
        let batches = batches.map(Asked::from);
        let (outcomes, _) = store.0.statements.groups.write(&batches, None).await.unwrap();
        let [first, equal, different, upon_the_failed] = outcomes.as_slice() else {
            panic!("an outcome for each")
        };
        assert!(matches!(first, Outcome::Kept(2)));
        assert!(matches!(equal, Outcome::Kept(1)));
        let Outcome::Failed(StoreError::Conflict { id: named, differences }) = different else {
            panic!("a different statement under one id is a conflict")
        };
        assert_eq!((*named, differences.as_slice()), (id(0), &["/object/id".to_owned()][..]));
        assert!(matches!(upon_the_failed, Outcome::Postponed), "its statement 3 was taken back");
        let log = store.log(Instant::default(), 10).await.unwrap().statements;
        let kept: Vec<Uuid> = log.into_iter().map(|kept| kept.statement.id).collect();
        assert_eq!(kept, [0, 1, 2].map(id));
    }
}
