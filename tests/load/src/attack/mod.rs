//! `make attack`: attacks on a running server, what good requests beside them suffer, and what memory they take.
//!
//! Each attack has a fresh server on a fresh store, on loopback alone, and is bounded in time and in requests. A row
//! says what the attack was answered, and whether the server kept to its aims meanwhile: good requests at half their
//! pace or better, none of them held up, `/healthz` at once, memory within the budget, and an end within ten seconds
//! of SIGTERM. The exit code is 0 when all aims of all attacks hold.

mod bodies;
mod bystander;
mod catalogue;
mod compressed;
mod course;
mod documents;
mod keys;
mod memory;
mod presence;
mod queries;
mod reports;
mod request;
mod siege;
mod sockets;
mod statements;
mod table;
mod target;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use catalogue::{ATTACKS, Attack};

/// Makes this program attack.
pub(crate) const ARGUMENT: &str = "attack";

/// Attacks a fresh Traccia on this machine and prints what good requests beside each attack suffer.
#[derive(Debug, Parser)]
#[command(name = "load attack")]
struct Options {
    /// The attacks, by name; all where none is named
    names: Vec<String>,
    /// The program to attack [default: the `traccia` beside this one]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// The engine: `sqlite`, or `mongodb` for a server of the tests or the one that `TRACCIA_TEST_MONGODB_URI` names
    #[arg(long, default_value = "sqlite", value_name = "ENGINE")]
    store: String,
    /// The memory that the server may take, in MiB
    #[arg(long, default_value_t = 1024, value_name = "MIB")]
    memory: u64,
    /// Names the attacks and does nothing
    #[arg(long)]
    list: bool,
}

/// See the module.
pub(crate) async fn run() -> Result<ExitCode> {
    let options = Options::parse_from(std::env::args().skip(1));
    if options.list {
        for attack in ATTACKS {
            println!("{:<20} {}", attack.name, attack.does);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = options.chosen()?;
    raise_own_limit()?;
    table::heading(&options);
    let mut hold = true;
    for attack in chosen {
        let outcome = siege::of(attack, &options).await;
        hold &= table::row(attack, outcome.as_ref(), &options);
    }
    Ok(if hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Options {
    fn chosen(&self) -> Result<Vec<&'static Attack>> {
        let known = |name: &String| ATTACKS.iter().any(|attack| attack.name == name);
        if let Some(unknown) = self.names.iter().find(|name| !known(name)) {
            bail!("there is no attack `{unknown}`: `load attack --list` names them");
        }
        let is_chosen = |attack: &&Attack| {
            self.names.is_empty() || self.names.iter().any(|it| it == attack.name)
        };
        Ok(ATTACKS.iter().filter(is_chosen).collect())
    }
}

/// An attacker has more sockets than the server has room for.
fn raise_own_limit() -> Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(())
}
