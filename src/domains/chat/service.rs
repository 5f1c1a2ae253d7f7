//! The chat service. Its methods are in the files of their topics: `sessions`, `sending`, `handing_over`.

use std::sync::Arc;

use super::{
    personas::{Personas, WrongPersonas},
    session::Model as Session,
    visitor::Visitors,
};
use crate::{
    app::App,
    auth::{TokenError, Visitor},
    domains::knowledge::Knowledge,
    error::{Error, Result},
    limiter::Rule,
};

/// The chat service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Chat {
    app: App,
    knowledge: Knowledge,
    personas: Arc<Personas>,
    visitors: Visitors,
}

impl Chat {
    /// Creates the service; replies are based on `knowledge`.
    ///
    /// # Errors
    /// All problems of persona files.
    pub fn new(app: App, knowledge: Knowledge) -> Result<Self, WrongPersonas> {
        let personas = Arc::new(Personas::load(app.config.chat.personas_dir.as_deref())?);
        Ok(Self { app, knowledge, personas, visitors: Visitors::new() })
    }

    /// Returns the personas.
    pub(super) fn personas(&self) -> &Arc<Personas> {
        &self.personas
    }

    /// Returns the display name of the persona of a session.
    pub(super) fn persona_name<'a>(&'a self, session: &'a Session) -> &'a str {
        self.personas.get(&session.persona).map_or(session.persona.as_str(), |persona| persona.name.as_str())
    }

    pub(super) fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    pub(super) fn app(&self) -> &App {
        &self.app
    }

    pub(super) fn visitors(&self) -> &Visitors {
        &self.visitors
    }

    /// Returns the visitor of a token.
    ///
    /// # Errors
    /// If the token is unknown or expired.
    pub async fn authenticate(&self, token: &str) -> Result<Visitor, TokenError> {
        self.visitors.authenticate(&self.app, token).await
    }

    /// Checks a visitor again, before each event of a subscription.
    ///
    /// # Errors
    /// If the session was deleted or the token expired.
    pub async fn recheck(&self, visitor: Visitor) -> Result<Visitor, TokenError> {
        self.visitors.recheck(&self.app, visitor).await
    }

    pub(super) async fn attempt(&self, rule: Rule, subject: &str) -> Result<()> {
        self.app.throttle.count(rule, subject).await.map_err(|retry_after| Error::RateLimited { retry_after })
    }
}
