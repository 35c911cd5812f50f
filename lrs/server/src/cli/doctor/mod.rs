//! `traccia doctor`: what is wrong with a set-up, and what to do.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::json;
use texts::Texts;

use super::exit::Exit;
use super::out::say;
use super::place::Place;
use super::report::Lang;
use crate::clock::SystemClock;
use crate::config::{Flags, Settings};
use xapi::clock::Clock;

mod ask;
mod machine;
mod outside;

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    place: Place,
    /// A Moodle that sends here, such as <https://moodle.example.it>: whether this machine reaches it, and their clocks agree
    #[arg(long, value_name = "URL")]
    moodle: Option<reqwest::Url>,
    /// The language of what is found; that of the terminal when missing
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// How to print what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// As it should be.
    Fine,
    /// It works, and should be looked at.
    Warning,
    /// It does not work.
    Fault,
}

impl Level {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warning => "warning",
            Self::Fault => "fault",
        }
    }
}

/// What was found in one place.
#[derive(Debug)]
struct Finding {
    /// What was looked at, for programs.
    check: &'static str,
    level: Level,
    /// The message of the catalogue; its attribute `remedy` says what to do, where something is to be done.
    text: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Finding {
    const fn new(check: &'static str, level: Level, text: &'static str) -> Self {
        Self { check, level, text, values: Vec::new() }
    }

    const fn fine(check: &'static str, text: &'static str) -> Self {
        Self::new(check, Level::Fine, text)
    }

    const fn warning(check: &'static str, text: &'static str) -> Self {
        Self::new(check, Level::Warning, text)
    }

    const fn fault(check: &'static str, text: &'static str) -> Self {
        Self::new(check, Level::Fault, text)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers give numbers and errors as they are"
    )]
    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    fn said(&self, texts: &Texts) -> String {
        texts.say(self.text, &self.values(texts)).unwrap_or_else(|| self.text.to_owned())
    }

    fn remedy(&self, texts: &Texts) -> Option<String> {
        texts.say(&format!("{}.remedy", self.text), &self.values(texts))
    }

    /// The values, of which some are what errors say.
    fn values(&self, texts: &Texts) -> Vec<(&'static str, String)> {
        let said = |(name, value): &(_, String)| (*name, texts.of_english(value).into_owned());
        self.values.iter().map(said).collect()
    }
}

impl Doctor {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let texts = Lang::language(self.lang).texts();
        let findings = match self.place.settings(Flags::default()) {
            Ok(settings) => found(&settings, self.moodle.as_ref()).await?,
            Err(error) => {
                vec![Finding::fault("settings", "doctor-settings-bad").with("reason", error)]
            }
        };
        match self.format {
            Format::Text => print(&findings, texts)?,
            Format::Json => say!("{}", as_json(&findings, texts)?)?,
        }
        let is_bad = findings.iter().any(|finding| finding.level == Level::Fault);
        Ok(if is_bad { Exit::No } else { Exit::Done }.into())
    }
}

/// Everything that was looked at.
async fn found(settings: &Settings, moodle: Option<&reqwest::Url>) -> anyhow::Result<Vec<Finding>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut findings = machine::settings(settings);
    let asking = ask::Asking::new()?;
    let server = outside::server(settings, &asking).await;
    let is_running = server.is_running;
    findings.extend(server.findings);
    findings.extend(machine::store(settings, is_running, &clock).await);
    findings.extend(machine::folders(settings));
    findings.extend(machine::certificate(settings, &clock));
    findings.extend(outside::base_url(settings, &asking, is_running).await);
    findings.extend(outside::content(settings, &asking).await);
    findings.extend(outside::others(settings, &asking, moodle, &clock).await);
    findings.extend(outside::clamd(settings).await);
    Ok(findings)
}

fn print(findings: &[Finding], texts: &Texts) -> std::io::Result<()> {
    for finding in findings {
        let level = texts.say(
            match finding.level {
                Level::Fine => "doctor-level-fine",
                Level::Warning => "doctor-level-warning",
                Level::Fault => "doctor-level-fault",
            },
            &[],
        );
        let level = level.unwrap_or_else(|| finding.level.as_str().to_owned());
        say!("{level:<10} {:<12} {}", finding.check, finding.said(texts))?;
        if let Some(remedy) = finding.remedy(texts) {
            say!("{:<23} -> {remedy}", "")?;
        }
    }
    Ok(())
}

fn as_json(findings: &[Finding], texts: &Texts) -> serde_json::Result<String> {
    let checks: Vec<_> = findings
        .iter()
        .map(|finding| {
            json!({
                "check": finding.check,
                "level": finding.level.as_str(),
                "code": finding.text,
                "text": finding.said(texts),
                "remedy": finding.remedy(texts),
            })
        })
        .collect();
    let count = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
    let all = json!({
        "checks": checks,
        "faults": count(Level::Fault),
        "warnings": count(Level::Warning),
    });
    serde_json::to_string_pretty(&all)
}
