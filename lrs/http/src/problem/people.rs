//! What a refusal of people and their sessions is answered with.

use axum::http::StatusCode;

use super::Problem;
use access::password::{LONGEST, SHORTEST, Weak};
use service::people::{MOST_IDENTIFIERS, PeopleError};

impl From<PeopleError> for Problem {
    #[expect(clippy::too_many_lines, reason = "one match: an answer for each error")]
    fn from(error: PeopleError) -> Self {
        let detail = format!("{error}.");
        match error {
            PeopleError::Name(name) => invalid(
                "person-name",
                detail,
                "Use a mail address, or letters, digits, dots and hyphens.",
            )
            .with("name", name),
            PeopleError::Label => invalid("person-label", detail, "Shorten the label."),
            PeopleError::Bounds => invalid(
                "person-bounds",
                detail,
                r#"Give a regional coordinator bounds such as {"regions": ["Umbria"]}, and leave them out for others."#,
            ),
            PeopleError::Territory(error) => (*error).into(),
            PeopleError::Identifiers => invalid(
                "person-learner",
                detail,
                r#"Give a learner identifiers such as ["mailto:anna@example.org"], and leave `learner` out for others."#,
            ),
            PeopleError::ManyIdentifiers { .. } => invalid(
                "person-identifiers",
                detail,
                "Leave out the identifiers under which nothing arrives.",
            )
            .with("most", MOST_IDENTIFIERS),
            PeopleError::Identifier(_) => invalid(
                "person-identifier",
                detail,
                "Write identifiers as learner lists do: mailto:anna@example.org, or account:https://lms.example|42.",
            ),
            PeopleError::Taken(name) => Self::new(
                StatusCode::CONFLICT,
                "person-exists",
                detail,
                "Choose another name, or change the person who has it.",
            )
            .with("name", name),
            PeopleError::Unknown { name, near } => unknown(&name, near.as_deref()),
            PeopleError::Disabled(name) => {
                Self::new(StatusCode::FORBIDDEN, "person-disabled", detail, "Ask an administrator.")
                    .with("name", name)
            }
            PeopleError::Vouched(name) => Self::new(
                StatusCode::CONFLICT,
                "person-vouched",
                detail,
                "Change the password, and the second factor, at the identity provider.",
            )
            .with("name", name),
            PeopleError::Last(name) => Self::new(
                StatusCode::CONFLICT,
                "person-last",
                detail,
                "Make another administrator first, who has chosen a password.",
            )
            .with("name", name),
            PeopleError::Weak(weak) => Self::weak(weak),
            PeopleError::Link => Self::new(
                StatusCode::GONE,
                "link-invalid",
                "The link was used, has ended, or is not whole.",
                "Ask an administrator for a new one. The first administrator is made by `traccia user init`.",
            ),
            PeopleError::SetUp => Self::new(
                StatusCode::CONFLICT,
                "setup-done",
                "The server is set up already.",
                "Sign in, or ask an administrator for an invitation.",
            ),
            PeopleError::Code => Self::new(
                StatusCode::BAD_REQUEST,
                "totp-code",
                "The code is not the one of now, or was used.",
                "Wait for the next code, and check the clock of the telephone.",
            ),
            PeopleError::Factor => Self::new(
                StatusCode::CONFLICT,
                "totp-state",
                "The second factor is on already, or there is none to switch on.",
                "Switch it off first, or ask for a new one: POST /api/v1/session/totp.",
            ),
            PeopleError::Busy => Self::new(
                StatusCode::CONFLICT,
                "person-busy",
                "The person was changed by others again and again meanwhile.",
                "Send the request again.",
            ),
            PeopleError::Stopped => Self::stopped(),
            PeopleError::Store(error) => error.into(),
        }
    }
}

/// A person who cannot be added or changed as it was asked for.
pub(crate) fn invalid(
    text: &'static str,
    detail: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "person-invalid", detail, remedy).in_words(text)
}

fn unknown(name: &str, near: Option<&str>) -> Problem {
    let meant = near.map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
    Problem::new(
        StatusCode::NOT_FOUND,
        "person-unknown",
        format!("There is nobody of the name `{name}`.{meant}"),
        "GET /api/v1/people, or `traccia user list`, lists everybody.",
    )
    .with("name", name)
}

impl Problem {
    fn weak(weak: Weak) -> Self {
        let text = match weak {
            Weak::Short => "password-short",
            Weak::Long => "password-long",
            Weak::Common => "password-common",
        };
        Self::new(
            StatusCode::BAD_REQUEST,
            "password-weak",
            format!("The password is not taken: {weak}."),
            format!("Choose {SHORTEST} to {LONGEST} characters: some words that do not belong together are good."),
        )
        .in_words(text)
        .with("shortest", SHORTEST)
        .with("longest", LONGEST)
    }

    /// A name and a password that do not belong together, whichever of the two is wrong.
    pub(crate) fn sign_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "sign-in",
            "The name or the password is wrong.",
            "Check both. Who has forgotten the password asks an administrator for a new link.",
        )
    }

    /// A password that is right, without the code that is needed beside it.
    pub(crate) fn code_needed() -> Self {
        let mut problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "sign-in",
            "The code of the second factor is needed beside the password.",
            "Send it as `code`.",
        )
        .in_words("sign-in-code");
        problem.0.code_needed = true;
        problem
    }

    /// A password that is right, with a code that is not.
    pub(crate) fn code_wrong() -> Self {
        let mut problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "sign-in",
            "The code is not the one of now, or was used.",
            "Wait for the next code, and check the clock of the telephone.",
        )
        .in_words("sign-in-code-wrong");
        problem.0.code_needed = true;
        problem
    }

    /// A sign-in over plain HTTP from another machine: its browser would not keep the cookie.
    pub(crate) fn sign_in_insecure() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "sign-in-insecure",
            "Nobody signs in over plain HTTP from another machine: the password and the session could be read on the way.",
            "Open Traccia at an https:// address, and set `base_url` to it. A proxy that ends TLS in front of Traccia will \
             do; on the server's own machine http://localhost works.",
        )
    }

    /// A session that is over.
    pub(crate) fn session_over() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed-in-over",
            "The session is over.",
            "Sign in again.",
        )
    }

    /// A request with a session, by a page of another site.
    pub(crate) fn session_origin(base_url: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "session-origin",
            format!(
                "The request shows a session, and is not sent by a page of this server at {base_url}."
            ),
            "Use the pages of this server, or a key of your own. If this page is Traccia's, set `base_url` to the address \
             that browsers see.",
        )
    }

    /// A request with a key, for what is of people who are signed in.
    pub(crate) fn session_needed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "session-needed",
            "This is about the person who is signed in, and the request shows a key.",
            "Sign in by POST /api/v1/sessions, and show the cookie.",
        )
    }
}
