//! What other learning record stores write around a statement in their exports.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// How Learning Locker writes a point in the key of an object in its database.
const DOT: &str = "&46;";

/// Members in which records have the statement: those of Learning Locker, and those of a row of SQL LRS.
#[derive(Deserialize)]
struct Record<'t> {
    #[serde(borrow, default)]
    statement: Option<&'t RawValue>,
    #[serde(borrow, default)]
    payload: Option<&'t RawValue>,
    #[serde(borrow, default)]
    actor: Option<&'t RawValue>,
}

/// The statement of a text: the text itself, or what a record of Learning Locker (`statement`) or SQL LRS (`payload`, an
/// object or its text) has in it. The bytes of a statement stay as they are, but for keys in which a point is written as
/// `&46;`.
pub(super) fn statement(text: &[u8]) -> Cow<'_, [u8]> {
    let has = |member: &[u8]| memchr::memmem::find(text, member).is_some();
    if !has(b"\"statement\"") && !has(b"\"payload\"") {
        return with_dots(Cow::Borrowed(text));
    }
    let inner = match serde_json::from_slice::<Record<'_>>(text) {
        Ok(
            Record { actor: None, statement: Some(inner), .. }
            | Record { actor: None, payload: Some(inner), .. },
        ) => inner.get(),
        _ => return with_dots(Cow::Borrowed(text)),
    };
    if inner.starts_with('"')
        && let Ok(text) = serde_json::from_str::<String>(inner)
    {
        return with_dots(Cow::Owned(text.into_bytes()));
    }
    with_dots(Cow::Borrowed(inner.as_bytes()))
}

/// A statement with the points in its keys.
fn with_dots(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if memchr::memmem::find(&text, DOT.as_bytes()).is_none() {
        return text;
    }
    match serde_json::from_slice::<Value>(&text) {
        Ok(value) => Cow::Owned(dotted(value).to_string().into_bytes()),
        Err(_) => text,
    }
}

fn dotted(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(key, value)| (key.replace(DOT, "."), dotted(value)))
                .collect(),
        ),
        Value::Array(all) => Value::Array(all.into_iter().map(dotted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        String::from_utf8(statement(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn a_statement_is_taken_out_of_its_record_and_left_alone_elsewhere() {
        let said = r#"{"actor":{"mbox":"mailto:a@x.example"},"result":{"score":{"raw":1.00}}}"#;
        assert_eq!(of(said), said);
        assert_eq!(of(&format!(r#"{{"_id":{{"$oid":"5"}},"statement":{said},"hash":"x"}}"#)), said);
        assert_eq!(of(&format!(r#"{{"id":7,"payload":{said}}}"#)), said);
        let text = serde_json::to_string(said).unwrap();
        assert_eq!(of(&format!(r#"{{"payload":{text},"is_voided":false}}"#)), said);
        // A statement may have no member of this name, which is for the server to say.
        let odd = r#"{"actor":{},"statement":{"a":1}}"#;
        assert_eq!(of(odd), odd);
        for other in ["7", "{", "[]", r#"{"verb":1}"#] {
            assert_eq!(of(other), other);
        }
    }

    #[test]
    fn points_in_keys_come_back_and_values_stay() {
        let kept = r#"{"statement":{"result":{"extensions":{"http://x&46;example/e":"a&46;b"}}}}"#;
        assert_eq!(of(kept), r#"{"result":{"extensions":{"http://x.example/e":"a&46;b"}}}"#);
    }
}
