//! What a failure to erase or export a person is answered with.

use axum::http::StatusCode;

use super::Problem;
use super::people::invalid;
use service::dossier::DossierError;
use service::erasure::{ERASURES_AGAIN, ErasureError, MOST_IDENTIFIERS};

impl From<ErasureError> for Problem {
    fn from(error: ErasureError) -> Self {
        let detail = error.to_string();
        match error {
            ErasureError::Identifier(_) => invalid(
                "erasure-identifier",
                detail,
                "Write it as learner lists do: mailto:anna@example.org, account:HOMEPAGE|NAME, openid:URI or \
                 mbox_sha1sum:HEX.",
            ),
            ErasureError::Identifiers(_) => invalid(
                "erasure-identifiers",
                detail,
                "Send the other identifiers with another request, and with the same `pseudonym`.",
            )
            .with("most", MOST_IDENTIFIERS),
            ErasureError::Waiting { most, .. } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "erasures-waiting",
                format!("{detail}."),
                "Send it again after the seconds that Retry-After names: erasures are done one after the other. Several \
                 identifiers of one person fit into one request.",
            )
            .with("most", most)
            .again_after(ERASURES_AGAIN),
            ErasureError::Reason => invalid(
                "erasure-reason",
                detail,
                "Say why in `reason`: a file number or an article of the law, without the person's name.",
            ),
            ErasureError::Pseudonym => invalid(
                "erasure-pseudonym",
                detail,
                "Leave `pseudonym` out, or send the one that the other server made up.",
            ),
            ErasureError::PseudonymTaken => Self::new(
                StatusCode::CONFLICT,
                "erasure-pseudonym-taken",
                detail,
                "Leave `pseudonym` out, or name an identifier under which the same person was erased with it before.",
            ),
            ErasureError::Unknown(_) => Self::not_found("erasure of this id"),
            ErasureError::Store(error) => error.into(),
        }
    }
}

impl From<DossierError> for Problem {
    fn from(error: DossierError) -> Self {
        match error {
            DossierError::Person(error) => error.into(),
            DossierError::Memory(exhausted) => exhausted.into(),
            DossierError::TooLarge => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "dossier-too-large",
                format!("There is no archive: {error}."),
                "Take the statements of the person by `GET /xapi/statements` with `agent`, page by page.",
            ),
            DossierError::Archive(reason) => {
                tracing::error!(reason, "a dossier cannot be written");
                Self::stopped()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::RETRY_AFTER;
    use axum::response::IntoResponse as _;

    use super::*;

    #[test]
    fn who_has_too_many_erasures_is_told_when_to_come_again() {
        let problem = Problem::from(ErasureError::Waiting { most: 10, is_own: true });
        let response = problem.into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[RETRY_AFTER], "30");
    }
}
