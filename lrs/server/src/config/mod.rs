//! Settings: flags over `TRACCIA__…` variables over a TOML file over the defaults. Names that
//! are not known are refused.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use figment::providers::{Env, Format, Serialized};
use figment::{Figment, Provider};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use validator::Version;

mod base_url;
mod error;
mod network;
mod privacy;

pub use error::{ConfigError, SourceError};
use http_api::limits::Limits;
pub use privacy::Privacy;
use service::people::SessionLimits;

/// The most hours of a session: a month.
const LONGEST_SESSION: u32 = 31 * 24;

/// All settings of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The folder with everything that is kept.
    pub data: PathBuf,
    /// Where to listen, as HOST:PORT.
    pub listen: String,
    /// The storage engine: `sqlite:FOLDER` or `mongodb://HOST/DATABASE`; empty for SQLite in `data`.
    pub store: String,
    /// A file whose trimmed text is the setting `store`, for an address with a password; empty
    /// for none. It counts as `store` given in the same place.
    pub store_file: PathBuf,
    /// The version of xAPI for requests that name none: `1.0.3` or `2.0.0`.
    pub default_version: String,
    /// Where the server is seen from outside, as `https://host/path`; empty for where it listens.
    pub base_url: String,
    /// Where packages are played, as `https://host`; empty for `http://content.localhost` with the port of `listen`. Its
    /// host name must be another one than that of `base_url`.
    pub content_url: String,
    /// Further origins whose pages may show the player in a frame, as `https://moodle.example.it`; none by default.
    pub content_frame_ancestors: Vec<String>,
    /// The folder in which statements are kept as tables, for data teams; empty for none.
    pub datasets: PathBuf,
    /// Whether tables are sealed each hour, and not each day.
    pub datasets_hourly: bool,
    /// Whether pipes reach addresses of this machine and of private networks, also without TLS.
    pub pipes_private: bool,
    /// Parameters that are ignored in xAPI requests: those that players were launched with and
    /// append to every request.
    pub launch_parameters: Vec<String>,
    /// Whether what the standard leaves to the server is refused: `launch_parameters` are unknown
    /// parameters then.
    pub strict: bool,
    /// How much a request may ask.
    pub limits: Limits,
    /// How long people stay signed in.
    pub sessions: SessionLimits,
    /// When erased people go from the files of the store.
    pub privacy: Privacy,
    /// The proxies before this server, by address or network (`10.0.0.0/8`): of them alone it is believed whom a request
    /// comes from.
    pub trusted_proxies: Vec<String>,
    /// The header in which these proxies say so: `X-Forwarded-For` or `Forwarded`.
    pub proxy_header: String,
    /// The certificate of this server, and those between it and one that browsers know, in a PEM file; empty for no TLS.
    pub tls_certificate: PathBuf,
    /// The private key of the certificate, in a PEM file.
    pub tls_key: PathBuf,
    /// The clamd server that attachments and packages are scanned by, as `HOST:PORT` or the path of its socket; empty for
    /// none.
    pub clamd: String,
    /// The folder for what it finds; empty for `quarantine` in `data`.
    pub quarantine: PathBuf,
    /// Identity providers that people may sign in at; none by default.
    pub oidc: Vec<oidc::settings::Provider>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: "data".into(),
            listen: "127.0.0.1:8080".into(),
            store: String::new(),
            store_file: PathBuf::new(),
            default_version: Version::V1_0_3.to_string(),
            base_url: String::new(),
            content_url: String::new(),
            content_frame_ancestors: Vec::new(),
            datasets: PathBuf::new(),
            datasets_hourly: false,
            pipes_private: false,
            launch_parameters: ["tincan", "lang", "cachebuster", "_"].map(str::to_owned).to_vec(),
            strict: false,
            limits: Limits::default(),
            sessions: SessionLimits::default(),
            privacy: Privacy::default(),
            trusted_proxies: Vec::new(),
            proxy_header: "X-Forwarded-For".to_owned(),
            tls_certificate: PathBuf::new(),
            tls_key: PathBuf::new(),
            clamd: String::new(),
            quarantine: PathBuf::new(),
            oidc: Vec::new(),
        }
    }
}

