//! `traccia import`: statements from a file, to a server ([`live`]) or into a new store ([`offline`]); what else is imported
//! has a file each.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use reqwest::Url;

use self::attached::Attached;
use self::live::{Importer, import};
use self::offline::Offline;
use self::rejects::Rejects;
use self::source::Source;
use super::client::Target;
use super::exit;
use crate::cli::out::in_words;
use texts::Message;
use validator::Version;
use xapi::origin::Origin;

mod attached;
mod documents;
mod elements;
mod files;
mod live;
mod moodle;
mod offline;
mod record;
mod rejects;
mod sorted;
mod source;

/// See the command's help.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Import {
    #[command(subcommand)]
    of: Option<Of>,
    #[command(flatten)]
    statements: Statements,
}

/// What other programs have kept.
#[derive(Debug, Subcommand)]
enum Of {
    /// Send statements from a file or a folder, as `traccia import FILE` does
    Statements(Box<Statements>),
    /// Send states and profiles from a file or a folder: what is there already stays
    Documents(Box<documents::Documents>),
    /// Send what Moodle has kept of SCORM attempts, as an export of its database
    MoodleScorm(Box<moodle::MoodleScorm>),
}

/// Statements, as they are. What is needed is optional here: a subcommand goes without.
#[derive(Debug, Args)]
struct Statements {
    /// The file, as it is or compressed by gzip: one statement a line (NDJSON), a JSON array, the answer of a learning record
    /// store, or records of Learning Locker or SQL LRS. - is standard input; a folder stands for its files
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// A folder with the data of attachments, each in a file that is named by its SHA-2
    #[arg(long, value_name = "FOLDER")]
    attachments: Option<PathBuf>,
    /// Where refused statements go, with line and reason [default: FILE.rejects.ndjson]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// The version of xAPI that the statements follow
    #[arg(long, default_value = "1.0.3")]
    xapi_version: String,
    /// How long a server that has answered before and cannot now is asked again
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    /// A new store, as sqlite:FOLDER or a `mongodb:` URI, that is filled without a server: statements keep the `stored`
    /// that they have, and those of all files are merged in its order
    #[arg(long, value_name = "URI", hide_env_values = true, conflicts_with_all = ["url", "patience"])]
    into: Option<String>,
    /// The name of the system that the statements come from: with their `stored` and `authority` there it is kept
    /// beside each [default: with --into the name of the file; else none]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// The server's address
    #[arg(long, env = "TRACCIA_URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// The key, as KEY:SECRET
    #[arg(long, env = "TRACCIA_KEY", hide_env_values = true, required_unless_present = "into")]
    key: Option<String>,
}

impl Import {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.of {
            Some(Of::Statements(statements)) => statements.run().await,
            Some(Of::Documents(documents)) => documents.run().await,
            Some(Of::MoodleScorm(moodle)) => moodle.run().await,
            None => self.statements.run().await,
        }
    }
}

impl Statements {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let Some(file) = self.file else {
            return Err(exit::usage(in_words(&Message::new("cli-import-no-file"))));
        };
        let files = files::of(&file)?;
        let attached = self.attachments.as_deref().map(Attached::of).transpose()?;
        let attached = attached.unwrap_or_default();
        if let Some(name) = &self.source {
            check_source(name)?;
        }
        if let Some(into) = self.into {
            let version = Version::from_header(&self.xapi_version)
                .ok_or_else(|| exit::usage(in_words(&Message::new("cli-import-version"))))?;
            let (rejects, is_of_many) = (Rejects::of(&file, self.rejects)?, file.is_dir());
            let source = self.source;
            return Offline { into, source, version, attached, rejects, is_of_many }
                .run(&files)
                .await;
        }
        let Some(key) = self.key else {
            return Err(exit::usage(in_words(&Message::new("cli-import-no-key"))));
        };
        let importer = Importer {
            client: Target::new(self.url, key).client()?,
            version: self.xapi_version,
            patience: Duration::from_secs(self.patience),
            is_dry: false,
            is_of_documents: false,
            rejects: Rejects::of(&file, self.rejects)?,
            attached,
            source: self.source,
            is_of_many: file.is_dir(),
            standing: Arc::default(),
        };
        import(files.iter().map(|file| Source::open(file)), importer).await
    }
}

/// A name that can stand in a header.
fn check_source(name: &str) -> anyhow::Result<()> {
    let is_good = !name.is_empty()
        && name.len() <= Origin::LONGEST_NAME
        && name.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let most = Origin::LONGEST_NAME;
    if is_good {
        return Ok(());
    }
    Err(exit::usage(in_words(&Message::new("cli-import-source").with("most", most))))
}
