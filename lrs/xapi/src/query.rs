//! What `GET statements` asks (Communication 2.1.3).

use serde_json::Value;
use uuid::Uuid;
use validator::{Version, ifi};

use super::index::{self, Closeness, Kind};
use super::instant::Instant;
use super::parameters::Parameters;
use super::refusal::Refusal;

/// The parameters that `GET statements` takes.
pub(crate) const PARAMETERS: [&str; 14] = [
    "statementId",
    "voidedStatementId",
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "format",
    "attachments",
    "ascending",
];

/// How statements are written in the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The identifying members of agents, activities, verbs only.
    Ids,
    /// As they came.
    #[default]
    Exact,
    /// With the store's definitions, one language each.
    Canonical,
}

/// Which statements are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The one with this id, unless it is voided.
    One(Uuid),
    /// The voided one with this id.
    Voided(Uuid),
    /// All that match.
    Many(Box<Filter>),
}

/// A whole request for statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Which statements.
    pub wanted: Wanted,
    /// How they are written.
    pub format: Format,
    /// Whether the answer carries attachments, as multipart/mixed.
    pub attachments: bool,
}

/// A thing to be found by, and whether statements count that are only related to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The identifier as [`super::index::IndexKey`] keeps it.
    pub text: String,
    /// Whether related statements count.
    pub related: bool,
}

/// Conditions that must all hold. The default matches every statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The Agent or Group a statement is about.
    pub agent: Option<Match>,
    /// The IRI of its verb.
    pub verb: Option<String>,
    /// The activity it is about.
    pub activity: Option<Match>,
    /// Its `context.registration`.
    pub registration: Option<Uuid>,
    /// Its authority, by identifier: what `statements/read/mine` may see. The conditions above
    /// must then be met by a statement itself, and not by what it refers to.
    pub authority: Option<String>,
    /// Stored after this instant.
    pub since: Option<Instant>,
    /// Stored at this instant or before.
    pub until: Option<Instant>,
    /// Oldest first instead of newest first.
    pub ascending: bool,
    /// How many at most; 0 asks for the server's maximum.
    pub limit: usize,
    /// Beyond this statement in the order asked for: where the page before ended.
    pub beyond: Option<Instant>,
}

impl Filter {
    /// Whether a statement that is found by the conditions must be looked at with
    /// [`Self::is_met_alone`] as well: it may be found by what it refers to.
    pub const fn must_be_met_alone(&self) -> bool {
        let Self { agent, verb, activity, registration, authority, .. } = self;
        authority.is_some()
            && (agent.is_some() || verb.is_some() || activity.is_some() || registration.is_some())
    }

    /// Whether a kept statement by itself meets the conditions on agent, verb, activity and
    /// registration, whatever it refers to.
    pub fn is_met_alone(&self, statement: &Value) -> bool {
        let authority = statement.get("authority").unwrap_or(&Value::Null);
        let keys = index::keys(statement, authority);
        let meets = |kind, text: &str, related| {
            keys.iter().any(|key| {
                let is_close = related || key.closeness == Closeness::Direct;
                key.kind == kind && is_close && key.text == text
            })
        };
        let matches = |kind, wanted: &Option<Match>| {
            wanted.as_ref().is_none_or(|it| meets(kind, &it.text, it.related))
        };
        let registration = self.registration.map(|id| id.to_string());
        matches(Kind::Agent, &self.agent)
            && matches(Kind::Activity, &self.activity)
            && self.verb.as_ref().is_none_or(|verb| meets(Kind::Verb, verb, false))
            && registration.is_none_or(|id| meets(Kind::Registration, &id, false))
    }
}

impl Query {
    /// Reads the parameters of one request. What the standard forbids to combine is refused.
    pub fn parse(parameters: &Parameters, version: Version) -> Result<Self, Refusal> {
        parameters.only(&PARAMETERS)?;
        let format = format(parameters)?;
        let attachments = parameters.boolean("attachments")?;
        let one = parameters.uuid("statementId")?;
        let voided = parameters.uuid("voidedStatementId")?;
        let wanted = match (one, voided) {
            (None, None) => Wanted::Many(Box::new(filter(parameters, version)?)),
            (Some(_), Some(_)) => {
                return Err(alone("`statementId` and `voidedStatementId` exclude each other."));
            }
            (Some(id), None) => Wanted::One(id),
            (None, Some(id)) => Wanted::Voided(id),
        };
        let single = ["statementId", "voidedStatementId", "attachments", "format"];
        if !matches!(wanted, Wanted::Many(_)) && parameters.only(&single).is_err() {
            return Err(alone("A statement asked for by its id takes no filter."));
        }
        Ok(Self { wanted, format, attachments })
    }
}

