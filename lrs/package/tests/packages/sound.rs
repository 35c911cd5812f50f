//! Packages of each kind in which nothing is wrong.

use package::{Kind, Limits, Report, check};

use crate::zipped::Files;

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>x</title></head>\n<body>\n\
                    <script src=\"sco.js\"></script>\n</body></html>\n";

const SCO_12: &str = "var api = window.parent.API;\napi.LMSInitialize('');\n\
    api.LMSSetValue('cmi.core.lesson_status', 'passed');\n\
    api.LMSSetValue('cmi.core.score.raw', '80');\n\
    api.LMSSetValue('cmi.core.session_time', '00:10:00');\napi.LMSFinish('');\n";

const SCO_2004: &str = "var api = window.parent.API_1484_11;\napi.Initialize('');\n\
    api.SetValue('cmi.completion_status', 'completed');\n\
    api.SetValue('cmi.score.scaled', '0.8');\n\
    api.SetValue('cmi.session_time', 'PT10M');\napi.Terminate('');\n";

/// SCORM 1.2, one SCO.
pub(crate) fn scorm_12() -> Files {
    let manifest = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M" version="1.0"
    xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="O">
    <organization identifier="O"><title>Corso</title>
      <item identifier="I1" identifierref="R1"><title>Uno</title>
        <adlcp:masteryscore>80</adlcp:masteryscore></item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="R1" type="webcontent" adlcp:scormtype="sco" href="index.html">
      <file href="index.html"/><file href="sco.js"/>
    </resource>
  </resources>
</manifest>
"#;
    let schema = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"/>";
    Files::new(&[
        ("imsmanifest.xml", manifest),
        ("adlcp_rootv1p2.xsd", schema),
        ("index.html", PAGE),
        ("sco.js", SCO_12),
    ])
}

/// SCORM 2004 of an edition, two SCOs in a sequence.
pub(crate) fn scorm_2004(edition: &str) -> Files {
    let manifest = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M" version="1.0" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>EDITION</schemaversion></metadata>
  <organizations default="O">
    <organization identifier="O"><title>Corso</title>
      <item identifier="I1" identifierref="R1"><title>Uno</title>
        <imsss:sequencing IDRef="S1"/></item>
      <item identifier="I2" identifierref="R2"><title>Due</title>
        <imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="P" satisfiedByMeasure="true">
          <imsss:minNormalizedMeasure>0.8</imsss:minNormalizedMeasure>
        </imsss:primaryObjective></imsss:objectives></imsss:sequencing></item>
      <imsss:sequencing><imsss:controlMode choice="false" flow="true"/></imsss:sequencing>
    </organization>
  </organizations>
  <resources>
    <resource identifier="R1" type="webcontent" adlcp:scormType="sco" href="index.html?a=1#top">
      <file href="index.html"/><dependency identifierref="D"/>
    </resource>
    <resource identifier="R2" type="webcontent" adlcp:scormType="sco" href="due/index.html">
      <file href="due/index.html"/><dependency identifierref="D"/>
    </resource>
    <resource identifier="D" type="webcontent" adlcp:scormType="asset"><file href="sco.js"/></resource>
  </resources>
  <imsss:sequencingCollection><imsss:sequencing ID="S1"/></imsss:sequencingCollection>
</manifest>
"#;
    let manifest = manifest.replace("EDITION", edition);
    Files::new(&[
        ("imsmanifest.xml", &manifest),
        ("index.html", PAGE),
        ("due/index.html", PAGE),
        ("sco.js", SCO_2004),
    ])
}

/// cmi5, two assignable units, one in a block.
pub(crate) fn cmi5() -> Files {
    let manifest = r#"<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
  <course id="https://learn.example.org/c"><title><langstring lang="it">Corso</langstring></title>
    <description><langstring lang="it">x</langstring></description></course>
  <objectives><objective id="https://learn.example.org/o"><title><langstring>O</langstring></title></objective></objectives>
  <au id="https://learn.example.org/c/1" moveOn="Passed" masteryScore="0.8" launchMethod="AnyWindow">
    <title><langstring lang="it">Uno</langstring></title>
    <objectives><objective idref="https://learn.example.org/o"/></objectives>
    <url>index.html?a=1</url></au>
  <block id="https://learn.example.org/c/b"><title><langstring lang="it">Blocco</langstring></title>
    <au id="https://learn.example.org/c/2" moveOn="Completed">
      <title><langstring lang="it">Due</langstring></title><url>index.html?a=2</url></au></block>
</courseStructure>
"#;
    Files::new(&[
        ("cmi5.xml", manifest),
        ("index.html", PAGE),
        ("sco.js", "launch('auth-token');\n"),
    ])
}

