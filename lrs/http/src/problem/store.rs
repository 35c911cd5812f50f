//! What a refusal or a failure of the store is answered with.

use axum::http::StatusCode;
use uuid::Uuid;
use validator::Version;

use super::{Problem, STORE_AWAY};
use service::record::RecordError;
use store::StoreError;
use xapi::document;
use xapi::document::Unmet;

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Refused(refusal) => refusal.into(),
            RecordError::Conflict { id, statement, differences } => {
                let mut problem = conflict(id, &differences);
                problem.0.statement = statement;
                problem
            }
            RecordError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            // The record says which places differ, to those who may know.
            StoreError::Conflict { id, .. } => conflict(id, &[]),
            StoreError::Precondition(unmet) => Self::unmet(&unmet, Version::V1_0_3),
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::Unavailable(reason) => {
                tracing::error!(reason, "the store is not available");
                let mut problem = Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "store-unavailable",
                    "The store cannot work now; what the request brought may or may not be kept.",
                    "Send the same request again later; statements with ids of their own count once.",
                );
                problem.0.retry_after = Some(STORE_AWAY);
                problem
            }
            StoreError::Rejected(reason) => {
                tracing::error!(reason, "the store does not take a request");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "store-rejected",
                    "The store does not take this, and has kept nothing of it.",
                    "Tell the server's administrator; the log says why.",
                )
            }
            StoreError::Unreadable { id, stored, .. } => {
                let named = id.map(|id| format!(" {id}")).unwrap_or_default();
                tracing::error!(%error, "the store holds what it cannot read");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "store-corrupt",
                    format!(
                        "The statement{named} cannot be read: it is not as it was stored, at {stored}."
                    ),
                    format!(
                        "Tell the server's administrator, who may have it in a backup. All others can be \
                         read: later ones with since={stored}, earlier ones with until={}.",
                        stored.previous()
                    ),
                )
            }
            StoreError::Corrupt(what) => {
                tracing::error!(what, "the store holds what it cannot read");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "store-corrupt",
                    "The store holds something that it cannot read.",
                    "Tell the server's administrator; the log says what it is.",
                )
            }
        }
    }
}

impl Problem {
    /// Why the server is not ready. Damage in the store, or writing that does not go on, is a reason, and not an error
    /// of this request.
    pub fn not_ready(error: StoreError) -> Self {
        let is_reason = match error {
            // What is refused here is no request, but that the store is looked at: its rule says what is wrong.
            StoreError::Corrupt(_) | StoreError::Unreadable { .. } | StoreError::Refused(_) => true,
            StoreError::Conflict { .. }
            | StoreError::Precondition(_)
            | StoreError::Unavailable(_)
            | StoreError::Rejected(_) => false,
        };
        let mut problem = Self::from(error);
        if is_reason {
            problem.0.status = StatusCode::SERVICE_UNAVAILABLE.as_u16();
            problem.0.title = "Service Unavailable".into();
        }
        problem
    }
}

fn conflict(id: Uuid, differences: &[String]) -> Problem {
    // Whether one is kept or was erased is not told to those who may not know.
    let detail = if differences.is_empty() {
        format!(
            "A different statement is kept under the id {id}, or the one that was kept was erased."
        )
    } else {
        let places = differences.join(", ");
        format!("A different statement is kept under the id {id}. They differ at: {places}.")
    };
    let mut problem = Problem::new(
        StatusCode::CONFLICT,
        "statement-conflict",
        detail,
        "Statements are immutable: send this one under a new id, or as it was sent first.",
    )
    .under("xAPI 1.0.3 Communication 2.1.1")
    .with("id", id);
    problem.0.pointer = differences.first().cloned();
    problem
}

impl Problem {
    /// Why a document was left as it is, with the clause of the `version` that is spoken.
    pub fn of_document(error: RecordError, version: Version) -> Self {
        match error {
            RecordError::Store(StoreError::Precondition(unmet)) => Self::unmet(&unmet, version),
            RecordError::Refused(refusal)
                if [document::TOO_LONG, document::TOO_MANY_IDS].contains(&refusal.rule) =>
            {
                Self::refused(StatusCode::PAYLOAD_TOO_LARGE, refusal)
            }
            error @ (RecordError::Refused(_)
            | RecordError::Conflict { .. }
            | RecordError::Store(_)) => error.into(),
        }
    }

    fn unmet(unmet: &Unmet, version: Version) -> Self {
        let (status, rule, detail, remedy) = match unmet {
            Unmet::Failed => (
                StatusCode::PRECONDITION_FAILED,
                "precondition-failed",
                "The document is not the one that the request's If-Match or If-None-Match names.",
                "GET the document, apply your change to it, and send it with its ETag.",
            ),
            Unmet::Exists => (
                StatusCode::CONFLICT,
                "precondition-missing",
                "The document exists, and the request has neither If-Match nor If-None-Match.",
                "GET the document, look at it, and send the new one with If-Match and its ETag.",
            ),
            Unmet::Missing => (
                StatusCode::BAD_REQUEST,
                "precondition-missing",
                "The request has neither If-Match nor If-None-Match.",
                "Send `If-None-Match: *` to create the document, or If-Match with its ETag.",
            ),
        };
        Self::new(status, rule, detail, remedy).under(match version {
            Version::V1_0_3 => "xAPI 1.0.3 Communication 3.1",
            Version::V2_0_0 => "xAPI 2.0.0 4.1.4",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xapi::refusal::Refusal;

    #[test]
    fn what_keeps_a_server_from_being_ready_is_503_with_its_rule() {
        let stuck = Refusal::new("writing-stuck", "", "It is stuck.", "Look into the log.");
        let unavailable = StoreError::Unavailable("away".into());
        let corrupt = StoreError::Corrupt("a page".into());
        for (error, rule) in [
            (StoreError::Refused(stuck), "writing-stuck"),
            (unavailable, "store-unavailable"),
            (corrupt, "store-corrupt"),
        ] {
            let problem = Problem::not_ready(error);
            assert_eq!((problem.0.status, problem.0.rule.as_ref()), (503, rule));
        }
    }
}
