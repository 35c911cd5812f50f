//! The certificate: its rule in words, the columns of its lists, and what a learner lacks.

use course::{Bilingual, Certificate, Course, Standings, State, micros_of_hours, reaches_score};
use jiff::civil::Date;

use crate::figure;
use crate::people;
use crate::table::{Column, Kind};
use crate::words::{Value, joined, words, words_with};

/// The report of who has a right to the certificate; frozen lists are under the same name.
pub(crate) const LIST: &str = "certificates";

/// The columns of a list on paper.
pub(crate) const IN_PRINT: &[&str] = &[
    "learner",
    "name",
    "body",
    "istat",
    "role",
    "since",
    "hours_online",
    "hours_presence",
    "hours",
    "score",
];

/// The columns of a list of people with a right to the certificate.
pub(crate) fn columns() -> Vec<Column> {
    let mut columns = people::columns();
    let body = columns.iter().position(|column| column.key == "body");
    columns.insert(body.map_or(0, |body| body + 1), Column::of("istat", Kind::Text));
    columns.push(Column::headed("since", Kind::Date, words("column-since-certificate")));
    columns.extend(figure::hour_columns());
    columns.push(Column::of("score", Kind::Score));
    columns
}

/// The rule of the certificate in words.
pub(crate) fn rule(course: &Course) -> Bilingual {
    let Some(certificate) = &course.outline().certificate else {
        return words("certificate-no-rule");
    };
    let Certificate { modules, hours, hours_presence, score, by } = certificate;
    let names: Vec<&str> =
        modules.iter().filter_map(|m| course.modules().get(*m)).map(|m| m.id.as_str()).collect();
    let mut requirements = Vec::new();
    let mut add = |id, name, value| requirements.push(words_with(id, &[(name, value)]));
    if !names.is_empty() {
        add("certificate-modules", "modules", Value::Text(names.join(", ")));
    }
    if let Some(least) = hours {
        add("certificate-hours", "hours", Value::Number(*least));
    }
    if let Some(least) = hours_presence {
        let id = match hours {
            Some(_) => "certificate-hours-of-them",
            None => "certificate-hours-presence",
        };
        add(id, "hours", Value::Number(*least));
    }
    if let Some(score) = score {
        add("certificate-score", "score", Value::Number(*score));
    }
    if let Some(by) = by {
        add("certificate-by", "day", Value::Day(*by));
    }
    words_with(
        "certificate-rule",
        &[("requirements", Value::Bilingual(joined(&requirements, "; ")))],
    )
}

/// The requirements that a learner without a certificate does not meet on `day`, each with what is
/// missing. A course without a rule has none, and so has a learner with a right to the certificate.
/// Where all requirements are met, they were met after the last day that counts.
pub(crate) fn unmet(course: &Course, standings: &Standings, day: Date) -> Vec<Bilingual> {
    let Some(rule) = &course.outline().certificate else { return Vec::new() };
    if standings.certified.is_some() {
        return Vec::new();
    }
    let whole = &standings.course;
    let mut unmet: Vec<Bilingual> = [
        unmet_modules(course, rule, standings),
        unmet_hours("unmet-hours", rule.hours, whole.micros()),
        unmet_hours("unmet-hours-presence", rule.hours_presence, whole.presence),
        unmet_score(rule.score, whole.score),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some(by) = rule.by.filter(|by| unmet.is_empty() || *by < day) {
        unmet.push(words_with("unmet-by", &[("day", Value::Day(by))]));
    }
    unmet
}

fn unmet_modules(course: &Course, rule: &Certificate, standings: &Standings) -> Option<Bilingual> {
    let is_open = |m: &&usize| {
        let standing = standings.modules.get(**m);
        standing.is_some_and(|it| it.applies && it.state != State::Completed)
    };
    let open = rule.modules.iter().filter(is_open).filter_map(|m| course.modules().get(*m));
    let names = open.map(|module| {
        let Bilingual { it, en } = Bilingual::of_title(&module.title);
        Bilingual::new(format!("{} ({it})", module.id), format!("{} ({en})", module.id))
    });
    let names: Vec<Bilingual> = names.collect();
    let modules = Value::Bilingual(joined(&names, ", "));
    (!names.is_empty()).then(|| words_with("unmet-modules", &[("modules", modules)]))
}

fn unmet_hours(id: &str, least: Option<f64>, micros: u64) -> Option<Bilingual> {
    let least = least?;
    let missing = micros_of_hours(least).checked_sub(micros).filter(|missing| *missing > 0)?;
    // What is missing is rounded up, and what is there down: the two never seem to be enough.
    let missing = figure::hours_up(missing);
    let there = ((least - missing) * 100.0).round() / 100.0;
    let values = [("there", there), ("least", least), ("missing", missing)];
    Some(words_with(id, &values.map(|(name, hours)| (name, Value::Number(hours)))))
}

fn unmet_score(least: Option<f64>, score: Option<f64>) -> Option<Bilingual> {
    let least = least?;
    let number = |name, number| (name, Value::Number(number));
    match score.map(figure::four) {
        Some(score) if reaches_score(score, least) => None,
        Some(score) => {
            let missing = figure::four(least - score);
            let values =
                [number("score", score), number("least", least), number("missing", missing)];
            Some(words_with("unmet-score", &values))
        }
        None => Some(words_with("unmet-score-none", &[number("least", least)])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(certificate: &str) -> Bilingual {
        let file = format!(
            "id = 'c'\ntitle = {{ it = 'C' }}\ntime_zone = 'Europe/Rome'\n[certificate]\n\
             {certificate}\n[[module]]\nid = 'm1'\ntitle = {{ it = 'M' }}\n\
             [[module.activity]]\nid = 'https://c.example/1'\n"
        );
        rule(&Course::parse(&file).unwrap())
    }

    fn is(certificate: &str, it: &str, en: &str) {
        assert_eq!(told(certificate), Bilingual::new(it, en));
    }

    #[test]
    fn hours_in_presence_are_a_part_of_the_hours_only_where_these_are_asked() {
        is(
            "modules = []\nhours_presence = 4",
            "Attestato: almeno 4 ore in presenza.",
            "Certificate: at least 4 hours in presence.",
        );
        is(
            "modules = []\nhours = 8\nhours_presence = 4",
            "Attestato: almeno 8 ore; di cui almeno 4 in presenza.",
            "Certificate: at least 8 hours; at least 4 of them in presence.",
        );
        is(
            "hours = 1",
            "Attestato: moduli completati: m1; almeno 1 ora.",
            "Certificate: modules completed: m1; at least 1 hour.",
        );
    }

    #[test]
    fn the_rule_in_italian_has_italian_decimals_and_days() {
        is(
            "hours = 2.5\nhours_presence = 0.5\nscore = 0.6\nby = 2026-06-30\nmodules = []",
            "Attestato: almeno 2,5 ore; di cui almeno 0,5 in presenza; punteggio medio almeno 0,6; \
             entro il 30/06/2026.",
            "Certificate: at least 2.5 hours; at least 0.5 of them in presence; a mean score of at \
             least 0.6; by the end of 2026-06-30.",
        );
    }
}
