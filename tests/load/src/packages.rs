//! What the check of a large package takes, as a command of its own.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::rounds::{Aim, Effort, line, median};

/// Files of a package.
const FILES: u64 = 5_000;
/// Bytes of a file: those of the package are 200 MB, packed.
const BYTES: usize = 48_000;
/// Time between two looks at the memory.
const BETWEEN: Duration = Duration::from_millis(5);

/// One line for the time, one for the memory.
pub(crate) fn measure(effort: &Effort) -> Result<()> {
    let folder = TempDir::new()?;
    let path = folder.path().join("package.zip");
    write(&path, effort.size(FILES))?;
    let megabytes = std::fs::metadata(&path)?.len() / 1_000_000;
    let (mut seconds, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..effort.pairs {
        let (took, held) = checked(&path)?;
        seconds.push(took);
        memory.push(held);
    }
    let figures = format!("{megabytes} MB, {} files", effort.size(FILES));
    line("check of a package, in seconds", median(seconds), Aim::AtMost(3.0), &figures);
    line("check of a package, in MB of memory", median(memory), Aim::AtMost(100.0), &figures);
    Ok(())
}

/// A SCORM package: four of five files are media, which do not pack, the others are scripts.
pub(crate) fn write(path: &Path, files: u64) -> Result<()> {
    let mut writer = ZipWriter::new(File::create(path)?);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut listed = String::new();
    let mut state = 1_u64;
    for file in 0..files {
        let is_script = file.is_multiple_of(5);
        let name = format!("content/{file}.{}", if is_script { "js" } else { "jpg" });
        let mut bytes = Vec::with_capacity(BYTES);
        while bytes.len() < BYTES {
            // An xorshift: media that do not pack.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            if is_script {
                bytes
                    .extend(format!("var v{state} = 'https://cdn.example.org/{state}';\n").bytes());
            } else {
                bytes.extend(state.to_le_bytes());
            }
        }
        writer.start_file(name.as_str(), options)?;
        writer.write_all(&bytes)?;
        listed.extend(["<file href=\"", &name, "\"/>\n"]);
    }
    let manifest = format!(
        "<manifest identifier=\"M\" xmlns=\"http://www.imsproject.org/xsd/imscp_rootv1p1p2\" \
         xmlns:adlcp=\"http://www.adlnet.org/xsd/adlcp_rootv1p2\"><metadata><schemaversion>1.2\
         </schemaversion></metadata><organizations default=\"O\"><organization identifier=\"O\">\
         <title>O</title><item identifier=\"I\" identifierref=\"R\"><title>I</title></item>\
         </organization></organizations><resources><resource identifier=\"R\" type=\"webcontent\" \
         adlcp:scormtype=\"sco\" href=\"index.html\">{listed}</resource></resources></manifest>"
    );
    for (name, text) in [("imsmanifest.xml", manifest.as_str()), ("index.html", "LMSInitialize")] {
        writer.start_file(name, options)?;
        writer.write_all(text.as_bytes())?;
    }
    writer.finish()?;
    Ok(())
}

/// How many seconds and MB the `traccia` beside this program takes.
fn checked(path: &Path) -> Result<(f64, f64)> {
    let program: PathBuf = std::env::current_exe()?.with_file_name("traccia");
    let begun = Instant::now();
    let mut command = Command::new(program);
    command.args(["package", "check"]).arg(path).stdout(Stdio::null());
    let mut child = command.spawn()?;
    let mut peak = 0.0;
    let status = loop {
        peak = f64::max(peak, peak_of(child.id()).unwrap_or(peak));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(BETWEEN);
    };
    ensure!(status.success(), "the check ends with {status}");
    // A figure that was not taken would meet every aim.
    ensure!(peak > 0.0, "the memory of the check was not seen: it needs a /proc that tells VmHWM");
    Ok((begun.elapsed().as_secs_f64(), peak))
}

/// The most memory a process has had, in MB. None where the system does not tell, and once the process has ended.
fn peak_of(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line?.split_whitespace().next()?.parse::<f64>().ok()?;
    Some(kibibytes * 1.024 / 1000.0)
}
