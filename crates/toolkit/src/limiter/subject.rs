//! Subjects of budgets.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use uuid::Uuid;

/// A subject whose budget pays for operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BudgetSubject {
    /// A signed-in user, on all devices.
    User(Uuid),
    /// An API key, separate from its owner, so that a faulty program cannot block the person.
    ApiKey(Uuid),
    /// An IP address; for IPv6 its first 64 bits, as created by [`BudgetSubject::address`].
    Address(IpAddr),
    /// Indistinguishable clients, who share one budget.
    Unknown,
}

impl BudgetSubject {
    /// Returns the subject of an address. A provider's customer has at least a /64 of IPv6 (RFC 6177), so it counts as
    /// one.
    pub fn address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        })
    }
}

impl fmt::Display for BudgetSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user {id}"),
            Self::ApiKey(id) => write!(f, "key {id}"),
            Self::Address(IpAddr::V4(address)) => write!(f, "address {address}"),
            Self::Address(IpAddr::V6(address)) => write!(f, "address {address}/64"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(address: &str) -> String {
        BudgetSubject::address(address.parse().unwrap()).to_string()
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_subject() {
        assert_eq!(subject("2001:db8:1:2:3:4:5:6"), "address 2001:db8:1:2::/64");
        assert_eq!(subject("2001:db8:1:2::9"), subject("2001:db8:1:2:ffff::"));
        assert_ne!(subject("2001:db8:1:2::9"), subject("2001:db8:1:3::9"));
    }

    #[test]
    fn each_ipv4_address_is_a_subject_also_when_written_as_ipv6() {
        assert_eq!(subject("192.0.2.1"), "address 192.0.2.1");
        assert_eq!(subject("::ffff:192.0.2.1"), "address 192.0.2.1");
        assert_ne!(subject("192.0.2.1"), subject("192.0.2.2"));
    }
}
