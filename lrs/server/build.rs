//! Has the program built anew after the browser UI was: its files have other names each time.

fn main() {
    println!("cargo:rerun-if-changed=../web/dist");
}
