//! The service of chat: what its sessions, messages and replies have in common. Its methods stand in the files of what they
//! do: `sessions`, `sending`, `handing_over`.

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

/// Chat. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Chat {
    app: App,
    knowledge: Knowledge,
    personas: Arc<Personas>,
    visitors: Visitors,
}

impl Chat {
    /// The service; `knowledge` is what replies draw on.
    ///
    /// # Errors
    /// Everything that is wrong with the files of personas.
    pub fn new(app: App, knowledge: Knowledge) -> Result<Self, WrongPersonas> {
        let personas = Arc::new(Personas::load(app.config.chat.personas_dir.as_deref())?);
        Ok(Self { app, knowledge, personas, visitors: Visitors::new() })
    }

    /// Who answers.
    pub(super) fn personas(&self) -> &Arc<Personas> {
        &self.personas
    }

    /// What a person calls who answers in a session.
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

    /// The visitor of a token.
    ///
    /// # Errors
    /// When there is none, or the token has expired.
    pub async fn authenticate(&self, token: &str) -> Result<Visitor, TokenError> {
        self.visitors.authenticate(&self.app, token).await
    }

    /// The visitor as of now: asked before each event of a subscription.
    ///
    /// # Errors
    /// When the session was deleted, or the token has expired.
    pub async fn recheck(&self, visitor: Visitor) -> Result<Visitor, TokenError> {
        self.visitors.recheck(&self.app, visitor).await
    }

    pub(super) async fn attempt(&self, rule: Rule, subject: &str) -> Result<()> {
        self.app.throttle.count(rule, subject).await.map_err(|retry_after| Error::RateLimited { retry_after })
    }
}
