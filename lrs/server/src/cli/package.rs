//! `traccia package`

use std::fs::File;
use std::io::{BufReader, BufWriter, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use clap::{Args, Subcommand, ValueEnum};
use package::{Limits, Mirror, Report, Severity, Shimmed};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::client::{Target, member};
use super::exit::{self, Exit};
use super::hosted::Hosted;
use super::out::{self, in_words, note, noted, say};
use http_api::packages::PackageWords;
use texts::Message;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Package {
    /// Say what SCORM, cmi5 and xAPI packages are, what they will report and what is wrong with them;
    /// ends with 3 where there are errors. Needs no server
    Check {
        /// The packages: each a zip, or a cmi5.xml; - is standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        /// The language of the findings
        #[arg(long, value_enum, default_value = "it")]
        lang: Language,
    },
    /// Write a SCORM package that runs where it ran before, and reports to Traccia as well. Makes a
    /// key for it, bound to its activity, unless one is given
    Shim(Box<Shim>),
    #[command(flatten)]
    Hosted(Hosted),
}

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Shim {
    /// The package, as the authoring tool exported it
    file: PathBuf,
    /// The package to write
    #[arg(long, short)]
    output: PathBuf,
    /// The IRI of the course, such as the address of its page in Moodle; a SCO is below it
    #[arg(long)]
    activity: String,
    /// Traccia's address as the learners' browsers reach it
    #[arg(long, env = "TRACCIA_URL")]
    server: Url,
    /// The home page of the learners' accounts, such as that of Moodle; that of the platform's pages
    /// if missing, and then the key is not bound to it
    #[arg(long)]
    home_page: Option<String>,
    /// A key with the scope `all`, as KEY:SECRET: it makes the package's key and is not written
    #[arg(long, env = "TRACCIA_KEY", hide_env_values = true)]
    key: Option<String>,
    /// The package's key, as KEY:SECRET: it is written, and every learner can read it
    #[arg(long, hide_env_values = true)]
    package_key: Option<String>,
    /// Ask the platform nothing that the content does not ask: without the learner's id nothing is
    /// reported
    #[arg(long)]
    passive: bool,
    /// The language of the findings
    #[arg(long, value_enum, default_value = "it")]
    lang: Language,
}

/// How to print findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Sarif,
}

/// A language of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    It,
    En,
}

impl Package {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check { files, format, lang } => {
                let checking = tokio::task::spawn_blocking(move || check_all(&files, format, lang));
                Ok(checking.await??.into())
            }
            Self::Shim(shim) => shim.run().await,
            Self::Hosted(hosted) => hosted.run().await,
        }
    }
}

impl Shim {
    async fn run(self) -> anyhow::Result<ExitCode> {
        self.refuse_unusable()?;
        // Before a key is made for what cannot be written.
        let (file, lang) = (self.file.clone(), self.lang);
        let looking = tokio::task::spawn_blocking(move || {
            let report = package::shim_refusal(opened(&file)?, &Limits::default())?;
            report.map_or(Ok(false), |report| tell(&report, &file, lang).map(|()| true))
        });
        if looking.await?? {
            return Ok(Exit::Refused.into());
        }
        let output = self.output.display().to_string();
        let made = File::create_new(&self.output).with_context(|| out::writing(&output))?;
        let key = match &self.package_key {
            Some(key) => self.given_key(key).await.map(|()| key.clone()),
            None => self.new_key().await,
        };
        let key = key.inspect_err(|_| {
            // The file is empty. Where it cannot be removed, the error says the more.
            let _ = std::fs::remove_file(&self.output);
        })?;
        let server = self.server.as_str().trim_end_matches('/');
        let mirror = Mirror {
            endpoint: format!("{server}/xapi"),
            exchange: format!("{server}{}", http_api::api::packages::TICKET),
            authorization: format!("Basic {}", STANDARD.encode(&key)),
            activity: self.activity,
            home_page: self.home_page,
            is_passive: self.passive,
        };
        let (file, output) = (self.file, self.output);
        let name = file.display().to_string();
        let writing =
            tokio::task::spawn_blocking(move || write(&file, (made, &output), &mirror, lang));
        let Some(shimmed) = writing.await?? else { return Ok(Exit::Refused.into()) };
        shimmed.scos.iter().try_for_each(|sco| say!("{sco}"))?;
        let words = PackageWords::of(lang == Language::It);
        let found = package::findings(&shimmed.report, &name, &words, Severity::Warning);
        if !found.is_empty() {
            note!("{}", found.trim_end());
            noted(&Message::new("hosted-told-written-all-the-same"));
        }
        Ok(Exit::Done.into())
    }

