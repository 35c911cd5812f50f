//! `traccia package`

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use clap::{Args, Subcommand, ValueEnum};
use package::{Limits, Mirror, Report, Severity, Shimmed};
use reqwest::{Method, Url};
use serde_json::json;

use super::client::{Target, member};
use super::exit::{self, Exit};
use super::hosted::Hosted;
use super::out::{self, note, say};
use http_api::packages::PackageWords;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Package {
    /// Say what a SCORM, cmi5 or xAPI package is, what it will report and what is wrong with it;
    /// ends with 3 where there are errors. Needs no server
    Check {
        /// The package: a zip, or a cmi5.xml
        file: PathBuf,
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
            Self::Check { file, format, lang } => {
                let checking = tokio::task::spawn_blocking(move || check(&file, format, lang));
                Ok(checking.await??.into())
            }
            Self::Shim(shim) => shim.run().await,
            Self::Hosted(hosted) => hosted.run().await,
        }
    }
}

impl Shim {
    async fn run(self) -> anyhow::Result<ExitCode> {
        if self.output.exists() {
            let name = self.output.display();
            return Err(exit::usage(format!("{name} is there already: choose another --output")));
        }
        if Url::parse(&self.activity).is_err() {
            return Err(exit::usage("--activity is no whole address, such as https://…"));
        }
        if self.package_key.as_ref().is_some_and(|key| !key.contains(':')) {
            return Err(exit::usage("--package-key is written as NAME:SECRET"));
        }
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
        let made = File::create_new(&self.output).with_context(|| format!("writing {output}"))?;
        let key = match &self.package_key {
            Some(key) => Ok(key.clone()),
            None => self.new_key().await,
        };
        let key = key.inspect_err(|_| {
            // The file is empty. Where it cannot be removed, the error says the more.
            let _ = std::fs::remove_file(&self.output);
        })?;
        let server = self.server.as_str().trim_end_matches('/');
        let mirror = Mirror {
            endpoint: format!("{server}/xapi"),
            authorization: format!("Basic {}", STANDARD.encode(&key)),
            activity: self.activity,
            home_page: self.home_page,
            is_passive: self.passive,
        };
        let (file, output) = (self.file, self.output);
        let writing =
            tokio::task::spawn_blocking(move || write(&file, (made, &output), &mirror, lang));
        let Some(shimmed) = writing.await?? else { return Ok(Exit::Refused.into()) };
        shimmed.scos.iter().try_for_each(|sco| say!("{sco}"))?;
        Ok(Exit::Done.into())
    }

    /// A key that can do nothing but send statements of this package.
    async fn new_key(&self) -> anyhow::Result<String> {
        let Some(key) = self.key.clone() else {
            return Err(exit::usage(
                "give --key, which makes a key for the package, or --package-key",
            ));
        };
        let client = Target::new(self.server.clone(), key).client()?;
        let home_pages: Vec<&String> = self.home_page.iter().collect();
        let new = json!({
            "label": format!("package {}", self.file.display()),
            "scopes": ["statements/write"],
            "bounds": {"activities": [self.activity], "home_pages": home_pages},
        });
        let made = client.json(client.request(Method::POST, "/api/v1/keys").json(&new)).await?;
        note!("The package has the key {}; `traccia key revoke` ends it.", member(&made, "key"));
        Ok(format!("{}:{}", member(&made, "key"), member(&made, "secret")))
    }
}

fn opened(path: &Path) -> anyhow::Result<BufReader<File>> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    Ok(BufReader::with_capacity(16 * 1024, file))
}

/// Says why a package is refused.
fn tell(report: &Report, path: &Path, lang: Language) -> anyhow::Result<()> {
    let (name, words) = (path.display().to_string(), PackageWords::of(lang == Language::It));
    Ok(out::bytes(package::text(report, &name, &words).as_bytes(), true)?)
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
    match written.with_context(|| format!("writing {}", output.display()))? {
        Ok(shimmed) => Ok(Some(shimmed)),
        Err(report) => tell(&report, path, lang).map(|()| None),
    }
}

fn check(path: &Path, format: Format, lang: Language) -> anyhow::Result<Exit> {
    let name = path.display().to_string();
    let report = package::check(opened(path)?, &Limits::default());
    let report = report.with_context(|| format!("reading {name}"))?;
    let words = PackageWords::of(lang == Language::It);
    match format {
        Format::Text => out::bytes(package::text(&report, &name, &words).as_bytes(), true)?,
        Format::Json => say!("{:#}", package::json(&report, &words))?,
        Format::Sarif => say!("{:#}", package::sarif(&report, &name, &words))?,
    }
    let has_errors = report.findings.count(Severity::Error) > 0;
    Ok(if has_errors { Exit::Refused } else { Exit::Done })
}
