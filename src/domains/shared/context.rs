//! Access to the GraphQL context for resolvers.

use std::any::Any;

use async_graphql::ContextBase;

use super::loader::RequestLoader;
use crate::{
    app::App,
    auth::Viewer,
    error::{Error, Result},
};

/// Typed access to the data in a resolver's context.
pub trait ContextExt<'a> {
    /// Returns the application.
    ///
    /// # Errors
    /// Never in a schema built by `schema::build`.
    fn app(&self) -> Result<&'a App>;
    /// Returns the viewer.
    ///
    /// # Errors
    /// Never in a request made by `http`.
    fn viewer(&self) -> Result<&'a Viewer>;
    /// Returns a service.
    ///
    /// # Errors
    /// Never for a service passed to `schema::build`.
    fn service<T: Any + Send + Sync>(&self) -> Result<&'a T>;
    /// Returns the loader of this request.
    ///
    /// # Errors
    /// Never in a request made by `http`.
    fn loader(&self) -> Result<&'a RequestLoader>;
}

impl<'a, T> ContextExt<'a> for ContextBase<'a, T> {
    fn app(&self) -> Result<&'a App> {
        self.data::<App>().map_err(missing)
    }

    fn viewer(&self) -> Result<&'a Viewer> {
        self.data::<Viewer>().map_err(missing)
    }

    fn service<S: Any + Send + Sync>(&self) -> Result<&'a S> {
        self.data::<S>().map_err(missing)
    }

    fn loader(&self) -> Result<&'a RequestLoader> {
        self.data::<RequestLoader>().map_err(missing)
    }
}

pub(super) fn missing(error: async_graphql::Error) -> Error {
    Error::internal(anyhow::anyhow!("{}", error.message))
}
