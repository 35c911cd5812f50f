//! Content on another origin: preflight without credentials, headers it may read.

use e2e::{Document, Reply, Statement, Traccia};
use serde_json::json;

const ORIGIN: &str = "https://moodle.example.org";

fn names(reply: &Reply, header: &str) -> Vec<String> {
    reply.header(header).split(',').map(|name| name.trim().to_ascii_lowercase()).collect()
}

#[tokio::test]
async fn a_preflight_needs_no_credentials() {
    let traccia = Traccia::start().await;
    let asked = "authorization,content-type,if-match,if-none-match,x-experience-api-version";
    for path in ["/statements", "/activities/state", "/agents/profile", "/activities/profile"] {
        let reply = traccia
            .anonymous()
            .without_version()
            .options(path)
            .header("origin", ORIGIN)
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", asked)
            .await;
        reply.is(200);
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{path}: {reply}");
        let methods = names(&reply, "access-control-allow-methods");
        for method in ["get", "put", "post", "delete", "head"] {
            assert!(methods.iter().any(|m| m == method), "{method} at {path} in {methods:?}");
        }
        let headers = names(&reply, "access-control-allow-headers");
        for name in asked.split(',') {
            assert!(headers.iter().any(|h| h == name), "{name} at {path} in {headers:?}");
        }
        assert_eq!(reply.maybe_header("access-control-allow-credentials"), None, "{path}: {reply}");
    }
}

#[tokio::test]
async fn any_header_may_be_sent_but_never_with_the_credentials_that_a_browser_remembers() {
    let traccia = Traccia::start().await;
    for asked in ["cache-control", "x-requested-with", "authorization,x-of-a-library,pragma"] {
        for path in ["/statements", "/api/v1/keys"] {
            let preflight = traccia.anonymous().without_version().options(path);
            let reply = preflight
                .header("origin", ORIGIN)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", asked)
                .await;
            reply.is(200);
            assert_eq!(names(&reply, "access-control-allow-headers").join(","), asked);
            assert_eq!(reply.maybe_header("access-control-allow-credentials"), None);
            assert_eq!(reply.header("access-control-allow-origin"), "*");
        }
    }
    let read = traccia.admin().get("/statements").header("origin", ORIGIN).await.expect(200);
    assert_eq!(read.maybe_header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn content_may_read_what_the_standard_puts_into_headers() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    admin.store_one(&Statement::new().json()).await;
    let state = Document::state("s");
    state.put(&admin, &json!({})).await.is(204);
    for ask in [admin.get("/statements"), state.get(&admin)] {
        let reply = ask.header("origin", ORIGIN).await.expect(200);
        let exposed = names(&reply, "access-control-expose-headers");
        for name in [
            "etag",
            "last-modified",
            "location",
            "x-experience-api-version",
            "x-experience-api-consistent-through",
        ] {
            assert!(exposed.iter().any(|e| e == name), "{name} in {exposed:?}");
        }
    }
}

#[tokio::test]
async fn refusals_can_be_read_across_origins_too() {
    let traccia = Traccia::start().await;
    for (who, status) in [(traccia.anonymous(), 401), (traccia.admin().version("0.9"), 400)] {
        let reply = who.get("/statements").header("origin", ORIGIN).await.expect(status);
        reply.header("access-control-allow-origin");
    }
    let large = traccia.admin().get("/nothing-here").header("origin", ORIGIN).await.expect(404);
    large.header("access-control-allow-origin");
}
