//! gzip in both directions.

use std::io::{Read, Write};

use e2e::{Statement, Traccia};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;

fn zipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A gzip stream of `mebibytes` of spaces: one flushed block said again and again.
fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut encoder = flate2::Compress::new(Compression::best(), false);
    let spaces = vec![b' '; 1 << 20];
    let mut block = Vec::with_capacity(1 << 16);
    encoder.compress_vec(&spaces, &mut block, flate2::FlushCompress::Full).unwrap();
    let mut stream = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for _ in 0..mebibytes {
        stream.extend_from_slice(&block);
    }
    stream.extend_from_slice(&[3, 0]);
    stream.extend_from_slice(&[0; 8]);
    stream
}

#[tokio::test]
async fn a_zipped_statement_is_stored_like_any_other() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let body = zipped(&Statement::new().json().to_string());
    let ask = admin.post("/statements").body("application/json", body);
    ask.header("content-encoding", "gzip").await.is(200);
    assert_eq!(admin.found(&[]).await.len(), 1);
}

#[tokio::test]
async fn a_reader_who_takes_gzip_gets_it() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let batch: Vec<Value> = (0..50).map(|_| Statement::new().json()).collect();
    admin.store(&batch).await;
    let reply = admin.get("/statements").header("accept-encoding", "gzip").await.expect(200);
    assert_eq!(reply.header("content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(reply.bytes.as_slice()).read_to_string(&mut text).unwrap();
    let page: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(page["statements"].as_array().map(Vec::len), Some(50));
    let plain = admin.get("/statements").await.expect(200);
    assert_eq!(plain.maybe_header("content-encoding"), None);
}

#[tokio::test]
async fn broken_or_unknown_encodings_are_refused() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let whole = zipped(&Statement::new().json().to_string());
    let send = |body: Vec<u8>, encoding| {
        let ask = admin.post("/statements").body("application/json", body);
        ask.header("content-encoding", encoding)
    };
    send(b"{}".to_vec(), "gzip").await.problem(400);
    send(whole[..whole.len() / 2].to_vec(), "gzip").await.problem(400);
    send(whole, "rot13").await.problem(415);
    assert!(admin.found(&[]).await.is_empty());
}

#[tokio::test]
async fn a_gzip_bomb_is_413_and_the_server_lives_on() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let ask = admin.post("/statements").body("application/json", bomb(1024));
    ask.header("content-encoding", "gzip").await.problem(413);
    admin.store_one(&Statement::new().json()).await;
    let ask = admin.put("/activities/state?stateId=x&activityId=https://example.org/a&agent=%7B%22mbox%22:%22mailto:a@example.org%22%7D");
    let ask = ask.body("application/json", bomb(1024)).header("content-encoding", "gzip");
    ask.await.problem(413);
}
