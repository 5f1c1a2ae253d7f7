//! Keys of others and the tokens they sign, made by hand so that a test can also sign what no library would.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

static RSA: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

/// A key that signs tokens.
pub enum SigningKey {
    /// An RSA key of 2048 bits, always the same, for making one takes long.
    Rsa,
    /// An elliptic curve key on P-256.
    P256(Box<EcdsaKeyPair>),
    /// An Edwards curve key.
    Ed25519(Ed25519KeyPair),
    /// A shared secret.
    Secret(Vec<u8>),
}

impl SigningKey {
    /// A new key on P-256.
    pub fn p256() -> Self {
        Self::P256(Box::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()))
    }

    /// A new Edwards curve key.
    pub fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    /// A shared secret.
    pub fn secret(secret: impl AsRef<[u8]>) -> Self {
        Self::Secret(secret.as_ref().to_vec())
    }

    /// The public half as its owner publishes it.
    pub fn jwk(&self, kid: &str) -> Value {
        let mut jwk = match self {
            Self::Rsa => json!({"kty": "RSA", "n": encoded(rsa_modulus()), "e": encoded(rsa_exponent())}),
            Self::P256(key) => {
                // The uncompressed form: a byte 4, then the two coordinates.
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y)})
            }
            Self::Ed25519(key) => json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(key.public_key())}),
            Self::Secret(secret) => json!({"kty": "oct", "k": encoded(secret)}),
        };
        jwk["kid"] = kid.into();
        jwk["alg"] = self.algorithm().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// A token of these claims that names its key.
    pub fn token(&self, kid: &str, claims: &Value) -> String {
        self.sign(&json!({"alg": self.algorithm(), "typ": "JWT", "kid": kid}), claims)
    }

    /// A token of this header and these claims. The header decides nothing but the hash of a shared secret.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let bytes = message.as_bytes();
        let signature = match self {
            Self::Rsa => {
                let mut signature = vec![0; RSA.public_modulus_len()];
                RSA.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature).unwrap();
                signature
            }
            Self::P256(key) => key.sign(&SystemRandom::new(), bytes).unwrap().as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(bytes).as_ref().to_vec(),
            Self::Secret(secret) => {
                let hash = if header["alg"] == "HS384" { hmac::HMAC_SHA384 } else { hmac::HMAC_SHA256 };
                hmac::sign(&hmac::Key::new(hash, secret), bytes).as_ref().to_vec()
            }
        };
        format!("{message}.{}", encoded(signature))
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa => "RS256",
            Self::P256(_) => "ES256",
            Self::Ed25519(_) => "EdDSA",
            Self::Secret(_) => "HS256",
        }
    }
}

/// The RSA key's public half in every form that an attacker might hope is used as a shared secret.
pub fn rsa_public_forms() -> Vec<Vec<u8>> {
    let der: PublicKeyX509Der<'_> = RSA.public_key().as_der().unwrap();
    let base64 = base64::prelude::BASE64_STANDARD.encode(der.as_ref());
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"));
    let pkcs1 = RSA.public_key().as_ref().to_vec();
    let modulus = rsa_modulus().to_vec();
    let modulus_text = encoded(&modulus).into_bytes();
    vec![format!("{pem}\n").into_bytes(), pem.into_bytes(), der.as_ref().to_vec(), pkcs1, modulus, modulus_text]
}

/// Base64url without padding.
pub fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn rsa_modulus() -> &'static [u8] {
    RSA.public_key().modulus().big_endian_without_leading_zero()
}

fn rsa_exponent() -> &'static [u8] {
    RSA.public_key().exponent().big_endian_without_leading_zero()
}
