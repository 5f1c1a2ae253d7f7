//! The engine as the port by which domains run operations.

use std::sync::Arc;

use async_graphql::{
    Pos, Request, Response, ServerError, Value as GraphQlValue, Variables, parser::types::OperationType,
};
use async_trait::async_trait;
use futures_util::StreamExt;
use serde_json::Value;

use super::{Engine, one};
use crate::{
    api::{Api, ApiAnswer, ApiCheck, ApiKind, ApiRoot, ApiVariables},
    auth::{Permission, Viewer},
    domains::{IN_PERSON, Shown, acting_again, note_refusal},
    error::{Error, ErrorCode},
    events::Event,
    graphql::{Chosen, Document, Payload, ResponseMap, finish, limit_error, refused},
};

/// The key in `extensions` by which an operation is told its cost.
const COST: &str = "cost";

#[async_trait]
impl Api for Engine {
    fn check(&self, viewer: &Viewer, document: &str, variables: Option<&ApiVariables>) -> Result<ApiCheck, Vec<Value>> {
        let request = asked(document, variables.cloned().unwrap_or_default());
        self.checked(viewer, request, variables.is_some()).map_err(|errors| {
            let response = finish(Response::from_errors(errors), &viewer.request_id, self.limits.errors);
            answered(&response).errors
        })
    }

    async fn run(&self, viewer: &Viewer, document: &str, variables: &ApiVariables) -> ApiAnswer {
        let viewer = match acting_again(&self.app, viewer).await {
            Ok(viewer) => viewer,
            Err(error) => return self.refusal(viewer, error),
        };
        let mut request = asked(document, variables.clone());
        if self.kind_of(&mut request) == Some(OperationType::Subscription) {
            let message = "A subscription is not run but shown, for one event at a time.";
            return self.not_of_this_kind(&viewer, message);
        }
        let answer = answered(&self.execute(viewer.clone(), request).await);
        self.note_forbidden(&viewer, &answer).await;
        answer
    }

    async fn show(
        &self,
        viewer: &Viewer,
        document: &str,
        variables: &ApiVariables,
        event: &Arc<Event>,
    ) -> Option<ApiAnswer> {
        let viewer = match acting_again(&self.app, viewer).await {
            Ok(viewer) => viewer,
            Err(error) => return Some(self.refusal(viewer, error)),
        };
        let shown = Shown::new(Arc::clone(event));
        let mut request = asked(document, variables.clone()).data(shown.clone());
        if let Some(OperationType::Query | OperationType::Mutation) = self.kind_of(&mut request) {
            return Some(self.not_of_this_kind(&viewer, "Only a subscription shows an event."));
        }
        let mut replies = self.stream(viewer.clone(), request, None);
        let reply = replies.next().await;
        // There is one event, after which the stream ends.
        while replies.next().await.is_some() {}
        if let Some(reason) = shown.refusal() {
            self.note(&viewer, &reason).await;
        }
        let answer = match reply?.payload {
            Payload::Response(response) => answered(&response),
            Payload::Written(text) => of_json(serde_json::from_str(text.get()).unwrap_or_default()),
        };
        self.note_forbidden(&viewer, &answer).await;
        Some(answer)
    }
}

impl Engine {
    fn checked(&self, viewer: &Viewer, mut request: Request, is_given: bool) -> Result<ApiCheck, Vec<ServerError>> {
        let document = self.documents.read(&mut request);
        let document = match document {
            Ok(document) => document,
            Err(errors) if is_given => return Err(self.documents.with_variables(&mut request, errors)),
            Err(errors) => return Err(errors),
        };
        let chosen = document.operation(None).map_err(one)?;
        let price = if is_given {
            self.prepare(viewer, &mut request)?.price
        } else {
            self.check_in_person(viewer, &document, chosen)?;
            // What a variable without a default would ask for is not known yet.
            let defaults = self.documents.coerce(&document, chosen, Variables::default()).unwrap_or_default();
            self.documents.price(&document, chosen, &defaults).map_err(one)?
        };
        if price.points > self.limits.complexity {
            return Err(vec![limit_error("a cost of", self.limits.complexity, price.points)]);
        }
        let kind = match chosen.tree.ty {
            OperationType::Query => ApiKind::Query,
            OperationType::Mutation => ApiKind::Mutation,
            OperationType::Subscription => ApiKind::Subscription,
        };
        let roots = document.roots(chosen).into_iter().map(|(name, requires)| root(viewer, name, &requires)).collect();
        let variables = self.documents.variables_schema(&document, chosen);
        Ok(ApiCheck { kind, roots, cost: price.points, variables })
    }

