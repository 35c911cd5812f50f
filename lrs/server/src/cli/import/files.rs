//! Which files an import takes: one, or those of a folder.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::exit;
use crate::cli::out::{self, in_words};
use texts::Message;

/// How names end of files with statements; each may be compressed as well.
const ENDINGS: [&str; 3] = [".ndjson", ".jsonl", ".json"];
/// How names of reject files end, which are no sources.
const REJECTS: &str = ".rejects.ndjson";

/// The file itself, or the files of a folder and of those in it, by their paths.
///
/// # Errors
/// Where a folder cannot be read, or has no file with statements.
pub(super) fn of(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut files, mut folders) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = folders.pop() {
        let reading = || out::reading(folder.display());
        for entry in std::fs::read_dir(&folder).with_context(reading)? {
            let entry = entry.with_context(reading)?.path();
            if entry.is_dir() {
                folders.push(entry);
            } else if has_statements(&entry) {
                files.push(entry);
            }
        }
    }
    files.sort();
    if files.is_empty() {
        let nothing = Message::new("cli-import-nothing").with("name", path.display());
        return Err(exit::refused(in_words(&nothing)));
    }
    Ok(files)
}

fn has_statements(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    ENDINGS.iter().any(|ending| plain.ends_with(ending)) && !name.ends_with(REJECTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_its_files_in_order_without_rejects_and_other_things() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("b")).unwrap();
        for name in ["c.json", "a.ndjson.gz", "b/1.jsonl", "a.ndjson.rejects.ndjson", "readme.txt"]
        {
            std::fs::write(home.path().join(name), "").unwrap();
        }
        let names: Vec<_> = of(home.path())
            .unwrap()
            .into_iter()
            .map(|file| file.strip_prefix(home.path()).unwrap().display().to_string())
            .collect();
        assert_eq!(names, ["a.ndjson.gz", "b/1.jsonl", "c.json"]);
        let file = home.path().join("readme.txt");
        assert_eq!(of(&file).unwrap(), [file]);
        std::fs::create_dir(home.path().join("empty")).unwrap();
        assert!(of(&home.path().join("empty")).is_err());
    }
}
