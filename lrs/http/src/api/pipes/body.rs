//! Pipes as they are sent and shown.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::ReaderLanguage;
use crate::problem::Problem;
use crate::request::Content;
use axum::http::StatusCode;
use service::pipes::{
    Hidden, NewPipe, PipeDirection, PipeFilter, PipeMapping, PipeSettings, ReadsBy, ShownPipe,
};
use xapi::instant::Instant;

/// Which statements travel: those that meet every condition. Statements that void always travel.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PipeFilterBody {
    /// Beginnings of the IRI of the activity; one of them.
    activities: Vec<String>,
    /// IRIs of verbs; one of them.
    verbs: Vec<String>,
    /// The id of a course of this server: statements of its activities.
    course: Option<String>,
    /// Home pages of the actor's account; one of them.
    home_pages: Vec<String>,
    /// Names of reactions of this server: the statements that one of them wrote, and no other.
    reactions: Vec<String>,
    /// Where a new pipe begins: statements stored after this instant, RFC 3339. When missing, a pipe begins with the
    /// oldest statement, and a webhook with the next one.
    since: Option<String>,
}

/// A pipe to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedPipe {
    /// Its name in addresses: 1 to 64 letters, digits, hyphens, dots and underscores.
    name: String,
    /// `push`: to the other store; `pull`: from there; `webhook`: a signed event for each statement to an address.
    #[schema(value_type = String)]
    direction: PipeDirection,
    /// The xAPI end point of the other store, what stands before `/statements`; of a webhook the whole address.
    url: String,
    /// The user name of HTTP Basic there; of a Traccia the name of a key.
    #[serde(default)]
    user: String,
    /// The password of HTTP Basic there; never shown again.
    password: Option<String>,
    /// Which statements travel.
    #[serde(default)]
    filter: PipeFilterBody,
    /// `full`, `pseudonymised` or `downgraded`; `full` when missing.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    mapping: PipeMapping,
    /// What pseudonyms are made under, 16 characters or more; two stores that share it make the same. Never shown again.
    secret: Option<String>,
    /// Whether a push leaves `stored` and `authority` of this store in the statements, for a receiver that keeps them.
    #[serde(default)]
    keeps_origin: bool,
    /// The version of xAPI in which a pull asks: `1.0.3` or `2.0.0`; `1.0.3` when missing.
    version: Option<String>,
    /// How often a pull looks for new statements, in seconds; 10 when missing.
    every_seconds: Option<u64>,
    /// How far before its cursor a pull reads again, in seconds.
    overlap_seconds: Option<u64>,
    /// Which instant the source of a pull filters by, `stored` or `timestamp`; `stored` when missing.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reads_by: ReadsBy,
}

/// A pipe's new settings: those of [`WantedPipe`] without the name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedPipe {
    /// What it was: a pipe keeps its direction.
    #[schema(value_type = String)]
    direction: PipeDirection,
    /// The xAPI end point of the other store.
    url: String,
    /// The user name of HTTP Basic there.
    #[serde(default)]
    user: String,
    /// The password of HTTP Basic there; left out to keep it.
    password: Option<String>,
    /// Which statements travel.
    #[serde(default)]
    filter: PipeFilterBody,
    /// `full`, `pseudonymised` or `downgraded`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    mapping: PipeMapping,
    /// What pseudonyms are made under; left out to keep it.
    secret: Option<String>,
    /// Whether a push leaves `stored` and `authority` of this store in the statements.
    #[serde(default)]
    keeps_origin: bool,
    /// The version of xAPI in which a pull asks.
    version: Option<String>,
    /// How often a pull looks for new statements, in seconds.
    every_seconds: Option<u64>,
    /// How far before its cursor a pull reads again, in seconds.
    overlap_seconds: Option<u64>,
    /// Which instant the source of a pull filters by.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reads_by: ReadsBy,
}

/// From where a pipe goes on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayFrom {
    /// Statements stored after this instant, RFC 3339.
    pub(super) from: String,
}

impl WantedPipe {
    pub(super) fn meant(self) -> (String, NewPipe) {
        let Self { name, direction, url, user, password, filter, mapping, secret, .. } = self;
        let Self { keeps_origin, version, every_seconds, overlap_seconds, reads_by, .. } = self;
        let changed = ChangedPipe {
            direction,
            url,
            user,
            password,
            filter,
            mapping,
            secret,
            keeps_origin,
            version,
            every_seconds,
            overlap_seconds,
            reads_by,
        };
        (name, changed.meant())
    }
}

impl ChangedPipe {
    pub(super) fn meant(self) -> NewPipe {
        let PipeFilterBody { activities, verbs, course, home_pages, reactions, since } =
            self.filter;
        let settings = PipeSettings {
            direction: self.direction,
            url: self.url,
            user: self.user,
            filter: PipeFilter { activities, verbs, course, home_pages, reactions, since },
            mapping: self.mapping,
            keeps_origin: self.keeps_origin,
            version: self.version.unwrap_or_else(|| "1.0.3".to_owned()),
            every_seconds: self.every_seconds.unwrap_or(10),
            overlap_seconds: self.overlap_seconds,
            reads_by: self.reads_by,
        };
        let (password, secret) = (self.password.map(Hidden), self.secret.map(Hidden));
        NewPipe { settings, password, secret }
    }
}

/// The JSON of a request.
pub(super) fn read<T: DeserializeOwned>(content: &Content) -> Result<T, Problem> {
    content.only(&["application/json"])?;
    validator::json::parse_as(&content.body).map_err(|error| {
        invalid(
            format!("The body is not what is asked for: {error}."),
            "See /api/openapi.json, or use `traccia pipe`.",
        )
    })
}

