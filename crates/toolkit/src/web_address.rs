//! Validation of public web addresses: one rule for all addresses from users, whether stored, shown or fetched.

mod policy;

use url::{Host, Url};

pub use policy::AddressPolicy;

/// Names that are only resolved inside networks (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`), and names used by
/// routers.
const INSIDE: [&str; 9] = ["localhost", "local", "internal", "intranet", "private", "lan", "home", "corp", "home.arpa"];

/// Reason why an address is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPublic {
    /// Not a web address; the reason completes a sentence.
    NotWeb(&'static str),
    /// Inside a non-public network.
    Inside,
}

/// Parses `text` as a public address: see [`check`].
pub fn public(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_public = check(&url, &AddressPolicy::default()).is_ok() && !text.contains(char::is_control);
    is_public.then_some(url)
}

/// Returns an error unless `url` is http or https, without credentials, with a host name that has a dot and belongs to
/// no inner network, or with an IP address, in any notation, that `policy` allows. The addresses of a host name are
/// checked when connecting.
///
/// # Errors
/// With the reason.
pub fn check(url: &Url, policy: &AddressPolicy) -> Result<(), NotPublic> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(NotPublic::NotWeb("it is neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotPublic::NotWeb("it carries credentials"));
    }
    let is_public = match url.host() {
        Some(Host::Ipv4(address)) => policy.allows(address.into()),
        Some(Host::Ipv6(address)) => policy.allows(address.into()),
        Some(Host::Domain(name)) if !name.is_empty() => is_public_name(name),
        Some(Host::Domain(_)) | None => return Err(NotPublic::NotWeb("it names no host")),
    };
    if is_public { Ok(()) } else { Err(NotPublic::Inside) }
}

fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let is_inside =
        |inside: &&str| name.strip_suffix(*inside).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    name.contains('.') && !INSIDE.iter().any(is_inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_anybody_can_open_are_public() {
        for good in [
            "https://salesforce.com",
            "http://www.example.com:8080/a?b#c",
            "https://9.9.9.9/",
            "https://bücher.example",
        ] {
            assert!(public(good).is_some(), "{good}");
        }
    }

    #[test]
    fn others_are_not() {
        for wrong in [
            "salesforce.com",
            "ftp://example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://user:secret@example.com/",
            "http://localhost/",
            "http://localhost./",
            "http://printer/",
            "http://printer.local/",
            "http://vault.internal/",
            "http://app.localhost/",
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://10.1.2.3/",
            "http://169.254.169.254/latest",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "https://",
        ] {
            assert!(public(wrong).is_none(), "{wrong}");
        }
    }
}
