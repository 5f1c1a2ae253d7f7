//! The gateway: connects the transports to sign-in and the schema.

use std::time::Duration;

use async_graphql::{Pos, Request, Response, parser::types::OperationType};
use futures_util::{FutureExt, StreamExt, stream, stream::BoxStream};
use sea_orm::{ConnAcquireErr, DbErr};
use tokio::time::timeout;
use tracing::{Instrument, Span};

use super::transport::{AuthError, Gateway, Reply, RequestOrigin};
use crate::{
    app::App,
    auth::{Caller, Callers, TokenError, TokenKind, Viewer},
    db::PATIENCE,
    domains::{Services, token_kind},
    error::Error,
    graphql::finish,
    request_id::RequestId,
    schema::Engine,
    telemetry::Metrics,
};

/// Connects the transports to sign-in and the schema.
#[derive(Clone, Debug)]
pub struct RapportGateway {
    pub(super) app: App,
    pub(super) services: Services,
    engine: Engine,
}

impl RapportGateway {
    /// Creates the gateway of `app`.
    pub fn new(app: App, services: Services, engine: Engine) -> Self {
        Self { app, services, engine }
    }
}

/// Requests outside GraphQL.
impl RapportGateway {
    /// Returns the viewer of a request with this token.
    ///
    /// # Errors
    /// If the token is invalid or expired, or cannot be checked now.
    pub(super) async fn viewer(&self, token: Option<&str>, origin: &RequestOrigin) -> Result<Viewer, AuthError> {
        Ok(viewer_from(self.authenticate(token, origin).await?, origin))
    }

    /// Returns the viewer of a request without a token.
    pub(super) fn nobody(&self, origin: &RequestOrigin) -> Viewer {
        viewer_from(Caller::Nobody, origin)
    }
}

/// Returns the only reply for a caller who may no longer act.
fn refused(error: TokenError, kind: TokenKind, request_id: &RequestId) -> BoxStream<'static, Reply> {
    let error = match error {
        TokenError::Unavailable(cause) => cause,
        TokenError::Invalid => Error::Unauthenticated(kind.rejection(false).to_owned()),
        TokenError::Expired => Error::Unauthenticated(kind.rejection(true).to_owned()),
    };
    let mut error = async_graphql::Error::from(error).into_server_error(Pos::default());
    // It is about no place in the document.
    error.locations.clear();
    let response = finish(Response::from_errors(vec![error]), request_id, 1);
    stream::once(std::future::ready(response.into())).boxed()
}

/// Returns the error for a database that takes too long to check a caller.
fn too_slow() -> Error {
    DbErr::ConnectionAcquire(ConnAcquireErr::Timeout).into()
}

/// Returns the viewer of one operation, with its own request id.
fn viewer(caller: Caller, request: &Request) -> Viewer {
    match RequestOrigin::of(request) {
        Some(origin) => viewer_from(caller, origin),
        None => Viewer::system().with_caller(caller),
    }
}

fn viewer_from(caller: Caller, origin: &RequestOrigin) -> Viewer {
    let mut viewer = Viewer::new(caller, RequestId(origin.request_id.to_string()));
    viewer.peer = origin.peer;
    viewer.user_agent.clone_from(&origin.user_agent);
    viewer
}

impl Gateway for RapportGateway {
    type Caller = Caller;

    async fn authenticate(&self, token: Option<&str>, origin: &RequestOrigin) -> Result<Caller, AuthError> {
        let Some(token) = token else { return Ok(Caller::Nobody) };
        let viewer = viewer_from(Caller::Nobody, origin);
        let authenticated = timeout(PATIENCE, self.services.authenticate(&viewer, token)).await;
        match authenticated.unwrap_or_else(|_| Err(TokenError::Unavailable(too_slow()))) {
            Ok(caller) => Ok(caller),
            Err(TokenError::Expired) => Err(AuthError::Rejected(token_kind(token).rejection(true))),
            Err(TokenError::Invalid) => Err(AuthError::Rejected(token_kind(token).rejection(false))),
            // Said by the client of the issuer, once a minute: anybody's token could fill the log here.
            Err(TokenError::Unavailable(Error::ProviderUnavailable { .. })) => Err(AuthError::Unavailable),
            Err(TokenError::Unavailable(Error::Unavailable(error))) => {
                self.app.db.outage().note(&error);
                Err(AuthError::Unavailable)
            }
            Err(TokenError::Unavailable(error)) => {
                tracing::error!(request_id = %origin.request_id, ?error, "a token could not be checked");
                Err(AuthError::Unavailable)
            }
        }
    }

    fn time_to_live(&self, caller: &Caller) -> Option<Duration> {
        match caller {
            Caller::User(session) => {
                let left = session.expires_at? - self.app.ambient.now();
                Some(left.to_std().unwrap_or_default())
            }
            // Each message of a visitor prolongs their token: whether it still holds is asked as the socket goes on.
            Caller::Visitor(_) | Caller::Nobody => None,
        }
    }

    async fn still_valid(&self, caller: &Caller) -> bool {
        if let Caller::User(session) = caller
            && session.expires_at.is_some_and(|end| end <= self.app.ambient.now())
        {
            return false;
        }
        // A database that is down for a moment is no reason to throw everybody out.
        let checked = timeout(PATIENCE, self.services.recheck(caller)).await;
        !matches!(checked, Ok(Err(TokenError::Invalid | TokenError::Expired)))
    }

    fn may_continue_as(&self, current: &Caller, fresh: &Caller) -> bool {
        current.person() == fresh.person()
    }

    fn new_request_id(&self) -> String {
        self.app.ambient.uuid().simple().to_string()
    }

    fn metrics(&self) -> Option<&Metrics> {
        Some(self.app.ambient.metrics())
    }

    fn kind_of(&self, request: &mut Request) -> Option<OperationType> {
        self.engine.kind_of(request)
    }

    async fn execute(&self, caller: Caller, request: Request) -> Response {
        self.engine.execute(viewer(caller, &request), request).await
    }

    fn stream(&self, caller: Caller, request: Request, resume: Option<String>) -> BoxStream<'static, Reply> {
        let this = self.clone();
        // A socket may have been opened long ago: its user may do what their role gives now, not what it gave then.
        let replies = async move {
            let checked = timeout(PATIENCE, this.services.recheck(&caller)).await;
            match checked.unwrap_or_else(|_| Err(TokenError::Unavailable(too_slow()))) {
                Ok(present) => this.engine.stream(viewer(present, &request), request, resume),
                Err(error) => refused(error, TokenKind::of(&caller), &viewer(Caller::Nobody, &request).request_id),
            }
        };
        // The stream is read elsewhere; its operation belongs to the request that is here now. Boxed, so that what it takes
        // to begin is given back when it has begun: a subscription may last for days.
        replies.instrument(Span::current()).boxed().flatten_stream().boxed()
    }
}
