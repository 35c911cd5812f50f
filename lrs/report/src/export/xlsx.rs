//! A table as an Excel workbook, every value of its own type.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use super::ExportError;
use super::shown::{SUPPRESSED, Shown, unsigned, unsigned_columns};
use crate::{Cell, Kind, Table};
use course::Language;

/// The most characters in a cell.
const MOST_TEXT: usize = 32_767;

/// No column is wider, in pixels; longer text shows when the cell is chosen.
const WIDEST: u32 = 420;

/// The cells of a table from which on its rows are not held in memory but in a temporary file, which has no name and is
/// gone with the process. Columns then have usual widths.
const LONG: usize = 300_000;
/// The most cells of a workbook: the temporary file has some 50 bytes for each.
const MOST_CELLS: usize = 20_000_000;

/// The paper size A4 in Excel's numbering.
const A4: u8 = 9;

/// A workbook of two sheets: the table, its headings fixed and filtered, and what must be known
/// of it. Instants are on the clocks of the table's time zone.
pub(super) fn write(table: &Table, language: Language) -> Result<Vec<u8>, ExportError> {
    let shown = Shown::new(table, language)?;
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(&shown)?);
    if is_long(table) {
        rows(&shown, workbook.add_worksheet_with_low_memory()?)?;
    } else {
        let sheet = workbook.add_worksheet();
        rows(&shown, sheet)?;
        sheet.set_autofit_max_width(WIDEST).autofit();
    }
    notes(&shown, workbook.add_worksheet())?;
    Ok(workbook.save_to_buffer()?)
}

/// The time of creation is that of the last statement: the clock would make equal reports differ.
fn properties(shown: &Shown) -> Result<DocProperties, XlsxError> {
    const MICROS: i64 = 1_000_000;
    const YEAR_2000: i64 = 946_684_800;
    let seconds = shown.table.through.map_or(YEAR_2000, |micros| micros.div_euclid(MICROS));
    let created = ExcelDateTime::from_timestamp(seconds)?;
    let title = format!("{} – {}", shown.title(), shown.course_title());
    Ok(DocProperties::new().set_title(title).set_creation_datetime(&created))
}

