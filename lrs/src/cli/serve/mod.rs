//! `traccia serve`

mod demo;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::config::{Flags, Settings};
use crate::stop;

/// How long after it is asked to stop the process ends in any case: who asks kills it after ten
/// seconds, and requests are waited for a little less long.
const FAREWELL: Duration = Duration::from_millis(9_500);
const SEED: &str = "TRACCIA_SEED_KEY";

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The folder with everything that is kept [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// The storage engine: sqlite:FOLDER or a `mongodb:` URI with a database [default: sqlite in --data]
    #[arg(long, value_name = "URI")]
    store: Option<String>,
    /// A TOML file with settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The xAPI version of those who do not say theirs: 1.0.3 or 2.0.0 [default: 1.0.3]
    #[arg(long, value_name = "V")]
    default_version: Option<String>,
    /// Refuse what xAPI leaves to the server: parameters that players append to every request
    #[arg(long)]
    strict: bool,
    /// Load the programme prog-2796 with a made-up cohort, unless it is there
    #[arg(long)]
    demo: bool,
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let filter = EnvFilter::try_from_env("TRACCIA_LOG").unwrap_or_else(|_| "info".into());
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
        let flags = Flags {
            data: self.data,
            listen: self.listen,
            store: self.store,
            default_version: self.default_version,
            strict: self.strict,
        };
        let stop = stop::asked(FAREWELL).context("listening for signals")?;
        let settings = Settings::load(self.config.as_deref(), &flags)?;
        let app = App::start(&settings).await?;
        let seed = seed_key()?;
        if let Some(seed) = &seed {
            app.seed_key(seed).await?;
        }
        if self.demo {
            demo::load(app.progress(), &app.record(), app.base_url())
                .await
                .context("loading the demo")?;
        }
        println!("Traccia listens on {}", app.base_url());
        println!("xAPI endpoint      {}/xapi", app.base_url());
        match seed {
            Some(seed) if self.demo => println!("key:secret         {seed}"),
            Some(_) => {}
            None => println!("No {SEED} was given; keys made before work."),
        }
        app.serve(stop).await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The seed key, from the variable or the file it may name.
fn seed_key() -> anyhow::Result<Option<String>> {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    if let Some(seed) = variable(SEED) {
        return Ok(Some(seed));
    }
    let Some(file) = variable(&format!("{SEED}_FILE")) else { return Ok(None) };
    let seed =
        std::fs::read_to_string(&file).with_context(|| format!("reading {SEED}_FILE {file}"))?;
    Ok(Some(seed.trim().to_owned()))
}
