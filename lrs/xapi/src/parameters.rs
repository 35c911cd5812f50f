//! The query parameters of an xAPI request, read strictly (Communication 2.0, 3.2).

use std::borrow::Cow;

use percent_encoding::percent_decode;
use serde_json::Value;
use uuid::Uuid;
use validator::{Version, value};

use super::instant::Instant;
use super::refusal::Refusal;

const CLAUSE: &str = "xAPI 1.0.3 Communication 3.2";
/// The most parameters of one request: twice as many as any has a use for.
const MOST: usize = 32;

/// The parameters that may be repeated: the conditions on the rows of a report, and those of a question. xAPI knows none.
const REPEATABLE: [&str; 2] = ["only", "where"];

/// The parameters of one request: each name once but for [`REPEATABLE`], 32 at most, names and values percent-decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the part of a URL behind the `?`. A repeated name, a 33rd parameter, or what is not
    /// UTF-8, is refused; what comes behind that is not looked at.
    pub fn parse(query: &str) -> Result<Self, Refusal> {
        let mut parameters = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            parameters.push(decode(name.as_bytes())?, decode(value.as_bytes())?)?;
        }
        Ok(parameters)
    }

    /// Adds a parameter that has no equal yet or may be repeated, as long as there are fewer than 32.
    pub fn push(&mut self, name: String, value: String) -> Result<(), Refusal> {
        if self.0.len() == MOST {
            return Err(Refusal::new(
                "parameters-too-many",
                CLAUSE,
                format!("The request has more than {MOST} parameters."),
                "Send the parameters of this resource alone.",
            ));
        }
        if self.get(&name).is_some() && !REPEATABLE.contains(&name.as_str()) {
            return Err(Refusal::new(
                "parameter-repeated",
                CLAUSE,
                format!("The parameter `{name}` is given more than once."),
                "Send each parameter once.",
            )
            .with("name", name));
        }
        self.0.push((name, value));
        Ok(())
    }

    /// Refuses every name that is not among `allowed`.
    pub fn only(&self, allowed: &[&str]) -> Result<(), Refusal> {
        let unknown = self.0.iter().find(|(name, _)| !allowed.contains(&name.as_str()));
        unknown.map_or(Ok(()), |(name, _)| {
            let known = match allowed {
                [] => "This request takes no parameters.".to_owned(),
                names => format!("This request takes: {}. Case matters.", names.join(", ")),
            };
            Err(Refusal::new(
                "parameter-unknown",
                CLAUSE,
                format!("The parameter `{name}` is not known here."),
                known,
            )
            .with("name", name)
            .with("known", if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") }))
        })
    }

    /// The value of `name`, the first where it is repeated.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of `name`, in the order they came.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Names and values in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of `name`, which must be there and not be empty.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            Refusal::new(
                "parameter-missing",
                CLAUSE,
                format!("The parameter `{name}` is missing."),
                format!("Add `{name}=…` to the URL."),
            )
            .with("name", name)
        })
    }

    /// A UUID (Data 4.3, RFC 9562).
    pub fn uuid(&self, name: &str) -> Result<Option<Uuid>, Refusal> {
        self.read(name, "uuid", "a UUID such as 12345678-1234-5678-9234-567812345678", |text| {
            value::is_uuid(text).then(|| Uuid::parse_str(text).ok()).flatten()
        })
    }

    /// An absolute IRI (Data 4.2.2, RFC 3987).
    pub fn iri(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.read(name, "iri", "an absolute IRI such as https://example.org/activity", |text| {
            value::is_iri(text).then(|| text.to_owned())
        })
    }

    /// A point in time (Data 4.5, RFC 3339).
    pub fn instant(&self, name: &str) -> Result<Option<Instant>, Refusal> {
        self.read(name, "timestamp", "a timestamp such as 2026-01-31T10:00:00Z", Instant::parse)
    }

    /// `true` or `false`; false when missing. Python clients write `True`.
    pub fn boolean(&self, name: &str) -> Result<bool, Refusal> {
        let read = self.read(name, "boolean", "`true` or `false`", |text| match text {
            "true" | "True" => Some(true),
            "false" | "False" => Some(false),
            _ => None,
        })?;
        Ok(read.unwrap_or(false))
    }

    /// A whole number from 0 up.
    pub fn number(&self, name: &str) -> Result<Option<usize>, Refusal> {
        self.read(name, "number", "a whole number from 0 up", |text| {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            // One that is larger than the machine's numbers is larger than any limit, too.
            is_number.then(|| text.parse().unwrap_or(usize::MAX))
        })
    }

    /// An Agent or identified Group as JSON (Data 2.4.2).
    pub fn agent(&self, name: &str, version: Version) -> Result<Option<Value>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        validator::check_agent(text.as_bytes(), version).map(Some).map_err(|report| {
            let first = report.violations.first();
            Refusal::new(
                first.map_or("parameter-value", |violation| violation.rule.id),
                first.map_or(CLAUSE, |violation| violation.rule.clause),
                format!("The parameter `{name}` is not an Agent: {report}"),
                r#"Send JSON, percent-encoded, such as {"mbox":"mailto:user@example.org"}."#,
            )
            .with("name", name)
            .with("kind", "agent")
        })
    }

    fn read<T>(
        &self,
        name: &str,
        kind: &'static str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| {
            Refusal::new(
                "parameter-value",
                CLAUSE,
                format!("The parameter `{name}` is not {expected}."),
                format!("Send {expected}, percent-encoded."),
            )
            .with("name", name)
            .with("kind", kind)
        })
    }
}

