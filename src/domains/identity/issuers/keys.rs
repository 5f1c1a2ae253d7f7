//! Keys for verifying tokens, each for one algorithm.

use std::{collections::HashSet, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};

use crate::clients::jwks::JwkSet;

/// A key with its only algorithm.
pub(super) struct Key {
    kid: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) decoding: DecodingKey,
}

impl Key {
    /// Creates a key from a shared secret.
    pub(super) fn shared(secret: &[u8]) -> Self {
        Self { kid: None, algorithm: Algorithm::HS256, decoding: DecodingKey::from_secret(secret) }
    }

    /// Creates a key from a published one, or returns the reason why it is unusable.
    fn published(jwk: &Jwk) -> Result<Self, &'static str> {
        if jwk.common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
            return Err("it is not for signatures");
        }
        let operations = jwk.common.key_operations.as_ref();
        if operations.is_some_and(|operations| !operations.contains(&KeyOperations::Verify)) {
            return Err("it is not for checking signatures");
        }
        let algorithm = algorithm_of(&jwk.algorithm)?;
        if jwk.common.key_algorithm.is_some_and(|stated| stated != algorithm.into()) {
            return Err("its `alg` is not RS256 for RSA, ES256 for P-256 or EdDSA for Ed25519");
        }
        let decoding = DecodingKey::from_jwk(jwk).map_err(|_| "it cannot be read")?;
        Ok(Self { kid: jwk.common.key_id.clone(), algorithm, decoding })
    }
}

/// Returns the algorithm for a key of this type and size, or the reason why there is none.
fn algorithm_of(parameters: &AlgorithmParameters) -> Result<Algorithm, &'static str> {
    match parameters {
        // RFC 7518, section 3.3, wants 2048 bits; the library can do up to 8192.
        AlgorithmParameters::RSA(key) => match bits(&key.n) {
            2048..=8192 => Ok(Algorithm::RS256),
            _ => Err("an RSA key must have 2048 to 8192 bits"),
        },
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            let is_point = bytes(&key.x) == 32 && bytes(&key.y) == 32;
            if is_point { Ok(Algorithm::ES256) } else { Err("it is no point of P-256") }
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            if bytes(&key.x) == 32 {
                Ok(Algorithm::EdDSA)
            } else {
                Err("it is no point of Ed25519")
            }
        }
        _ => Err("its kind is not RSA, P-256 or Ed25519"),
    }
}

/// Returns the decoded length of `text`; 0 if it is not base64url.
fn bytes(text: &str) -> usize {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_or(0, |bytes| bytes.len())
}

/// Returns the bit length of the number encoded in `text`; 0 if it is not base64url.
fn bits(text: &str) -> usize {
    let number = BASE64_URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let significant = number.iter().position(|byte| *byte != 0).map_or(&[][..], |start| &number[start..]);
    significant.first().map_or(0, |first| significant.len() * 8 - first.leading_zeros() as usize)
}

/// The usable keys of a set.
pub(super) struct KeySet(Vec<Arc<Key>>);

impl KeySet {
    /// Reads a key set of `issuer`. Unusable keys are skipped (RFC 7517, section 5) and logged, except encryption keys,
    /// which are common. Of two with the same `kid` the first is used.
    pub(super) fn read(issuer: &str, set: JwkSet) -> Self {
        let (mut keys, mut ignored, mut kids) = (Vec::new(), Vec::new(), HashSet::new());
        for (index, value) in set.keys.into_iter().enumerate() {
            let key = match serde_json::from_value::<Jwk>(value) {
                Ok(jwk) if jwk.common.public_key_use == Some(PublicKeyUse::Encryption) => continue,
                Ok(jwk) => Key::published(&jwk),
                Err(_) => Err("it cannot be read"),
            };
            match key {
                Ok(key) if key.kid.as_ref().is_some_and(|kid| !kids.insert(kid.clone())) => {
                    ignored.push(format!("key {}: another key before it has its `kid`", index + 1));
                }
                Ok(key) => keys.push(Arc::new(key)),
                Err(why) => ignored.push(format!("key {}: {why}", index + 1)),
            }
        }
        if !ignored.is_empty() {
            tracing::warn!(issuer, ignored = ignored.join("; "), "keys of a token issuer cannot be used");
        }
        if keys.is_empty() {
            tracing::warn!(issuer, "a token issuer publishes no key that can be used; its tokens are refused");
        }
        Self(keys)
    }

    /// Returns the key with this `kid`. Without a `kid` there must be only one key.
    pub(super) fn find(&self, kid: Option<&str>) -> Option<&Arc<Key>> {
        match (kid, self.0.as_slice()) {
            (Some(_), keys) => keys.iter().find(|key| key.kid.as_deref() == kid),
            (None, [key]) => Some(key),
            (None, _) => None,
        }
    }

