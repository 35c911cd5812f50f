//! `traccia backup` and `traccia restore`: without a server's help, so that neither needs a key, and a server that does
//! not start can be backed up.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;

use super::exit::Exit;
use super::out::{in_words, noted, said};
use super::place::Place;
use super::pulse::Pulse;
use crate::backup::{self, AfterRestore, BackupManifest, BackupStep, ErasedSince};
use crate::clock::SystemClock;
use crate::config::Flags;
use service::transfer::Doing;
use texts::Message;
use xapi::clock::Clock;

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// Where backups are kept: the new one gets a folder of its own in it. Or, with --check, a backup to look at
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Keep this many backups: older ones are removed once the new one is whole [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    /// Make no backup: check that all files of the newest one in FOLDER are as they were written
    #[arg(long, conflicts_with = "keep")]
    check: bool,
    #[command(flatten)]
    place: Place,
}

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup: its folder, or the folder of backups, of which the newest is taken
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// What GET /api/v1/erasures has answered, as a file: people who were erased after the backup was made are erased
    /// again when the server starts. Repeatable
    #[arg(long, value_name = "FILE")]
    erasures: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Backup {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        if self.check {
            return check(&self.folder);
        }
        let engine = self.place.settings(Flags::default())?.engine()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let keep = self.keep.map(|keep| usize::try_from(keep).unwrap_or(usize::MAX));
        let pulse = Pulse::start();
        let tell = |step| show(&pulse, step);
        let made = backup::make(&engine, &self.folder, keep, &clock, &tell).await;
        pulse.end();
        let made = made.with_context(|| in_words(&Message::new("cli-backup-making")))?;
        for name in &made.cleared {
            noted(&Message::new("backup-cleared").with("name", name));
        }
        said(&Message::new("backup-made").with("folder", made.folder.display().to_string()))?;
        said(&holds(&made.manifest))?;
        let (copied, shared) = made.contents;
        if copied + shared > 0 {
            let contents = Message::new("backup-contents").with("copied", copied);
            said(&contents.with("shared", shared))?;
        }
        for folder in &made.pruned {
            let folder = folder.display().to_string();
            said(&Message::new("backup-pruned").with("folder", folder))?;
        }
        Ok(Exit::Done.into())
    }
}

fn check(folder: &std::path::Path) -> anyhow::Result<ExitCode> {
    let folder = backup::find(folder)?;
    let manifest = BackupManifest::read(&folder)?;
    let pulse = Pulse::start();
    let (done, all) = (std::cell::Cell::new(0), manifest.bytes());
    let verified = manifest.verify(&folder, &|bytes| {
        done.set(done.get() + bytes);
        show(&pulse, BackupStep::Hashing(done.get(), all));
    });
    pulse.end();
    verified?;
    said(&Message::new("backup-is-whole").with("folder", folder.display().to_string()))?;
    said(&holds(&manifest))?;
    Ok(Exit::Done.into())
}

impl Restore {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let engine = self.place.settings(Flags::default())?.engine()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let folder = backup::find(&self.backup)?;
        let manifest = BackupManifest::read(&folder)?;
        let restoring = Message::new("backup-restoring")
            .with("folder", folder.display().to_string())
            .with("ended", &manifest.ended)
            .with("traccia", &manifest.traccia);
        noted(&restoring.with("engine", &manifest.engine));
        let pulse = Pulse::start();
        let erased = Arc::new(ErasedSince::read(&self.erasures, Arc::clone(&clock))?);
        let after: [Arc<dyn AfterRestore>; 1] = [Arc::<ErasedSince>::clone(&erased)];
        let tell = |step| show(&pulse, step);
        let restored = backup::restore(&folder, &engine, &clock, &after, &tell).await;
        pulse.end();
        let manifest = restored.with_context(|| in_words(&Message::new("cli-backup-restoring")))?;
        said(&holds(&manifest))?;
        super::store::print(&manifest.contents)?;
        if !self.erasures.is_empty() {
            noted(&Message::new("backup-erased-again").with("count", erased.begun()));
        }
        noted(&Message::new("backup-restored").with("begun", &manifest.begun));
        Ok(Exit::Done.into())
    }
}

/// What is in a backup.
fn holds(manifest: &BackupManifest) -> Message {
    let contents = &manifest.contents;
    let files = u64::try_from(manifest.files.len()).unwrap_or(u64::MAX);
    Message::new("backup-holds")
        .with("statements", contents.statements.count)
        .with("documents", contents.documents.count)
        .with("courses", contents.courses.count)
        .with("files", files)
        .with("bytes", manifest.bytes())
}

fn show(pulse: &Pulse, step: BackupStep) {
    let (doing, done, all) = match step {
        BackupStep::Begun | BackupStep::Copying => ("cli-backup-copying", 0, 0),
        BackupStep::Transferring(Doing::Statements(done, all)) => {
            ("cli-backup-statements", done, all)
        }
        BackupStep::Transferring(Doing::Documents(done)) => ("cli-backup-documents", done, 0),
        BackupStep::Transferring(Doing::Comparing(done, all)) => {
            ("cli-backup-comparing", done, all)
        }
        BackupStep::Copied => ("cli-backup-copied", 0, 0),
        BackupStep::Reading(done, all) => ("cli-backup-reading", done, all),
        BackupStep::Hashing(done, all) => ("cli-backup-hashing", done, all),
        BackupStep::Checked | BackupStep::Whole => ("cli-backup-checked", 0, 0),
    };
    pulse.beat(done, all, || in_words(&Message::new(doing).with("done", done)));
}
