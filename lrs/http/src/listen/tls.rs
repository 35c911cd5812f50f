//! TLS of the server's own, for those without a proxy: TLS 1.2 and 1.3, HTTP/1.1 alone, one certificate, which is read anew
//! when its files change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{Acceptor, ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use service::compute::aside;

/// How long the two ends may take to agree.
pub(super) const HANDSHAKE: Duration = Duration::from_secs(10);
/// The largest certificate or key file, in bytes.
const LARGEST: u64 = 1 << 20;

/// Why a certificate cannot be used; each names the setting and the file.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{setting} is {}, which cannot be read: {error}", file.display())]
    Unreadable {
        /// The setting.
        setting: &'static str,
        /// The file.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file holds something else.
    #[error("{setting} is {}, which holds no {wanted} in PEM format (-----BEGIN …-----)", file.display())]
    NotPem {
        /// The setting.
        setting: &'static str,
        /// The file.
        file: PathBuf,
        /// What it should hold.
        wanted: &'static str,
    },
    /// The key is another one's.
    #[error(
        "the key in {} is not the key of the first certificate in {}: put the certificate of this server first, and give \
         the key that its request was made with", key.display(), certificate.display()
    )]
    OtherKey {
        /// The file of `tls_certificate`.
        certificate: PathBuf,
        /// The file of `tls_key`.
        key: PathBuf,
    },
    /// The certificate or key is of a kind that is not served.
    #[error("{} cannot be served: {reason}", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// The certificate is no longer good.
    #[error("the certificate in {} has expired at {end}: have it renewed", file.display())]
    Expired {
        /// The file.
        file: PathBuf,
        /// When, for people.
        end: String,
    },
    /// The certificate is not good yet.
    #[error("the certificate in {} is good from {begin} on: check the clock of this machine", file.display())]
    NotYet {
        /// The file.
        file: PathBuf,
        /// When, for people.
        begin: String,
    },
}

/// The two files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// `tls_certificate`: the certificate of this server, then those between it and one that browsers know; PEM.
    pub certificate: PathBuf,
    /// `tls_key`: its private key; PEM.
    pub key: PathBuf,
}

/// A certificate that can be served.
#[derive(Clone, Debug)]
pub struct LoadedCertificate {
    key: Arc<CertifiedKey>,
    /// From when it is good, and when it ends, in seconds since 1970.
    pub validity: (i64, i64),
    /// The names of servers that it is for, lower case.
    pub names: Vec<String>,
    /// When the files were changed: another value means to read them anew.
    stamp: [Option<std::time::SystemTime>; 2],
}

impl TlsFiles {
    /// Reads both files and holds them against each other, and against the time `now`, in seconds since 1970.
    ///
    /// # Errors
    /// [`TlsError`] says which file is at fault and what to do.
    pub fn load(&self, now: i64) -> Result<LoadedCertificate, TlsError> {
        let stamp = self.stamp();
        let chain = self.chain()?;
        let (validity, names) = self.said_by(chain.first(), now)?;
        let text = read("tls_key", &self.key)?;
        let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| TlsError::NotPem {
            setting: "tls_key",
            file: self.key.clone(),
            wanted: "private key",
        })?;
        let key = CertifiedKey::from_der(chain, key, &ring::default_provider());
        let key = key.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                TlsError::OtherKey { certificate: self.certificate.clone(), key: self.key.clone() }
            }
            other => TlsError::Unusable { file: self.key.clone(), reason: other.to_string() },
        })?;
        Ok(LoadedCertificate { key: Arc::new(key), validity, names, stamp })
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let text = read("tls_certificate", &self.certificate)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| TlsError::NotPem {
            setting: "tls_certificate",
            file: self.certificate.clone(),
            wanted: "certificate",
        })
    }

    /// From when to when the first certificate is good, and for which names.
    fn said_by(
        &self,
        first: Option<&CertificateDer<'_>>,
        now: i64,
    ) -> Result<((i64, i64), Vec<String>), TlsError> {
        let bytes: &[u8] = first.map(AsRef::as_ref).unwrap_or_default();
        let parsed = X509Certificate::from_der(bytes);
        let (_, parsed) = parsed.map_err(|error| TlsError::Unusable {
            file: self.certificate.clone(),
            reason: error.to_string(),
        })?;
        let validity = parsed.validity();
        let (begin, end) = (validity.not_before.timestamp(), validity.not_after.timestamp());
        let file = self.certificate.clone();
        if now > end {
            return Err(TlsError::Expired { file, end: validity.not_after.to_string() });
        }
        if now < begin {
            return Err(TlsError::NotYet { file, begin: validity.not_before.to_string() });
        }
        let others = parsed.subject_alternative_name().ok().flatten();
        let others = others.iter().flat_map(|it| &it.value.general_names);
        let names = others.filter_map(|name| match name {
            x509_parser::extensions::GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            _ => None,
        });
        Ok(((begin, end), names.collect()))
    }

    fn stamp(&self) -> [Option<std::time::SystemTime>; 2] {
        let changed = |file: &Path| fs::metadata(file).and_then(|it| it.modified()).ok();
        [changed(&self.certificate), changed(&self.key)]
    }
}

