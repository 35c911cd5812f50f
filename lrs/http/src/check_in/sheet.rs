//! The sheet that a coordinator shows or prints in the room.

use maud::html;

use super::page::{day_in_words, document, encoded, facts, say};
use super::qr;
use course::Language;
use service::progress::CheckInCode;

/// The session with its code, as text and as a QR code that opens the form at `address` with the
/// code filled in.
pub(crate) fn sheet(code: &CheckInCode, address: &str, language: Language) -> String {
    let CheckInCode { code, about } = code;
    let code = code.as_str();
    let opens = format!("{address}?code={}", encoded(code));
    let (first, second) = code.split_at_checked(code.len() / 2).unwrap_or((code, ""));
    let title = say(language, "check-in-sheet", &[]);
    let day = [("day", day_in_words(about.date, language))];
    let body = html! {
        h1 { (title) }
        (facts(about, None, language))
        @if let Some(drawing) = qr::drawing(&opens, &opens) { (drawing) }
        p { (say(language, "check-in-sheet-how", &[])) br; strong { (address) } }
        p.code { (first) "-" (second) }
        p.quiet { (say(language, "check-in-sheet-day", &day)) }
    };
    document(language, &title, None, &body)
}
