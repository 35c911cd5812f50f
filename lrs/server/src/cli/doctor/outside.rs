//! What the doctor finds when it asks: the server itself, what is seen of it from outside, and those that it depends on.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::Url;
use serde_json::Value;

use super::Finding;
use super::ask::{Answered, Asking};
use crate::app::tls::seconds;
use crate::config::Settings;
use uuid::Uuid;
use xapi::clock::Clock;

/// Clocks further apart than this are worth a warning, in seconds.
const APART: i64 = 60;

/// How the server of these settings answers on this machine.
pub(super) struct Served {
    pub(super) is_running: bool,
    pub(super) findings: Vec<Finding>,
}

/// An id of a request that no other has.
fn new_id() -> String {
    format!("doctor-{}", Uuid::new_v4().simple())
}

/// Where the server listens, as this machine reaches it.
fn listening(settings: &Settings) -> String {
    let here = |address: SocketAddr| {
        let ip = match address.ip() {
            ip if ip.is_unspecified() && ip.is_ipv6() => "[::1]".to_owned(),
            ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
            ip if ip.is_ipv6() => format!("[{ip}]"),
            ip => ip.to_string(),
        };
        format!("{ip}:{}", address.port())
    };
    settings.listen.parse().map_or_else(|_| settings.listen.clone(), here)
}

/// Asks the server where it listens. With TLS of its own its certificate is for another name, so it is asked at `base_url`.
pub(super) async fn server(settings: &Settings, asking: &Asking) -> Served {
    let base = settings.base_url().ok().flatten().unwrap_or_default();
    let has_tls = settings.tls().ok().flatten().is_some();
    let url = if has_tls && !base.is_empty() {
        base.to_owned()
    } else {
        let scheme = if has_tls { "https" } else { "http" };
        format!("{scheme}://{}", listening(settings))
    };
    let ready = match asking.get(&format!("{url}/readyz"), &new_id()).await {
        Ok(ready) => ready,
        Err(reason) => {
            let none = Finding::warning("server", "doctor-server-none");
            let findings = vec![none.with("url", &url).with("reason", reason)];
            return Served { is_running: false, findings };
        }
    };
    let said: Value = serde_json::from_str(&ready.text).unwrap_or_default();
    let mut findings = Vec::new();
    match ready.status {
        200 if !ready.header("x-request-id").is_empty() => {
            findings.push(Finding::fine("server", "doctor-server-fine").with("url", &url));
            let warnings = said.get("warnings").and_then(Value::as_array).into_iter().flatten();
            findings.extend(warnings.filter_map(Value::as_str).map(|warning| {
                Finding::warning("server", "doctor-server-warns").with("reason", warning)
            }));
        }
        503 => {
            let reason = said.get("detail").and_then(Value::as_str).unwrap_or_default();
            let bad = Finding::fault("server", "doctor-server-bad");
            findings.push(bad.with("url", &url).with("reason", reason));
        }
        status => {
            let other = Finding::fault("server", "doctor-server-other");
            let findings = vec![other.with("url", &url).with("status", status)];
            return Served { is_running: false, findings };
        }
    }
    Served { is_running: true, findings }
}

/// Whether the server is seen where its settings say, and whether the proxy in between is named.
pub(super) async fn base_url(
    settings: &Settings,
    asking: &Asking,
    is_running: bool,
) -> Vec<Finding> {
    let Ok(Some(base)) = settings.base_url() else { return Vec::new() };
    if !is_running {
        return Vec::new();
    }
    let seen = match asking.get(&format!("{base}/healthz"), &new_id()).await {
        Ok(seen) if seen.is_traccia() => seen,
        Ok(seen) => {
            let other = Finding::fault("base_url", "doctor-base-url-other");
            let other = other.with("url", base).with("status", seen.status);
            return vec![other];
        }
        Err(reason) => {
            let away = Finding::fault("base_url", "doctor-base-url-away");
            return vec![away.with("url", base).with("reason", reason)];
        }
    };
    let mut findings = vec![Finding::fine("base_url", "doctor-base-url-fine").with("url", base)];
    if is_behind_proxy(settings, base) {
        // The server says so of each request that another machine passed on.
        findings.push(if seen.text.contains("trusted_proxies") {
            Finding::warning("proxy", "doctor-proxy-unnamed")
        } else {
            Finding::fine("proxy", "doctor-proxy-fine")
        });
    }
    findings
}