fn alone(detail: &'static str) -> Refusal {
    Refusal::new(
        "statement-id-alone",
        "xAPI 1.0.3 Communication 2.1.3",
        detail,
        "Send `statementId` or `voidedStatementId` with `format` and `attachments` at most.",
    )
}

fn format(parameters: &Parameters) -> Result<Format, Refusal> {
    match parameters.get("format") {
        None | Some("exact") => Ok(Format::Exact),
        Some("ids") => Ok(Format::Ids),
        Some("canonical") => Ok(Format::Canonical),
        Some(_) => Err(Refusal::new(
            "parameter-value",
            "xAPI 1.0.3 Communication 2.1.3",
            "The parameter `format` is not one of ids, exact, canonical.",
            "Send `format=ids`, `format=exact` or `format=canonical`.",
        )
        .with("name", "format")
        .with("kind", "format")),
    }
}

fn filter(parameters: &Parameters, version: Version) -> Result<Filter, Refusal> {
    let related_agents = parameters.boolean("related_agents")?;
    let related_activities = parameters.boolean("related_activities")?;
    let agent = parameters.agent("agent", version)?;
    Ok(Filter {
        agent: agent
            .as_ref()
            .and_then(ifi::of)
            .map(|ifi| Match { text: ifi.to_string(), related: related_agents }),
        verb: parameters.iri("verb")?,
        activity: parameters
            .iri("activity")?
            .map(|text| Match { text, related: related_activities }),
        registration: parameters.uuid("registration")?,
        authority: None,
        since: parameters.instant("since")?,
        until: parameters.instant("until")?,
        ascending: parameters.boolean("ascending")?,
        limit: parameters.number("limit")?.unwrap_or(0),
        beyond: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Result<Query, Refusal> {
        Query::parse(&Parameters::parse(text).unwrap(), Version::V1_0_3)
    }

    #[test]
    fn an_id_goes_with_format_and_attachments_only() {
        let id = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee";
        assert!(query(&format!("statementId={id}&format=ids&attachments=true")).is_ok());
        for other in ["limit=1", "verb=https://v.example/v", "ascending=true"] {
            let refusal = query(&format!("statementId={id}&{other}")).unwrap_err();
            assert_eq!(refusal.rule, "statement-id-alone");
        }
        assert!(query(&format!("statementId={id}&voidedStatementId={id}")).is_err());
    }

    #[test]
    fn a_statement_meets_alone_what_it_says_and_not_what_it_refers_to() {
        let statement = serde_json::json!({
            "actor": {"mbox": "mailto:a@x.it"},
            "verb": {"id": "https://v.example/v"},
            "object": {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"},
            "context": {"instructor": {"mbox": "mailto:i@x.it"},
                        "registration": "6690E6C9-3EF0-4ED3-8B37-7F3964730BEF"},
            "authority": {"mbox": "mailto:k@x.it"},
        });
        let agent = |who: &str, related: bool| {
            query(&format!(
                "related_agents={related}&agent=%7B%22mbox%22%3A%22mailto%3A{who}%40x.it%22%7D"
            ))
        };
        let is_met = |query: Result<Query, Refusal>| {
            let Wanted::Many(filter) = query.unwrap().wanted else { panic!("a filter") };
            filter.is_met_alone(&statement)
        };
        assert!(is_met(agent("a", false)) && is_met(agent("i", true)) && is_met(agent("k", true)));
        assert!(!is_met(agent("i", false)) && !is_met(agent("k", false)));
        assert!(!is_met(agent("b", true)));
        assert!(is_met(query("verb=https://v.example/v")));
        assert!(!is_met(query("verb=https://v.example/w")));
        assert!(is_met(query("registration=6690e6c9-3ef0-4ed3-8b37-7f3964730bef")));
        assert!(!is_met(query("registration=6690e6c9-3ef0-4ed3-8b37-7f3964730bee")));
        assert!(!is_met(query("activity=https://v.example/v&related_activities=true")));
    }

    #[test]
    fn related_applies_to_its_own_filter() {
        let query = query(
            "related_agents=true&activity=https://a.example/a&agent=%7B%22mbox%22%3A%22mailto%3Aa%40x.it%22%7D",
        )
        .unwrap();
        let Wanted::Many(filter) = query.wanted else { panic!("a filter was asked for") };
        assert!(filter.agent.unwrap().related);
        assert!(!filter.activity.unwrap().related);
    }
}
