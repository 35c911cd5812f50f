//! Documents that grow.

use super::request::Request;
use super::target::{ORDINARY, Target, Volley};

const JSON: &str = "application/json";
const SIZE: usize = 5_000_000;
/// How often the document grows before small merges follow.
const GROWING: u64 = 16;

/// Large members at first, then small ones.
pub(super) fn merges(target: &Target) -> Volley {
    let path = "activities/state?activityId=https%3A%2F%2Fa.example%2Fx&stateId=s\
                &agent=%7B%22mbox%22%3A%22mailto%3Aa%40example.org%22%7D";
    let merge =
        move |body: String| Request::xapi("POST", path).by(ORDINARY).body(JSON, body).bytes();
    let large = "x".repeat(SIZE);
    target.repeat_all(1, move |number| {
        if number < GROWING {
            merge(format!(r#"{{"member-{number}":"{large}"}}"#))
        } else {
            merge(r#"{"x":1}"#.into())
        }
    })
}
