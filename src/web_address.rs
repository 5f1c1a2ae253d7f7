//! Addresses that anybody on the Internet can open.

use url::{Host, Url};

use crate::clients::fetch::AddressPolicy;

/// Names that are resolved inside a network only (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`), and what routers use.
const INSIDE: [&str; 9] = ["localhost", "local", "internal", "intranet", "private", "lan", "home", "corp", "home.arpa"];

/// The address that `text` names, when it is a public one: http or https, without credentials, at a name with a dot that
/// belongs to no inner network, or at a public network address.
pub fn public(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_public = match url.host()? {
        Host::Domain(name) => is_public_name(name),
        Host::Ipv4(address) => AddressPolicy::default().allows(address.into()),
        Host::Ipv6(address) => AddressPolicy::default().allows(address.into()),
    };
    let is_web = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    (is_public && is_web && !text.contains(char::is_control)).then_some(url)
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
