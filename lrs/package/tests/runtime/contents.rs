//! What the player shows and launches of a package.

use std::io::{Cursor, Write as _};

use package::runtime::{PackageContents, ScoStanding, rolled_up};
use package::{Kind, Limits, Rule};
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::played::{Play, launch};

fn packed(files: &[(&str, &str)]) -> Cursor<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let mut packed = writer.finish().unwrap();
    packed.set_position(0);
    packed
}

const MANIFEST_12: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="B">
    <organization identifier="A"><title>Altro</title><item identifier="X" identifierref="R1"><title>X</title></item></organization>
    <organization identifier="B"><title>Corso</title>
      <item identifier="G"><title>Gruppo</title>
        <item identifier="I1" identifierref="R1" parameters="?b=2#due"><title>Uno</title>
          <adlcp:maxtimeallowed>00:30:00</adlcp:maxtimeallowed><adlcp:timelimitaction>exit,message</adlcp:timelimitaction>
          <adlcp:datafromlms>dati</adlcp:datafromlms><adlcp:masteryscore>80</adlcp:masteryscore></item>
        <item identifier="I2" identifierref="R2" isvisible="false"><title>Due</title>
          <adlcp:prerequisites type="aicc_script">I1</adlcp:prerequisites></item>
      </item>
      <item identifier="I3" identifierref="R3"><title>Tre</title></item>
    </organization>
  </organizations>
  <resources xml:base="corso/">
    <resource identifier="R1" type="webcontent" adlcp:scormtype="sco" href="uno%20più.html?a=1"><file href="uno%20più.html"/></resource>
    <resource identifier="R2" type="webcontent" adlcp:scormtype="sco" xml:base="2/" href="index.html"><file href="index.html"/></resource>
    <resource identifier="R3" type="webcontent" adlcp:scormtype="asset" href="tre.html"><file href="tre.html"/></resource>
  </resources>
</manifest>"#;

#[test]
fn the_default_organization_is_read_with_what_its_items_launch_and_ask() {
    let files = [
        ("imsmanifest.xml", MANIFEST_12),
        ("corso/uno più.html", "x"),
        ("corso/2/index.html", "x"),
        ("corso/tre.html", "x"),
    ];
    let contents = PackageContents::read(packed(&files), &Limits::default()).unwrap().unwrap();
    assert_eq!(
        (contents.standard, contents.identifier.as_str(), contents.title.as_str()),
        (Kind::Scorm12, "B", "Corso")
    );
    let all: Vec<_> = contents
        .all()
        .map(|it| (it.sco.identifier.as_str(), it.launch.as_deref(), it.is_sco))
        .collect();
    assert_eq!(
        all,
        [
            ("G", None, false),
            ("I1", Some("corso/uno%20pi%C3%B9.html?a=1&b=2#due"), true),
            ("I2", Some("corso/2/index.html"), true),
            ("I3", Some("corso/tre.html"), false),
        ]
    );
    let scos: Vec<_> = contents.scos().collect();
    assert_eq!(scos.len(), 2);
    let one = contents.sco("I1").unwrap();
    assert_eq!(one.mastery_score, Some(80.0));
    assert_eq!((one.launch_data.as_str(), one.max_time_allowed.as_str()), ("dati", "00:30:00"));
    assert_eq!(one.time_limit_action, "exit,message");
    assert_eq!((scos[1].prerequisites.as_str(), scos[1].is_visible), ("I1", false));
    let json = serde_json::to_string(&contents).unwrap();
    assert_eq!(serde_json::from_str::<PackageContents>(&json).unwrap(), contents);
}

const MANIFEST_2004: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
    xmlns:imsss="http://www.imsglobal.org/xsd/imsss" xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="O"><organization identifier="O"><title>Corso</title>
    <item identifier="I1" identifierref="R1"><title>Uno</title>
      <adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.75" progressWeight="1"/>
      <adlcp:dataFromLMS>dati</adlcp:dataFromLMS>
      <adlcp:data><adlcp:map targetID="urn:d" readSharedData="true"/></adlcp:data>
      <adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI>
        <adlnav:hideLMSUI>previous</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>
      <imsss:sequencing IDRef="S1"><imsss:deliveryControls completionSetByContent="true"/>
        <imsss:limitConditions attemptAbsoluteDurationLimit="PT1H"/></imsss:sequencing></item>
    <imsss:sequencing><imsss:controlMode flow="true"/></imsss:sequencing>
  </organization></organizations>
  <resources><resource identifier="R1" type="webcontent" adlcp:scormType="sco" href="index.html"><file href="index.html"/></resource></resources>
  <imsss:sequencingCollection><imsss:sequencing ID="S1"><imsss:deliveryControls completionSetByContent="false"/>
    <imsss:objectives><imsss:primaryObjective objectiveID="P" satisfiedByMeasure="true">
      <imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing></imsss:sequencingCollection>
