//! Attachments: in with multipart/mixed, out the same way, never without their bytes.

use e2e::{Multipart, Part, Setup, Statement, Traccia, new_id, sha2_hex};
use serde_json::{Value, json};

const TEXT: &[u8] = b"a certificate\r\n--not-a-boundary\r\n\0\xff";

fn description(sha2: &str, content_type: &str, length: usize) -> Value {
    json!({
        "usageType": "http://adlnet.gov/expapi/attachments/certificate",
        "display": {"en": "Certificate"},
        "contentType": content_type,
        "length": length,
        "sha2": sha2,
    })
}

fn describing(bytes: &[u8]) -> Statement {
    let described = description(&sha2_hex(bytes), "text/plain", bytes.len());
    Statement::new().with("/attachments", json!([described]))
}

#[tokio::test]
async fn what_was_attached_comes_back_byte_for_byte() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let body = Multipart::of(&describing(TEXT).json()).attachment("text/plain", TEXT);
    let reply = admin.post("/statements").multipart(&body).await.expect(200);
    let id = reply.json()[0].as_str().unwrap().to_owned();
    let query = [("statementId", id.as_str()), ("attachments", "true")];
    let parts = admin.get("/statements").query(&query).await.expect(200).parts();
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0].header("content-type"), Some("application/json"));
    let statement: Value = serde_json::from_slice(&parts[0].body).unwrap();
    assert_eq!(statement["id"], id.as_str());
    assert_eq!(parts[1].body, TEXT);
    assert_eq!(parts[1].header("x-experience-api-hash"), Some(sha2_hex(TEXT).as_str()));
    assert_eq!(parts[1].header("content-transfer-encoding"), Some("binary"));
    assert_eq!(parts[1].header("content-type"), Some("text/plain"));
}

/// The data is kept once, whoever sends it: another sender of the same bytes does not say what they are here.
#[tokio::test]
async fn a_part_has_the_media_type_of_the_statement_that_is_asked_for() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let ids = [new_id(), new_id()];
    for (id, content_type) in ids.iter().zip(["text/html", "application/pdf"]) {
        let described = description(&sha2_hex(TEXT), content_type, TEXT.len());
        let statement = Statement::new().id(id).with("/attachments", json!([described]));
        let body = Multipart::of(&statement.json()).attachment(content_type, TEXT);
        admin.post("/statements").multipart(&body).await.is(200);
    }
    for (id, content_type) in ids.iter().zip(["text/html", "application/pdf"]) {
        let query = [("statementId", id.as_str()), ("attachments", "true")];
        let parts = admin.get("/statements").query(&query).await.expect(200).parts();
        assert_eq!(parts[1].header("content-type"), Some(content_type));
        assert_eq!(parts[1].body, TEXT);
    }
}

#[tokio::test]
async fn put_takes_attachments_too() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let id = new_id();
    let body = Multipart::of(&describing(TEXT).json()).attachment("text/plain", TEXT);
    let put = admin.put("/statements").query(&[("statementId", &id)]).multipart(&body).await;
    put.is(204);
    admin.statement(&id).await;
}

#[tokio::test]
async fn without_asking_a_reader_gets_plain_json() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let body = Multipart::of(&describing(TEXT).json()).attachment("text/plain", TEXT);
    admin.post("/statements").multipart(&body).await.is(200);
    for query in [vec![], vec![("attachments", "false")]] {
        let page = admin.get("/statements").query(&query).await.expect(200);
        assert!(page.header("content-type").starts_with("application/json"), "{page}");
    }
}

#[tokio::test]
async fn a_list_carries_each_attachment_once() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let two = json!([describing(TEXT).json(), describing(TEXT).json()]);
    let body = Multipart::of(&two).attachment("text/plain", TEXT);
    admin.post("/statements").multipart(&body).await.is(200);
    let page = admin.get("/statements").query(&[("attachments", "true")]).await.expect(200);
    let parts = page.parts();
    assert_eq!(parts.len(), 2, "the statements, and the one attachment that both name");
    let result: Value = serde_json::from_slice(&parts[0].body).unwrap();
    assert_eq!(result["statements"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn one_part_may_serve_a_statement_and_its_sub_statement() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let mut inner = describing(TEXT).json();
    inner["objectType"] = json!("SubStatement");
    let outer = describing(TEXT).to(inner);
    let body = Multipart::of(&outer.json()).attachment("text/plain", TEXT);
    admin.post("/statements").multipart(&body).await.is(200);
}

#[tokio::test]
async fn the_same_statement_with_its_attachment_may_come_again() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let statement = describing(TEXT).id(&new_id()).json();
    let body = Multipart::of(&statement).attachment("text/plain", TEXT);
    for _ in 0..2 {
        admin.post("/statements").multipart(&body).await.is(200);
    }
    assert_eq!(admin.found(&[]).await.len(), 1);
    let page = admin.get("/statements").query(&[("attachments", "true")]).await.expect(200);
    assert_eq!(page.parts().len(), 2);
}

#[tokio::test]
async fn a_file_elsewhere_needs_no_part() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let mut far = description(&sha2_hex(TEXT), "text/plain", TEXT.len());
    far["fileUrl"] = json!("https://example.org/certificate.txt");
    let statement = Statement::new().with("/attachments", json!([far])).json();
    admin.store_one(&statement).await;
    admin.post("/statements").multipart(&Multipart::of(&statement)).await.is(200);
}

