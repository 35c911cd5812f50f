//! `traccia store`: what is done to a whole store, without a server.

use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;

use super::exit;
use super::out::{self, Out, in_words, said, say};
use super::pulse::Pulse;
use crate::app;
use crate::clock::SystemClock;
use service::transfer::{Contents, Doing, STATEMENTS, Transfer, TransferError, contents};
use store::Store as AnyStore;
use texts::Message;
use xapi::clock::Clock;
use xapi::instant::Instant;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Store {
    /// Copy everything into another store: statements as they are, documents, attachments, keys,
    /// courses and learners. A copy that was cut off goes on where it was; a target that holds
    /// something else is refused; at the end both are compared. Servers on either store must be
    /// stopped: what they write to the source meanwhile is found missing, and a target that a
    /// server has used cannot be copied into any more.
    Copy {
        /// The store to read, as sqlite:FOLDER or a `mongodb:` URI
        #[arg(long, value_name = "URI", env = "TRACCIA_COPY_FROM", hide_env_values = true)]
        from: String,
        /// The store to fill: a new one, or one that this copy filled before
        #[arg(long, value_name = "URI", env = "TRACCIA_COPY_TO", hide_env_values = true)]
        to: String,
    },
    /// Write all statements, voided ones too, one a line in the order in which they were stored
    Export {
        /// The store to read
        #[arg(long, value_name = "URI", env = "TRACCIA_COPY_FROM", hide_env_values = true)]
        from: String,
        /// The file to write [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Count and hash everything: two stores that print the same hold the same
    Digest {
        /// The store to read
        #[arg(long, value_name = "URI", env = "TRACCIA_COPY_FROM", hide_env_values = true)]
        from: String,
    },
}

impl Store {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Copy { from, to } => copy(&from, &to).await?,
            Self::Export { from, output } => {
                let store = open_to_read(&from).await?;
                match output {
                    None => export(&*store, Out).await?,
                    Some(file) => {
                        let name = file.display().to_string();
                        let file = std::fs::File::create(&file);
                        let file = file.with_context(|| out::making(&name))?;
                        export(&*store, file).await.with_context(|| out::writing(&name))?;
                    }
                }
            }
            Self::Digest { from } => {
                let store = open_to_read(&from).await?;
                let pulse = Pulse::start();
                let all = store.extent().await?.statements;
                let tell = |done| show(&pulse, "cli-store-reading", done, all);
                let contents = contents(&*store, &tell).await?;
                pulse.end();
                print(&contents)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The store at `uri`, which must be there and is not changed.
async fn open_to_read(uri: &str) -> anyhow::Result<Arc<dyn AnyStore>> {
    Ok(app::open_to_read(&uri.parse()?).await?)
}

/// The store at `uri`, which may be new.
async fn open_to_fill(uri: &str) -> anyhow::Result<Arc<dyn AnyStore>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(app::open(&uri.parse()?, &clock).await?)
}

async fn copy(from: &str, to: &str) -> anyhow::Result<()> {
    if from == to {
        return Err(exit::usage(in_words(&Message::new("cli-store-same"))));
    }
    let from =
        open_to_read(from).await.with_context(|| in_words(&Message::new("cli-store-source")))?;
    let to = open_to_fill(to).await.with_context(|| in_words(&Message::new("cli-store-target")))?;
    let pulse = Pulse::start();
    let tell = |doing| match doing {
        Doing::Statements(done, all) => show(&pulse, "cli-backup-statements", done, all),
        Doing::Documents(done) => show(&pulse, "cli-backup-documents", done, 0),
        Doing::Comparing(done, all) => show(&pulse, "cli-backup-comparing", done, all),
    };
    let copied = Transfer::new(&*from, &*to, &tell).run().await;
    pulse.end();
    let copied = copied.map_err(|error| match error {
        TransferError::Store { .. } => {
            anyhow::Error::new(error).context(in_words(&Message::new("cli-store-copying-stays")))
        }
        other => anyhow::Error::new(other).context(in_words(&Message::new("cli-store-copying"))),
    })?;
    print(&copied)?;
    Ok(said(&Message::new("cli-store-both"))?)
}

async fn export(store: &dyn AnyStore, out: impl std::io::Write) -> anyhow::Result<()> {
    let mut out = BufWriter::new(out);
    let mut after = Instant::default();
    loop {
        let page = store.log(after, STATEMENTS).await?.statements;
        let Some(last) = page.last() else { break };
        after = last.statement.stored;
        for kept in &page {
            // A line break can only stand between tokens: white space as good as any other.
            let line = kept.statement.body.iter().map(|byte| match byte {
                b'\n' | b'\r' => b' ',
                byte => *byte,
            });
            let mut line: Vec<u8> = line.collect();
            line.push(b'\n');
            out.write_all(&line)?;
        }
    }
    Ok(out.flush()?)
}

pub(super) fn print(contents: &Contents) -> std::io::Result<()> {
    let parts = [
        ("statements", &contents.statements),
        ("attachments", &contents.attachments),
        ("documents", &contents.documents),
        ("keys", &contents.keys),
        ("courses", &contents.courses),
        ("certificates", &contents.certificates),
    ];
    // A store without packages and people prints what a release before them printed.
    let later = [
        ("packages", &contents.packages),
        ("launches", &contents.launches),
        ("people", &contents.people),
        ("audit", &contents.audit),
        ("origins", &contents.origins),
    ];
    let later = later.into_iter().filter(|(_, part)| part.count > 0);
    for (what, part) in parts.into_iter().chain(later) {
        say!("{what:<13}{:>12}  {}", part.count, part.sha256)?;
    }
    Ok(())
}

fn show(pulse: &Pulse, doing: &'static str, done: u64, all: u64) {
    pulse.beat(done, all, || in_words(&Message::new(doing).with("done", done)));
}
