//! People who are in the room check themselves in, with a code that is shown there.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::{At, Plan};
use crate::access::bounds::Bounds;
use crate::course::{Identifier, Learner, LearnerList, RegisterEntry};
use crate::progress::error::ProgressError;
use crate::progress::{Progress, TRIES};
use crate::xapi::authority::Authority;

/// Letters and digits that are not mistaken for each other.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_LENGTH: usize = 8;

/// A check-in that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckIn {
    /// The event's key.
    pub event: String,
    /// The session's id.
    pub session: String,
    /// Whether the presence is new; if not, it was known.
    pub is_new: bool,
}

impl Progress {
    /// The code with which people check themselves in to a session on its day: eight letters and
    /// digits, the same each time.
    ///
    /// Whoever has the code can enter anybody who is enrolled, so a key with `bounds` gets the codes
    /// of sessions in its regions alone.
    ///
    /// # Errors
    /// [`ProgressError::NoSession`], [`ProgressError::Bounded`].
    pub async fn check_in_code(
        &self,
        id: &str,
        event: &str,
        session: &str,
        bounds: Option<&Bounds>,
    ) -> Result<String, ProgressError> {
        let known = self.boards.register(id).await?;
        let at = At::find(&known, event, session)?;
        if bounds.is_some_and(|bounds| !bounds.include(&at.session.region, "", "")) {
            return Err(ProgressError::Bounded);
        }
        Ok(self.code(id, event, session))
    }

    /// Checks somebody in to the session whose code this is: the session's whole length counts.
    /// `who` is a learner's id, one of their identifiers, or their mail address.
    ///
    /// # Errors
    /// [`ProgressError::NoCode`] unless it is the code of a session of today;
    /// [`ProgressError::NoLearner`].
    pub async fn check_in(
        &self,
        id: &str,
        code: &str,
        who: &str,
    ) -> Result<CheckIn, ProgressError> {
        let known = self.boards.register(id).await?;
        let course = &known.course;
        let today = course.day_of(self.clock.now().micros());
        let code = code.trim().to_uppercase();
        let (event, session) = course
            .activities()
            .flat_map(|(_, activity)| activity.sessions().iter().map(move |it| (activity, it)))
            .filter(|(_, session)| Some(session.date) == today)
            .find(|(activity, session)| self.code(id, &activity.key, &session.id) == code)
            .map(|(activity, session)| (activity.key.clone(), session.id.clone()))
            .ok_or(ProgressError::NoCode)?;
        let at = At::find(&known, &event, &session)?;
        let no_learner = || ProgressError::NoLearner(who.to_owned());
        let person = known.enrolment.person(who.trim());
        let learner = named(&known.people, person).ok_or_else(no_learner)?;
        let micros = at.day().length.unwrap_or_default();
        let entry = RegisterEntry { learner: learner.id.clone(), micros, note: String::new() };
        let _one_at_a_time = self.registering.lock().await;
        for _ in 0..TRIES {
            let is_new = !self.present(&at, &known.people).await?.contains_key(&learner.id);
            let mut plan = Plan::default();
            let authority = Authority::of_key("check-in", &self.base_url);
            if is_new {
                self.plan_entry(&at, learner, &entry, Vec::new(), &authority, &mut plan).await?;
            }
            if self.write(&plan.statements, &authority).await? {
                return Ok(CheckIn { event, session, is_new });
            }
        }
        Err(ProgressError::Busy)
    }

    fn code(&self, course: &str, event: &str, session: &str) -> String {
        // Keys of any length are taken.
        let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.secret) else {
            return String::new();
        };
        mac.update(format!("check-in\n{course}\n{event}\n{session}").as_bytes());
        let digest = mac.finalize().into_bytes();
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'2');
        digest.iter().take(CODE_LENGTH).map(|byte| char::from(letter(byte))).collect()
    }
}

/// The learner of this id, identifier or mail address.
fn named<'l>(people: &'l LearnerList, who: &str) -> Option<&'l Learner> {
    let who = who.trim();
    let by_id = people.learners().iter().find(|learner| learner.id == who);
    let by_identifier = || who.parse::<Identifier>().ok().and_then(|it| people.find(&it));
    let by_address = || {
        let wanted = format!("mailto:{}", who.to_lowercase());
        let has = |it: &Identifier| match it {
            Identifier::Mbox(mbox) => mbox.to_lowercase() == wanted,
            _ => false,
        };
        people.learners().iter().find(|learner| learner.identifiers.iter().any(has))
    };
    by_id.or_else(by_identifier).or_else(by_address)
}
