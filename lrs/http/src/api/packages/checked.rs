//! What the check of a package answers as JSON, as the description of the API has it. `package::json` writes it; a test
//! holds the two together.

use utoipa::ToSchema;

/// What a package is, what it will report, and what is wrong with it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `package::json` writes it")]
pub struct CheckedPackage {
    /// The standard, such as `scorm-1.2`; null where the file is no package, or not safe to read.
    #[schema(required)]
    kind: Option<String>,
    /// What it is, in one sentence.
    sentence: String,
    /// What a platform will be told, as far as the content can be read.
    reports: ReportedByPackage,
    /// How many files there are.
    files: usize,
    /// Its structure.
    parts: Vec<PackagePart>,
    /// What was found, errors first.
    findings: Vec<PackageFinding>,
    /// How many findings there are.
    counts: FindingCounts,
}

/// What a platform is told of learners.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `package::json` writes it")]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one thing is told")]
pub struct ReportedByPackage {
    /// How many parts report on their own.
    units: usize,
    /// Completion, or SCORM 1.2's status.
    status: bool,
    /// A score.
    score: bool,
    /// Answers to questions.
    answers: bool,
    /// The time spent.
    time: bool,
    /// Where the learner was, to go on from there.
    place: bool,
}

/// A part of a package's structure.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `package::json` writes it")]
pub struct PackagePart {
    /// `organization`, `item`, `sco`, `asset`, `course`, `block`, `au` or `activity`.
    what: String,
    /// Its identifier in the manifest.
    id: String,
    /// Its title, in the language that the manifest gives first.
    title: String,
    /// What is launched, as the manifest writes it; left out where nothing is.
    #[schema(nullable = false)]
    launch: Option<String>,
    /// The line in the manifest, from 1.
    line: u32,
    /// What the manifest asks of the platform: pairs of a name, such as `masteryScore`, and a value.
    settings: Vec<Vec<String>>,
    /// The parts below.
    #[schema(no_recursion)]
    parts: Vec<PackagePart>,
}

/// How much a finding matters.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum FindingSeverity {
    /// The package does not work, or is not safe to unpack.
    Error,
    /// The package may work differently than its designer expects.
    Warning,
    /// Worth knowing; nothing has to be mended.
    Note,
}

/// Something that was found in a package.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `package::json` writes it")]
pub struct PackageFinding {
    /// The rule's id.
    rule: String,
    /// How much it matters.
    severity: FindingSeverity,
    /// The file within the package; null for the package as a whole.
    #[schema(required)]
    file: Option<String>,
    /// The line in that file, from 1; null where there is none.
    #[schema(required)]
    line: Option<u32>,
    /// What was found.
    message: String,
    /// What to do.
    remedy: String,
    /// What the message is about, by name.
    values: std::collections::BTreeMap<String, String>,
}

/// How many findings of a package there are, by severity.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `package::json` writes it")]
pub struct FindingCounts {
    /// Errors.
    errors: usize,
    /// Warnings.
    warnings: usize,
    /// Notes.
    notes: usize,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Cursor;

    use serde_json::{Value, json};

    use super::*;
    use crate::packages::PackageWords;

    /// Holds an answer to a schema: it has the properties that are described, all that are required, and no other.
    fn hold(schema: &Value, value: &Value) {
        let keys = |object: &Value| object.as_object().unwrap().keys().cloned().collect();
        let (described, written): (BTreeSet<String>, BTreeSet<String>) =
            (keys(&schema["properties"]), keys(value));
        let required = schema["required"].as_array().unwrap().iter();
        let required: BTreeSet<String> =
            required.map(|it| it.as_str().unwrap().to_owned()).collect();
        assert!(written.is_subset(&described), "{written:?} of {described:?}");
        assert!(required.is_subset(&written), "{required:?} in {written:?}");
    }

    fn schema<T: ToSchema>() -> Value {
        json!(T::schema())
    }

    #[test]
    fn the_answer_of_a_check_has_what_its_description_says() {
        let course = r#"<?xml version="1.0"?><courseStructure
            xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
            <course id="https://c.example/c"><title><langstring lang="it">C</langstring></title>
            <description><langstring lang="it">C</langstring></description></course>
            <au id="https://c.example/a" moveOn="Passed" masteryScore="0.5"><title>
            <langstring lang="it">A</langstring></title><description><langstring lang="it">A</langstring>
            </description><url>http://c.example/a</url></au></courseStructure>"#;
        let said = |file: &[u8]| {
            let report = package::check(Cursor::new(file.to_vec()), &package::Limits::default());
            package::json(&report.unwrap(), &PackageWords::of(false))
        };
        let (answer, at_fault) = (said(course.as_bytes()), said(b"this is no package"));
        hold(&schema::<CheckedPackage>(), &at_fault);
        hold(&schema::<CheckedPackage>(), &answer);
        hold(&schema::<ReportedByPackage>(), &answer["reports"]);
        hold(&schema::<FindingCounts>(), &answer["counts"]);
        let (parts, findings) = (&answer["parts"], &at_fault["findings"]);
        assert!(!parts.as_array().unwrap().is_empty(), "{answer:#}");
        assert!(!findings.as_array().unwrap().is_empty(), "{at_fault:#}");
        for part in parts.as_array().unwrap() {
            hold(&schema::<PackagePart>(), part);
        }
        for finding in findings.as_array().unwrap() {
            hold(&schema::<PackageFinding>(), finding);
        }
    }
}
