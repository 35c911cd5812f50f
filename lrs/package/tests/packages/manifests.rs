//! Manifests of SCORM with one thing wrong.

use package::Rule;

use crate::sound::{scorm_12, scorm_2004};
use crate::{Case, case};

const NAME: &str = "imsmanifest.xml";

fn of_12(name: &'static str, rule: Rule, from: &'static str, to: &'static str) -> Case {
    case(name, rule, move || scorm_12().with(NAME, from, to).packed())
}

fn of_2004(name: &'static str, rule: Rule, from: &'static str, to: &'static str) -> Case {
    case(name, rule, move || scorm_2004("2004 4th Edition").with(NAME, from, to).packed())
}

pub(crate) fn cases() -> Vec<Case> {
    [versions(), structure(), items(), resources(), references(), values(), unfolded()]
        .into_iter()
        .flatten()
        .collect()
}

fn versions() -> Vec<Case> {
    vec![
        of_12("no version", Rule::VersionMissing, "<schemaversion>1.2</schemaversion>", ""),
        of_12("a version that does not exist", Rule::VersionUnknown, ">1.2<", ">1.4<"),
        of_12(
            "a version of the other namespace",
            Rule::VersionMismatch,
            ">1.2<",
            ">2004 3rd Edition<",
        ),
        of_2004(
            "SCORM 1.2 in the other namespace",
            Rule::VersionMismatch,
            "2004 4th Edition",
            "1.2",
        ),
        of_2004("an edition that does not exist", Rule::VersionUnknown, "2004 4th", "2004 5th"),
    ]
}

fn structure() -> Vec<Case> {
    const ITEM: &str = "<item identifier=\"I1\" identifierref=\"R1\"><title>Uno</title>\n        \
                        <adlcp:masteryscore>80</adlcp:masteryscore></item>";
    vec![
        of_12("no identifier", Rule::IdentifierMissing, "item identifier=\"I1\"", "item"),
        of_12("an identifier twice", Rule::IdentifierDuplicate, "\"I1\"", "\"O\""),
        case("no organizations", Rule::OrganizationsMissing, || {
            let text = scorm_12().text(NAME);
            let text =
                text.replace("<organization ", "<other ").replace("</organization>", "</other>");
            scorm_12().without(NAME).and(NAME, text).packed()
        }),
        of_12("a default of nothing", Rule::OrganizationDefault, "default=\"O\"", "default=\"P\""),
        case("an organization of nothing", Rule::OrganizationEmpty, || {
            let two =
                format!("{ITEM}</organization><organization identifier=\"P\"><title>P</title>");
            scorm_12().with(NAME, ITEM, &two).packed()
        }),
        case("two organizations", Rule::OrganizationsSeveral, || {
            let other = ITEM.replace("I1", "I2");
            let two = format!(
                "{ITEM}</organization><organization identifier=\"P\"><title>P</title>{other}"
            );
            scorm_12().with(NAME, ITEM, &two).packed()
        }),
        of_12("no title", Rule::TitleMissing, "<title>Uno</title>", ""),
        of_12(
            "a manifest in the manifest",
            Rule::SubManifest,
            "</resources>",
            "</resources><manifest identifier=\"N\"/>",
        ),
        of_12("nothing that reports", Rule::ScoMissing, "scormtype=\"sco\"", "scormtype=\"asset\""),
    ]
}

