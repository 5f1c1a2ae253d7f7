//! Names become addresses here, and only those that are allowed go on to be dialled.

use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::web_address::AddressPolicy;

/// The system's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // Port 0 stands for the port of the URL.
            let addresses: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// A name had only addresses that may not be asked.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
pub(super) struct NothingAllowed;

/// Passes on what may be dialled. The connection is made to exactly these addresses, so that a name cannot be one thing
/// when it is checked and another when it is dialled.
pub(super) struct CheckedResolver {
    pub(super) inner: Arc<dyn Resolve>,
    pub(super) policy: AddressPolicy,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (addresses, policy) = (self.inner.resolve(name), self.policy.clone());
        Box::pin(async move {
            let allowed: Vec<_> = addresses.await?.filter(|address| policy.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NothingAllowed.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
