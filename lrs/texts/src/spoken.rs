//! Texts that are English where they are made, in the language of their reader.
//!
//! Crates below this one cannot name a message of the catalogue: what a storage engine says, for example. And what is
//! kept, such as why a pipe rests, is kept as a text. Such a text is a message of `spoken.en.ftl`, word for word, and is
//! recognised by its words; tests hold the texts to the code that says them.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::Texts;

/// The messages that texts are recognised by.
const ENGLISH: &str = include_str!("spoken.en.ftl");
/// How many texts are looked for in each other: an error quotes another one, which quotes a third.
const DEEPEST: usize = 6;

/// A message as its text can be recognised by: what stands between its values.
#[derive(Debug)]
struct Spoken {
    id: String,
    /// What is before the first value.
    begin: String,
    /// The names of the values, and what is behind each.
    values: Vec<(String, String)>,
}

static SPOKEN: LazyLock<Vec<Spoken>> = LazyLock::new(|| {
    let resource = match FluentResource::try_new(ENGLISH.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let message = |entry: &Entry<&str>| match entry {
        Entry::Message(message) => Spoken::of(message.id.name, message.value.as_ref()?),
        _ => None,
    };
    resource.entries().filter_map(message).collect()
});

impl Spoken {
    /// None of a message that is more than words and values.
    fn of(id: &str, pattern: &Pattern<&str>) -> Option<Self> {
        let (mut begin, mut values) = (String::new(), Vec::new());
        for element in &pattern.elements {
            let text = match element {
                PatternElement::TextElement { value } => *value,
                PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                    match inline {
                        InlineExpression::VariableReference { id } => {
                            values.push((id.name.to_owned(), String::new()));
                            continue;
                        }
                        InlineExpression::StringLiteral { value } => *value,
                        _ => return None,
                    }
                }
                PatternElement::Placeable { .. } => return None,
            };
            values.last_mut().map_or(&mut begin, |(_, behind)| behind).push_str(text);
        }
        Some(Self { id: id.to_owned(), begin, values })
    }

    /// The values of a text that is this message, each as short as it can be.
    fn values<'t>(&self, text: &'t str) -> Option<Vec<(&str, &'t str)>> {
        let mut rest = text.strip_prefix(self.begin.as_str())?;
        let mut found = Vec::with_capacity(self.values.len());
        for (place, (name, behind)) in self.values.iter().enumerate() {
            let is_last = place + 1 == self.values.len();
            let (value, after) = match (is_last, behind.is_empty()) {
                (true, _) => (rest.strip_suffix(behind.as_str())?, ""),
                (false, true) => return None,
                (false, false) => rest.split_once(behind.as_str())?,
            };
            if value.is_empty() {
                return None;
            }
            found.push((name.as_str(), value));
            rest = after;
        }
        rest.is_empty().then_some(found)
    }

    /// How many bytes of words it has: of two messages that a text can be, the one with more says more of it.
    fn words(&self) -> usize {
        self.begin.len() + self.values.iter().map(|(_, behind)| behind.len()).sum::<usize>()
    }
}

