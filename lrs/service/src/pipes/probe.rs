//! Whether a pipe could work, found without sending a statement; a webhook is sent an event of the type `test`.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::run::Run;
use super::settings::PipeDirection;
use super::wire::{LONGEST_ANSWER, LONGEST_PAGE, WireAnswer, WireError, WireRequest, is_heavy};

/// What was asked and what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipeCheck {
    /// What was asked for: `about`, `read`, `write` or `deliver`.
    pub asked: &'static str,
    /// The status of the answer; 0 where there was none.
    pub status: u16,
    /// Whether the pipe can work as far as this goes.
    pub is_good: bool,
    /// What was found, for people.
    pub detail: String,
}

/// What was found of the other store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipeTest {
    /// Whether the pipe could work.
    pub is_good: bool,
    /// One after the other.
    pub checks: Vec<PipeCheck>,
}

impl Run {
    pub(super) async fn probe(&self) -> PipeTest {
        let mut checks = Vec::new();
        if self.pipe.settings.direction != PipeDirection::Webhook {
            checks.push(self.about().await);
        }
        checks.push(match self.pipe.settings.direction {
            PipeDirection::Pull => self.read().await,
            PipeDirection::Push => self.write().await,
            PipeDirection::Webhook => self.deliver_test().await,
        });
        // A store without `about` can work all the same.
        let is_good = checks.last().is_some_and(|it| it.is_good);
        PipeTest { is_good, checks }
    }

    async fn ask(
        &self,
        resource: &str,
        body: Option<(String, bytes::Bytes)>,
    ) -> Result<WireAnswer, WireError> {
        self.exchange(self.asked(resource, &[], body, LONGEST_ANSWER)?).await
    }

    fn asked(
        &self,
        resource: &str,
        query: &[(&str, &str)],
        body: Option<(String, bytes::Bytes)>,
        longest: usize,
    ) -> Result<WireRequest, WireError> {
        let wrong = |_| WireError::Address("the address cannot be joined to a resource".into());
        let mut url = self.resource(resource).map_err(wrong)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let version = if self.pipe.settings.version == "2.0.0" { "2.0.0" } else { "1.0.3" };
        Ok(self.request(url, version, body, longest))
    }

    async fn about(&self) -> PipeCheck {
        let answer = self.ask("about", None).await;
        checked("about", answer, |answer| {
            let about: Value = serde_json::from_slice(&answer.body).ok()?;
            let versions = about.get("version")?.as_array()?;
            let versions: Vec<&str> = versions.iter().filter_map(Value::as_str).collect();
            Some(format!("versions of xAPI: {}", versions.join(", ")))
        })
    }

    async fn read(&self) -> PipeCheck {
        let query = [("limit", "1"), ("ascending", "true")];
        let answer = match self.asked("statements", &query, None, LONGEST_PAGE) {
            Ok(request) => self.page(request).await,
            Err(error) => Err(error),
        };
        checked("read", answer, |answer| {
            #[derive(Deserialize)]
            struct Page {
                #[expect(dead_code, reason = "that it is a list is all that is asked")]
                statements: Vec<IgnoredAny>,
            }
            let _page: Page = serde_json::from_slice(&answer.body).ok()?;
            let promise = answer.header("x-experience-api-consistent-through");
            Some(match promise {
                Some(_) => "statements can be read, and the store says up to where it is consistent".to_owned(),
                None => "statements can be read; the store does not say up to where it is consistent, so \
                         `overlap_seconds` must cover how late statements appear"
                    .to_owned(),
            })
        })
    }

    /// No statement is sent: some stores take an empty list, others refuse its form, and either know the credentials.
    async fn write(&self) -> PipeCheck {
        let body = Some(("application/json".to_owned(), "[]".into()));
        let answer = self.ask("statements", body).await;
        let mut check = checked("write", answer, |answer| {
            let told: Vec<Value> = serde_json::from_slice(&answer.body).ok()?;
            told.is_empty().then(|| "an empty list was taken: statements can be sent".to_owned())
        });
        if matches!(check.status, 204 | 400 | 422) {
            check.is_good = true;
            check.detail = "the credentials are known: statements can be sent".into();
        }
        check
    }
}

fn checked(
    asked: &'static str,
    answer: Result<WireAnswer, WireError>,
    read: impl Fn(&WireAnswer) -> Option<String>,
) -> PipeCheck {
    match answer {
        Err(error) => PipeCheck { asked, status: 0, is_good: false, detail: error.to_string() },
        Ok(answer) => {
            let is_readable = |it: &&WireAnswer| it.status == 200 && !is_heavy(&it.body);
            let found = Some(&answer).filter(is_readable).and_then(read);
            let is_good = found.is_some();
            let detail = found.unwrap_or_else(|| answer.in_short());
            PipeCheck { asked, status: answer.status, is_good, detail }
        }
    }
}
