//! Texts of the catalogue (`lrs/texts`) in both languages.

use course::{Activity, Bilingual, Language, State};
use jiff::civil::Date;

/// A value in a text.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// The same in both languages.
    Text(String),
    /// In the language of the text.
    Bilingual(Bilingual),
    /// Written as the language writes numbers; chooses the plural.
    Number(f64),
    /// Written as the language writes days.
    Day(Date),
}

/// The message `id` in both languages. The id itself where the catalogue lacks the message, which a
/// test of the catalogue excludes.
pub(crate) fn words(id: &str) -> Bilingual {
    words_with(id, &[])
}

/// [`words`] with these values in it.
pub(crate) fn words_with(id: &str, values: &[(&'static str, Value)]) -> Bilingual {
    known(id, values).unwrap_or_else(|| Bilingual::new(id, id))
}

/// The message `id` with these values, where the catalogue has it.
fn known(id: &str, values: &[(&'static str, Value)]) -> Option<Bilingual> {
    let say = |language| {
        let values: Vec<_> = values.iter().map(|(name, it)| (*name, it.of(language))).collect();
        language.texts().say_with(id, &values)
    };
    Some(Bilingual::new(say(Language::It)?, say(Language::En)?))
}

impl Value {
    fn of(&self, language: Language) -> texts::Value {
        match self {
            Self::Text(text) => texts::Value::Text(text.clone()),
            Self::Bilingual(words) => texts::Value::Text(words.in_language(language).to_owned()),
            Self::Number(number) => texts::Value::Number(*number),
            Self::Day(day) => texts::Value::Day(*day),
        }
    }
}

/// Several texts as one, with `separator` between them.
pub(crate) fn joined(all: &[Bilingual], separator: &str) -> Bilingual {
    let join = |language| {
        let texts: Vec<&str> = all.iter().map(|words| words.in_language(language)).collect();
        texts.join(separator)
    };
    Bilingual::new(join(Language::It), join(Language::En))
}

/// The name of a state.
pub(crate) fn state(state: State) -> Bilingual {
    words(match state {
        State::NotStarted => "state-not_started",
        State::InProgress => "state-in_progress",
        State::Completed => "state-completed",
    })
}

/// A kind of activity or event: a word of the course file. A word that the catalogue lacks is its
/// own name, for an author may write any.
pub(crate) fn activity_kind(kind: &str) -> Bilingual {
    known(&format!("kind-{kind}"), &[]).unwrap_or_else(|| Bilingual::new(kind, kind))
}

/// The title of an activity, or its key.
pub(crate) fn activity_name(activity: &Activity) -> Bilingual {
    let key = || Bilingual::new(&activity.key, &activity.key);
    activity.title.as_ref().map_or_else(key, Bilingual::of_title)
}
