//! Members of members of a JSON object, by their names.

use super::Node;

/// What stands at a path of names, such as `context/registration`; `None` where nothing does, or a list on the way.
///
/// [`serde_json::Value::pointer`] does the same for any names, and makes texts of them at each step, which takes most of the time
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
pub fn at<'v, N: Node>(value: &'v N, path: &str) -> Option<&'v N> {
    let (mut value, mut rest) = (value, path);
    loop {
        // `str::split` looks for any character.
        let end = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        value = value.get(name)?;
        match after.strip_prefix('/') {
            Some(after) => rest = after,
            None => return Some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

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

    #[test]
    fn members_are_found_among_few_and_among_many() {
        for count in [1, 16, 17, 100] {
            let object: Map<String, Value> =
                (0..count).map(|n| (format!("m{n}"), json!(n))).collect();
            let value = json!({"within": object, "": {"": 7}});
            assert!((0..count).all(|n| at(&value, &format!("within/m{n}")) == Some(&json!(n))));
            assert_eq!(at(&value, &format!("within/m{count}")), None);
            assert_eq!(at(&value, "/"), Some(&json!(7)), "names may be empty");
        }
    }
}
