//! Execution of subscriptions by the specification (<https://spec.graphql.org/draft/#sec-Subscription>): one execution
//! creates the source stream, and one more runs for each of its events.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::Poll,
    time::Duration,
};

use async_graphql::{
    Request, Response, ServerError, Value, Variables,
    parser::types::{ExecutableDocument, OperationType},
};
use futures_util::{FutureExt, StreamExt, stream, stream::BoxStream};
use tracing::{Instrument, Span};

use super::{Admitted, Engine, panicked, ready};
use crate::request_id::RequestId;
use crate::{
    auth::Viewer,
    db::Asker,
    domains::{Following, NewEvent, Share, Source, SourceEvent, loader},
    graphql::{
        Asked, Charge, Loads, Observed, Payload, Price, Reply, ResumeFrom, add_paths, finish, note_outages, spent,
        too_slow, written,
    },
    limiter::BudgetSubject,
};

/// Points per event that the initial price covers: accounting for a small event costs more than the event, and replies
/// stream dozens of pieces per second.
const FREE: u32 = 50;
/// Pause before a subscriber without points tries the budget again.
const PAUSE: Duration = Duration::from_secs(1);

/// A running subscription.
struct Subscription {
    engine: Engine,
    /// The operation to execute for each event.
    tree: Arc<ExecutableDocument>,
    operation_name: Option<String>,
    variables: Variables,
    source: Source,
    /// The account of the initial request, until the first reply.
    charge: Option<Charge>,
    /// The payer of events.
    subject: BudgetSubject,
    /// The maximum price of an event.
    price: Price,
    /// The amount to pay before the next event.
    owed: u32,
    /// True after the last event.
    is_over: bool,
    observed: Observed,
    request_id: RequestId,
}

impl Engine {
    /// Executes any operation as a stream of replies. A subscription starts after `resume`, if the transport supplies
    /// it.
    pub fn stream(&self, viewer: Viewer, mut request: Request, resume: Option<String>) -> BoxStream<'static, Reply> {
        let engine = self.clone();
        if self.kind_of(&mut request) != Some(OperationType::Subscription) {
            let reply = async move { engine.execute(viewer, request).await.into() };
            return stream::once(reply.instrument(Span::current())).boxed();
        }
        if let Some(resume) = resume {
            request = request.data(ResumeFrom(resume));
        }
        let observed = self.observe(&viewer, &mut request);
        let span = observed.span();
        let begin = async move {
            match engine.begin(viewer, request, observed).await {
                Ok(begun) => stream::unfold(Box::new(begun), Subscription::step).boxed(),
                Err(refusal) => stream::once(std::future::ready(Reply::from(*refusal))).boxed(),
            }
        };
        // Boxed, so that what it takes to begin is given back when it has begun: a subscription may last for days.
        begin.instrument(span).boxed().flatten_stream().boxed()
    }

    /// Starts a subscription.
    ///
    /// # Errors
    /// The only response, if it cannot start.
    async fn begin(self, viewer: Viewer, request: Request, observed: Observed) -> Result<Subscription, Box<Response>> {
        let charge = self.charge(&viewer, &request);
        let request_id = viewer.request_id.clone();
        let asker = viewer.asker();
        let begun = self.begun(viewer, request, charge.clone(), observed.clone());
        let begun = self.app.db.in_operation((asker, self.limits.timeout), begun);
        let refusal = match self.bounded(begun, &request_id).await {
            Ok(Ok(begun)) => return Ok(begun),
            Ok(Err(refusal)) | Err(refusal) => refusal,
        };
        let refusal = charge.keep(not_begun(*refusal)).await;
        let refusal = finish(refusal, &request_id, self.limits.errors);
        observed.answered(&refusal);
        observed.end();
        Err(Box::new(refusal))
    }

    async fn begun(
        &self,
        viewer: Viewer,
        request: Request,
        charge: Charge,
        observed: Observed,
    ) -> Result<Subscription, Box<Response>> {
        let (loads, request_id, subject) = (Loads::default(), viewer.request_id.clone(), viewer.budget_subject());
        let admitted = self.admit(viewer, request, &charge, &observed, &loads).await;
        let Admitted { request, document, tree, price } = admitted.map_err(refused)?;
        let (operation_name, variables) = (request.operation_name.clone(), request.variables.clone());
        let chosen = document.operation(operation_name.as_deref()).map_err(|error| refused(vec![error]))?;
        let following = Following::begin(Asked::by(&request, chosen));
        let request = ready(request, &tree, &self.answer()).data(following.clone());
        let response = loads.run(self.first_response(request)).await;
        let source = match response {
            Some(mut refusal) => {
                add_paths(&mut refusal.errors, &tree, &variables);
                return Err(Box::new(refusal));
            }
            // The field had nothing to follow.
            None => following.source().unwrap_or_else(|| stream::empty().boxed()),
        };
        let (engine, charge, owed) = (self.clone(), Some(charge), 0);
        Ok(Subscription {
            engine,
            tree,
            operation_name,
            variables,
            source,
            charge,
            subject,
            price,
            owed,
            is_over: false,
            observed,
            request_id,
        })
    }

    /// Executes an operation for an event.
    async fn executed(self, request: Request, loads: Loads, request_id: RequestId) -> Response {
        match self.bounded(loads.run(self.first_response(request)), &request_id).await {
            Ok(response) => response.unwrap_or_default(),
            Err(response) => *response,
        }
    }

    async fn first_response(&self, request: Request) -> Option<Response> {
        self.schema.execute_stream(request).next().await
    }

    /// Runs `work` within the time limit of an operation; a panic becomes an error.
    async fn bounded<T>(&self, work: impl Future<Output = T>, request_id: &RequestId) -> Result<T, Box<Response>> {
        let limit = self.limits.timeout;
        match AssertUnwindSafe(tokio::time::timeout(limit, work)).catch_unwind().await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) => Err(refused(vec![too_slow(limit)])),
            Err(_) => Err(refused(vec![panicked(request_id)])),
        }
    }
}

