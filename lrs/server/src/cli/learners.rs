//! `traccia learners`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::client::{Client, Target, encoded, member};
use super::course::dry;
use super::out::{self, in_words, note, said, say};
use super::report::Lang;
use course::Language;
use texts::Message;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Learners {
    /// Add or update the learners of a course from a CSV file; the others stay as they are
    Import {
        /// The course's id
        course: String,
        /// The list, CSV with a header line
        file: PathBuf,
        /// Say what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Learners who are not in the file leave; what they did is theirs again if they return
        #[arg(long)]
        replace: bool,
        /// The language of what is wrong or warned of; that of the terminal when missing
        #[arg(long, value_enum)]
        lang: Option<Lang>,
        #[command(flatten)]
        target: Target,
    },
    /// Print or write the learners of a course as the CSV list that import takes, with the merges
    Export {
        /// The course's id
        course: String,
        /// Italian: `;` between fields, Italian headings, as Excel reads it there; else as RFC 4180
        /// says [default: that of the terminal]
        #[arg(long, value_enum)]
        lang: Option<Lang>,
        /// The file to write to instead of printing
        #[arg(long, short)]
        output: Option<PathBuf>,
        #[command(flatten)]
        target: Target,
    },
    /// Note that a learner is the same person as another one, whose data hold from now on
    Merge {
        /// The course's id
        course: String,
        /// The learner who is somebody else
        learner: String,
        /// Whom they are
        into: String,
        #[command(flatten)]
        target: Target,
    },
    /// Take a merge back
    Unmerge {
        /// The course's id
        course: String,
        /// The learner who was merged
        learner: String,
        #[command(flatten)]
        target: Target,
    },
    /// Print the statements of a learner that bear on a course, as they happened
    Statements {
        /// The course's id
        course: String,
        /// The learner's id
        learner: String,
        #[command(flatten)]
        target: Target,
    },
    /// List the actors of a course's statements who are nobody enrolled
    Unassigned {
        /// The course's id
        course: String,
        #[command(flatten)]
        target: Target,
    },
}

impl Learners {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Import { course, file, dry_run, replace, lang, target } => {
                let client = target.client_in(lang)?;
                let language = Lang::language(lang);
                import(&client, &course, &file, dry_run, replace, language).await?;
            }
            Self::Export { course, lang, output, target } => {
                let client = target.client()?;
                let (course, lang) = (encoded(&course), Lang::of_terminal(lang));
                let path = format!("/api/v1/courses/{course}/learners?format=csv&lang={lang}");
                let list = client.bytes(client.request(Method::GET, &path)).await?;
                out::to(output.as_deref(), &list)?;
            }
            Self::Merge { course, learner, into, target } => {
                let client = target.client()?;
                let request = client.request(Method::PUT, &merge_of(&course, &learner));
                client.bytes(request.json(&json!({"into": into}))).await?;
                let told = Message::new("learners-told-is").with("course", course);
                said(&told.with("learner", learner).with("into", into))?;
            }
            Self::Unmerge { course, learner, target } => {
                let client = target.client()?;
                client.bytes(client.request(Method::DELETE, &merge_of(&course, &learner))).await?;
                let told = Message::new("learners-told-again").with("course", course);
                said(&told.with("learner", learner))?;
            }
            Self::Statements { course, learner, target } => {
                let client = target.client()?;
                let (course, learner) = (encoded(&course), encoded(&learner));
                let path = format!("/api/v1/courses/{course}/learners/{learner}/statements");
                out::bytes(&client.bytes(client.request(Method::GET, &path)).await?, false)?;
            }
            Self::Unassigned { course, target } => {
                let client = target.client()?;
                let path = format!("/api/v1/courses/{}/unassigned", encoded(&course));
                let all = client.get(&path).await?;
                for actor in all.get("unassigned").and_then(Value::as_array).into_iter().flatten() {
                    let (statements, last) =
                        (member(actor, "statements"), member(actor, "last_seen"));
                    say!("{statements:>8}  {last}  {}", member(actor, "actor"))?;
                }
                let told = Message::new("learners-told-unassigned").with("course", course);
                let told = told.with("statements", member(&all, "statements"));
                said(&told.with("actors", member(&all, "actors")))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn merge_of(course: &str, learner: &str) -> String {
    format!("/api/v1/courses/{}/learners/{}/merge", encoded(course), encoded(learner))
}

async fn import(
    client: &Client,
    course: &str,
    file: &std::path::Path,
    dry_run: bool,
    replace: bool,
    language: Language,
) -> anyhow::Result<()> {
    let name = file.display();
    let list = std::fs::read(file).with_context(|| out::reading(&name))?;
    let mode = if replace { "replace" } else { "update" };
    let path =
        format!("/api/v1/courses/{}/learners?mode={mode}&dry_run={dry_run}", encoded(course));
    let request = client.request(Method::PUT, &path).header(CONTENT_TYPE, "text/csv").body(list);
    let imported = client
        .json(request)
        .await
        .with_context(|| in_words(&Message::new("cli-importing").with("name", &name)))?;
    let count = |key: &str| imported.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    let what = if replace { "learners-told-replaced" } else { "learners-told-imported" };
    let done = Message::new(what).with("course", course).with_value("dry", dry(dry_run));
    let done = ["learners", "unchanged"]
        .into_iter()
        .fold(done, |done, name| done.with(name, member(&imported, name)));
    let done = ["added", "updated", "absent"]
        .into_iter()
        .fold(done, |done, name| done.with(name, count(name)));
    let texts = language.texts();
    say!("{}", done.said_in(texts))?;
    if count("merged") > 0 {
        let done = Message::new("learners-told-merged").with("course", course);
        say!("{}", done.with("count", count("merged")).said_in(texts))?;
    }
    for warning in imported.get("warnings").and_then(Value::as_array).into_iter().flatten() {
        note!("{}", told(warning, language == Language::It));
    }
    Ok(())
}

/// A warning of the list in one line: how many lines of it, which, what is wrong, the values.
fn told(warning: &Value, in_italian: bool) -> String {
    let list = |key: &str| {
        let all = warning.get(key).and_then(Value::as_array).into_iter().flatten();
        all.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned)).collect::<Vec<_>>()
    };
    let (lines, count) = (list("lines"), warning.get("count").and_then(Value::as_u64));
    let more = if count > Some(lines.len() as u64) { " …" } else { "" };
    let (language, what) = match (in_italian, count) {
        (true, Some(1)) => ("it", "riga"),
        (true, _) => ("it", "righe"),
        (false, Some(1)) => ("en", "line"),
        (false, _) => ("en", "lines"),
    };
    let message = warning.pointer(&format!("/message/{language}")).and_then(Value::as_str);
    let word = if in_italian { "attenzione" } else { "warning" };
    format!(
        "{word}: {} {what} ({}{more}): {} ({})",
        count.unwrap_or_default(),
        lines.join(", "),
        message.unwrap_or_default(),
        list("values").join("; "),
    )
}
