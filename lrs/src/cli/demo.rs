//! The demo programme: its course file, a made-up cohort and what their players say.

use anyhow::Context as _;
use validator::Version;

use crate::course::Course;
use crate::demo::cohort;
use crate::progress::Progress;
use crate::record::Record;
use crate::xapi::authority::Authority;

const FILE: &str = include_str!("../../courses/prog-2796.toml");
const SEED: u64 = 1;
const LEARNERS: usize = 520;
/// Statements kept at once.
const BATCH: usize = 1000;

/// Loads the programme with its cohort. Loading it again changes nothing.
pub(super) async fn load(
    progress: &Progress,
    record: &Record,
    base_url: &str,
) -> anyhow::Result<()> {
    let course = Course::parse(FILE)?;
    if progress.report(course.id(), "".parse()?).await.is_ok() {
        return Ok(());
    }
    let (learners, statements) = cohort(&course, SEED, LEARNERS);
    let authority = Authority::of_key("demo", base_url);
    let mut statements = statements.peekable();
    while statements.peek().is_some() {
        let batch: Vec<_> = statements.by_ref().take(BATCH).collect();
        let checked = validator::check_batch(&serde_json::to_vec(&batch)?, Version::V1_0_3)
            .context("a statement of the demo")?;
        record.keep(checked.statements, Vec::new(), &authority).await?;
    }
    progress.put_course(course.id(), FILE).await?;
    progress.put_learners(course.id(), learners.as_bytes()).await?;
    Ok(())
}
