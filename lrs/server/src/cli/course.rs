//! `traccia course`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::client::{Client, Target, encoded, member};
use super::confirm;
use super::course_file;
use super::exit::{self, Exit};
use super::out::{self, Format, in_words, note, said, say};
use super::report::Lang;
use texts::{Message, MessageValue};

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Course {
    /// Load course files; a course that is there is replaced and its progress evaluated anew
    Load {
        /// Course files, TOML
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Check the files, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// The language of what is wrong or warned of; that of the terminal when missing
        #[arg(long, value_enum)]
        lang: Option<Lang>,
        #[command(flatten)]
        target: Target,
    },
    /// List all courses, with their learners and modules
    List {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Show what there is of a course; with --file the course file as it was loaded
    Show {
        /// The course's id
        course: String,
        /// Print the course file, TOML
        #[arg(long)]
        file: bool,
        /// The file to write to instead of printing
        #[arg(long, short)]
        output: Option<PathBuf>,
        #[arg(long, value_enum, default_value = "text", conflicts_with = "file")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Say what a course file would change for the learners, and change nothing
    Preview(course_file::Preview),
    /// List activities that learners use and that belong to no module
    Unmapped(course_file::Unmapped),
    /// Put an activity into a module: the course file gets a few lines, and all else of it stays
    Map(course_file::Map),
    /// Delete a course: its file, its list of learners, its merges. Statements stay, those of
    /// registers too: the same file and list bring the same progress back. Asks before
    Delete {
        /// The course's id
        course: String,
        /// Its frozen certificate lists too, which nothing brings back
        #[arg(long)]
        with_certificates: bool,
        /// Say what would go, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        target: Target,
    },
}

impl Course {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Load { files, dry_run, lang, target } => {
                load(&files, dry_run, lang, target).await?;
            }
            Self::List { format, target } => list(format, target).await?,
            Self::Show { course, file, output, format, target } => {
                let client = target.client()?;
                let shown = if file {
                    let request = client.request(Method::GET, &path(&course));
                    client.bytes(request).await?.to_vec()
                } else {
                    described(&summary(&client, &course).await?, format).into_bytes()
                };
                out::to(output.as_deref(), &shown)?;
            }
            Self::Preview(command) => return command.run().await,
            Self::Unmapped(command) => return command.run().await,
            Self::Map(command) => return command.run().await,
            Self::Delete { course, with_certificates, dry_run, yes, target } => {
                let client = target.client()?;
                let removal = Removal { client, course, with_certificates };
                return removal.run(dry_run, yes).await;
            }
        }
        Ok(Exit::Done.into())
    }
}

fn path(course: &str) -> String {
    format!("/api/v1/courses/{}", encoded(course))
}

async fn load(
    files: &[PathBuf],
    dry_run: bool,
    lang: Option<Lang>,
    target: Target,
) -> anyhow::Result<()> {
    let texts = Lang::language(lang).texts();
    let client = target.client_in(lang)?;
    for file in files {
        let name = file.display();
        let text = std::fs::read_to_string(file).with_context(|| out::reading(&name))?;
        // Read here too, for the id; its faults are named with the file's name.
        let course = course::Course::parse(&text).map_err(|faults| {
            let told = Message::new("file-has-faults").with("file", &name);
            exit::refused(told.with("faults", faults.said_in(texts)).said_in(texts))
        })?;
        let address = format!("{}?dry_run={dry_run}", path(course.id()));
        let request = client.request(Method::PUT, &address);
        let request = request.header(CONTENT_TYPE, "application/toml").body(text);
        let loaded = client
            .json(request)
            .await
            .with_context(|| in_words(&Message::new("cli-loading").with("name", &name)))?;
        for warning in loaded.get("warnings").and_then(Value::as_array).into_iter().flatten() {
            let part = |key: &str| member(warning, key);
            let place = format!("{name}:{}:{}", part("line"), part("column"));
            let told = Message::new("file-warning").with("place", place);
            note!("{}", told.with("text", part("message")).said_in(texts));
        }
        let told = Message::new("course-told-loaded").with("file", &name);
        let told = told.with("course", course.id()).with_value("dry", dry(dry_run));
        let told = told.with("modules", member(&loaded, "modules"));
        say!("{}", told.with("activities", member(&loaded, "activities")).said_in(texts))?;
    }
    Ok(())
}

