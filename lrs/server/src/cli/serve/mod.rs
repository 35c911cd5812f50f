//! `traccia serve`

mod demo;
mod lines;
mod log;
mod supervisor;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use super::client::language_of_terminal;
use super::exit::Exit;
use super::out::{in_words, noted, reading, said, say};
use super::place::Place;
use crate::app::App;
use crate::config::Flags;
use crate::stop;
use service::keys::First;
use texts::Message;

/// How long after it is asked to stop the process ends in any case: containers are killed after ten
/// seconds, and requests are waited for a little less long.
const FAREWELL: Duration = Duration::from_millis(9_500);
const SEED: &str = "TRACCIA_SEED_KEY";

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    place: Place,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// The xAPI version of those who do not say theirs: 1.0.3 or 2.0.0 [default: 1.0.3]
    #[arg(long, value_name = "V")]
    default_version: Option<String>,
    /// Keep statements as tables for data teams in this folder, or in a bucket as `s3://BUCKET/PREFIX`, each day's once the
    /// day is over
    #[arg(long, value_name = "FOLDER")]
    datasets: Option<PathBuf>,
    /// Refuse what xAPI leaves to the server: parameters that players append to every request
    #[arg(long)]
    strict: bool,
    /// How the log is written
    #[arg(long, value_name = "FORMAT", env = "TRACCIA_LOG_FORMAT", default_value = "text")]
    log_format: log::Format,
    /// Load the programme prog-2796 with a made-up cohort, unless it is there
    #[arg(long)]
    demo: bool,
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        // What was logged is written when this goes, at the end.
        let _log = log::to_stderr(self.log_format)?;
        let (listen, default_version, strict) = (self.listen, self.default_version, self.strict);
        let datasets = self.datasets;
        let flags = Flags { listen, default_version, datasets, strict, ..Flags::default() };
        let stop =
            stop::asked(FAREWELL).with_context(|| in_words(&Message::new("cli-serve-signals")))?;
        let settings = self.place.settings(flags)?;
        let app = App::start(&settings).await?;
        let seed = seed_key()?;
        if let Some(seed) = &seed {
            app.seed_key(seed).await?;
        }
        if self.demo {
            demo::load(app.progress(), app.record(), app.base_url())
                .await
                .with_context(|| in_words(&Message::new("cli-serve-demo")))?;
        }
        // Standard output may be closed; the server runs all the same.
        let _ = announce(&app);
        match seed {
            Some(seed) if self.demo => {
                drop(say!("key:secret         {seed}"));
                setup(&app).await?;
            }
            Some(_) => {}
            None if supervisor::is_logged() => no_first_key(&app).await?,
            None => first_key(&app).await?,
        }
        supervisor::ready().await;
        app.serve(supervisor::told_of(stop)).await?;
        Ok(Exit::Done.into())
    }
}

/// Says where the server listens and, where that is another place, where it is seen from outside.
fn announce(app: &App) -> std::io::Result<()> {
    let socket = format!("{}://{}", app.scheme(), app.socket());
    say!("Traccia listens on {socket}")?;
    if crate::web::is_built() {
        say!("open in a browser  {}/", app.base_url())?;
    }
    if app.base_url() != socket {
        say!("seen from outside  {}", app.base_url())?;
    }
    say!("xAPI endpoint      {}/xapi", app.base_url())?;
    match app.content().place() {
        Ok(url) => say!("packages play at   {url}"),
        Err(off) => {
            let why = off.to_string();
            say!("packages are off   {}", language_of_terminal().texts().of_english(&why))
        }
    }
}

/// Shows the link by which the first administrator signs in, where nobody is there.
async fn setup(app: &App) -> anyhow::Result<()> {
    let Some(link) = app.setup_link().await? else { return Ok(()) };
    // A link that could not be shown is good for a day, and known to nobody.
    let _ = say!("set up at          {link}").and_then(|()| said(&Message::new("cli-serve-link")));
    Ok(())
}

/// Says what to do where there is no key and standard output is kept: no secret goes into a log.
async fn no_first_key(app: &App) -> anyhow::Result<()> {
    if !app.founder().is_managed().await? {
        noted(&Message::new("cli-serve-no-key-in-log"));
    }
    Ok(())
}

/// Makes the first key of a new store, and shows it.
async fn first_key(app: &App) -> anyhow::Result<()> {
    match app.first_key().await? {
        First::Managed => {}
        First::Unmanaged => noted(&Message::new("cli-serve-no-key")),
        First::Made(key) => {
            let shown = say!("key:secret         {key}")
                .and_then(|()| said(&Message::new("cli-serve-first-key")));
            if shown.is_err() {
                app.founder().forget(&key).await?;
                noted(&Message::new("cli-serve-unshown"));
                return Ok(());
            }
            setup(app).await?;
        }
    }
    Ok(())
}

/// The seed key, from the variable or the file it may name.
fn seed_key() -> anyhow::Result<Option<String>> {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    if let Some(seed) = variable(SEED) {
        return Ok(Some(seed));
    }
    let Some(file) = variable(&format!("{SEED}_FILE")) else { return Ok(None) };
    let seed =
        std::fs::read_to_string(&file).with_context(|| reading(format!("{SEED}_FILE {file}")))?;
    Ok(Some(seed.trim().to_owned()))
}
