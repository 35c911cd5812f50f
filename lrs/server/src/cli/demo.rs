//! `traccia demo`

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, value_parser};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Url};
use serde_json::Value;

use super::client::{Client, Target, encoded};
use super::exit;
use super::out::{self, Out, in_words, said};
use course::Course;
use demo::{PROGRAMMES, as_sent, cohort, programme};
use texts::Message;

/// The learners of a course that is none of the five.
const LEARNERS: usize = 200;
/// What `--output` writes.
const FILES: [&str; 3] = ["course.toml", "learners.csv", "statements.ndjson"];
/// Statements sent at once.
const BATCH: usize = 500;

/// Makes up a cohort for a course: a learner list, and statements in the shapes that Moodle's
/// plugin, SCORM packages, cmi5 players and registers of presence send. The same course, seed and
/// number of learners give the same statements, so that loading them again changes nothing.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub(super) struct Demo {
    /// One of the programmes below, or a course file
    course: String,
    /// Another seed makes up other people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many people [default: as many as the programme has; 200 for a course file]
    #[arg(long, value_parser = value_parser!(u32).range(1..=1_000_000))]
    learners: Option<u32>,
    /// Leave out the ids that Moodle's plugin does not send: the server gives them then, and
    /// loading twice keeps two of each, which count once
    #[arg(long)]
    as_sent: bool,
    /// Write course.toml, learners.csv and statements.ndjson into this folder, instead of
    /// printing the statements
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Write over files that are in the folder
    #[arg(long, requires = "output")]
    force: bool,
    /// Load course, learners and statements into a running server
    #[arg(long, requires = "key")]
    load: bool,
    /// The server's address, for --load
    #[arg(long, env = "TRACCIA_URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// The key, as KEY:SECRET, for --load
    #[arg(long, env = "TRACCIA_KEY", hide_env_values = true)]
    key: Option<String>,
}

fn after_help() -> String {
    let line = |it: &demo::Programme| format!("  {:<30}{:>5} learners\n", it.id, it.learners);
    format!("Programmes:\n{}", PROGRAMMES.iter().map(line).collect::<String>())
}

/// Whoever has files of these names in a folder may have worked on them.
fn refuse_to_write_over(folder: &Path) -> anyhow::Result<()> {
    let there: Vec<&str> = FILES.into_iter().filter(|name| folder.join(name).exists()).collect();
    if there.is_empty() {
        return Ok(());
    }
    let there = Message::new("cli-demo-there").with("files", there.join(", "));
    Err(exit::refused(in_words(&there.with("folder", folder.display()))))
}

/// A course with its made-up cohort.
struct Made {
    file: String,
    course: Course,
    list: String,
    statements: Box<dyn Iterator<Item = Value> + Send>,
}

impl Demo {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        if let Some(folder) = &self.output {
            if !self.force {
                refuse_to_write_over(folder)?;
            }
            self.make()?.write(folder)?;
        }
        if let (true, Some(key)) = (self.load, self.key.clone()) {
            let client = Target::new(self.url.clone(), key).client()?;
            self.make()?.load(&client).await?;
        }
        if self.output.is_none() && !self.load {
            self.make()?.print()?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn make(&self) -> anyhow::Result<Made> {
        let file = course_file(&self.course)?;
        let faults = || in_words(&Message::new("cli-demo-faults").with("name", &self.course));
        let course = Course::parse(&file).with_context(faults)?;
        let usual = programme(course.id()).map_or(LEARNERS, |programme| programme.learners);
        let learners = self.learners.map_or(Ok(usual), usize::try_from)?;
        let (list, statements) = cohort(&course, self.seed, learners);
        let statements: Box<dyn Iterator<Item = Value> + Send> =
            if self.as_sent { Box::new(statements.map(as_sent)) } else { Box::new(statements) };
        Ok(Made { file, course, list, statements })
    }
}

/// The text of a programme's course file, or of the file of this name.
fn course_file(name: &str) -> anyhow::Result<String> {
    if let Some(programme) = programme(name) {
        return Ok(programme.file.to_owned());
    }
    match std::fs::read_to_string(name) {
        Ok(file) => Ok(file),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let known: Vec<&str> = PROGRAMMES.iter().map(|programme| programme.id).collect();
            let unknown = Message::new("cli-demo-unknown").with("name", name);
            Err(exit::usage(in_words(&unknown.with("programmes", known.join(", ")))))
        }
        Err(error) => Err(error).with_context(|| out::reading(name)),
    }
}

impl Made {
    /// Prints the statements, one a line, until the output is closed.
    fn print(self) -> anyhow::Result<()> {
        Ok(self.write_statements(&mut BufWriter::new(Out)).map(drop)?)
    }

    fn write(self, folder: &Path) -> anyhow::Result<()> {
        let cannot = |name: &Path| out::writing(name.display());
        std::fs::create_dir_all(folder).with_context(|| cannot(folder))?;
        let [course, learners, statements] = FILES;
        for (name, text) in [(course, &self.file), (learners, &self.list)] {
            let name = folder.join(name);
            std::fs::write(&name, text).with_context(|| cannot(&name))?;
        }
        let name = folder.join(statements);
        let file = File::create(&name).with_context(|| cannot(&name))?;
        let course = self.course.id().to_owned();
        let count =
            self.write_statements(&mut BufWriter::new(file)).with_context(|| cannot(&name))?;
        let folder = folder.display();
        let written = Message::new("cli-demo-written").with("course", course);
        Ok(said(&written.with("count", count).with("folder", folder))?)
    }

    fn write_statements(self, to: &mut impl Write) -> std::io::Result<u64> {
        let mut count = 0;
        for statement in self.statements {
            writeln!(to, "{statement}")?;
            count += 1;
        }
        to.flush()?;
        Ok(count)
    }

    async fn load(self, client: &Client) -> anyhow::Result<()> {
        let Self { file, course, list, mut statements } = self;
        let course = course.id();
        let path = format!("/api/v1/courses/{}", encoded(course));
        let put = |path: &str, kind: &str, body: String| {
            client.request(Method::PUT, path).header(CONTENT_TYPE, kind).body(body)
        };
        client
            .bytes(put(&path, "application/toml", file))
            .await
            .with_context(|| in_words(&Message::new("cli-demo-loading")))?;
        let learners = put(&format!("{path}/learners"), "text/csv", list);
        client
            .bytes(learners)
            .await
            .with_context(|| in_words(&Message::new("cli-demo-enrolling")))?;
        let mut count = 0;
        loop {
            let batch: Vec<Value> = statements.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            count += batch.len();
            let request = client
                .request(Method::POST, "/xapi/statements")
                .header("X-Experience-API-Version", "1.0.3")
                .json(&batch);
            client
                .bytes(request)
                .await
                .with_context(|| in_words(&Message::new("cli-demo-sending")))?;
        }
        let loaded = Message::new("cli-demo-loaded").with("course", course);
        Ok(said(&loaded.with("count", count))?)
    }
}
