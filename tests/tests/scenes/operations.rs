//! What an administrator sees of a server: metrics, its log, the ids of requests, and whom these come from.

use std::time::Duration;

use e2e::{Setup, Statement, Traccia, eventually};
use serde_json::{Value, json};
use traccia::app::metrics::METRICS;

/// The lines of a log in JSON, once one of them has this text.
async fn lines(traccia: &Traccia, with: &str) -> Vec<Value> {
    let log = eventually("it is logged", Duration::from_secs(10), || async {
        let log = traccia.log();
        if log.contains(with) { Ok(log) } else { Err(log) }
    })
    .await;
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect()
}

/// The value of a line of metrics that begins so.
fn value(metrics: &str, line: &str) -> f64 {
    let found = metrics.lines().find_map(|it| it.strip_prefix(line));
    let found = found.unwrap_or_else(|| panic!("{line} is not in\n{metrics}"));
    found.trim().parse().unwrap()
}

#[tokio::test]
async fn metrics_tell_of_requests_refusals_statements_store_and_memory() {
    let traccia = Traccia::start().await;
    let asked = json!({"label": "a platform", "scopes": ["statements/write"]});
    let made: Value = traccia.admin().post("/api/v1/keys").json(&asked).await.expect(201).json();
    let name = made["key"].as_str().unwrap();
    let key = traccia.with_key(name, made["secret"].as_str().unwrap());
    let two = json!([Statement::new().json(), Statement::new().json()]);
    key.post("/statements").json(&two).await.is(200);
    key.post("/statements").json(&json!([{"actor": 7}])).await.problem(400);
    traccia.anonymous().get("/metrics").await.problem(401);
    let metrics = traccia.admin().get("/metrics").await.expect(200).text();
    let kept = value(&metrics, &format!("traccia_statements_total{{key=\"{name}\"}}"));
    assert!((kept - 2.0).abs() < f64::EPSILON, "{kept}");
    let refused = metrics.lines().filter(|line| {
        line.starts_with("traccia_refusals_total{") && line.contains(&format!("key=\"{name}\""))
    });
    assert_eq!(refused.count(), 1, "{metrics}");
    let route =
        "traccia_http_requests_total{method=\"POST\",route=\"/xapi/statements\",status=\"400\"}";
    assert!(value(&metrics, route) >= 1.0);
    assert!((value(&metrics, "traccia_store_up") - 1.0).abs() < f64::EPSILON);
    // What this server, on either engine, has nothing to tell of.
    let absent = [
        "traccia_store_checkpoint_seconds",
        "traccia_certificate_expiry_seconds",
        "traccia_scans_total",
        "traccia_follower_lag_seconds",
        "traccia_store_used_bytes",
        "traccia_disk_free_bytes",
    ];
    for (name, ..) in METRICS {
        assert!(
            absent.contains(&name) || metrics.contains(&format!("# TYPE {name} ")),
            "{name}: {metrics}"
        );
    }
}

#[tokio::test]
async fn a_request_is_one_line_with_its_id_and_nothing_that_it_says() {
    let traccia = Setup::default().arguments(&["--log-format", "json"]).start().await;
    let admin = traccia.admin();
    let bad = Statement::new().with("/actor/mbox", "anna@secret.example".into()).json();
    let refused = admin
        .post("/statements?tincan=hush-of-the-query")
        .header("X-Request-Id", "forged")
        .json(&json!([Statement::new().json(), bad]))
        .await;
    let id = refused.header("x-request-id");
    let problem = refused.problem(400);
    assert_eq!(problem.body["request_id"], id.as_str(), "{refused}");
    assert_ne!(id, "forged", "nobody but a trusted proxy names requests");
    let lines = lines(&traccia, &id).await;
    let of_request: Vec<_> = lines.iter().filter(|line| line["id"] == id.as_str()).collect();
    assert_eq!(of_request.len(), 1, "{lines:?}");
    let line = of_request[0];
    assert_eq!(
        (&line["key"], &line["status"], &line["statement"]),
        (&json!("seed"), &json!(400), &json!(1))
    );
    assert_eq!((&line["pointer"], &line["level"]), (&json!("/actor/mbox"), &json!("INFO")));
    assert_eq!(line["message"], "POST \"/xapi/statements\"");
    assert!(line["millis"].is_u64() && line["from"] == "127.0.0.1", "{line}");
    let log = traccia.log();
    for hidden in ["anna@secret", "hush-of-the-query", "seed-secret", "\u{1b}"] {
        assert!(!log.contains(hidden), "{hidden}: {log}");
    }
}

#[tokio::test]
async fn whom_a_request_comes_from_is_believed_of_named_proxies_alone() {
    let named = Setup::default()
        .arguments(&["--log-format", "json"])
        .variable("TRACCIA__TRUSTED_PROXIES", "[\"127.0.0.0/8\"]");
    for (setup, from) in
        [(named, "192.0.2.7"), (Setup::default().arguments(&["--log-format", "json"]), "127.0.0.1")]
    {
        let traccia = setup.start().await;
        let answer = traccia
            .anonymous()
            .get("/statements")
            .header("X-Forwarded-For", "6.6.6.6, 192.0.2.7")
            .header("X-Request-Id", "of-the-proxy")
            .await;
        let health =
            traccia.anonymous().get("/healthz").header("X-Forwarded-For", "192.0.2.7").await;
        assert_eq!(health.expect(200).text().contains("trusted_proxies"), from == "127.0.0.1");
        let id = answer.header("x-request-id");
        assert_eq!(id == "of-the-proxy", from == "192.0.2.7");
        let lines = lines(&traccia, &id).await;
        let line = lines.iter().find(|line| line["id"] == id.as_str()).unwrap();
        assert_eq!(line["from"], from);
        let hint =
            lines.iter().any(|line| line["message"].as_str().unwrap().contains("trusted_proxies"));
        assert_eq!(hint, from == "127.0.0.1", "an unnamed proxy is told of");
    }
}