fn read(setting: &'static str, file: &Path) -> Result<Vec<u8>, TlsError> {
    let unreadable = |error| TlsError::Unreadable { setting, file: file.to_owned(), error };
    let length = fs::metadata(file).map_err(unreadable)?.len();
    if length > LARGEST {
        let error = io::Error::new(io::ErrorKind::InvalidData, "it is larger than 1 MB");
        return Err(unreadable(error));
    }
    fs::read(file).map_err(unreadable)
}

/// The certificate that is served now.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    now: RwLock<LoadedCertificate>,
}

impl Tls {
    /// Serves `loaded`, which came from `files`.
    pub fn new(files: TlsFiles, loaded: LoadedCertificate) -> Arc<Self> {
        tell_end(&loaded);
        Arc::new(Self { files, now: RwLock::new(loaded) })
    }

    /// Reads the files anew: new connections get what is in them now. What cannot be used leaves the certificate that was
    /// served so far.
    ///
    /// # Errors
    /// See [`TlsFiles::load`].
    pub fn reload(&self, now: i64) -> Result<(), TlsError> {
        let loaded = self.files.load(now)?;
        tell_end(&loaded);
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }

    /// Whether a file has changed since the certificate was read.
    pub fn has_changed(&self) -> bool {
        let read = self.now.read().unwrap_or_else(PoisonError::into_inner).stamp;
        self.files.stamp() != read
    }

    /// How connections become those of TLS.
    ///
    /// # Errors
    /// Where the library knows no version of TLS that is wanted here, which does not happen.
    fn config(self: &Arc<Self>) -> io::Result<ServerConfig> {
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(io::Error::other)?;
        let resolver: Arc<dyn ResolvesServerCert> = Arc::new(Resolver(Arc::clone(self)));
        let mut config = config.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Nothing of a request is taken before the other end has shown that it is there.
        config.max_early_data_size = 0;
        Ok(config)
    }
}

/// Handshakes, whose signatures take milliseconds of a processor each, and cost the other end nothing: anybody can ask for
/// many. So they are made on threads that give way to those that answer, as many at a time as there are processors.
#[derive(Clone)]
pub(super) struct Handshakes {
    config: Arc<ServerConfig>,
    turns: Arc<Semaphore>,
}

impl Handshakes {
    /// # Errors
    /// Where the library knows no version of TLS that is wanted here, which does not happen.
    pub(super) fn new(tls: &Arc<Tls>) -> io::Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = Arc::new(Semaphore::new(processors));
        Ok(Self { config: Arc::new(tls.config()?), turns })
    }

    /// The stream within TLS. No turn is taken before the other end has said what it wants, and none while it is waited for
    /// afterwards.
    ///
    /// # Errors
    /// Where the other end breaks off, or the two do not agree.
    pub(super) async fn shake<S>(self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let asked = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let turn = self.turns.acquire_owned().await.map_err(io::Error::other)?;
        let config = self.config;
        let signed = aside(move || {
            let signed = asked.into_stream(config);
            drop(turn);
            signed
        });
        signed.await.map_err(io::Error::other)?.await
    }
}

/// Tells monitoring when the certificate ends.
#[expect(clippy::cast_precision_loss, reason = "gauges are floating-point numbers")]
fn tell_end(loaded: &LoadedCertificate) {
    metrics::gauge!("traccia_certificate_expiry_seconds").set(loaded.validity.1 as f64);
}

/// Gives each handshake the certificate of now.
#[derive(Debug)]
struct Resolver(Arc<Tls>);