</manifest>"#;

#[test]
fn sequencing_is_read_with_what_it_shares_and_what_it_says_of_the_run_time() {
    let files = [("imsmanifest.xml", MANIFEST_2004), ("index.html", "x")];
    let contents = PackageContents::read(packed(&files), &Limits::default()).unwrap().unwrap();
    assert_eq!(contents.standard, Kind::Scorm2004Fourth);
    let control =
        json!({ "name": "controlMode", "children": [], "attributes": { "flow": "true" } });
    assert_eq!(contents.sequencing.as_ref().unwrap()["children"], json!([control]));
    let item = contents.scos().next().unwrap();
    assert_eq!(item.hide, ["continue", "previous"]);
    assert_eq!((item.sco.passing_score, item.sco.completion_threshold), (Some(0.6), Some(0.75)));
    assert_eq!(
        (item.sco.launch_data.as_str(), item.sco.max_time_allowed.as_str()),
        ("dati", "PT1H")
    );
    assert!(item.sco.is_completion_set_by_content, "its own part comes before the shared one");
    assert_eq!(
        item.asks.iter().map(|it| &it["name"]).collect::<Vec<_>>(),
        ["data", "completionThreshold"]
    );
}

#[test]
fn what_is_global_is_the_learners_for_good_unless_the_manifest_says_otherwise() {
    let read = |attributes: &str| {
        let organization = format!("<organization {attributes} identifier");
        let manifest = MANIFEST_2004.replacen("<organization identifier", &organization, 1);
        let files = [("imsmanifest.xml", manifest.as_str()), ("index.html", "x")];
        let contents = PackageContents::read(packed(&files), &Limits::default()).unwrap().unwrap();
        (contents.objectives_global_to_system, contents.shared_data_global_to_system)
    };
    assert_eq!(read(""), (true, true));
    assert_eq!(read(r#"adlcp:sharedDataGlobalToSystem="false""#), (true, false));
    assert_eq!(read(r#"adlcp:objectivesGlobalToSystem="0""#), (false, true));
}

#[test]
fn a_package_of_assets_alone_is_read() {
    let manifest = MANIFEST_12.replace("=\"sco\"", "=\"asset\"");
    let files = [("imsmanifest.xml", manifest.as_str()), ("corso/uno più.html", "x")];
    let more = [("corso/2/index.html", "x"), ("corso/tre.html", "x")];
    let packed = packed(&[&files[..], &more].concat());
    let contents = PackageContents::read(packed, &Limits::default()).unwrap().unwrap();
    assert_eq!(contents.scos().count(), 0);
    assert_eq!(contents.all().filter(|item| item.launch.is_some()).count(), 3);
}

#[test]
fn the_two_kinds_of_objectives_do_not_take_each_others_place() {
    let own = r#"<imsss:sequencing IDRef="S1"><imsss:objectives><imsss:primaryObjective objectiveID="P"/></imsss:objectives>"#;
    let shared = r#"<imsss:sequencing ID="S1"><adlseq:objectives xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"><adlseq:objective objectiveID="P"/></adlseq:objectives>"#;
    let manifest = MANIFEST_2004
        .replace(r#"<imsss:sequencing IDRef="S1">"#, own)
        .replace(r#"<imsss:sequencing ID="S1">"#, shared);
    let files = [("imsmanifest.xml", manifest.as_str()), ("index.html", "x")];
    let contents = PackageContents::read(packed(&files), &Limits::default()).unwrap().unwrap();
    let sequencing = contents.scos().next().unwrap().sequencing.clone().unwrap();
    let parts = sequencing["children"].as_array().unwrap().iter();
    let objectives: Vec<_> = parts.filter(|it| it["name"] == "objectives").collect();
    let kinds: Vec<_> = objectives.iter().map(|it| &it["children"][0]["name"]).collect();
    assert_eq!(kinds, ["primaryObjective", "objective"], "{sequencing}");
}

#[test]
fn what_cannot_be_played_is_refused_with_its_report() {
    let missing = [("imsmanifest.xml", MANIFEST_2004)];
    let report = PackageContents::read(packed(&missing), &Limits::default()).unwrap().unwrap_err();
    assert!(report.findings.iter().any(|it| it.rule == Rule::HrefMissing), "{report:?}");
    let cmi5 = r#"<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"><course id="http://x.example/c"><title><langstring lang="en">x</langstring></title><description><langstring lang="en">x</langstring></description></course><au id="http://x.example/a" moveOn="Completed"><title><langstring lang="en">x</langstring></title><description><langstring lang="en">x</langstring></description><url>index.html</url></au></courseStructure>"#;
    let files = [("cmi5.xml", cmi5), ("index.html", "x")];
    assert!(PackageContents::read(packed(&files), &Limits::default()).unwrap().is_err());
}

#[test]
fn the_package_is_completed_with_its_last_sco() {
    let files = [
        ("imsmanifest.xml", MANIFEST_12),
        ("corso/uno più.html", "x"),
        ("corso/2/index.html", "x"),
        ("corso/tre.html", "x"),
    ];
    let contents = PackageContents::read(packed(&files), &Limits::default()).unwrap().unwrap();
    let played = |identifier: &str, status: &str, raw: &str| {
        let mut play = Play::of(launch(Kind::Scorm12));
        play.launch.sco.identifier = identifier.to_owned();
        play.begin(1);
        play.set("cmi.core.lesson_status", status);
        play.set("cmi.core.score.raw", raw);
        let state = play.end().state;
        ScoStanding::of(&play.launch, &state)
    };
    let launch = launch(Kind::Scorm12);
    let one = played("I1", "passed", "80");
    let half = played("I2", "incomplete", "");
    assert_eq!(rolled_up(&launch, &contents, &[("I1", &one)]), None);
    assert_eq!(rolled_up(&launch, &contents, &[("I1", &one), ("I2", &half)]), None);
    let (failed, done) = (played("I2", "failed", "40"), played("I2", "completed", ""));
    let said = |state| rolled_up(&launch, &contents, &[("I2", state), ("I1", &one)]).unwrap();
    let whole = said(&done);
    validator::check(whole.to_string().as_bytes(), validator::Version::V1_0_3).unwrap();
    assert_eq!(
        whole["result"],
        json!({ "completion": true, "success": true, "score": { "scaled": 0.8 } })
    );
    assert_eq!(whole, said(&done));
    assert_eq!(said(&failed)["result"]["success"], false);
    assert_ne!(said(&failed)["id"], whole["id"]);
}

#[test]
fn titles_have_an_end_and_a_structure_that_no_page_can_hold_is_refused() {
    let file = ("index.html", "x");
    let resource = "<resource identifier=\"R1\" type=\"webcontent\" adlcp:scormtype=\"sco\" href=\"index.html\"><file href=\"index.html\"/></resource>";
    let read = |items: &str| {
        let manifest = format!(
            "<manifest identifier=\"M\" xmlns=\"http://www.imsproject.org/xsd/imscp_rootv1p1p2\" \
             xmlns:adlcp=\"http://www.adlnet.org/xsd/adlcp_rootv1p2\"><metadata><schemaversion>1.2</schemaversion></metadata>\
             <organizations default=\"B\"><organization identifier=\"B\"><title>{}</title>{items}</organization></organizations>\
             <resources>{resource}</resources></manifest>",
            "è".repeat(1_000_000)
        );
        PackageContents::read(packed(&[("imsmanifest.xml", &manifest), file]), &Limits::default())
            .unwrap()
    };
    let item =
        |n| format!("<item identifier=\"I{n}\" identifierref=\"R1\"><title>x</title></item>");
    let contents = read(&item(1)).unwrap();
    assert_eq!(contents.title.chars().count(), 300);
    let many: String = (0..40_000).map(item).collect();
    let report = read(&many).unwrap_err();
    assert!(report.findings.iter().any(|it| it.rule == Rule::PlayLarge), "{report:?}");
}
