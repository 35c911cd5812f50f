//! Reads Rust sources as far as the rules of the architecture need: how long a file is, and what its code names.

use std::path::Path;

/// One source file: where it lies and its text without comments, literals and inline tests.
#[derive(Debug)]
pub struct File {
    /// The path below the workspace's root, with `/`.
    pub path: String,
    /// Its text without comments, literals and inline tests.
    pub code: String,
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

    /// The first of these texts that the code has.
    pub fn first_of<'t>(&self, texts: &[&'t str]) -> Option<&'t str> {
        texts.iter().find(|text| self.code.contains(**text)).copied()
    }
}

/// All Rust files of the workspace's members; missing members are no error.
pub fn tree(root: &Path, members: &[String]) -> Vec<File> {
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
