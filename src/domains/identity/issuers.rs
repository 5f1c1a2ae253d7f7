//! Verification of tokens from external issuers.
//!
//! JSON Web Tokens (RFC 7519), verified by the best practices of RFC 8725. The algorithm of a key is determined when
//! the key is read, never by the token, so a public key cannot be used as a shared secret.

mod claims;
mod keys;
mod published;

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Validation};
use secrecy::ExposeSecret;
use serde::Deserialize;

pub use claims::ExternalClaims;

use crate::{
    ambient::Ambient,
    auth::TokenError,
    clients::jwks::JwksClient,
    config::{IssuerConfig, IssuerKeys},
};
use keys::Key;
use published::PublishedKeys;

/// Maximum length of a token, in bytes.
const MAX_TOKEN: usize = 8 * 1024;

/// The trusted issuers. Cheap to clone; clones share the keys.
#[derive(Clone)]
pub struct Issuers(Arc<HashMap<String, Issuer>>);

impl std::fmt::Debug for Issuers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Issuers").field(&self.0.keys()).finish()
    }
}

struct Issuer {
    config: IssuerConfig,
    validation: Validation,
    keys: Keys,
}

enum Keys {
    Shared(Arc<Key>),
    Published(PublishedKeys),
}

impl Issuers {
    /// Creates the issuers of the settings. Published keys are fetched by `client` when the first token arrives.
    pub fn new(configs: &[IssuerConfig], client: &JwksClient, ambient: &Ambient) -> Self {
        let issuers = configs.iter().map(|config| (config.issuer.clone(), Issuer::new(config, client, ambient)));
        Self(Arc::new(issuers.collect()))
    }

    /// Returns the settings of an issuer.
    pub fn config(&self, issuer: &str) -> Option<&IssuerConfig> {
        self.0.get(issuer).map(|issuer| &issuer.config)
    }

    /// Verifies a token at the time `now` and returns its claims.
    ///
    /// # Errors
    /// [`TokenError::Expired`] after its expiry and the clock leeway; [`TokenError::Invalid`] if the issuer is unknown,
    /// the signature or audience is wrong, or it is not yet valid; [`TokenError::Unavailable`] if the keys could never
    /// be fetched.
    pub async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<ExternalClaims, TokenError> {
        let issuer = issuer_of(token).and_then(|name| self.0.get(&name)).ok_or(TokenError::Invalid)?;
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        // It names what must be understood to accept the token (RFC 7515, section 4.1.11); we know no extension.
        if header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        let key = issuer.key(header.kid.as_deref()).await?;
        if header.alg != key.algorithm {
            return Err(TokenError::Invalid);
        }
        let validation = Validation { algorithms: vec![key.algorithm], ..issuer.validation.clone() };
        let token = jsonwebtoken::decode(token, &key.decoding, &validation).map_err(|_| TokenError::Invalid)?;
        claims::read(&issuer.config, &token.claims, now)
    }
}

impl Issuer {
    fn new(config: &IssuerConfig, client: &JwksClient, ambient: &Ambient) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&config.audience);
        validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        // The library would ask the system clock; times are checked with the claims.
        validation.validate_exp = false;
        let keys = match &config.keys {
            IssuerKeys::Secret(secret) => Keys::Shared(Arc::new(Key::shared(secret.expose_secret().as_bytes()))),
            IssuerKeys::Published(url) => {
                let (issuer, url) = (config.issuer.clone(), url.clone());
                Keys::Published(PublishedKeys::new(issuer, url, client.clone(), ambient.clone()))
            }
        };
        Self { config: config.clone(), validation, keys }
    }

    /// Returns the key that must have signed a token with this `kid`. A shared secret is the only key, regardless of
    /// its name.
    async fn key(&self, kid: Option<&str>) -> Result<Arc<Key>, TokenError> {
        match &self.keys {
            Keys::Shared(key) => Ok(key.clone()),
            Keys::Published(keys) => keys.find(kid).await,
        }
    }
}

/// Returns the issuer that a token claims, unverified, to select the keys.
pub fn issuer_of(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Said {
        iss: String,
    }
    if token.len() > MAX_TOKEN {
        return None;
    }
    jsonwebtoken::dangerous::insecure_decode_claims::<Said>(token).ok().map(|said| said.iss)
}
