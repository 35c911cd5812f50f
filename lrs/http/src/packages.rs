//! What is said of packages, in the words of the catalogue.

use package::Words;

use texts::{Texts, Value};

/// The values that texts have a form for each plural of.
const COUNTED: [&str; 4] = ["count", "errors", "warnings", "notes"];

/// The words of one language on packages.
pub struct PackageWords(&'static Texts);

impl PackageWords {
    /// Those in Italian, or in English.
    pub fn of(is_italian: bool) -> Self {
        Self(if is_italian { Texts::italian() } else { Texts::english() })
    }
}

/// A value as a number, where a text may have plurals of it.
fn counted(name: &str, value: &str) -> Value {
    let number = value.parse::<u32>().ok().filter(|_| COUNTED.contains(&name));
    number.map_or_else(|| Value::Text(value.to_owned()), |number| Value::Number(f64::from(number)))
}

impl Words for PackageWords {
    fn say(&self, id: &str, values: &[(&'static str, String)]) -> String {
        let values: Vec<_> =
            values.iter().map(|(name, value)| (*name, counted(name, value))).collect();
        // A test holds that every text is there.
        self.0.say_with(id, &values).unwrap_or_else(|| id.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use package::Rule;

    use super::*;

    #[test]
    fn every_rule_of_packages_and_its_remedy_are_said_in_both_languages() {
        for texts in [Texts::italian(), Texts::english()] {
            for rule in Rule::ALL {
                let values: Vec<_> =
                    rule.values().iter().map(|name| (*name, format!("<{name}>"))).collect();
                let message = texts.say(rule.text_id(), &values);
                let message = message.unwrap_or_else(|| panic!("{} is not said", rule.id()));
                let remedy = texts.say(&format!("{}.remedy", rule.text_id()), &values);
                assert!(remedy.is_some(), "{} has no remedy", rule.id());
                let said = message + &remedy.unwrap_or_default();
                for (name, value) in &values {
                    assert!(said.contains(value.as_str()), "{} does not say {name}", rule.id());
                }
            }
        }
    }

    #[test]
    fn one_thing_is_not_said_in_the_plural_and_no_inner_word_is_said() {
        let said = |id: &str, count: &str, of: &'static str| {
            let values = [("count", count.to_owned()), (of, "x".to_owned())];
            [true, false].map(|is_italian| PackageWords::of(is_italian).say(id, &values))
        };
        let [italian, english] = said("package-files-unlisted", "1", "example");
        assert!(
            italian.starts_with("Un file è") && english.starts_with("1 file is"),
            "{italian} {english}"
        );
        let [italian, english] = said("package-files-unlisted", "5000", "example");
        assert!(
            italian.starts_with("5000 file sono") && english.starts_with("5000 files are"),
            "{italian}"
        );
        let counts = ["errors", "warnings", "notes"].map(|name| (name, "1".to_owned()));
        assert_eq!(
            PackageWords::of(true).say("package-count", &counts),
            "1 errore, 1 avviso, 1 nota"
        );
        assert_eq!(
            PackageWords::of(false).say("package-count", &counts),
            "1 error, 1 warning, 1 note"
        );
        for words in [true, false].map(PackageWords::of) {
            let of = |kind: &str| words.say("package-not-zip", &[("kind", kind.to_owned())]);
            assert!(!of("other").contains("other"), "{}", of("other"));
            assert!(of("rar").contains("(rar)"), "{}", of("rar"));
        }
    }

    #[test]
    fn no_text_on_packages_is_of_a_rule_that_is_gone() {
        let file = include_str!("../../texts/src/packages.en.ftl");
        let lines: Vec<&str> = file.lines().collect();
        for pair in lines.windows(2) {
            let [line, next] = pair else { continue };
            let Some((id, _)) = line.split_once(" = ") else { continue };
            if id.starts_with("package-") && next.starts_with("    .remedy") {
                assert!(Rule::ALL.iter().any(|rule| rule.text_id() == id), "nothing finds {id}");
            }
        }
    }
}
