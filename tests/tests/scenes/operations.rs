//! What an administrator sees of a server: metrics, its log, the ids of requests, and whom these come from.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
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

/// A supervisor that hangs empties no pipe; the pipe holds 64 kB.
#[cfg(unix)]
#[tokio::test]
async fn a_log_that_nobody_reads_keeps_no_request_waiting() {
    const DROPPED: &str = "traccia_log_lines_dropped_total ";
    let setup = Setup::default().unread().variable("TRACCIA_LOG", "trace");
    let mut traccia = setup.start().await;
    let admin = traccia.admin();
    let mut dropped = 0.0;
    for _ in 0..4_000 {
        admin.get("/healthz").await.is(200);
        let metrics = admin.get("/metrics").await.expect(200).text();
        dropped = value(&metrics, DROPPED);
        if dropped > 0.0 {
            break;
        }
    }
    assert!(dropped > 0.0, "what does not fit is counted");
    admin.post("/statements").json(&json!([Statement::new().json()])).await.is(200);
    assert_eq!(traccia.stop().await, Some(0), "and the server ends");
}

#[tokio::test]
async fn files_of_the_browser_ui_are_logged_for_those_who_look_closer() {
    let traccia = Setup::default().arguments(&["--log-format", "json"]).start().await;
    let page = traccia.anonymous().get("/").await;
    let (page, is_built) = (page.header("x-request-id"), page.status == 200);
    let refused = traccia.anonymous().get("/nowhere").await.header("x-request-id");
    let lines = lines(&traccia, &refused).await;
    let is_logged = |id: &str| lines.iter().any(|line| line["id"] == id);
    assert_eq!(is_logged(&page), !is_built, "{lines:?}");
}

/// A document of the folder `docs/operations`.
fn document(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// What `promtool ARGUMENTS` says of `input`, and whether all is well.
async fn promtool(arguments: &[&str], input: &str) -> (bool, String) {
    use tokio::io::AsyncWriteExt as _;

    let mut command = tokio::process::Command::new("promtool");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().expect("promtool, of Debian's package prometheus");
    running.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
    let output = running.wait_with_output().await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// The queries of the dashboard as rules, with what Grafana puts in place of its variables.
fn rules_of_the_dashboard() -> Value {
    let dashboard: Value = serde_json::from_str(&document("grafana.json")).unwrap();
    let mut rules = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            let query = query.replace("$__rate_interval", "5m").replace("$instance", ".*");
            rules.push(json!({"record": format!("query:{}", rules.len()), "expr": query}));
        }
    }
    json!({"groups": [{"name": "dashboard", "rules": rules}]})
}

#[tokio::test]
#[ignore = "needs promtool: Debian's package prometheus, then --include-ignored"]
async fn promtool_takes_metrics_alerts_and_the_queries_of_the_dashboard() {
    let traccia = Traccia::start().await;
    traccia.admin().post("/statements").json(&json!([Statement::new().json()])).await.is(200);
    let metrics = traccia.admin().get("/metrics").await.expect(200).text();
    let samples: BTreeSet<&str> = metrics.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(samples.len() > 20, "{metrics}");
    let queries = traccia.file("dashboard.json", rules_of_the_dashboard().to_string());
    let alerts = traccia.file("alerts.yml", document("alerts.yml"));
    let checks: [(&[&str], &str); 3] = [
        (&["check", "metrics"], &metrics),
        (&["check", "rules", "--lint-fatal", &queries], ""),
        (&["check", "rules", "--lint-fatal", &alerts], ""),
    ];
    for (arguments, input) in checks {
        let (is_well, said) = promtool(arguments, input).await;
        assert!(is_well, "{arguments:?}: {said}");
    }
}
