//! `traccia import documents`: states and profiles of another store, each sent by a PUT that only makes what is not there.
//! So the same command goes on where it was cut off: a document that is there already is compared, and never written over.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::Args;
use reqwest::header::{CONTENT_TYPE, HeaderValue, IF_NONE_MATCH};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::attached::Attached;
use super::files;
use super::live::{Importer, import, is_about_statements, lock};
use super::rejects::Rejects;
use super::source::{Line, Source};
use crate::cli::client::{ServerError, Target, encoded};
use crate::cli::out::in_words;
use crate::failpoint;
use texts::Message;

/// The media type of a content that is JSON, where the record names none.
const JSON: &str = "application/json";

/// The longest address of a document, in bytes, after that of the server: the `http` crate takes 65,534 of both.
const LONGEST_ADDRESS: usize = 60_000;
/// The longest media type, in bytes.
const LONGEST_TYPE: usize = 1_000;

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Documents {
    /// The file, as it is or compressed by gzip: one document a line, or a JSON array of documents. - is standard input; a
    /// folder stands for its files. docs/administration.md says what a document is
    file: PathBuf,
    /// Where refused documents go, with line and reason [default: FILE.rejects.ndjson]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// The version of xAPI by which the documents are sent
    #[arg(long, default_value = "1.0.3")]
    xapi_version: String,
    /// How long a server that has answered before and cannot now is asked again
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    #[command(flatten)]
    target: Target,
}

/// A document as other stores write it. What else a record has is left out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written<'t> {
    activity_id: Option<String>,
    /// An object, or its text.
    agent: Option<Value>,
    registration: Option<String>,
    state_id: Option<String>,
    profile_id: Option<String>,
    content_type: Option<String>,
    /// JSON, which is sent as it is written; of another media type a text.
    #[serde(borrow)]
    content: Option<&'t RawValue>,
    /// Bytes, instead of `content`.
    content_base64: Option<String>,
}

/// What is sent.
#[derive(Debug, PartialEq, Eq)]
struct Sent {
    path: String,
    media_type: String,
    body: Vec<u8>,
}

/// What became of a document.
enum Came {
    New,
    Known,
    Refused(Value),
}

impl Documents {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let files = files::of(&self.file)?;
        let importer = Importer {
            client: self.target.client()?,
            version: self.xapi_version,
            patience: Duration::from_secs(self.patience),
            is_dry: false,
            is_of_documents: true,
            rejects: Rejects::of(&self.file, self.rejects)?,
            attached: Attached::default(),
            source: None,
            is_of_many: self.file.is_dir(),
            standing: Arc::default(),
        };
        import(files.iter().map(|file| Source::open(file)), importer).await
    }
}

impl Importer {
    /// Sends documents, one after the other.
    pub(super) async fn put(&mut self, lines: Vec<Line>) -> anyhow::Result<()> {
        for line in lines {
            let came = match sent(&line.text) {
                Ok(sent) => self.put_patiently(&line, &sent).await?,
                Err(reason) => Came::Refused(json!(reason)),
            };
            match came {
                Came::New => lock(&self.standing).new += 1,
                Came::Known => lock(&self.standing).known += 1,
                Came::Refused(reason) => self.refuse(&line, &reason)?,
            }
        }
        Ok(())
    }

    async fn put_patiently(&self, line: &Line, sent: &Sent) -> anyhow::Result<Came> {
        {
            let mut standing = lock(&self.standing);
            standing.on_its_way = Some((line.number, line.number));
            standing.unit = line.unit;
        }
        let begun = Instant::now();
        loop {
            let error = match self.put_once(sent).await {
                Ok(came) => return Ok(came),
                Err(error) => error,
            };
            let Some(pause) = self.pause_after(&error, begun) else { return Err(error.into()) };
            tokio::time::sleep(pause).await;
        }
    }

