//! What a refusal of keys is answered with.

use axum::http::StatusCode;

use super::Problem;
use service::keys::KeyError;

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Scope(error) => invalid(format!("{error}."), "Use the scopes of xAPI 1.0.3.")
                .in_words("key-scope")
                .with("why", error),
            KeyError::NoScopes => {
                invalid("The key has no scopes.", "Give at least one, such as statements/write.")
                    .in_words("key-scopes-none")
            }
            KeyError::EmptyBounds => invalid(
                "The key's bounds name no region and no body, or an empty one.",
                r#"Name some, such as {"regions": ["Umbria"]}, or leave bounds out."#,
            )
            .in_words("key-bounds-empty"),
            KeyError::NoActivities => invalid(
                "The key's bounds name no activity, an address that is none, or a territory as well.",
                r#"Name whole addresses, such as {"activities": ["https://lms.example.it/mod/scorm/view.php?id=7"]}."#,
            )
            .in_words("key-bounds-activities"),
            KeyError::WritesAlone => invalid(
                "A key that is bound to activities can have the scope statements/write alone.",
                "Give it statements/write.",
            )
            .in_words("key-writes-alone"),
            KeyError::Bounds(error) => (*error).into(),
            KeyError::Unbound(scope) => invalid(
                format!("A key with bounds cannot have the scope {scope}: it reaches beyond them."),
                "Give it progress/read, presence/write, or both.",
            )
            .in_words("key-unbound")
            .with("scope", scope),
            KeyError::Name => invalid(
                "The key's name is empty, too long or has a colon, or its secret is empty.",
                "Use a name of 1 to 128 bytes without colons, or leave name and secret out.",
            )
            .in_words("key-name"),
            KeyError::Authority(report) => report.into(),
            KeyError::Taken => Self::new(
                StatusCode::CONFLICT,
                "key-exists",
                "There is a key of this name.",
                "Choose another name, or leave it out.",
            ),
            KeyError::Expired => invalid(
                "The key has expired, or would have when it is made.",
                "Make a key whose `expires` is in the future.",
            )
            .in_words("key-expired"),
            KeyError::Grace => {
                invalid("The secret before would be good for too long.", "Give 2160 hours at most.")
                    .in_words("key-grace")
            }
            KeyError::Changed(name) => Self::new(
                StatusCode::CONFLICT,
                "key-changed",
                format!("`{name}` was changed by somebody else in the same moment."),
                "Look at the key, and ask again.",
            )
            .with("name", name),
            KeyError::Last(name) => Self::new(
                StatusCode::CONFLICT,
                "key-last",
                format!(
                    "`{name}` is the last key with the scope `all`: without it nobody can manage keys and \
                     courses."
                ),
                "Make another one first, or add `last=true`; `traccia key init` makes one on the server's \
                 machine.",
            )
            .with("name", name),
            KeyError::Unknown { name, near } => unknown(&name, near.as_deref()),
            KeyError::Stopped => Self::stopped(),
            KeyError::Store(error) => error.into(),
        }
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
