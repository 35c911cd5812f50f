//! The scopes of a key (xAPI 1.0.3 Communication 4.2) and the rights they give.

use std::fmt;
use std::str::FromStr;

/// What a key was created for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// `statements/write`: send statements.
    StatementsWrite,
    /// `statements/read/mine`: read the statements that have the key's own authority.
    StatementsReadMine,
    /// `statements/read`: read all statements, agents and activities.
    StatementsRead,
    /// `state`: read and write state documents.
    State,
    /// `profile`: read and write activity and agent profiles.
    Profile,
    /// `progress/read`: read courses and reports, of the key's bounds alone where it has any.
    ProgressRead,
    /// `presence/write`: keep registers of presence, of the key's bounds alone where it has any.
    PresenceWrite,
    /// `packages/launch`: list packages and make launches of them.
    PackagesLaunch,
    /// `packages`: import and remove packages too.
    Packages,
    /// `data/read`: read all statements as tables, with pseudonyms.
    DataRead,
    /// `identities/read`: read who stands behind pseudonyms, and the texts of statements as a table.
    IdentitiesRead,
    /// `metrics/read`: read the metrics of the server, for monitoring.
    MetricsRead,
    /// `erasures/write`: have people erased from the statements that have the key's own authority.
    ErasuresWrite,
    /// `all/read`: read everything, progress reports too.
    AllRead,
    /// `all`: everything, with the keys and courses of this server.
    All,
}

/// One thing a request wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Send statements.
    WriteStatements,
    /// Read the statements of one's own authority.
    ReadOwnStatements,
    /// Read every statement, agent and activity.
    ReadStatements,
    /// Read state documents.
    ReadState,
    /// Change state documents.
    WriteState,
    /// Read profile documents.
    ReadProfiles,
    /// Change profile documents.
    WriteProfiles,
    /// Read courses and their progress.
    ReadCourses,
    /// Keep registers of presence.
    KeepRegisters,
    /// List packages.
    ReadPackages,
    /// Make and revoke launches of packages.
    LaunchPackages,
    /// Import, choose and remove packages.
    ManagePackages,
    /// Read the tables that have pseudonyms.
    ReadData,
    /// Read the tables that name people.
    ReadIdentities,
    /// Read the metrics of the server.
    ReadMetrics,
    /// Change course files, and have progress computed anew.
    EditCourses,
    /// Change learner lists, and merge learners.
    EnrolLearners,
    /// Freeze certificate lists.
    FreezeCertificates,
    /// Have people erased from the statements of one's own authority.
    EraseFromOwn,
    /// Manage the server: keys, people, the audit log.
    Manage,
    /// Read one's own progress, certificates and statements.
    ReadMine,
}

impl Right {
    /// Every right, in the order of the documentation.
    pub const EVERY: [Self; 21] = [
        Self::WriteStatements,
        Self::ReadOwnStatements,
        Self::ReadStatements,
        Self::ReadState,
        Self::WriteState,
        Self::ReadProfiles,
        Self::WriteProfiles,
        Self::ReadCourses,
        Self::EditCourses,
        Self::EnrolLearners,
        Self::KeepRegisters,
        Self::FreezeCertificates,
        Self::ReadPackages,
        Self::LaunchPackages,
        Self::ManagePackages,
        Self::ReadData,
        Self::ReadIdentities,
        Self::ReadMetrics,
        Self::EraseFromOwn,
        Self::Manage,
        Self::ReadMine,
    ];

    /// The name of the operation in the API: what a page shows is decided by it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WriteStatements => "statements.write",
            Self::ReadOwnStatements => "statements.read_own",
            Self::ReadStatements => "statements.read",
            Self::ReadState => "state.read",
            Self::WriteState => "state.write",
            Self::ReadProfiles => "profiles.read",
            Self::WriteProfiles => "profiles.write",
            Self::ReadCourses => "courses.read",
            Self::EditCourses => "courses.write",
            Self::EnrolLearners => "learners.write",
            Self::KeepRegisters => "registers.write",
            Self::FreezeCertificates => "certificates.freeze",
            Self::ReadPackages => "packages.read",
            Self::LaunchPackages => "packages.launch",
            Self::ManagePackages => "packages.write",
            Self::ReadData => "data.read",
            Self::ReadIdentities => "identities.read",
            Self::ReadMetrics => "metrics.read",
            Self::EraseFromOwn => "erasures.write_own",
            Self::Manage => "server.manage",
            Self::ReadMine => "my.read",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WriteStatements => "send statements",
            Self::ReadOwnStatements => "read statements",
            Self::ReadStatements => "read all statements, agents and activities",
            Self::ReadState => "read state documents",
            Self::WriteState => "change state documents",
            Self::ReadProfiles => "read profile documents",
            Self::WriteProfiles => "change profile documents",
            Self::ReadCourses => "read courses and their progress",
            Self::KeepRegisters => "keep registers of presence",
            Self::ReadPackages => "list packages",
            Self::LaunchPackages => "make launches of packages",
            Self::ManagePackages => "import and remove packages",
            Self::ReadData => "read tables of data",
            Self::ReadIdentities => "read tables that name people",
            Self::ReadMetrics => "read metrics",
            Self::EditCourses => "change courses",
            Self::EnrolLearners => "change learners",
            Self::FreezeCertificates => "freeze certificate lists",
            Self::EraseFromOwn => "have people erased from one's own statements",
            Self::Manage => "manage keys and people",
            Self::ReadMine => "read one's own progress",
        })
    }
}

