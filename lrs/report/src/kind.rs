//! The kinds of activities and events as people read them.

use crate::table::Cell;
use course::Words;

/// The kinds that have a name in both languages. A course's author may write any other word.
const KNOWN: [(&str, &str, &str); 16] = [
    ("online", "attività online", "online activity"),
    ("lesson", "lezione", "lesson"),
    ("reading", "lettura", "reading"),
    ("video", "video", "video"),
    ("test", "verifica", "test"),
    ("survey", "questionario", "survey"),
    ("assignment", "elaborato", "assignment"),
    ("classroom", "aula", "classroom"),
    ("seminar", "seminario", "seminar"),
    ("webinar", "webinar", "webinar"),
    ("workshop", "laboratorio", "workshop"),
    ("joint_workshop", "laboratorio congiunto", "joint workshop"),
    ("conference", "convegno", "conference"),
    ("specialist_training", "formazione specialistica", "specialist training"),
    ("study_visit", "visita di studio", "study visit"),
    ("event", "evento", "event"),
];

/// A kind: the word of the course file for programs, its name for people. A word that is not known
/// is its own name.
pub(super) fn cell(kind: &str) -> Cell {
    let known = KNOWN.iter().find(|(word, ..)| *word == kind);
    let words = known.map_or_else(|| Words::new(kind, kind), |(_, it, en)| Words::new(*it, *en));
    Cell::Code(kind.to_owned(), words)
}
