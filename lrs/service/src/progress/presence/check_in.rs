//! People who are in the room check themselves in, with a code that is shown there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hmac::Mac as _;
use jiff::civil::{Date, Time};

use super::{At, Plan};
use crate::compute;
use crate::keyed::keyed;
use crate::progress::board::EnrolledCourse;
use crate::progress::boards::stopped;
use crate::progress::error::ProgressError;
use crate::progress::reports::no_day;
use crate::progress::{CourseService, TRIES};
use access::bounds::Bounds;
use access::key::Key;
use course::{Bilingual, Identifier, Learner, Presence};
use xapi::authority::Authority;

/// Letters and digits that are not mistaken for each other.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_LENGTH: usize = 8;

/// What people are told of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionAbout {
    /// The title of the course.
    pub course: Bilingual,
    /// The title of the event.
    pub event: Bilingual,
    /// The day.
    pub date: Date,
    /// From when to when, in the course's time zone.
    pub times: Option<(Time, Time)>,
    /// Where; may be empty.
    pub place: String,
}

/// The code of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckInCode {
    /// Eight letters and digits.
    pub code: String,
    /// Of what it is.
    pub about: SessionAbout,
}

/// A check-in that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckIn {
    /// The event's key.
    pub event: String,
    /// The session's id.
    pub session: String,
    /// What people are told of the session.
    pub about: SessionAbout,
    /// The learner's name, or their id where they have none.
    pub person: String,
    /// Whether the presence is new; if not, it was known.
    pub is_new: bool,
}

impl CourseService {
    /// The code with which people check themselves in to a session on its day: eight letters and
    /// digits, the same each time.
    ///
    /// The code is enough to enter any enrolled learner, so a key with `bounds` gets the codes
    /// of sessions in its regions alone.
    ///
    /// # Errors
    /// [`ProgressError::NoSession`], [`ProgressError::Bounded`]; [`ProgressError::SessionOver`]
    /// where the session's day is past, on which alone the code would be good.
    pub async fn check_in_code(
        &self,
        id: &str,
        event: &str,
        session: &str,
        bounds: Option<&Bounds>,
    ) -> Result<CheckInCode, ProgressError> {
        let known = self.boards.enrolled(id).await?;
        let at = At::find(&known, event, session)?;
        if bounds.is_some_and(|bounds| !bounds.include(&at.session.region, "", "")) {
            return Err(ProgressError::Bounded);
        }
        let date = at.session.date;
        if date < self.today(&known)? {
            return Err(ProgressError::SessionOver { session: session.to_owned(), date });
        }
        Ok(CheckInCode { code: self.code(id, event, session), about: at.about() })
    }

    /// The title of a course.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub async fn course_title(&self, id: &str) -> Result<Bilingual, ProgressError> {
        Ok(Bilingual::of_title(self.boards.enrolled(id).await?.course.title()))
    }

    /// The session of today whose code this is, whatever its case, and with whatever between its
    /// letters and digits.
    ///
    /// # Errors
    /// [`ProgressError::NoCode`] unless it is the code of a session, and
    /// [`ProgressError::CodeOfDay`] unless that is today.
    pub async fn session_of_code(
        &self,
        id: &str,
        code: &str,
    ) -> Result<SessionAbout, ProgressError> {
        let known = self.boards.enrolled(id).await?;
        Ok(self.session_coded(&known, code).await?.about())
    }

    /// Checks a learner in to the session of this code: the session's whole length counts.
    /// `who` is a learner's id, one of their identifiers, or their mail address. Of ids and
    /// addresses case does not matter, nor of ids what stands between letters and digits, as long
    /// as they mean one person.
    ///
    /// # Errors
    /// Those of [`CourseService::session_of_code`]; [`ProgressError::NoLearner`].
    pub async fn check_in(
        &self,
        id: &str,
        code: &str,
        who: &str,
    ) -> Result<CheckIn, ProgressError> {
        let known = self.boards.enrolled(id).await?;
        let at = self.session_coded(&known, code).await?;
        let no_learner = || ProgressError::NoLearner(who.to_owned());
        // All learners are looked at where none is written so.
        let (of, wanted) = (Arc::clone(&known), who.trim().to_owned());
        let found = compute::aside(move || named(&of, &wanted).cloned());
        let learner = found.await.map_err(|_| stopped())?.ok_or_else(no_learner)?;
        let learner = &learner;
        // A session without times and hours has no length: the entry says that the learner was there, and of no hours.
        let micros = at.day().length.unwrap_or_default();
        let entry = Presence { learner: learner.id.clone(), micros, note: String::new() };
        let _one_at_a_time = self.one_at_a_time(&at).await?;
        let mut removed = HashSet::new();
        for _ in 0..TRIES {
            let is_new = !self.is_present(&at, learner).await?;
            let mut plan = Plan { removed, ..Plan::default() };
            let authority = Authority::of_key(Key::CHECK_IN, &self.base_url);
            if is_new {
                self.plan_entry(&at, learner, &entry, Vec::new(), &authority, &mut plan).await?;
            }
            if self.write(&plan.statements, &authority).await? {
                return Ok(at.taken(learner, is_new));
            }
            removed = self.with_removed(plan).await?;
        }
        Err(ProgressError::Busy)
    }

    fn today(&self, known: &EnrolledCourse) -> Result<Date, ProgressError> {
        let now = self.clock.now();
        Ok(known.course.day_of(now.micros()).ok_or_else(|| no_day(now))?)
    }

    /// The session whose code this is, if it is today.
    async fn session_coded<'k>(
        &self,
        known: &'k Arc<EnrolledCourse>,
        code: &str,
    ) -> Result<At<'k>, ProgressError> {
        let (today, code) = (self.today(known)?, squeezed(code).to_uppercase());
        let (of, secret) = (Arc::clone(known), self.secret);
        // The codes of a course are made once: it may have many sessions.
        let made = move || of.codes.get_or_init(|| codes(&of, secret)).get(&code).cloned();
        let made = compute::aside(made).await.map_err(|_| stopped())?;
        let mut other_day = None;
        for (event, session) in made.unwrap_or_default() {
            let at = At::find(known, &event, &session)?;
            if at.session.date == today {
                return Ok(at);
            }
            other_day = Some(at.session.date);
        }
        Err(other_day.map_or(ProgressError::NoCode, ProgressError::CodeOfDay))
    }

    fn code(&self, course: &str, event: &str, session: &str) -> String {
        code_of(self.secret, course, event, session)
    }
}