    /// Returns the number of keys.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Returns base64url text of this many non-zero bytes.
    fn of_bytes(count: usize) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(vec![0xff; count])
    }

    fn rsa(modulus: String) -> Value {
        json!({"kty": "RSA", "n": modulus, "e": "AQAB"})
    }

    fn p256() -> Value {
        json!({"kty": "EC", "crv": "P-256", "x": of_bytes(32), "y": of_bytes(32)})
    }

    fn ed25519() -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": of_bytes(32)})
    }

    fn with(mut key: Value, name: &str, value: impl Into<Value>) -> Value {
        key[name] = value.into();
        key
    }

    fn set(keys: impl IntoIterator<Item = Value>) -> KeySet {
        KeySet::read("an issuer", JwkSet { keys: keys.into_iter().collect() })
    }

    fn algorithm(key: Value) -> Option<Algorithm> {
        set([key]).find(None).map(|key| key.algorithm)
    }

    #[test]
    fn the_kind_of_a_key_decides_its_algorithm() {
        assert_eq!(algorithm(rsa(of_bytes(256))), Some(Algorithm::RS256));
        assert_eq!(algorithm(p256()), Some(Algorithm::ES256));
        assert_eq!(algorithm(ed25519()), Some(Algorithm::EdDSA));
    }

    #[test]
    fn a_symmetric_key_that_is_published_is_no_secret() {
        assert_eq!(algorithm(json!({"kty": "oct", "alg": "HS256", "k": of_bytes(32)})), None);
    }

    #[test]
    fn an_rsa_key_has_at_least_2048_bits() {
        assert_eq!(algorithm(rsa(of_bytes(128))), None);
        let bits_2047 = [vec![0x7f], vec![0xff; 255]].concat();
        let padded = [vec![0; 128], vec![0xff; 128]].concat();
        for modulus in [bits_2047, padded] {
            assert_eq!(algorithm(rsa(BASE64_URL_SAFE_NO_PAD.encode(modulus))), None);
        }
    }

    #[test]
    fn an_rsa_key_too_large_for_the_library_is_left_out() {
        assert_eq!(algorithm(rsa(of_bytes(1025))), None);
    }

    #[test]
    fn other_curves_and_kinds_are_left_out() {
        let p384 = json!({"kty": "EC", "crv": "P-384", "x": of_bytes(48), "y": of_bytes(48)});
        let x25519 = with(ed25519(), "crv", "X25519");
        let ed25519_as_ec = with(p256(), "crv", "Ed25519");
        for key in [p384, x25519, ed25519_as_ec, json!({"kty": "AKP"}), json!({}), json!("key"), json!(null)] {
            assert_eq!(algorithm(key.clone()), None, "{key}");
        }
    }

    #[test]
    fn coordinates_of_the_wrong_size_are_left_out() {
        for key in [with(p256(), "y", of_bytes(31)), with(ed25519(), "x", of_bytes(33)), with(ed25519(), "x", "?")] {
            assert_eq!(algorithm(key.clone()), None, "{key}");
        }
    }

    #[test]
    fn the_algorithm_that_a_key_states_must_agree() {
        assert_eq!(algorithm(with(rsa(of_bytes(256)), "alg", "RS256")), Some(Algorithm::RS256));
        for stated in ["RS512", "PS256", "HS256", "none", "something"] {
            assert_eq!(algorithm(with(rsa(of_bytes(256)), "alg", stated)), None, "{stated}");
        }
    }

    #[test]
    fn a_key_for_something_else_is_left_out() {
        assert_eq!(algorithm(with(p256(), "use", "sig")), Some(Algorithm::ES256));
        assert_eq!(algorithm(with(p256(), "key_ops", json!(["verify"]))), Some(Algorithm::ES256));
        for key in [with(p256(), "use", "enc"), with(p256(), "use", ""), with(p256(), "key_ops", json!(["encrypt"]))] {
            assert_eq!(algorithm(key.clone()), None, "{key}");
        }
    }

    #[test]
    fn a_key_that_cannot_be_used_does_not_spoil_the_others() {
        let keys = set([json!({"kty": 1}), with(p256(), "kid", "a"), with(rsa(of_bytes(128)), "kid", "b")]);
        assert!(keys.find(Some("a")).is_some() && keys.find(Some("b")).is_none());
    }

    #[test]
    fn of_two_keys_with_one_name_the_first_counts() {
        let keys = set([with(p256(), "kid", "a"), with(ed25519(), "kid", "a")]);
        assert_eq!((keys.len(), keys.find(Some("a")).unwrap().algorithm), (1, Algorithm::ES256));
    }

    #[test]
    fn no_name_is_enough_for_a_single_key_only() {
        let (one, two) = (with(p256(), "kid", "a"), with(ed25519(), "kid", "b"));
        assert!(set([one.clone()]).find(None).is_some());
        assert!(set([one, two]).find(None).is_none());
        assert!(set([]).find(None).is_none());
    }

    #[test]
    fn a_key_without_a_name_has_none() {
        assert!(set([p256()]).find(Some("a")).is_none());
    }
}