async fn list(format: Format, target: Target) -> anyhow::Result<()> {
    let client = target.client()?;
    let ids = client.get("/api/v1/courses").await?;
    let mut all = Vec::new();
    for id in ids.as_array().into_iter().flatten().filter_map(Value::as_str) {
        all.push(summary(&client, id).await?);
    }
    if format == Format::Json {
        return Ok(say!("{:#}", json!(all))?);
    }
    for course in &all {
        let members = ["course", "learners", "modules"].into_iter();
        let told = Message::new("course-told-listed").with("title", title(course));
        said(&members.fold(told, |told, name| told.with(name, member(course, name))))?;
    }
    Ok(())
}

async fn summary(client: &Client, course: &str) -> anyhow::Result<Value> {
    let path = format!("{}/summary", path(course));
    Ok(client.get(&path).await?)
}

/// The name of a course or edition in Italian where it has one, else in the first language.
fn title(of: &Value) -> String {
    let titles = of.get("title").and_then(Value::as_object);
    let title = titles.and_then(|titles| titles.get("it").or_else(|| titles.values().next()));
    title.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn described(summary: &Value, format: Format) -> String {
    if format == Format::Json {
        return format!("{summary:#}\n");
    }
    let member = |name: &str| match summary.get(name) {
        Some(Value::Null) | None => "–".to_owned(),
        Some(_) => member(summary, name),
    };
    let mut lines = vec![
        format!("{}  {}", member("course"), title(summary)),
        format!("days          {} to {}", member("begins"), member("ends")),
        format!("modules       {}, with {} activities", member("modules"), member("activities")),
        format!("learners      {}, and {} merged into them", member("learners"), member("merged")),
        format!("certificates  {} frozen lists", member("certificates")),
    ];
    let editions = summary.get("editions").and_then(Value::as_array);
    for edition in editions.into_iter().flatten() {
        let id = edition.get("id").and_then(Value::as_str).unwrap_or_default();
        lines.push(format!("edition       {id}  {}", title(edition)));
    }
    lines.join("\n") + "\n"
}

/// A course to be deleted.
struct Removal {
    client: Client,
    course: String,
    with_certificates: bool,
}

impl Removal {
    async fn run(self, dry_run: bool, yes: bool) -> anyhow::Result<ExitCode> {
        let would_go = self.ask(true).await?;
        if dry_run {
            said(&self.told("course-told-would-go", &would_go))?;
            return Ok(Exit::Done.into());
        }
        if !confirm::is_wanted(yes, &self.told("course-told-asks", &would_go))? {
            return Ok(Exit::No.into());
        }
        let gone = self.ask(false).await?;
        said(&self.told("course-told-deleted", &gone))?;
        Ok(Exit::Done.into())
    }

    /// The message `id` with the course, and with what goes or went.
    fn told(&self, id: &'static str, gone: &Value) -> Message {
        let what = MessageValue::Message(removed(gone));
        Message::new(id).with("course", &self.course).with_value("what", what)
    }

    async fn ask(&self, dry_run: bool) -> anyhow::Result<Value> {
        let Self { client, course, with_certificates } = self;
        let path = format!("{}?certificates={with_certificates}&dry_run={dry_run}", path(course));
        Ok(client.json(client.request(Method::DELETE, &path)).await?)
    }
}

/// What goes, or went, with a course.
fn removed(removed: &Value) -> Message {
    let members = ["learners", "merged", "certificates"].into_iter();
    let told = Message::new("course-told-removed");
    members.fold(told, |told, name| told.with(name, member(removed, name)))
}

/// What stands behind a line of what would have been done.
pub(super) fn dry(is_dry: bool) -> MessageValue {
    if is_dry {
        MessageValue::Message(Message::new("told-dry-run"))
    } else {
        MessageValue::Text(String::new())
    }
}
