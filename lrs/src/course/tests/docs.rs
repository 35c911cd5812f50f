//! What the documents show is what the program takes.

use std::path::Path;

use super::super::{Course, LearnerList};

/// The fenced blocks of a language in README.md and all of docs/, each with where it begins.
fn blocks(language: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let docs = std::fs::read_dir(root.join("docs")).unwrap();
    let mut files: Vec<_> = docs.map(|entry| entry.unwrap().path()).collect();
    files.push(root.join("README.md"));
    let mut blocks = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut lines = text.lines().zip(1..);
        while let Some((line, number)) = lines.next() {
            if line == format!("```{language}") {
                let within = lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```");
                let block: Vec<&str> = within.collect();
                blocks.push((format!("{}:{number}", file.display()), block.join("\n")));
            }
        }
    }
    blocks
}

#[test]
fn every_course_file_in_the_documents_loads_without_a_warning() {
    let is_course = |text: &str| text.contains("[[module]]");
    let courses: Vec<_> = blocks("toml").into_iter().filter(|(_, text)| is_course(text)).collect();
    assert!(!courses.is_empty());
    for (place, text) in courses {
        let checked = Course::check(&text).unwrap_or_else(|faults| panic!("{place}: {faults}"));
        assert!(checked.warnings.is_empty(), "{place}: {:?}", checked.warnings);
    }
}

#[test]
fn every_other_toml_block_of_the_documents_is_toml() {
    for (place, text) in blocks("toml") {
        assert!(toml::from_str::<toml::Table>(&text).is_ok(), "{place}");
    }
}

#[test]
fn every_list_in_the_documents_is_a_list_of_learners() {
    let lists = blocks("csv");
    assert!(!lists.is_empty());
    for (place, text) in lists {
        let list = LearnerList::parse(text.as_bytes());
        let list = list.unwrap_or_else(|faults| panic!("{place}: {faults}"));
        assert!(!list.learners().is_empty(), "{place}");
    }
}

/// An activity has a title for people, which the documents name.
#[test]
fn the_documents_know_every_key_of_an_activity() {
    let courses = blocks("toml").into_iter().map(|(_, text)| text).collect::<String>();
    let named = format!("{HEAD}zzz = 1\n");
    let faults = Course::parse(&named).unwrap_err().to_string();
    let known = faults.split_once(": write one of ").unwrap().1;
    for key in known.split(", ").map(|key| key.trim_matches('`')) {
        assert!(courses.contains(&format!("\n{key} = ")), "{key} is documented");
    }
}

const HEAD: &str = "id = 'c'\ntitle = { it = 'C' }\ntime_zone = 'Europe/Rome'\n[[module]]\n\
                    id = 'm1'\ntitle = { it = 'M' }\n[[module.activity]]\nid = 'https://c.example/1'\n";