/// A name or value as it is meant: `+` is a space, and what is percent-encoded is UTF-8.
pub fn decode(text: &[u8]) -> Result<String, Refusal> {
    let spaced: Vec<u8> =
        text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).decode_utf8().map(Cow::into_owned).map_err(|_| {
        Refusal::new(
            "parameter-encoding",
            "xAPI 1.0.3 Communication 1.4",
            "A parameter is not UTF-8 once percent-decoded.",
            "Encode parameters as UTF-8, then percent-encode them.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_name_is_refused_and_a_percent_encoded_one_is_the_same_name() {
        assert_eq!(Parameters::parse("a=1&%61=2").unwrap_err().rule, "parameter-repeated");
    }

    #[test]
    fn conditions_alone_may_be_repeated() {
        let parameters = Parameters::parse("only=a%3D1&sort=a&only=b%3D2").unwrap();
        assert_eq!(parameters.all("only").collect::<Vec<_>>(), ["a=1", "b=2"]);
        assert_eq!(Parameters::parse("sort=a&sort=a").unwrap_err().rule, "parameter-repeated");
    }

    #[test]
    fn a_request_has_32_parameters_at_most() {
        let query = |count| (0..count).map(|n| format!("p{n}=")).collect::<Vec<_>>().join("&");
        assert_eq!(Parameters::parse(&query(32)).unwrap().iter().count(), 32);
        for count in [33, 16_000] {
            assert_eq!(Parameters::parse(&query(count)).unwrap_err().rule, "parameters-too-many");
        }
    }

    #[test]
    fn values_are_decoded_once() {
        let parameters = Parameters::parse("verb=https%3A%2F%2Fx.it%2Fa%2520b&x=a+b").unwrap();
        assert_eq!(parameters.get("verb"), Some("https://x.it/a%20b"));
        assert_eq!(parameters.get("x"), Some("a b"));
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let refusal = Parameters::parse("Limit=1").unwrap().only(&["limit"]).unwrap_err();
        assert_eq!(refusal.rule, "parameter-unknown");
        assert!(refusal.remedy.contains("limit"));
    }

    #[test]
    fn a_malformed_value_is_refused_not_ignored() {
        let parameters = Parameters::parse("a=1&b=yes&c=2026-13-01T00:00:00Z&d=-1").unwrap();
        assert!(parameters.uuid("a").is_err());
        assert!(parameters.boolean("b").is_err());
        assert!(parameters.instant("c").is_err());
        assert!(parameters.number("d").is_err());
        assert_eq!(parameters.number("missing"), Ok(None));
    }
}
