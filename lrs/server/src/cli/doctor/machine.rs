//! What the doctor finds on this machine: settings, store, folders, certificate.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

use super::Finding;
use crate::app;
use crate::app::tls::seconds;
use crate::config::{ConfigError, Engine, Settings};
use store_mongo::MongoStore;
use xapi::clock::Clock;

/// Less room than this is a fault, and less than that a warning, in bytes.
const NO_ROOM: u64 = 256 << 20;
const LITTLE_ROOM: u64 = 5 << 30;
/// A certificate that ends this soon is a warning, in days.
const SOON: i64 = 14;
const DAY: i64 = 86_400;
/// The oldest version of MongoDB's protocol that the engine is written for.
const OLDEST_MONGO: u32 = 5;

/// Each setting that cannot be used, and what of them is unwise.
pub(super) fn settings(settings: &Settings) -> Vec<Finding> {
    let faults = [
        settings.version().err(),
        settings.base_url().err(),
        settings.content_url().err(),
        settings.content_frame_ancestors().err(),
        settings.check_limits().err(),
        settings.check_sessions().err(),
        settings.check_privacy().err(),
        settings.providers().err(),
        settings.proxies().err(),
        settings.tls().err(),
        settings.clamd().err(),
        settings.engine().err(),
    ];
    let bad = |error: ConfigError| {
        Finding::fault("settings", "doctor-settings-bad").with("reason", error)
    };
    let mut findings: Vec<Finding> = faults.into_iter().flatten().map(bad).collect();
    if findings.is_empty() {
        findings.push(Finding::fine("settings", "doctor-settings-fine"));
    }
    let is_local = is_loopback(&settings.listen);
    let base = settings.base_url().ok().flatten().unwrap_or_default().to_owned();
    if base.is_empty() && !is_local {
        findings.push(
            Finding::warning("base_url", "doctor-base-url-unset").with("listen", &settings.listen),
        );
    }
    if !base.is_empty() && base.starts_with("http://") && !is_of_machine(&base) {
        findings.push(Finding::warning("base_url", "doctor-base-url-plain").with("url", &base));
    }
    let has_tls = !settings.tls_certificate.as_os_str().is_empty();
    if !is_local && !has_tls && settings.trusted_proxies.is_empty() {
        let open = Finding::warning("listen", "doctor-listen-open");
        findings.push(open.with("listen", &settings.listen));
    }
    findings
}

fn is_loopback(listen: &str) -> bool {
    let ip = listen.parse::<SocketAddr>().map(|it| it.ip());
    ip.is_ok_and(|ip| ip.is_loopback()) || listen.starts_with("localhost:")
}

fn is_of_machine(url: &str) -> bool {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost"
        || bare.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether the store can be opened, by a reader that changes nothing.
pub(super) async fn store(
    settings: &Settings,
    is_running: bool,
    clock: &Arc<dyn Clock>,
) -> Vec<Finding> {
    let Ok(engine) = settings.engine() else { return Vec::new() };
    let mut findings = Vec::new();
    match &engine {
        Engine::Sqlite(folder) => {
            if !folder.exists() {
                let new = Finding::warning("store", "doctor-store-new");
                return vec![new.with("folder", folder.display())];
            }
            findings.extend(private("data", folder));
            findings.push(room("disk", folder));
            // A server has locked the folder, and says itself how the store is.
            if is_running {
                findings.push(Finding::fine("store", "doctor-store-served"));
                return findings;
            }
        }
        Engine::Mongo(uri) => match MongoStore::server_version(uri, clock.now()).await {
            Ok(version) => findings.push(database(&version)),
            Err(error) => {
                findings.push(Finding::fault("store", "doctor-store-bad").with("reason", error));
                return findings;
            }
        },
    }
    findings.push(match app::open_to_read(&engine).await {
        Ok(_) => Finding::fine("store", "doctor-store-fine"),
        Err(error) => Finding::fault("store", "doctor-store-bad").with("reason", error),
    });
    findings
}

fn database(version: &str) -> Finding {
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major >= OLDEST_MONGO) {
        Finding::fine("database", "doctor-database-fine").with("version", version)
    } else {
        Finding::fault("database", "doctor-database-old").with("version", version)
    }
}

