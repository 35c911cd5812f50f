//! R16: who has a right to the certificate.

use super::super::model::{Certificate, Course};
use super::super::table::{Cell, Column, Kind, Table, Words};
use super::figure;
use super::people;
use super::view::View;

/// The columns of a list on paper.
pub(in crate::course) const IN_PRINT: &[&str] = &[
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

/// Everybody who fulfils all rules of the certificate, with the day since which they do. The
/// notes say the rule in words. Without a rule in the course file nobody has a right to one.
pub fn certificates(view: &View<'_>) -> Table {
    let mut columns = people::columns();
    columns.insert(2, Column::new("istat", Kind::Text, "Codice ISTAT", "ISTAT code"));
    columns.extend([
        Column::new("since", Kind::Date, "Requisiti raggiunti il", "Earned on"),
        Column::new("hours_online", Kind::Hours, "Ore a distanza", "Hours online"),
        Column::new("hours_presence", Kind::Hours, "Ore in presenza", "Hours in presence"),
        Column::new("hours", Kind::Hours, "Ore totali", "Hours"),
        Column::new("score", Kind::Score, "Punteggio", "Score"),
    ]);
    let title = Words::new("Elenco degli attestati", "Certificate list");
    let mut table = view.table("certificates", title, columns);
    table.print = IN_PRINT;
    table.notes.push(rule(view.course));
    for member in &view.members {
        let Some(since) = member.standings.certified else { continue };
        let whole = &member.standings.course;
        let mut row = people::cells(&member.learner);
        row.insert(2, Cell::Text(member.learner.istat.clone()));
        row.extend([
            Cell::Date(since),
            figure::hours_cell(whole.online),
            figure::hours_cell(whole.presence),
            figure::hours_cell(whole.micros()),
            figure::score(whole.score),
        ]);
        table.rows.push(row);
    }
    table
}

/// The rule of the certificate in words.
pub fn rule(course: &Course) -> Words {
    let Some(certificate) = &course.outline().certificate else {
        return Words::new(
            "Il corso non ha una regola per l'attestato: aggiungere [certificate] al file.",
            "The course has no rule for a certificate: add [certificate] to its file.",
        );
    };
    let Certificate { modules, hours, hours_presence, score, by } = certificate;
    let names: Vec<&str> =
        modules.iter().filter_map(|m| course.modules().get(*m)).map(|m| m.id.as_str()).collect();
    let names = names.join(", ");
    let (mut it, mut en) = (Vec::new(), Vec::new());
    if !names.is_empty() {
        it.push(format!("moduli completati: {names}"));
        en.push(format!("modules completed: {names}"));
    }
    if let Some(least) = hours {
        it.push(format!("almeno {}", hours_it(*least)));
        en.push(format!("at least {}", hours_en(*least)));
    }
    match hours_presence {
        Some(least) if hours.is_some() => {
            it.push(format!("di cui almeno {} in presenza", figure::number_it(*least)));
            en.push(format!("at least {least} of them in presence"));
        }
        Some(least) => {
            it.push(format!("almeno {} in presenza", hours_it(*least)));
            en.push(format!("at least {} in presence", hours_en(*least)));
        }
        None => {}
    }
    if let Some(score) = score {
        it.push(format!("punteggio medio almeno {}", figure::number_it(*score)));
        en.push(format!("a mean score of at least {score}"));
    }
    if let Some(by) = by {
        it.push(format!("entro il {}", figure::day_it(*by)));
        en.push(format!("by the end of {by}"));
    }
    Words::new(format!("Attestato: {}.", it.join("; ")), format!("Certificate: {}.", en.join("; ")))
}

fn hours_it(hours: f64) -> String {
    if is_one(hours) { "1 ora".to_owned() } else { format!("{} ore", figure::number_it(hours)) }
}

fn hours_en(hours: f64) -> String {
    if is_one(hours) { "1 hour".to_owned() } else { format!("{hours} hours") }
}

fn is_one(hours: f64) -> bool {
    (hours - 1.0).abs() < f64::EPSILON
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(certificate: &str) -> Words {
        let file = format!(
            "id = 'c'\ntitle = {{ it = 'C' }}\ntime_zone = 'Europe/Rome'\n[certificate]\n\
             {certificate}\n[[module]]\nid = 'm1'\ntitle = {{ it = 'M' }}\n\
             [[module.activity]]\nid = 'https://c.example/1'\n"
        );
        rule(&Course::parse(&file).unwrap())
    }

    fn is(certificate: &str, it: &str, en: &str) {
        assert_eq!(told(certificate), Words::new(it, en));
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