/// Whether `base_url` leads to another address than the server's own.
fn is_behind_proxy(settings: &Settings, base: &str) -> bool {
    let has_tls = settings.tls().ok().flatten().is_some();
    let own = settings.listen.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    let url = Url::parse(base).ok();
    let is_same = url.is_some_and(|url| {
        url.port_or_known_default() == own && (url.scheme() == "https") == has_tls
    });
    !is_same
}

/// Whether packages can be played where the settings say.
pub(super) async fn content(settings: &Settings, asking: &Asking) -> Vec<Finding> {
    let base = settings.base_url().ok().flatten();
    let Ok(Some(url)) = settings.content_url() else {
        let is_off = base.is_some_and(|base| base.starts_with("https://"));
        let off = || Finding::warning("content_url", "doctor-content-unset");
        return is_off.then(off).into_iter().collect();
    };
    vec![match asking.get(&format!("{url}/"), &new_id()).await {
        // The host of packages has nothing at its root, and says so to no search engine.
        Ok(seen) if seen.status == 404 && seen.header("x-robots-tag") == "noindex" => {
            Finding::fine("content_url", "doctor-content-fine").with("url", url)
        }
        Ok(seen) => Finding::fault("content_url", "doctor-content-other")
            .with("url", url)
            .with("status", seen.status),
        Err(reason) => Finding::fault("content_url", "doctor-content-away")
            .with("url", url)
            .with("reason", reason),
    }]
}

/// Whether this machine reaches Moodle and the identity providers, and their clocks agree with its own.
pub(super) async fn others(
    settings: &Settings,
    asking: &Asking,
    moodle: Option<&Url>,
    clock: &Arc<dyn Clock>,
) -> Vec<Finding> {
    let mut asked: Vec<(&'static str, String)> = Vec::new();
    asked.extend(moodle.map(|url| ("moodle", url.to_string())));
    let documents = settings.oidc.iter().map(|provider| {
        let issuer = provider.issuer.trim_end_matches('/');
        ("oidc", format!("{issuer}/.well-known/openid-configuration"))
    });
    asked.extend(documents);
    let mut findings = Vec::new();
    for (check, url) in asked {
        match asking.get(&url, &new_id()).await {
            Ok(answer) => {
                findings.push(reached(check, &url, &answer));
                findings.extend(apart(&url, &answer, clock));
            }
            Err(reason) => {
                let away = Finding::fault(check, "doctor-other-away");
                findings.push(away.with("url", url).with("reason", reason));
            }
        }
    }
    findings
}

fn reached(check: &'static str, url: &str, answer: &Answered) -> Finding {
    let finding = if answer.status < 400 {
        Finding::fine(check, "doctor-other-fine")
    } else {
        Finding::fault(check, "doctor-other-bad").with("status", answer.status)
    };
    finding.with("url", url)
}

/// How far this clock and that of a server are apart, where that is much.
fn apart(url: &str, answer: &Answered, clock: &Arc<dyn Clock>) -> Option<Finding> {
    let difference = (answer.time()? - seconds(clock)).abs();
    let clocks = Finding::warning("clock", "doctor-clock-apart");
    (difference > APART).then(|| clocks.with("seconds", difference).with("url", url))
}

/// Whether clamd answers.
pub(super) async fn clamd(settings: &Settings) -> Vec<Finding> {
    let Ok(Some(address)) = settings.clamd() else { return Vec::new() };
    vec![match service::scan::ping(&address).await {
        Ok(()) => Finding::fine("clamd", "doctor-clamd-fine").with("address", address),
        Err(error) => Finding::fault("clamd", "doctor-clamd-away")
            .with("address", address)
            .with("reason", error),
    }]
}
