//! What statements speak with: the tables `verbs` and `activities`, which are replaced as a whole.

use std::borrow::Cow;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use validator::json::Node;

use crate::flatten::{Flattener, StatementParts, verb_used};
use crate::schema::{Dataset, Datum, RowOf};

/// The most verbs, and the most activities: statements with further ones are in `statements` all the same.
pub const MOST_VERBS: usize = 10_000;
/// See [`MOST_VERBS`].
pub const MOST_ACTIVITIES: usize = 100_000;
/// The most characters of a name.
const LONGEST_NAME: usize = 300;
/// The language that a name is taken in where there are several, the first of these that it has.
const LANGUAGES: [&str; 4] = ["it", "it-IT", "en", "en-US"];

/// The verbs and activities of a log up to an instant. It can be made in parts: what a table says of the log up to one
/// instant, and the statements stored after it, are what a table says up to a later one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    verbs: Terms,
    activities: Terms,
    /// Whether there were more than can be kept.
    is_full: bool,
}

/// What statements that follow each other speak with, to be added to a [`Vocabulary`] as a whole. Several can be made at a
/// time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsedWords {
    verbs: Terms,
    activities: Terms,
}

/// Verbs or activities by IRI, in the order in which they came.
type Terms = IndexMap<String, Term, RandomState>;

/// What is known of a verb or activity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Term {
    name: Option<String>,
    /// Of an activity.
    kind: Option<String>,
    interaction: Option<String>,
    /// When the first and the last statement with it were stored, and how many there are.
    first: i64,
    last: i64,
    statements: i64,
}

/// A verb or activity as one statement has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Used<'a> {
    pub(crate) iri: Cow<'a, str>,
    pub(crate) name: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) interaction: Option<&'a str>,
}

impl UsedWords {
    /// Adds what a statement speaks with that was stored later than all that were added before.
    pub fn add<N: Node>(&mut self, flattener: &Flattener, said: &StatementParts<'_, N>) {
        let at = said.at();
        if let Some(verb) = verb_used(said) {
            enter(&mut self.verbs, at, verb);
        }
        for activity in flattener.activities_used(said) {
            enter(&mut self.activities, at, activity);
        }
    }
}

impl Vocabulary {
    /// Adds what statements speak with that were stored later than all whose words were added before. The same comes of
    /// it, wherever these statements are cut into parts.
    pub fn add(&mut self, spoken: UsedWords) {
        self.is_full |= !join(&mut self.verbs, MOST_VERBS, spoken.verbs);
        self.is_full |= !join(&mut self.activities, MOST_ACTIVITIES, spoken.activities);
    }

    /// The vocabulary that these rows of `verbs` and `activities` were written of; nothing where they were not.
    pub fn read(verbs: &[RowOf], activities: &[RowOf]) -> Option<Self> {
        let verbs: Terms = verbs.iter().map(verb).collect::<Option<_>>()?;
        let activities: Terms = activities.iter().map(activity).collect::<Option<_>>()?;
        let is_full = verbs.len() >= MOST_VERBS || activities.len() >= MOST_ACTIVITIES;
        Some(Self { verbs, activities, is_full })
    }

