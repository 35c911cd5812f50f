//! Has a released program built anew after the browser UI was: its files have other names each time. Also folds functions that
//! were compiled to equal code.

use std::env;

fn main() {
    if is("PROFILE", "release") {
        println!("cargo:rerun-if-changed=../web/dist");
    } else {
        // A debug build reads the folder while it runs: a new UI needs no new program, nor tests that are linked anew.
        println!("cargo:rerun-if-changed=build.rs");
    }
    fold_equal_functions();
}

/// Whether Cargo has set a variable to this value.
fn is(name: &str, value: &str) -> bool {
    env::var(name).is_ok_and(|found| found == value)
}

/// Generic code gives thousands of functions with the same instructions. On this target Rust links by LLD, which can keep
/// one of each; other linkers do not know the option. Nothing here compares addresses of functions.
fn fold_equal_functions() {
    let has_lld = is("CARGO_CFG_TARGET_ARCH", "x86_64")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu");
    if has_lld && is("PROFILE", "release") {
        println!("cargo:rustc-link-arg-bin=traccia=-Wl,--icf=all");
    }
}
