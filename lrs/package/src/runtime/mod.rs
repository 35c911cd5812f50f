//! The run-time of a SCO that Traccia plays: what the player commits becomes the state of the SCO in
//! its attempt, and statements of the xAPI SCORM Profile. Pure: no clock, no store.
//!
//! Identifiers and timestamps of the statements depend on the state and the commit alone, as long
//! as the player's clock is not ahead of the server's: so a commit that is sent again, or computed
//! again after a crash, gives equal statements. Write the statements first, then the state.
//!
//! Anybody who knows the registration can work these identifiers out: they are names, and a store keeps each statement under
//! an id that it makes of the name and a secret.
//!
//! The verbs, identifiers of activities and results are those of the JavaScript that mirrors
//! sessions (`shim/statements.js`).

mod apply;
mod begin;
mod cmi;
mod commit;
mod contents;
mod launch;
mod outcome;
mod rollup;
mod said;
mod sequencing;
mod state;
mod statement;
mod value;

pub use apply::{Applied, apply, close};
pub use cmi::tree;
pub use commit::{After, Commit, CommitRefusal};
pub use contents::{Item, PackageContents};
pub use launch::{LessonMode, Sco, ScoLaunch, ScoLearner, part_iri, sco_iri};
pub use outcome::Outcome;
pub use rollup::rolled_up;
pub use said::{INTERACTION_TYPES, interaction};
pub use state::{ScoStanding, ScoState, Summary};
pub use statement::{activity, profile, verb_of};
pub use value::{duration, score};

/// The longest `cmi.suspend_data`, in characters: that of SCORM 2004, for SCORM 1.2 as well.
pub const SUSPEND_DATA: usize = 64_000;
/// The most interactions of a SCO in an attempt.
pub const INTERACTIONS: usize = 2_000;
/// The most comments of a learner on a SCO in an attempt; SCORM 2004 asks for 250.
pub const COMMENTS: usize = 2_000;
/// The most that a state weighs: bytes of its JSON text.
pub const STATE: usize = 2_000_000;
