//! Launches: the right of a learner to play a version of a package for some hours.

use std::sync::PoisonError;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use validator::{Version, ifi};

use super::states::Place;
use super::{PackageError, Packages, Policy, activity_of, token};
use ::package::runtime::{ScoLearner, sco_iri};
use access::bounds::Bounds;
use store::{KeptLaunch, Package, PackageVersion, StoreError};
use xapi::instant::Instant;

/// The most hours that a launch is good for: a year.
pub(super) const MOST_HOURS: u32 = 8_784;
/// The hours of a launch that names none: three days.
const HOURS: u32 = 72;
const HOUR: i64 = 3_600_000_000;
/// The longest Agent of a learner, in bytes of JSON: a commit may lead to thousands of statements, which all have the Agent.
const LONGEST_ACTOR: usize = 4 << 10;
/// The most launches that are listed.
const LISTED: usize = 1_000;

/// Who plays.
#[derive(Clone, Debug)]
pub enum Launcher {
    /// A learner, as an Agent of xAPI.
    Actor(Value),
    /// A learner of a course, by their id in its list.
    OfCourse {
        /// The course.
        course: String,
        /// The learner.
        learner: String,
        /// The learners that may be launched; all where missing.
        bounds: Option<Bounds>,
    },
    /// Somebody who has a look: nothing is kept of what they do.
    Preview,
}

/// A launch to be made.
#[derive(Clone, Debug)]
pub struct NewLaunch {
    /// Who plays.
    pub who: Launcher,
    /// How many hours it is good for; three days where missing.
    pub hours: Option<u32>,
    /// Which attempt it is of.
    pub policy: Policy,
    /// The language of the player, `it` or `en`.
    pub language: String,
}

/// What is kept of a launch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Launch {
    /// The learner as an Agent of xAPI; null for a preview.
    pub actor: Value,
    /// The learner as the content is told.
    pub learner: ScoLearner,
    /// The attempt.
    pub registration: Uuid,
    /// The number of the attempt.
    pub attempt: u32,
    /// Whether it is a preview.
    pub preview: bool,
    /// Whether all that was said in the attempt has ids under the store's secret: it began since there are any.
    #[serde(default)]
    pub keyed: bool,
    /// The language of the player.
    pub language: String,
}

/// A launch that was made.
#[derive(Clone, Debug)]
pub struct Launched {
    /// The token, which is kept nowhere.
    pub token: String,
    /// What names the launch to those who may take it back.
    pub id: String,
    /// Until when it is good.
    pub expires: Instant,
    /// The version that is played.
    pub version: PackageVersion,
    /// What is kept of it.
    pub launch: Launch,
}

/// A launch in a list.
#[derive(Clone, Debug)]
pub struct ShownLaunch {
    /// What names it.
    pub id: String,
    /// When it was made.
    pub created: Instant,
    /// Until when it is good.
    pub expires: Instant,
    /// Whether it was taken back.
    pub revoked: bool,
    /// The number of the version that is played.
    pub version: u32,
    /// Who plays.
    pub launch: Launch,
}

impl Launch {
    /// Where the documents of the learner are.
    pub(super) fn place(&self, package: &str) -> Place {
        let learner = ifi::of(&self.actor).map(|ifi| ifi.to_string()).unwrap_or_default();
        Place { activity: activity_of(package), learner }
    }
}

impl Packages {
    /// Makes a launch of the current version of a package; of the version of its attempt where it goes on with one.
    ///
    /// # Errors
    /// [`PackageError`].
    pub async fn launch(&self, name: &str, new: NewLaunch) -> Result<Launched, PackageError> {
        let hours = new.hours.unwrap_or(HOURS);
        if !(1..=MOST_HOURS).contains(&hours) {
            return Err(PackageError::Hours { hours, most: MOST_HOURS });
        }
        let package = self.package(name).await?;
        self.refuse_other_course(&package, &new.who).await?;
        let (version, launch) = match self.actor(new.who).await? {
            Some(actor) => self.of_learner(&package, actor, new.policy, new.language).await?,
            None => (current(&package)?, preview(new.language)),
        };
        let now = self.clock.now();
        let expires = Instant::from_micros(now.micros() + i64::from(hours) * HOUR);
        let token = token::new_token();
        let id = token::hash_of(&token);
        let body = serde_json::to_string(&launch);
        let body = body.map_err(|error| StoreError::Rejected(error.to_string()))?;
        let kept = KeptLaunch {
            token: id.clone(),
            package: name.to_owned(),
            key: version.key.clone(),
            created: now,
            expires,
            revoked: false,
            body,
        };
        if !self.store.add_launch(kept).await? {
            return Err(PackageError::Busy(name.to_owned()));
        }
        // Launches that expired a day ago or earlier.
        self.store.remove_launches(Instant::from_micros(now.micros() - 24 * HOUR)).await?;
        Ok(Launched { token, id, expires, version, launch })
    }

    /// Refuses a launch for a course in which nothing of the package would count.
    async fn refuse_other_course(
        &self,
        package: &Package,
        who: &Launcher,
    ) -> Result<(), PackageError> {
        let Launcher::OfCourse { course, .. } = who else { return Ok(()) };
        let activity = activity_of(&package.name);
        let hosted = self.hosted(&current(package)?.key).await?;
        let scos = hosted.iter().flat_map(|hosted| hosted.contents.scos());
        let scos = scos.map(|item| sco_iri(&activity, &item.sco.identifier));
        let all: Vec<String> = std::iter::once(activity.clone()).chain(scos).collect();
        if self.progress.counts_any(course, all).await? {
            return Ok(());
        }
        let (course, package) = (course.clone(), package.name.clone());
        Err(PackageError::NotInCourse { course, package })
    }