/// Settings given on the command line.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Flags {
    /// See [`Settings::data`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// See [`Settings::listen`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// See [`Settings::store`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// See [`Settings::default_version`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_version: Option<String>,
    /// See [`Settings::datasets`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datasets: Option<PathBuf>,
    /// See [`Settings::strict`].
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
}

impl Settings {
    /// Reads all sources. `file` must exist when it is given.
    pub fn load(file: Option<&Path>, flags: &Flags) -> Result<Self, ConfigError> {
        Self::read(file, Env::prefixed("TRACCIA__").split("__"), flags)
    }

    fn read(
        file: Option<&Path>,
        variables: impl Provider,
        flags: &Flags,
    ) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            if !file.exists() {
                return Err(ConfigError::NoFile(file.to_owned()));
            }
            figment = with_store_file(figment, "the settings file", Toml::file_exact(file))?;
        }
        let figment = with_store_file(figment, "the variables TRACCIA__…", variables)?;
        Ok(figment.merge(Serialized::defaults(flags)).extract()?)
    }

    /// The default version as a version.
    pub fn version(&self) -> Result<Version, ConfigError> {
        Version::from_header(&self.default_version)
            .ok_or_else(|| ConfigError::Version(self.default_version.clone()))
    }

    /// Where the server is seen from outside, without a slash at its end; `None` for where it listens.
    pub fn base_url(&self) -> Result<Option<&str>, ConfigError> {
        if self.base_url.is_empty() {
            return Ok(None);
        }
        let wrong = || ConfigError::BaseUrl(without_password(&self.base_url));
        base_url::checked(&self.base_url).map(Some).ok_or_else(wrong)
    }

    /// Where packages are played, without a slash at its end; `None` for the default.
    pub fn content_url(&self) -> Result<Option<&str>, ConfigError> {
        if self.content_url.is_empty() {
            return Ok(None);
        }
        let wrong = || ConfigError::ContentUrl(without_password(&self.content_url));
        // Tokens and keys stand right behind the host.
        let is_host = |url: &&str| url.matches('/').count() == 2;
        base_url::checked(&self.content_url).filter(is_host).map(Some).ok_or_else(wrong)
    }

    /// The origins beside the application's whose pages may show the player in a frame, each as browsers write it.
    pub fn content_frame_ancestors(&self) -> Result<Vec<String>, ConfigError> {
        let origin = |text: &String| {
            let wrong = || ConfigError::FrameAncestor(without_password(text));
            base_url::origin(text).ok_or_else(wrong)
        };
        self.content_frame_ancestors.iter().map(origin).collect()
    }

    /// The parameters that are ignored in xAPI requests.
    pub(crate) fn ignored_parameters(&self) -> Vec<String> {
        if self.strict { Vec::new() } else { self.launch_parameters.clone() }
    }

    /// Refuses limits under which some requests would never be served.
    pub(crate) const fn check_limits(&self) -> Result<(), ConfigError> {
        if self.limits.is_memory_enough() {
            return Ok(());
        }
        Err(ConfigError::Memory(self.limits.memory(), self.limits.body_bytes))
    }

    /// Refuses sessions that would be over at once, or last for months.
    pub(crate) const fn check_sessions(&self) -> Result<(), ConfigError> {
        let SessionLimits { idle_minutes, hours } = self.sessions;
        let is_good = idle_minutes > 0 && hours > 0 && hours <= LONGEST_SESSION;
        if is_good { Ok(()) } else { Err(ConfigError::Sessions) }
    }

    /// Refuses an hour that no day has.
    pub(crate) const fn check_privacy(&self) -> Result<(), ConfigError> {
        let hour = self.privacy.scrub_hour;
        if hour < 24 { Ok(()) } else { Err(ConfigError::ScrubHour(hour)) }
    }

    /// The identity providers, each with its secret.
    ///
    /// # Errors
    /// [`ConfigError`] for a setting that cannot be used, two providers of one id, and a file that says nothing.
    pub fn providers(&self) -> Result<Vec<oidc::KnownProvider>, ConfigError> {
        let (mut ids, mut issuers) = (BTreeSet::new(), BTreeSet::new());
        let mut known = Vec::new();
        for provider in &self.oidc {
            if let Some(fault) = provider.fault() {
                return Err(ConfigError::Provider(fault));
            }
            let id = &provider.id;
            if !ids.insert(id) {
                return Err(ConfigError::Provider(format!(
                    "oidc.id `{id}` is given twice: each is one provider"
                )));
            }
            if !issuers.insert(&provider.issuer) {
                return Err(ConfigError::Provider(format!(
                    "oidc.issuer {} is given twice: people would have the role of whichever they signed in by last",
                    provider.issuer
                )));
            }
            known.push(oidc::KnownProvider {
                settings: provider.clone(),
                client_secret: secret_of(provider)?,
            });
        }
        Ok(known)
    }

    /// The storage engine, and where it is.
    pub fn engine(&self) -> Result<Engine, ConfigError> {
        if self.store.is_empty() {
            Ok(Engine::Sqlite(self.data.clone()))
        } else {
            self.store.parse()
        }
    }
}