impl Texts {
    /// An English text of code in this language, as far as it is known: a text within it, such as the reason that an error
    /// quotes, is said in this language too. What is not known, such as what a system or another server says, stays.
    ///
    /// ```
    /// use texts::Texts;
    ///
    /// let error = "the store is not available: the writer has stopped";
    /// let said = Texts::italian().of_english(error);
    /// assert_eq!(said, "l’archivio non è disponibile: il thread che scrive si è fermato");
    /// assert_eq!(Texts::italian().of_english("disk I/O error"), "disk I/O error");
    /// ```
    pub fn of_english<'t>(&self, english: &'t str) -> Cow<'t, str> {
        if std::ptr::eq(self, Self::english()) {
            return english.into();
        }
        self.within(english, DEEPEST)
    }

    /// As [`Self::of_english`], with at most this number of texts in each other.
    fn within<'t>(&self, english: &'t str, depth: usize) -> Cow<'t, str> {
        let Some(depth) = depth.checked_sub(1) else { return english.into() };
        let known = self.known(english, depth).or_else(|| self.rules(english));
        let known = known.or_else(|| self.behind(english, depth));
        known.map_or_else(|| self.by_line(english, depth), Cow::Owned)
    }

    fn known(&self, english: &str, depth: usize) -> Option<String> {
        let found = SPOKEN.iter().filter_map(|spoken| Some((spoken, spoken.values(english)?)));
        let (spoken, values) = found.max_by_key(|(spoken, _)| spoken.words())?;
        let mut arguments = fluent_bundle::FluentArgs::new();
        for (name, value) in values {
            arguments.set(name.to_owned(), self.within(value, depth).into_owned());
        }
        self.format(&spoken.id, &arguments)
    }

    /// A text behind what it is about: `listen: missing field`.
    fn behind(&self, english: &str, depth: usize) -> Option<String> {
        let (about, said) = english.split_once(": ")?;
        Some(format!("{about}: {}", self.known(said, depth)?))
    }

    /// What the validator says of a statement, and what it is refused for: `1:7: uuid: …; 1:9: iri: … (/verb/id)`.
    fn rules(&self, english: &str) -> Option<String> {
        let each = english.split("; ").map(|one| self.rule(one)).collect::<Option<Vec<_>>>()?;
        Some(each.join("; "))
    }

    fn rule(&self, english: &str) -> Option<String> {
        let (before, said) = english.split_once(": ")?;
        let is_place = |text: &str| text.bytes().all(|it| it.is_ascii_digit() || it == b':');
        let (place, (rule, said)) = match said.split_once(": ") {
            Some(rest) if is_place(before) => (format!("{before}: "), rest),
            _ => (String::new(), (before, said)),
        };
        let is_id = rule.bytes().all(|it| it.is_ascii_lowercase() || it == b'-');
        let text = is_id.then(|| self.say(&format!("rule-{rule}"), &[]))??;
        let pointer = said.rsplit_once(" (/").filter(|(_, pointer)| pointer.ends_with(')'));
        let pointer = pointer.map(|(_, pointer)| format!(" (/{pointer}")).unwrap_or_default();
        Some(format!("{place}{rule}: {text}{pointer}"))
    }

    /// Some texts are several, a line each.
    fn by_line<'t>(&self, english: &'t str, depth: usize) -> Cow<'t, str> {
        if !english.contains('\n') {
            return english.into();
        }
        let line = |line: &str| {
            let words = line.trim_start();
            let indent = line.get(..line.len() - words.len()).unwrap_or_default();
            format!("{indent}{}", self.within(words, depth))
        };
        english.split('\n').map(line).collect::<Vec<_>>().join("\n").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{literals, sources};

    /// The message with a value in each place, and the id that its text is recognised by.
    fn said(spoken: &Spoken, texts: &Texts) -> String {
        let mut arguments = fluent_bundle::FluentArgs::new();
        for (place, (name, _)) in spoken.values.iter().enumerate() {
            arguments.set(name.clone(), format!("«{place}»"));
        }
        texts.format(&spoken.id, &arguments).unwrap()
    }

    #[test]
    fn every_message_is_recognised_by_its_words_and_said_with_the_same_values() {
        let all = ENGLISH.lines().filter(|line| line.starts_with("spoken-")).count();
        assert_eq!(SPOKEN.len(), all, "each is words and values alone");
        for spoken in SPOKEN.iter() {
            let [english, italian] =
                [Texts::english(), Texts::italian()].map(|texts| said(spoken, texts));
            assert_eq!(Texts::italian().of_english(&english), italian, "{}", spoken.id);
            assert_eq!(Texts::english().of_english(&english), english);
            for place in 0..spoken.values.len() {
                let value = format!("«{place}»");
                assert!(italian.contains(&value), "{} loses {value}: {italian}", spoken.id);
            }
        }
    }

    /// The sources without tests, each literal text on one line and its quotation marks as they are said.
    fn code(folder: &str) -> String {
        let own = |file: String| {
            file.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
        };
        let all = sources(folder, true).into_iter().map(own).collect::<Vec<_>>().join("\n");
        let mut parts = all.split("\\\n");
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |all, part| all + part.trim_start()).replace("\\\"", "”")
    }

    /// What code says in other words now is not recognised any more.
    #[test]
    fn every_message_is_said_by_code_in_these_words() {
        /// Of words that no text of code has in one piece: constants of the engine, the library of settings, a word of a list.
        const NOT_IN_ONE_PIECE: [&str; 24] = [
            "spoken-store-missing",
            "spoken-store-statement",
            "spoken-store-clock-ahead",
            "spoken-store-clock-behind",
            "spoken-store-uri",
            "spoken-store-uri-because",
            "spoken-settings-type",
            "spoken-settings-value",
            "spoken-settings-missing",
            "spoken-settings-base-url",
            "spoken-settings-two-stores-file",
            "spoken-settings-two-stores-variables",
            "spoken-tls-no-certificate",
            "spoken-tls-no-key",
            "spoken-import-no-object-line",
            "spoken-oidc-address",
            "spoken-oidc-plain",
            "spoken-oidc-client",
            "spoken-oidc-roles",
            "spoken-oidc-regions",
            "spoken-oidc-learner",
            "spoken-store-database-name",
            "spoken-import-no-object",
            "spoken-pipe-nowhere",
        ];
        /// Shorter words stand in code by chance.
        const FEW: usize = 8;
        let code = code("").replace('"', "”");
        let mut unsaid = Vec::new();
        for spoken in SPOKEN.iter().filter(|it| !NOT_IN_ONE_PIECE.contains(&it.id.as_str())) {
            let pieces = spoken.values.iter().map(|(_, behind)| behind).chain([&spoken.begin]);
            for piece in pieces.map(|it| it.replace('"', "”")) {
                // What is around a value may be put together.
                let piece = piece.trim_matches([' ', ':', '`', '(', ')']);
                if piece.len() >= FEW && !code.contains(piece) {
                    unsaid.push(format!("`{piece}` of {}", spoken.id));
                }
            }
        }
        assert_eq!(unsaid, [""; 0], "nothing says these");
    }

    /// Why a pipe rests, what it has found, and why statements are dead letters.
    #[test]
    fn all_that_pipes_say_and_keep_has_a_message() {
        const BEGIN: [&str; 13] = [
            "Verdict::Stop(",
            "why = ",
            "reason = ",
            "reason: ",
            "detail = ",
            "told = ",
            "Bad(",
            "Some(",
            "Ok(",
            "Err(",
            "wrong(",
            "answer.status, ",
            "went_well(409, ",
        ];
        let code = code("service/src/pipes").split_whitespace().collect::<Vec<_>>().join(" ");
        let code = code.replace("format!( ", "").replace("format!(", "");
        // Why a lint is not heeded.
        let code = code.replace(", reason = ", "");
        let files = sources("service/src/pipes", true);
        let wire = files.iter().find(|file| file.contains("pub enum WireError")).unwrap();
        let said = literals(&code, &BEGIN).into_iter().chain(literals(wire, &["#[error("]));
        let is_said = |text: &String| text.split(' ').count() >= 3;
        let said: Vec<String> = said.filter(is_said).collect();
        assert!(said.len() > 40, "{said:?}");
        let mut unknown = Vec::new();
        for text in said {
            let mut filled = String::new();
            let mut parts = text.split('{');
            filled.push_str(parts.next().unwrap());
            for part in parts {
                filled.push_str("«»");
                filled.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
            }
            if Texts::italian().of_english(&filled) == filled {
                unknown.push(filled);
            }
        }
        assert_eq!(unknown, [""; 0], "say these in Italian");
    }

    /// Words that no Italian text has, but for names.
    #[test]
    fn italian_texts_are_italian() {
        const ENGLISH_WORDS: [&str; 8] =
            [" the ", " is ", " of ", " and ", " was ", " has ", " it ", " to "];
        for spoken in SPOKEN.iter() {
            let italian = format!(" {} ", said(spoken, Texts::italian()));
            let found = ENGLISH_WORDS.iter().find(|word| italian.contains(**word));
            assert_eq!(found, None, "{}: {italian}", spoken.id);
        }
    }

    #[test]
    fn what_a_statement_is_refused_for_is_said_by_its_rules() {
        let told = |english: &'static str| Texts::italian().of_english(english).into_owned();
        let uuid = Texts::italian().say("rule-uuid", &[]).unwrap();
        assert_eq!(told("uuid: `x` is no UUID"), format!("uuid: {uuid}"));
        assert_eq!(
            told("1:7: uuid: `x` is no UUID (/id); 2:1: uuid: `y` is no UUID"),
            format!("1:7: uuid: {uuid} (/id); 2:1: uuid: {uuid}")
        );
        for other in ["no-such-rule: `x`", "1:7: `x`", "uuid: `x`; and more", "uuid"] {
            assert_eq!(told(other), other);
        }
    }

    #[test]
    fn texts_in_texts_and_lines_are_said_too_and_what_is_unknown_stays() {
        let told = |english: &'static str| Texts::italian().of_english(english).into_owned();
        assert_eq!(
            told(
                "source: the store is not available: reading /a/b: Permission denied (os error 13)"
            ),
            "origine: l’archivio non è disponibile: lettura di /a/b: Permission denied (os error 13)"
        );
        assert_eq!(
            told(
                "the settings are not usable\n  lisen in a.toml: there is no such setting; did you mean `listen`?"
            ),
            "le impostazioni non si possono usare\n  lisen in a.toml: questa impostazione non c’è; si intendeva `listen`?"
        );
        assert_eq!(
            told("x: there is no such setting; did you mean `y`?"),
            "x: questa impostazione non c’è; si intendeva `y`?"
        );
        assert_eq!(told("{\"error\": \"rate limited\"}"), "{\"error\": \"rate limited\"}");
        assert_eq!(told(""), "");
        assert_eq!(told("cannot listen on : "), "cannot listen on : ", "values are not empty");
    }
}
