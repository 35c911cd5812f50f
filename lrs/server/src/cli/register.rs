//! `traccia register`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::client::{Target, encoded, language_of_terminal, member};
use super::out::{self, in_words, note, say};
use super::report::Lang;
use course::Language;
use texts::Message;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Register {
    /// Keep the whole register of a session; who is not in it was not there
    Keep(File),
    /// Add to or correct the register of a session: only those named in the file
    Correct(File),
    /// Add to or correct the register of a session by hand
    Mark {
        #[command(flatten)]
        place: Place,
        /// Who was there: LEARNER for the session's length, LEARNER=HOURS (2.5, 2:30), or
        /// LEARNER=absent
        #[arg(required = true)]
        learners: Vec<String>,
        #[command(flatten)]
        target: Target,
    },
    /// Print the code with which people check themselves in on the session's day, or write a page
    /// with it and its QR code, to be shown in the room
    Code {
        #[command(flatten)]
        place: Place,
        /// The file to write the page to, HTML
        #[arg(long, short)]
        output: Option<PathBuf>,
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Debug, Args)]
pub(super) struct Place {
    /// The course's id
    course: String,
    /// The event's key
    event: String,
    /// The session's id
    session: String,
}

#[derive(Debug, Args)]
pub(super) struct File {
    #[command(flatten)]
    place: Place,
    /// The register: CSV with a header line, or JSON where its name ends so
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// The language of what is wrong or warned of; that of the terminal when missing
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    #[command(flatten)]
    target: Target,
}

impl Place {
    fn path(&self) -> String {
        let [course, event, session] =
            [&self.course, &self.event, &self.session].map(|name| encoded(name));
        format!("/api/v1/courses/{course}/events/{event}/sessions/{session}")
    }
}

impl Register {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Keep(file) => file.send(Method::PUT).await?,
            Self::Correct(file) => file.send(Method::POST).await?,
            Self::Mark { place, learners, target } => {
                let client = target.client()?;
                let path = format!("{}/register", place.path());
                let entries: Vec<Value> = learners.iter().map(|text| entry(text)).collect();
                let request =
                    client.request(Method::POST, &path).json(&json!({"entries": entries}));
                print(&client.json(request).await?, false, language_of_terminal())?;
            }
            Self::Code { place, output: Some(file), target } => {
                let client = target.client()?;
                let lang = language_of_terminal().tag();
                let path = format!("{}/code?format=html&lang={lang}", place.path());
                let page = client.bytes(client.request(Method::GET, &path)).await?;
                out::to(Some(&file), &page)?;
            }
            Self::Code { place, output: None, target } => {
                let client = target.client()?;
                let path = format!("{}/code", place.path());
                let code = client.get(&path).await?;
                say!("{}  {}", member(&code, "code"), member(&code, "address"))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl File {
    async fn send(self, method: Method) -> anyhow::Result<()> {
        let client = self.target.client_in(self.lang)?;
        let name = self.path.display();
        let text = std::fs::read(&self.path).with_context(|| out::reading(&name))?;
        let is_json = Path::new(&self.path).extension().is_some_and(|it| it == "json");
        let kind = if is_json { "application/json" } else { "text/csv" };
        let path = format!("{}/register?dry_run={}", self.place.path(), self.dry_run);
        let request = client.request(method, &path).header(CONTENT_TYPE, kind).body(text);
        let kept = client
            .json(request)
            .await
            .with_context(|| in_words(&Message::new("cli-sending").with("name", &name)))?;
        Ok(print(&kept, self.dry_run, Lang::language(self.lang))?)
    }
}

/// `LEARNER` or `LEARNER=HOURS` as an entry of a register.
fn entry(text: &str) -> Value {
    match text.split_once('=') {
        Some((learner, hours)) => json!({"learner": learner, "hours": hours}),
        None => json!({"learner": text}),
    }
}

fn print(kept: &Value, dry_run: bool, language: Language) -> std::io::Result<()> {
    let count = |key: &str| kept.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    let done = if dry_run { "cli-register-would" } else { "cli-register-kept" };
    let done = Message::new(done).with("written", count("written"));
    let done = done.with("voided", count("voided")).with("unchanged", member(kept, "unchanged"));
    say!("{}", done.said_in(language.texts()))?;
    for long in kept.get("warnings").and_then(Value::as_array).into_iter().flatten() {
        let told = ["line", "learner", "hours"].into_iter();
        let new = Message::new("cli-register-long").with("session", member(long, "session_hours"));
        let told = told.fold(new, |it, name| it.with(name, member(long, name)));
        note!("{}", told.said_in(language.texts()));
    }
    Ok(())
}
