//! A change of a course file that leaves all else of its text as it is: comments, order, spaces.

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

use crate::model::Title;

/// Why a course file was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file has no module of this id.
    #[error("the course file has no such module")]
    NoModule,
    /// The file is written in a way that cannot be changed without changing more of it.
    #[error("the course file is written in a way that only its author can change")]
    NotEditable,
}

/// The course file `text` with one more activity, of this IRI, as the last one online in the module of this id.
///
/// All other text stays as it is, byte by byte.
///
/// # Errors
/// [`EditError`]. Whether the new file is a good one is for [`Course::parse`](crate::Course::parse) to say.
pub fn with_activity(
    text: &str,
    module: &str,
    iri: &str,
    title: Option<&Title>,
) -> Result<String, EditError> {
    let (mark, plain) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    // Line ends are written as `\n`: those of Windows are taken away before, and come back after.
    let ends = plain.matches('\n').count();
    let is_windows = ends > 0 && plain.matches("\r\n").count() == ends;
    let unix = if is_windows { plain.replace("\r\n", "\n") } else { plain.to_owned() };
    let edited = edited(&unix, module, iri, title)?;
    if !is_insertion(&unix, &edited) {
        return Err(EditError::NotEditable);
    }
    let edited = if is_windows { edited.replace('\n', "\r\n") } else { edited };
    Ok(format!("{mark}{edited}"))
}

fn edited(text: &str, module: &str, iri: &str, title: Option<&Title>) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse().map_err(|_| EditError::NotEditable)?;
    let modules = document.get_mut("module").ok_or(EditError::NoModule)?;
    let modules = modules.as_array_of_tables_mut().ok_or(EditError::NotEditable)?;
    let is_meant =
        |it: &&mut Table| it.get("id").and_then(Item::as_str).is_some_and(|id| id == module);
    let module = modules.iter_mut().find(is_meant).ok_or(EditError::NoModule)?;
    let activities =
        module.entry("activity").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let activities = activities.as_array_of_tables_mut().ok_or(EditError::NotEditable)?;
    let mut activity = Table::new();
    activity.insert("id", value(iri));
    if let Some(Title(names)) = title {
        let mut title = InlineTable::new();
        for (language, name) in names {
            title.insert(language, Value::from(name.as_str()));
        }
        activity.insert("title", value(title));
    }
    activities.push(activity);
    Ok(document.to_string())
}

/// Whether `after` is `before` with something put in at one place, at the end of a last line without one too.
fn is_insertion(before: &str, after: &str) -> bool {
    let same = |(one, other): &(u8, u8)| one == other;
    let begin = before.bytes().zip(after.bytes()).take_while(same).count();
    let end = before.bytes().rev().zip(after.bytes().rev()).take_while(same).count();
    begin + end >= before.len() && after.len() > before.len()
}
