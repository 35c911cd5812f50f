//! What statements call the questions and parts of activities, for reports that show them to people.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use course::Bilingual;
use report::Detail;
use store::{StoreError, ThingStore};

/// Names are looked up for at most this many questions and parts, those of the most learners first.
const MOST: usize = 5_000;
/// A part that one learner alone has used is an attempt or a page of their own: reports show no such part.
const LEAST_USERS: usize = 2;
/// The longest name, in characters; what is longer is cut.
const LONGEST: usize = 300;

/// The names of the questions that learners answered and of the parts that they began, by their IRIs: of each what
/// statements give as its name, or else as its description, which is what SCORM packages say of a question. One of
/// which statements say neither is not there.
///
/// # Errors
/// [`StoreError::Corrupt`] where a definition cannot be read.
pub(super) async fn names_in(
    store: &dyn ThingStore,
    details: &[Detail],
) -> Result<BTreeMap<String, Bilingual>, StoreError> {
    let ids = objects(details);
    let (mut names, mut at) = (BTreeMap::new(), 0);
    while let Some(rest) = ids.get(at..).filter(|rest| !rest.is_empty()) {
        let known = store.definitions(rest).await?;
        for (object, text) in known.found {
            if let Some(name) = name_in(&object, &text)? {
                names.insert(object, name);
            }
        }
        at += known.looked_at.max(1);
    }
    Ok(names)
}

/// The questions and parts, those of the most learners first, at most [`MOST`].
fn objects(details: &[Detail]) -> Vec<String> {
    let mut users: HashMap<&str, (bool, usize)> = HashMap::new();
    for journal in details.iter().flat_map(|it| &it.documents).flat_map(|it| it.activities.values())
    {
        let questions = journal.answers.keys().map(|it| (it, true));
        for (object, is_question) in questions.chain(journal.begun.keys().map(|it| (it, false))) {
            let (questioned, count) = users.entry(object).or_default();
            *questioned |= is_question;
            *count += 1;
        }
    }
    let mut shown: Vec<(usize, &str)> = users
        .into_iter()
        .filter(|(_, (is_question, count))| *is_question || *count >= LEAST_USERS)
        .map(|(object, (_, count))| (count, object))
        .collect();
    shown.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    shown.truncate(MOST);
    shown.into_iter().map(|(_, object)| object.to_owned()).collect()
}

/// The name in a definition as it is kept, or else its description; none where it has neither.
fn name_in(object: &str, text: &str) -> Result<Option<Bilingual>, StoreError> {
    let corrupt = |error| StoreError::Corrupt(format!("the definition of {object}: {error}"));
    let definition: Value = serde_json::from_str(text).map_err(corrupt)?;
    let texts =
        ["name", "description"].into_iter().filter_map(|it| definition.get(it)?.as_object());
    let found =
        texts.filter_map(|texts| Some((in_language(texts, "it")?, in_language(texts, "en")?)));
    Ok(found.map(|(it, en)| Bilingual::new(it, en)).next())
}

/// The text in a language, such as `it` or `it-IT`; else the English one, else the first one.
fn in_language(texts: &Map<String, Value>, language: &str) -> Option<String> {
    let is_of = |tag: &str, language: &str| {
        let begin = tag.split(['-', '_']).next();
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(language))
    };
    let of = |language: &str| texts.iter().find(|(tag, _)| is_of(tag, language));
    let (_, text) = of(language).or_else(|| of("en")).or_else(|| texts.iter().next())?;
    let text = text.as_str()?.trim();
    (!text.is_empty()).then(|| text.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<Bilingual> {
        name_in("https://c.example/q", text).unwrap()
    }

    #[test]
    fn a_question_is_called_by_its_name_in_the_language_of_the_reader_or_else_by_its_description() {
        let both = r#"{"name":{"en-US":"Question 1","it-IT":"Domanda 1"}}"#;
        assert_eq!(name(both), Some(Bilingual::new("Domanda 1", "Question 1")));
        let described = r#"{"name":{"it":" "},"description":{"it":"Quanti moduli ha il corso?"}}"#;
        let text = "Quanti moduli ha il corso?";
        assert_eq!(name(described), Some(Bilingual::new(text, text)));
        let other = r#"{"name":{"de":"Frage","fr":"Question"}}"#;
        assert_eq!(name(other), Some(Bilingual::new("Frage", "Frage")));
        assert_eq!(name(r#"{"type":"https://c.example/t"}"#), None);
        let long = format!(r#"{{"name":{{"it":"{}"}}}}"#, "è".repeat(LONGEST + 1));
        assert_eq!(name(&long).unwrap().it.chars().count(), LONGEST);
    }

    #[test]
    fn a_definition_that_is_no_json_is_an_error_that_says_of_what() {
        let error = name_in("https://c.example/q", "{").unwrap_err().to_string();
        assert!(error.contains("https://c.example/q"), "{error}");
    }
}
