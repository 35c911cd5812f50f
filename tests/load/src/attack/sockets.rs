//! Connections that take a place and ask for nothing, and answers that nobody reads.

use anyhow::Result;
use futures::future::join_all;

use super::request::Request;
use super::statements::activity_with_extension;
use super::target::{ORDINARY, Target, Volley};
use super::wire::Connection;

/// More than the server may have open.
const SOCKETS: usize = 300;
const READERS: usize = 40;
/// Statements whose page is asked for.
const STATEMENTS: usize = 12;
const EACH: usize = 4 << 20;

/// A third says nothing, a third half a header, a third half a body.
pub(super) fn idle(target: &Target) -> Volley {
    let header = b"GET /xapi/about HTTP/1.1\r\nHost: att".to_vec();
    let body = Request::xapi("POST", "statements").by(ORDINARY);
    let body = body.body("application/json", vec![b' '; 1000]).unfinished(990);
    let thirds = [Vec::new(), header, body].map(|bytes| target.hold(SOCKETS / 3, bytes));
    Box::pin(async move {
        join_all(thirds).await;
    })
}

/// Large pages, one after the other, on connections that are never read from.
pub(super) async fn unread(target: Target) -> Result<Volley> {
    for number in 0..STATEMENTS {
        let statement = activity_with_extension(&format!("https://a.example/{number}"), EACH);
        let request = Request::xapi("POST", "statements").by(ORDINARY);
        target.set_up(request.body("application/json", statement)).await?;
    }
    let ask = Request::xapi("GET", "statements?ascending=true").by(ORDINARY).bytes();
    Ok(Box::pin(async move {
        let mut held = Vec::new();
        for _ in 0..READERS {
            target.begin();
            let Ok(mut connection) = Connection::from_elsewhere(target.address).await else {
                continue;
            };
            if connection.send(&ask).await.is_ok() {
                held.push(connection);
            }
        }
        std::future::pending::<()>().await;
        drop(held);
    }))
}
