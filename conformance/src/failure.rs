//! Why a case did not pass.

use crate::transport::TransportError;

/// What a step of a case comes to.
pub type Checked<T = ()> = Result<T, Failure>;

/// Why a case ended early.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server did something else than the standard asks for.
    Wrong {
        /// What was expected, as the end of the sentence "expected …".
        expected: String,
        /// What came instead.
        got: String,
        /// Which exchange of the case shows it.
        exchange: usize,
    },
    /// There was no answer to judge.
    Unreachable {
        /// What happened to the request.
        error: TransportError,
        /// Which exchange of the case it was.
        exchange: usize,
    },
    /// The case does not apply to this server or to what was said about it.
    NotApplicable(String),
}

impl Failure {
    /// A failure that no single exchange shows: that of the last one is given.
    pub(crate) fn wrong(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self::Wrong { expected: expected.into(), got: got.into(), exchange: usize::MAX }
    }
}