impl Scope {
    /// Every scope, in the order of the documentation.
    pub const EVERY: [Self; 15] = [
        Self::StatementsWrite,
        Self::StatementsReadMine,
        Self::StatementsRead,
        Self::State,
        Self::Profile,
        Self::ProgressRead,
        Self::PresenceWrite,
        Self::PackagesLaunch,
        Self::Packages,
        Self::DataRead,
        Self::IdentitiesRead,
        Self::MetricsRead,
        Self::ErasuresWrite,
        Self::AllRead,
        Self::All,
    ];

    /// The standard's name of the scope.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StatementsWrite => "statements/write",
            Self::StatementsReadMine => "statements/read/mine",
            Self::StatementsRead => "statements/read",
            Self::State => "state",
            Self::Profile => "profile",
            Self::ProgressRead => "progress/read",
            Self::PresenceWrite => "presence/write",
            Self::PackagesLaunch => "packages/launch",
            Self::Packages => "packages",
            Self::DataRead => "data/read",
            Self::IdentitiesRead => "identities/read",
            Self::MetricsRead => "metrics/read",
            Self::ErasuresWrite => "erasures/write",
            Self::AllRead => "all/read",
            Self::All => "all",
        }
    }

    /// Whether a key that is bound to a territory may have it: it gives nothing beyond what
    /// the bounds are held to.
    pub const fn can_be_bound(self) -> bool {
        matches!(self, Self::ProgressRead | Self::PresenceWrite)
    }

    /// Whether the scope gives `right`.
    pub const fn gives(self, right: Right) -> bool {
        match self {
            // A key is no learner.
            Self::All => !matches!(right, Right::ReadMine),
            Self::AllRead => matches!(
                right,
                Right::ReadOwnStatements
                    | Right::ReadStatements
                    | Right::ReadState
                    | Right::ReadProfiles
                    | Right::ReadCourses
                    | Right::ReadPackages
                    | Right::ReadData
                    | Right::ReadIdentities
                    | Right::ReadMetrics
            ),
            Self::StatementsWrite => matches!(right, Right::WriteStatements),
            Self::StatementsReadMine => matches!(right, Right::ReadOwnStatements),
            Self::StatementsRead => {
                matches!(right, Right::ReadOwnStatements | Right::ReadStatements)
            }
            Self::State => matches!(right, Right::ReadState | Right::WriteState),
            Self::Profile => matches!(right, Right::ReadProfiles | Right::WriteProfiles),
            Self::ProgressRead => matches!(right, Right::ReadCourses),
            Self::PresenceWrite => matches!(right, Right::KeepRegisters),
            Self::PackagesLaunch => matches!(right, Right::ReadPackages | Right::LaunchPackages),
            Self::Packages => {
                matches!(right, Right::ReadPackages | Right::LaunchPackages | Right::ManagePackages)
            }
            Self::DataRead => matches!(right, Right::ReadData),
            Self::IdentitiesRead => matches!(right, Right::ReadIdentities),
            Self::MetricsRead => matches!(right, Right::ReadMetrics),
            Self::ErasuresWrite => matches!(right, Right::EraseFromOwn),
        }
    }
}

impl Right {
    /// The scopes that give the right, in the order of the documentation. Never empty: `all` gives every right.
    pub fn scopes(self) -> impl Iterator<Item = Scope> {
        Scope::EVERY.into_iter().filter(move |scope| scope.gives(self))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a scope; known are statements/write, statements/read/mine, statements/read, \
     state, profile, progress/read, presence/write, packages/launch, packages, \
     data/read, identities/read, metrics/read, erasures/write, all/read, all"
)]
pub struct UnknownScope(String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::EVERY.into_iter().find(|scope| scope.as_str() == name);
        known.ok_or_else(|| UnknownScope(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_others_are_refused_with_the_list() {
        for scope in Scope::EVERY {
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
        let error = "statements/delete".parse::<Scope>().unwrap_err();
        assert!(error.to_string().contains("statements/read/mine"));
    }

    #[test]
    fn a_right_names_the_scopes_that_give_it() {
        let of = |right: Right| right.scopes().map(Scope::as_str).collect::<Vec<_>>();
        assert_eq!(of(Right::LaunchPackages), ["packages/launch", "packages", "all"]);
        assert_eq!(of(Right::Manage), ["all"]);
    }

    #[test]
    fn all_read_reads_everything_and_writes_nothing() {
        assert!(Scope::AllRead.gives(Right::ReadProfiles));
        assert!(Scope::AllRead.gives(Right::ReadCourses));
        assert!(!Scope::AllRead.gives(Right::WriteState));
        assert!(!Scope::AllRead.gives(Right::Manage));
    }
}
