//! Members of members of a JSON object, by their names.

use serde_json::Value;

/// What stands at a path of names, such as `context/registration`; `None` where nothing does, or a list on the way.
///
/// [`Value::pointer`] does the same for any names, and makes texts of them at each step, which takes most of the time
/// where every statement is gone through.
///
/// ```
/// use serde_json::json;
/// use validator::json::at;
///
/// let statement = json!({"verb": {"id": "https://v.example/v"}});
/// assert_eq!(at(&statement, "verb/id"), Some(&json!("https://v.example/v")));
/// assert_eq!(at(&statement, "verb/display/en"), None);
/// ```
pub fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('/').try_fold(value, |value, name| value.as_object()?.get(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_object_has_no_members() {
        let value = json!({"a": {"b": [1, 2]}, "c": "text", "d": null});
        for path in ["a/b/0", "c/d", "d/e", "x", "a/x", ""] {
            assert_eq!(at(&value, path), None, "{path}");
        }
        assert_eq!(at(&value, "a/b"), Some(&json!([1, 2])));
        assert_eq!(at(&value, "d"), Some(&Value::Null));
    }
}
