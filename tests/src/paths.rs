//! Finds the paths that ARCHITECTURE.md names in the tree, by what that file says of how paths are written.

use std::collections::BTreeSet;
use std::path::Path;

/// How names of files end, by which a name without a slash is known for one.
const ENDINGS: [&str; 8] = [".rs", ".ts", ".js", ".ftl", ".json", ".toml", ".sh", ".md"];
/// Folders that builds make: nothing of them is in the tree.
const BUILT: [&str; 4] = ["target", "node_modules", "dist", "generated"];

/// The files of a tree, by their paths below its root, with `/`.
#[derive(Debug)]
pub struct Tree(BTreeSet<String>);

/// The paths that a text names.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct NamedPaths {
    /// How many of them lead to a file or folder.
    pub found: usize,
    /// The others, as they are written.
    pub missing: Vec<String>,
}

impl Tree {
    /// The tree of these files.
    pub fn of<const N: usize>(files: [&str; N]) -> Self {
        Self(files.map(str::to_owned).into())
    }

    /// The tree below a folder, without what builds make.
    pub fn below(root: &Path) -> Self {
        let mut files = BTreeSet::new();
        collect(root, root, &mut files);
        Self(files)
    }

    /// The paths that a text in Markdown names. In rows of tables whatever has a slash is a path; in the text, what
    /// begins with a folder of the root or of `lrs`. A name with the ending of a file is one in either.
    pub fn named_in(&self, text: &str) -> NamedPaths {
        let mut named = NamedPaths::default();
        for (is_row, passage) in passages(text) {
            let home = crate_of(&passage).filter(|_| is_row);
            let mut folder: Option<String> = None;
            let quoted = passage.split('`').skip(1).step_by(2);
            for name in quoted.filter(|name| self.is_path(name, is_row)).flat_map(each) {
                let places = places(&name, home.as_deref(), folder.as_deref(), is_row);
                match places.iter().find_map(|place| self.folder(place)) {
                    Some(found) => {
                        named.found += 1;
                        folder = Some(found);
                    }
                    None if is_built(&name) => {}
                    None => named.missing.push(name),
                }
            }
        }
        named
    }

    fn is_path(&self, name: &str, is_row: bool) -> bool {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-/*{},".contains(c);
        if !name.chars().all(is_plain) || name.starts_with('/') {
            return false;
        }
        let begins =
            |first: &str| self.folder(first).or_else(|| self.folder(&format!("lrs/{first}")));
        let has_slash =
            name.split_once('/').is_some_and(|(first, _)| is_row || begins(first).is_some());
        has_slash || ENDINGS.iter().any(|ending| name.ends_with(ending))
    }

    /// The folder at a path, or the one of the file there. `*` stands for any part of a name.
    fn folder(&self, path: &str) -> Option<String> {
        let from = |begin: &str| self.0.range(begin.to_owned()..);
        let inside = format!("{path}/");
        if from(&inside).next().is_some_and(|file| file.starts_with(&inside)) {
            return Some(path.to_owned());
        }
        let is_there = match path.split_once('*') {
            None => self.0.contains(path),
            Some((before, after)) => {
                let mut alike = from(before).map_while(|file| file.strip_prefix(before));
                alike.any(|rest| rest.strip_suffix(after).is_some_and(|any| !any.contains('/')))
            }
        };
        is_there.then(|| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned())
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder can be listed") {
        let entry = entry.expect("an entry can be read");
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if !entry.file_type().expect("an entry has a type").is_dir() {
            let path = path.strip_prefix(root).expect("a file below the root");
            files.insert(path.to_string_lossy().replace('\\', "/"));
        } else if !BUILT.contains(&&*name) && !name.starts_with('.') {
            collect(root, &path, files);
        }
    }
}

/// Rows of tables, marked as such, and paragraphs. Of a block of folders, the folder of each line is a row.
fn passages(text: &str) -> Vec<(bool, String)> {
    let (mut all, mut paragraph, mut is_fenced) = (Vec::new(), String::new(), false);
    for line in text.lines().chain([""]) {
        let is_fence = line.starts_with("```");
        is_fenced ^= is_fence;
        let is_row = line.starts_with('|') && !is_fenced;
        if (is_fence || is_row || line.is_empty()) && !paragraph.is_empty() {
            all.push((false, std::mem::take(&mut paragraph)));
        }
        let first = line.split(' ').next().filter(|word| is_fenced && word.ends_with('/'));
        if let Some(folder) = first {
            all.push((true, format!("`{folder}`")));
        } else if is_row {
            all.push((true, line.to_owned()));
        } else if !is_fence && !is_fenced && !line.is_empty() {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    all
}

/// The folder of the crate that a row of the table of crates is about: the one with four cells.
fn crate_of(row: &str) -> Option<String> {
    let cells: Vec<&str> = row.strip_prefix("| `")?.split(" | ").collect();
    (cells.len() == 4).then(|| cells[0].trim_end_matches(['`', '/']).to_owned())
}

/// A name for each of those between its braces.
fn each(name: &str) -> Vec<String> {
    let parts =
        name.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (inside, after))) = parts else { return vec![name.to_owned()] };
    inside.split(',').flat_map(|one| each(&format!("{before}{one}{after}"))).collect()
}

/// Where a path may lead, the nearest place first.
fn places(name: &str, home: Option<&str>, folder: Option<&str>, is_row: bool) -> Vec<String> {
    let name = name.trim_end_matches('/');
    let of_crate = home.map(|home| [format!("{home}/{name}"), format!("{home}/src/{name}")]);
    let mut places: Vec<String> = of_crate.into_iter().flatten().collect();
    places.extend(folder.map(|folder| format!("{folder}/{name}")));
    places.extend([name.to_owned(), format!("lrs/{name}")]);
    if !is_row {
        // `http/guard.rs` is short for `lrs/http/src/guard.rs`, and `store/mongo/cell.rs` so too.
        let slashes = name.match_indices('/').take(2);
        places.extend(slashes.map(|(at, _)| format!("lrs/{}/src{}", &name[..at], &name[at..])));
    }
    places
}

fn is_built(name: &str) -> bool {
    name.rsplit_once('/').is_some_and(|(_, last)| BUILT.contains(&last))
}
