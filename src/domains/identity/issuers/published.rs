//! The published keys of one issuer, fetched on demand, cached, and requested at most once a minute.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex, OwnedMutexGuard};
use url::Url;

use super::keys::{Key, KeySet};
use crate::{ambient::Ambient, auth::TokenError, clients::jwks::JwksClient, error::Error};

/// Age after which keys are fetched again. Older ones are used until there is an answer.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// Minimum time between two requests, including failed ones, since anybody can send tokens with unknown keys.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// The keys of one issuer.
pub(super) struct PublishedKeys(Arc<Shared>);

struct Shared {
    issuer: String,
    url: Url,
    client: JwksClient,
    ambient: Ambient,
    state: RwLock<State>,
    /// Locked while keys are fetched, so that concurrent requests fetch them once.
    fetching: Arc<Mutex<()>>,
}

#[derive(Clone, Default)]
struct State {
    loaded: Option<Loaded>,
    asked_at: Option<DateTime<Utc>>,
}

#[derive(Clone)]
struct Loaded {
    keys: Arc<KeySet>,
    at: DateTime<Utc>,
}

impl State {
    /// Returns true if the loaded keys do not include the key.
    fn lacks(&self, kid: Option<&str>) -> bool {
        self.loaded.as_ref().is_none_or(|loaded| kid.is_some() && loaded.keys.find(kid).is_none())
    }

    fn is_old(&self, now: DateTime<Utc>) -> bool {
        self.loaded.as_ref().is_none_or(|loaded| now - loaded.at >= FRESH)
    }

    /// Returns the remaining pause before the next request. A clock that was set back does not extend it.
    fn pause(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let since = (now - self.asked_at?).abs();
        (since < PAUSE).then(|| PAUSE - since)
    }
}

impl PublishedKeys {
    /// Creates the keys of `issuer`, published at `url`, without fetching them.
    pub(super) fn new(issuer: String, url: Url, client: JwksClient, ambient: Ambient) -> Self {
        let (state, fetching) = (RwLock::default(), Arc::default());
        Self(Arc::new(Shared { issuer, url, client, ambient, state, fetching }))
    }

    /// Returns the key with this `kid`; without a `kid` the only key.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] if there is none, [`TokenError::Unavailable`] if the keys could never be fetched.
    pub(super) async fn find(&self, kid: Option<&str>) -> Result<Arc<Key>, TokenError> {
        let state = self.state();
        if state.lacks(kid) {
            let turn = self.0.fetching.clone().lock_owned().await;
            if self.state().lacks(kid) {
                self.fetch(turn).await;
            }
        } else if state.is_old(self.0.ambient.now())
            && let Ok(turn) = self.0.fetching.clone().try_lock_owned()
        {
            self.fetch(turn).await;
        }
        let state = self.state();
        match &state.loaded {
            Some(loaded) => loaded.keys.find(kid).cloned().ok_or(TokenError::Invalid),
            None => Err(TokenError::Unavailable(Error::ProviderUnavailable {
                message: "The keys of the sign-in service cannot be fetched now; try again.".to_owned(),
                retry_after: state.pause(self.0.ambient.now()).and_then(|pause| pause.to_std().ok()),
            })),
        }
    }

    /// Fetches the keys unless that was just done. Runs in a separate task, so that a disconnecting client cannot waste
    /// the only request of this minute.
    async fn fetch(&self, turn: OwnedMutexGuard<()>) {
        let (shared, now) = (self.0.clone(), self.0.ambient.now());
        if self.state().pause(now).is_some() {
            return;
        }
        self.change(|state| state.asked_at = Some(now));
        let fetch = async move {
            Self(shared).load(now).await;
            drop(turn);
        };
        if let Err(error) = tokio::spawn(fetch).await {
            tracing::error!(%error, "fetching the keys of a token issuer ended early");
        }
    }

    async fn load(&self, now: DateTime<Utc>) {
        let Shared { issuer, url, client, .. } = &*self.0;
        match client.fetch(url).await {
            Ok(set) => {
                let keys = Arc::new(KeySet::read(issuer, set));
                tracing::debug!(issuer, keys = keys.len(), "the keys of a token issuer were fetched");
                self.change(|state| state.loaded = Some(Loaded { keys, at: now }));
            }
            Err(error) => tracing::warn!(issuer, %error, "the keys of a token issuer could not be fetched"),
        }
    }

    fn state(&self) -> State {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.state.write().unwrap_or_else(PoisonError::into_inner));
    }
}
