//! Access tokens: JSON Web Tokens signed with HMAC-SHA256 by this server for itself.

use std::path::Path;

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    ambient::Ambient,
    auth::TokenError,
    config::OWN_ISSUER,
    error::{Error, Result},
    private_files,
};

/// The claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// The user.
    sub: Uuid,
    /// The session.
    sid: Uuid,
    /// Issue time, in seconds since 1970.
    iat: i64,
    /// Expiry time, in seconds since 1970.
    exp: i64,
}

/// The claims of a verified access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verified {
    pub(super) session: Uuid,
    pub(super) expires_at: DateTime<Utc>,
}

/// The key that signs access and refresh tokens.
#[derive(Clone)]
pub struct TokenKey {
    secret: SecretString,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey")
    }
}

impl TokenKey {
    /// Creates the key from a secret.
    pub fn new(secret: &SecretString) -> Self {
        let bytes = secret.expose_secret().as_bytes();
        Self {
            secret: secret.clone(),
            encoding: EncodingKey::from_secret(bytes),
            decoding: DecodingKey::from_secret(bytes),
        }
    }

    /// Returns the secret, for proofs other than tokens.
    pub(super) fn secret(&self) -> &[u8] {
        self.secret.expose_secret().as_bytes()
    }

    /// Returns the key stored in `file`, created if missing. For the embedded database, which needs no configuration.
    ///
    /// # Errors
    /// If the file is unreadable or cannot be written.
    pub fn kept_in(file: &Path, ambient: &Ambient) -> std::io::Result<Self> {
        let is_missing = |secret: &str| secret.trim().len() < 32;
        let secret = private_files::keep(file, is_missing, || BASE64_STANDARD.encode(ambient.bytes::<32>()))?;
        Ok(Self::new(&SecretString::from(secret.trim().to_owned())))
    }

    /// Signs a token for `user` in `session`.
    ///
    /// # Errors
    /// If signing fails.
    pub(super) fn sign(
        &self,
        user: Uuid,
        session: Uuid,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<String> {
        let claims = Claims {
            iss: OWN_ISSUER.to_owned(),
            sub: user,
            sid: session,
            iat: issued_at.timestamp(),
            exp: expires_at.timestamp(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(Error::internal)
    }

    /// Verifies a token and returns its claims.
    ///
    /// # Errors
    /// If it is not ours, was manipulated, or has expired.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Verified, TokenError> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[OWN_ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        // The library would ask the system clock; the expiry is checked below by ours.
        validation.validate_exp = false;
        let token = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation);
        let claims = token.map_err(|_| TokenError::Invalid)?.claims;
        let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(TokenError::Invalid)?;
        if expires_at <= now {
            return Err(TokenError::Expired);
        }
        Ok(Verified { session: claims.sid, expires_at })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn key(secret: &str) -> TokenKey {
        TokenKey::new(&SecretString::from(secret.to_owned()))
    }

    #[test]
    fn a_token_names_its_user_until_it_expires() {
        let (key, session, now) = (key("a secret of thirty-two characters"), Uuid::from_u128(7), DateTime::UNIX_EPOCH);
        let token = key.sign(Uuid::nil(), session, now, now + TimeDelta::minutes(15)).unwrap();
        assert_eq!(key.verify(&token, now).unwrap().session, session);
        assert!(key.verify(&token, now + TimeDelta::minutes(15)).is_err());
    }

    #[test]
    fn copies_of_the_server_that_start_together_keep_one_key() {
        let (now, start) = (DateTime::UNIX_EPOCH, std::sync::Barrier::new(8));
        // Often, because they must come together within microseconds.
        for _ in 0..50 {
            let file = std::env::temp_dir().join(format!("rapport_test_key_{}", Uuid::new_v4().simple()));
            let open = || {
                start.wait();
                TokenKey::kept_in(&file, &Ambient::system()).unwrap()
            };
            let keys: Vec<_> = std::thread::scope(|scope| {
                let copies: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
                copies.into_iter().map(|copy| copy.join().unwrap()).collect()
            });
            std::fs::remove_file(&file).unwrap();
            let token = keys[0].sign(Uuid::nil(), Uuid::nil(), now, now + TimeDelta::days(1)).unwrap();
            assert!(keys.iter().all(|key| key.verify(&token, now).is_ok()));
        }
    }

    #[test]
    fn tokens_of_others_are_refused() {
        let now = DateTime::UNIX_EPOCH;
        let good = key("a secret of thirty-two characters");
        let other = key("another secret of thirty-two chars")
            .sign(Uuid::nil(), Uuid::nil(), now, now + TimeDelta::days(1))
            .unwrap();
        // {"alg":"none","typ":"JWT"} with claims that would pass.
        let claims =
            BASE64_STANDARD.encode(format!(r#"{{"iss":"rapport","sub":"{}","iat":0,"exp":9999999999}}"#, Uuid::nil()));
        let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", claims.trim_end_matches('='));
        for token in [other.as_str(), none.as_str(), "", "a.b.c"] {
            assert!(good.verify(token, now).is_err(), "{token}");
        }
    }
}
