//! The assembly of the schema, and the one way in which operations are run.

mod subscription;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    Request, Response, SDLExportOptions, Schema, ServerError, ValidationMode, parser::types::OperationType,
};
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::{
    app::App,
    auth::Viewer,
    config::Limits,
    domains::{Mutation, Node, Query, Services, Subscription, loader},
    error::ErrorCode,
    graphql::{
        Charge, DATE_TIME, Documents, Loads, NESTING, Observed, OperationInfo, RequestId, RootSpans, Validator,
        check_document, check_roots, check_text, check_values, finish, limit_error, operation_kind, refused,
    },
    telemetry::trace,
};

/// The schema of Rapport.
pub type RapportSchema = Schema<Query, Mutation, Subscription>;

/// The schema, without what operations need to run: enough to print it.
fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .register_output_type::<Node>()
        .register_output_type::<ErrorCode>()
        .override_output_type_description::<DateTime<Utc>>(DATE_TIME)
}

/// The schema in the schema definition language, with types and fields in order.
pub fn sdl() -> String {
    let sorted = SDLExportOptions::new().sorted_fields().sorted_enum_items().include_specified_by();
    builder().finish().sdl_with_options(sorted)
}

/// Runs operations: limits first, then the schema, with time and errors kept in bounds. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    schema: RapportSchema,
    validator: Validator<Query, Mutation, Subscription>,
    documents: Documents,
    app: App,
    limits: Arc<Limits>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    /// The engine of `app`.
    pub fn new(app: App, services: Services) -> Self {
        let limits = Arc::new(app.config.limits.clone());
        let restricted = || {
            // Checked before by `check_document`, which says by how much.
            let builder = builder().limit_recursive_depth(NESTING);
            if limits.introspection { builder } else { builder.disable_introspection().disable_suggestions() }
        };
        let validator = Validator::new(restricted());
        // What comes here is valid.
        let mut builder = restricted().validation_mode(ValidationMode::Fast).data(app.clone()).data(services);
        if trace::is_active() {
            builder = builder.extension(RootSpans);
        }
        Self { schema: builder.finish(), validator, documents: Documents::default(), app, limits }
    }

    /// Runs a query or a mutation.
    pub async fn execute(&self, viewer: Viewer, mut request: Request) -> Response {
        let observed = self.observe(&viewer, &mut request);
        let response = self.run(viewer, request, &observed).instrument(observed.span()).await;
        observed.answered(&response);
        observed.end();
        response
    }

    async fn run(&self, viewer: Viewer, request: Request, observed: &Observed) -> Response {
        let request_id = viewer.request_id.clone();
        let charge = self.charge(&viewer, &request);
        let loads = Loads::default();
        let work = loads.clone().run(async {
            match self.admit(viewer, request, &charge, observed, &loads).await {
                Ok(request) => self.schema.execute(request).await,
                Err(errors) => Response::from_errors(errors),
            }
        });
        let response = match AssertUnwindSafe(tokio::time::timeout(self.limits.timeout, work)).catch_unwind().await {
            Ok(Ok(response)) => charge.settle(response).await,
            // Dropping the operation cancelled it: statements stop and open transactions roll back.
            Ok(Err(_)) => charge.keep(Response::from_errors(vec![too_slow(self.limits.timeout)])).await,
            Err(_) => charge.keep(Response::from_errors(vec![panicked(&request_id)])).await,
        };
        finish(response, &request_id, self.limits.errors)
    }

    /// The kind of the operation that would run. `None` when its document is over the limits that are checked before it is
    /// parsed, does not parse, or names no such operation.
    pub fn kind_of(&self, request: &mut Request) -> Option<OperationType> {
        self.may_read(request).then(|| operation_kind(request))?
    }

    /// What the operation is, as far as the document may be read.
    fn info(&self, request: &mut Request) -> OperationInfo {
        if self.may_read(request) { OperationInfo::of(request) } else { OperationInfo::unknown() }
    }

    /// Whether the document is known, or within the limits that are checked before it is parsed.
    fn may_read(&self, request: &mut Request) -> bool {
        self.documents.find(request).is_some() || check_text(&request.query, &self.limits).is_ok()
    }

    fn observe(&self, viewer: &Viewer, request: &mut Request) -> Observed {
        let user = viewer.signed_in().map(|session| session.user_id);
        let metrics = self.app.ambient.metrics().clone();
        Observed::begin(metrics, self.app.config.log.slow, self.info(request), &viewer.request_id, user)
    }

    fn charge(&self, viewer: &Viewer, request: &Request) -> Charge {
        Charge::new(&self.app.budget, viewer.budget_subject(), request)
    }

    /// Lets an operation in: it is within the limits, valid, and paid for. What is returned may run.
    async fn admit(
        &self,
        viewer: Viewer,
        mut request: Request,
        charge: &Charge,
        observed: &Observed,
        loads: &Loads,
    ) -> Result<Request, Vec<ServerError>> {
        let known = self.documents.find(&mut request);
        self.check(&mut request, known.is_some()).map_err(|error| vec![error])?;
        let kind = operation_kind(&mut request);
        let is_new = known.is_none() && kind.is_some();
        let is_event = kind == Some(OperationType::Subscription);
        if !is_event && known.as_ref().is_some_and(|document| !document.is_merged) {
            request = request.data(charge.written());
        }
        let cost = match known.and_then(|document| document.cost).filter(|_| kind.is_some()) {
            Some(cost) => cost,
            None => Box::pin(self.validate(&mut request, is_new)).await?,
        };
        if cost > self.limits.complexity {
            return Err(vec![limit_error("a cost of", self.limits.complexity, cost)]);
        }
        observed.is_valid(cost);
        charge.pay(cost).await.map_err(|error| vec![error])?;
        Ok(request.data(loader(&self.app, &viewer, loads)).data(viewer))
    }

    /// Checks an operation against the limits. Of a known document only the variables can be over them.
    fn check(&self, request: &mut Request, is_known: bool) -> Result<(), ServerError> {
        if !is_known {
            check_text(&request.query, &self.limits)?;
        }
        let variables = std::mem::take(&mut request.variables);
        let document = request.parsed_query()?;
        if !is_known {
            check_document(document, &self.limits)?;
            check_roots(document)?;
        }
        check_values(document, &variables)?;
        request.variables = variables;
        Ok(())
    }

    /// Validates an operation, and says what it costs. A document that `is_new`, and has such an operation, is known then.
    async fn validate(&self, request: &mut Request, is_new: bool) -> Result<usize, Vec<ServerError>> {
        let document = request.parsed_query().map_err(|error| vec![error])?.clone();
        let new = is_new.then(|| document.clone());
        let mut copy = Request::new(request.query.clone()).variables(request.variables.clone());
        copy.operation_name.clone_from(&request.operation_name);
        copy.set_parsed_query(document);
        let cost = self.validator.cost_of(copy).await?;
        if let Some(document) = new {
            self.documents.remember(request.query.clone(), document, cost);
        }
        Ok(cost)
    }
}

fn too_slow(limit: Duration) -> ServerError {
    let message =
        format!("The operation took longer than {} s and was stopped; ask for less at a time.", limit.as_secs());
    refused(ErrorCode::Timeout, message, std::collections::BTreeMap::new())
}

fn panicked(request_id: &RequestId) -> ServerError {
    tracing::error!(request_id = %request_id.0, "an operation panicked");
    let message = "Something went wrong on our side; the request id helps us find it.";
    refused(ErrorCode::Internal, message, std::collections::BTreeMap::new())
}
