//! What an answer to a batch means.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::wire::{WireAnswer, WireError, in_short};
use xapi::instant::Instant;

/// What is to be done after an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The batch is there.
    Taken,
    /// The same again, later; not before this time where one is asked for.
    Later(Option<Duration>),
    /// Nobody but a person can help: the pipe stops and says why.
    Stop(String),
    /// Less at a time.
    TooLarge,
    /// A statement of the batch is at fault.
    Refused,
}

/// What an answer to a POST of statements with these ids means.
pub(super) fn of_post(answer: &WireAnswer, sent: &[Uuid], now: Instant) -> Verdict {
    match answer.status {
        204 => Verdict::Taken,
        200..=299 if tells_ids(answer, sent) => Verdict::Taken,
        // A page of a proxy, perhaps: no store has said that it has the statements.
        200..=299 => Verdict::Later(None),
        413 => Verdict::TooLarge,
        400 | 409 | 422 => Verdict::Refused,
        _ => of_any(answer, now),
    }
}

/// What a status means that says nothing of statements. Not for statuses from 200 to 299.
pub(super) fn of_any(answer: &WireAnswer, now: Instant) -> Verdict {
    match answer.status {
        408 | 420 | 425 | 429 | 500..=599 => Verdict::Later(answer.retry_after(now)),
        401 => Verdict::Stop("the other store does not know the credentials (401)".into()),
        403 => Verdict::Stop("the credentials may not do this at the other store (403)".into()),
        404 => Verdict::Stop("there is no xAPI end point at the address (404)".into()),
        300..=399 => Verdict::Stop(format!(
            "the address leads on to another one ({} to {}): set that one",
            answer.status,
            answer.header("location").map_or_else(|| "nowhere".to_owned(), in_short)
        )),
        status => Verdict::Stop(format!("the other store refuses the request ({status})")),
    }
}

/// What it means that there is no answer.
pub(super) fn of_error(error: &WireError) -> Verdict {
    match error {
        WireError::Address(why) => Verdict::Stop(why.clone()),
        WireError::Transport(_) | WireError::Memory | WireError::Long(_) | WireError::Heavy => {
            Verdict::Later(None)
        }
    }
}

/// Whether an answer is what a store gives: a list of ids, each of a statement that was sent. Ids of statements that were
/// known already may be missing.
fn tells_ids(answer: &WireAnswer, sent: &[Uuid]) -> bool {
    let told: Result<Vec<Uuid>, _> = serde_json::from_slice(&answer.body);
    told.is_ok_and(|told| told.iter().all(|id| sent.contains(id)))
}

/// The place in a batch that a refusal names: by `statement`, as Traccia does, or because one of the ids that were sent
/// stands in it. It is a hint: the statement is sent alone before it is given up.
pub(super) fn named(answer: &WireAnswer, sent: &[Uuid]) -> Option<usize> {
    #[derive(Deserialize)]
    struct Problem {
        statement: Option<Value>,
    }
    let problem: Option<Problem> = serde_json::from_slice(&answer.body).ok();
    let index = problem.and_then(|it| it.statement).and_then(|it| it.as_u64());
    if let Some(index) = index.and_then(|it| usize::try_from(it).ok()).filter(|it| *it < sent.len())
    {
        return Some(index);
    }
    let text = String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
    let mut found = sent.iter().enumerate().filter(|(_, id)| text.contains(&id.to_string()));
    found.next().map(|(at, _)| at).filter(|_| found.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> WireAnswer {
        WireAnswer { status, headers: Vec::new(), body: body.to_owned().into() }
    }

    #[test]
    fn every_status_has_its_consequence() {
        let id = Uuid::from_u128(7);
        let ids = format!("[\"{}\"]", id.to_string().to_uppercase());
        for (status, body, expected) in [
            (200, ids.as_str(), "taken"),
            (200, "[]", "taken"),
            (204, "", "taken"),
            (200, "<html>sign in</html>", "later"),
            (200, "[\"6690e6c9-3ef0-4ed3-8b37-7f3964730bee\"]", "later"),
            (200, "", "later"),
            (408, "", "later"),
            (420, "", "later"),
            (425, "", "later"),
            (429, "", "later"),
            (500, "", "later"),
            (501, "", "later"),
            (503, "", "later"),
            (400, "", "refused"),
            (409, ids.as_str(), "refused"),
            (413, "", "less"),
            (401, "", "stop"),
            (403, "", "stop"),
            (404, "", "stop"),
            (302, "", "stop"),
            (405, "", "stop"),
        ] {
            let found = match of_post(&answer(status, body), &[id], Instant::default()) {
                Verdict::Taken => "taken",
                Verdict::Later(_) => "later",
                Verdict::Stop(_) => "stop",
                Verdict::TooLarge => "less",
                Verdict::Refused => "refused",
            };
            assert_eq!(found, expected, "{status} {body}");
        }
    }

    #[test]
    fn a_refusal_names_a_statement_by_its_place_or_its_id() {
        let sent: Vec<Uuid> = (0..4).map(Uuid::from_u128).collect();
        assert_eq!(named(&answer(400, r#"{"statement":2}"#), &sent), Some(2));
        assert_eq!(named(&answer(400, r#"{"statement":4}"#), &sent), None);
        assert_eq!(named(&answer(409, &format!("conflict of {}", sent[3])), &sent), Some(3));
        assert_eq!(named(&answer(409, &format!("{} {}", sent[3], sent[1])), &sent), None);
        assert_eq!(named(&answer(400, "no"), &sent), None);
    }
}
