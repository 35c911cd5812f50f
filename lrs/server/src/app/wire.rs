//! Requests of pipes over HTTP: to addresses that people have set, so bounded in time, size and place.
//!
//! A name is resolved here, and an address that pipes may not reach is not connected to, whatever name leads there and
//! however the name changes. Redirects are not followed, so that credentials go nowhere else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Response};
use service::pipes::{PipeWire, WireAnswer, WireError, WireRequest};
use url::{Host, Url};

mod reach;

use reach::Reach;

const CONNECTING: Duration = Duration::from_secs(10);
const AGENT: &str = concat!("traccia/", env!("CARGO_PKG_VERSION"));

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct OutOfReach(String);

/// Sends the requests of pipes.
pub(super) struct OutboundWire {
    /// For `https`.
    secure: Client,
    /// For `http`, which is for private addresses alone; `None` where these are not reached.
    plain: Option<Client>,
    reach: Reach,
}

impl OutboundWire {
    /// `is_private`: addresses of this machine and of private networks are reached as well, also without TLS.
    pub(super) fn new(is_private: bool) -> Result<Self, reqwest::Error> {
        // One TLS provider for the whole program; a second installation is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let reach = if is_private { Reach::Both } else { Reach::Public };
        let client = |reach: Reach| {
            Client::builder()
                .user_agent(AGENT)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .connect_timeout(CONNECTING)
                .dns_resolver(Arc::new(Resolver(reach)))
        };
        let plain = is_private.then(|| client(Reach::Private).build()).transpose()?;
        Ok(Self { secure: client(reach).https_only(true).build()?, plain, reach })
    }

    /// The client for an address.
    fn client(&self, url: &Url) -> Result<&Client, WireError> {
        let (client, reach) = match (url.scheme(), &self.plain) {
            ("https", _) => (&self.secure, self.reach),
            (_, Some(plain)) => (plain, Reach::Private),
            (_, None) => {
                let why = "http:// is for private addresses, which pipes reach where the setting pipes_private is true: \
                           use https://";
                return Err(WireError::Address(why.into()));
            }
        };
        // Numbers are not resolved.
        let number = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        match number.filter(|address| !reach.has(*address)) {
            Some(address) => Err(WireError::Address(out_of_reach(reach, &address.to_string()))),
            None => Ok(client),
        }
    }
}

#[async_trait]
impl PipeWire for OutboundWire {
    async fn exchange(&self, request: WireRequest) -> Result<WireAnswer, WireError> {
        let WireRequest { url, credentials, version, body, headers, longest } = request;
        let (user, password) = credentials;
        let client = self.client(&url)?;
        let asked = match body {
            None => client.get(url),
            Some((kind, body)) => client.post(url).header(CONTENT_TYPE, kind).body(body),
        };
        let asked = asked.header("X-Experience-API-Version", version);
        let asked = headers.into_iter().fold(asked, |asked, (name, it)| asked.header(name, it));
        let asked = asked.header(ACCEPT, "application/json, multipart/mixed");
        let asked = if user.is_empty() && password.0.is_empty() {
            asked
        } else {
            asked.basic_auth(user, Some(password.0))
        };
        let response = asked.send().await.map_err(|error| told(&error))?;
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers.filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        });
        let headers = headers.collect();
        Ok(WireAnswer { status, headers, body: body_of(response, longest).await? })
    }
}

async fn body_of(mut response: Response, longest: usize) -> Result<Bytes, WireError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| told(&error))? {
        if body.len() + chunk.len() > longest {
            return Err(WireError::Long(longest));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// An error with what caused it, without the address, which people have set.
fn told(error: &reqwest::Error) -> WireError {
    let causes = || std::iter::successors(std::error::Error::source(error), |error| error.source());
    if let Some(why) = causes().find_map(|cause| cause.downcast_ref::<OutOfReach>()) {
        return WireError::Address(why.to_string());
    }
    let last = causes().last().map_or_else(|| error.to_string(), ToString::to_string);
    WireError::Transport(last)
}

/// Resolves names to the addresses within reach.
struct Resolver(Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let all: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let within: Vec<SocketAddr> =
                all.iter().filter(|it| reach.has(it.ip())).copied().collect();
            if within.is_empty() && !all.is_empty() {
                return Err(OutOfReach(out_of_reach(reach, name.as_str())).into());
            }
            Ok(Box::new(within.into_iter()) as Addrs)
        })
    }
}

fn out_of_reach(reach: Reach, host: &str) -> String {
    match reach {
        Reach::Public => format!(
            "{host} is at a private address: pipes reach those where the setting pipes_private is true"
        ),
        Reach::Private => format!("{host} is not at a private address: use https:// for it"),
        Reach::Both => format!("{host} is at an address that no store has"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> WireRequest {
        let credentials = ("key".to_owned(), service::pipes::Hidden("hush".into()));
        let url = Url::parse(url).unwrap();
        WireRequest {
            url,
            credentials,
            version: "1.0.3",
            body: None,
            headers: Vec::new(),
            longest: 1 << 10,
        }
    }

    #[tokio::test]
    async fn what_is_out_of_reach_is_not_connected_to() {
        let (outward, inward) =
            (OutboundWire::new(false).unwrap(), OutboundWire::new(true).unwrap());
        for url in [
            "https://127.0.0.1:9/xapi",
            "https://localhost:9/xapi",
            "http://8.8.8.8/xapi",
            "https://[::1]:9/xapi",
        ] {
            let error = outward.exchange(request(url)).await.unwrap_err();
            assert!(matches!(error, WireError::Address(_)), "{url}: {error:?}");
        }
        for url in [
            "http://169.254.169.254/latest",
            "https://169.254.169.254/latest",
            "http://100.100.100.200/latest",
            "http://[fd00:ec2::254]/latest",
            "http://[64:ff9b::a9fe:a9fe]/latest",
            "https://[2001:0:808:404::5601:5601]/latest",
            "http://8.8.8.8/xapi",
        ] {
            let error = inward.exchange(request(url)).await.unwrap_err();
            assert!(matches!(error, WireError::Address(_)), "{url}: {error:?}");
        }
        // Nothing listens at the port of nobody: it was tried.
        for url in ["http://127.0.0.1:9/xapi", "http://localhost:9/xapi"] {
            let error = inward.exchange(request(url)).await.unwrap_err();
            assert!(matches!(error, WireError::Transport(_)), "{url}: {error:?}");
        }
    }
}
