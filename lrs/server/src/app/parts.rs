//! The parts of a server that take more than one call to make.

use std::net::SocketAddr;
use std::sync::Arc;

use super::wire::OutboundWire;
use super::{StartError, dataset_place};
use crate::config::Settings;
use crate::failpoint;
use dataset::ranges::Period;
use http_api::content::{ContentHost, Off};
use oidc::Providers;
use service::compute::Compute;
use service::datasets::DataLane;
use service::keys::Keys;
use service::memory::Memory;
use service::packages::Packages;
use service::pipes::Pipes;
use service::progress::CourseService;
use service::reactions::{Reactions, Reactor};
use service::record::Record;
use service::refusals::{RefusalLog, Refusals};
use service::scan::Scanner;
use store::Store;
use xapi::clock::Clock;

/// Where packages are played. Without settings the application is at any name of this machine, and packages are at
/// `content.localhost`, which browsers take for this machine. Where the application is for others, `content_url` is needed.
pub(super) fn content_host(
    memory: &Memory,
    (scheme, socket): (&str, SocketAddr),
    (base_url, content_url): (Option<&str>, Option<&str>),
    ancestors: &[String],
) -> ContentHost {
    let port = socket.port();
    if let (Some(base_url), None) = (base_url, content_url)
        && !is_of_this_machine(base_url)
    {
        return ContentHost::off(Off::NoUrl(base_url.to_owned()));
    }
    let own = || vec![format!("{scheme}://{socket}"), format!("{scheme}://localhost:{port}")];
    let origin = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
    let app = base_url.map_or_else(own, |url| vec![origin(url)]);
    let base_url = base_url.map_or_else(|| format!("{scheme}://{socket}"), str::to_owned);
    let url = content_url.map_or_else(|| content_of(&base_url), str::to_owned);
    ContentHost::new(&url, &base_url, (&app, ancestors), memory.part(memory.size() / 4))
}

/// Where packages are on this machine: at the port of `base_url`, which may lead to another one of the server.
fn content_of(base_url: &str) -> String {
    let base = url::Url::parse(base_url).ok();
    let scheme = base.as_ref().map_or("http", url::Url::scheme);
    let port = base.as_ref().and_then(url::Url::port);
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://content.localhost{port}")
}

/// The tables of a store, whose files lie where the settings say and are sealed from now on.
pub(super) async fn data_lane(
    settings: &Settings,
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
) -> Result<DataLane, StartError> {
    let address = &settings.datasets;
    let place =
        if address.as_os_str().is_empty() { None } else { Some(dataset_place(address).await?) };
    let period = if settings.datasets_hourly { Period::Hour } else { Period::Day };
    let data = DataLane::of(store, clock, place, period).await?;
    // Files of another store are found before anything is answered.
    data.manifest("").await?;
    tokio::spawn(data.clone().keep_sealed());
    Ok(data)
}

/// The packages of a store, for a server that is seen at an address; with the store's secret.
pub(super) fn packages(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    (record, progress, compute): (&Record, &CourseService, &Compute),
    of: (&str, [u8; 32]),
) -> Packages {
    let (record, progress, compute) = (record.clone(), progress.clone(), compute.clone());
    Packages::new(Arc::clone(store), Arc::clone(clock), record, progress, compute, of)
}

/// The reactions of a store, which are looked at from now on.
pub(super) fn reactions(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    (record, progress): (&Record, &CourseService),
    (base_url, memory): (&str, &Memory),
) -> Reactions {
    let (record, progress) = (record.clone(), progress.clone());
    let (store, clock) = (Arc::clone(store), Arc::clone(clock));
    let reactions = Reactions::new(store, clock, record, progress, memory, base_url);
    tokio::spawn(Reactor::new(reactions.clone()).run());
    reactions
}

/// The keys of a store.
pub(super) fn keys(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    progress: &CourseService,
    (base_url, secret): (&str, [u8; 32]),
) -> Keys {
    Keys::new(Arc::clone(store), Arc::clone(clock), progress.clone(), base_url, secret)
}

/// The identity providers of the settings, for a server that is seen at `base_url`.
pub(super) fn providers(
    known: Vec<oidc::KnownProvider>,
    (base_url, secret): (&str, [u8; 32]),
    clock: &Arc<dyn Clock>,
) -> Result<Providers, StartError> {
    // One TLS provider for the whole program; a second installation is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(Providers::new(known, base_url, secret, clock)?)
}

/// Why requests were refused, in a store.
pub(super) fn refusals(store: &Arc<dyn Store>, clock: &Arc<dyn Clock>) -> Refusals {
    let log = RefusalLog::start(Arc::clone(store), Arc::clone(clock));
    Refusals::new(Arc::clone(store), log)
}

/// The pipes of a store, which run from now on.
pub(super) fn pipes(
    store: &Arc<dyn Store>,
    record: &Record,
    (scanner, memory): (&Scanner, &Memory),
    (base_url, is_private): (&str, bool),
) -> Result<Pipes, StartError> {
    let wire = Arc::new(OutboundWire::new(is_private)?);
    let (store, record, scanner) = (Arc::clone(store), record.clone(), scanner.clone());
    let pipes = Pipes::new(store, record, wire, scanner, memory, base_url);
    let pipes = pipes.stepping(failpoint::reach);
    tokio::spawn(pipes.clone().keep_running());
    Ok(pipes)
}

/// Whether browsers on other machines are not meant to reach an address.
fn is_of_this_machine(url: &str) -> bool {
    let url = url::Url::parse(url).ok();
    match url.as_ref().and_then(url::Url::host) {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_where_base_url_leads_and_within_the_one_budget() {
        let memory = Memory::new(1000);
        let socket = SocketAddr::from(([127, 0, 0, 1], 8080));
        for (base_url, content_url, expected) in [
            (None, None, "http://content.localhost:8080"),
            (Some("http://localhost:9000"), None, "http://content.localhost:9000"),
            (Some("https://localhost/lrs"), None, "https://content.localhost"),
            (Some("http://localhost:9000"), Some("http://c.example"), "http://c.example"),
        ] {
            let host = content_host(&memory, ("http", socket), (base_url, content_url), &[]);
            assert_eq!(host.place(), Ok(expected), "{base_url:?}");
        }
    }
}
