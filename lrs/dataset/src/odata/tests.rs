use std::ops::Bound;

use jiff::tz::TimeZone;
use xapi::instant::Instant;

use super::*;
use crate::aggregate::WhereOf;
use crate::schema::{Dataset, Datum};

fn met(filter: &str) -> Result<Vec<usize>, String> {
    let text = |text: &str| Datum::Text(text.to_owned());
    let rows = [
        [Datum::Time(1), text("result"), text("k'1"), Datum::Null, Datum::Number(0.5)],
        [Datum::Time(2), text("context"), text("k2"), text("x"), Datum::Null],
        [Datum::Time(3), text("result"), text("k3"), text("y"), Datum::Number(2.0)],
    ];
    let read = WhereOf { dataset: Dataset::Extensions, zone: TimeZone::UTC };
    let test =
        condition(filter).and_then(|it| read.test(&it)).map_err(|error| error.to_string())?;
    Ok(rows.iter().enumerate().filter(|(_, row)| test.is_met(*row)).map(|(at, _)| at).collect())
}

#[test]
fn filters_compare_columns_with_literals() {
    for (filter, rows) in [
        ("place eq 'result'", &[0, 2][..]),
        ("place ne 'result'", &[1]),
        ("key eq 'k''1'", &[0]),
        ("number gt 0.5", &[2]),
        ("number ge 0.5 and number lt 2", &[0]),
        ("text eq null", &[0]),
        ("text ne null and number eq null", &[1]),
        ("place eq 'context' or number le 0.5", &[0, 1]),
        ("place eq 'result' and text eq 'y' or text eq 'x'", &[1, 2]),
        ("place eq 'result' and (text eq 'y' or text eq 'x')", &[2]),
        ("not (place eq 'result')", &[1]),
        ("not startswith(key,'k''')", &[1, 2]),
        ("stored ge 1970-01-01T00:00:00.000002Z", &[1, 2]),
        ("stored gt 1970-01-01T00:00:00.000002Z and stored le 1970-01-01T00:00:00.000003Z", &[2]),
    ] {
        assert_eq!(met(filter), Ok(rows.to_vec()), "{filter}");
    }
}

#[test]
fn what_is_no_filter_is_said() {
    for (filter, says) in [
        ("", "where a column is to stand"),
        ("place", "compared with nothing"),
        ("place is 'x'", "compares by eq"),
        ("place eq 'x", "without its end"),
        ("place eq 'x' 'y'", "goes on with `y`"),
        ("(place eq 'x'", "where `)` is to stand"),
        ("contains(place,'x')", "and not `contains`"),
        ("startswith(place,key)", "a column and a text"),
        ("colour eq 'red'", "has no column `colour`"),
        ("number eq 'many'", "is a number"),
    ] {
        let error = met(filter).unwrap_err();
        assert!(error.contains(says), "{filter}: {error}");
    }
    let deep = format!("{}place eq 'x'{}", "(".repeat(50), ")".repeat(50));
    assert!(met(&deep).unwrap_err().contains("deeper than"));
}

#[test]
fn the_range_of_stored_is_what_holds_in_any_case() {
    let range = |filter: &str| stored_range(&condition(filter).unwrap());
    let at = |text: &str| Instant::parse(text).unwrap();
    let (a, b) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    let both = range(&format!("stored ge {a} and stored lt {b} and verb eq 'x'"));
    assert_eq!(both, (Bound::Excluded(at(a).previous()), Bound::Included(at(b).previous())));
    assert_eq!(range(&format!("stored gt {a} and stored gt {b}")).0, Bound::Excluded(at(b)));
    assert_eq!(range(&format!("stored gt {a} or verb eq 'x'")).0, Bound::Unbounded);
    assert_eq!(range(&format!("not (stored le {a})")).1, Bound::Unbounded);
}

#[test]
fn the_documents_name_every_table_and_column_with_keys_that_are_never_null() {
    let text = metadata(&Dataset::EVERY);
    for dataset in Dataset::EVERY {
        assert!(text.contains(&format!("<EntitySet Name=\"{dataset}\"")), "{dataset}");
        for column in dataset.columns() {
            assert!(text.contains(&format!("<Property Name=\"{}\"", column.name)), "{dataset}");
        }
    }
    assert!(!text.contains("PropertyRef Name=\"\""));
    let service = service_document("https://lrs.example/api/v1/odata/", &[Dataset::Statements]);
    assert_eq!(service["value"][0]["url"], "statements");
    let row = row_json(Dataset::Agents, &[Datum::Time(0), Datum::Null], &[0, 3]);
    assert_eq!(row.to_string(), r#"{"stored":"1970-01-01T00:00:00.000000Z","actor":null}"#);
}
