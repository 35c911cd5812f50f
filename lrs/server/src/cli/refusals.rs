//! `traccia refusals`

use std::process::ExitCode;

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Target, encoded, member};
use super::exit::Exit;
use super::out::{Format, noted, said, say};
use texts::Message;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Refusals {
    /// List requests to the xAPI resources that were refused lately, the newest first
    List {
        /// Of this key alone
        #[arg(long = "of", value_name = "NAME")]
        of: Option<String>,
        /// By this rule alone, such as `iri`
        #[arg(long)]
        rule: Option<String>,
        /// With this status alone
        #[arg(long)]
        status: Option<u16>,
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Show one with what is kept of its body, secrets masked
    Show {
        /// The refusal's id, as `list` prints it
        refusal: String,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        target: Target,
    },
    /// Check the kept statements of one again; ends with 1 where they would be refused still
    Test {
        /// The refusal's id, as `list` prints it
        refusal: String,
        #[command(flatten)]
        target: Target,
    },
}

impl Refusals {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List { of, rule, status, limit, format, target } => {
                let asked =
                    [("key", of), ("rule", rule), ("status", status.map(|it| it.to_string()))];
                list(&target.client()?, &asked, limit, format).await?;
            }
            Self::Show { refusal, format, target } => {
                let client = target.client()?;
                let refusal = client.get(&path(&refusal)).await?;
                if format == Format::Json { say!("{refusal:#}") } else { show(&refusal) }?;
            }
            Self::Test { refusal, target } => {
                let client = target.client()?;
                let address = format!("{}/test", path(&refusal));
                let tested = client.json(client.request(Method::POST, &address)).await?;
                return test(&tested);
            }
        }
        Ok(Exit::Done.into())
    }
}

fn path(refusal: &str) -> String {
    format!("/api/v1/refusals/{}", encoded(refusal))
}

async fn list(
    client: &Client,
    asked: &[(&str, Option<String>)],
    limit: usize,
    format: Format,
) -> anyhow::Result<()> {
    let query: String = asked
        .iter()
        .filter_map(|(name, value)| Some(format!("&{name}={}", encoded(value.as_ref()?))))
        .collect();
    let (mut all, mut after) = (Vec::new(), String::new());
    while all.len() < limit {
        let address = format!("/api/v1/refusals?limit={}{query}{after}", limit - all.len());
        let page = client.get(&address).await?;
        all.extend(page.get("items").and_then(Value::as_array).into_iter().flatten().cloned());
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    if format == Format::Json {
        say!("{:#}", json!(all))?;
        return Ok(());
    }
    if all.is_empty() {
        noted(&Message::new("cli-refusals-none"));
    }
    for refusal in &all {
        let part = |name: &str| member(refusal, name);
        say!(
            "{}  {}  {}  {} {}  {}  {}",
            part("at"),
            part("id"),
            part("key"),
            part("status"),
            part("rule"),
            place(refusal),
            part("message")
        )?;
    }
    Ok(())
}

/// Where in a batch and a statement the fault is, as far as that is known.
fn place(refusal: &Value) -> String {
    let index = refusal.get("index").and_then(Value::as_u64);
    let pointer = refusal.get("pointer").and_then(Value::as_str).unwrap_or_default();
    match index {
        Some(index) => format!("[{index}]{pointer}"),
        None if pointer.is_empty() => "–".to_owned(),
        None => pointer.to_owned(),
    }
}

fn show(refusal: &Value) -> std::io::Result<()> {
    let part = |name: &str| member(refusal, name);
    let request = ["method", "path", "key", "at"].into_iter();
    let new = Message::new("cli-refusals-request");
    said(&request.fold(new, |it, name| it.with(name, part(name))))?;
    for name in ["query", "headers"] {
        let members = refusal.get(name).and_then(Value::as_object);
        for (key, _) in members.into_iter().flatten() {
            let value = refusal.get(name).map(|of| member(of, key)).unwrap_or_default();
            say!("    {key}: {value}")?;
        }
    }
    let new = Message::new("cli-refusals-rule").with("place", place(refusal));
    said(
        &["status", "rule", "clause"].into_iter().fold(new, |it, name| it.with(name, part(name))),
    )?;
    say!("{}\n  {}", part("message"), part("remedy"))?;
    match refusal.get("body").and_then(Value::as_str) {
        Some(body) => say!("\n{body}"),
        None => Ok(()),
    }
}

fn test(tested: &Value) -> anyhow::Result<ExitCode> {
    let Some(problem) = tested.get("problem").filter(|problem| !problem.is_null()) else {
        said(&Message::new("cli-refusals-good"))?;
        return Ok(Exit::Done.into());
    };
    say!(
        "{} {}: {}\n  {}",
        member(tested, "status"),
        member(problem, "rule"),
        member(problem, "detail"),
        member(problem, "remedy")
    )?;
    Ok(Exit::No.into())
}
