//! Refused requests as rows of the table `refusals`.

use dataset::{Datum, Flattener, RowOf};
use store::{KeptRefusal, RefusalFilter, Store, StoreError};

use super::{Details, stopped};
use crate::compute;

/// Refusals that are read at once.
const AT_ONCE: usize = 500;
/// Segments of a path that stay: what follows may be the name of somebody.
const SEGMENTS: usize = 3;

/// A row for each refusal that is kept, the oldest first: who sent what kind of request and which rule it broke, and nothing
/// of its body or parameters.
pub(crate) async fn refusal_rows(
    store: &dyn Store,
    flattener: &Flattener,
) -> Result<Vec<RowOf>, StoreError> {
    let (mut rows, mut filter) = (Vec::new(), RefusalFilter::default());
    loop {
        let page = store.refusals(&filter, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        filter.before = Some(last.id);
        let flattener = flattener.clone();
        let make = move || page.into_iter().map(|it| row(it, &flattener)).collect();
        let made: Result<Vec<RowOf>, StoreError> =
            compute::aside(make).await.map_err(|_| stopped())?;
        rows.extend(made?);
    }
    rows.reverse();
    Ok(rows)
}

fn row(kept: KeptRefusal, flattener: &Flattener) -> Result<RowOf, StoreError> {
    let KeptRefusal { id, key, rule, status, at, body } = kept;
    let corrupt = |error| StoreError::Corrupt(format!("refusal {id}: {error}"));
    let Details { asked, clause, .. } = serde_json::from_str(&body).map_err(corrupt)?;
    let some = |text: String| Datum::text((!text.is_empty()).then_some(text));
    Ok(vec![
        Datum::Text(id.to_string()),
        Datum::Time(at.micros()),
        some(flattener.source_named(key)),
        Datum::Text(rule),
        Datum::Count(status.into()),
        some(clause),
        Datum::Text(asked.method),
        Datum::Text(beginning(&asked.path)),
    ])
}

/// The first segments of a path.
fn beginning(path: &str) -> String {
    let ends = path.match_indices('/').nth(SEGMENTS);
    path.get(..ends.map_or(path.len(), |(at, _)| at)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_path_stays_what_names_nobody() {
        for (path, stays) in [
            ("/xapi/statements", "/xapi/statements"),
            ("/xapi/activities/state", "/xapi/activities/state"),
            ("/api/v1/courses/c/learners/RSSMRA80A01H501U", "/api/v1/courses"),
            ("", ""),
        ] {
            assert_eq!(beginning(path), stays);
        }
    }
}