    /// Returns an error if a run would do what must be done in person.
    pub(super) fn check_in_person(
        &self,
        viewer: &Viewer,
        document: &Document,
        chosen: Chosen<'_>,
    ) -> Result<(), Vec<ServerError>> {
        if viewer.via().is_none() || chosen.tree.ty != OperationType::Mutation {
            return Ok(());
        }
        let roots = document.roots(chosen);
        let Some((name, _)) = roots.iter().find(|(name, _)| IN_PERSON.contains(name)) else { return Ok(()) };
        let error = Error::NotAllowed(format!("`{name}` must be done in person, not by a run."));
        Err(one(async_graphql::Error::from(error).into_server_error(chosen.tree.selection_set.pos)))
    }

    /// Returns the answer for a viewer who may not act any more.
    fn refusal(&self, viewer: &Viewer, error: Error) -> ApiAnswer {
        let mut error = async_graphql::Error::from(error).into_server_error(Pos::default());
        // It is about no place in the document.
        error.locations.clear();
        answered(&finish(Response::from_errors(vec![error]), &viewer.request_id, self.limits.errors))
    }

    fn not_of_this_kind(&self, viewer: &Viewer, message: &str) -> ApiAnswer {
        let error = refused(ErrorCode::BadInput, message, std::collections::BTreeMap::new());
        answered(&finish(Response::from_errors(vec![error]), &viewer.request_id, self.limits.errors))
    }

    /// Writes into the audit log that a run was refused, if it was.
    async fn note_forbidden(&self, viewer: &Viewer, answer: &ApiAnswer) {
        let is_forbidden = |error: &&Value| error["extensions"]["code"] == ErrorCode::Forbidden.as_str();
        if let Some(reason) = answer.errors.iter().find(is_forbidden).and_then(|error| error["message"].as_str()) {
            self.note(viewer, reason).await;
        }
    }

    async fn note(&self, viewer: &Viewer, reason: &str) {
        if let Err(error) = note_refusal(&self.app, viewer, reason).await {
            // The step is refused all the same.
            tracing::error!(request_id = %viewer.request_id.0, ?error, "the refusal of a run could not be recorded");
        }
    }
}

fn root(viewer: &Viewer, name: &str, requires: &[&str]) -> ApiRoot {
    let has_one = |names: &[&str]| {
        names.is_empty() || names.iter().filter_map(|name| Permission::named(name)).any(|one| viewer.may(one))
    };
    let is_allowed = has_one(requires) && !(viewer.via().is_some() && IN_PERSON.contains(&name));
    ApiRoot { name: name.to_owned(), requires: requires.iter().map(|name| (*name).to_owned()).collect(), is_allowed }
}

fn asked(document: &str, variables: ApiVariables) -> Request {
    let mut request = Request::new(document).variables(Variables::from_json(Value::Object(variables)));
    request.extensions.insert(COST.to_owned(), GraphQlValue::Boolean(true));
    request
}

/// Returns the answer as a client of HTTP would read it.
fn answered(response: &Response) -> ApiAnswer {
    of_json(serde_json::to_value(ResponseMap(response)).unwrap_or_default())
}

fn of_json(mut response: Value) -> ApiAnswer {
    let cost = response["extensions"]["cost"]["actual"].as_u64().unwrap_or_default();
    let errors = match response.get_mut("errors").map(Value::take) {
        Some(Value::Array(errors)) => errors,
        _ => Vec::new(),
    };
    ApiAnswer { data: response.get_mut("data").map(Value::take), errors, cost }
}
