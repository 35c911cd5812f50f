//! The cookie of a session. Its name begins with `__Host-`: browsers take it over HTTPS alone, or on their own machine,
//! and never for another host or a part of one.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// The cookie's name.
pub(crate) const NAME: &str = "__Host-traccia";
/// The name of the cookie that says that somebody has signed in with this browser before.
const KNOWN: &str = "__Host-traccia-known";
/// How long that is kept, in hours: a year.
const KNOWN_HOURS: u32 = 365 * 24;
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// The cookie of a sign-in that is at a provider. Browsers send it when the provider leads back, which they would not do
/// with a `Strict` one.
pub(crate) const PENDING: &str = "__Host-traccia-oidc";
const PENDING_ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// The secret that a request shows; the first, where a request shows several.
pub(super) fn secret(headers: &HeaderMap) -> Option<String> {
    value(headers, NAME)
}

/// What a browser shows with which somebody has signed in before.
pub(crate) fn known(headers: &HeaderMap) -> Option<String> {
    value(headers, KNOWN)
}

/// The value of the cookie of this name; of the first, where a request shows several.
pub(crate) fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|it| it.split_once('='));
    pairs.find(|(of, _)| of.trim() == name).map(|(_, value)| value.trim().to_owned())
}

/// The header that gives a browser the secret, for some hours.
pub(crate) fn set(secret: &str, hours: u32) -> Option<HeaderValue> {
    given(NAME, secret, hours)
}

/// The header that gives a browser what it shows from now on when somebody signs in.
pub(crate) fn set_known(secret: &str) -> Option<HeaderValue> {
    given(KNOWN, secret, KNOWN_HOURS)
}

fn given(name: &str, secret: &str, hours: u32) -> Option<HeaderValue> {
    let seconds = u64::from(hours) * 3_600;
    HeaderValue::try_from(format!("{name}={secret}; Max-Age={seconds}; {ATTRIBUTES}")).ok()
}

/// The header that takes it from the browser again.
pub(crate) fn clear() -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{NAME}=; Max-Age=0; {ATTRIBUTES}")).ok()
}

/// The header that gives a browser what it shows when a provider leads it back.
pub(crate) fn set_pending(sealed: &str, seconds: i64) -> Option<HeaderValue> {
    let text = format!("{PENDING}={sealed}; Max-Age={seconds}; {PENDING_ATTRIBUTES}");
    HeaderValue::try_from(text).ok()
}

/// The header that takes it from the browser again.
pub(crate) fn clear_pending() -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{PENDING}=; Max-Age=0; {PENDING_ATTRIBUTES}")).ok()
}

/// The cookie of the token by which an identity provider knows whom to sign out. Browsers show it to
/// `/api/v1/session` and what is below that alone, by its path. The server reads it at the sign-out, and believes nothing
/// that it says.
pub(crate) const HINT: &str = "__Secure-traccia-hint";
/// The longest token that is given to a browser, in bytes: browsers keep 4096 of a cookie, names and attributes included.
const LONGEST_HINT: usize = 3_500;
const HINT_ATTRIBUTES: &str = "Secure; HttpOnly; SameSite=Strict";

/// The header that gives a browser the token, for some hours, to be shown under `path`; `None` for a token that is too long.
pub(crate) fn set_hint(token: &str, path: &str, hours: u32) -> Option<HeaderValue> {
    let seconds = u64::from(hours) * 3_600;
    let text = format!("{HINT}={token}; Max-Age={seconds}; Path={path}; {HINT_ATTRIBUTES}");
    HeaderValue::try_from(text).ok().filter(|_| token.len() <= LONGEST_HINT)
}

/// The header that takes the token from the browser again.
pub(crate) fn clear_hint(path: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{HINT}=; Max-Age=0; Path={path}; {HINT_ATTRIBUTES}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let secret = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(COOKIE, value.parse().unwrap());
            }
            super::secret(&headers)
        };
        assert_eq!(secret(&["a=b; __Host-traccia=s-_1; c=d"]).as_deref(), Some("s-_1"));
        assert_eq!(secret(&["a=b", "__Host-traccia=s"]).as_deref(), Some("s"));
        for other in ["", "traccia=s", "__host-traccia=s", "x__Host-traccia=s", "__Host-traccia"] {
            assert_eq!(secret(&[other]), None, "{other}");
        }
    }
}