    async fn of_learner(
        &self,
        package: &Package,
        actor: Value,
        policy: Policy,
        language: String,
    ) -> Result<(PackageVersion, Launch), PackageError> {
        let learner = learner_of(&actor).ok_or(PackageError::NoLearner)?;
        let mut launch = Launch {
            actor,
            learner,
            registration: Uuid::nil(),
            attempt: 0,
            preview: false,
            keyed: false,
            language,
        };
        let current = current(package)?;
        let place = launch.place(&package.name);
        let attempt = self.attempt(&place, policy, package, &current).await?;
        launch.registration = attempt.registration;
        launch.attempt = attempt.number;
        launch.keyed = attempt.keyed;
        let own = package.versions.iter().find(|version| version.key == attempt.key);
        Ok((own.cloned().unwrap_or(current), launch))
    }

    /// The learner as an Agent with one identifier; `None` for a preview.
    async fn actor(&self, who: Launcher) -> Result<Option<Value>, PackageError> {
        let actor = match who {
            Launcher::Preview => return Ok(None),
            Launcher::Actor(actor) => actor,
            Launcher::OfCourse { course, learner, bounds } => {
                self.progress.agent_of(&course, &learner, bounds.as_ref()).await?
            }
        };
        let text = actor.to_string();
        if text.len() > LONGEST_ACTOR {
            return Err(PackageError::ActorLong { bytes: text.len(), most: LONGEST_ACTOR });
        }
        validator::check_agent(text.as_bytes(), Version::V1_0_3)
            .map(Some)
            .map_err(PackageError::Actor)
    }

    /// The launches of a package that are good, the newest first, up to a thousand.
    ///
    /// # Errors
    /// [`PackageError::NoPackage`].
    pub async fn launches(&self, name: &str) -> Result<Vec<ShownLaunch>, PackageError> {
        let package = self.package(name).await?;
        let kept = self.store.launches(&package.name, self.clock.now(), LISTED).await?;
        let number_of = |key: &str| {
            let mut versions = package.versions.iter();
            versions.find(|version| version.key == key).map_or(0, |version| version.number)
        };
        let shown = kept.into_iter().map(|kept| {
            Ok(ShownLaunch {
                launch: read(&kept)?,
                id: kept.token,
                created: kept.created,
                expires: kept.expires,
                revoked: kept.revoked,
                version: number_of(&kept.key),
            })
        });
        shown.collect()
    }

    /// Takes a launch of a package back: it is refused from now on.
    ///
    /// # Errors
    /// [`PackageError::NoLaunch`].
    pub async fn revoke(&self, name: &str, id: &str) -> Result<(), PackageError> {
        let launch = self.store.launch(id).await?.filter(|launch| launch.package == name);
        let launch = launch.ok_or(PackageError::NoLaunch)?;
        // One that was taken back before stays so.
        self.store.revoke_launch(&launch.token).await?;
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).forget(&launch.token);
        Ok(())
    }
}

/// What was kept of a launch.
pub(super) fn read(kept: &KeptLaunch) -> Result<Launch, PackageError> {
    let launch = serde_json::from_str(&kept.body);
    Ok(launch
        .map_err(|error| StoreError::Corrupt(format!("the launch {}: {error}", kept.token)))?)
}

fn current(package: &Package) -> Result<PackageVersion, PackageError> {
    let current = package.versions.iter().find(|version| version.number == package.current);
    let none = || StoreError::Corrupt(format!("the package {} has no version", package.name));
    Ok(current.cloned().ok_or_else(none)?)
}

fn preview(language: String) -> Launch {
    Launch {
        actor: Value::Null,
        learner: ScoLearner { id: "preview".to_owned(), name: "Preview".to_owned() },
        registration: Uuid::new_v4(),
        attempt: 1,
        preview: true,
        keyed: true,
        language,
    }
}

/// The learner as the content is told: the name of the account, the address, the hash, or the `OpenID`; `None` where the
/// actor is a group or has none of these.
fn learner_of(actor: &Value) -> Option<ScoLearner> {
    if actor.get("objectType").is_some_and(|kind| kind != "Agent") {
        return None;
    }
    let text = |pointer: &str| actor.pointer(pointer).and_then(Value::as_str);
    let address = text("/mbox").map(|mbox| mbox.trim_start_matches("mailto:"));
    let id = text("/account/name").or(address).or(text("/mbox_sha1sum")).or(text("/openid"))?;
    let name = text("/name").unwrap_or(id).to_owned();
    Some(ScoLearner { id: id.to_owned(), name })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn content_is_told_who_learns_by_the_identifier_that_the_actor_has() {
        let account = json!({"account": {"homePage": "https://a.example", "name": "anna"}});
        for (actor, id, name) in [
            (
                json!({"name": "Rossi, Anna", "mbox": "mailto:a@b.example"}),
                "a@b.example",
                "Rossi, Anna",
            ),
            (account, "anna", "anna"),
            (
                json!({"openid": "https://a.example/anna"}),
                "https://a.example/anna",
                "https://a.example/anna",
            ),
        ] {
            let learner = learner_of(&actor).unwrap();
            assert_eq!((learner.id.as_str(), learner.name.as_str()), (id, name));
        }
        assert_eq!(learner_of(&json!({"objectType": "Group", "mbox": "mailto:a@b.example"})), None);
        assert_eq!(learner_of(&json!({"name": "Anna"})), None);
    }
}
