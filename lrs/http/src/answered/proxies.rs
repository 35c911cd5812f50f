//! Whom a request comes from, where proxies are in between: what they say of it is believed of those alone that the
//! settings name.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{ConnectInfo, Request};
use axum::http::header::FORWARDED;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// What most proxies write.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// How many addresses of a header are looked at, from the end.
const HOPS: usize = 32;

/// The header in which proxies say whom a request comes from. Only one is believed: a proxy that writes the one lets the
/// other pass as the client sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedBy {
    /// `X-Forwarded-For`: addresses with commas between them, the nearest last.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239), of which `for` is read.
    Forwarded,
}

impl FromStr for ForwardedBy {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        match name.to_ascii_lowercase().as_str() {
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err(()),
        }
    }
}

/// The proxies that are believed.
#[derive(Debug, Default)]
pub struct Proxies {
    trusted: Vec<IpNet>,
    by: ForwardedBy,
    /// Whether the log has said that a proxy is not named.
    has_said: AtomicBool,
}

/// On a request that says that a proxy passed it on, and comes from none that the settings name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unnamed;

impl Proxies {
    /// These proxies, each an address or a network in CIDR notation.
    ///
    /// # Errors
    /// The first text that is neither.
    pub fn new(trusted: &[String], by: ForwardedBy) -> Result<Self, String> {
        let net = |text: &String| {
            let net = text.trim().parse::<IpNet>().ok();
            net.or_else(|| text.trim().parse::<IpAddr>().ok().map(IpNet::from)).ok_or(text.clone())
        };
        let trusted = trusted.iter().map(net).collect::<Result<_, _>>()?;
        Ok(Self { trusted, by, has_said: AtomicBool::new(false) })
    }

    fn is_trusted(&self, ip: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&ip))
    }

    /// Puts the address of the client in place of the proxy's, and says whether a trusted proxy sent the request. What
    /// counts by address counts by the client's from now on.
    pub(super) fn believe(&self, request: &mut Request) -> bool {
        let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let Some(&ConnectInfo(from)) = from else { return false };
        let peer = from.ip().to_canonical();
        if !self.is_trusted(peer) {
            let headers = request.headers();
            if headers.contains_key(FORWARDED_FOR) || headers.contains_key(FORWARDED) {
                self.hint(peer);
                request.extensions_mut().insert(Unnamed);
            }
            return false;
        }
        if let Some(client) = self.client(request.headers()) {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, 0)));
        }
        true
    }

    /// The nearest address that is not of a trusted proxy; the farthest where all are. What stands before it may be
    /// made up.
    fn client(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let said = match self.by {
            ForwardedBy::XForwardedFor => FORWARDED_FOR,
            ForwardedBy::Forwarded => FORWARDED,
        };
        let values = headers.get_all(said).iter().rev();
        let hops = values.flat_map(|value| value.to_str().unwrap_or("?").rsplit(','));
        let mut client = None;
        for hop in hops.take(HOPS) {
            // One that cannot be read hides all before it.
            let ip = match self.by {
                ForwardedBy::XForwardedFor => address(hop.trim()),
                ForwardedBy::Forwarded => forwarded(hop),
            }?;
            client = Some(ip);
            if !self.is_trusted(ip) {
                break;
            }
        }
        client
    }

    /// Says once that a proxy seems to be there that no setting names.
    fn hint(&self, peer: IpAddr) {
        if !self.has_said.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "a request says that a proxy passed it on, which is not believed: if {peer} is your proxy, name it in \
                 `trusted_proxies`; until then all of its clients count as one address"
            );
        }
    }
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let ip = bare.unwrap_or(text).parse::<IpAddr>().ok();
    Some(ip.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))?.to_canonical())
}

