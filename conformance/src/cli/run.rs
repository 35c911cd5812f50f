//! `run`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use crate::case::Case;
use crate::known::Known;
use crate::lrs::{Credentials, Target};
use crate::report::{self, Format};
use crate::result::{Outcome, Run};
use crate::runner::{self, Options, Server};
use crate::transport::Http;
use crate::{Version, probe, suite};

#[derive(Args)]
pub(super) struct Arguments {
    /// The address below which the resources are, such as <https://lrs.example.org/xapi>
    #[arg(long)]
    endpoint: String,
    /// The user name; leave it out for a server that asks for none.
    #[arg(long, env = "XAPI_USER")]
    user: Option<String>,
    /// The password.
    #[arg(long, env = "XAPI_PASSWORD", hide_env_values = true, default_value = "")]
    password: String,
    /// A second user who may read statements and nothing else, for the cases about 403.
    #[arg(long, env = "XAPI_READER_USER")]
    reader_user: Option<String>,
    /// The second user's password.
    #[arg(long, env = "XAPI_READER_PASSWORD", hide_env_values = true, default_value = "")]
    reader_password: String,
    /// The version to test.
    #[arg(long, value_enum, default_value = "both")]
    version: Versions,
    /// An area, the id of a case or requirement, or a regular expression.
    #[arg(long)]
    select: Option<String>,
    /// How many cases run at once.
    #[arg(long, default_value_t = 8)]
    jobs: usize,
    /// Reports to write: json=FILE, junit=FILE, html=FILE, separated by commas.
    #[arg(long, value_delimiter = ',')]
    report: Vec<String>,
    /// A file of failures that are expected, each with its reason.
    #[arg(long)]
    known: Option<PathBuf>,
    /// Let missed recommendations fail the run as well.
    #[arg(long)]
    strict: bool,
    /// Seconds that one answer may take.
    #[arg(long, default_value_t = 20)]
    timeout: u64,
    /// Seconds that a stored statement may take to become visible.
    #[arg(long, default_value_t = 5)]
    settle: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Versions {
    #[value(name = "1.0.3")]
    One,
    #[value(name = "2.0.0")]
    Two,
    Both,
}

/// All that a run needs, read and checked.
struct Plan {
    server: Server,
    cases: Vec<Case>,
    known: Known,
    options: Options,
    versions: Vec<Version>,
    reports: Vec<(Format, PathBuf)>,
}

impl Arguments {
    pub(super) async fn run(self, now: Timestamp) -> ExitCode {
        let plan = match self.plan() {
            Ok(plan) => plan,
            Err(reason) => return super::could_not(&reason),
        };
        for version in &plan.versions {
            if let Err(reason) = probe::probe(&plan.server, *version).await {
                return super::could_not(&reason);
            }
        }
        let run = execute(&plan, now).await;
        print!("{}", report::text(&run, self.strict));
        for (format, path) in &plan.reports {
            if let Err(error) = std::fs::write(path, format.render(&run)) {
                return super::could_not(&format!("{}: {error}", path.display()));
            }
        }
        ExitCode::from(run.exit_code(self.strict))
    }

    fn plan(&self) -> Result<Plan, String> {
        let who = |user: &Option<String>, password: &str| {
            let with =
                |user: &String| Credentials { user: user.clone(), password: password.to_owned() };
            user.as_ref().map(with)
        };
        let mut target = Target::new(&self.endpoint)?;
        target.credentials = who(&self.user, &self.password);
        target.reader = who(&self.reader_user, &self.reader_password);
        target.settle = Duration::from_secs(self.settle);
        let transport = Http::new(Duration::from_secs(self.timeout)).map_err(|e| e.to_string())?;
        let known = match &self.known {
            None => Known::default(),
            Some(path) => {
                let told = |error: String| format!("{}: {error}", path.display());
                let text =
                    std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
                Known::parse(&text).map_err(told)?
            }
        };
        Ok(Plan {
            server: Server { target: Arc::new(target), transport: Arc::new(transport) },
            cases: self
                .select
                .as_deref()
                .map_or_else(|| Ok(suite::cases().to_vec()), suite::select)?,
            known,
            options: Options { jobs: self.jobs, ..Options::default() },
            versions: match self.version {
                Versions::One => vec![Version::One],
                Versions::Two => vec![Version::Two],
                Versions::Both => Version::ALL.to_vec(),
            },
            reports: self
                .report
                .iter()
                .map(|text| Format::parse(text))
                .collect::<Result<_, _>>()?,
        })
    }
}

async fn execute(plan: &Plan, now: Timestamp) -> Run {
    let mut run = Run {
        endpoint: plan.server.target.endpoint.to_string(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        started: now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        cases: Vec::new(),
        ended_early: None,
    };
    for version in &plan.versions {
        let count = plan.cases.iter().filter(|case| case.versions.contains(version)).count();
        let bar = bar(count, *version);
        let step = |_: &_| bar.inc(1);
        let (server, options) = (&plan.server, &plan.options);
        let found = runner::run(server, *version, &plan.cases, &plan.known, options, step).await;
        bar.finish_and_clear();
        let lost = found.iter().any(|case| case.outcome == Outcome::NotRun);
        run.cases.extend(found);
        if lost {
            run.ended_early = Some("the server does not answer any more".to_owned());
            break;
        }
    }
    run
}

fn bar(count: usize, version: Version) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{prefix} {bar:40} {pos}/{len} {elapsed}");
    let bar = ProgressBar::new(count.try_into().unwrap_or(u64::MAX));
    let bar = bar.with_prefix(format!("xAPI {version}"));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
