//! The keys, and the form of sealed texts: `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url without
//! padding.
//!
//! AES-256-GCM with random nonces of 96 bits, so that a key is good for 2³² texts (NIST SP 800-38D, 8.3).

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroize};

use super::{error::SealError, place::Place};
use crate::config::SealingKey;

const VERSION: &str = "v1";
/// Length of the tag behind a ciphertext, in bytes.
const TAG_LEN: usize = 16;

/// A random value that is used for one text only.
pub(super) type NonceBytes = [u8; NONCE_LEN];

/// The keys, of which the first seals.
pub(super) struct KeyRing(Vec<Key>);

struct Key {
    id: String,
    key: LessSafeKey,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

impl KeyRing {
    /// Creates the ring.
    ///
    /// # Errors
    /// If the cipher refuses a key.
    pub(super) fn new(keys: &[SealingKey]) -> Result<Self, SealError> {
        let key = |key: &SealingKey| -> Result<Key, SealError> {
            let unbound = UnboundKey::new(&AES_256_GCM, key.bytes().expose_secret()).map_err(|_| SealError::Failed)?;
            Ok(Key { id: key.id().to_owned(), key: LessSafeKey::new(unbound) })
        };
        keys.iter().map(key).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the ids of the keys.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_str())
    }

    /// Returns the id of the key that seals.
    pub(super) fn sealing(&self) -> Option<&str> {
        self.ids().next()
    }

    /// Seals `clear` for `place` by the first key.
    ///
    /// # Errors
    /// If there is no key.
    pub(super) fn seal(&self, place: Place<'_>, clear: &SecretString, nonce: NonceBytes) -> Result<String, SealError> {
        let id = self.sealing().ok_or(SealError::NotConfigured)?;
        self.seal_by(id, place, clear, nonce)
    }

    /// Seals `clear` for `place` by the key `id`.
    ///
    /// # Errors
    /// If there is no such key.
    pub(super) fn seal_by(
        &self,
        id: &str,
        place: Place<'_>,
        clear: &SecretString,
        nonce: NonceBytes,
    ) -> Result<String, SealError> {
        let Key { id, key } = self.key(id)?;
        let clear = clear.expose_secret().as_bytes();
        // With room for the tag: a buffer that grows leaves a copy behind.
        let mut text = Vec::with_capacity(clear.len() + TAG_LEN);
        text.extend_from_slice(clear);
        let aad = Aad::from(place.bytes());
        if key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut text).is_err() {
            text.zeroize();
            return Err(SealError::Failed);
        }
        let [nonce, text] = [&nonce[..], text.as_slice()].map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes));
        Ok(format!("{}{nonce}.{text}", prefix(id)))
    }

    /// Opens a text that was sealed for `place`.
    ///
    /// # Errors
    /// See [`SealError`].
    pub(super) fn unseal(&self, place: Place<'_>, sealed: &str) -> Result<SecretString, SealError> {
        let Parts { id, nonce, mut text } = Parts::parse(sealed).ok_or(SealError::Malformed)?;
        let key = &self.key(id)?.key;
        let opened = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(place.bytes()), &mut text);
        let clear = opened.ok().and_then(|clear| std::str::from_utf8(clear).ok()).map(SecretString::from);
        text.zeroize();
        clear.ok_or(SealError::DoesNotOpen)
    }

    fn key(&self, id: &str) -> Result<&Key, SealError> {
        if self.0.is_empty() {
            return Err(SealError::NotConfigured);
        }
        self.0.iter().find(|key| key.id == id).ok_or_else(|| SealError::UnknownKey(id.to_owned()))
    }
}

/// Returns the beginning of all texts sealed by the key `id`.
pub(super) fn prefix(id: &str) -> String {
    format!("{VERSION}.{id}.")
}

/// The parts of a sealed text.
struct Parts<'s> {
    id: &'s str,
    nonce: NonceBytes,
    text: Vec<u8>,
}

