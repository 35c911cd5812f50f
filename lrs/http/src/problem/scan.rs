//! What a file that may be malware is answered with.

use axum::http::StatusCode;

use super::Problem;
use service::scan::ScanError;

/// When to try again what could not be looked at, in seconds.
const SCANNER_AWAY: u64 = 30;

impl From<ScanError> for Problem {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Infected(signature) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "malware",
                format!("The scanner of this server takes a file for malware: {signature}."),
                "Nothing of the request was kept. Look at the machine that the file comes from; where the scanner is \
                 wrong, the server's administrator finds the file in the quarantine folder.",
            )
            .with("signature", signature),
            ScanError::TooLarge => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "malware-too-large",
                "The scanner of this server takes no files as large.",
                "Send smaller files, or raise StreamMaxLength in clamd.conf on the server.",
            ),
            // What it was is in the log; it may name addresses.
            ScanError::Unavailable(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "malware-unscanned",
                "The scanner of this server does not answer, so that no file is taken.",
                "Send the request again later; `traccia doctor` tells the administrator more.",
            )
            .again_after(SCANNER_AWAY),
        }
    }
}
