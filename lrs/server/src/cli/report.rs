//! `traccia report`

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use reqwest::Method;

use super::client::{Target, encoded, language_of_terminal};
use super::exit;
use super::out::{self, in_words};
use course::Language;
use texts::Message;

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// The course's id
    course: String,
    #[arg(value_name = "REPORT", help = format!("One of {}", report::reports::names()))]
    name: String,
    /// What rows are told apart by: any of module, activity, region, province, body,
    /// `population_class`, role, office, edition (or in Italian: modulo, regione, ente …) and further
    /// columns of the list of learners, separated by commas
    #[arg(long)]
    by: Option<String>,
    /// As it was at the end of this day, such as 2026-05-04
    #[arg(long)]
    at: Option<String>,
    /// Only the learner of this id
    #[arg(long)]
    learner: Option<String>,
    /// Only learners of this region
    #[arg(long)]
    region: Option<String>,
    /// Only learners of this province
    #[arg(long)]
    province: Option<String>,
    /// Only learners of this body, by name or ISTAT code
    #[arg(long)]
    body: Option<String>,
    /// Only learners in this role
    #[arg(long)]
    role: Option<String>,
    /// Only learners of this office
    #[arg(long)]
    office: Option<String>,
    /// Only learners of this edition
    #[arg(long)]
    edition: Option<String>,
    /// Of matrix: activities too
    #[arg(long)]
    expand: bool,
    /// Of register: the sheet to sign at one session, as SESSION or EVENT/SESSION
    #[arg(long)]
    session: Option<String>,
    /// Show figures of fewer than five people too: not for publication
    #[arg(long)]
    small_groups: bool,
    #[command(flatten)]
    rendering: Rendering,
    #[command(flatten)]
    target: Target,
}

/// How a table is written, and where to.
#[derive(Debug, Args)]
pub(super) struct Rendering {
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The language of headings; that of the terminal when missing
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// Of text: how many characters a line may have, 0 for any number; the terminal's width when
    /// missing, else 80
    #[arg(long)]
    width: Option<usize>,
    /// The file to write to instead of printing
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    #[value(alias = "table")]
    Text,
    Json,
    Csv,
    Xlsx,
    Html,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Lang {
    It,
    En,
}

impl Lang {
    /// The language asked for, else that of the terminal.
    pub(super) fn language(asked: Option<Self>) -> Language {
        match asked {
            Some(Self::It) => Language::It,
            Some(Self::En) => Language::En,
            None => language_of_terminal(),
        }
    }

    /// [`Lang::language`] as parameters write it.
    pub(super) fn of_terminal(asked: Option<Self>) -> &'static str {
        Self::language(asked).tag()
    }
}

impl Rendering {
    /// Asks for what is at `path`, with `parameters`, and writes the answer.
    pub(super) async fn get(
        &self,
        target: Target,
        path: &str,
        parameters: &[(&str, Option<String>)],
    ) -> anyhow::Result<ExitCode> {
        let format = match self.format {
            Format::Text => "text",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Html => "html",
        };
        let to_terminal = self.output.is_none() && std::io::stdout().is_terminal();
        if self.format == Format::Xlsx && to_terminal {
            return Err(exit::usage(in_words(&Message::new("cli-report-workbook"))));
        }
        let width = self.width.or_else(terminal_width).filter(|_| self.format == Format::Text);
        let own = [
            ("format", Some(format.to_owned())),
            ("lang", Some(Lang::of_terminal(self.lang).to_owned())),
            ("width", width.map(|width| width.to_string())),
        ];
        let all = parameters.iter().chain(&own);
        let query: Vec<String> = all
            .filter_map(|(name, value)| Some(format!("{name}={}", encoded(value.as_ref()?))))
            .collect();
        let client = target.client()?;
        let address = format!("{path}?{}", query.join("&"));
        let bytes = client.patiently(|| client.request(Method::GET, &address)).await?;
        match &self.output {
            None if self.format != Format::Xlsx => out::bytes(&bytes, true)?,
            output => out::to(output.as_deref(), &bytes)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The columns of the terminal that the report is printed on.
fn terminal_width() -> Option<usize> {
    std::io::stdout().is_terminal().then(|| usize::from(console::Term::stdout().size().1))
}

impl Report {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let path =
            format!("/api/v1/courses/{}/reports/{}", encoded(&self.course), encoded(&self.name));
        let parameters = [
            ("by", self.by),
            ("at", self.at),
            ("learner", self.learner),
            ("region", self.region),
            ("province", self.province),
            ("body", self.body),
            ("role", self.role),
            ("office", self.office),
            ("edition", self.edition),
            ("expand", self.expand.then(|| "true".to_owned())),
            ("session", self.session),
            ("small_groups", self.small_groups.then(|| "true".to_owned())),
        ];
        self.rendering.get(self.target, &path, &parameters).await
    }
}