impl<'s> Parts<'s> {
    fn parse(sealed: &'s str) -> Option<Self> {
        let mut parts = sealed.split('.');
        let (version, id, nonce, text) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != VERSION || !SealingKey::is_id(id) || parts.next().is_some() {
            return None;
        }
        let nonce = BASE64_URL_SAFE_NO_PAD.decode(nonce).ok()?.try_into().ok()?;
        let text = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        (text.len() >= TAG_LEN).then_some(Self { id, nonce, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEWER: &str = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
    const ROW: [u8; 16] =
        [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
    const NONCE: NonceBytes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const CLEAR: &str = "whsec_correct horse battery";
    /// Made by the crypto module of Node.js.
    const SEALED: &str = "v1.k1.AAECAwQFBgcICQoL.MGqlfqa6oXT_M_LoxckQAvGl4hSSGisIXRWcO4pFkvvDdZPodEH2E-4Dmw";
    const SEALED_NOTHING: &str = "v1.k1.AAECAwQFBgcICQoL.C6mZrflqOPWpBx1mqhxVQw";

    fn ring(keys: &str) -> KeyRing {
        KeyRing::new(&SealingKey::parse_list(keys).unwrap()).unwrap()
    }

    fn place(table: &'static str, row: &'static [u8], column: &'static str) -> Place<'static> {
        Place { table, row, column }
    }

    fn here() -> Place<'static> {
        place("webhooks", &ROW, "secret")
    }

    fn opened(ring: &KeyRing, place: Place<'_>, sealed: &str) -> Result<String, SealError> {
        ring.unseal(place, sealed).map(|clear| clear.expose_secret().to_owned())
    }

    #[test]
    fn a_text_is_sealed_as_others_seal_it() {
        for (clear, sealed) in [(CLEAR, SEALED), ("", SEALED_NOTHING)] {
            assert_eq!(ring(KEYS).seal(here(), &clear.into(), NONCE).as_deref(), Ok(sealed));
            assert_eq!(opened(&ring(KEYS), here(), sealed).as_deref(), Ok(clear));
        }
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let both = ring(&format!("{NEWER},{KEYS}"));
        let newer = both.seal(here(), &CLEAR.into(), NONCE).unwrap();
        assert!(newer.starts_with("v1.k2."), "{newer}");
        for sealed in [newer.as_str(), SEALED] {
            assert_eq!(opened(&both, here(), sealed).as_deref(), Ok(CLEAR));
        }
        assert_eq!(opened(&ring(KEYS), here(), &newer), Err(SealError::UnknownKey("k2".to_owned())));
        assert_eq!(opened(&ring(&NEWER.replace("k2", "k1")), here(), SEALED), Err(SealError::DoesNotOpen));
        let none = KeyRing::new(&[]).unwrap();
        assert_eq!(none.seal(here(), &CLEAR.into(), NONCE), Err(SealError::NotConfigured));
        assert_eq!(opened(&none, here(), SEALED), Err(SealError::NotConfigured));
    }

    #[test]
    fn a_text_opens_in_its_own_place_only() {
        let others = [
            place("webhook", &ROW, "secret"),
            place("webhooks", &ROW, "secrets"),
            place("webhooks", &[0; 16], "secret"),
            // The same bytes with other borders.
            place("webhook", b"s\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", "secret"),
            place("webhooks", &[], "secret"),
        ];
        for other in others {
            assert_eq!(opened(&ring(KEYS), other, SEALED), Err(SealError::DoesNotOpen), "{other:?}");
        }
        let borders = [place("ab", b"c", "d"), place("a", b"bc", "d"), place("a", b"b", "cd"), place("abcd", b"", "")];
        let mut places: Vec<_> = borders.iter().map(Place::bytes).collect();
        places.sort();
        places.dedup();
        assert_eq!(places.len(), borders.len());
    }

    #[test]
    fn a_changed_or_cut_text_does_not_open() {
        let ring = ring(KEYS);
        for at in 0..SEALED.len() {
            assert!(opened(&ring, here(), &SEALED[..at]).is_err(), "cut at {at}");
            let mut changed = SEALED.as_bytes().to_vec();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(opened(&ring, here(), &changed).is_err(), "{changed}");
        }
        let (_, end) = SEALED.rsplit_once('.').unwrap();
        for malformed in [
            "",
            CLEAR,
            "v1.k1..",
            &SEALED.replace("v1", "v2"),
            &format!("{SEALED}="),
            &format!("{SEALED}.A"),
            &format!("v1..AAECAwQFBgcICQoL.{end}"),
            &format!("v1.k1.AAECAwQFBgcICQ.{end}"),
            "v1.k1.AAECAwQFBgcICQoL.C6mZrflqOPWpBx1mqhxV",
        ] {
            assert_eq!(opened(&ring, here(), malformed), Err(SealError::Malformed), "{malformed}");
        }
    }

    #[test]
    fn no_key_and_no_secret_is_printed() {
        let ring = ring(KEYS);
        assert_eq!(format!("{ring:?}"), r#"["k1"]"#);
        assert!(!format!("{:?}", ring.unseal(here(), SEALED)).contains("horse"));
    }
}
