//! Registers of presence.

use std::fmt::Write as _;

use anyhow::Result;

use super::course::{self, REGISTER};
use super::request::Request;
use super::target::{ORDINARY, Target, Volley};

/// Nobody of the list is called so, and every name of the list is looked at for a likeness.
pub(super) async fn unknown_names(target: Target) -> Result<Volley> {
    course::load(&target).await?;
    let mut register = String::from("name,hours\n");
    for number in 0..60_000 {
        let _ = writeln!(register, "Nonome{number} Noncognome{number},4");
    }
    let path = format!("{REGISTER}?dry_run=true");
    let request = Request::new("PUT", &path).by(ORDINARY).body("text/csv", register);
    Ok(target.repeat(1, request.bytes()))
}

/// Each line has a value where the header has two.
pub(super) async fn empty_lines(target: Target) -> Result<Volley> {
    course::load(&target).await?;
    let request = Request::new("PUT", REGISTER).by(ORDINARY);
    let request = request.gzip("text/csv", &[(b"name,hours\n", 1), (b"1\n", 31_000_000)])?;
    Ok(target.repeat(1, request.bytes()))
}
