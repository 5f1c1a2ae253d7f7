//! Tokens derived from the server's key: a text with its HMAC-SHA256. Only the server can verify them, and nothing
//! needs to be stored.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::TokenKey;

/// Purpose of a proof, which is invalid for other purposes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Refresh,
    Invitation,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Refresh => b"rapport refresh token\0",
            Self::Invitation => b"rapport invitation\0",
        }
    }
}

/// Returns `body` with its proof: `<body>.<64 hex digits>`.
pub(super) fn sign(key: &TokenKey, purpose: Purpose, body: &str) -> String {
    let mut mac = mac(key, purpose);
    mac.update(body.as_bytes());
    format!("{body}.{}", hex::encode(mac.finalize().into_bytes()))
}

/// Verifies a token made by [`sign`] for this purpose, and returns its body.
pub(super) fn open<'a>(key: &TokenKey, purpose: Purpose, token: &'a str) -> Option<&'a str> {
    let (body, proof) = token.rsplit_once('.')?;
    let mut mac = mac(key, purpose);
    mac.update(body.as_bytes());
    mac.verify_slice(&hex::decode(proof).ok()?).ok()?;
    Some(body)
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(key: &TokenKey, purpose: Purpose) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.secret()).expect("a key of any length");
    mac.update(purpose.label());
    mac
}

/// Returns the SHA-256 hash of a token in hexadecimal, for storage.
pub(super) fn fingerprint(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn a_proof_holds_for_its_key_its_purpose_and_its_body_only() {
        let key = |secret: &str| TokenKey::new(&SecretString::from(secret.to_owned()));
        let (ours, other) = (key("a secret of thirty-two characters"), key("another secret of thirty-two chars"));
        let token = sign(&ours, Purpose::Refresh, "ses_1.1");
        assert_eq!(open(&ours, Purpose::Refresh, &token), Some("ses_1.1"));
        assert_eq!(open(&other, Purpose::Refresh, &token), None);
        assert_eq!(open(&ours, Purpose::Invitation, &token), None);
        for forged in [token.replace("ses_1.1", "ses_1.2"), token.replace('.', ""), String::new(), "a.b".to_owned()] {
            assert_eq!(open(&ours, Purpose::Refresh, &forged), None, "{forged}");
        }
    }
}
