//! Where a request comes from, as far as attempts are counted by it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::Extensions;

/// The address of the other end of a connection, or of the client of a proxy that the settings name. An IPv6
/// address counts by its first 64 bits, as one machine commonly has all the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl Address {
    pub(super) const fn of(ip: IpAddr) -> Self {
        let IpAddr::V6(v6) = ip else { return Self(ip) };
        if let Some(v4) = v6.to_ipv4_mapped() {
            return Self(IpAddr::V4(v4));
        }
        let [a, b, c, d, ..] = v6.segments();
        Self(IpAddr::V6(std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
    }

    /// As people read it.
    pub fn text(self) -> String {
        self.0.to_string()
    }

    /// The address that the connection of a request came from; one and the same for requests
    /// without a connection.
    pub(crate) fn of_request(extensions: &Extensions) -> Self {
        let from = extensions.get::<ConnectInfo<SocketAddr>>();
        Self::of(from.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(from)| from.ip()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_with_many_addresses_is_one() {
        let of = |text: &str| Address::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