    async fn put_once(&self, sent: &Sent) -> Result<Came, ServerError> {
        let request = |method| {
            let request = self.client.request(method, &sent.path);
            request.header("X-Experience-API-Version", &self.version)
        };
        let put = request(Method::PUT).header(CONTENT_TYPE, &sent.media_type);
        let put = put.header(IF_NONE_MATCH, "*").body(sent.body.clone());
        failpoint::reach();
        let response = self.client.send(put).await?;
        failpoint::reach();
        let status = response.status();
        if status == StatusCode::PRECONDITION_FAILED {
            let there = self.client.bytes(request(Method::GET)).await?;
            return Ok(if there == sent.body {
                Came::Known
            } else {
                Came::Refused(json!("Another document is there, which stays."))
            });
        }
        match self.client.body_of(response).await {
            Ok(_) => Ok(Came::New),
            Err(error) if is_about_statements(status) => Ok(Came::Refused(said(&error.problem()))),
            // Of a server in front, which says no more.
            Err(_) if is_about_length(status) => {
                Ok(Came::Refused(json!(in_words(&Message::new("cli-import-long-address")))))
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether the address or the headers of a document are longer than the server takes.
fn is_about_length(status: StatusCode) -> bool {
    [StatusCode::URI_TOO_LONG, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE].contains(&status)
}

/// Why a document is refused: what the server found, or the problem document's detail.
fn said(problem: &Value) -> Value {
    let detail = || problem.get("detail").cloned().unwrap_or_default();
    problem.get("violations").cloned().unwrap_or_else(detail)
}

/// The request that makes a document.
fn sent(text: &[u8]) -> Result<Sent, String> {
    let written: Written<'_> = serde_json::from_slice(text)
        .map_err(|error| format!("The document cannot be read: {error}."))?;
    let (media_type, body) = content(&written)?;
    let Written { activity_id, agent, registration, state_id, profile_id, .. } = written;
    let agent = agent.map(|agent| match agent {
        Value::String(text) => text,
        agent => agent.to_string(),
    });
    let (resource, id) = match (&activity_id, &agent, state_id, profile_id) {
        (Some(_), Some(_), Some(id), None) => ("activities/state", ("stateId", id)),
        (Some(_), None, None, Some(id)) => ("activities/profile", ("profileId", id)),
        (None, Some(_), None, Some(id)) => ("agents/profile", ("profileId", id)),
        _ => {
            return Err("The document is none of these: `activityId`, `agent` and `stateId`; `activityId` and \
                        `profileId`; `agent` and `profileId`."
                .to_owned());
        }
    };
    let parameters = [
        Some(id),
        activity_id.map(|it| ("activityId", it)),
        agent.map(|it| ("agent", it)),
        registration.map(|it| ("registration", it)),
    ];
    let parameters: Vec<String> = parameters
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", encoded(&value)))
        .collect();
    let path = format!("/xapi/{resource}?{}", parameters.join("&"));
    sendable(Sent { path, media_type, body })
}

/// Refuses what makes no request, before one is made of it.
fn sendable(sent: Sent) -> Result<Sent, String> {
    let is_long = sent.media_type.len() > LONGEST_TYPE;
    if is_long || HeaderValue::from_str(&sent.media_type).is_err() {
        return Err(in_words(&Message::new("cli-import-no-header")));
    }
    if sent.path.len() > LONGEST_ADDRESS {
        return Err(in_words(&Message::new("cli-import-long-address")));
    }
    Ok(sent)
}

/// Media type and bytes of a document.
fn content(written: &Written<'_>) -> Result<(String, Vec<u8>), String> {
    let named = written.content_type.clone();
    let is_json = named.as_deref().is_none_or(|it| it.starts_with(JSON));
    match (written.content, &written.content_base64) {
        (None, Some(base64)) => {
            let bytes = BASE64_STANDARD.decode(base64);
            let bytes =
                bytes.map_err(|error| format!("`contentBase64` cannot be read: {error}."))?;
            Ok((named.unwrap_or_else(|| "application/octet-stream".to_owned()), bytes))
        }
        (Some(content), None) if is_json => {
            Ok((named.unwrap_or_else(|| JSON.to_owned()), content.get().as_bytes().to_vec()))
        }
        (Some(content), None) => {
            let named = named.unwrap_or_default();
            let text = serde_json::from_str::<String>(content.get());
            let text =
                text.map_err(|_| format!("`content` is no text, and `contentType` is {named}."))?;
            Ok((named, text.into_bytes()))
        }
        _ => Err("The document has neither `content` nor `contentBase64`, or both.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &Value) -> Result<(String, String, String), String> {
        let Sent { path, media_type, body } = sent(text.to_string().as_bytes())?;
        Ok((path, media_type, String::from_utf8(body).unwrap()))
    }

    #[test]
    fn a_document_is_a_state_or_a_profile_by_what_names_it() {
        let agent = json!({"mbox": "mailto:a@x.example"});
        let state = json!({"_id": "5", "activityId": "https://x/a", "agent": agent, "stateId": "s 1",
            "registration": "r", "content": {"n": 1.5}});
        let (path, media_type, body) = made(&state).unwrap();
        let coded = "%7B%22mbox%22%3A%22mailto%3Aa%40x%2Eexample%22%7D";
        assert_eq!(
            path,
            format!(
                "/xapi/activities/state?stateId=s%201&activityId=https%3A%2F%2Fx%2Fa&agent={coded}&registration=r"
            )
        );
        assert_eq!((media_type.as_str(), body.as_str()), (JSON, r#"{"n":1.5}"#));
        let text = json!({"agent": agent.to_string(), "profileId": "p", "content": "ciao",
            "contentType": "text/plain"});
        let expected = (
            format!("/xapi/agents/profile?profileId=p&agent={coded}"),
            "text/plain".into(),
            "ciao".into(),
        );
        assert_eq!(made(&text), Ok(expected));
        let bytes = json!({"activityId": "i", "profileId": "p", "contentBase64": "Y2lhbw=="});
        let expected = (
            "/xapi/activities/profile?profileId=p&activityId=i".into(),
            "application/octet-stream".into(),
            "ciao".into(),
        );
        assert_eq!(made(&bytes), Ok(expected));
    }

    #[test]
    fn what_is_no_document_is_told() {
        let agent = json!({"mbox": "mailto:a@x.example"});
        for (document, said) in [
            (json!({"agent": agent, "content": 1}), "none of these"),
            (json!({"activityId": "i", "stateId": "s", "content": 1}), "none of these"),
            (json!({"agent": agent, "profileId": "p"}), "neither"),
            (json!({"agent": agent, "profileId": "p", "contentBase64": "?"}), "cannot be read"),
            (
                json!({"agent": agent, "profileId": "p", "content": 7, "contentType": "text/plain"}),
                "no text",
            ),
            (json!({"agent": agent, "profileId": 7, "content": 1}), "cannot be read"),
        ] {
            let reason = made(&document).unwrap_err();
            assert!(reason.contains(said), "{reason}");
        }
    }
}
