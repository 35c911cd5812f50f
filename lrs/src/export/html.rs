//! A table as a page to read and to print: whole in itself, without script or network.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::ExportError;
use super::shown::Shown;
use crate::course::{Cell, Column, Kind, Language, Table};

const STYLE: &str = include_str!("print.css");

/// From this many columns on the type is smaller, so that A4 across still holds them.
const WIDE: usize = 11;

/// One page in `language`, laid out for A4 across, the headings on every sheet. Columns of
/// signatures are empty boxes, high enough to sign in.
pub(super) fn write(table: &Table, language: Language) -> Result<String, ExportError> {
    let shown = Shown::new(table, language)?;
    let (title, course) = (shown.title(), shown.course_title());
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – " (course) }
                style { (PreEscaped(STYLE)) }
            }
            body class=[(table.columns.len() >= WIDE).then_some("wide")] {
                main {
                    h1 { (title) }
                    dl {
                        @for (label, fact) in shown.facts()? { dt { (label) } dd { (fact) } }
                    }
                    // Wide tables scroll on a screen, which the keyboard must be able to do.
                    div.table role="region" aria-labelledby="caption" tabindex="0" {
                        (body(&shown)?)
                    }
                    (notes(&shown))
                }
            }
        }
    };
    Ok(page.into_string())
}

fn body(shown: &Shown) -> Result<Markup, ExportError> {
    let (table, columns) = (shown.table, &shown.table.columns);
    Ok(html! {
        table {
            caption #caption { (shown.title()) ": " (shown.course_title()) ", " (shown.as_of()) }
            thead {
                tr {
                    @for column in columns {
                        th scope="col" class=[class(column.kind)] { (shown.heading(column)) }
                    }
                }
            }
            tbody {
                @for row in &table.rows { (self::row(shown, row)?) }
                @if table.rows.is_empty() {
                    tr {
                        td.none colspan=(columns.len().max(1)) {
                            (shown.say("Nessuna riga", "No rows"))
                        }
                    }
                }
            }
        }
    })
}

/// The first cell names the row.
fn row(shown: &Shown, row: &[Cell]) -> Result<Markup, ExportError> {
    let cells = row.iter().chain(std::iter::repeat(&Cell::Empty));
    let cells: Vec<(&Column, String)> = (shown.table.columns.iter().zip(cells))
        .map(|(column, cell)| Ok((column, shown.cell(cell)?)))
        .collect::<Result<_, ExportError>>()?;
    Ok(html! {
        tr {
            @for (at, (column, cell)) in cells.iter().enumerate() {
                @if at == 0 && column.kind != Kind::Signature {
                    th scope="row" class=[class(column.kind)] { (cell) }
                } @else {
                    td class=[class(column.kind)] { (cell) }
                }
            }
        }
    })
}

fn notes(shown: &Shown) -> Markup {
    html! {
        @if !shown.table.notes.is_empty() {
            section.notes {
                h2 { (shown.say("Note", "Notes")) }
                ul { @for note in shown.notes() { li { (note) } } }
            }
        }
    }
}

const fn class(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Count | Kind::Hours | Kind::Score | Kind::Share => Some("number"),
        Kind::Date | Kind::Instant => Some("day"),
        Kind::Signature => Some("signature"),
        Kind::Text | Kind::State | Kind::Flag => None,
    }
}