#[tokio::test]
async fn multipart_without_any_attachment_is_taken() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    admin.post("/statements").multipart(&Multipart::of(&Statement::new().json())).await.is(200);
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused_and_nothing_stored() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let statement = describing(TEXT).json();
    let good = Multipart::of(&statement);
    let unnamed = Part::new("text/plain", TEXT.to_vec());
    let encoded = unnamed
        .clone()
        .with("x-experience-api-hash", &sha2_hex(TEXT))
        .with("content-transfer-encoding", "base64");
    let cases = [
        ("the part is missing", good.clone()),
        (
            "other bytes under its hash",
            good.clone().part(
                Part::attachment("text/plain", b"other")
                    .with("x-experience-api-hash", &sha2_hex(TEXT)),
            ),
        ),
        ("a part under another hash", good.clone().attachment("text/plain", b"other")),
        (
            "a part that no statement names",
            good.clone().attachment("text/plain", TEXT).attachment("text/plain", b"extra"),
        ),
        ("a part without a hash", good.clone().part(unnamed)),
        ("a part that is not binary", good.clone().part(encoded)),
        (
            "a first part that is not JSON",
            Multipart::of(&json!("x")).attachment("text/plain", TEXT),
        ),
    ];
    for (what, body) in cases {
        let reply = admin.post("/statements").multipart(&body).await;
        assert_eq!(reply.status, 400, "{what}: {reply}");
        reply.problem(400);
        assert!(admin.found(&[]).await.is_empty(), "{what}: nothing is stored");
    }
}

#[tokio::test]
async fn an_attachment_without_url_cannot_come_as_plain_json() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    admin.post("/statements").json(&describing(TEXT).json()).await.problem(400);
    assert!(admin.found(&[]).await.is_empty());
}

#[tokio::test]
async fn a_batch_with_one_missing_part_stores_nothing() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let batch = json!([describing(TEXT).json(), describing(b"other").json()]);
    let body = Multipart::of(&batch).attachment("text/plain", TEXT);
    let problem = admin.post("/statements").multipart(&body).await.problem(400);
    assert!(problem.reasons().iter().any(|v| v["statement"] == 1), "{problem:?}");
    assert!(admin.found(&[]).await.is_empty());
}

#[tokio::test]
async fn a_large_attachment_survives_a_restart() {
    let traccia = Traccia::program().await;
    let admin = traccia.admin();
    let bytes: Vec<u8> =
        (0..1_000_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    let body = Multipart::of(&describing(&bytes).json()).attachment("text/plain", &bytes);
    admin.post("/statements").multipart(&body).await.is(200);
    let traccia = traccia.restart().await;
    let page = traccia.admin().get("/statements").query(&[("attachments", "true")]).await;
    assert!(page.expect(200).parts()[1].body == bytes, "the bytes are the same");
}

/// The server reads them in pieces while they are taken: an answer may be larger than all that requests may hold.
#[tokio::test]
async fn attachments_that_are_larger_than_the_memory_come_whole_and_say_how_long_they_are() {
    const EACH: usize = 3 << 20;
    let traccia = Setup::default()
        .variable("TRACCIA__LIMITS__BODY_BYTES", &(4 << 20).to_string())
        .variable("TRACCIA__LIMITS__MEMORY_BYTES", &(16 << 20).to_string())
        .start()
        .await;
    let admin = traccia.admin();
    let mut hashes = Vec::new();
    for n in 0..7_u8 {
        let bytes = vec![n; EACH + usize::from(n)];
        let body = Multipart::of(&describing(&bytes).json()).attachment("text/plain", &bytes);
        admin.post("/statements").multipart(&body).await.is(200);
        hashes.push(sha2_hex(&bytes));
    }
    let query = [("attachments", "true"), ("limit", "7")];
    let reply = admin.get("/statements").query(&query).await.expect(200);
    assert!(reply.bytes.len() > 16 << 20, "{} bytes", reply.bytes.len());
    assert_eq!(reply.header("content-length"), reply.bytes.len().to_string());
    let parts = reply.parts();
    let mut given: Vec<String> = Vec::new();
    for part in &parts[1..] {
        assert_eq!(part.header("x-experience-api-hash"), Some(sha2_hex(&part.body).as_str()));
        given.push(sha2_hex(&part.body));
    }
    hashes.sort_unstable();
    given.sort_unstable();
    assert_eq!(given, hashes);
    let statements: Value = serde_json::from_slice(&parts[0].body).unwrap();
    assert_eq!(statements["statements"].as_array().map(Vec::len), Some(7));
}

#[tokio::test]
async fn an_answer_ends_with_its_last_boundary_and_is_saved_rather_than_shown() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let body = Multipart::of(&describing(TEXT).json()).attachment("text/html", TEXT);
    admin.post("/statements").multipart(&body).await.is(200);
    let reply = admin.get("/statements").query(&[("attachments", "true")]).await.expect(200);
    let content_type = reply.header("content-type");
    let (_, boundary) = content_type.split_once("boundary=").unwrap();
    assert!(reply.bytes.ends_with(format!("\r\n--{boundary}--").as_bytes()), "{reply}");
    assert_eq!(reply.header("content-disposition"), "attachment");
    assert_eq!(reply.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_part_that_contains_the_boundary_is_told_so() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let boundary = "a-boundary-of-the-tests";
    for bytes in [format!("a\r\n--{boundary}\r\nb"), format!("a\r\n--{boundary}--\r\nb")] {
        let bytes = bytes.as_bytes();
        let body = Multipart::of(&describing(bytes).json())
            .attachment("text/plain", bytes)
            .bounded_by(boundary);
        let problem = admin.post("/statements").multipart(&body).await.problem(400);
        assert!(
            problem.says("contains the boundary") && problem.says(&sha2_hex(bytes)),
            "{problem:?}"
        );
    }
    assert!(admin.found(&[]).await.is_empty());
}