impl ResolvesServerCert for Resolver {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.now.read().unwrap_or_else(PoisonError::into_inner).key))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const NOW: i64 = 1_795_000_000;

    /// A certificate that is good in these years, and its key.
    fn made(years: std::ops::Range<i32>) -> (String, String) {
        let mut asked = rcgen::CertificateParams::new(vec!["LRS.example".to_owned()]).unwrap();
        asked.not_before = rcgen::date_time_ymd(years.start, 1, 1);
        asked.not_after = rcgen::date_time_ymd(years.end, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        (asked.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    fn written(certificate: &str, key: &str) -> (tempfile::TempDir, TlsFiles) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let files = TlsFiles { certificate: at("certificate.pem"), key: at("key.pem") };
        fs::write(&files.certificate, certificate).unwrap();
        fs::write(&files.key, key).unwrap();
        (folder, files)
    }

    fn fault(certificate: &str, key: &str) -> String {
        let (_folder, files) = written(certificate, key);
        files.load(NOW).unwrap_err().to_string()
    }

    #[test]
    fn a_certificate_with_its_key_is_loaded_and_names_its_servers() {
        let (certificate, key) = made(2020..2040);
        let (_folder, files) = written(&certificate, &key);
        let loaded = files.load(NOW).unwrap();
        assert_eq!(loaded.names, ["lrs.example"]);
        assert_eq!(loaded.validity, (1_577_836_800, 2_208_988_800));
    }

    #[test]
    fn what_cannot_be_served_is_refused_with_the_setting_and_what_to_do() {
        let (certificate, key) = made(2020..2040);
        let (_, other) = made(2020..2040);
        assert!(fault(&certificate, &other).contains("is not the key of the first certificate"));
        let (old, of_old) = made(2000..2010);
        assert!(fault(&old, &of_old).contains("has expired at"));
        let (next, of_next) = made(2039..2040);
        assert!(fault(&next, &of_next).contains("check the clock"));
        assert!(fault("", &key).starts_with("tls_certificate is"), "{}", fault("", &key));
        assert!(fault(&key, &key).contains("no certificate in PEM format"));
        assert!(fault(&certificate, &certificate).contains("no private key in PEM format"));
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(fault(broken, &key).contains("cannot be served"), "{}", fault(broken, &key));
        let (folder, files) = written(&certificate, &key);
        fs::remove_file(&files.key).unwrap();
        let missing = files.load(NOW).unwrap_err().to_string();
        assert!(missing.starts_with("tls_key is") && missing.contains("cannot be read"));
        drop(folder);
    }

    #[test]
    fn what_cannot_be_used_leaves_the_certificate_that_was_served() {
        let (certificate, key) = made(2020..2040);
        let (_folder, files) = written(&certificate, &key);
        let tls = Tls::new(files.clone(), files.load(NOW).unwrap());
        let served = || tls.now.read().unwrap().validity.1;
        assert!(!tls.has_changed());
        fs::write(&files.key, "nothing").unwrap();
        assert!(tls.reload(NOW).is_err());
        assert_eq!(served(), 2_208_988_800);
        let (certificate, key) = made(2020..2041);
        fs::write(&files.certificate, certificate).unwrap();
        fs::write(&files.key, key).unwrap();
        tls.reload(NOW).unwrap();
        assert_eq!(served(), 2_240_611_200);
    }

    /// Notes on which threads keys are asked for, which is where signatures are made.
    #[derive(Debug)]
    struct Noting(Resolver, Mutex<Vec<Option<String>>>);

    impl ResolvesServerCert for Noting {
        fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
            self.1.lock().unwrap().push(std::thread::current().name().map(str::to_owned));
            self.0.resolve(hello)
        }
    }

    #[tokio::test]
    async fn signatures_are_made_where_they_give_way_and_wait_for_nobody_who_says_nothing() {
        let (certificate, key) = made(2020..2040);
        let (_folder, files) = written(&certificate, &key);
        let loaded = files.load(NOW).unwrap();
        let tls = Tls::new(files, loaded);
        let noting = Arc::new(Noting(Resolver(Arc::clone(&tls)), Mutex::default()));
        let mut config = tls.config().unwrap();
        config.cert_resolver = Arc::<Noting>::clone(&noting);
        let handshakes =
            Handshakes { config: Arc::new(config), turns: Arc::new(Semaphore::new(1)) };
        let begin = || {
            let (here, there) = tokio::io::duplex(1 << 14);
            (here, tokio::spawn(handshakes.clone().shake(there)))
        };
        let silent = [(); 4].map(|()| begin());
        tokio::task::yield_now().await;
        let (here, shaken) = begin();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()).unwrap();
        let client = rustls::ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = tokio_rustls::TlsConnector::from(Arc::new(client));
        let name = "lrs.example".try_into().unwrap();
        let connected = tokio::time::timeout(HANDSHAKE, client.connect(name, here)).await;
        let _client = connected.expect("a turn is free").unwrap();
        shaken.await.unwrap().unwrap();
        assert_eq!(*noting.1.lock().unwrap(), [Some("compute".to_owned())]);
        drop(silent);
    }
}
