//! The assembly of the schema, and the engine that executes operations.

mod port;
mod subscription;

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{
    Request, Response, SDLExportOptions, Schema, ServerError, ValidationMode,
    parser::types::{ExecutableDocument, OperationType},
};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::request_id::RequestId;
use crate::{
    app::App,
    auth::{Callers, Viewer},
    config::Limits,
    domains::{Mutation, Nodes, Query, ResolveNode, Services, Subscription, loader, resolve_node},
    error::ErrorCode,
    graphql::{
        Answer, Charge, CurrencyCode, CursorText, Date, Decimal, Document, Documents, Json, Language, Loads, NESTING,
        NullIfArgumentsAreWrong, Observed, Price, RootSpans, Scalars, Timestamp, add_paths, check_filters, finish,
        limit_error, note_outages, refused, too_slow,
    },
    telemetry::trace,
};

/// The schema of Rapport.
pub type RapportSchema = Schema<Query, Mutation, Subscription>;

/// Returns the builder of the schema without runtime data: enough to print it.
fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .register_output_type::<Nodes>()
        .register_output_type::<ErrorCode>()
}

/// Returns the schema in the schema definition language, sorted by type and field.
pub fn sdl() -> String {
    let sorted = SDLExportOptions::new().sorted_fields().sorted_enum_items().include_specified_by();
    format!("{HEAD}{}", builder().finish().sdl_with_options(sorted))
}

/// The head of the schema. A comment, since not all client generators can read a description of a schema.
const HEAD: &str = "\
# The API of Rapport. A deprecated item names its replacement and the earliest date of its removal, at least 90 days ahead;
# until version 1.0 items may also change without that, and docs/api.md lists what did. Types, fields, arguments and enum
# values are added at any time: clients must ignore enum values and members of unions that they do not know.
";

/// Returns the language of the schema within `limits`.
fn language(limits: &Arc<Limits>) -> anyhow::Result<Language> {
    Language::new(&sdl(), scalars(), Arc::clone(limits))
}

/// Returns a message for each of the documents, given by id and text, that cannot be executed within `limits`.
///
/// # Errors
/// If the schema is invalid, which tests rule out.
pub fn problems_of(limits: &Limits, documents: &[(&str, &str)]) -> anyhow::Result<Vec<String>> {
    let known = Documents::new(language(&Arc::new(limits.clone()))?);
    let problem = |(id, text): &(&str, &str)| {
        let errors = known.read(&mut Request::new(*text)).err()?;
        let first = errors.first()?;
        let more = match errors.len() - 1 {
            0 => String::new(),
            more => format!(" ({more} more)"),
        };
        let place = first.locations.first().map(|at| format!(", line {}, column {}", at.line, at.column));
        Some(format!("{id}{}: {}{more}", place.unwrap_or_default(), first.message))
    };
    Ok(documents.iter().filter_map(problem).collect())
}

/// Executes operations: checks limits, executes the schema, and bounds time and errors. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    schema: RapportSchema,
    documents: Documents,
    app: App,
    limits: Arc<Limits>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

/// An operation admitted for execution.
struct Admitted {
    request: Request,
    document: Arc<Document>,
    tree: Arc<ExecutableDocument>,
    price: Price,
}

/// An operation that is valid and within the limits, with coerced variables.
struct Prepared {
    document: Arc<Document>,
    tree: Arc<ExecutableDocument>,
    price: Price,
    kind: OperationType,
}

impl Engine {
    /// Creates the engine of `app`.
    #[expect(clippy::expect_used, reason = "the schema is written in the code, and every test reads it")]
    pub fn new(app: App, services: Services) -> Self {
        let limits = Arc::new(app.config.limits.clone());
        let language = language(&limits).expect("the schema is valid");
        // What comes here is valid, and within the limits, which are checked when a document is read.
        let mut builder = builder().validation_mode(ValidationMode::Fast).limit_recursive_depth(NESTING);
        builder = builder.directive(NullIfArgumentsAreWrong);
        if !limits.introspection {
            builder = builder.disable_introspection();
        }
        builder = builder.data(app.clone()).data(services.identity.clone()).data(services.knowledge.clone());
        builder = builder.data(ResolveNode(resolve_node));
        builder = builder.data(services.chat.clone()).data(Arc::clone(&services.schedule));
        builder = builder.data(Arc::new(services) as Arc<dyn Callers>);
        if trace::is_active() {
            builder = builder.extension(RootSpans);
        }
        Self { schema: builder.finish(), documents: Documents::new(language), app, limits }
    }

    /// Executes a query or a mutation.
    pub async fn execute(&self, viewer: Viewer, mut request: Request) -> Response {
        let observed = self.observe(&viewer, &mut request);
        let response = self.run(viewer, request, &observed).instrument(observed.span()).await;
        observed.answered(&response);
        observed.end();
        response
    }

