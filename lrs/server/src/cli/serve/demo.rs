//! What `serve --demo` loads: the first programme with its cohort.

use anyhow::Context as _;
use validator::Version;

use super::super::out::{in_words, noted};
use super::super::pulse::Pulse;
use course::{Course, Unlisted};
use demo::{PROGRAMMES, Programme, cohort};
use service::progress::{CourseService, Run};
use service::record::Record;
use service::record::statements::prepare_all;
use texts::Message;
use xapi::authority::Authority;

const SEED: u64 = 1;
/// Statements kept at once.
const BATCH: usize = 1000;

/// Loads the programme with its cohort. Loading it again changes nothing.
pub(super) async fn load(
    progress: &CourseService,
    record: &Record,
    base_url: &str,
) -> anyhow::Result<()> {
    let [Programme { file, learners, .. }, ..] = &PROGRAMMES;
    let course = Course::parse(file)?;
    if progress.is_there(course.id()).await {
        return Ok(());
    }
    let id = course.id();
    let loading = Message::new("cli-serve-demo-loading").with("course", id);
    noted(&loading.with("learners", learners));
    let pulse = Pulse::start();
    let mut kept = 0;
    let (list, statements) = cohort(&course, SEED, *learners);
    let authority = Authority::of_key("demo", base_url);
    let mut statements = statements.peekable();
    while statements.peek().is_some() {
        let batch: Vec<_> = statements.by_ref().take(BATCH).collect();
        let checked = validator::check_batch(&serde_json::to_vec(&batch)?, Version::V1_0_3)
            .with_context(|| in_words(&Message::new("cli-serve-demo-statement")))?;
        record.keep(prepare_all(checked.statements, Vec::new(), &authority)?, None).await?;
        kept += batch.len() as u64;
        pulse.beat(kept, 0, || format!("{id}: {kept}"));
    }
    pulse.end();
    progress.put_course(course.id(), file, Run::Real).await?;
    progress.put_learners(course.id(), list.as_bytes(), Unlisted::Stay, Run::Real).await?;
    noted(&Message::new("cli-demo-loaded").with("course", id).with("count", kept));
    Ok(())
}
