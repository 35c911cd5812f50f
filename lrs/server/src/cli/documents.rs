//! What the documents show is what the program takes.

use std::path::Path;

use clap::Parser as _;

use super::Cli;
use course::{Course, LearnerList};

/// README.md, all of docs/ and that of the image, each with its path.
fn documents() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = std::fs::read_dir(root.join("docs")).unwrap();
    let mut files: Vec<_> = docs.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "md"));
    files.extend(["README.md", "docker/README.md"].map(|name| root.join(name)));
    let read = |file: &std::path::PathBuf| std::fs::read_to_string(file).unwrap();
    files.iter().map(|file| (file.display().to_string(), read(file))).collect()
}

/// The fenced blocks of a language, each with where it begins.
fn blocks(language: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    for (file, text) in documents() {
        let mut lines = text.lines().zip(1..);
        while let Some((line, number)) = lines.next() {
            if line == format!("```{language}") {
                let within = lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```");
                let block: Vec<&str> = within.collect();
                blocks.push((format!("{file}:{number}"), block.join("\n")));
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

/// The commands in the blocks, each with where its block begins: without comments, with what may
/// be left out, and the first of several words to choose from.
fn commands() -> Vec<(String, Vec<String>)> {
    let mut commands = Vec::new();
    for (place, block) in blocks("sh") {
        let joined = block.replace("\n   ", " ");
        for line in joined.lines() {
            let Some(at) = line.find("traccia ") else { continue };
            let is_variable = |word: &str| word.contains('=');
            if !line[..at].split_whitespace().all(is_variable) {
                continue;
            }
            let command = line[at..].split(" #").next().unwrap();
            // Where its input comes from, and its output goes, is the shell's.
            let command = command.split(" >").next().unwrap().split(" < ").next().unwrap();
            // A word in quotes stays one word.
            let mut is_quoted = false;
            let one_word = |c: char| {
                is_quoted ^= matches!(c, '\'' | '"');
                if is_quoted && c == ' ' { '_' } else { c }
            };
            let command: String = command.chars().map(one_word).collect();
            let is_plain = |c: &char| !['[', ']', '\'', '"', '\\'].contains(c);
            let plain: String = command.chars().filter(is_plain).collect();
            let words = plain.split_whitespace().map(|word| word.split('|').next().unwrap());
            commands.push((place.clone(), words.map(str::to_owned).collect()));
        }
    }
    commands
}

#[test]
fn the_name_of_a_person_goes_with_no_learner_of_a_course_and_no_preview() {
    let parsed = |words: &str| {
        let always = "traccia package launch corso --person Anna --key k:s";
        Cli::try_parse_from(always.split(' ').chain(words.split(' ')))
    };
    for words in ["--learner u1 --course c", "--preview"] {
        let error = parsed(words).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::ArgumentConflict, "{words}: {error}");
    }
    assert!(parsed("--mail anna@example.org").is_ok());
}

#[test]
fn every_command_in_the_documents_is_one() {
    let commands = commands();
    assert!(commands.len() > 15, "{commands:#?}");
    for (place, words) in commands {
        // Most have the key in the environment.
        let with_key = words.iter().map(String::as_str).chain(["--key", "k:s"]);
        let parsed = Cli::try_parse_from(&words).or_else(|_| Cli::try_parse_from(with_key));
        if let Err(error) = parsed {
            panic!("{place}: {words:?}: {error}");
        }
    }
}
