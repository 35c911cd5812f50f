//! A store in memory, its record, and the follower that keeps its progress.

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use course::Unlisted;
use jiff::civil::Date;
use proptest::prelude::*;
use report::Table;
use serde_json::json;
use service::memory::Memory;
use service::progress::follower::Follower;
use service::progress::{CourseService, ProgressError, ReportQuery, Run};
use service::record::Record;
use service::record::statements::prepare_all;
use store::Store;
use store_testkit::memory::MemoryStore;
use tokio::sync::mpsc;
use traccia::clock::SystemClock;
use validator::{Version, check_batch};
use xapi::authority::Authority;
use xapi::instant::Instant;

use crate::compare::{GROUPINGS, Naive, assert_same_table, bounds};
use crate::naive::{self, Enrolled, Logged, Plan};
use crate::said;
use crate::world::{Step, World, course_file, forms, list_file};

pub(crate) struct Server<'w> {
    world: &'w World,
    plan: &'w Plan,
    enrolled: Enrolled,
    progress: CourseService,
    record: Record,
    store: Arc<dyn Store>,
}

impl<'w> Server<'w> {
    /// A server that knows the course.
    pub(crate) async fn start(world: &'w World) -> Self {
        let clock = Arc::new(SystemClock);
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock) as _));
        let (commands, listening) = mpsc::channel(8);
        tokio::spawn(Follower::new(Arc::clone(&store)).run(listening));
        let record = Record::new(Arc::clone(&store), Arc::clone(&clock) as _);
        let url = "https://lrs.example";
        let progress = CourseService::new(
            Arc::clone(&store),
            clock,
            record.clone(),
            commands,
            url,
            [7; 32],
            &Memory::new(1 << 30),
        );
        let plan = &world.plans[0];
        progress.put_course("c", &course_file(plan), Run::Real).await.unwrap();
        Self { world, plan, enrolled: Enrolled::default(), progress, record, store }
    }

    /// Takes all steps, one after the other, while the follower follows; a report now and then.
    pub(crate) async fn live_through(&mut self) {
        for (n, step) in self.world.steps.iter().enumerate() {
            self.take(step).await;
            if n % 8 == 7 {
                self.report("module", None, None).await;
            }
        }
    }

    async fn take(&mut self, step: &Step) {
        let progress = &self.progress;
        match step {
            Step::Edit(plan) => {
                self.plan = &self.world.plans[*plan];
                progress.put_course("c", &course_file(self.plan), Run::Real).await.unwrap();
            }
            Step::Import { list, replace } => {
                let file = list_file(list);
                let unlisted = if *replace { Unlisted::Leave } else { Unlisted::Stay };
                let imported =
                    progress.put_learners("c", file.as_bytes(), unlisted, Run::Real).await;
                // A list that names nobody is refused before anybody looks at it.
                let is_taken = !list.is_empty() && self.enrolled.import(list, *replace, &forms);
                assert_eq!(imported.is_ok(), is_taken);
            }
            Step::Merge(id, into) => {
                let merged = progress.merge("c", id, into).await;
                assert_eq!(merged.is_ok(), self.enrolled.merge(id, into));
            }
            Step::Unmerge(id) => {
                let unmerged = progress.unmerge("c", id).await;
                assert_eq!(unmerged.is_ok(), self.enrolled.unmerge(id));
            }
            said => self.hear(said).await,
        }
    }

    async fn hear(&self, step: &Step) {
        let Some((mut value, _)) = said(step, &self.log().await) else { return };
        // A repeated statement comes as a plugin without ids sends it.
        value.as_object_mut().unwrap().shift_remove("id");
        // Worlds hold a few statements that are none, for the fold alone.
        let batch = check_batch(json!([value]).to_string().as_bytes(), Version::V1_0_3);
        let Ok(batch) = batch else { return };
        let authority = Authority::of_key("k", "https://lrs.example");
        let batch = prepare_all(batch.statements, Vec::new(), &authority).unwrap();
        self.record.keep(batch, None).await.unwrap();
    }

    /// Waits until progress has followed the log for the course as it is.
    async fn caught_up(&self) {
        let deadline = Stopwatch::now() + Duration::from_secs(20);
        loop {
            let reading = self.store.course("c").await.unwrap().unwrap().reading;
            let followed = self.store.watermark("c").await.unwrap().followed;
            let rest = self.store.log(followed.through, 1).await.unwrap();
            if followed.reading == reading && rest.statements.is_empty() {
                return;
            }
            assert!(Stopwatch::now() < deadline, "progress follows within 20 seconds");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn report(
        &self,
        by: &str,
        at: Option<Date>,
        bounds: Option<access::bounds::Bounds>,
    ) -> Table {
        let query = ReportQuery {
            by: Some(by.parse().unwrap()),
            at,
            ..ReportQuery::of(report::reports::PROGRESS)
        };
        self.progress.report("c", query, bounds).await.unwrap()
    }

    /// Every report, followed and rebuilt, says what the naive reading says.
    pub(crate) async fn agrees(&self) -> Result<(), TestCaseError> {
        self.caught_up().await;
        self.reports_agree().await?;
        let rebuilt = self.progress.rebuild("c").await.unwrap();
        prop_assert_eq!(rebuilt.changed, 0, "a rebuild gives the same documents");
        self.reports_agree().await?;
        let missing = self.progress.rebuild("d").await;
        prop_assert!(matches!(missing, Err(ProgressError::NoCourse(_))));
        Ok(())
    }

    async fn reports_agree(&self) -> Result<(), TestCaseError> {
        let log = naive::live(&self.log().await);
        let people = self.enrolled.people(&forms);
        for at in [None, Some(self.world.days[0]), Some(self.world.days[1])] {
            let naive = Naive::new(self.plan, &log, &people, at);
            for bounds in bounds() {
                for by in GROUPINGS {
                    let table = self.report(by, at, bounds.clone()).await;
                    prop_assert_eq!(table.at, at);
                    assert_same_table(&table, by, &naive, bounds.as_ref())?;
                }
            }
        }
        Ok(())
    }

    async fn log(&self) -> Vec<Logged> {
        let kept = self.store.log(Instant::default(), 10_000).await.unwrap();
        let logged = kept.statements.into_iter().map(|kept| Logged {
            id: kept.statement.id.to_string(),
            stored: kept.statement.stored.micros(),
            statement: kept.statement.value().unwrap(),
        });
        logged.collect()
    }
}
