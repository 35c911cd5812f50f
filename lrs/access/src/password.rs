//! Passwords: long instead of complicated, and none of those that everybody guesses.

use zxcvbn::{Score, zxcvbn};

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most characters.
pub const LONGEST: usize = 256;

/// The fewest characters beside the person's own names.
const BESIDES: usize = 8;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Fewer characters than [`SHORTEST`].
    #[error("the password has fewer than {SHORTEST} characters")]
    Short,
    /// More characters than [`LONGEST`].
    #[error("the password has more than {LONGEST} characters")]
    Long,
    /// Among the first hundred million that a guesser tries, who knows the names of the person.
    #[error("the password is among those that are guessed first")]
    Common,
}

/// Whether a password may be used by somebody who has these names.
///
/// # Errors
/// [`Weak`]. Takes some milliseconds.
pub fn is_good(password: &str, names: &[&str]) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weak::Short);
    }
    if length > LONGEST {
        return Err(Weak::Long);
    }
    let parts: Vec<&str> = names.iter().flat_map(|it| it.split(['@', '.', ' '])).collect();
    if besides(password, &parts) < BESIDES {
        return Err(Weak::Common);
    }
    let guessed: Vec<&str> =
        ["traccia"].into_iter().chain(parts).chain(names.iter().copied()).collect();
    if zxcvbn(password, &guessed).score() < Score::Three { Err(Weak::Common) } else { Ok(()) }
}

/// How many characters a password has beside the names of its person.
fn besides(password: &str, names: &[&str]) -> usize {
    let lower = password.to_lowercase();
    let names = names.iter().map(|name| name.to_lowercase()).filter(|name| name.len() > 2);
    names.fold(lower, |rest, name| rest.replace(&name, "")).chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_in_characters_and_common_passwords_are_refused() {
        let names = ["anna.rossi@comune.perugia.it", "Anna Rossi"];
        for (password, expected) in [
            ("cavallo e batteria", Ok(())),
            ("ventisette gatti", Ok(())),
            ("èèàùòìéçñüöß", Ok(())),
            ("Tr0ub4dor&3", Err(Weak::Short)),
            ("èèèèèèèèèèè", Err(Weak::Short)),
            ("passwordpassword", Err(Weak::Common)),
            ("123456789012", Err(Weak::Common)),
            ("qwertyuiop123", Err(Weak::Common)),
            ("aaaaaaaaaaaaaaaa", Err(Weak::Common)),
            ("anna.rossi2026", Err(Weak::Common)),
            ("AnnaRossi1234", Err(Weak::Common)),
        ] {
            assert_eq!(is_good(password, &names), expected, "{password}");
        }
        let long =
            |n: usize| "cavallo batteria graffetta ".chars().cycle().take(n).collect::<String>();
        assert_eq!(is_good(&long(LONGEST), &names), Ok(()));
        assert_eq!(is_good(&long(LONGEST + 1), &names), Err(Weak::Long));
    }
}
