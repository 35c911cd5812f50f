//! The second factor: codes that a telephone makes of a secret and the time (RFC 6238), of six digits for 30 seconds.

use serde::{Deserialize, Serialize};
use totp_rs::{Algorithm, Secret, TOTP};

use xapi::instant::Instant;

/// The length of a step, in seconds.
const STEP: i64 = 30;
/// How far the telephone's clock may be off, in steps.
const SKEW: i64 = 1;
/// How many steps are remembered whose code was taken.
const REMEMBERED: usize = 16;

/// A second factor as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptTotp {
    /// The secret, in base 32.
    pub secret: String,
    /// Whether it is asked for. Before the first code was shown it is not.
    pub is_on: bool,
    /// The steps whose codes were taken lately, the newest first: none is taken again.
    #[serde(default)]
    pub used: Vec<i64>,
}

impl KeptTotp {
    /// A new one, which is not on.
    pub fn new() -> Self {
        let secret = Secret::Raw(rand::random::<[u8; 20]>().to_vec()).to_encoded().to_string();
        Self { secret, is_on: false, used: Vec::new() }
    }

    /// The address that a telephone reads as a QR code.
    pub fn address(&self, person: &str) -> String {
        let encoded =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let person = encoded(person).replace('+', "%20");
        format!("otpauth://totp/Traccia:{person}?secret={}&issuer=Traccia", self.secret)
    }

    /// The same with a code taken: one of now, of the step before, or of the next. `None` for any other code, and for one
    /// that was taken before. The steps are remembered one by one, so that after a clock has stepped back by hours the
    /// codes of its new time are taken.
    pub fn take(&self, code: &str, now: Instant) -> Option<Self> {
        let at = now.micros().div_euclid(1_000_000).div_euclid(STEP);
        let is_code = |step: &i64| self.code(*step).is_some_and(|it| is_same(&it, code.trim()));
        let step = (at - SKEW..=at + SKEW).find(is_code)?;
        if self.used.contains(&step) {
            return None;
        }
        let mut used = self.used.clone();
        used.insert(0, step);
        used.truncate(REMEMBERED);
        Some(Self { used, ..self.clone() })
    }

    /// The code of a step.
    fn code(&self, step: i64) -> Option<String> {
        let secret = Secret::Encoded(self.secret.clone()).to_bytes().ok()?;
        let totp = TOTP::new(Algorithm::SHA1, 6, 0, STEP.unsigned_abs(), secret).ok()?;
        Some(totp.generate(u64::try_from(step).ok()?.checked_mul(STEP.unsigned_abs())?))
    }

    /// The code at an instant, as a telephone shows it.
    pub fn shown(&self, now: Instant) -> Option<String> {
        self.code(now.micros().div_euclid(1_000_000).div_euclid(STEP))
    }
}

impl Default for KeptTotp {
    fn default() -> Self {
        Self::new()
    }
}

/// A comparison by time would give away digits: all of them are compared.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    /// The secret of RFC 6238, appendix B.
    fn of_the_rfc() -> KeptTotp {
        let secret = Secret::Raw(b"12345678901234567890".to_vec()).to_encoded().to_string();
        KeptTotp { secret, is_on: true, used: Vec::new() }
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")]
        {
            assert_eq!(of_the_rfc().shown(at(seconds)).as_deref(), Some(code), "{seconds}");
            assert!(of_the_rfc().take(code, at(seconds)).is_some(), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_taken_once_and_within_a_step_of_its_time() {
        let totp = of_the_rfc();
        let code = totp.shown(at(600)).unwrap();
        let taken = totp.take(&format!(" {code}\n"), at(600)).unwrap();
        assert_eq!(taken.take(&code, at(600)), None, "again");
        assert_eq!(taken.take(&code, at(630)), None, "again in the next step");
        assert!(totp.take(&code, at(630)).is_some() && totp.take(&code, at(570)).is_some());
        assert_eq!(totp.take(&code, at(660)), None);
        assert_eq!(totp.take(&code, at(540)), None);
        for other in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(totp.take(other, at(600)), None, "{other}");
        }
    }

    #[test]
    fn after_a_clock_has_stepped_back_codes_of_its_new_time_are_taken() {
        let totp = of_the_rfc();
        let late = totp.take(&totp.shown(at(9_000)).unwrap(), at(9_000)).unwrap();
        let early = totp.shown(at(600)).unwrap();
        let both = late.take(&early, at(600)).unwrap();
        assert_eq!(both.take(&early, at(600)), None);
        assert_eq!(both.take(&totp.shown(at(9_000)).unwrap(), at(9_000)), None);
    }

    #[test]
    fn a_clock_before_1970_gives_no_code_and_no_panic() {
        assert_eq!(of_the_rfc().shown(at(-1)), None);
        assert_eq!(of_the_rfc().take("287082", Instant::from_micros(i64::MIN)), None);
    }

    #[test]
    fn the_address_says_whose_code_it_is() {
        let address = KeptTotp { secret: "ABC".into(), is_on: false, used: vec![] }
            .address("anna rossi@x.it");
        assert_eq!(address, "otpauth://totp/Traccia:anna%20rossi%40x.it?secret=ABC&issuer=Traccia");
        assert_ne!(KeptTotp::new().secret, KeptTotp::new().secret);
    }
}
