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
    if let Some(hours) = hours {
        it.push(format!("almeno {hours} ore"));
        en.push(format!("at least {hours} hours"));
    }
    if let Some(hours) = hours_presence {
        it.push(format!("di cui almeno {hours} in presenza"));
        en.push(format!("at least {hours} of them in presence"));
    }
    if let Some(score) = score {
        it.push(format!("punteggio medio almeno {score}"));
        en.push(format!("a mean score of at least {score}"));
    }
    if let Some(by) = by {
        it.push(format!("entro il {by}"));
        en.push(format!("by the end of {by}"));
    }
    Words::new(format!("Attestato: {}.", it.join("; ")), format!("Certificate: {}.", en.join("; ")))
}