    /// Refuses options that no package can be written by.
    fn refuse_unusable(&self) -> anyhow::Result<()> {
        if self.output.exists() {
            let exists = Message::new("cli-package-exists").with("name", self.output.display());
            return Err(exit::usage(in_words(&exists)));
        }
        for (option, address) in [
            ("--activity", Some(&self.activity)),
            ("--home-page", self.home_page.as_ref()),
            ("--server", Some(&self.server.to_string())),
        ] {
            let is_whole = |it: &String| {
                Url::parse(it).is_ok_and(|url| option != "--server" || url.has_host())
            };
            if let Some(address) = address.filter(|it| !is_whole(it)) {
                let partial = Message::new("cli-package-address").with("option", option);
                return Err(exit::usage(in_words(&partial.with("address", address))));
            }
        }
        // A SCO's IRI is made of the course's, `/` and the item's identifier.
        if self.activity.ends_with('/') || self.activity.contains('#') {
            let below = Message::new("cli-package-below").with("activity", &self.activity);
            return Err(exit::usage(in_words(&below)));
        }
        if self.package_key.as_ref().is_some_and(|key| !key.contains(':')) {
            return Err(exit::usage(in_words(&Message::new("cli-package-key-form"))));
        }
        Ok(())
    }

    /// Refuses a key that may do more than send statements, for every learner can read what is written into a package;
    /// says so of one that may send any.
    async fn given_key(&self, key: &str) -> anyhow::Result<()> {
        let client = Target::new(self.server.clone(), key.to_owned()).client()?;
        let known = client.get("/whoami").await?;
        let array = |at: &str| known.pointer(at).and_then(Value::as_array);
        let scopes: Vec<&str> =
            array("/scopes").into_iter().flatten().filter_map(Value::as_str).collect();
        if scopes != ["statements/write"] {
            let wide = Message::new("cli-package-key-scopes").with("key", member(&known, "key"));
            return Err(exit::usage(in_words(&wide.with("scopes", scopes.join(", ")))));
        }
        if array("/bounds/activities").is_none_or(Vec::is_empty) {
            noted(&Message::new("hosted-told-key-unbound").with("key", member(&known, "key")));
        }
        Ok(())
    }

    /// A key that can do nothing but send statements of this package.
    async fn new_key(&self) -> anyhow::Result<String> {
        let Some(key) = self.key.clone() else {
            return Err(exit::usage(in_words(&Message::new("cli-package-no-key"))));
        };
        let client = Target::new(self.server.clone(), key).client()?;
        let home_pages: Vec<&String> = self.home_page.iter().collect();
        let new = json!({
            "label": format!("package {}", self.file.display()),
            "scopes": ["statements/write"],
            "bounds": {"activities": [self.activity], "home_pages": home_pages},
        });
        let made = client.json(client.request(Method::POST, "/api/v1/keys").json(&new)).await?;
        noted(&Message::new("hosted-told-key").with("key", member(&made, "key")));
        Ok(format!("{}:{}", member(&made, "key"), member(&made, "secret")))
    }
}

fn opened(path: &Path) -> anyhow::Result<BufReader<File>> {
    let file = File::open(path).with_context(|| out::opening(path.display()))?;
    Ok(BufReader::with_capacity(16 * 1024, file))
}