/// The sessions of a course by their codes: the keys of their events, and their ids.
pub(in crate::progress) type Codes = HashMap<String, Vec<(String, String)>>;

fn codes(known: &EnrolledCourse, secret: [u8; 32]) -> Codes {
    let (course, mut codes) = (&known.course, Codes::new());
    for (_, _, activity) in course.activities_in_modules() {
        for session in activity.sessions() {
            let code = code_of(secret, course.id(), &activity.key, &session.id);
            codes.entry(code).or_default().push((activity.key.clone(), session.id.clone()));
        }
    }
    codes
}

fn code_of(secret: [u8; 32], course: &str, event: &str, session: &str) -> String {
    let mut mac = keyed(secret);
    mac.update(format!("check-in\n{course}\n{event}\n{session}").as_bytes());
    let digest = mac.finalize().into_bytes();
    #[expect(clippy::indexing_slicing, reason = "the alphabet has 32 letters")]
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
    digest.iter().take(CODE_LENGTH).map(letter).collect()
}

impl At<'_> {
    fn about(&self) -> SessionAbout {
        let event = |language| self.activity.name_in(language);
        SessionAbout {
            course: Bilingual::of_title(self.known.course.title()),
            event: Bilingual::new(event("it"), event("en")),
            date: self.session.date,
            times: self.session.times,
            place: self.session.place.clone(),
        }
    }

    fn taken(&self, learner: &Learner, is_new: bool) -> CheckIn {
        let Learner { id, name, .. } = learner;
        CheckIn {
            event: self.activity.key.clone(),
            session: self.session.id.clone(),
            about: self.about(),
            person: if name.is_empty() { id } else { name }.clone(),
            is_new,
        }
    }
}

/// The person of this id, identifier or mail address, or the one they were merged into. What is
/// written otherwise than in the list must mean one person alone.
fn named<'k>(known: &'k EnrolledCourse, who: &str) -> Option<&'k Learner> {
    let enrolled = &known.enrolment.learners;
    if enrolled.iter().any(|learner| learner.id == who) {
        return known.person(who, None);
    }
    if let Some(person) = who.parse::<Identifier>().ok().and_then(|it| known.people.find(&it)) {
        return Some(person);
    }
    let wanted = format!("mailto:{}", who.to_lowercase());
    let has_address = |it: &Identifier| match it {
        Identifier::Mbox(mbox) => mbox.to_lowercase() == wanted,
        _ => false,
    };
    let id = squeezed(who).to_lowercase();
    let is_it = |learner: &&Learner| {
        learner.identifiers.iter().any(has_address)
            || !id.is_empty() && squeezed(&learner.id).to_lowercase() == id
    };
    let mut meant = enrolled.iter().filter(is_it).filter_map(|it| known.person(&it.id, None));
    let person = meant.next()?;
    meant.all(|other| other.id == person.id).then_some(person)
}

/// A text without what people put between its letters and digits.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
