//! Mail addresses: validation, comparison, and the form for mail servers.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfkc};

use crate::text::is_invisible;

use migration::folding::unicode_domain;
pub use migration::folding::{ascii_domain, mail_key};

/// Maximum length of the local part, in bytes (RFC 5321, section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// Maximum length of an address, in bytes (RFC 5321, section 4.5.3.1.3, without brackets).
const LONGEST: usize = 254;

/// Returns an address in stored form: composed and trimmed. `None` if it is invalid.
///
/// The local part is a dot-atom (RFC 5322, section 3.2.3), with non-ASCII letters (RFC 6532) that have no other form,
/// and does not begin with a hyphen, which mail programs take for an option. The domain has at least two labels.
/// Deliverability is not checked.
pub fn parse(text: &str) -> Option<String> {
    let address: String = text.trim().nfc().collect();
    let (local, domain) = address.rsplit_once('@')?;
    let is_good = is_local(local) && is_domain(domain) && address.len() <= LONGEST;
    is_good.then_some(address)
}

/// Returns true if two addresses are equal, ignoring ASCII case: the only equality by which accounts may be identified.
pub fn is_exactly(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Returns an address with its domain in A-labels, which every mail server accepts; an invalid address is returned
/// unchanged.
pub fn with_ascii_domain(address: &str) -> Cow<'_, str> {
    let parts = address.rsplit_once('@').filter(|(_, domain)| !domain.is_ascii());
    match parts.and_then(|(local, domain)| Some((local, ascii_domain(domain)?))) {
        Some((local, domain)) => format!("{local}@{domain}").into(),
        None => address.into(),
    }
}

/// Returns the forms in lower case in which an address with the same [`mail_key`] may have been stored: its domain with
/// A-labels, and with the letters that these stand for.
pub fn spellings(address: &str) -> Vec<String> {
    let key = mail_key(address);
    let other = key.rsplit_once('@').and_then(|(local, domain)| {
        let domain = unicode_domain(domain).filter(|spelled| spelled.as_ref() != domain)?;
        Some(format!("{local}@{domain}"))
    });
    std::iter::once(key).chain(other).collect()
}

fn is_local(local: &str) -> bool {
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(is_atext);
    local.len() <= LONGEST_LOCAL && !local.starts_with('-') && local.split('.').all(is_atom) && is_nfkc(local)
}

fn is_atext(c: char) -> bool {
    match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c),
        false => !c.is_whitespace() && !c.is_control() && !is_invisible(c),
    }
}

fn is_domain(domain: &str) -> bool {
    let Some(domain) = ascii_domain(domain) else { return false };
    // The last label tells a name from the number of a machine.
    domain.rsplit_once('.').is_some_and(|(_, top)| !top.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mail_servers_take_is_an_address() {
        for good in [
            "dana@example.com",
            "d.s+x@mail.example.co.uk",
            "o'neil_1@example.com",
            "ü@example.com",
            "kim@müller.example",
            "kim@xn--mller-kva.example",
            "用户@例え.jp",
        ] {
            assert_eq!(parse(good).as_deref(), Some(good), "{good}");
        }
        assert_eq!(parse(" jo\u{308}rg@example.com ").as_deref(), Some("jörg@example.com"));
    }

    #[test]
    fn an_address_has_a_spelling_for_each_form_of_its_domain() {
        for (address, expected) in [
            (" Dana@Example.COM", vec!["dana@example.com"]),
            ("Kim@MÜLLER.example", vec!["kim@xn--mller-kva.example", "kim@müller.example"]),
            ("kim@xn--mller-kva.example", vec!["kim@xn--mller-kva.example", "kim@müller.example"]),
            ("JO\u{308}RG@example.com", vec!["jörg@example.com"]),
            ("nobody", vec!["nobody"]),
            ("x@-bad-", vec!["x@-bad-"]),
        ] {
            assert_eq!(spellings(address), expected, "{address}");
        }
    }

    #[test]
    fn what_none_takes_is_none() {
        let long = format!("{}@example.com", "x".repeat(65));
        let longer = format!("x@{}.com", vec!["y".repeat(60); 5].join("."));
        for wrong in [
            "dana",
            "dana@example",
            "@example.com",
            "dana@.com",
            "d a@example.com",
            "<d@example.com>",
            "a@b.c,",
            "",
            "a@b@c.com",
            "x@a..com",
            "x@a.com.",
            "-x@example.com",
            "x@-a.com",
            "x@a-.com",
            ".x@a.com",
            "x.@a.com",
            "x..y@a.com",
            "x@a_b.com",
            "x@127.0.0.1",
            "x@[127.0.0.1]",
            "\"x y\"@a.com",
            "k\u{200b}im@a.com",
            "ｋim@a.com",
            &long,
            &longer,
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_internationalised_domain_is_one_in_all_its_forms() {
        let forms = [
            "kim@müller.example",
            "KIM@MÜLLER.EXAMPLE",
            "kim@mu\u{308}ller.example",
            "kim@xn--mller-kva.example",
            "Kim@XN--MLLER-KVA.Example",
            "kim@ｍüller.example",
            "kim@müller。example",
        ];
        for form in forms {
            let kept = parse(form).unwrap_or_else(|| panic!("{form}"));
            assert_eq!(mail_key(&kept), "kim@xn--mller-kva.example", "{form}");
            let sent = with_ascii_domain(&kept);
            assert!(sent.is_ascii() && sent.eq_ignore_ascii_case("kim@xn--mller-kva.example"), "{form}: {sent}");
        }
        // Letters that are domains of their own (RFC 5894, section 7.2).
        assert_ne!(mail_key("kim@straße.example"), mail_key("kim@strasse.example"));
    }

    #[test]
    fn a_domain_that_the_dns_cannot_know_is_none() {
        let long = format!("kim@{}.example", "ü".repeat(60));
        for wrong in [
            "kim@xn--.example",
            "kim@xn--a.example",
            "kim@xn--\u{fc}.example",
            "kim@-müller.example",
            "kim@müller-.example",
            "kim@mü_ller.example",
            "kim@mü ller.example",
            "kim@müller..example",
            "kim@mü@ller.example",
            &long,
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn domains_go_out_as_the_dns_knows_them() {
        assert_eq!(with_ascii_domain("Kim@Müller.example"), "Kim@xn--mller-kva.example");
        assert_eq!(with_ascii_domain("jörg@Example.com"), "jörg@Example.com");
        assert_eq!(with_ascii_domain("none"), "none");
    }
}
