//! Runs all pipes of a store: each in a task of its own, on the process that leads.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::PipeError;
use super::run::{Next, Run, Works};
use super::settings::{PipePause, PipeRecord};
use store::{HeldPipe, Lead, StoreError};

/// How long changes, and the loss of the lead, may take to be seen.
const LOOK: Duration = Duration::from_secs(1);

/// A pipe that runs here, until it is dropped.
struct Running {
    generation: u64,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // A step may end anywhere.
        self.task.abort();
    }
}

/// Runs the pipes until nobody is there any more who could change them: the server is gone.
pub(super) async fn run(works: Works, mut news: watch::Receiver<()>) {
    let mut running: HashMap<String, Running> = HashMap::new();
    loop {
        if let Err(error) = look(&works, &mut running).await {
            tracing::error!(%error, "pipes cannot be looked for");
        }
        if let Ok(Err(_)) = tokio::time::timeout(LOOK, news.changed()).await {
            return;
        }
    }
}

/// Begins and ends tasks, so that those run that should.
async fn look(works: &Works, running: &mut HashMap<String, Running>) -> Result<(), StoreError> {
    let pipes = works.store.pipes().await?;
    if pipes.is_empty() || !works.store.lead(Lead::WhereFree).await? {
        running.clear();
        return Ok(());
    }
    running
        .retain(|name, it| pipes.iter().any(|held| held.name == *name) && !it.task.is_finished());
    for held in pipes {
        let record = match PipeRecord::of(&held) {
            Ok(record) => record,
            Err(error) => {
                tracing::error!(%error, "a pipe cannot be run");
                continue;
            }
        };
        let is_current =
            running.get(&held.name).is_some_and(|it| it.generation == record.generation);
        if is_current {
            continue;
        }
        // Ended before the next begins.
        drop(running.remove(&held.name));
        if record.state.paused.is_none() {
            let name = held.name.clone();
            let task = tokio::spawn(work(works.clone(), held));
            running.insert(name, Running { generation: record.generation, task });
        }
    }
    Ok(())
}

/// One pipe at work, until its record is another one.
pub(super) async fn work(works: Works, held: HeldPipe) {
    let mut run = match Run::of(&works, &held).await {
        Ok(run) => run,
        Err(error) => return stop(&works, &held, &error).await,
    };
    // As it was asked to be left alone before a restart.
    let now = run.now().micros();
    let rest = run.pipe.state.retry_at.map_or(0, |at| at.saturating_sub(now).max(0));
    tokio::time::sleep(Duration::from_micros(rest.cast_unsigned())).await;
    loop {
        match run.step().await {
            Next::More => {}
            Next::Idle(wait) | Next::Later(wait) => tokio::time::sleep(wait).await,
            Next::Rest | Next::Overtaken => return,
        }
    }
}

/// Stops a pipe whose settings name what is not there any more, and says so; where the store of this server fails, the pipe is
/// tried again.
async fn stop(works: &Works, held: &HeldPipe, error: &PipeError) {
    tracing::error!(pipe = held.name, %error, "a pipe cannot be run");
    let is_of_settings = matches!(error, PipeError::Course(_) | PipeError::Setting { .. });
    if let (true, Ok(mut record)) = (is_of_settings, PipeRecord::of(held)) {
        let at = works.record.now().micros();
        record.state.paused = Some(PipePause { is_alarm: true, reason: error.to_string(), at });
        if let Ok(text) = record.text() {
            // Where others have changed the pipe, it is tried as it is now.
            let _ = works.store.change_pipe(&held.name, &text, held.revision).await;
        }
    }
    tokio::time::sleep(LOOK).await;
}
