//! Policy of permitted network addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Non-public IPv4 networks: the IANA IPv4 Special-Purpose Address Registry, multicast, reserved networks, and one
/// public address used only inside a cloud provider.
const CLOSED_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),          // "this network", the unspecified address
    (Ipv4Addr::new(10, 0, 0, 0), 8),         // private (RFC 1918)
    (Ipv4Addr::new(100, 64, 0, 0), 10),      // shared by carriers (RFC 6598)
    (Ipv4Addr::new(127, 0, 0, 0), 8),        // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32),   // Azure's platform services, as seen from its machines
    (Ipv4Addr::new(169, 254, 0, 0), 16),     // link-local, the metadata services of most clouds
    (Ipv4Addr::new(172, 16, 0, 0), 12),      // private (RFC 1918)
    (Ipv4Addr::new(192, 0, 0, 0), 24),       // protocol assignments (RFC 6890)
    (Ipv4Addr::new(192, 0, 2, 0), 24),       // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),     // relays of 6to4 (RFC 7526)
    (Ipv4Addr::new(192, 168, 0, 0), 16),     // private (RFC 1918)
    (Ipv4Addr::new(198, 18, 0, 0), 15),      // benchmarks (RFC 2544)
    (Ipv4Addr::new(198, 51, 100, 0), 24),    // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),     // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),        // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),        // reserved
    (Ipv4Addr::new(255, 255, 255, 255), 32), // broadcast
];

/// The only IPv6 network of public addresses (IANA IPv6 Address Space). Everything outside is closed: loopback,
/// v4-mapped and v4-compatible addresses, NAT64, unique local, link-local, site-local, multicast.
const OPEN_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Networks within [`OPEN_V6`] that are not public, or that embed an IPv4 address, which may be private.
const CLOSED_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocols: Teredo, benchmarks, ORCHID
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation (RFC 9637)
];

/// A policy of permitted addresses. By default only public ones.
#[derive(Debug, Clone, Default)]
pub struct AddressPolicy {
    exceptions: Vec<IpAddr>,
}

impl AddressPolicy {
    /// Returns the default policy with exceptions, for test servers on loopback addresses.
    #[must_use]
    pub fn with_exceptions(exceptions: impl IntoIterator<Item = IpAddr>) -> Self {
        Self { exceptions: exceptions.into_iter().collect() }
    }

    /// Returns true if the address is permitted.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        let public = match address {
            IpAddr::V4(address) => !CLOSED_V4.iter().any(|network| v4_within(address, *network)),
            IpAddr::V6(address) => {
                v6_within(address, OPEN_V6) && !CLOSED_V6.iter().any(|network| v6_within(address, *network))
            }
        };
        public || self.exceptions.contains(&address)
    }
}

fn v4_within(address: Ipv4Addr, (network, length): (Ipv4Addr, u32)) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
}

fn v6_within(address: Ipv6Addr, (network, length): (Ipv6Addr, u32)) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(address: &str) -> bool {
        AddressPolicy::default().allows(address.parse().unwrap())
    }

    #[test]
    fn public_addresses_are_allowed() {
        for address in ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"] {
            assert!(allows(address), "{address}");
        }
    }

    #[test]
    fn the_first_and_last_address_of_each_closed_ipv4_network_is_refused() {
        for (network, length) in CLOSED_V4 {
            let last = network.to_bits() | u32::MAX.checked_shr(length).unwrap_or(0);
            for address in [network, Ipv4Addr::from_bits(last)] {
                assert!(!AddressPolicy::default().allows(address.into()), "{address}");
            }
        }
    }

    #[test]
    fn the_neighbours_of_closed_ipv4_networks_are_allowed() {
        for address in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
        ] {
            assert!(allows(address), "{address}");
        }
    }

    #[test]
    fn ipv6_addresses_outside_the_public_internet_are_refused() {
        for address in [
            "::",
            "::1",
            "::7f00:1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a9fe:a9fe::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "feff::1",
            "ff02::1",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ] {
            assert!(!allows(address), "{address}");
        }
    }

    #[test]
    fn the_neighbours_of_closed_ipv6_networks_are_allowed() {
        for address in ["2000::1", "2001:200::1", "2001:db7::1", "2001:db9::1", "2003::1", "3ffe::1"] {
            assert!(allows(address), "{address}");
        }
    }

    #[test]
    fn an_exception_opens_its_own_address_and_no_other() {
        let policy = AddressPolicy::with_exceptions([Ipv4Addr::LOCALHOST.into()]);
        assert!(policy.allows("127.0.0.1".parse().unwrap()));
        for other in ["127.0.0.2", "::1", "::ffff:127.0.0.1", "10.0.0.1"] {
            assert!(!policy.allows(other.parse().unwrap()), "{other}");
        }
    }
}
