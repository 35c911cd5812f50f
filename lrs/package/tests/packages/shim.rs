//! Packages that report to Traccia beside their platform.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use package::{Limits, Mirror, Report, Rule, Severity, Shimmed, shim};
use zip::ZipArchive;

use crate::sound::{checked, cmi5, scorm_12, scorm_2004};
use crate::zipped::{Entry, Files};

fn mirror() -> Mirror {
    Mirror {
        endpoint: "https://lrs.example.org/xapi".to_owned(),
        authorization: "Basic a2V5OnNlY3JldA==".to_owned(),
        exchange: "https://lrs.example.org/api/v1/packages/ticket".to_owned(),
        activity: "https://lms.example.org/mod/scorm/view.php?id=77".to_owned(),
        home_page: None,
        is_passive: false,
    }
}

fn written(bytes: &[u8]) -> Result<(Shimmed, Vec<u8>), Report> {
    let mut made = Cursor::new(Vec::new());
    let shimmed = shim(Cursor::new(bytes), &mut made, &Limits::default(), &mirror()).unwrap();
    shimmed.map(|shimmed| (shimmed, made.into_inner()))
}

fn files(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let (mut file, mut text) = (archive.by_index(at).unwrap(), String::new());
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

/// The rules by which a package is refused.
fn refused(bytes: &[u8]) -> Vec<Rule> {
    let report = written(bytes).unwrap_err();
    report.findings.iter().filter(|it| it.severity == Severity::Error).map(|it| it.rule).collect()
}

#[test]
fn all_but_the_launched_page_and_its_entry_in_the_manifest_stays_as_it_was() {
    for package in [scorm_12(), scorm_2004("2004 3rd Edition"), scorm_2004("2004 4th Edition")] {
        let (before, (_, made)) = (package.packed(), written(&package.packed()).unwrap());
        let (old, mut new) = (files(&before), files(&made));
        for (name, text) in &old {
            let now = new.remove(name).unwrap();
            if name != "imsmanifest.xml" {
                assert_eq!(&now, text, "{name}");
                continue;
            }
            let same = |line: &&str| !line.contains("traccia-");
            let kept: Vec<_> = now.lines().filter(same).collect();
            let left: Vec<_> = text.lines().filter(|line| kept.contains(line)).collect();
            assert_eq!(kept, left, "what stays of the manifest stays in its order");
            let back = now.replace("traccia-1.html", "index.html");
            let back = back.replace("traccia-2.html", "index.html");
            let listed =
                ["<file href=\"index.html\"/><file", "<file href=\"due/index.html\"/><file"];
            let back = listed.iter().fold(back, |text, both| text.replace(both, "<file"));
            assert_eq!(&back, text);
        }
        assert!(new.keys().all(|name| name.contains("traccia-")), "{:?}", new.keys());
        let (old, new) = (checked(&before), checked(&made));
        let found: Vec<_> =
            new.findings.iter().filter(|it| it.severity == Severity::Error).collect();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!((old.kind, old.reports.units), (new.kind, new.reports.units));
    }
}

#[test]
fn each_sco_has_a_page_beside_its_own_and_an_iri_of_its_item() {
    let (shimmed, made) = written(&scorm_2004("2004 4th Edition").packed()).unwrap();
    let course = mirror().activity;
    assert_eq!(shimmed.scos, [format!("{course}/I1"), format!("{course}/I2")]);
    let made = files(&made);
    let manifest = &made["imsmanifest.xml"];
    assert!(manifest.contains("href=\"traccia-1.html?a=1#top\""), "{manifest}");
    assert!(manifest.contains("href=\"due/traccia-2.html\""), "{manifest}");
    let page = &made["due/traccia-2.html"];
    assert!(page.contains("\"launch\":\"./index.html\"") && page.contains("<title>Due</title>"));
}

#[test]
fn what_a_title_says_cannot_end_the_script_of_the_page() {
    let evil = "&lt;/script>&lt;script>alert(1)&lt;/script>{SCRIPT}{SETTINGS}";
    let package = scorm_12().with("imsmanifest.xml", ">Uno<", &format!(">{evil}<"));
    let (_, made) = written(&package.packed()).unwrap();
    let page = &files(&made)["traccia-1.html"];
    assert_eq!(page.matches("<script>").count(), 1, "{page}");
    assert_eq!(page.matches("</script>").count(), 1, "{page}");
    assert_eq!(page.matches("function Outbox").count(), 1);
}

#[test]
fn a_manifest_in_utf_16_and_a_resource_without_files_are_written_well() {
    let text =
        scorm_12().text("imsmanifest.xml").replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
    let from = text.find("href=\"index.html\">").unwrap();
    let to = text.find("</resource>").unwrap() + "</resource>".len();
    let text = format!("{}href='index.html'/>{}", &text[..from], &text[to..]);
    let bytes: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let package = scorm_12().without("imsmanifest.xml").and("imsmanifest.xml", bytes);
    let (_, made) = written(&package.packed()).unwrap();
    assert!(files(&made)["imsmanifest.xml"].contains("encoding=\"UTF-8\""));
    let report = checked(&made);
    assert_eq!((report.findings.count(Severity::Error), report.reports.units), (0, 1));
}

#[test]
fn a_page_of_the_content_keeps_its_name() {
    let package = scorm_12().and("Traccia-1.html", "mine");
    let (_, made) = written(&package.packed()).unwrap();
    let made = files(&made);
    assert_eq!(made["Traccia-1.html"], "mine");
    assert!(made.contains_key("traccia-2.html"), "{:?}", made.keys());
}

#[test]
fn what_is_wrong_with_the_content_alone_does_not_matter() {
    let package = scorm_12().and("x.swf", "FWS");
    assert_eq!(checked(&package.packed()).findings.count(Severity::Error), 1);
    assert!(written(&package.packed()).is_ok());
}

#[test]
fn what_is_no_scorm_not_safe_or_mirrored_already_is_refused() {
    assert_eq!(refused(&cmi5().packed()), [Rule::ShimNotScorm]);
    assert_eq!(refused(&Files::new(&[("x.txt", "x")]).packed()), [Rule::Unrecognised]);
    let elsewhere = scorm_12().named("imsmanifest.xml", "corso/imsmanifest.xml");
    assert_eq!(refused(&elsewhere.packed()), [Rule::ManifestNotAtRoot], "not that it is no SCORM");
    let escaping = scorm_12().raw().and(Entry::new(b"../x", b"x")).bytes();
    assert_eq!(refused(&escaping), [Rule::NameEscapes]);
    let (_, once) = written(&scorm_12().packed()).unwrap();
    assert_eq!(refused(&once), [Rule::ShimTwice]);
}

#[test]
fn a_refusal_says_its_reasons_alone() {
    let escaping = scorm_12().and("x.swf", "FWS").raw().and(Entry::new(b"../x", b"x")).bytes();
    let report = written(&escaping).unwrap_err();
    let found: Vec<_> = report.findings.iter().map(|it| it.rule).collect();
    assert_eq!(found, [Rule::NameEscapes]);
    let space = ("imsproject.org/xsd/imscp_rootv1p1p2", "imsproject.org/xsd/other");
    let other = scorm_12().with("imsmanifest.xml", space.0, space.1).and("x.swf", "FWS");
    let report = written(&other.packed()).unwrap_err();
    let found: Vec<_> = report.findings.iter().map(|it| it.rule).collect();
    assert_eq!(found, [Rule::XmlNamespace], "not the Flash beside it");
    let report = written(&cmi5().and("x.swf", "FWS").packed()).unwrap_err();
    let found: Vec<_> = report.findings.iter().map(|it| it.rule).collect();
    assert_eq!(found, [Rule::ShimNotScorm]);
}

#[test]
fn what_the_check_finds_is_known_of_a_package_that_was_written() {
    let package = scorm_12().with("sco.js", "api.LMSFinish('');", "");
    let (shimmed, _) = written(&package.packed()).unwrap();
    assert!(shimmed.report.findings.iter().any(|it| it.rule == Rule::ApiNoFinish));
}

/// SCORM 1.2 with two items, a module of the course and a copy of it, that launch one resource.
fn shared() -> Files {
    let more = "</organization>";
    let items = "<item identifier=\"I2\" identifierref=\"R1\" parameters=\"?x=1\"><title>Ancora</title></item>\
                 <item identifier='I3' identifierref='R1'><title>Tre</title></item></organization>";
    scorm_12().with("imsmanifest.xml", more, items).with(
        "imsmanifest.xml",
        "type=\"webcontent\"",
        "type=\"webcontent\" xml:base=\"\"",
    )
}

#[test]
fn each_item_of_one_resource_is_an_activity_of_its_own() {
    let (shimmed, made) = written(&shared().packed()).unwrap();
    let course = mirror().activity;
    assert_eq!(shimmed.scos, ["I1", "I2", "I3"].map(|item| format!("{course}/{item}")));
    let made_files = files(&made);
    let manifest = &made_files["imsmanifest.xml"];
    for (item, resource, page) in
        [("I1", "R1", 1), ("I2", "R1-traccia-2", 2), ("I3", "R1-traccia-3", 3)]
    {
        let refers = |quote: char| {
            format!("<item identifier={quote}{item}{quote} identifierref={quote}{resource}{quote}")
        };
        assert!(
            manifest.contains(&refers('"')) || manifest.contains(&refers('\'')),
            "{item}: {manifest}"
        );
        let launches = format!(
            "<resource identifier=\"{resource}\" type=\"webcontent\" xml:base=\"\" adlcp:scormtype=\"sco\" href=\"traccia-{page}.html\">"
        );
        assert!(manifest.contains(&launches), "{launches}: {manifest}");
        let page = &made_files[&format!("traccia-{page}.html")];
        assert!(page.contains(&format!("\"sco\":\"{course}/{item}\"")), "{page}");
        assert!(page.contains("\"launch\":\"./index.html\""), "{page}");
    }
    assert!(manifest.contains("parameters=\"?x=1\""), "{manifest}");
    let report = checked(&made);
    assert_eq!((report.findings.count(Severity::Error), report.reports.units), (0, 3));
}

#[test]
fn an_identifier_that_is_taken_is_not_given_to_a_copy() {
    let package = shared().with(
        "imsmanifest.xml",
        "</resources>",
        "<resource identifier=\"R1-traccia-2\" type=\"webcontent\" adlcp:scormtype=\"asset\"/></resources>",
    );
    let (_, made) = written(&package.packed()).unwrap();
    let report = checked(&made);
    assert!(!report.findings.iter().any(|it| it.rule == Rule::IdentifierDuplicate));
    assert_eq!(report.reports.units, 3);
}

#[test]
fn the_pages_know_the_scos_of_the_default_organization() {
    let other = "<organization identifier=\"O2\"><title>Altro</title>\
                 <item identifier=\"J1\" identifierref=\"R1\"><title>Uno</title></item></organization></organizations>";
    let package = scorm_12().with("imsmanifest.xml", "</organizations>", other);
    let (shimmed, made) = written(&package.packed()).unwrap();
    let course = mirror().activity;
    assert_eq!(shimmed.scos, ["I1", "J1"].map(|item| format!("{course}/{item}")));
    let page = &files(&made)["traccia-1.html"];
    assert!(page.contains(&format!("\"scos\":[\"{course}/I1\"]")), "{page}");
}

#[test]
fn a_check_of_a_package_that_reports_already_says_so_and_reads_the_content_alone() {
    let quiet = scorm_12().without("sco.js").and("sco.js", "window.parent.API.LMSInitialize('')");
    let (before, (_, made)) = (checked(&quiet.packed()), written(&quiet.packed()).unwrap());
    let after = checked(&made);
    let present: Vec<_> = after.findings.iter().filter(|it| it.rule == Rule::ShimPresent).collect();
    assert_eq!(present.len(), 1, "{present:?}");
    assert_eq!(present[0].values, [("href", "traccia-1.html".to_owned())]);
    assert_eq!(
        before.reports, after.reports,
        "what the page around it speaks of is not the content's"
    );
    assert!(!before.findings.iter().any(|it| it.rule == Rule::ShimPresent));
}
