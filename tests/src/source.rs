//! Reads Rust sources as far as the rules of the architecture need: which paths a file names, how long it is.

use std::collections::BTreeSet;
use std::path::Path;

/// One source file: where it lies and its text without comments, literals and inline tests.
#[derive(Debug)]
pub struct File {
    /// The path below the workspace's root, with `/`.
    pub path: String,
    code: String,
}

impl File {
    /// A file from its text.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), code: without_tests(&blanked(text)) }
    }

    /// Lines that hold code, inline tests not counted.
    pub fn code_lines(&self) -> usize {
        self.code.lines().filter(|line| !line.trim().is_empty()).count()
    }

    /// Every path the file names, in `use` or inline, made absolute: `lrs::store::Store`, `tokio::spawn`.
    pub fn paths(&self) -> BTreeSet<String> {
        let mut paths: BTreeSet<String> = BTreeSet::new();
        for tree in used(&self.code) {
            expand("", tree, &mut paths);
        }
        paths.extend(inline(&self.code));
        paths.iter().map(|path| self.absolute(path)).collect()
    }

    /// The module this file is: `["lrs", "record", "statements"]`.
    pub fn module(&self) -> Vec<String> {
        let (member, rest) = self.path.split_once("/src/").unwrap_or(("", &self.path));
        let name = rest.trim_end_matches(".rs").trim_end_matches("/mod");
        let steps = name.split('/').filter(|step| !["lib", "main"].contains(step));
        std::iter::once(member).chain(steps).map(str::to_owned).collect()
    }

    fn absolute(&self, path: &str) -> String {
        let mut module = self.module();
        let mut steps: Vec<&str> = path.split("::").collect();
        match steps.first().copied() {
            Some("crate") => module.truncate(1),
            Some("self") => {}
            Some("super") => {
                let up = steps.iter().take_while(|step| **step == "super").count();
                module.truncate(module.len().saturating_sub(up).max(1));
                steps.drain(..up - 1);
            }
            _ => return path.to_owned(),
        }
        let rest = steps.iter().skip(1).map(ToString::to_string);
        module.into_iter().chain(rest).collect::<Vec<_>>().join("::")
    }
}

/// All Rust files of the workspace's members; missing members are no error.
pub fn tree(root: &Path, members: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    for member in members {
        for folder in ["src", "tests", "benches"] {
            collect(root, &root.join(member).join(folder), &mut files);
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            let name = path.strip_prefix(root).expect("a file below the root");
            files.push(File::new(&name.to_string_lossy().replace('\\', "/"), &text));
        }
    }
}

/// Comments become spaces, the insides of literals underscores; lines stay where they are.
fn blanked(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, filler) = token(rest, code.chars().last());
        let length = length.max(first.len_utf8());
        let (head, tail) = rest.split_at(length.min(rest.len()));
        match filler {
            None => code.push_str(head),
            Some(filler) => {
                code.extend(head.chars().map(|c| if c == '\n' { c } else { filler }));
            }
        }
        rest = tail;
    }
    code
}

/// The length of what stands at the start of `rest`, and what it is to be replaced by.
fn token(rest: &str, before: Option<char>) -> (usize, Option<char>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Some(' '));
    }
    if rest.starts_with("/*") {
        return (rest.find("*/").map_or(rest.len(), |end| end + 2), Some(' '));
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if !in_word && let Some(length) = raw_string(rest) {
        return (length, Some('_'));
    }
    if rest.starts_with('"') {
        return (quoted(rest, '"'), Some('_'));
    }
    if rest.starts_with("'\\") {
        return (quoted(rest, '\''), Some('_'));
    }
    let mut three = rest.chars();
    if three.next() == Some('\'') && three.next().is_some() && three.next() == Some('\'') {
        return (quoted(rest, '\''), Some('_'));
    }
    (0, None)
}

fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = rest.len() - after.len() + hashes + 1;
    Some(rest.get(start..)?.find(&end).map_or(rest.len(), |place| start + place + end.len()))
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return place + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Drops `#[cfg(test)] mod name { … }`.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(place) = rest.find("#[cfg(test)]") {
        let (before, marked) = rest.split_at(place);
        kept.push_str(before);
        let body = marked.find('{').filter(|open| {
            let head = &marked[..*open];
            head.contains("mod ") && !head.contains(';')
        });
        rest = match body {
            Some(open) => &marked[open + block(&marked[open..])..],
            None => marked.split_once(']').map_or("", |(_, after)| after),
        };
    }
    kept.push_str(rest);
    kept
}

/// The length of the block in braces at the start.
fn block(code: &str) -> usize {
    let mut depth = 0_usize;
    for (place, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place + 1;
        }
    }
    code.len()
}

/// The trees of all `use` declarations.
fn used(code: &str) -> Vec<&str> {
    let starts = code.match_indices("use ").filter(|(place, _)| {
        let before = code[..*place].chars().last();
        before.is_none_or(|c| c.is_whitespace() || c == ')' || c == ';' || c == '}' || c == '{')
    });
    starts.filter_map(|(place, _)| code[place + 4..].split(';').next()).collect()
}

/// Writes a tree such as `a::{b, c::{d, self}}` out as paths.
fn expand(prefix: &str, tree: &str, paths: &mut BTreeSet<String>) {
    let tree = tree.trim();
    let Some((head, inside)) = tree.split_once('{') else {
        let name = tree.split(" as ").next().unwrap_or_default().trim();
        let path = format!("{prefix}{name}").replace(' ', "");
        paths.insert(path.trim_start_matches("::").trim_end_matches("::self").to_owned());
        return;
    };
    let prefix = format!("{prefix}{}", head.trim());
    let inside = inside.rsplit_once('}').map_or(inside, |(inside, _)| inside);
    let mut depth = 0_usize;
    let branches = inside.split(|c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    for branch in branches.filter(|branch| !branch.trim().is_empty()) {
        expand(&prefix, branch, paths);
    }
}

/// Paths of two or more steps that stand anywhere in the code.
fn inline(code: &str) -> BTreeSet<String> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c: char| !is_path(c));
    let paths = words.map(|word| word.trim_matches(':')).filter(|word| word.contains("::"));
    paths.map(str::to_owned).collect()
}
