//! A table as a page to read and to print: whole in itself, without script or network.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::ExportError;
use super::shown::{Shown, with_label};
use crate::{Cell, Column, Kind, Table};
use course::Language;

/// How the page looks: the only style in it.
pub const STYLE: &str = include_str!("print.css");

/// From this many columns on the type is smaller, so that A4 across still holds them.
const WIDE: usize = 11;
/// And from this many on the page is A3.
const VERY_WIDE: usize = 17;

/// One page in `language`, laid out for A4 across, the headings on every sheet. Columns of
/// signatures are empty boxes, high enough to sign in.
pub(super) fn write(table: &Table, language: Language) -> Result<String, ExportError> {
    let table = &on_paper(table);
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
            body class=[width(table.columns.len())] {
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

/// The table as paper has room for it: with the columns that it names for print, and of these
/// only those in which anything stands.
fn on_paper(table: &Table) -> Table {
    let is_blank = |cell: &Cell| match cell {
        Cell::Empty => true,
        Cell::Text(text) => text.is_empty(),
        _ => false,
    };
    let keep: Vec<bool> = (table.columns.iter().enumerate())
        .map(|(at, column)| {
            let is_for_print = table.print.is_empty() || table.print.contains(&column.key.as_str());
            let mut cells = table.rows.iter().map(|row| row.get(at).unwrap_or(&Cell::Empty));
            let says_something = table.rows.is_empty() || !cells.all(is_blank);
            is_for_print && (says_something || column.kind == Kind::Signature)
        })
        .collect();
    Table {
        columns: kept(&table.columns, &keep),
        rows: table.rows.iter().map(|row| kept(row, &keep)).collect(),
        totals: table.totals.as_ref().map(|cells| kept(cells, &keep)),
        ..table.clone()
    }
}

fn kept<T: Clone>(all: &[T], keep: &[bool]) -> Vec<T> {
    all.iter().zip(keep).filter(|(_, keep)| **keep).map(|(one, _)| one.clone()).collect()
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
            @if let Some(totals) = &table.totals { tfoot { (self::totals(shown, totals)?) } }
            tbody {
                @for row in &table.rows { (self::row(shown, row)?) }
                @if table.rows.is_empty() {
                    tr {
                        td.none colspan=(columns.len().max(1)) {
                            (shown.say("no-rows"))
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

/// The sums, under a heading of their own.
fn totals(shown: &Shown, totals: &[Cell]) -> Result<Markup, ExportError> {
    let cells = totals.iter().map(|cell| shown.cell(cell)).collect::<Result<Vec<_>, _>>()?;
    let cells = with_label(cells, shown);
    Ok(html! {
        tr {
            @for (at, (column, cell)) in shown.table.columns.iter().zip(&cells).enumerate() {
                @if at == 0 {
                    th scope="row" { (cell) }
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
                h2 { (shown.say("notes")) }
                ul { @for note in shown.notes() { li { (note) } } }
            }
        }
    }
}

const fn width(columns: usize) -> Option<&'static str> {
    match columns {
        ..WIDE => None,
        WIDE..VERY_WIDE => Some("wide"),
        _ => Some("wide very"),
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