    /// The rows of a table, by IRI; none of another table than `verbs` and `activities`.
    pub fn rows(&self, dataset: Dataset) -> Vec<RowOf> {
        let common = |term: &Term| {
            [Datum::Time(term.first), Datum::Time(term.last), Datum::Whole(term.statements)]
        };
        let text = |text: &Option<String>| Datum::text(text.as_ref());
        match dataset {
            Dataset::Verbs => {
                let row = |(iri, term): (&String, &Term)| {
                    let own = [Datum::Text(iri.clone()), text(&term.name)];
                    own.into_iter().chain(common(term)).collect()
                };
                sorted(&self.verbs).map(row).collect()
            }
            Dataset::Activities => {
                let row = |(iri, term): (&String, &Term)| {
                    let own = [&term.name, &term.kind, &term.interaction].map(text);
                    let own = std::iter::once(Datum::Text(iri.clone())).chain(own);
                    own.chain(common(term)).collect()
                };
                sorted(&self.activities).map(row).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether the tables lack verbs or activities, because there are more than they hold.
    pub const fn is_full(&self) -> bool {
        self.is_full
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> usize {
        let of = |(iri, term): (&String, &Term)| {
            let texts = [&term.name, &term.kind, &term.interaction];
            let texts = texts.into_iter().flatten().map(String::len).sum::<usize>();
            2 * size_of::<Term>() + iri.len() + texts
        };
        self.verbs.iter().chain(&self.activities).map(of).sum()
    }
}

/// The verbs or activities in the order of their IRIs.
fn sorted(terms: &Terms) -> impl Iterator<Item = (&String, &Term)> {
    let mut terms: Vec<_> = terms.iter().collect();
    terms.sort_unstable_by_key(|(iri, _)| *iri);
    terms.into_iter()
}

/// Adds terms to those that are known of earlier statements, in the order in which they came. False where there is no
/// room for one of them.
fn join(known: &mut Terms, most: usize, later: Terms) -> bool {
    let mut has_room = true;
    for (iri, term) in later {
        if let Some(known) = known.get_mut(&iri) {
            known.last = term.last;
            known.statements += term.statements;
            known.name = term.name.or_else(|| known.name.take());
            known.kind = term.kind.or_else(|| known.kind.take());
            known.interaction = term.interaction.or_else(|| known.interaction.take());
        } else if known.len() < most {
            known.insert(iri, term);
        } else {
            has_room = false;
        }
    }
    has_room
}

/// Counts a statement with a verb or activity.
fn enter(terms: &mut Terms, at: i64, used: Used<'_>) {
    let Used { iri, name, kind, interaction } = used;
    // Most are known, and need no text of their own.
    let index = terms.get_index_of(&*iri).unwrap_or_else(|| {
        let term = Term { first: at, ..Term::default() };
        terms.insert_full(iri.into_owned(), term).0
    });
    let Some((_, term)) = terms.get_index_mut(index) else { return };
    // An activity may be named several times by one statement, and is counted once.
    if term.last != at {
        (term.last, term.statements) = (at, term.statements + 1);
    }
    if let Some(name) = name {
        change(&mut term.name, name);
    }
    for (known, said) in [(&mut term.kind, kind), (&mut term.interaction, interaction)] {
        if let Some(said) = said {
            change(known, said);
        }
    }
}

/// The latest word counts.
fn change(known: &mut Option<String>, said: &str) {
    if known.as_deref() != Some(said) {
        *known = Some(said.to_owned());
    }
}

/// The name among names by language that tables have.
pub(crate) fn name_of<N: Node>(names: &N) -> Option<&str> {
    let preferred = LANGUAGES.iter().find_map(|language| names.get(language));
    let name = preferred.or_else(|| Some(names.entries().next()?.1))?.as_str()?;
    let end = if name.len() > LONGEST_NAME { name.char_indices().nth(LONGEST_NAME) } else { None };
    let end = end.map_or(name.len(), |(end, _)| end);
    name.get(..end).filter(|name| !name.is_empty())
}

fn verb(row: &RowOf) -> Option<(String, Term)> {
    let [Datum::Text(iri), name, first, last, statements] = row.as_slice() else { return None };
    term((name, &Datum::Null, &Datum::Null), (first, last, statements))
        .map(|term| (iri.clone(), term))
}

fn activity(row: &RowOf) -> Option<(String, Term)> {
    let [Datum::Text(iri), name, kind, interaction, first, last, statements] = row.as_slice()
    else {
        return None;
    };
    term((name, kind, interaction), (first, last, statements)).map(|term| (iri.clone(), term))
}

fn term(
    (name, kind, interaction): (&Datum, &Datum, &Datum),
    counted: (&Datum, &Datum, &Datum),
) -> Option<Term> {
    let (Datum::Time(first), Datum::Time(last), Datum::Whole(statements)) = counted else {
        return None;
    };
    let text = |datum: &Datum| match datum {
        Datum::Text(text) => Some(text.clone()),
        _ => None,
    };
    let (name, kind, interaction) = (text(name), text(kind), text(interaction));
    Some(Term { name, kind, interaction, first: *first, last: *last, statements: *statements })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;
    use xapi::instant::Instant;
    use xapi::stored::Stored;

    use super::*;
    use crate::Pseudonyms;

    fn flattener() -> Flattener {
        Flattener::new(Pseudonyms::under(b"s"))
    }

    fn said(n: i64, object: &Value, context: &Value) -> (Stored, Value) {
        let value = json!({
            "actor": {"mbox": "mailto:anna@x.example"},
            "verb": {"id": "https://v.example/saw", "display": {"de": "sah", "en": "saw"}},
            "object": object,
            "context": {"contextActivities": context},
        });
        let body = value.to_string().into_bytes().into();
        (Stored { id: Uuid::nil(), stored: Instant::from_micros(n), body }, value)
    }

    fn lesson(name: &str) -> Value {
        json!({"id": "https://a.example/l", "definition": {"type": "https://t.example/lesson", "name": {"it": name}}})
    }

    fn whole() -> Vec<(Stored, Value)> {
        let person = json!({"id": "https://a.example/people/anna@x.example",
            "definition": {"name": {"it": "Anna Rossi"}}});
        let statement_ref = json!({"objectType": "StatementRef", "id": Uuid::nil().to_string()});
        vec![
            said(1, &lesson("Lezione"), &json!({"grouping": [lesson("Lezione")]})),
            said(2, &person, &json!({})),
            said(3, &statement_ref, &json!({"parent": lesson("Lezione due")})),
        ]
    }

    fn of(said: &[(Stored, Value)], mut vocabulary: Vocabulary) -> Vocabulary {
        for part in said.chunks(2) {
            let mut spoken = UsedWords::default();
            for (stored, value) in part {
                spoken.add(&flattener(), &StatementParts::of(stored, None, value));
            }
            vocabulary.add(spoken);
        }
        vocabulary
    }

    #[test]
    fn verbs_and_activities_have_their_latest_name_and_are_counted_by_statement() {
        let vocabulary = of(&whole(), Vocabulary::default());
        let text = |text: &str| Datum::Text(text.to_owned());
        let verb = vec![
            text("https://v.example/saw"),
            text("saw"),
            Datum::Time(1),
            Datum::Time(3),
            Datum::Whole(3),
        ];
        assert_eq!(vocabulary.rows(Dataset::Verbs), [verb]);
        let activities = vocabulary.rows(Dataset::Activities);
        assert_eq!(activities.len(), 2);
        let lesson = vec![
            text("https://a.example/l"),
            text("Lezione due"),
            text("https://t.example/lesson"),
            Datum::Null,
            Datum::Time(1),
            Datum::Time(3),
            Datum::Whole(2),
        ];
        assert_eq!(activities[0], lesson);
        for dataset in [Dataset::Verbs, Dataset::Activities] {
            for row in vocabulary.rows(dataset) {
                assert_eq!(row.len(), dataset.columns().len());
            }
        }
    }

    /// Of the first that have no room the last is left out, in whatever parts they come.
    #[test]
    fn the_first_verbs_have_room_and_those_that_are_known_are_counted_on() {
        let verb = |n: usize| json!({"verb": {"id": format!("https://v.example/{n}")}});
        let said = |n: usize, at: usize| {
            let stored = Instant::from_micros(i64::try_from(at).unwrap());
            (Stored { id: Uuid::nil(), stored, body: "{}".into() }, verb(n))
        };
        let mut all: Vec<_> = (0..=MOST_VERBS).map(|n| said(n, n + 1)).collect();
        all.push(said(0, MOST_VERBS + 2));
        let mut results = [1, 7_000, all.len()].map(|most| {
            let mut vocabulary = Vocabulary::default();
            for part in all.chunks(most) {
                let mut spoken = UsedWords::default();
                for (stored, value) in part {
                    spoken.add(&flattener(), &StatementParts::of(stored, None, value));
                }
                vocabulary.add(spoken);
            }
            vocabulary
        });
        let last = results[2].clone();
        assert!(results.iter_mut().all(|it| *it == last), "the parts are seen");
        assert!(last.is_full());
        let rows = last.rows(Dataset::Verbs);
        assert_eq!(rows.len(), MOST_VERBS);
        let counted = |n: usize| {
            let iri = Datum::Text(format!("https://v.example/{n}"));
            rows.iter().find(|row| row[0] == iri).map(|row| row[4].clone())
        };
        assert_eq!(counted(0), Some(Datum::Whole(2)));
        assert_eq!(counted(MOST_VERBS), None);
    }

    /// Neither by its IRI nor by its name.
    #[test]
    fn an_activity_that_is_the_page_of_its_actor_names_nobody() {
        let rows = of(&whole(), Vocabulary::default()).rows(Dataset::Activities);
        let text = format!("{rows:?}");
        assert!(text.contains("person:"), "{text}");
        assert!(!text.contains("anna") && !text.contains("Rossi"), "{text}");
    }

    #[test]
    fn a_vocabulary_goes_on_from_its_tables_wherever_these_end() {
        let (all, whole) = (whole(), of(&whole(), Vocabulary::default()));
        for cut in 0..=all.len() {
            let (before, after) = all.split_at(cut);
            let first = of(before, Vocabulary::default());
            let [verbs, activities] =
                [Dataset::Verbs, Dataset::Activities].map(|it| first.rows(it));
            let read = Vocabulary::read(&verbs, &activities).unwrap();
            assert_eq!(read, first);
            assert_eq!(of(after, read), whole, "cut after {cut}");
        }
        assert_eq!(Vocabulary::read(&[vec![Datum::Null]], &[]), None);
    }
}
