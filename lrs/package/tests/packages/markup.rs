//! Manifests that are no XML, or too much of it.

use std::fmt::Write as _;

use package::Rule;

use crate::sound::scorm_12;
use crate::zipped::Files;
use crate::{Case, case};

const NAME: &str = "imsmanifest.xml";

/// The package with other bytes in its manifest.
fn of(bytes: impl Into<Vec<u8>>) -> Vec<u8> {
    scorm_12().without(NAME).and(NAME, bytes).packed()
}

fn changed(name: &'static str, rule: Rule, from: &'static str, to: &'static str) -> Case {
    case(name, rule, move || scorm_12().with(NAME, from, to).packed())
}

/// The manifest with something in its metadata.
fn with(what: &str) -> Vec<u8> {
    let to = format!("<schema>ADL SCORM</schema>{what}");
    Files::with(scorm_12(), NAME, "<schema>ADL SCORM</schema>", &to).packed()
}

const LAUGHS: &str = "<!DOCTYPE manifest [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
    <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>\n<manifest ";
const FETCHED: &str = "<!DOCTYPE manifest [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<manifest ";
const REMOTE: &str = "<!DOCTYPE manifest SYSTEM \"https://evil.example/x.dtd\">\n<manifest ";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        changed("a bomb of entities", Rule::XmlDoctype, "<manifest ", LAUGHS),
        changed("an entity of a file", Rule::XmlDoctype, "<manifest ", FETCHED),
        changed("a definition elsewhere", Rule::XmlDoctype, "<manifest ", REMOTE),
        changed("an unknown entity", Rule::XmlEntity, "Corso", "Corso&nbsp;1"),
        changed("an ampersand", Rule::XmlMalformed, "Corso", "Corso & altro"),
        changed("no end tag", Rule::XmlMalformed, "</manifest>", ""),
        changed("two roots", Rule::XmlMalformed, "</manifest>", "</manifest><manifest/>"),
        changed(
            "an attribute twice",
            Rule::XmlMalformed,
            "identifier=\"M\"",
            "identifier=\"M\" identifier=\"M\"",
        ),
        changed(
            "a prefix of nobody",
            Rule::XmlPrefixUndeclared,
            "adlcp:masteryscore",
            "adl:masteryscore",
        ),
        changed(
            "a prefix that is redefined",
            Rule::XmlPrefixClash,
            "<item ",
            "<item xmlns:adlcp=\"urn:other\" x=\"\" ",
        ),
        changed(
            "the schemas of another tool",
            Rule::SchemaMissing,
            "adlcp_rootv1p2.xsd",
            "other.xsd",
        ),
        changed("another namespace", Rule::XmlNamespace, "imscp_rootv1p1p2", "imscp_rootv1p1p9"),
        case("an empty manifest", Rule::XmlMalformed, || of("")),
        case("another root", Rule::XmlRoot, || of("<course/>")),
        case("bytes that are no UTF-8", Rule::XmlEncoding, || {
            of(&b"<manifest x='\xff\xfe\xff'/>"[..])
        }),
        case("an encoding that does not exist", Rule::XmlEncoding, || {
            of("<?xml version='1.0' encoding='klingon'?><manifest/>")
        }),
        case("half of a letter in UTF-16", Rule::XmlEncoding, || of(&b"\xff\xfe<\0m\0\0\xd8"[..])),
    ];
    cases.extend(too_much());
    cases
}

fn too_much() -> Vec<Case> {
    vec![
        case("a manifest of 9 MB", Rule::ManifestSize, || with(&" ".repeat(9 << 20))),
        case("200,000 elements", Rule::XmlNodes, || with(&"<a/>".repeat(200_000))),
        case("a million texts", Rule::XmlNodes, || with(&"<a>x</a>".repeat(150_000))),
        case("10,000 levels", Rule::XmlDepth, || with(&"<a>".repeat(10_000))),
        case("a hundred thousand levels hidden behind quotes", Rule::XmlDepth, || {
            with(&"<a b='/>'>".repeat(100_000))
        }),
        case("10,000 attributes", Rule::XmlAttributes, || {
            let mut element = String::from("<a");
            for at in 0..10_000 {
                let _ = write!(element, " a{at}='>'");
            }
            with(&(element + "/>"))
        }),
        case("20,000 namespaces", Rule::XmlNamespaces, || {
            let mut elements = String::new();
            for at in 0..20_000 {
                let _ = write!(elements, "<a xmlns:n{at}='urn:{at}'/>");
            }
            with(&elements)
        }),
    ]
}
