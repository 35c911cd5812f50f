//! What is said of packages, in the words of the catalogue.

use package::Words;

use texts::Texts;

/// The words of one language on packages.
pub struct PackageWords(&'static Texts);

impl PackageWords {
    /// Those in Italian, or in English.
    pub fn of(is_italian: bool) -> Self {
        Self(if is_italian { Texts::italian() } else { Texts::english() })
    }
}

impl Words for PackageWords {
    fn say(&self, id: &str, values: &[(&'static str, String)]) -> String {
        // A test holds that every text is there.
        self.0.say(id, values).unwrap_or_else(|| id.to_owned())
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
    fn no_text_on_packages_is_of_a_rule_that_is_gone() {
        let file = include_str!("../../texts/src/en.ftl");
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
