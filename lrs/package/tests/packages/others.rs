//! `cmi5.xml` and `tincan.xml` with one thing wrong.

use package::{Rule, Words};

use crate::sound::{bare, checked, cmi5, scorm_12, xapi};
use crate::{Case, case};

fn of_cmi5(name: &'static str, rule: Rule, from: &'static str, to: &'static str) -> Case {
    case(name, rule, move || cmi5().with("cmi5.xml", from, to).packed())
}

fn of_xapi(name: &'static str, rule: Rule, from: &'static str, to: &'static str) -> Case {
    case(name, rule, move || xapi().with("tincan.xml", from, to).packed())
}

pub(crate) fn cases() -> Vec<Case> {
    [units(), alone(), tincan()].into_iter().flatten().collect()
}

fn units() -> Vec<Case> {
    vec![
        of_cmi5("an id that is no IRI", Rule::IdNotIri, "https://learn.example.org/c/1", "unit 1"),
        of_cmi5("an id of a path", Rule::IdNotIri, "https://learn.example.org/c/1", "/c/1"),
        of_cmi5("an id twice", Rule::IdentifierDuplicate, "org/c/2", "org/c/1"),
        of_cmi5("no id", Rule::IdentifierMissing, "au id=\"https://learn.example.org/c/1\"", "au"),
        of_cmi5("no course", Rule::CourseMissing, "<course id", "<curse id")
            .spoilt("</course>", "</curse>"),
        case("no unit", Rule::AuMissing, || {
            let text = cmi5().text("cmi5.xml").replace("<au ", "<ua ").replace("</au>", "</ua>");
            cmi5().without("cmi5.xml").and("cmi5.xml", text).packed()
        }),
        of_cmi5("a unit of no address", Rule::AuUrl, "<url>index.html?a=1</url>", ""),
        of_cmi5("an address that names the endpoint", Rule::AuQuery, "?a=1", "?endpoint=x"),
        of_cmi5("an address that names the actor", Rule::AuQuery, "?a=1", "?x=1&amp;actor=x"),
        of_cmi5("passing without a score", Rule::MoveOnNeedsScore, " masteryScore=\"0.8\"", ""),
        of_cmi5("a score over 1", Rule::MasteryScore, "\"0.8\"", "\"80\""),
        of_cmi5(
            "a rule that does not exist",
            Rule::ElementValue,
            "moveOn=\"Passed\"",
            "moveOn=\"Seen\"",
        ),
        of_cmi5("a window that does not exist", Rule::ElementValue, "AnyWindow", "NoWindow"),
        of_cmi5(
            "a block of nothing",
            Rule::BlockEmpty,
            "</courseStructure>",
            "<block id=\"urn:b\"><title><langstring>b</langstring></title></block></courseStructure>",
        ),
        of_cmi5(
            "an objective of nothing",
            Rule::ObjectiveMissing,
            "idref=\"https://learn.example.org/o\"",
            "idref=\"urn:x\"",
        ),
        of_cmi5("a page that is not there", Rule::HrefMissing, "index.html?a=1", "other.html"),
        of_cmi5("a unit out of the package", Rule::HrefEscapes, "index.html?a=1", "../x.html"),
        of_cmi5(
            "another namespace",
            Rule::XmlNamespace,
            "/v1/CourseStructure.xsd",
            "/v9/CourseStructure.xsd",
        ),
        of_cmi5("another root", Rule::XmlRoot, "<courseStructure xmlns", "<course xmlns")
            .spoilt("</courseStructure>", "</course>"),
    ]
}

/// A `cmi5.xml` without a zip.
fn alone() -> Vec<Case> {
    vec![
        case("an address of no files", Rule::HrefRelativeBare, || {
            bare().replacen("https://content.example.org/", "", 1).into_bytes()
        }),
        case("entities without a zip", Rule::XmlDoctype, || {
            bare()
                .replacen("<courseStructure", "<!DOCTYPE x [<!ENTITY a 'b'>]><courseStructure", 1)
                .into_bytes()
        }),
    ]
}

fn tincan() -> Vec<Case> {
    vec![
        of_xapi("no activity", Rule::ActivityMissing, "<activities>", "<others>")
            .spoilt("</activities>", "</others>"),
        of_xapi(
            "nothing to open",
            Rule::LaunchMissing,
            "<launch lang=\"it\">index.html</launch>",
            "",
        ),
        of_xapi("no name", Rule::TitleMissing, "<name lang=\"it\">Corso</name>", ""),
        of_xapi("an activity that is no IRI", Rule::IdNotIri, "https://learn.example.org/t", "t"),
        of_xapi("a page in another case", Rule::HrefCase, ">index.html<", ">INDEX.html<"),
    ]
}

impl Case {
    /// With one more change in the package, so that it stays XML. The bytes are stored, not packed.
    fn spoilt(self, from: &'static str, to: &'static str) -> Self {
        let Self { name, rule, make } = self;
        case(name, rule, move || {
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(make())).unwrap();
            let mut files = crate::zipped::Files(Vec::new());
            for at in 0..archive.len() {
                let mut file = archive.by_index(at).unwrap();
                let mut bytes = Vec::new();
                std::io::copy(&mut file, &mut bytes).unwrap();
                files = files.and(&file.name().unwrap(), bytes);
            }
            let manifest = files.0[0].0.clone();
            files.with(&manifest, from, to).packed()
        })
    }
}

/// Writes the ids of texts in place of the texts.
struct Ids;

impl Words for Ids {
    fn say(&self, id: &str, _: &[(&'static str, String)]) -> String {
        id.to_owned()
    }
}

#[test]
fn the_first_line_says_of_cmi5_and_xapi_alone_that_another_platform_plays_them() {
    let first = |bytes: &[u8]| {
        let text = package::text(&checked(bytes), "x.zip", &Ids);
        text.lines().next().unwrap().to_owned()
    };
    assert!(first(&cmi5().packed()).ends_with(" package-elsewhere"));
    assert!(first(bare().as_bytes()).ends_with(" package-elsewhere"));
    assert!(first(&xapi().packed()).ends_with(" package-elsewhere"));
    assert!(!first(&scorm_12().packed()).contains("package-elsewhere"));
}