impl Subscription {
    async fn step(mut self: Box<Self>) -> Option<(Reply, Box<Self>)> {
        if self.owed > 0 {
            Box::pin(self.pay()).await;
        }
        let next = AssertUnwindSafe(self.source.next()).catch_unwind().instrument(self.observed.span());
        let reply = match next.await {
            Ok(Some(SourceEvent::Told(told))) => {
                self.charge = None;
                Reply { payload: Payload::Written(told.response), cursor: Some(told.cursor) }
            }
            // Boxed: a subscription waits most of its life.
            Ok(Some(SourceEvent::New(event))) => Box::pin(self.execute(*event)).await,
            Ok(None) => {
                self.observed.end();
                return None;
            }
            Err(_) => {
                self.source = stream::empty().boxed();
                let response = Response::from_errors(vec![panicked(&self.request_id)]);
                self.finish(response).await.into()
            }
        };
        Some((reply, self))
    }

    /// Pays for the last event. A subscriber without points waits for new ones; the next event is then read from the
    /// log, so none is lost. Paid after the event, since others may wait for its answer.
    async fn pay(&mut self) {
        while let Err(shortage) = self.engine.app.budget.take(self.subject, self.owed).await {
            // The end keeps nobody waiting.
            if self.is_over {
                break;
            }
            tokio::time::sleep(shortage.retry_after.min(PAUSE)).await;
        }
        self.owed = 0;
    }

    /// Executes the operation for `event`.
    async fn execute(&mut self, mut event: NewEvent) -> Reply {
        let loads = Loads::default();
        let following = Following::execution(&mut event);
        let NewEvent { viewer, cursor, share, is_last, .. } = event;
        self.is_over = is_last;
        let mut request = Request::new("").variables(self.variables.clone()).data(following);
        request.operation_name.clone_from(&self.operation_name);
        let request = ready(request, &self.tree, &self.engine.answer());
        // What others wait for too does not wait for this one's other reads.
        let asker = if share.is_some() { Asker::Many } else { viewer.asker() };
        let request = request.data(loader(&self.engine.app, &viewer, &loads)).data(viewer);
        let execution = self.engine.clone().executed(request, loads, self.request_id.clone());
        let execution = self.engine.app.db.in_operation((asker, self.engine.limits.timeout), execution);
        let (spent_points, price) = (Arc::new(AtomicU32::new(0)), self.price);
        let noted = Arc::clone(&spent_points);
        let execution = execution
            .map(move |response| {
                noted.store(spent(&response, price), Ordering::Relaxed);
                response
            })
            .instrument(self.observed.span());
        let is_paid = self.charge.is_some();
        let payload = match share {
            Some(share) => shared(execution, share).await,
            None => execution.await.into(),
        };
        if !is_paid {
            self.owed = spent_points.load(Ordering::Relaxed).saturating_sub(FREE);
        }
        let payload = match payload {
            Payload::Response(response) => self.finish(*response).await.into(),
            written @ Payload::Written(_) => {
                self.charge = None;
                written
            }
        };
        Reply { payload, cursor }
    }

    /// Converts a response to its final form for the client.
    async fn finish(&mut self, mut response: Response) -> Response {
        if let Some(charge) = self.charge.take() {
            response = charge.keep(not_begun(response)).await;
        }
        add_paths(&mut response.errors, &self.tree, &self.variables);
        note_outages(&response, self.engine.app.db.outage());
        let response = finish(response, &self.request_id, self.engine.limits.errors);
        self.observed.answered(&response);
        response
    }
}

/// Runs `execution` and shares its result. Others may wait for the answer, and a socket with a slow client stops
/// polling its operations, so an execution that is not ready at once continues in a task of its own.
async fn shared(execution: impl Future<Output = Response> + Send + 'static, share: Share) -> Payload {
    let mut work = async move {
        let response = execution.await;
        match written(&response) {
            Some(text) => {
                share.keep(Arc::clone(&text));
                Payload::Written(text)
            }
            None => response.into(),
        }
    }
    .boxed();
    if let Poll::Ready(payload) = futures_util::poll!(&mut work) {
        return payload;
    }
    match tokio::spawn(work).await {
        Ok(payload) => payload,
        // The runtime is being shut down, and with it the socket.
        Err(_) => std::future::pending().await,
    }
}

fn refused(errors: Vec<ServerError>) -> Box<Response> {
    Box::new(Response::from_errors(errors))
}

/// Removes the path from the error of a subscription that could not start: a request error by the specification, to
/// which async-graphql adds the path of the field.
fn not_begun(mut response: Response) -> Response {
    if response.data == Value::Null {
        for error in &mut response.errors {
            error.path.clear();
        }
    }
    response
}