    async fn run(&self, viewer: Viewer, request: Request, observed: &Observed) -> Response {
        let (request_id, asker) = (viewer.request_id.clone(), viewer.asker());
        let charge = self.charge(&viewer, &request);
        let (loads, answer) = (Loads::default(), self.answer());
        let work = loads.clone().run(async {
            match self.admit(viewer, request, &charge, observed, &loads).await {
                Ok(Admitted { request, tree, .. }) => {
                    let variables = request.variables.clone();
                    let mut response = self.schema.execute(ready(request, &tree, &answer)).await;
                    add_paths(&mut response.errors, &tree, &variables);
                    response
                }
                Err(errors) => Response::from_errors(errors),
            }
        });
        let work = self.app.db.in_operation((asker, self.limits.timeout), work);
        let response = match AssertUnwindSafe(tokio::time::timeout(self.limits.timeout, work)).catch_unwind().await {
            Ok(Ok(response)) => charge.settle(bounded(response, &answer)).await,
            // Dropping the operation cancelled it: statements stop and open transactions roll back.
            Ok(Err(_)) => charge.keep(Response::from_errors(vec![too_slow(self.limits.timeout)])).await,
            Err(_) => charge.keep(Response::from_errors(vec![panicked(&request_id)])).await,
        };
        note_outages(&response, self.app.db.outage());
        finish(response, &request_id, self.limits.errors)
    }

    /// Returns the kind of the operation to run; `None` if the document is invalid or names no such operation.
    pub fn kind_of(&self, request: &mut Request) -> Option<OperationType> {
        self.documents.kind_of(request)
    }

    fn observe(&self, viewer: &Viewer, request: &mut Request) -> Observed {
        let user = viewer.signed_in().map(|session| session.user_id);
        let metrics = self.app.ambient.metrics().clone();
        Observed::begin(metrics, self.app.config.log.slow, self.documents.info(request), &viewer.request_id, user)
    }

    fn charge(&self, viewer: &Viewer, request: &Request) -> Charge {
        Charge::new(&self.app.budget, viewer.budget_subject(), request)
    }

    /// Returns the limits of an answer that starts now.
    fn answer(&self) -> Answer {
        Answer::begin(self.limits.answer_bytes, self.limits.timeout)
    }

    /// Admits an operation: checks limits and validity, and charges its price.
    async fn admit(
        &self,
        viewer: Viewer,
        mut request: Request,
        charge: &Charge,
        observed: &Observed,
        loads: &Loads,
    ) -> Result<Admitted, Vec<ServerError>> {
        let Prepared { document, tree, price, kind } = self.prepare(&viewer, &mut request)?;
        observed.is_valid(price.points);
        charge.pay(price).await.map_err(one)?;
        if kind != OperationType::Subscription && !document.is_merged {
            request = request.data(charge.written());
        }
        let request = request.data(loader(&self.app, &viewer, loads)).data(viewer);
        Ok(Admitted { request, document, tree, price })
    }

    /// Checks the limits and the validity of an operation and of its variables, and reckons its price.
    fn prepare(&self, viewer: &Viewer, request: &mut Request) -> Result<Prepared, Vec<ServerError>> {
        let document = match self.documents.read(request) {
            Ok(document) => document,
            Err(errors) => return Err(self.documents.with_variables(request, errors)),
        };
        let chosen = document.operation(request.operation_name.as_deref()).map_err(one)?;
        self.check_in_person(viewer, &document, chosen)?;
        let given = std::mem::take(&mut request.variables);
        let coerced = self.documents.coerce(&document, chosen, given);
        let place = chosen.tree.selection_set.pos;
        request.variables = coerced.map_err(|error| one(async_graphql::Error::from(error).into_server_error(place)))?;
        document.check_values(chosen.tree, &request.variables).map_err(one)?;
        let required = self.documents.check_required(&document, chosen, &request.variables);
        required.map_err(|error| one(async_graphql::Error::from(error).into_server_error(place)))?;
        let tree = document.tree_for(chosen.tree, &request.variables);
        let filters = check_filters(&tree, &request.variables).map_err(async_graphql::Error::from);
        filters.map_err(|error| one(error.into_server_error(place)))?;
        let price = self.documents.price(&document, chosen, &request.variables).map_err(one)?;
        if price.points > self.limits.complexity {
            return Err(vec![limit_error("a cost of", self.limits.complexity, price.points)]);
        }
        let kind = chosen.tree.ty;
        Ok(Prepared { document, tree, price, kind })
    }
}

/// Returns the request for executing `tree`.
fn ready(mut request: Request, tree: &ExecutableDocument, answer: &Answer) -> Request {
    request.set_parsed_query(tree.clone());
    request.data(answer.clone())
}

/// Checks the size of a response.
fn bounded(response: Response, answer: &Answer) -> Response {
    match answer.check(&response.data) {
        Ok(()) => response,
        Err(refusal) => Response::from_errors(vec![refusal]),
    }
}

/// Returns the custom scalars, whose values are validated in documents.
fn scalars() -> Scalars {
    Scalars::default()
        .with::<CurrencyCode>()
        .with::<CursorText>()
        .with::<Date>()
        .with::<Decimal>()
        .with::<Json>()
        .with::<Timestamp>()
}

fn one(error: ServerError) -> Vec<ServerError> {
    vec![error]
}

fn panicked(request_id: &RequestId) -> ServerError {
    tracing::error!(request_id = %request_id.0, "an operation panicked");
    let message = "Something went wrong on our side; the request id helps us find it.";
    refused(ErrorCode::Internal, message, std::collections::BTreeMap::new())
}
