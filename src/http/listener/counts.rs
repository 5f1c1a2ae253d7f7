//! Limits on concurrent items, in total and per client address.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::limiter::BudgetSubject;

/// Counts concurrent items.
#[derive(Debug)]
pub(super) struct Counts {
    total: Option<usize>,
    per_address: Option<usize>,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<BudgetSubject, usize>,
}

/// The limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Full {
    /// The total limit.
    #[error("there are MAX_CONNECTIONS already")]
    Total,
    /// The limit per address.
    #[error("its address has MAX_CONNECTIONS_PER_ADDRESS already; if it is a proxy of yours, set TRUSTED_PROXIES")]
    Address,
}

/// A counted item, released when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    counts: Arc<Counts>,
    address: Option<BudgetSubject>,
}

impl Counts {
    pub fn new(total: Option<usize>, per_address: Option<usize>) -> Self {
        Self { total, per_address, open: Mutex::default() }
    }

    /// Admits an item.
    ///
    /// # Errors
    /// If a limit is reached.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Permit, Full> {
        let mut open = self.open();
        if self.total.is_some_and(|most| open.total >= most) {
            return Err(Full::Total);
        }
        let address = self.per_address.map(|most| (BudgetSubject::address(address), most));
        if let Some((address, most)) = address {
            let of_address = open.by_address.entry(address).or_default();
            if *of_address >= most {
                return Err(Full::Address);
            }
            *of_address += 1;
        }
        open.total += 1;
        Ok(Permit { counts: Arc::clone(self), address: address.map(|(address, _)| address) })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.counts.open();
        open.total -= 1;
        let Some(Entry::Occupied(mut of_address)) = self.address.map(|address| open.by_address.entry(address)) else {
            return;
        };
        *of_address.get_mut() -= 1;
        if *of_address.get() == 0 {
            of_address.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_leaves_room_for_others() {
        let counts = Arc::new(Counts::new(Some(3), Some(2)));
        let mut permits: Vec<_> = (0..2).map(|_| counts.admit(ip("192.0.2.1")).unwrap()).collect();
        assert_eq!(counts.admit(ip("192.0.2.1")).err(), Some(Full::Address));
        assert_eq!(counts.admit(ip("::ffff:192.0.2.1")).err(), Some(Full::Address));
        permits.push(counts.admit(ip("192.0.2.2")).unwrap());
        assert_eq!(counts.admit(ip("192.0.2.3")).err(), Some(Full::Total));
        permits.remove(0);
        permits.push(counts.admit(ip("192.0.2.1")).unwrap());
        drop(permits);
        assert!(counts.open().by_address.is_empty());
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let counts = Arc::new(Counts::new(None, Some(1)));
        let _permit = counts.admit(ip("2001:db8::1")).unwrap();
        assert_eq!(counts.admit(ip("2001:db8::2")).err(), Some(Full::Address));
        assert!(counts.admit(ip("2001:db8:0:1::2")).is_ok());
    }
}
