//! Packages: checked by the command and by the API.

use std::io::{Cursor, Write as _};

use e2e::{Traccia, cli};
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A package of SCORM 1.2 whose page has another name than the manifest says.
fn package() -> Vec<u8> {
    let manifest = r#"<?xml version="1.0"?>
<manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schemaversion>1.2</schemaversion></metadata>
  <organizations default="O"><organization identifier="O"><title>Corso</title>
    <item identifier="I" identifierref="R"><title>Uno</title></item></organization></organizations>
  <resources>
    <resource identifier="R" type="webcontent" adlcp:scormtype="sco" href="index.html"/>
  </resources>
</manifest>
"#;
    let page = "<script>LMSInitialize(''); LMSSetValue('cmi.core.lesson_status', 'passed'); \
                LMSFinish('')</script>";
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("imsmanifest.xml", manifest), ("Index.html", page)] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The rules that are broken, each with its line.
fn found(report: &Value) -> Vec<(String, Option<u64>)> {
    let findings = report["findings"].as_array().unwrap();
    let one = |it: &Value| (it["rule"].as_str().unwrap().to_owned(), it["line"].as_u64());
    findings.iter().map(one).filter(|(rule, _)| rule.contains("href")).collect()
}

#[tokio::test]
async fn a_package_is_checked_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corso.zip");
    std::fs::write(&file, package()).unwrap();
    let file = file.to_str().unwrap();
    let text = cli(&["package", "check", file]).await;
    assert_eq!(text.code, Some(3), "{text}");
    assert!(text.stdout.contains("SCORM 1.2. Comunicherà: se è completato o superato."), "{text}");
    let place = format!("{file}/imsmanifest.xml:8: errore: ");
    assert!(text.stdout.contains(&place) && text.stdout.contains("Index.html"), "{text}");
    let json = cli(&["package", "check", file, "--format", "json", "--lang", "en"]).await;
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["sentence"], "SCORM 1.2. It will report: whether it is completed or passed.");
    assert_eq!(found(&report), [("package.href-case".to_owned(), Some(8))]);
    let sarif = cli(&["package", "check", file, "--format", "sarif"]).await;
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "package.href-case");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 8);
}

#[tokio::test]
async fn what_is_no_package_or_no_file_ends_the_command_by_its_own_code() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.zip");
    std::fs::write(&file, "x").unwrap();
    let none = cli(&["package", "check", file.to_str().unwrap(), "--lang", "en"]).await;
    assert_eq!(none.code, Some(3), "{none}");
    assert!(none.stdout.contains("no package that can be played"), "{none}");
    let missing = cli(&["package", "check", "/nowhere/x.zip"]).await;
    assert_eq!(missing.code, Some(5), "{missing}");
}

#[tokio::test]
async fn a_package_is_checked_by_the_api_in_the_language_and_format_asked_for() {
    let traccia = Traccia::start().await;
    let check = |query: &[(&str, &str)]| {
        let ask = traccia.admin().post("/api/v1/packages/check").query(query);
        ask.body("application/zip", package())
    };
    let report = check(&[("lang", "it")]).await.expect(200).json();
    assert_eq!(report["kind"], "scorm-1.2");
    assert_eq!(report["sentence"], "SCORM 1.2. Comunicherà: se è completato o superato.");
    assert_eq!(found(&report), [("package.href-case".to_owned(), Some(8))]);
    let sarif = check(&[("format", "sarif"), ("name", "corso.zip")]).await.expect(200);
    assert_eq!(sarif.header("content-type"), "application/sarif+json");
    assert_eq!(sarif.json()["runs"][0]["artifacts"][0]["location"]["uri"], "corso.zip");
    let text = check(&[("format", "text"), ("name", "corso.zip")]).await.expect(200).text();
    assert!(text.starts_with("corso.zip: SCORM 1.2. It will report:"), "{text}");
    check(&[("format", "pdf")]).await.problem(400);
    let admin = traccia.admin();
    admin.post("/api/v1/packages/check").body("text/plain", "x").await.problem(415);
}

#[tokio::test]
async fn a_package_is_written_again_with_a_key_of_its_own() {
    let traccia = Traccia::start().await;
    let keys = async || traccia.admin().get("/api/v1/keys").await.expect(200).json();
    let from = traccia.file("corso.zip", package());
    let to = traccia.folder().join("made.zip");
    let to = to.to_str().unwrap();
    let course = "https://moodle.example.it/mod/scorm/view.php?id=77";
    let given = ["--activity", course, "--server", traccia.url(), "--output", to];
    let shim = |file: &str| [&["package", "shim", file][..], &given].concat().join("\n");
    let run = async |line: String| {
        let words: Vec<&str> = line.split('\n').collect();
        traccia.cli(&words).await
    };
    // A bare cmi5.xml is no SCORM: nothing is written, and no key is made.
    let other = traccia.file("cmi5.xml", "<courseStructure/>");
    assert_eq!(run(shim(&other)).await.code, Some(3));
    assert!(!std::path::Path::new(to).exists());
    // Nor where nothing can be written.
    let nowhere = shim(&from).replace("made.zip", "no/such/folder/made.zip");
    assert_eq!(run(nowhere).await.code, Some(5));
    assert_eq!(keys().await.as_array().unwrap().len(), 1);
    assert_eq!(run(shim(&from)).await.success(), format!("{course}/I\n"));
    let key = keys().await.as_array().unwrap().iter().find(|it| !it["bounds"].is_null()).cloned();
    let key = key.unwrap();
    assert_eq!(key["bounds"], serde_json::json!({"activities": [course]}));
    assert_eq!(key["scopes"], serde_json::json!(["statements/write"]));
    // Nothing is written over.
    assert_eq!(run(shim(&from)).await.code, Some(2));
    let again = format!("{}\n--package-key\nx", shim(&from).replace("made.zip", "other.zip"));
    assert_eq!(run(again).await.code, Some(2));
}