/// The folders beside the store, each with what it is for.
pub(super) fn folders(settings: &Settings) -> Vec<Finding> {
    let mut folders: Vec<(&'static str, PathBuf)> = Vec::new();
    if !settings.datasets.as_os_str().is_empty() {
        folders.push(("datasets", settings.datasets.clone()));
    }
    if !settings.clamd.is_empty() && !settings.quarantine.as_os_str().is_empty() {
        folders.push(("quarantine", settings.quarantine.clone()));
    }
    folders.push(("temporary", std::env::temp_dir()));
    let look = |(check, folder): (&'static str, PathBuf)| {
        if !folder.exists() {
            let missing = Finding::warning(check, "doctor-folder-missing");
            return vec![missing.with("folder", folder.display())];
        }
        let mut findings = vec![writable(check, &folder), room(check, &folder)];
        if check != "temporary" {
            findings.extend(private(check, &folder));
        }
        findings
    };
    folders.into_iter().flat_map(look).collect()
}

/// Whether a file can be made in a folder.
fn writable(check: &'static str, folder: &Path) -> Finding {
    match tempfile::tempfile_in(folder) {
        Ok(_) => Finding::fine(check, "doctor-folder-fine").with("folder", folder.display()),
        Err(error) => Finding::fault(check, "doctor-folder-unwritable")
            .with("folder", folder.display())
            .with("reason", error),
    }
}

/// How much is left on the disk of a folder.
#[cfg(unix)]
fn room(check: &'static str, folder: &Path) -> Finding {
    let Ok(disk) = rustix::fs::statvfs(folder) else {
        return Finding::warning(check, "doctor-folder-missing").with("folder", folder.display());
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let finding = if free < NO_ROOM {
        Finding::fault(check, "doctor-disk-full")
    } else if free < LITTLE_ROOM {
        Finding::warning(check, "doctor-disk-low")
    } else {
        Finding::fine(check, "doctor-disk-fine")
    };
    finding.with("folder", folder.display()).with("megabytes", free >> 20)
}

#[cfg(not(unix))]
fn room(check: &'static str, folder: &Path) -> Finding {
    Finding::fine(check, "doctor-folder-fine").with("folder", folder.display())
}

/// What others of this machine may read in a folder.
#[cfg(unix)]
fn private(check: &'static str, folder: &Path) -> Vec<Finding> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let mut findings = Vec::new();
    let Ok(of_folder) = std::fs::metadata(folder) else { return findings };
    let (mode, me) = (of_folder.permissions().mode() & 0o777, rustix::process::geteuid().as_raw());
    if mode & 0o077 != 0 {
        let open = Finding::warning(check, "doctor-folder-open");
        findings.push(open.with("folder", folder.display()).with("mode", format!("{mode:o}")));
    }
    if of_folder.uid() != me && me != 0 {
        let other = Finding::fault(check, "doctor-folder-other");
        findings.push(other.with("folder", folder.display()).with("owner", of_folder.uid()));
    }
    findings
}

#[cfg(not(unix))]
fn private(_: &'static str, _: &Path) -> Vec<Finding> {
    Vec::new()
}

/// The certificate of TLS of the server's own.
pub(super) fn certificate(settings: &Settings, clock: &Arc<dyn Clock>) -> Vec<Finding> {
    let Ok(Some(files)) = settings.tls() else { return Vec::new() };
    let now = seconds(clock);
    let loaded = match files.load(now) {
        Ok(loaded) => loaded,
        Err(error) => {
            let bad = Finding::fault("certificate", "doctor-certificate-bad");
            return vec![bad.with("reason", error)];
        }
    };
    let days = (loaded.validity.1 - now) / DAY;
    let mut findings = vec![if days < SOON {
        Finding::warning("certificate", "doctor-certificate-ends").with("days", days)
    } else {
        Finding::fine("certificate", "doctor-certificate-fine").with("days", days)
    }];
    let base = settings.base_url().ok().flatten().and_then(|url| Url::parse(url).ok());
    if let Some(host) = base.as_ref().and_then(Url::domain)
        && !loaded.names.iter().any(|name| is_for(name, host))
    {
        let names = loaded.names.join(", ");
        let other = Finding::fault("certificate", "doctor-certificate-other");
        findings.push(other.with("host", host).with("names", names));
    }
    findings
}

/// Whether a name of a certificate is that of a host; `*` stands for the first label.
fn is_for(name: &str, host: &str) -> bool {
    let rest = |text: &str| text.split_once('.').map(|(_, rest)| rest.to_owned());
    name == host || (name.starts_with("*.") && rest(name) == rest(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(findings: &[Finding]) -> Vec<&'static str> {
        findings.iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn settings_that_cannot_be_used_or_are_unwise_are_named() {
        assert_eq!(codes(&settings(&Settings::default())), ["doctor-settings-fine"]);
        let open = Settings { listen: "0.0.0.0:8080".into(), ..Settings::default() };
        assert_eq!(
            codes(&settings(&open)),
            ["doctor-settings-fine", "doctor-base-url-unset", "doctor-listen-open"]
        );
        let plain = Settings { base_url: "http://lrs.example.org".into(), ..Settings::default() };
        assert_eq!(codes(&settings(&plain)), ["doctor-settings-fine", "doctor-base-url-plain"]);
        let bad = Settings {
            base_url: "lrs.example.org".into(),
            clamd: "clamd".into(),
            tls_key: "key.pem".into(),
            ..Settings::default()
        };
        assert_eq!(codes(&settings(&bad)), ["doctor-settings-bad"; 3]);
    }

    #[test]
    fn a_name_with_a_star_is_for_one_label() {
        assert!(is_for("lrs.example.org", "lrs.example.org"));
        assert!(is_for("*.example.org", "lrs.example.org"));
        assert!(!is_for("*.example.org", "a.lrs.example.org"));
        assert!(!is_for("*.example.org", "example.org"));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_read_is_told_of() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let open = |mode| {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(folder.path(), mode).unwrap();
            codes(&private("data", folder.path()))
        };
        assert_eq!(open(0o755), ["doctor-folder-open"]);
        assert_eq!(open(0o700), [""; 0]);
    }
}
