//! What stands between a server and others: TLS of its own, the scanner for malware, and the doctor that looks at both.

use std::path::Path;
use std::time::Duration;

use e2e::{Multipart, Setup, Statement, Traccia, cli, eventually, sha2_hex};
use rcgen::{CertificateParams, KeyPair};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const BAD: &[u8] = b"stands for malware";

/// Writes a new certificate for this machine, with its key, and gives the certificate.
fn certificate(folder: &Path) -> String {
    let asked =
        CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = asked.self_signed(&key).unwrap().pem();
    std::fs::write(folder.join("certificate.pem"), &certificate).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    certificate
}

/// Who trusts this certificate and no other.
fn trusting(certificate: &str) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
    let client = Client::builder().tls_certs_only([certificate]).timeout(Duration::from_secs(10));
    client.build().unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_speaks_tls_itself_and_takes_a_new_certificate_without_a_restart() {
    let files = tempfile::tempdir().unwrap();
    let first = certificate(files.path());
    let at = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let setup = Setup::default()
        .variable("TRACCIA__TLS_CERTIFICATE", &at("certificate.pem"))
        .variable("TRACCIA__TLS_KEY", &at("key.pem"));
    let traccia = setup.start().await;
    assert!(traccia.url().starts_with("https://127.0.0.1:"), "{}", traccia.url());
    let about = format!("{}/xapi/about", traccia.url());
    let client = trusting(&first);
    let answer = client.get(&about).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, reqwest::Version::HTTP_11));
    let large = Statement::new().with("/result/response", "x".repeat(1 << 20).into()).json();
    let (key, secret) =
        traccia.seed().split_once(':').map(|(k, s)| (k.to_owned(), s.to_owned())).unwrap();
    let kept = client
        .post(format!("{}/xapi/statements", traccia.url()))
        .basic_auth(&key, Some(&secret))
        .header("x-experience-api-version", "1.0.3")
        .json(&large)
        .send()
        .await
        .unwrap();
    assert_eq!(kept.status().as_u16(), 200);
    // Who speaks no TLS, or goes away in the middle, harms nobody.
    let plain = traccia.url().trim_start_matches("https://").to_owned();
    for bytes in [&b"GET / HTTP/1.1\r\nHost: t\r\n\r\n"[..], b"\x16\x03\x01\x02\x00", b""] {
        let mut stream = TcpStream::connect(&plain).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP"), "nothing is answered without TLS");
    }
    let second = certificate(files.path());
    traccia.hang_up();
    eventually("the new certificate is served", Duration::from_secs(20), || async {
        // A connection of its own each time.
        trusting(&second).get(&about).send().await.map_err(|error| format!("{error:?}"))
    })
    .await;
    trusting(&first).get(&about).send().await.unwrap_err();
    std::fs::write(at("key.pem"), "nothing").unwrap();
    traccia.hang_up();
    eventually("it is said that it cannot be used", Duration::from_secs(20), || async {
        let log = traccia.log();
        if log.contains("tls_key is") { Ok(()) } else { Err(log) }
    })
    .await;
    assert_eq!(trusting(&second).get(&about).send().await.unwrap().status().as_u16(), 200);
}

/// A stand-in for clamd, which finds [`BAD`]; it ends with the test.
async fn stand_in() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(looked_at(stream));
        }
    });
    address
}

async fn looked_at(mut stream: TcpStream) -> std::io::Result<()> {
    let mut command = Vec::new();
    loop {
        match stream.read_u8().await? {
            0 => break,
            byte => command.push(byte),
        }
    }
    if command == b"zPING" {
        return stream.write_all(b"PONG\0").await;
    }
    let mut all = Vec::new();
    loop {
        let length = stream.read_u32().await? as usize;
        if length == 0 {
            break;
        }
        let from = all.len();
        all.resize(from + length, 0);
        stream.read_exact(&mut all[from..]).await?;
    }
    let is_bad = all.windows(BAD.len()).any(|part| part == BAD);
    stream.write_all(if is_bad { b"stream: Stand-In FOUND\0" } else { b"stream: OK\0" }).await
}

fn with_attachment(bytes: &[u8]) -> (Value, Multipart) {
    let described = json!({
        "usageType": "http://adlnet.gov/expapi/attachments/certificate",
        "display": {"en": "Certificate"},
        "contentType": "text/plain",
        "length": bytes.len(),
        "sha2": sha2_hex(bytes),
    });
    let statement = Statement::new().with("/attachments", json!([described])).json();
    let body = Multipart::of(&statement).attachment("text/plain", bytes);
    (statement, body)
}

