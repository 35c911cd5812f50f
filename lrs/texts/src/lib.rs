//! The texts that people read, by language: one Fluent file each, in this folder.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// The texts of one language.
pub struct Texts(FluentBundle<FluentResource>);

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| Texts::read("en", include_str!("en.ftl")));
static ITALIAN: LazyLock<Texts> = LazyLock::new(|| Texts::read("it", include_str!("it.ftl")));

impl Texts {
    /// The English ones.
    pub fn english() -> &'static Self {
        &ENGLISH
    }

    /// The Italian ones.
    pub fn italian() -> &'static Self {
        &ITALIAN
    }

    fn read(language: &str, file: &str) -> Self {
        let languages = language.parse().into_iter().collect();
        let mut bundle = FluentBundle::new_concurrent(languages);
        // The values are names and addresses, which people copy: no marks of direction around them.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(file.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        Self(bundle)
    }

    /// The text of the message `id`, or of its attribute where `id` is `message.attribute`, with
    /// these values in it. Nothing where there is no such text, or where it wants another value.
    pub fn say(&self, id: &str, values: &[(&'static str, String)]) -> Option<String> {
        let (id, attribute) = match id.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (id, None),
        };
        let message = self.0.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let arguments: FluentArgs<'_> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), value.as_str())).collect();
        let mut errors = Vec::new();
        let text = self.0.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
        errors.is_empty().then_some(text)
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

    const FILES: [&str; 2] = [include_str!("en.ftl"), include_str!("it.ftl")];

    /// The messages of a file, of rules or of all else.
    fn messages(file: &str, of_rules: bool) -> BTreeSet<String> {
        let ids = file.lines().filter_map(|line| line.split_once(" =").map(|(id, _)| id));
        let ids = ids.filter(|id| !id.starts_with([' ', '#']) && !id.starts_with("status-"));
        ids.filter(|id| id.starts_with("rule-") == of_rules).map(str::to_owned).collect()
    }

    #[test]
    fn the_files_have_no_fault_and_put_refusals_together_alike() {
        for file in FILES {
            assert!(FluentResource::try_new(file.to_owned()).is_ok());
        }
        assert_eq!(messages(FILES[0], false), messages(FILES[1], false));
    }

    /// All Rust files in a folder of `lrs`, and below it where that is wanted.
    fn sources(folder: &str, below: bool) -> Vec<String> {
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

    /// The ids that a file refuses by: the first text in each of these calls.
    fn refused_by(file: &str) -> Vec<String> {
        let calls = ["Refusal::new(", "Problem::new(", "Self::new(\n", "Self::new(StatusCode"];
        let literal = |rest: &str| rest.split('"').nth(1).map(str::to_owned);
        let is_id = |id: &String| id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let ids = calls.into_iter().flat_map(|call| file.split(call).skip(1).filter_map(literal));
        ids.filter(is_id).collect()
    }

    #[test]
    fn every_rule_of_xapi_and_its_remedy_are_said_in_italian_and_no_other() {
        let folders = [
            "xapi/src",
            "service/src/record",
            "store",
            "http/src/xapi",
            "http/src/multipart",
            "http/src/problem",
        ];
        let of_xapi = folders.iter().flat_map(|folder| sources(folder, true));
        let files = of_xapi.chain(sources("http/src", false));
        let mut rules: BTreeSet<String> = files.flat_map(|file| refused_by(&file)).collect();
        assert!(rules.contains("parameter-unknown") && rules.contains("scope"), "{rules:?}");
        rules.extend(validator::rules().iter().map(|rule| rule.id.to_owned()));
        let said: BTreeSet<String> =
            messages(FILES[1], true).iter().map(|id| id.replacen("rule-", "", 1)).collect();
        assert_eq!(rules.difference(&said).collect::<Vec<_>>(), [""; 0], "say these in it.ftl");
        let all = sources("", true).concat();
        for rule in &said {
            let is_used = rules.contains(rule) || all.contains(&format!("\"{rule}\""));
            assert!(is_used, "nothing refuses by {rule}");
            let message = Texts::italian().0.get_message(&format!("rule-{rule}")).unwrap();
            assert!(
                message.value().is_some() && message.get_attribute("remedy").is_some(),
                "{rule}"
            );
        }
    }
}