fn rows(shown: &Shown, sheet: &mut Worksheet) -> Result<(), ExportError> {
    sheet.set_name(shown.say("data"))?;
    let heading = heading();
    for (column, at) in unsigned_columns(shown.table).zip(0..) {
        if is_long(shown.table) {
            sheet.set_column_width(at, if column.kind == Kind::Text { 24 } else { 12 })?;
        }
        sheet.write_string_with_format(0, at, shown.heading(column), &heading)?;
    }
    let formats = Formats::new(shown.language);
    for (cells, line) in shown.table.rows.iter().zip(1..) {
        for ((_, cell), at) in unsigned(shown.table, cells).zip(0..) {
            self::cell(shown, sheet, (line, at), cell, &formats)?;
        }
    }
    self::totals(shown, sheet, &formats)?;
    let columns = unsigned_columns(shown.table).count();
    let lines = u32::try_from(shown.table.rows.len()).unwrap_or(u32::MAX);
    if let Some(last) = u16::try_from(columns).ok().and_then(|columns| columns.checked_sub(1)) {
        sheet.autofilter(0, 0, lines, last)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

/// Below the rows, outside of what the filter covers.
fn totals(shown: &Shown, sheet: &mut Worksheet, formats: &Formats) -> Result<(), ExportError> {
    let Some(totals) = &shown.table.totals else { return Ok(()) };
    let line = u32::try_from(shown.table.rows.len() + 1).unwrap_or(u32::MAX);
    // Before the cells: a row of a long table is written out as soon as it is left.
    let bold = Format::new().set_bold().set_border_top(FormatBorder::Thin);
    sheet.set_row_format(line, &bold)?;
    for ((_, cell), at) in unsigned(shown.table, totals).zip(0..) {
        self::cell(shown, sheet, (line, at), cell, formats)?;
    }
    if totals.first() == Some(&Cell::Empty) {
        sheet.write_string(line, 0, shown.say("total"))?;
    }
    Ok(())
}

/// Whether the rows are written out while they are made.
pub(super) const fn is_long(table: &Table) -> bool {
    cells(table) > LONG
}

/// Whether a workbook holds the table.
pub(super) const fn is_too_long(table: &Table) -> bool {
    cells(table) > MOST_CELLS
}

const fn cells(table: &Table) -> usize {
    table.rows.len().saturating_mul(table.columns.len())
}

fn cell(
    shown: &Shown,
    sheet: &mut Worksheet,
    (line, at): (u32, u16),
    cell: &Cell,
    formats: &Formats,
) -> Result<(), ExportError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Suppressed => {
            sheet.write_string_with_format(line, at, SUPPRESSED, &formats.suppressed)
        }
        #[expect(clippy::cast_precision_loss, reason = "a cell holds no other numbers")]
        Cell::Count(count) => sheet.write_number(line, at, *count as f64),
        Cell::Hours(hours) => sheet.write_number_with_format(line, at, *hours, &formats.hours),
        Cell::Score(score) => sheet.write_number_with_format(line, at, *score, &formats.score),
        Cell::Share(share) => sheet.write_number_with_format(line, at, *share, &formats.share),
        Cell::Date(day) => match ExcelDateTime::parse_from_str(&day.to_string()) {
            Ok(date) => sheet.write_datetime_with_format(line, at, &date, &formats.date),
            // Before 1900 there are no dates in Excel.
            Err(_) => sheet.write_string(line, at, shown.cell(cell)?),
        },
        Cell::Instant(micros) => {
            let local = shown.local(*micros)?.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            match ExcelDateTime::parse_from_str(&local) {
                Ok(date) => sheet.write_datetime_with_format(line, at, &date, &formats.instant),
                Err(_) => sheet.write_string(line, at, shown.cell(cell)?),
            }
        }
        Cell::Flag(flag) => sheet.write_boolean(line, at, *flag),
        Cell::Text(_)
        | Cell::Bilingual(_)
        | Cell::Code(..)
        | Cell::List(_)
        | Cell::Names(_)
        | Cell::State(_) => sheet.write_string(line, at, fitting(shown.cell(cell)?)),
    }?;
    Ok(())
}

/// What a cell of Excel can hold; of longer text the beginning.
fn fitting(text: String) -> String {
    if text.chars().count() <= MOST_TEXT {
        return text;
    }
    text.chars().take(MOST_TEXT - 1).chain(['…']).collect()
}

fn notes(shown: &Shown, sheet: &mut Worksheet) -> Result<(), ExportError> {
    sheet.set_name(shown.say("notes"))?;
    let label = Format::new().set_bold().set_align(FormatAlign::Top);
    let value = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let report = (shown.say("report"), shown.title().to_owned());
    let notes = shown.notes().map(|note| (shown.say("note"), note.to_owned()));
    let facts = std::iter::once(report).chain(shown.facts()?).chain(notes);
    for ((name, fact), line) in facts.zip(0..) {
        sheet.write_string_with_format(line, 0, name, &label)?;
        sheet.write_string_with_format(line, 1, fact, &value)?;
    }
    sheet.set_column_width(0, 16)?.set_column_width(1, 90)?;
    Ok(())
}

fn heading() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(Color::RGB(0x00E8_EEF5))
        .set_border_bottom(FormatBorder::Thin)
}

/// How values look; Excel writes the decimal sign as its user has it.
struct Formats {
    hours: Format,
    score: Format,
    share: Format,
    date: Format,
    instant: Format,
    suppressed: Format,
}

impl Formats {
    fn new(language: Language) -> Self {
        let (date, instant) = match language {
            Language::It => ("dd/mm/yyyy", "dd/mm/yyyy hh:mm"),
            Language::En => ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"),
        };
        let format = |code: &str| Format::new().set_num_format(code);
        Self {
            hours: format("0.00"),
            score: format("0.0000"),
            share: format("0.0%"),
            date: format(date),
            instant: format(instant),
            suppressed: Format::new().set_align(FormatAlign::Right),
        }
    }
}
