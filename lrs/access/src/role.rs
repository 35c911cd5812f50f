//! The roles of people, and the rights that each gives.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::scope::{Right, Scope};

/// What a person does in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the server: everything that a key with the scope `all` may do.
    Administrator,
    /// Follows all learners: reports, registers, learner lists, certificates.
    NationalCoordinator,
    /// Follows the learners of some regions or bodies: reports and registers of these alone.
    RegionalCoordinator,
    /// Makes courses: course files, packages, and what these report.
    Designer,
    /// Reads everything and changes nothing.
    DataReader,
    /// Learns: reads what is known of themselves alone.
    Learner,
}

impl Role {
    /// Every role, in the order of the documentation.
    pub const EVERY: [Self; 6] = [
        Self::Administrator,
        Self::NationalCoordinator,
        Self::RegionalCoordinator,
        Self::Designer,
        Self::DataReader,
        Self::Learner,
    ];

    /// The role's name in the API and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::NationalCoordinator => "national_coordinator",
            Self::RegionalCoordinator => "regional_coordinator",
            Self::Designer => "designer",
            Self::DataReader => "data_reader",
            Self::Learner => "learner",
        }
    }

    /// Whether people of this role are bound to a territory: they must have bounds, and others have none.
    pub const fn is_bounded(self) -> bool {
        matches!(self, Self::RegionalCoordinator)
    }

    /// Whether people of this role are known by identifiers: they must have some, and others have none.
    pub const fn is_learner(self) -> bool {
        matches!(self, Self::Learner)
    }

    /// Whether the role gives `right`. Each right is named here or in no role: a new right is the administrator's alone.
    pub const fn gives(self, right: Right) -> bool {
        match self {
            Self::Administrator => Scope::All.gives(right),
            Self::NationalCoordinator => matches!(
                right,
                Right::ReadCourses
                    | Right::EnrolLearners
                    | Right::KeepRegisters
                    | Right::FreezeCertificates
                    | Right::ReadPackages
                    | Right::LaunchPackages
            ),
            Self::RegionalCoordinator => matches!(right, Right::ReadCourses | Right::KeepRegisters),
            Self::Designer => matches!(
                right,
                Right::ReadOwnStatements
                    | Right::ReadStatements
                    | Right::ReadCourses
                    | Right::EditCourses
                    | Right::ReadPackages
                    | Right::LaunchPackages
                    | Right::ManagePackages
            ),
            Self::DataReader => Scope::AllRead.gives(right),
            Self::Learner => matches!(right, Right::ReadMine),
        }
    }

    /// The scopes all of whose rights the role gives.
    pub fn scopes(self) -> Vec<Scope> {
        let is_given = |scope: &Scope| {
            let mut rights = Right::EVERY.into_iter().filter(|right| scope.gives(*right));
            rights.all(|right| self.gives(right))
        };
        Scope::EVERY.into_iter().filter(is_given).collect()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a role; known are administrator, national_coordinator, regional_coordinator, designer, data_reader, \
     learner"
)]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::EVERY.into_iter().find(|role| role.as_str() == name);
        known.ok_or_else(|| UnknownRole(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Role × operation, as the documentation has it: a right that a role gets or loses is a line here.
    const TABLE: &str = "
                            admin national regional designer reader learner
        statements.write    x     -        -        -        -      -
        statements.read_own x     -        -        x        x      -
        statements.read     x     -        -        x        x      -
        state.read          x     -        -        -        x      -
        state.write         x     -        -        -        -      -
        profiles.read       x     -        -        -        x      -
        profiles.write      x     -        -        -        -      -
        courses.read        x     x        x        x        x      -
        courses.write       x     -        -        x        -      -
        learners.write      x     x        -        -        -      -
        registers.write     x     x        x        -        -      -
        certificates.freeze x     x        -        -        -      -
        packages.read       x     x        -        x        x      -
        packages.launch     x     x        -        x        -      -
        packages.write      x     -        -        x        -      -
        data.read           x     -        -        -        x      -
        identities.read     x     -        -        -        x      -
        metrics.read        x     -        -        -        x      -
        erasures.write_own  x     -        -        -        -      -
        server.manage       x     -        -        -        -      -
        my.read             -     -        -        -        -      x
    ";

    #[test]
    fn each_role_gives_the_rights_of_its_column_and_no_other() {
        let lines: Vec<&str> =
            TABLE.lines().filter(|line| !line.trim().is_empty()).skip(1).collect();
        assert_eq!(lines.len(), Right::EVERY.len(), "a line for each right");
        for (line, right) in lines.into_iter().zip(Right::EVERY) {
            let mut words = line.split_whitespace();
            assert_eq!(words.next(), Some(right.as_str()));
            for (role, mark) in Role::EVERY.into_iter().zip(words) {
                assert_eq!(role.gives(right), mark == "x", "{role} and {}", right.as_str());
            }
        }
    }

    #[test]
    fn who_is_bound_to_a_territory_may_do_what_a_key_that_is_bound_may() {
        let bound = |right: &Right| {
            let mut scopes = Scope::EVERY.into_iter().filter(|scope| scope.can_be_bound());
            scopes.any(|scope| scope.gives(*right))
        };
        for right in Right::EVERY {
            assert_eq!(Role::RegionalCoordinator.gives(right), bound(&right), "{}", right.as_str());
        }
    }

    #[test]
    fn scopes_of_a_role_give_nothing_that_the_role_does_not() {
        for role in Role::EVERY {
            for right in Right::EVERY {
                let given = role.scopes().iter().any(|scope| scope.gives(right));
                assert!(!given || role.gives(right), "{role} and {}", right.as_str());
            }
        }
        assert_eq!(Role::Administrator.scopes(), Scope::EVERY);
        assert_eq!(Role::RegionalCoordinator.scopes(), [Scope::ProgressRead, Scope::PresenceWrite]);
        assert_eq!(Role::Learner.scopes(), []);
    }

    #[test]
    fn names_read_back_and_others_are_refused_with_the_list() {
        for role in Role::EVERY {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::json!(role), role.as_str());
        }
        let error = "admin".parse::<Role>().unwrap_err();
        assert!(error.to_string().contains("administrator"), "{error}");
    }
}