/// The address behind `for` in an element of `Forwarded` (RFC 7239, 4).
fn forwarded(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(node.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::HeaderValue;

    use super::*;

    fn seen(by: ForwardedBy, peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let trusted = ["10.0.0.0/8".to_owned(), "2001:db8::1".to_owned()];
        let proxies = Proxies::new(&trusted, by).unwrap();
        let mut request = Request::new(Body::empty());
        let from: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(from));
        for (name, value) in headers {
            request.headers_mut().append(*name, HeaderValue::from_static(value));
        }
        proxies.believe(&mut request);
        let ConnectInfo(seen) = request.extensions().get::<ConnectInfo<SocketAddr>>().unwrap();
        seen.ip().to_string()
    }

    #[test]
    fn what_a_named_proxy_says_is_believed_up_to_the_first_address_that_is_not_named() {
        let name = "x-forwarded-for";
        for (peer, headers, client) in [
            ("10.0.0.1:9", &[(name, "192.0.2.7")][..], "192.0.2.7"),
            ("10.0.0.1:9", &[(name, "6.6.6.6, 192.0.2.7")], "192.0.2.7"),
            ("10.0.0.1:9", &[(name, "6.6.6.6, 192.0.2.7, 10.0.0.2")], "192.0.2.7"),
            ("10.0.0.1:9", &[(name, "6.6.6.6"), (name, "192.0.2.7")], "192.0.2.7"),
            ("10.0.0.1:9", &[(name, "10.0.0.3")], "10.0.0.3"),
            ("10.0.0.1:9", &[(name, "192.0.2.7:4711")], "192.0.2.7"),
            ("10.0.0.1:9", &[(name, "[2001:db8::7]:4711")], "2001:db8::7"),
            ("10.0.0.1:9", &[(name, "2001:db8::7")], "2001:db8::7"),
            ("10.0.0.1:9", &[(name, "::ffff:192.0.2.7")], "192.0.2.7"),
            ("[::ffff:10.0.0.1]:9", &[(name, "192.0.2.7")], "192.0.2.7"),
            ("[2001:db8::1]:9", &[(name, "192.0.2.7")], "192.0.2.7"),
            // Not believed.
            ("192.0.2.1:9", &[(name, "6.6.6.6")], "192.0.2.1"),
            ("[2001:db8::2]:9", &[(name, "6.6.6.6")], "2001:db8::2"),
            ("10.0.0.1:9", &[("forwarded", "for=6.6.6.6")], "10.0.0.1"),
            // Nothing that can be read.
            ("10.0.0.1:9", &[], "10.0.0.1"),
            ("10.0.0.1:9", &[(name, "")], "10.0.0.1"),
            ("10.0.0.1:9", &[(name, "6.6.6.6, unknown")], "10.0.0.1"),
            ("10.0.0.1:9", &[(name, "6.6.6.6, x,")], "10.0.0.1"),
            ("10.0.0.1:9", &[(name, "[::")], "10.0.0.1"),
        ] {
            assert_eq!(seen(ForwardedBy::XForwardedFor, peer, headers), client, "{headers:?}");
        }
    }

    #[test]
    fn the_standard_header_is_read_where_the_settings_say_so() {
        let name = "forwarded";
        for (value, client) in [
            ("for=192.0.2.7", "192.0.2.7"),
            ("for=6.6.6.6, for=192.0.2.7;proto=https;by=10.0.0.1", "192.0.2.7"),
            ("proto=http; For=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=6.6.6.6, for=_hidden", "10.0.0.1"),
            ("for=unknown", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
        ] {
            let headers = [(name, value), ("x-forwarded-for", "6.6.6.6")];
            assert_eq!(seen(ForwardedBy::Forwarded, "10.0.0.1:9", &headers), client, "{value}");
        }
    }

    #[test]
    fn what_is_no_address_and_no_network_is_refused() {
        let new = |text: &str| Proxies::new(&[text.to_owned()], ForwardedBy::default());
        assert!(new("127.0.0.1").is_ok() && new("::1").is_ok() && new("192.168.0.0/16").is_ok());
        for bad in ["", "proxy.example", "10.0.0.0/33", "10.0.0.1:80", "*"] {
            assert_eq!(new(bad).unwrap_err(), bad);
        }
    }
}
