//! The settings of what stands between a server and others: proxies, TLS, the scanner for malware.

use http_api::answered::proxies::Proxies;
use http_api::listen::TlsFiles;
use service::scan::{ClamdAddress, Quarantine, Scanner};

use super::{ConfigError, Settings};

impl Settings {
    /// The proxies that are believed.
    ///
    /// # Errors
    /// [`ConfigError`] for what is no address and no network, and for a header that no proxy writes.
    pub fn proxies(&self) -> Result<Proxies, ConfigError> {
        let by = self.proxy_header.parse();
        let by = by.map_err(|()| ConfigError::ProxyHeader(self.proxy_header.clone()))?;
        Proxies::new(&self.trusted_proxies, by).map_err(ConfigError::Proxy)
    }

    /// The files of TLS; `None` for none.
    ///
    /// # Errors
    /// [`ConfigError::HalfTls`] where one of the two is given.
    pub fn tls(&self) -> Result<Option<TlsFiles>, ConfigError> {
        let (certificate, key) = (&self.tls_certificate, &self.tls_key);
        match (certificate.as_os_str().is_empty(), key.as_os_str().is_empty()) {
            (true, true) => Ok(None),
            (false, false) => {
                Ok(Some(TlsFiles { certificate: certificate.clone(), key: key.clone() }))
            }
            _ => Err(ConfigError::HalfTls),
        }
    }

    /// Where clamd is; `None` where files are not scanned.
    ///
    /// # Errors
    /// [`ConfigError::Clamd`] for what is no address.
    pub fn clamd(&self) -> Result<Option<ClamdAddress>, ConfigError> {
        if self.clamd.is_empty() {
            return Ok(None);
        }
        let address = self.clamd.parse();
        address.map(Some).map_err(|()| ConfigError::Clamd(self.clamd.clone()))
    }

    /// What looks at files, with where it puts what it finds.
    pub(crate) fn scanner(&self) -> Result<Scanner, ConfigError> {
        let Some(clamd) = self.clamd()? else { return Ok(Scanner::default()) };
        let folder = if self.quarantine.as_os_str().is_empty() {
            self.data.join("quarantine")
        } else {
            self.quarantine.clone()
        };
        Ok(Scanner::new(clamd, Quarantine::new(folder)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_refused_with_its_setting() {
        let proxies = |trusted: &str, header: &str| {
            let trusted_proxies = vec![trusted.to_owned()];
            let proxy_header = header.to_owned();
            Settings { trusted_proxies, proxy_header, ..Settings::default() }.proxies()
        };
        assert!(proxies("10.0.0.0/8", "forwarded").is_ok());
        let error = proxies("proxy.example", "Forwarded").unwrap_err().to_string();
        assert!(error.starts_with("trusted_proxies has `proxy.example`"), "{error}");
        let error = proxies("127.0.0.1", "X-Real-IP").unwrap_err().to_string();
        assert!(error.starts_with("proxy_header is `X-Real-IP`"), "{error}");

        let tls = |certificate: &str, key: &str| {
            let (tls_certificate, tls_key) = (certificate.into(), key.into());
            Settings { tls_certificate, tls_key, ..Settings::default() }.tls()
        };
        assert_eq!(tls("", "").unwrap(), None);
        assert!(tls("a", "b").unwrap().is_some());
        assert!(matches!(tls("a", ""), Err(ConfigError::HalfTls)));
        assert!(matches!(tls("", "b"), Err(ConfigError::HalfTls)));

        let scanner = |clamd: &str| {
            Settings { clamd: clamd.into(), ..Settings::default() }.scanner().map(|it| it.is_on())
        };
        assert!(!scanner("").unwrap());
        assert!(scanner("/run/clamav/clamd.ctl").unwrap());
        assert!(matches!(scanner("clamd"), Err(ConfigError::Clamd(_))));
    }

    fn document(name: &str) -> String {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations");
        std::fs::read_to_string(folder.join(name)).unwrap()
    }

    #[test]
    fn the_settings_in_the_documents_are_settings_that_can_be_used() {
        for name in ["proxies.md", "tls.md", "malware.md"] {
            let text = document(name);
            let block = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
            let settings: Settings = toml::from_str(block.unwrap()).unwrap();
            assert_ne!(settings, Settings::default(), "{name}");
            settings.proxies().unwrap();
            settings.tls().unwrap();
            settings.clamd().unwrap();
            settings.base_url().unwrap();
            settings.content_url().unwrap();
        }
    }

    /// Each example was tried against the proxy itself; what it must not lose stands here.
    #[test]
    fn the_examples_of_proxies_keep_what_traccia_needs() {
        let nginx = document("nginx.conf") + &document("nginx-proxy.conf");
        let of_nginx = [
            "location /lrs/",
            "proxy_pass http://traccia/;",
            "proxy_http_version 1.1;",
            "Connection \"\"",
            "X-Forwarded-For $remote_addr",
            "X-Request-Id $request_id",
            "client_max_body_size 2g;",
            "proxy_buffering off;",
            "proxy_read_timeout 300s;",
        ];
        let of_apache = [
            "ProxyPreserveHost On",
            "AllowEncodedSlashes NoDecode",
            "nocanon",
            "RequestHeader unset X-Forwarded-For early",
            "RequestHeader unset X-Request-Id early",
            "LimitRequestBody 0",
            "timeout=300",
        ];
        let of_caddy = [
            "handle_path /lrs/*",
            "flush_interval -1",
            "header_up -X-Request-Id",
            "keepalive 60s",
            "versions 1.1",
            "response_header_timeout 300s",
        ];
        for (name, text, parts) in [
            ("nginx", nginx, &of_nginx[..]),
            ("apache", document("apache.conf"), &of_apache),
            ("caddy", document("Caddyfile"), &of_caddy),
        ] {
            for part in parts.iter().chain(&["trusted_proxies = [\"127.0.0.1\"]", "/lrs"]) {
                assert!(text.contains(part), "{name} has lost {part}");
            }
        }
    }
}
