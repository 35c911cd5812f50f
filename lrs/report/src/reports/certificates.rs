//! R16: who has a right to the certificate.

use crate::certificate;
use crate::descriptor::{Asked, Report};
use crate::frozen::FrozenPerson;
use crate::table::Table;

/// The learners who fulfil all rules of the certificate, with the day since which they do. The
/// notes say the rule in words. Without a rule in the course file the list is empty.
pub(crate) static REPORT: Report =
    Report::plain(certificate::LIST, "(R16) who has a right to one", table);

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let mut table = view.table(&REPORT, certificate::columns());
    table.print = certificate::IN_PRINT;
    table.notes.push(certificate::rule(view.course));
    let entitled = view.members.iter().filter_map(|member| FrozenPerson::of(member));
    table.rows =
        entitled.map(|person| person.cells()).take_while(|row| view.room.admits(row)).collect();
    // A frozen list has the code beside the body.
    table.move_column("istat", 2);
    table
}