/// The secret of this server at a provider; `None` for a public client.
fn secret_of(provider: &oidc::settings::Provider) -> Result<Option<String>, ConfigError> {
    let file = &provider.client_secret_file;
    if file.as_os_str().is_empty() {
        return Ok(None);
    }
    let wrong = |what: String| {
        let named = format!("oidc.client_secret_file of `{}` is {}", provider.id, file.display());
        ConfigError::Provider(format!("{named}: {what}"))
    };
    match std::fs::read_to_string(file) {
        Ok(text) if text.trim().is_empty() => Err(wrong("it is empty".to_owned())),
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) => Err(wrong(format!("it cannot be read: {error}"))),
    }
}

/// Reads TOML with the version of `toml` that course files are read with; figment would bring an older one.
struct Toml;

impl Format for Toml {
    type Error = toml::de::Error;

    const NAME: &'static str = "TOML";

    fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, Self::Error> {
        toml::from_str(text)
    }
}

/// Merges one source, with what its `store_file` holds as its `store`: so a secret in a file has
/// the rank of the source that names the file.
fn with_store_file(
    figment: Figment,
    name: &'static str,
    source: impl Provider,
) -> Result<Figment, ConfigError> {
    let source = Figment::from(source);
    let text = |key: &str| source.extract_inner::<String>(key).unwrap_or_default();
    let (store, file) = (text("store"), PathBuf::from(text("store_file")));
    let figment = figment.merge(source);
    if file.as_os_str().is_empty() {
        return Ok(figment);
    }
    if !store.is_empty() {
        return Err(ConfigError::TwoStores(name));
    }
    match std::fs::read_to_string(&file) {
        Ok(text) if text.trim().is_empty() => Err(ConfigError::EmptyStoreFile(file)),
        Ok(text) => Ok(figment.merge(Serialized::default("store", text.trim()))),
        Err(error) => Err(ConfigError::StoreFile(file, error)),
    }
}

/// A storage engine, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one, in a folder.
    Sqlite(PathBuf),
    /// A database that speaks `MongoDB`'s protocol, by its URI.
    Mongo(String),
}

impl FromStr for Engine {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text.split_once(':') {
            Some(("sqlite", folder)) if !folder.is_empty() => Ok(Self::Sqlite(folder.into())),
            Some(("mongodb" | "mongodb+srv", rest)) if rest.starts_with("//") => {
                Ok(Self::Mongo(text.to_owned()))
            }
            _ => Err(ConfigError::Store(without_password(text))),
        }
    }
}

