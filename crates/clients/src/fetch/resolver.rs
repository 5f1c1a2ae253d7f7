//! Resolution of host names, restricted to permitted addresses.

use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use rapport_toolkit::web_address::AddressPolicy;

/// The system resolver.
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

/// The error if a name only has forbidden addresses.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
pub(super) struct NothingAllowed;

/// Returns only permitted addresses. The connection is made to exactly these, so that a name cannot resolve differently
/// between check and connection.
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