fn items() -> Vec<Case> {
    const SECOND: &str = "</item>\n    </organization>";
    vec![
        of_12(
            "an item of no resource",
            Rule::ItemResource,
            "identifierref=\"R1\"",
            "identifierref=\"R9\"",
        ),
        of_12(
            "an item of nothing",
            Rule::ItemNothing,
            SECOND,
            "</item><item identifier=\"I2\"><title>x</title></item></organization>",
        ),
        of_12(
            "a group that launches",
            Rule::ItemGroupLaunches,
            SECOND,
            "<item identifier=\"I2\" identifierref=\"R1\"><title>x</title><adlcp:masteryscore>1</adlcp:masteryscore></item></item></organization>",
        ),
        of_2004(
            "an item that shows a file",
            Rule::ItemAsset,
            "</organization>",
            "<item identifier=\"I3\" identifierref=\"D\"><title>x</title></item></organization>",
        ),
        of_12(
            "no score to pass",
            Rule::MasteryScoreMissing,
            "<adlcp:masteryscore>80</adlcp:masteryscore>",
            "",
        ),
        of_12(
            "prerequisites",
            Rule::Prerequisites,
            "<adlcp:mastery",
            "<adlcp:prerequisites type=\"aicc_script\">I0</adlcp:prerequisites><adlcp:mastery",
        ),
        of_12(
            "sequencing in SCORM 1.2",
            Rule::SequencingVersion,
            "<adlcp:mastery",
            "<sequencing/><adlcp:mastery",
        ),
        of_2004("sequencing of nothing", Rule::SequencingReference, "IDRef=\"S1\"", "IDRef=\"S9\""),
    ]
}

fn resources() -> Vec<Case> {
    vec![
        of_12(
            "a type that does not exist",
            Rule::ScormType,
            "scormtype=\"sco\"",
            "scormtype=\"SCO\"",
        ),
        of_12(
            "no type",
            Rule::ScormTypeMissing,
            "</resources>",
            "<resource identifier=\"R2\" type=\"webcontent\"/></resources>",
        ),
        of_12(
            "the type of the other version",
            Rule::ScormTypeCase,
            "adlcp:scormtype",
            "adlcp:scormType",
        ),
        of_2004("the type of SCORM 1.2", Rule::ScormTypeCase, "adlcp:scormType", "adlcp:scormtype"),
        of_12("nothing to launch", Rule::ResourceHref, " href=\"index.html\">", ">"),
        of_12(
            "a resource of nobody",
            Rule::ResourceUnused,
            "</resources>",
            "<resource identifier=\"R2\" type=\"webcontent\" adlcp:scormtype=\"asset\"/></resources>",
        ),
        of_2004(
            "a dependency of nothing",
            Rule::DependencyMissing,
            "identifierref=\"D\"",
            "identifierref=\"E\"",
        ),
        of_12(
            "a file that is not there",
            Rule::FileMissing,
            "<file href=\"sco.js\"/>",
            "<file href=\"sco.js\"/><file href=\"x.js\"/>",
        ),
        case("files that are not listed", Rule::FilesUnlisted, || {
            scorm_12().and("x.js", "").packed()
        }),
        case("a SCO that is a script", Rule::LaunchNotHtml, || {
            scorm_12().with(NAME, "href=\"index.html\">", "href=\"sco.js\">").packed()
        }),
    ]
}

fn references() -> Vec<Case> {
    let to = |name, rule, href: &'static str| {
        case(name, rule, move || {
            let href = format!("sco\" href=\"{href}\">");
            scorm_12().with(NAME, "sco\" href=\"index.html\">", &href).packed()
        })
    };
    vec![
        to("a page that is not there", Rule::HrefMissing, "other.html"),
        to("a script as an address", Rule::HrefMissing, "javascript:alert(1)"),
        to("another case", Rule::HrefCase, "Index.html"),
        to("backslashes", Rule::HrefBackslash, "a\\..\\index.html"),
        to("a place on a server", Rule::HrefAbsolute, "/index.html"),
        to("a place on a computer", Rule::HrefAbsolute, "C:\\course\\index.html"),
        to("a file of a computer", Rule::HrefAbsolute, "file:///C:/course/index.html"),
        to("a way out", Rule::HrefEscapes, "../../index.html"),
        to("a way out in backslashes", Rule::HrefEscapes, "..\\index.html"),
        to("another server", Rule::HrefExternal, "https://elsewhere.example/index.html"),
        to("another server without a scheme", Rule::HrefExternal, "//elsewhere.example/index.html"),
        case("a name with percent signs", Rule::HrefEncoded, || {
            let page = scorm_12().named("index.html", "a%20b.html");
            let page = page.with(NAME, "sco\" href=\"index.html", "sco\" href=\"a%20b.html");
            page.with(NAME, "<file href=\"index.html\"/>", "").packed()
        }),
        case("a name with blanks", Rule::HrefSpace, || {
            let page = scorm_12().named("index.html", "a b.html");
            let page = page.with(NAME, "sco\" href=\"index.html", "sco\" href=\"a b.html");
            page.with(NAME, "<file href=\"index.html\"/>", "").packed()
        }),
        case("a base that leads away", Rule::HrefMissing, || {
            scorm_12().with(NAME, "<resources>", "<resources xml:base=\"pages/\">").packed()
        }),
    ]
}