#[tokio::test]
async fn malware_is_refused_and_set_aside_and_nothing_of_its_request_is_kept() {
    let traccia = Setup::default().variable("TRACCIA__CLAMD", &stand_in().await).start().await;
    let admin = traccia.admin();
    let (_, clean) = with_attachment(b"a certificate");
    admin.post("/statements").multipart(&clean).await.is(200);
    let (_, bad) = with_attachment(BAD);
    let refused = admin.post("/statements").multipart(&bad).await.problem(422);
    assert_eq!(refused.body["rule"], "malware");
    assert!(refused.body["detail"].as_str().unwrap().contains("Stand-In"), "{refused:?}");
    let refused = admin.post("/statements").header("Accept-Language", "it").multipart(&bad).await;
    assert!(refused.text().contains("antivirus"), "{refused}");
    assert_eq!(admin.found(&[]).await.len(), 1);
    let package = admin.post("/api/v1/packages?name=p").body("application/zip", BAD.to_vec()).await;
    assert_eq!(package.problem(422).body["rule"], "malware");
    let folder = traccia.folder().join("data/quarantine");
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert_eq!(names.len(), 2, "the same file, once, with its note");
    let note = std::fs::read(folder.join(format!("{}.json", sha2_hex(BAD)))).unwrap();
    let note: Value = serde_json::from_slice(&note).unwrap();
    assert_eq!((&note["sender"], &note["what"]), (&json!("seed"), &json!("package p")));
    let metrics = admin.get("/metrics").await.expect(200).text();
    assert!(metrics.contains("traccia_scans_total{outcome=\"infected\"} 3"), "{metrics}");
}

#[tokio::test]
async fn without_an_answer_of_the_scanner_attachments_wait_and_statements_do_not() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap().to_string();
    drop(nobody);
    let traccia = Setup::default().variable("TRACCIA__CLAMD", &address).start().await;
    let admin = traccia.admin();
    admin.store_one(&Statement::new().json()).await;
    let (_, body) = with_attachment(b"a certificate");
    let refused = admin.post("/statements").multipart(&body).await;
    assert_eq!(refused.problem(503).body["rule"], "malware-unscanned");
    assert_eq!(refused.header("retry-after"), "30");
    assert!(!refused.text().contains(&address), "where the scanner is, is nobody's affair");
}

/// What the doctor finds, as `check code`, and its exit code.
async fn examined(arguments: &[&str]) -> (Vec<String>, Option<i32>) {
    let done = cli(&[&["doctor", "--format", "json"], arguments].concat()).await;
    let found: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{done}"));
    let checks = found["checks"].as_array().unwrap().iter();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let checks = checks.map(|it| format!("{} {}", text(&it["check"]), text(&it["code"])));
    (checks.collect(), done.code)
}

#[tokio::test]
async fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let files = tempfile::tempdir().unwrap();
    let at = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let settings = |text: &str| {
        std::fs::write(at("traccia.toml"), text).unwrap();
        at("traccia.toml")
    };
    // A server that runs, as its own settings say.
    let traccia = Traccia::program().await;
    let listen = traccia.url().trim_start_matches("http://");
    let data = traccia.folder().join("data").to_str().unwrap().to_owned();
    let config = settings(&format!("listen = {listen:?}\n"));
    let (found, code) = examined(&["--config", &config, "--data", &data]).await;
    for expected in ["settings doctor-settings-fine", "server doctor-server-fine"] {
        assert!(found.iter().any(|it| it == expected), "{expected}: {found:?}");
    }
    assert_eq!(code, Some(0), "{found:?}");
    // No server, a clamd that is not there, a certificate that is none.
    std::fs::write(at("certificate.pem"), "nothing").unwrap();
    let config = settings(&format!(
        "listen = \"127.0.0.1:1\"\nclamd = \"127.0.0.1:1\"\ntls_certificate = {0:?}\ntls_key = {0:?}\n",
        at("certificate.pem")
    ));
    let moodle = format!("{}/nothing", traccia.url());
    let (found, code) =
        examined(&["--config", &config, "--data", &at("none"), "--moodle", &moodle]).await;
    for expected in [
        "server doctor-server-none",
        "store doctor-store-new",
        "certificate doctor-certificate-bad",
        "clamd doctor-clamd-away",
        "moodle doctor-other-bad",
    ] {
        assert!(found.iter().any(|it| it == expected), "{expected}: {found:?}");
    }
    assert_eq!(code, Some(1), "{found:?}");
    assert!(!Path::new(&at("none")).exists(), "the doctor changes nothing");
    let italian = cli(&["doctor", "--config", &config, "--lang", "it"]).await;
    assert!(
        italian.stdout.contains("GUASTO") && italian.stdout.contains("-> Avviare clamav"),
        "{italian}"
    );
    let config = settings("lisen = 1\n");
    let (found, code) = examined(&["--config", &config]).await;
    assert_eq!((found, code), (vec!["settings doctor-settings-bad".to_owned()], Some(1)));
}
