//! Where a statement was before it came here.

use serde_json::Value;

use super::instant::Instant;

/// Where a statement was kept before a pipe pulled it or an import brought it, and what stood there of it that is
/// replaced here: the receiver sets `stored` (Data 2.4.8) and `authority` (Data 2.4.9) anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The name of the source: of a pipe, or what the importer named it.
    pub name: String,
    /// When the statement was stored there; `None` where the source did not say.
    pub stored: Option<Instant>,
    /// The authority that it had there, as JSON text; `None` where it had none.
    pub authority: Option<String>,
}

impl Origin {
    /// The longest name, in bytes.
    pub const LONGEST_NAME: usize = 200;

    /// The origin of a statement that came from the source `name`, as `value` came from there.
    pub fn of(name: &str, value: &Value) -> Self {
        let stored = value.get("stored").and_then(Value::as_str);
        let stored = stored.and_then(validator::value::timestamp::parse);
        Self {
            name: name.to_owned(),
            stored: stored.map(|stored| Instant::from_micros(stored.micros)),
            authority: value.get("authority").map(Value::to_string),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_origin_has_what_the_source_assigned() {
        let authority = json!({"account": {"homePage": "https://old.example", "name": "k"}});
        let stored = "2020-02-03T04:05:06.789+01:00";
        let said = Origin::of("old", &json!({"stored": stored, "authority": authority}));
        assert_eq!(said.stored.unwrap().to_string(), "2020-02-03T03:05:06.789000Z");
        assert_eq!(said.authority, Some(authority.to_string()));
        let silent = Origin { name: "old".into(), stored: None, authority: None };
        assert_eq!(Origin::of("old", &json!({"stored": "yesterday"})), silent);
    }
}
