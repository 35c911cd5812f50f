//! The attempts of a learner on a package, and which one a launch goes on with.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::states::{Place, written};
use super::{PackageError, Packages};
use ::package::runtime::Summary;
use store::{Package, PackageVersion};

/// The most attempts of a learner that are listed: each launch reads all of them. Of more, the oldest are left out.
const MOST: usize = 500;

/// How often the list of attempts is changed again where another request was first.
const TRIES: u32 = 20;

/// Which attempt a launch is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// The last one; a new one where that is completed, passed or failed.
    #[default]
    Last,
    /// The last one, in whatever state.
    Same,
    /// A new one.
    New,
    /// The one with the best score.
    Best,
}

/// A name that is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no policy for attempts; there are last, same, new and best")]
pub struct UnknownPolicy(pub String);

impl FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(name: &str) -> Result<Self, UnknownPolicy> {
        match name {
            "last" => Ok(Self::Last),
            "same" => Ok(Self::Same),
            "new" => Ok(Self::New),
            "best" => Ok(Self::Best),
            other => Err(UnknownPolicy(other.to_owned())),
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Last => "last",
            Self::Same => "same",
            Self::New => "new",
            Self::Best => "best",
        })
    }
}

/// An attempt, as the list of attempts has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) registration: Uuid,
    /// From 1.
    pub(super) number: u32,
    /// The key of the version that is played.
    pub(super) key: String,
    /// When it was made, RFC 3339.
    pub(super) began: String,
    /// Whether all that was said in it has ids under the store's secret. Attempts of earlier releases have
    /// statements under ids of the registration alone.
    #[serde(default)]
    pub(super) keyed: bool,
    /// That of [`Summary`], of all SCOs together.
    #[serde(default)]
    pub(super) status: String,
    /// From -1 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) score: Option<f64>,
}

/// The attempts of a learner, in the order in which they began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Attempts {
    pub(super) attempts: Vec<Attempt>,
}

impl Attempts {
    /// The attempt to go on with; `None` for a new one. An attempt on a version that was removed cannot be gone on with.
    fn chosen(&self, policy: Policy, package: &Package) -> Option<&Attempt> {
        let keys: HashSet<&str> = package.versions.iter().map(|it| it.key.as_str()).collect();
        let mut playable = self.attempts.iter().filter(|it| keys.contains(it.key.as_str()));
        let is_finished = |it: &Attempt| matches!(&*it.status, "completed" | "passed" | "failed");
        match policy {
            Policy::New => None,
            Policy::Same => playable.next_back(),
            Policy::Last => playable.next_back().filter(|it| !is_finished(it)),
            Policy::Best => playable.max_by(|one, other| {
                let score = |it: &Attempt| it.score.unwrap_or(f64::NEG_INFINITY);
                score(one).total_cmp(&score(other)).then(one.number.cmp(&other.number))
            }),
        }
    }
}

impl Packages {
    /// The attempt that a launch by `policy` is of, which is made where it is a new one.
    pub(super) async fn attempt(
        &self,
        place: &Place,
        policy: Policy,
        package: &Package,
        current: &PackageVersion,
    ) -> Result<Attempt, PackageError> {
        for _ in 0..TRIES {
            let seen = self.seen::<Attempts>(&place.attempts()).await?;
            if let Some(attempt) = seen.value.chosen(policy, package) {
                return Ok(attempt.clone());
            }
            let last = seen.value.attempts.last().map_or(0, |it| it.number);
            let attempt = Attempt {
                registration: Uuid::new_v4(),
                number: last + 1,
                key: current.key.clone(),
                began: self.clock.now().to_string(),
                keyed: true,
                status: "not attempted".to_owned(),
                score: None,
            };
            let mut attempts = seen.value.clone();
            let over = (attempts.attempts.len() + 1).saturating_sub(MOST);
            attempts.attempts.drain(..over);
            attempts.attempts.push(attempt.clone());
            if self.put_seen(place.attempts(), &seen, written(&attempts)?).await? {
                return Ok(attempt);
            }
        }
        Err(PackageError::Busy(package.name.clone()))
    }

    /// The registration of the attempt before this one.
    pub(super) async fn attempt_before(
        &self,
        place: &Place,
        registration: Uuid,
    ) -> Result<Option<Uuid>, PackageError> {
        let seen = self.seen::<Attempts>(&place.attempts()).await?;
        let earlier = seen.value.attempts.iter().take_while(|it| it.registration != registration);
        Ok(earlier.last().map(|it| it.registration))
    }

    /// Notes where the learner stands in an attempt. Only launches by [`Policy::Last`] and [`Policy::Best`] read this.
    pub(super) async fn note_attempt(
        &self,
        place: &Place,
        registration: Uuid,
        summary: &Summary,
    ) -> Result<(), PackageError> {
        for _ in 0..TRIES {
            let seen = self.seen::<Attempts>(&place.attempts()).await?;
            let mut attempts = seen.value.clone();
            let mut all = attempts.attempts.iter_mut();
            let Some(attempt) = all.find(|it| it.registration == registration) else {
                return Ok(());
            };
            summary.status.clone_into(&mut attempt.status);
            attempt.score = summary.score;
            let is_same = attempts == seen.value;
            if is_same || self.put_seen(place.attempts(), &seen, written(&attempts)?).await? {
                return Ok(());
            }
        }
        Err(PackageError::Busy(place.activity.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xapi::instant::Instant;

    fn package(keys: &[&str]) -> Package {
        let version = |(number, key): (u32, &&str)| PackageVersion {
            package: "p".into(),
            number,
            key: (*key).to_owned(),
            title: String::new(),
            standard: String::new(),
            created: Instant::default(),
            files: 0,
            bytes: 0,
        };
        Package {
            name: "p".into(),
            current: 1,
            last: 1,
            versions: (1..).zip(keys).map(version).collect(),
        }
    }

    fn attempts(of: &[(&str, &str, Option<f64>)]) -> Attempts {
        let attempt = |(number, (key, status, score)): (u32, &(&str, &str, Option<f64>))| Attempt {
            registration: Uuid::from_u128(number.into()),
            number,
            key: (*key).to_owned(),
            began: String::new(),
            keyed: true,
            status: (*status).to_owned(),
            score: *score,
        };
        Attempts { attempts: (1..).zip(of).map(attempt).collect() }
    }

    #[test]
    fn each_policy_chooses_its_attempt() {
        let done = attempts(&[("k", "passed", Some(0.9)), ("k", "failed", Some(0.2))]);
        let open = attempts(&[("k", "passed", Some(0.9)), ("k", "incomplete", None)]);
        let gone =
            attempts(&[("k", "incomplete", Some(0.9)), ("removed", "incomplete", Some(1.0))]);
        let cases = [
            (&done, [None, Some(2), None, Some(1)]),
            (&open, [Some(2), Some(2), None, Some(1)]),
            (&gone, [Some(1), Some(1), None, Some(1)]),
            (&Attempts::default(), [None; 4]),
        ];
        for (attempts, expected) in cases {
            for (policy, expected) in
                [Policy::Last, Policy::Same, Policy::New, Policy::Best].into_iter().zip(expected)
            {
                let chosen = attempts.chosen(policy, &package(&["k"])).map(|it| it.number);
                assert_eq!(chosen, expected, "{policy} of {attempts:?}");
                assert_eq!(policy.to_string().parse(), Ok(policy));
            }
        }
    }
}
