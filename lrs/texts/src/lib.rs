//! The texts that people read, by language, as Fluent files in this folder: `it.ftl` and `en.ftl`, and one for each
//! part that has many texts, such as `reports.it.ftl`. Together they are one catalogue: an id stands in one of them.
//! `web*.*.ftl` and `player.*.ftl` are catalogues of their own, which the browser UI and the player read.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::civil::Date;

mod message;
mod spoken;

pub use message::{Message, MessageValue};

/// The texts of one language, and how it writes numbers and days.
pub struct Texts {
    bundle: FluentBundle<FluentResource>,
    writes: Writes,
}

/// How a language writes values: `0.5` and `2026-06-30` in English, `0,5` and `30/06/2026` in Italian.
#[derive(Clone, Copy)]
struct Writes {
    decimal: char,
    day: &'static str,
}

const ENGLISH_WRITES: Writes = Writes { decimal: '.', day: "%Y-%m-%d" };
const ITALIAN_WRITES: Writes = Writes { decimal: ',', day: "%d/%m/%Y" };

/// The files of the catalogue in English.
const ENGLISH_FILES: &[&str] = &[
    include_str!("en.ftl"),
    include_str!("backup.en.ftl"),
    include_str!("commands.en.ftl"),
    include_str!("courses.en.ftl"),
    include_str!("operations.en.ftl"),
    include_str!("packages.en.ftl"),
    include_str!("privacy.en.ftl"),
    include_str!("reports.en.ftl"),
    include_str!("spoken.en.ftl"),
];
/// The same in Italian.
const ITALIAN_FILES: &[&str] = &[
    include_str!("it.ftl"),
    include_str!("backup.it.ftl"),
    include_str!("commands.it.ftl"),
    include_str!("courses.it.ftl"),
    include_str!("operations.it.ftl"),
    include_str!("packages.it.ftl"),
    include_str!("pipes.it.ftl"),
    include_str!("privacy.it.ftl"),
    include_str!("reports.it.ftl"),
    include_str!("spoken.it.ftl"),
];

static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| Texts::read("en", ENGLISH_FILES, ENGLISH_WRITES));
static ITALIAN: LazyLock<Texts> =
    LazyLock::new(|| Texts::read("it", ITALIAN_FILES, ITALIAN_WRITES));

