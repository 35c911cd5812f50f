//! What OData clients read first: the service document and `$metadata` (OData 4.0 Part 3, CSDL).

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::schema::{Dataset, Datum, DatumKind};
use crate::text::json as json_of;

const NAMESPACE: &str = "Traccia";

/// The columns whose values name a row.
const fn key(dataset: Dataset) -> &'static [&'static str] {
    match dataset {
        Dataset::Statements | Dataset::Raw | Dataset::Refusals => &["id"],
        Dataset::ContextActivities => &["stored", "relation", "position"],
        Dataset::Agents => &["stored", "role", "position"],
        Dataset::Extensions => &["stored", "place", "key"],
        Dataset::Learners => &["course", "actor"],
        Dataset::CourseActivities => &["course", "module", "activity", "iri"],
        Dataset::Activities => &["activity"],
        Dataset::Verbs => &["verb"],
        Dataset::Erasures => &["erasure", "was"],
        Dataset::Identities => &["stored"],
    }
}

const fn edm(kind: DatumKind) -> &'static str {
    match kind {
        DatumKind::Text => "Edm.String",
        DatumKind::Timestamp => "Edm.DateTimeOffset",
        DatumKind::Whole => "Edm.Int64",
        DatumKind::Count => "Edm.Int32",
        DatumKind::Number => "Edm.Double",
        DatumKind::Truth => "Edm.Boolean",
    }
}

/// The document that names the tables; `root` is the address of the service, with a slash at its end.
pub fn service_document(root: &str, tables: &[Dataset]) -> Value {
    let table = |dataset: &Dataset| json!({"name": dataset.name(), "kind": "EntitySet", "url": dataset.name()});
    let tables: Vec<Value> = tables.iter().map(table).collect();
    json!({"@odata.context": format!("{root}$metadata"), "value": tables})
}

/// `$metadata`: the tables with their columns.
pub fn metadata(tables: &[Dataset]) -> String {
    let mut types = String::new();
    let mut sets = String::new();
    for dataset in tables {
        let name = dataset.name();
        let _ = write!(types, "<EntityType Name=\"{name}_row\"><Key>");
        for column in key(*dataset) {
            let _ = write!(types, "<PropertyRef Name=\"{column}\"/>");
        }
        types.push_str("</Key>");
        for column in dataset.columns() {
            let (name, kind) = (column.name, edm(column.kind));
            let is_key = key(*dataset).contains(&name);
            let precision =
                if column.kind == DatumKind::Timestamp { " Precision=\"6\"" } else { "" };
            let nullable = if column.required || is_key { " Nullable=\"false\"" } else { "" };
            let _ =
                write!(types, "<Property Name=\"{name}\" Type=\"{kind}\"{nullable}{precision}/>");
        }
        types.push_str("</EntityType>");
        let _ = write!(sets, "<EntitySet Name=\"{name}\" EntityType=\"{NAMESPACE}.{name}_row\"/>");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>\
         <Schema Namespace=\"{NAMESPACE}\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">{types}\
         <EntityContainer Name=\"tables\">{sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"
    )
}

/// A row as an entity with these columns, by place; missing values are null.
pub fn row_json(dataset: Dataset, row: &[Datum], columns: &[usize]) -> Value {
    let member = |at: &usize| {
        let name = dataset.columns().get(*at)?.name.to_owned();
        Some((name, row.get(*at).and_then(json_of).unwrap_or_default()))
    };
    Value::Object(columns.iter().filter_map(member).collect::<Map<_, _>>())
}
