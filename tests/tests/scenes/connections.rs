//! Connections: how many there may be, and what is spoken on them.

use std::time::Duration;

use e2e::{Setup, Statement, Traccia, Wire, eventually};
use serde_json::Value;

#[tokio::test]
async fn silent_connections_shut_nobody_out_and_are_seen_in_the_log() {
    let traccia = Setup::default().variable("TRACCIA__LIMITS__CONNECTIONS", "8").start().await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(Wire::to(traccia.url()).await);
    }
    for _ in 0..3 {
        // A new connection each time.
        traccia.anonymous().get("/healthz").await.is(200);
    }
    eventually("it is said", Duration::from_secs(10), async || {
        let log = traccia.log();
        if log.contains("limits.connections") { Ok(()) } else { Err(log) }
    })
    .await;
    assert_eq!(traccia.log().matches("limits.connections").count(), 1, "but not each time");
}

#[tokio::test]
async fn http_2_is_not_spoken_in_clear() {
    let traccia = Traccia::program().await;
    let mut wire = Wire::to(traccia.url()).await;
    wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
    let said = wire.rest().await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said:?}");
    let mut wire = Wire::to(traccia.url()).await;
    let upgrade =
        ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"];
    wire.head(&traccia.anonymous(), "GET /healthz", &upgrade).await;
    assert_eq!(wire.answer().await.0, 200, "an offer that nobody takes");
}

#[cfg(unix)]
#[tokio::test]
async fn asked_to_stop_it_ends_whatever_its_clients_do() {
    let mut traccia = Traccia::program().await;
    let admin = traccia.admin();
    let long = Value::from("x".repeat(16 << 20));
    admin.store_one(&Statement::new().with("/result/response", long).json()).await;
    let (mut held, mut unread) = (Wire::to(traccia.url()).await, Wire::to(traccia.url()).await);
    let body = ["Content-Type: application/json", "Content-Length: 1000"];
    held.head(&admin, "POST /xapi/statements", &body).await;
    unread.head(&admin, "GET /xapi/statements", &[]).await;
    assert_eq!(unread.answer().await.0, 200);
    let idle = Wire::to(traccia.url()).await;
    assert_eq!(traccia.stop().await, Some(0));
    drop((held, unread, idle));
}
