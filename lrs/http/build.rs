//! Packs the description of the API, of which the program would be half a megabyte larger.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::{env, io};

use flate2::Compression;
use flate2::write::GzEncoder;

const DESCRIPTION: &str = "../web/openapi.json";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed={DESCRIPTION}");
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let packed = File::create(Path::new(&folder).join("openapi.json.gz"))?;
    let mut packed = GzEncoder::new(packed, Compression::best());
    packed.write_all(&fs::read(DESCRIPTION)?)?;
    packed.finish()?;
    Ok(())
}