pub(super) fn invalid(detail: impl Into<String>, remedy: impl Into<String>) -> Problem {
    let (detail, remedy) = (detail.into(), remedy.into());
    Problem::new(StatusCode::BAD_REQUEST, "pipe-invalid", &*detail, &*remedy)
        .with("why", detail)
        .with("remedy", remedy)
}

/// A pipe as it is shown: without its password and its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipeView {
    /// Its name in addresses.
    name: String,
    /// `push`, `pull` or `webhook`.
    #[schema(value_type = String)]
    direction: PipeDirection,
    /// The xAPI end point of the other store.
    url: String,
    /// The user name of HTTP Basic there.
    user: String,
    /// Whether it has a password.
    has_password: bool,
    /// Whether it has a secret for pseudonyms.
    has_secret: bool,
    /// What a webhook signs with, `whsec_` and Base64, in the answer to the request that made it; null in any other.
    #[schema(required)]
    signing_secret: Option<String>,
    /// Which statements travel.
    filter: PipeFilterBody,
    /// `full`, `pseudonymised` or `downgraded`.
    #[schema(value_type = String)]
    mapping: PipeMapping,
    /// Whether a push leaves `stored` and `authority` in the statements.
    keeps_origin: bool,
    /// The version of xAPI in which a pull asks.
    version: String,
    /// How often a pull looks for new statements, in seconds.
    every_seconds: u64,
    /// How far before its cursor a pull reads again, in seconds; null for what suits the source.
    #[schema(required)]
    overlap_seconds: Option<u64>,
    /// Which instant the source of a pull filters by.
    #[schema(value_type = String)]
    reads_by: ReadsBy,
    /// `working`, `waiting` for the other store, `paused` by somebody, or `stopped` by itself, which is an alarm.
    state: &'static str,
    /// Why it is paused, stopped or waiting, or whose statements it holds back.
    #[schema(required)]
    reason: Option<String>,
    /// Since when it is paused or stopped.
    #[schema(required)]
    since: Option<String>,
    /// When the other store is asked again; null while nothing is waited for.
    #[schema(required)]
    retry_at: Option<String>,
    /// How often in a row the other store was not to be reached, or asked to be left alone.
    attempts: u32,
    /// Up to where it is: of a push by `stored` of this server, of a pull by the source's.
    cursor: String,
    /// How many statements it has delivered.
    delivered: u64,
    /// How many dead letters it has.
    dead_letters: u64,
    /// How many erasures of people the other store has not taken yet.
    erasures_waiting: usize,
    /// How many of those somebody has to do by hand there.
    erasures_by_hand: usize,
    /// How far it is behind.
    lag: LagView,
    /// The last answer of the other store; null before the first.
    #[schema(required)]
    last_answer: Option<LastAnswerView>,
}

/// How far a pipe is behind.
#[derive(Debug, Serialize, ToSchema)]
pub struct LagView {
    /// Of a push: the statements after its cursor, up to a thousand; null for a pull.
    #[schema(required)]
    statements: Option<usize>,
    /// Whether there may be more than that.
    is_more: bool,
    /// Of a push: the age of the first of them. Of a pull: how long ago all was read that the source had; null before.
    #[schema(required)]
    seconds: Option<u64>,
}

/// An answer of the other store.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastAnswerView {
    /// When, RFC 3339 in UTC.
    at: String,
    /// Its status; 0 where there was no answer.
    status: u16,
    /// Whether it was what was hoped for.
    is_good: bool,
    /// What it said, in short.
    detail: String,
}

impl PipeView {
    /// `pipe` as it is `now`, in the language of `reader`.
    pub(super) fn new(pipe: ShownPipe, now: Instant, reader: ReaderLanguage) -> Self {
        let text = |micros: i64| Instant::from_micros(micros).to_string();
        let ShownPipe { name, settings, has_password, has_secret, made_secret, .. } = pipe;
        let ShownPipe { state, dead_letters, lag, .. } = pipe;
        let PipeFilter { activities, verbs, course, home_pages, reactions, since } =
            settings.filter;
        let retry_at = state.retry_at.filter(|at| *at > now.micros());
        let word = match (&state.paused, retry_at) {
            (Some(pause), _) if pause.is_alarm => "stopped",
            (Some(_), _) => "paused",
            (None, Some(_)) => "waiting",
            (None, None) => "working",
        };
        let told = state.last.as_ref().filter(|it| !it.is_good && retry_at.is_some());
        let told = told.map(|it| it.detail.clone()).or_else(|| state.told_held_back());
        Self {
            name,
            direction: settings.direction,
            url: settings.url,
            user: settings.user,
            has_password,
            has_secret,
            signing_secret: made_secret.map(|it| it.0),
            filter: PipeFilterBody { activities, verbs, course, home_pages, reactions, since },
            mapping: settings.mapping,
            keeps_origin: settings.keeps_origin,
            version: settings.version,
            every_seconds: settings.every_seconds,
            overlap_seconds: settings.overlap_seconds,
            reads_by: settings.reads_by,
            state: word,
            reason: state
                .paused
                .as_ref()
                .map(|it| it.reason.clone())
                .or(told)
                .map(|it| reader.said(&it)),
            since: state.paused.map(|it| text(it.at)),
            retry_at: retry_at.map(text),
            attempts: state.attempts,
            cursor: text(state.cursor),
            delivered: state.delivered,
            dead_letters,
            erasures_waiting: state.erasures.len(),
            erasures_by_hand: state.erasures.iter().filter(|it| it.by_hand.is_some()).count(),
            lag: LagView { statements: lag.statements, is_more: lag.is_more, seconds: lag.seconds },
            last_answer: state.last.map(|it| LastAnswerView {
                at: text(it.at),
                status: it.status,
                is_good: it.is_good,
                detail: reader.said(&it.detail),
            }),
        }
    }
}