/// A `cmi5.xml` that comes alone.
pub(crate) fn bare() -> String {
    let one = cmi5().text("cmi5.xml").replace("index.html", "https://content.example.org/i.html");
    one.replace('\n', "\r\n")
}

/// xAPI with a `tincan.xml`.
pub(crate) fn xapi() -> Files {
    let manifest = r#"<?xml version="1.0" encoding="utf-8"?>
<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
  <activity id="https://learn.example.org/t" type="http://adlnet.gov/expapi/activities/course">
    <name lang="it">Corso</name><description lang="it">x</description>
    <launch lang="it">index.html</launch></activity>
</activities></tincan>
"#;
    Files::new(&[("tincan.xml", manifest), ("index.html", PAGE), ("sco.js", "send();\n")])
}

pub(crate) fn checked(bytes: &[u8]) -> Report {
    check(std::io::Cursor::new(bytes), &Limits::default()).unwrap()
}

#[test]
fn in_a_sound_package_of_each_kind_nothing_is_found() {
    let utf_16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(bare().encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let kinds = [
        (scorm_12().packed(), Kind::Scorm12, 1),
        (scorm_12().raw().bytes(), Kind::Scorm12, 1),
        (scorm_2004("CAM 1.3").packed(), Kind::Scorm2004Second, 2),
        (scorm_2004("2004 3rd Edition").packed(), Kind::Scorm2004Third, 2),
        (scorm_2004("2004 4th Edition").packed(), Kind::Scorm2004Fourth, 2),
        (cmi5().packed(), Kind::Cmi5, 2),
        (bare().into_bytes(), Kind::Cmi5, 2),
        (utf_16, Kind::Cmi5, 2),
        (xapi().packed(), Kind::Xapi, 1),
    ];
    for (bytes, kind, units) in kinds {
        let report = checked(&bytes);
        let found: Vec<_> = report.findings.iter().collect();
        assert!(found.is_empty(), "{kind:?}: {found:#?}");
        assert_eq!((report.kind, report.reports.units), (Some(kind), units));
    }
}

#[test]
fn a_description_in_a_file_of_its_own_is_listed_and_looked_for() {
    let inside = "<schemaversion>1.2</schemaversion>";
    let location = format!("{inside}<adlcp:location>about.xml</adlcp:location>");
    let named = || scorm_12().with("imsmanifest.xml", inside, &location);
    let found = |files: Files| -> Vec<&'static str> {
        checked(&files.packed()).findings.iter().map(|finding| finding.rule.id()).collect()
    };
    assert_eq!(found(named().and("about.xml", "<lom/>")), [""; 0]);
    assert_eq!(found(named()), ["package.file-missing"]);
}

#[test]
fn names_neither_steer_a_terminal_nor_begin_a_line() {
    struct Same;
    impl package::Words for Same {
        fn say(&self, id: &str, values: &[(&'static str, String)]) -> String {
            format!("{id} {values:?}").replace("\\u{1b}", "\u{1b}")
        }
    }
    let report = checked(&scorm_12().and("a\u{1b}[2J\nb.html", "x").packed());
    let shown = package::text(&report, "a.zip", &Same);
    assert!(shown.contains("a\\u{1b}[2J\\u{a}b.html"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn the_structure_is_that_of_the_manifest() {
    let report = checked(&scorm_2004("2004 4th Edition").packed());
    let [organization] = &report.parts[..] else { panic!("{:?}", report.parts) };
    assert_eq!(
        (organization.what, organization.title.as_str(), organization.line),
        ("organization", "Corso", 6)
    );
    assert_eq!(organization.settings, [("sequencing", "controlMode".to_owned())]);
    let items: Vec<_> = organization
        .parts
        .iter()
        .map(|it| (it.what, it.id.as_str(), it.launch.as_deref()))
        .collect();
    assert_eq!(
        items,
        [("sco", "I1", Some("index.html?a=1#top")), ("sco", "I2", Some("due/index.html"))]
    );
    let report = checked(&cmi5().packed());
    let course = &report.parts[0];
    let below: Vec<_> = course.parts.iter().map(|it| (it.what, it.title.as_str())).collect();
    assert_eq!((course.title.as_str(), below), ("Corso", vec![("au", "Uno"), ("block", "Blocco")]));
    assert_eq!(course.parts[1].parts[0].settings, [("moveOn", "Completed".to_owned())]);
}

#[test]
fn what_is_reported_is_what_the_content_names() {
    let told = checked(&scorm_12().packed()).reports;
    assert!(told.status && told.score && told.time);
    assert!(!told.answers && !told.place);
    let silent = scorm_12().with("sco.js", "cmi.core.score.raw", "x").packed();
    assert!(!checked(&silent).reports.score);
}
