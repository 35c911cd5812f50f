//! The second factor, as a telephone has it.

use totp_rs::{Algorithm, Secret, TOTP};

/// The code of a secret in base 32, `steps` of 30 seconds from now.
#[expect(clippy::disallowed_methods, reason = "a telephone tells the time")]
pub fn code(secret: &str, steps: i64) -> String {
    let secret = Secret::Encoded(secret.to_owned()).to_bytes().expect("a secret");
    let totp = TOTP::new(Algorithm::SHA1, 6, 0, 30, secret).expect("a second factor");
    let now = jiff::Timestamp::now().as_second() + steps * 30;
    totp.generate(u64::try_from(now).expect("after 1970"))
}
