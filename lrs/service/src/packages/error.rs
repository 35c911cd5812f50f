//! Why a package was not imported, changed or launched.

use ::package::Report;

use super::attempts::UnknownPolicy;
use crate::compute::Stopped;
use crate::memory::Exhausted;
use crate::progress::ProgressError;
use store::StoreError;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A name that no package can have.
    #[error("`{0}` can be no package's name")]
    Name(String),
    /// The package has errors, or is not one that is played.
    #[error("the package is refused")]
    Refused(Box<Report>),
    /// There is no package of this name.
    #[error("there is no package `{0}`")]
    NoPackage(String),
    /// The package has no version of this number.
    #[error("the package `{package}` has no version {number}")]
    NoVersion {
        /// The package.
        package: String,
        /// The number.
        number: u32,
    },
    /// The version that new launches play cannot be removed alone.
    #[error("version {number} of `{package}` is the current one")]
    Current {
        /// The package.
        package: String,
        /// The number.
        number: u32,
    },
    /// Learners have launches of what would be removed.
    #[error("there are {launches} launches of `{package}`")]
    Launched {
        /// The package.
        package: String,
        /// How many.
        launches: u64,
    },
    /// The package was changed by another request.
    #[error("the package `{0}` is being changed")]
    Busy(String),
    /// The learner's course has no activity that is the package or a SCO of it.
    #[error("the course `{course}` does not have the package `{package}`")]
    NotInCourse {
        /// The course.
        course: String,
        /// The package.
        package: String,
    },
    /// The learner is no agent.
    #[error("the actor is not an Agent: {0}")]
    Actor(validator::Report),
    /// The learner is described at too great a length: each statement of a session has the description.
    #[error("the learner's Agent has {bytes} bytes; at most {most} are taken")]
    ActorLong {
        /// As JSON.
        bytes: usize,
        /// The most.
        most: usize,
    },
    /// The actor is a group, or has no identifier.
    #[error("the actor is no single learner")]
    NoLearner,
    /// A launch for no learner that is no preview, or for a learner that is one.
    #[error("a launch is for a learner, or a preview")]
    WhoPlays,
    /// A launch that would be good for too long, or for no time at all.
    #[error("a launch is good for 1 to {most} hours, not for {hours}")]
    Hours {
        /// What was asked.
        hours: u32,
        /// The most.
        most: u32,
    },
    /// A policy for attempts that does not exist.
    #[error(transparent)]
    Policy(#[from] UnknownPolicy),
    /// There is no launch of this id.
    #[error("there is no such launch")]
    NoLaunch,
    /// The course, or its learner.
    #[error(transparent)]
    Progress(Box<ProgressError>),
    /// The file that was sent cannot be read.
    #[error("the package cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// There is not enough memory now.
    #[error(transparent)]
    Memory(#[from] Exhausted),
    /// Work was stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The store says no, or cannot say.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ProgressError> for PackageError {
    fn from(error: ProgressError) -> Self {
        match error {
            ProgressError::Store(error) => Self::Store(error),
            other => Self::Progress(Box::new(other)),
        }
    }
}
