//! Internet media types (RFC 2046, RFC 9110 8.3.1).

/// A type, a subtype and any parameters: `text/plain; charset="utf-8"`
/// (xAPI 1.0.3 Data 2.4.11).
pub fn is_media_type(text: &str) -> bool {
    let (essence, parameters) = text.split_once(';').map_or((text, ""), |(e, p)| (e, p));
    let Some((kind, subtype)) = essence.trim_end().split_once('/') else {
        return false;
    };
    is_token(kind) && is_token(subtype) && parameters_are_well_formed(parameters)
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// `name=value` pairs between semicolons; an empty place between two of them is let pass.
fn parameters_are_well_formed(mut rest: &str) -> bool {
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix(';') {
            rest = after;
            continue;
        }
        if rest.is_empty() {
            return true;
        }
        let Some((name, value)) = rest.split_once('=') else {
            return false;
        };
        let Some(after) = after_value(value) else {
            return false;
        };
        let after = after.trim_start();
        if !is_token(name) || !(after.is_empty() || after.starts_with(';')) {
            return false;
        }
        rest = after;
    }
}

/// What follows a parameter's value; nothing when the value is neither token nor quoted string.
fn after_value(text: &str) -> Option<&str> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
        let (token, rest) = text.split_at_checked(end)?;
        return is_token(token).then_some(rest);
    };
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return quoted.get(at + 1..),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::is_media_type;

    #[test]
    fn media_types_with_and_without_parameters_are_taken() {
        for text in [
            "text/plain",
            "application/vnd.api+json",
            "text/plain; charset=utf-8",
            "text/plain;charset=\"a;b\\\"c\" ; format=flowed",
            "text/plain;",
        ] {
            assert!(is_media_type(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_media_type_is_refused() {
        for text in
            ["", "text", "text/", "/plain", "te xt/plain", "text/plain; charset", "a/b; c=\"d"]
        {
            assert!(!is_media_type(text), "{text}");
        }
    }
}
