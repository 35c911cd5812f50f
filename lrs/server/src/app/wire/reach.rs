//! Which addresses pipes and webhooks may connect to.
//!
//! An address of version 6 that stands for one of version 4 (mapped, behind a translator, in a tunnel) is judged by that one:
//! it leads to the same machine under another spelling.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses are connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those that everybody can reach.
    Public,
    /// Those of this machine and of private networks.
    Private,
    /// Both.
    Both,
}

/// Whose an address is. The later one of two is the stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    /// Everybody can reach it.
    Public,
    /// This machine's, or of a private network.
    Private,
    /// No store has it: what gives a machine in a cloud its credentials, all machines of a network at once, nobody's.
    NoStore,
}

/// Where the machines of a cloud are told their credentials, at addresses that would be private or public by their network:
/// `169.254.0.0/16`, where most clouds have it, is no store's as a whole.
const METADATA_V4: [Ipv4Addr; 2] = [
    Ipv4Addr::new(100, 100, 100, 200), // Alibaba Cloud, in the shared space of RFC 6598
    Ipv4Addr::new(168, 63, 129, 16),   // Azure, in a public network
];
/// The same at unique local addresses, a network of the cloud's for each.
const METADATA_V6: [[u16; 3]; 2] = [
    [0xfd00, 0xec2, 0], // AWS: fd00:ec2::254, and ::23 of its containers
    [0xfd20, 0xce, 0],  // Google Cloud: fd20:ce::254
];

impl Reach {
    /// Whether pipes connect to this address.
    pub(super) fn has(self, address: IpAddr) -> bool {
        let whose = match address {
            IpAddr::V4(address) => v4(address),
            IpAddr::V6(address) => v6(address),
        };
        match self {
            Self::Public => whose == Whose::Public,
            Self::Private => whose == Whose::Private,
            Self::Both => whose != Whose::NoStore,
        }
    }
}

fn v4(address: Ipv4Addr) -> Whose {
    let [a, b, c, _] = address.octets();
    let is_no_store = METADATA_V4.contains(&address)
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && b & 0xfe == 18);
    if is_no_store {
        return Whose::NoStore;
    }
    let is_private = address.is_private() || address.is_loopback() || (a == 100 && b & 0xc0 == 64);
    if is_private { Whose::Private } else { Whose::Public }
}

fn v6(address: Ipv6Addr) -> Whose {
    let segments = address.segments();
    let [first, second, third, fourth, .., seventh, eighth] = segments;
    if let Some(mapped) = address.to_ipv4_mapped() {
        return v4(mapped);
    }
    if METADATA_V6.iter().any(|network| segments.starts_with(network)) {
        return Whose::NoStore;
    }
    if address.is_loopback() || first & 0xfe00 == 0xfc00 {
        return Whose::Private;
    }
    match (first, second) {
        // NAT64 of RFC 6052 and of RFC 8215, and 6to4.
        (0x64, 0xff9b) => v4(of_segments(seventh, eighth)),
        (0x2002, _) => v4(of_segments(second, third)),
        // Teredo: the server of the tunnel, and its end with all bits turned.
        (0x2001, 0) => v4(of_segments(third, fourth)).max(v4(of_segments(!seventh, !eighth))),
        (0x2001, 0xdb8) => Whose::NoStore,
        _ if first & 0xe000 == 0x2000 => Whose::Public,
        _ => Whose::NoStore,
    }
}

fn of_segments(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_whose(rows: &[&str], whose: Whose) {
        for text in rows {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(Reach::Public.has(address), whose == Whose::Public, "{text}");
            assert_eq!(Reach::Private.has(address), whose == Whose::Private, "{text}");
            assert_eq!(Reach::Both.has(address), whose != Whose::NoStore, "{text}");
        }
    }

    #[test]
    fn addresses_that_everybody_reaches_are_public_in_every_spelling() {
        assert_whose(
            &[
                "8.8.8.8",
                "172.32.0.1",
                "100.128.0.1",
                "168.63.129.17",
                "2a00:1450::1",
                "::ffff:8.8.8.8",
                "64:ff9b::8.8.8.8",
                "2002:808:808::1",
                // Server 8.8.4.4, end 8.8.8.8.
                "2001:0:808:404:0:0:f7f7:f7f7",
                "2001:4860:4860::8888",
            ],
            Whose::Public,
        );
    }

    #[test]
    fn addresses_of_this_machine_and_of_private_networks_are_private_in_every_spelling() {
        assert_whose(
            &[
                "10.1.2.3",
                "127.0.0.1",
                "192.168.7.7",
                "172.31.0.1",
                "100.64.0.1",
                "100.100.100.201",
                "::1",
                "fd00::1",
                "fd00:ec3::254",
                "::ffff:127.0.0.1",
                "::ffff:a01:203",
                "64:ff9b::10.0.0.1",
                "64:ff9b:1::7f00:1",
                "2002:7f00:1::",
                "2002:c0a8:707::1",
                // Teredo: the end 10.0.0.1, then the server 192.168.7.7.
                "2001:0:808:404:0:0:f5ff:fffe",
                "2001:0:c0a8:707:0:0:f7f7:f7f7",
            ],
            Whose::Private,
        );
    }

    #[test]
    fn metadata_of_clouds_and_addresses_of_no_machine_are_never_reached() {
        assert_whose(
            &[
                "169.254.169.254",
                "169.254.170.2",
                "100.100.100.200",
                "168.63.129.16",
                "fd00:ec2::254",
                "fd00:ec2::23",
                "fd20:ce::254",
                "::ffff:169.254.169.254",
                "::ffff:100.100.100.200",
                "::ffff:168.63.129.16",
                "64:ff9b::169.254.169.254",
                "64:ff9b::100.100.100.200",
                "64:ff9b:1::a9fe:a9fe",
                "2002:a9fe:a9fe::",
                "2002:6464:64c8::1",
                // Teredo: the end 169.254.169.254, the end 100.100.100.200, the server 169.254.169.254.
                "2001:0:808:404:0:0:5601:5601",
                "2001:0:808:404:0:0:9b9b:9b37",
                "2001:0:a9fe:a9fe:0:0:f7f7:f7f7",
                "::169.254.169.254",
                "0.0.0.0",
                "224.0.0.1",
                "255.255.255.255",
                "198.18.0.1",
                "192.0.0.192",
                "fe80::1",
                "::",
                "ff02::1",
                "2001:db8::1",
            ],
            Whose::NoStore,
        );
    }
}