fn values() -> Vec<Case> {
    vec![
        of_12("a score over 100", Rule::MasteryScore, ">80<", ">120<"),
        of_12("a score in words", Rule::MasteryScore, ">80<", ">ottanta<"),
        of_12("a score that is none", Rule::MasteryScore, ">80<", ">NaN<"),
        of_2004("a measure over 1", Rule::MasteryScore, ">0.8<", ">80<"),
        of_12(
            "an action that does not exist",
            Rule::ElementValue,
            "<adlcp:mastery",
            "<adlcp:timelimitaction>stop</adlcp:timelimitaction><adlcp:mastery",
        ),
        case("launch data of 300 letters", Rule::LaunchDataLong, || {
            let to =
                format!("<adlcp:datafromlms>{}</adlcp:datafromlms><adlcp:mastery", "x".repeat(300));
            scorm_12().with(NAME, "<adlcp:mastery", &to).packed()
        }),
    ]
}

/// Small manifests that stand for gigabytes.
fn unfolded() -> Vec<Case> {
    const ITEM: &str = "<item identifier=\"I1\" identifierref=\"R1\">";
    let many = |of: &str| -> String {
        let item = |n| format!("<item identifier=\"J{n}\" identifierref=\"R1\">{of}</item>");
        (0..20_000).map(item).collect()
    };
    vec![
        case("one long address that all items launch", Rule::ManifestValueLong, move || {
            let text = scorm_12().text(NAME);
            let long = format!("href=\"index.html?{}\">", "a".repeat(4_000_000));
            let text = text.replacen("href=\"index.html\">", &long, 1);
            let text = text.replacen(ITEM, &(many("<title>x</title>") + ITEM), 1);
            scorm_12().without(NAME).and(NAME, text).packed()
        }),
        case(
            "an address of 1,500 letters for twenty thousand items",
            Rule::ManifestUnfolded,
            move || {
                let text = scorm_12().text(NAME);
                let long = format!("href=\"index.html?{}\">", "a".repeat(1_500));
                let text = text.replacen("href=\"index.html\">", &long, 1);
                let text = text.replacen(ITEM, &(many("<title>x</title>") + ITEM), 1);
                scorm_12().without(NAME).and(NAME, text).packed()
            },
        ),
        case("one large sequencing for two thousand items", Rule::ManifestUnfolded, || {
            let text = scorm_2004("2004 4th Edition").text(NAME);
            let item = |n| {
                format!(
                    "<item identifier=\"J{n}\" identifierref=\"R1\"><title>x</title><imsss:sequencing IDRef=\"L\"/></item>"
                )
            };
            let items: String = (0..2_000).map(item).collect();
            let large = format!(
                "<imsss:sequencing ID=\"L\">{}</imsss:sequencing>",
                "<imsss:x/>".repeat(50_000)
            );
            let text = text.replacen(ITEM, &(items + ITEM), 1);
            let text = text.replacen(
                "<imsss:sequencingCollection>",
                &format!("<imsss:sequencingCollection>{large}"),
                1,
            );
            scorm_2004("2004 4th Edition").without(NAME).and(NAME, text).packed()
        }),
    ]
}
