//! `traccia course preview`, `unmapped` and `map`: what a course file would change, and what it has forgotten.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::client::{Target, encoded, member};
use super::exit::{self, Exit};
use super::out::{self, in_words, said, say};
use super::report::Lang;
use texts::Message;

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Preview {
    /// A course file, TOML
    file: PathBuf,
    /// The language of what is wrong; that of the terminal when missing
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    #[command(flatten)]
    target: Target,
}

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Unmapped {
    /// The course's id
    course: String,
    /// How many at most
    #[arg(long, default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    target: Target,
}

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Map {
    /// The course's id
    course: String,
    /// The activity's IRI
    activity: String,
    /// The module's id
    module: String,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    target: Target,
}

impl Preview {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self { file, lang, target } = self;
        let (id, text) = read(&file, lang)?;
        let client = target.client_in(lang)?;
        let address = format!("/api/v1/courses/{}?dry_run=true", encoded(&id));
        let request = client.request(Method::PUT, &address);
        let request = request.header(CONTENT_TYPE, "application/toml").body(text);
        let loaded = client.json(request).await.with_context(|| {
            in_words(&Message::new("cli-looking-at").with("name", file.display()))
        })?;
        effect(&id, effect_of(&loaded)?)?;
        Ok(Exit::Done.into())
    }
}

/// A course file and the id in it.
fn read(file: &Path, lang: Option<Lang>) -> anyhow::Result<(String, String)> {
    let (name, texts) = (file.display(), Lang::language(lang).texts());
    let text = std::fs::read_to_string(file).with_context(|| out::reading(&name))?;
    let course = course::Course::parse(&text).map_err(|faults| {
        let told = Message::new("file-has-faults").with("file", &name);
        exit::refused(told.with("faults", faults.said_in(texts)).said_in(texts))
    })?;
    Ok((course.id().to_owned(), text))
}

/// What a course file would change, as the server says.
fn effect_of(loaded: &Value) -> anyhow::Result<&Value> {
    let effect = loaded.get("effect").filter(|it| !it.is_null());
    effect.with_context(|| in_words(&Message::new("cli-course-untold")))
}

/// Prints what a course file would change.
fn effect(course: &str, effect: &Value) -> std::io::Result<()> {
    let part = |name: &str| member(effect, name);
    let is_part = effect.get("complete") == Some(&Value::Bool(false));
    let told = if is_part { "cli-course-effect-part" } else { "cli-course-effect" };
    let told = Message::new(told).with("course", course).with("looked", part("looked_at"));
    let told = told.with("learners", part("learners"));
    said(&told.with("changed", part("learners_changed")))?;
    let completed = Message::new("cli-course-completed").with("before", part("completed_before"));
    said(&completed.with("after", part("completed_after")))?;
    for (name, what) in
        [("modules_added", "cli-course-new-module"), ("modules_removed", "cli-course-no-module")]
    {
        let modules = effect.get(name).and_then(Value::as_array);
        for module in modules.into_iter().flatten().filter_map(Value::as_str) {
            said(&Message::new(what).with("module", module))?;
        }
    }
    let examples = effect.get("examples").and_then(Value::as_array);
    for example in examples.into_iter().flatten() {
        let stands = |when: &str| {
            let of = example.get(when).cloned().unwrap_or_default();
            format!("{} {} h", member(&of, "state"), member(&of, "hours"))
        };
        let told = Message::new("cli-course-example").with("learner", member(example, "learner"));
        let told = told.with("before", stands("before")).with("after", stands("after"));
        say!("    {}", in_words(&told))?;
    }
    Ok(())
}

impl Unmapped {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self { course, limit, target } = self;
        let client = target.client()?;
        let address = format!("/api/v1/courses/{}/unmapped?limit={limit}", encoded(&course));
        let found = client.get(&address).await?;
        let items = found.get("items").and_then(Value::as_array);
        for item in items.into_iter().flatten() {
            let suggestion = match item.get("suggestion").and_then(Value::as_str) {
                Some(module) => format!("  → {module}?"),
                None => String::new(),
            };
            let told = Message::new("cli-course-unmapped-one");
            let told = told.with("learners", format!("{:>7}", member(item, "learners")));
            let told = told.with("statements", format!("{:>8}", member(item, "statements")));
            let told = told.with("activity", member(item, "activity"));
            say!("{}{suggestion}", in_words(&told))?;
        }
        let told = Message::new("cli-course-unmapped").with("course", course);
        let told = told.with("count", items.map_or(0, Vec::len));
        said(&told.with("looked", member(&found, "looked_at")))?;
        Ok(Exit::Done.into())
    }
}

impl Map {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self { course, activity, module, dry_run, target } = self;
        let client = target.client()?;
        let address = format!("/api/v1/courses/{}/mappings?dry_run={dry_run}", encoded(&course));
        let mapping = json!({"activity": activity, "module": module});
        let loaded = client.json(client.request(Method::POST, &address).json(&mapping)).await?;
        if dry_run {
            effect(&course, effect_of(&loaded)?)?;
        } else {
            let told = Message::new("cli-course-mapped").with("course", course);
            said(&told.with("activity", activity).with("module", module))?;
        }
        Ok(Exit::Done.into())
    }
}