/// Says why a package is refused.
fn tell(report: &Report, path: &Path, lang: Language) -> anyhow::Result<()> {
    let (name, words) = (path.display().to_string(), PackageWords::of(lang == Language::It));
    let found = package::findings(report, &name, &words, Severity::Error);
    Ok(out::bytes(found.as_bytes(), true)?)
}

/// Writes the package. Nothing where it is refused, which was said.
fn write(
    path: &Path,
    (made, output): (File, &Path),
    mirror: &Mirror,
    lang: Language,
) -> anyhow::Result<Option<Shimmed>> {
    let made = BufWriter::new(made);
    let written = package::shim(opened(path)?, made, &Limits::default(), mirror);
    if !matches!(written, Ok(Ok(_))) {
        // Half a package is none. Where the file cannot be removed, the error says the more.
        let _ = std::fs::remove_file(output);
    }
    match written.with_context(|| out::writing(output.display()))? {
        Ok(shimmed) => Ok(Some(shimmed)),
        Err(report) => tell(&report, path, lang).map(|()| None),
    }
}

/// Checks packages one after the other. Of those that cannot be read it is said why, and the others are checked.
fn check_all(files: &[PathBuf], format: Format, lang: Language) -> anyhow::Result<Exit> {
    let words = PackageWords::of(lang == Language::It);
    let (mut exit, mut values) = (Exit::Done, Vec::new());
    for path in files {
        let name = if is_input(path) { "stdin".to_owned() } else { path.display().to_string() };
        let report = match check(path).with_context(|| out::reading(&name)) {
            Ok(report) => report,
            Err(error) if files.len() == 1 => return Err(error),
            Err(error) => {
                note!("traccia: {}", exit::told(&error));
                exit = Exit::Failed;
                continue;
            }
        };
        if report.findings.count(Severity::Error) > 0 && exit == Exit::Done {
            exit = Exit::Refused;
        }
        match format {
            Format::Text => out::bytes(package::text(&report, &name, &words).as_bytes(), true)?,
            Format::Json => values.push((name, package::json(&report, &words))),
            Format::Sarif => values.push((name.clone(), package::sarif(&report, &name, &words))),
        }
    }
    match format {
        Format::Text => {}
        Format::Json => say!("{:#}", listed(values))?,
        Format::Sarif => say!("{:#}", in_one(values))?,
    }
    Ok(exit)
}

/// The report of one package, or those of several in a list, each with its `file`.
fn listed(mut values: Vec<(String, Value)>) -> Value {
    if values.len() == 1 {
        return values.pop().map(|(_, value)| value).unwrap_or_default();
    }
    let named = |(file, mut value): (String, Value)| {
        if let Some(members) = value.as_object_mut() {
            members.insert("file".to_owned(), json!(file));
        }
        value
    };
    values.into_iter().map(named).collect()
}

/// One log of all runs.
fn in_one(values: Vec<(String, Value)>) -> Value {
    let mut logs = values.into_iter().map(|(_, log)| log);
    let mut first = logs.next().unwrap_or_default();
    let more = logs.filter_map(|mut log| log.get_mut("runs").map(Value::take));
    let more: Vec<Value> = more.filter_map(|runs| runs.as_array().cloned()).flatten().collect();
    if let Some(runs) = first.get_mut("runs").and_then(Value::as_array_mut) {
        runs.extend(more);
    }
    first
}

fn is_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn check(path: &Path) -> std::io::Result<Report> {
    if !is_input(path) {
        return package::check(
            BufReader::with_capacity(16 * 1024, File::open(path)?),
            &Limits::default(),
        );
    }
    // A zip is read from its end: what comes in goes to a file first.
    let mut file = tempfile::tempfile()?;
    std::io::copy(&mut std::io::stdin(), &mut file)?;
    file.seek(SeekFrom::Start(0))?;
    package::check(BufReader::with_capacity(16 * 1024, file), &Limits::default())
}