/// A value in a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Written as it is.
    Text(String),
    /// Written with all its decimals; a text can have a form for each plural of the language.
    Number(f64),
    /// Written as the language writes days.
    Day(Date),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Texts {
    /// The English ones.
    pub fn english() -> &'static Self {
        &ENGLISH
    }

    /// The Italian ones.
    pub fn italian() -> &'static Self {
        &ITALIAN
    }

    fn read(language: &str, files: &[&str], writes: Writes) -> Self {
        let languages = language.parse().into_iter().collect();
        let mut bundle = FluentBundle::new_concurrent(languages);
        // The values are names and addresses, which people copy: no marks of direction around them.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match writes.decimal {
            ',' => |value, _| number(value, ITALIAN_WRITES),
            _ => |value, _| number(value, ENGLISH_WRITES),
        }));
        for file in files {
            let resource = match FluentResource::try_new((*file).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { bundle, writes }
    }

    /// The text of the message `id`, or of its attribute where `id` is `message.attribute`, with
    /// these values in it, written as they are; one that is a whole number chooses the plural. Nothing where there is
    /// no such text, or where it wants another value.
    pub fn say(&self, id: &str, values: &[(&'static str, String)]) -> Option<String> {
        let arguments = values.iter().map(|(name, value)| (Cow::Borrowed(*name), as_it_is(value)));
        self.format(id, &arguments.collect())
    }

    /// [`Texts::say`] with numbers and days, which are written as the language writes them.
    pub fn say_with(&self, id: &str, values: &[(&'static str, Value)]) -> Option<String> {
        let arguments = values.iter().map(|(name, value)| {
            let value = match value {
                Value::Text(text) => FluentValue::from(text.as_str()),
                Value::Number(number) => FluentValue::from(*number),
                Value::Day(day) => FluentValue::from(day.strftime(self.writes.day).to_string()),
            };
            (Cow::Borrowed(*name), value)
        });
        self.format(id, &arguments.collect())
    }

    /// A number as the language writes it, given with a decimal point.
    pub fn number(&self, number: &str) -> String {
        self.writes.number(number)
    }

    /// A day as the language writes it.
    pub fn day(&self, day: Date) -> String {
        day.strftime(self.writes.day).to_string()
    }

    fn format(&self, id: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let (id, attribute) = match id.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (id, None),
        };
        let message = self.bundle.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }
}

impl Writes {
    fn number(self, number: &str) -> String {
        number.replace('.', self.decimal.encode_utf8(&mut [0; 4]))
    }
}

/// A value that is written as it is: as a number, which chooses plurals, where it is one that is written alike.
fn as_it_is(text: &str) -> FluentValue<'_> {
    /// Whole numbers of fewer digits are exact.
    const DIGITS: usize = 16;
    match text.parse::<f64>() {
        Ok(number)
            if text.len() < DIGITS && number.fract() == 0.0 && number.to_string() == text =>
        {
            FluentValue::from(number)
        }
        _ => FluentValue::from(text),
    }
}

/// What the bundle writes in place of a number; other values are left to the bundle.
fn number(value: &FluentValue<'_>, writes: Writes) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(writes.number(&number.value.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_text_without_its_values_is_none() {
        let texts = Texts::italian();
        assert_eq!(texts.say("rule-uuid.remedy", &[]).as_deref().map(str::is_empty), Some(false));
        let limit = [("limit", "5".to_owned())];
        assert_eq!(
            texts.say("rule-body-too-large", &limit).as_deref(),
            Some("Il corpo supera il limite di 5 byte.")
        );
        assert_eq!(texts.say("rule-body-too-large", &[]), None);
        assert_eq!(texts.say("rule-of-nobody", &[]), None);
        assert_eq!(texts.say("rule-uuid.none", &[]), None);
    }

    #[test]
    fn counts_of_refusals_are_singular_or_plural() {
        let said = |id: &str, values: &[(&'static str, &str)]| {
            let values: Vec<_> =
                values.iter().map(|(name, it)| (*name, (*it).to_owned())).collect();
            Texts::italian().say(id, &values).unwrap()
        };
        let launched = |launches: &str| {
            said("rule-package-launched", &[("launches", launches), ("package", "007")])
        };
        assert_eq!(launched("1"), "C'è un avvio di `007` che vale ancora.");
        assert_eq!(launched("2"), "Ci sono 2 avvii di `007` che valgono ancora.");
        let refused =
            |count: &str| said("rule-package-refused", &[("count", count), ("errors", "x")]);
        assert_eq!(
            refused("1"),
            "Il pacchetto ha un errore, e non ne è stato conservato niente: x."
        );
        assert!(refused("12").contains("12 errori"));
        let frozen = |lists: &str| {
            said("rule-course-has-certificates", &[("lists", lists), ("course", "1")])
        };
        assert!(
            frozen("1").contains("`1` ha un elenco congelato di attestati, che andrebbe perso.")
        );
        assert!(frozen("3").contains("ha 3 elenchi congelati di attestati, che andrebbero persi."));
    }

    #[test]
    fn numbers_plurals_and_days_are_written_as_the_language_writes_them() {
        let said = |hours: f64| {
            let values = [("hours", Value::Number(hours))];
            [Texts::italian(), Texts::english()]
                .map(|texts| texts.say_with("certificate-hours", &values).unwrap())
        };
        assert_eq!(said(1.0), ["almeno 1 ora", "at least 1 hour"]);
        assert_eq!(said(0.5), ["almeno 0,5 ore", "at least 0.5 hours"]);
        assert_eq!(said(1200.0), ["almeno 1200 ore", "at least 1200 hours"]);
        let day = [("day", Value::Day(jiff::civil::date(2026, 6, 30)))];
        let said = [Texts::italian(), Texts::english()]
            .map(|texts| texts.say_with("certificate-by", &day).unwrap());
        assert_eq!(said, ["entro il 30/06/2026", "by the end of 2026-06-30"]);
    }

    /// The catalogue in English and in Italian.
    static CATALOGUE: LazyLock<[String; 2]> =
        LazyLock::new(|| [ENGLISH_FILES, ITALIAN_FILES].map(<[&str]>::concat));

    #[test]
    fn every_file_of_the_folder_belongs_to_a_catalogue_and_is_one_that_a_translator_oversees() {
        /// Beginnings of the files that other programs read.
        const OF_OTHERS: [&str; 3] = ["web.", "web-", "player."];
        const MOST_LINES: usize = 500;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut read = 0;
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.extension().is_none_or(|it| it != "ftl") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().count();
            assert!(lines <= MOST_LINES, "{name} has {lines} lines: give a part its own file");
            if OF_OTHERS.iter().any(|begin| name.starts_with(begin)) {
                continue;
            }
            let is_read = [ENGLISH_FILES, ITALIAN_FILES].concat().contains(&text.as_str());
            assert!(is_read, "{name} is in no list of files");
            read += 1;
        }
        assert_eq!(read, ENGLISH_FILES.len() + ITALIAN_FILES.len());
    }

    /// The messages of a file, of rules or of all else.
    fn messages(file: &str, of_rules: bool) -> BTreeSet<String> {
        let ids = file.lines().filter_map(|line| line.split_once(" =").map(|(id, _)| id));
        let ids = ids.filter(|id| !id.starts_with([' ', '#']) && !id.starts_with("status-"));
        ids.filter(|id| id.starts_with("rule-") == of_rules).map(str::to_owned).collect()
    }

    #[test]
    fn the_files_have_no_fault_and_put_refusals_together_alike() {
        for file in CATALOGUE.iter() {
            assert!(FluentResource::try_new(file.clone()).is_ok());
            let ids = file.lines().filter_map(|line| line.split_once(" =").map(|(id, _)| id));
            let mut ids: Vec<&str> = ids.filter(|id| !id.starts_with([' ', '#'])).collect();
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all, "a message stands there twice");
        }
        assert_eq!(messages(&CATALOGUE[0], false), messages(&CATALOGUE[1], false));
    }

    /// All files of the browser UI in a language, one after the other.
    fn of_the_ui(language: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let is_one = |path: &std::path::PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with("web") && name.ends_with(&format!(".{language}.ftl"))
        };
        let texts = paths.filter(is_one).map(|path| std::fs::read_to_string(path).unwrap());
        texts.collect::<Vec<_>>().join("\n")
    }

    /// `npm run check` in `lrs/web` holds them to what the UI shows, and their values to each other.
    #[test]
    fn the_texts_of_the_browser_ui_are_the_same_messages_in_both_languages() {
        let files = ["en", "it"].map(of_the_ui);
        for file in &files {
            let read = FluentResource::try_new(file.clone());
            assert!(read.is_ok(), "{:?}", read.err().map(|(_, faults)| faults));
        }
        let [english, italian] = files.map(|file| messages(&file, false));
        assert!(english.len() > 100, "{}", english.len());
        assert_eq!(english, italian);
    }

    /// All Rust files in a folder of `lrs`, and below it where that is wanted.
    pub(crate) fn sources(folder: &str, below: bool) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
        let mut texts = Vec::new();
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.extension().is_some_and(|extension| extension == "rs") {
                texts.push(std::fs::read_to_string(path).unwrap());
            } else if below && path.is_dir() {
                texts.extend(sources(path.to_str().unwrap(), true));
            }
        }
        texts
    }

    /// Rules of which each refusal has a text of its own.
    const ALWAYS_IN_OTHER_WORDS: [&str; 2] = ["person-invalid", "password-weak"];

    /// The sources of what answers with problems. The host of packages answers with words of its own, for its player.
    fn answers() -> impl Iterator<Item = String> {
        let folders = [
            "answered",
            "api",
            "check_in",
            "credentials",
            "multipart",
            "problem",
            "signed_in",
            "xapi",
        ];
        let below = folders.into_iter().flat_map(|it| sources(&format!("http/src/{it}"), true));
        below.chain(sources("http/src", false))
    }

    /// The ids that a file refuses by: the first text in each of these calls, what stands behind a status, and the names of
    /// other texts.
    fn refused_by(file: &str) -> Vec<String> {
        let file = file.split("#[cfg(test)]").next().unwrap();
        let calls = ["Refusal::new(", "Problem::new(", "Self::new(\n", "Self::new(StatusCode"];
        let literal = |rest: &str| rest.split('"').nth(1).map(str::to_owned);
        let is_id =
            |id: &String| !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let ids = calls.into_iter().flat_map(|call| file.split(call).skip(1).filter_map(literal));
        let behind = |rest: &str| {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '_');
            let text = rest.trim_start_matches([',', ' ', '\n']).strip_prefix('"')?;
            text.split('"').next().map(str::to_owned)
        };
        let behind = file.split("StatusCode::").skip(1).filter_map(behind);
        let named = literals(file, &["in_words(", "(Some(", " invalid("]);
        ids.chain(behind).chain(named).filter(is_id).collect()
    }

    #[test]
    fn every_rule_and_its_remedy_are_said_in_italian_and_no_other() {
        let of_xapi = ["xapi/src", "service/src/record", "store"];
        let files = of_xapi.iter().flat_map(|folder| sources(folder, true)).chain(answers());
        let mut rules: BTreeSet<String> = files.flat_map(|file| refused_by(&file)).collect();
        for rule in ["parameter-unknown", "scope", "key-last", "pipe-erasure-unknown"] {
            assert!(rules.contains(rule), "{rule} of {rules:?}");
        }
        for rule in ALWAYS_IN_OTHER_WORDS {
            assert!(rules.remove(rule), "nothing refuses by {rule}");
        }
        rules.extend(validator::rules().iter().map(|rule| rule.id.to_owned()));
        let said: BTreeSet<String> =
            messages(&CATALOGUE[1], true).iter().map(|id| id.replacen("rule-", "", 1)).collect();
        assert_eq!(rules.difference(&said).collect::<Vec<_>>(), [""; 0], "say these in Italian");
        let all = sources("", true).concat();
        for rule in &said {
            let is_used = rules.contains(rule) || all.contains(&format!("\"{rule}\""));
            assert!(is_used, "nothing refuses by {rule}");
            let message = Texts::italian().bundle.get_message(&format!("rule-{rule}")).unwrap();
            assert!(
                message.value().is_some() && message.get_attribute("remedy").is_some(),
                "{rule}"
            );
        }
    }

    /// The literal texts that follow one of these beginnings in a file.
    pub(crate) fn literals(file: &str, after: &[&str]) -> Vec<String> {
        let literal = |rest: &str| {
            let text = rest.trim_start().strip_prefix('"')?.split('"').next();
            text.map(str::to_owned)
        };
        let all = after.iter().flat_map(|begin| file.split(begin).skip(1));
        all.filter_map(literal).collect()
    }

    /// The messages that code asks for by a whole id, or by the end of one.
    fn asked() -> BTreeSet<String> {
        let reports = sources("report/src", true).concat();
        let with = |begin: &str, ids: Vec<String>| -> Vec<String> {
            ids.into_iter().map(|id| format!("{begin}{id}")).collect()
        };
        let mut asked = literals(&reports, &["words(", "words_with("]);
        asked.extend(with("column-", literals(&reports, &["Column::of("])));
        let shown = sources("report/src/export", false).concat();
        asked.extend(with("table-", literals(&shown, &[".say(", "say_with("])));
        asked.extend(literals(&sources("http/src", true).concat(), &["say(self.language, "]));
        asked.extend(literals(&sources("course/src", true).concat(), &["Message::new("]));
        asked.into_iter().collect()
    }

    #[test]
    fn everything_that_code_asks_for_is_in_the_catalogue() {
        let (asked, said) = (asked(), messages(&CATALOGUE[0], false));
        assert!(asked.len() > 80, "the search for messages finds {}", asked.len());
        assert_eq!(asked.difference(&said).collect::<Vec<_>>(), [""; 0], "say these");
    }

    #[test]
    fn everything_in_the_catalogue_is_asked_for() {
        /// Beginnings of ids whose ends are data: the month of a day, a word of a course file; and of those that are asked
        /// for by their English words.
        const OF_DATA: [&str; 3] = ["month-", "kind-", "spoken-"];
        /// Beginnings of ids whose ends are names in code.
        const OF_NAMES: [&str; 11] = [
            "package-part-",
            "package-",
            "report-",
            "column-",
            "table-",
            "state-",
            "weekday-",
            "hours-rule-",
            "check-name-",
            "check-",
            "list-warning-",
        ];
        let (all, file) = (sources("", true).concat(), CATALOGUE[0].as_str());
        let is_quoted = |id: &str| all.contains(&format!("\"{id}\""));
        for id in messages(file, false) {
            let is_of_data = OF_DATA.iter().any(|begin| id.starts_with(begin));
            let name = OF_NAMES.iter().find_map(|begin| id.strip_prefix(begin));
            let is_in_another = file.contains(&format!("{{ {id} }}"));
            let is_used = is_quoted(&id) || name.is_some_and(is_quoted);
            assert!(is_of_data || is_in_another || is_used, "nothing asks for {id}");
        }
    }
}
