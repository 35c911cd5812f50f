//! The dossier as a page to read: whole in itself, without script or network.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use texts::Texts;
use xapi::instant::Instant;

/// A statement, as people read it.
pub(super) struct Line {
    when: String,
    verb: String,
    object: String,
    result: String,
    is_voided: bool,
}

/// What the page is made of.
pub(super) struct Page<'a> {
    pub(super) texts: &'a Texts,
    pub(super) made: Instant,
    pub(super) person: &'a Value,
    pub(super) lines: &'a [Line],
    pub(super) documents: &'a [Value],
    pub(super) mentions: usize,
}

impl Line {
    /// What this holds, in bytes.
    pub(super) const fn weight(&self) -> usize {
        let Self { when, verb, object, result, is_voided: _ } = self;
        size_of::<Self>() + when.len() + verb.len() + object.len() + result.len()
    }

    pub(super) fn of(statement: &Value, is_voided: bool) -> Self {
        let text = |pointer: &str| {
            let value = statement.pointer(pointer).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let named = |display: &str, id: &str| {
            let names = statement.pointer(display).and_then(Value::as_object);
            let name = names.and_then(|names| names.values().find_map(Value::as_str));
            name.map_or_else(|| text(id), str::to_owned)
        };
        let result =
            ["completion", "success", "duration", "response"].into_iter().filter_map(|name| {
                let value = statement.pointer(&format!("/result/{name}"))?;
                Some(format!(
                    "{name} {}",
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
                ))
            });
        let score = statement.pointer("/result/score").map(|score| format!("score {score}"));
        Self {
            when: text("/timestamp"),
            verb: named("/verb/display", "/verb/id"),
            object: named("/object/definition/name", "/object/id"),
            result: result.chain(score).collect::<Vec<_>>().join(" · "),
            is_voided,
        }
    }
}

impl Page<'_> {
    /// Writes the page in the language that `lang` names, piece by piece: it may be long.
    pub(super) fn write(&self, lang: &str, file: &mut dyn Write) -> io::Result<()> {
        let say_with = |id: &str, values: &[(&'static str, String)]| {
            // A text that is missing shows as its id.
            self.texts.say(id, values).unwrap_or_else(|| id.to_owned())
        };
        let say = |id: &str| say_with(id, &[]);
        let mut put = |markup: Markup| file.write_all(markup.into_string().as_bytes());
        put(html! { (DOCTYPE) (PreEscaped(format!("<html lang=\"{lang}\">"))) head {
            meta charset="utf-8";
            title { (say("dossier-title")) }
            style { "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
                "table{border-collapse:collapse;width:100%}td,th{border:1px solid #5c6f82;padding:.3rem;"
                "text-align:left;vertical-align:top;overflow-wrap:anywhere}" }
        } (PreEscaped("<body><main>"))
            h1 { (say("dossier-title")) }
            p { (say_with("dossier-made", &[("at", self.made.to_string())])) }
            p { (say("dossier-files")) }
            h2 { (say("dossier-identifiers")) }
        })?;
        for pointer in ["/identifiers", "/names", "/accounts"] {
            items(self.at(pointer), &mut put)?;
        }
        put(html! { h2 { (say("dossier-courses")) } })?;
        items(self.at("/learner"), &mut put)?;
        items(self.at("/certificates"), &mut put)?;
        put(html! { h2 { (say("dossier-statements")) } })?;
        self.statements(&say, &mut put)?;
        let mentions = say_with("dossier-mentions", &[("count", self.mentions.to_string())]);
        put(html! { p { (mentions) } h2 { (say("dossier-documents")) } })?;
        items(self.documents.iter(), &mut put)?;
        for (heading, list) in
            [("dossier-launches", "/launches"), ("dossier-refusals", "/refusals")]
        {
            put(html! { h2 { (say(heading)) } })?;
            items(self.at(list), &mut put)?;
        }
        put(html! { h2 { (say("dossier-readings")) } })?;
        items(self.at("/audit"), &mut put)?;
        put(html! { (PreEscaped("</main></body></html>")) })
    }

    fn at(&self, pointer: &str) -> impl Iterator<Item = &Value> {
        self.person.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
    }

    fn statements(
        &self,
        say: &impl Fn(&str) -> String,
        put: &mut impl FnMut(Markup) -> io::Result<()>,
    ) -> io::Result<()> {
        put(html! { (PreEscaped("<table>"))
            thead { tr {
                th scope="col" { (say("dossier-when")) } th scope="col" { (say("dossier-verb")) }
                th scope="col" { (say("dossier-object")) } th scope="col" { (say("dossier-result")) }
            } }
        (PreEscaped("<tbody>")) })?;
        let voided = say("dossier-voided");
        for line in self.lines {
            put(html! { tr {
                td { (line.when) } td { (line.verb) @if line.is_voided { " (" (voided) ")" } }
                td { (line.object) } td { (line.result) }
            } })?;
        }
        put(html! { (PreEscaped("</tbody></table>")) })
    }
}

/// A list with the facts of each value.
fn items<'v>(
    values: impl Iterator<Item = &'v Value>,
    put: &mut impl FnMut(Markup) -> io::Result<()>,
) -> io::Result<()> {
    put(html! { (PreEscaped("<ul>")) })?;
    for value in values {
        put(html! { li { (facts(value)) } })?;
    }
    put(html! { (PreEscaped("</ul>")) })
}

/// The members of a value that are not empty, one after the other.
fn facts(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let facts = members.iter().map(|(name, value)| (name, facts(value)));
            let facts = facts.filter(|(_, text)| !text.is_empty());
            facts.map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("; ")
        }
        Value::Array(items) => items.iter().map(facts).collect::<Vec<_>>().join(", "),
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
