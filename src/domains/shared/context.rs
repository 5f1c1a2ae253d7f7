//! What resolvers take from their context.

use std::any::Any;

use async_graphql::Context;

use super::loader::RequestLoader;
use crate::{
    app::App,
    auth::Viewer,
    error::{Error, Result},
};

/// What resolvers take from their context.
pub trait ContextExt<'a> {
    /// The program.
    ///
    /// # Errors
    /// Never in a schema that `schema::build` made.
    fn app(&self) -> Result<&'a App>;
    /// Who asks.
    ///
    /// # Errors
    /// Never in a request that `http` made.
    fn viewer(&self) -> Result<&'a Viewer>;
    /// A service that holds something of its own.
    ///
    /// # Errors
    /// Never for a service that `schema::build` was given.
    fn service<T: Any + Send + Sync>(&self) -> Result<&'a T>;
    /// The loader of this request.
    ///
    /// # Errors
    /// Never in a request that `http` made.
    fn loader(&self) -> Result<&'a RequestLoader>;
}

impl<'a> ContextExt<'a> for Context<'a> {
    fn app(&self) -> Result<&'a App> {
        self.data::<App>().map_err(missing)
    }

    fn viewer(&self) -> Result<&'a Viewer> {
        self.data::<Viewer>().map_err(missing)
    }

    fn service<T: Any + Send + Sync>(&self) -> Result<&'a T> {
        self.data::<T>().map_err(missing)
    }

    fn loader(&self) -> Result<&'a RequestLoader> {
        self.data::<RequestLoader>().map_err(missing)
    }
}

pub(super) fn missing(error: async_graphql::Error) -> Error {
    Error::internal(anyhow::anyhow!("{}", error.message))
}