/// `text` as it may be shown.
fn without_password(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `variables`, written as TOML, give over the settings file of this text.
    fn read(file: &str, variables: &str, flags: &Flags) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traccia.toml");
        std::fs::write(&path, file).unwrap();
        Settings::read(Some(&path), Toml::string(variables), flags)
    }

    #[test]
    fn the_store_may_be_written_in_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        std::fs::write(&path, "\n  sqlite:/secret \n").unwrap();
        let named = format!("store_file = {path:?}");
        let none = Flags::default();
        let store = |file: &str, variables: &str, flags: &Flags| {
            read(file, variables, flags).unwrap().store
        };
        assert_eq!(store("", &named, &none), "sqlite:/secret");
        assert_eq!(store(&named, "", &none), "sqlite:/secret");
        assert_eq!(store("store = \"sqlite:/file\"", &named, &none), "sqlite:/secret");
        assert_eq!(store(&named, "store = \"sqlite:/variable\"", &none), "sqlite:/variable");
        assert_eq!(store("", &format!("store = \"\"\n{named}"), &none), "sqlite:/secret");
        assert_eq!(store("store = \"sqlite:/file\"", "store_file = \"\"", &none), "sqlite:/file");
        let flags = Flags { store: Some("sqlite:/flag".into()), ..Flags::default() };
        assert_eq!(store("", &named, &flags), "sqlite:/flag");
    }

    #[test]
    fn a_store_file_that_is_missing_or_empty_or_given_beside_the_store_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let named = format!("store_file = {path:?}");
        let error = |variables: &str| read("", variables, &Flags::default()).unwrap_err();
        let missing = error(&named).to_string();
        assert!(missing.contains(path.to_str().unwrap()), "{missing}");
        std::fs::write(&path, " \n").unwrap();
        assert!(matches!(error(&named), ConfigError::EmptyStoreFile(_)));
        std::fs::write(&path, "sqlite:/secret").unwrap();
        let both = error(&format!("store = \"sqlite:/variable\"\n{named}"));
        assert!(both.to_string().contains("store and store_file"), "{both}");
    }

    #[test]
    fn flags_stand_over_the_file_and_unknown_names_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("traccia.toml");
        std::fs::write(&file, "listen = \"a:1\"\n[limits]\nbody_bytes = 10\n").unwrap();
        let flags = Flags { listen: Some("b:2".into()), ..Flags::default() };
        let settings = Settings::load(Some(&file), &flags).unwrap();
        assert_eq!((settings.listen.as_str(), settings.limits.body_bytes), ("b:2", 10));

        std::fs::write(&file, "lisen = \"a:1\"\n").unwrap();
        let error = Settings::load(Some(&file), &Flags::default()).unwrap_err();
        assert!(error.to_string().contains("lisen"), "{error}");
    }

    #[test]
    fn the_quiet_hour_is_one_of_a_day() {
        let none = Flags::default();
        let hour = |file: &str| {
            let settings = read(file, "", &none).unwrap();
            settings
                .check_privacy()
                .map(|()| settings.privacy.scrub_hour)
                .map_err(|it| it.to_string())
        };
        assert_eq!(hour(""), Ok(3));
        assert_eq!(hour("[privacy]\nscrub_hour = 23"), Ok(23));
        let refused = hour("privacy.scrub_hour = 24").unwrap_err();
        assert!(refused.contains("privacy.scrub_hour is 24"), "{refused}");
    }

    #[test]
    fn no_parameter_is_ignored_where_the_server_is_strict() {
        let none = Flags::default();
        let strict = Flags { strict: true, ..Flags::default() };
        let ignored =
            |file: &str, flags: &Flags| read(file, "", flags).unwrap().ignored_parameters();
        assert_eq!(ignored("", &none), ["tincan", "lang", "cachebuster", "_"]);
        assert_eq!(ignored("launch_parameters = [\"slide\"]", &none), ["slide"]);
        assert_eq!(ignored("", &strict), [""; 0]);
        assert_eq!(
            ignored("strict = true", &none),
            [""; 0],
            "a flag that is not given says nothing"
        );
    }

    #[test]
    fn a_fault_is_named_as_the_file_names_it_and_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("traccia.toml");
        let fault = |text: &str| {
            std::fs::write(&file, text).unwrap();
            let error = Settings::load(Some(&file), &Flags::default()).unwrap_err().to_string();
            assert!(!error.contains("default."), "{error}");
            let (first, fault) = error.split_once("\n  ").unwrap();
            assert_eq!(first, "the settings are not usable");
            fault.replace(&file.display().to_string(), "FILE")
        };
        assert_eq!(
            fault("lisen = \"a:1\"\n"),
            "lisen in FILE: there is no such setting; did you mean `listen`?"
        );
        let unknown = fault("[limits]\nquorum = 3\n");
        let begin = "limits.quorum in FILE: there is no such setting; there are body_bytes, ";
        assert!(unknown.starts_with(begin), "{unknown}");
        assert_eq!(
            fault("[limits]\nbody_bytes = \"big\"\n"),
            "limits.body_bytes in FILE: invalid type: found string \"big\", expected usize"
        );
        let syntax = fault("listen = \n");
        assert!(syntax.contains("line 1"), "{syntax}");
    }

    #[test]
    fn providers_are_read_with_their_secrets_or_refused_with_the_setting() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, " hush\n").unwrap();
        let one = format!(
            "[[oidc]]\nid = \"ente\"\nissuer = \"https://idp.example.it\"\nclient_id = \"traccia\"\n\
             client_secret_file = {file:?}\nroles = {{ admin = \"administrator\" }}\n"
        );
        let providers = |file: &str| read(file, "", &Flags::default()).unwrap().providers();
        let known = providers(&one).unwrap();
        assert_eq!(known[0].settings.id, "ente");
        assert_eq!(known[0].client_secret.as_deref(), Some("hush"));
        let public = one.replace("client_secret_file", "#");
        assert_eq!(providers(&public).unwrap()[0].client_secret, None);
        let fault = |file: &str| providers(file).unwrap_err().to_string();
        assert!(fault(&format!("{one}{one}")).starts_with("oidc.id `ente` is given twice"));
        let again = one.replace("\"ente\"", "\"other\"");
        assert!(
            fault(&format!("{one}{again}")).starts_with("oidc.issuer https://idp.example.it is")
        );
        assert!(fault(&one.replace("https:", "http:")).starts_with("oidc.issuer of `ente`"));
        std::fs::write(&file, "\n").unwrap();
        assert!(fault(&one).starts_with("oidc.client_secret_file of `ente`"), "{}", fault(&one));
        let error = read(&one.replace("administrator", "boss"), "", &Flags::default()).unwrap_err();
        assert!(error.to_string().contains("boss"), "{error}");
    }

    #[test]
    fn stores_are_named_by_scheme() {
        let engine = |store: &str| Settings { store: store.into(), ..Settings::default() }.engine();
        assert_eq!(engine("").unwrap(), Engine::Sqlite("data".into()));
        assert_eq!(engine("sqlite:/var/lib/t").unwrap(), Engine::Sqlite("/var/lib/t".into()));
        for uri in ["mongodb://a,b/t?replicaSet=rs0", "mongodb+srv://u:p@c.example/t"] {
            assert_eq!(engine(uri).unwrap(), Engine::Mongo(uri.to_owned()));
        }
        for other in ["sqlite:", "oracle:x", "mongodb:x", "mongo"] {
            assert!(engine(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        for wrong in ["mongo://u:hush@h/t", "mongodb:u:hush@h/t", "u:hush@h/t", "//u:hu@sh@h/t"] {
            let error = wrong.parse::<Engine>().unwrap_err().to_string();
            assert!(error.contains("`…@h/t`") && !error.contains("hu"), "{error}");
        }
    }
}
