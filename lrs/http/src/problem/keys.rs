//! What a refusal of keys is answered with.

use axum::http::StatusCode;

use super::Problem;
use service::keys::KeyError;

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        let (text, values) = words_of(&error);
        let problem = in_english(error);
        let problem = values.into_iter().fold(problem, |it, (name, value)| it.with(name, value));
        text.into_iter().fold(problem, Self::in_words)
    }
}

/// Each error's one answer.
fn in_english(error: KeyError) -> Problem {
    match error {
        KeyError::Scope(error) => invalid(format!("{error}."), "Use the scopes of xAPI 1.0.3."),
        KeyError::NoScopes => {
            invalid("The key has no scopes.", "Give at least one, such as statements/write.")
        }
        KeyError::EmptyBounds => invalid(
            "The key's bounds name no region and no body, or an empty one.",
            r#"Name some, such as {"regions": ["Umbria"]}, or leave bounds out."#,
        ),
        KeyError::NoActivities => invalid(
            "The key's bounds name no activity, an address that is none, or a territory as well.",
            r#"Name whole addresses, such as {"activities": ["https://lms.example.it/mod/scorm/view.php?id=7"]}."#,
        ),
        KeyError::WritesAlone => invalid(
            "A key that is bound to activities can have the scope statements/write alone.",
            "Give it statements/write.",
        ),
        KeyError::Bounds(error) => (*error).into(),
        KeyError::Unbound(scope) => invalid(
            format!("A key with bounds cannot have the scope {scope}: it reaches beyond them."),
            "Give it progress/read, presence/write, or both.",
        ),
        KeyError::Name => invalid(
            "The key's name is empty, too long, has a colon or is `check-in`, or its secret is empty.",
            "Use another name, of 1 to 128 bytes without colons, or leave name and secret out.",
        ),
        KeyError::Authority(report) => report.into(),
        KeyError::Taken => Problem::new(
            StatusCode::CONFLICT,
            "key-exists",
            "There is a key of this name.",
            "Choose another name, or leave it out.",
        ),
        KeyError::Expired => invalid(
            "The key has expired, or would have when it is made.",
            "Make a key whose `expires` is in the future.",
        ),
        KeyError::Grace => {
            invalid("The secret before would be good for too long.", "Give 2160 hours at most.")
        }
        KeyError::Changed(name) => Problem::new(
            StatusCode::CONFLICT,
            "key-changed",
            format!("`{name}` was changed by somebody else in the same moment."),
            "Look at the key, and ask again.",
        ),
        KeyError::Last(name) => Problem::new(
            StatusCode::CONFLICT,
            "key-last",
            format!(
                "`{name}` is the last key with the scope `all`: without it nobody can manage keys and \
                     courses."
            ),
            "Make another one first, or add `last=true`; `traccia key init` makes one on the server's \
                 machine.",
        ),
        KeyError::Unknown { name, near } => unknown(&name, near.as_deref()),
        KeyError::Stopped => Problem::stopped(),
        KeyError::Store(error) => error.into(),
    }
}

/// The text of other languages, where it is not that of the rule, and what it has in it.
fn words_of(error: &KeyError) -> (Option<&'static str>, Vec<(&'static str, String)>) {
    match error {
        KeyError::Scope(why) => (Some("key-scope"), vec![("why", why.to_string())]),
        KeyError::NoScopes => (Some("key-scopes-none"), Vec::new()),
        KeyError::EmptyBounds => (Some("key-bounds-empty"), Vec::new()),
        KeyError::NoActivities => (Some("key-bounds-activities"), Vec::new()),
        KeyError::WritesAlone => (Some("key-writes-alone"), Vec::new()),
        KeyError::Unbound(scope) => (Some("key-unbound"), vec![("scope", scope.to_string())]),
        KeyError::Name => (Some("key-name"), Vec::new()),
        KeyError::Expired => (Some("key-expired"), Vec::new()),
        KeyError::Grace => (Some("key-grace"), Vec::new()),
        KeyError::Changed(name) | KeyError::Last(name) => (None, vec![("name", name.clone())]),
        KeyError::Bounds(_)
        | KeyError::Authority(_)
        | KeyError::Taken
        | KeyError::Unknown { .. }
        | KeyError::Stopped
        | KeyError::Store(_) => (None, Vec::new()),
    }
}

/// A key that cannot be made as it was asked for.
pub(crate) fn invalid(detail: impl Into<String>, remedy: impl Into<String>) -> Problem {
    let (detail, remedy) = (detail.into(), remedy.into());
    Problem::new(StatusCode::BAD_REQUEST, "key-invalid", &*detail, &*remedy)
        .with("why", detail)
        .with("remedy", remedy)
}

fn unknown(name: &str, near: Option<&str>) -> Problem {
    let meant = near.map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
    Problem::new(
        StatusCode::NOT_FOUND,
        "key-unknown",
        format!("There is no key of the name `{name}`.{meant}"),
        "Give the name of a key, which is what stands before the colon of KEY:SECRET, and not its \
         label: GET /api/v1/keys, or `traccia key list`, lists them.",
    )
    .with("name", name)
}
