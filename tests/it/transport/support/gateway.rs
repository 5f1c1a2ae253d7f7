//! A gateway whose tokens say what they are.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    Request, Response,
    parser::types::{DocumentOperations, OperationType},
};
use futures_util::{StreamExt, stream::BoxStream};
use rapport::http::transport::{AuthError, Gateway, Reply, RequestOrigin, code, request_error};

use super::schema::{TestSchema, schema};

/// What a test turns and reads.
#[derive(Debug, Default)]
pub struct Switches {
    /// Callers are no longer valid.
    pub revoked: AtomicBool,
    /// Tokens cannot be checked.
    pub down: AtomicBool,
    /// Before it says whether a caller is valid, it waits for another event of `flood`.
    pub checks_after_an_event: AtomicBool,
    /// How often it said so then.
    pub checks: AtomicUsize,
    /// Mutations run.
    pub bumps: AtomicUsize,
    /// Events produced by `flood`.
    pub produced: Arc<AtomicUsize>,
    /// Streams that exist.
    pub live: Arc<AtomicUsize>,
    requests: AtomicUsize,
}

#[derive(Debug, Clone)]
pub struct Caller {
    pub name: &'static str,
    lives: Option<Duration>,
}

#[derive(Clone)]
pub struct TestGateway {
    schema: TestSchema,
    switches: Arc<Switches>,
}

impl TestGateway {
    pub fn new(switches: &Arc<Switches>) -> Self {
        Self { schema: schema(switches), switches: Arc::clone(switches) }
    }
}

impl Gateway for TestGateway {
    type Caller = Caller;

    async fn authenticate(&self, token: Option<&str>, _origin: &RequestOrigin) -> Result<Caller, AuthError> {
        if token.is_some() && self.switches.down.load(Ordering::SeqCst) {
            return Err(AuthError::Unavailable);
        }
        let (name, lives) = match token {
            None => ("anonymous", None),
            Some("ann") => ("ann", None),
            Some("bob") => ("bob", None),
            Some("ann-short") => ("ann", Some(Duration::from_millis(600))),
            Some("expired") => return Err(AuthError::Expired),
            Some(_) => return Err(AuthError::Invalid),
        };
        Ok(Caller { name, lives })
    }

    fn time_to_live(&self, caller: &Caller) -> Option<Duration> {
        caller.lives
    }

    async fn still_valid(&self, _caller: &Caller) -> bool {
        if self.switches.checks_after_an_event.load(Ordering::SeqCst) {
            let produced = || self.switches.produced.load(Ordering::SeqCst);
            let before = produced();
            while produced() == before {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            self.switches.checks.fetch_add(1, Ordering::SeqCst);
        }
        !self.switches.revoked.load(Ordering::SeqCst)
    }

    fn may_continue_as(&self, current: &Caller, fresh: &Caller) -> bool {
        current.name == fresh.name
    }

    fn new_request_id(&self) -> String {
        let nth = self.switches.requests.fetch_add(1, Ordering::SeqCst);
        format!("made-{nth}")
    }

    fn kind_of(&self, request: &mut Request) -> Option<OperationType> {
        let name = request.operation_name.clone();
        match (&request.parsed_query().ok()?.operations, name) {
            (DocumentOperations::Single(operation), None) => Some(operation.node.ty),
            (DocumentOperations::Multiple(all), Some(name)) => Some(all.get(name.as_str())?.node.ty),
            (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next().map(|only| only.node.ty),
            _ => None,
        }
    }

    async fn execute(&self, caller: Caller, request: Request) -> Response {
        if request.query.contains("refuseMe") {
            let id = RequestOrigin::of(&request).map(|origin| origin.request_id.to_string());
            let error = request_error(code::UNAUTHENTICATED, "Sign in.", id.unwrap_or_default());
            return Response::from_errors(vec![error]);
        }
        self.schema.execute(request.data(caller)).await
    }

    /// The cursor of the nth reply is "cn", and `resume` skips that many.
    fn stream(&self, caller: Caller, request: Request, resume: Option<String>) -> BoxStream<'static, Reply> {
        let seen = resume.and_then(|cursor| cursor.strip_prefix('c')?.parse().ok()).unwrap_or(0);
        self.schema
            .execute_stream(request.data(caller))
            .enumerate()
            .skip(seen)
            .map(|(index, response)| Reply { payload: response.into(), cursor: Some(format!("c{}", index + 1).into()) })
            .boxed()
    }
}
