//! Resolution of the rows of lists, which make up most of a large answer.
//!
//! async-graphql allocates a future for each field of each row, as large as the largest field of the type needs. Most
//! fields are ready at once and resolved in place here; only those that wait become futures of their own, which then
//! wait together as usual.

use std::{
    borrow::Cow,
    pin::pin,
    task::{self, Poll, Waker},
};

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
    resolver_utils::{resolve_container, resolve_list},
};
use futures_util::{future::try_join_all, poll};

use super::{
    answer::{Answer, bytes_of},
    plain::{PlainFields, PlainSelection},
    wrong_arguments::{has_no_other_directive, or_null},
};

/// Number of futures that are polled in turn.
const JOINED: usize = 30;

/// A row or edge of a list.
pub(super) trait AsRow: OutputType {
    /// The GraphQL type of the row.
    type Node: ContainerType + PlainFields;

    /// Returns the row.
    fn node(&self) -> &Self::Node;
}

impl<N: ContainerType + PlainFields> AsRow for &N {
    type Node = N;

    fn node(&self) -> &N {
        self
    }
}

/// A row of a list.
pub(super) struct Row<'a, N>(pub(super) &'a N);

/// The rows of a list.
pub(super) struct Rows<R>(pub(super) Vec<R>);

impl<N: ContainerType + PlainFields> OutputType for Row<'_, N> {
    fn type_name() -> Cow<'static, str> {
        N::type_name()
    }

    fn qualified_type_name() -> String {
        N::qualified_type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        N::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        let Some(fields) = lone_fields(ctx, &[self.0]) else { return resolve_container(ctx, self.0).await };
        if let Some(plain) = PlainSelection::of(ctx, &fields, &N::type_name()) {
            return plain.object(self.0);
        }
        let objects = resolve_fields(&fields, &[(ctx, self.0)]).await?;
        Ok(objects.into_iter().next().map_or(Value::Null, Value::Object))
    }
}

impl<R: AsRow> OutputType for Rows<R> {
    fn type_name() -> Cow<'static, str> {
        Vec::<R>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<R>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<R>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let nodes: Vec<_> = self.0.iter().map(AsRow::node).collect();
        let Some(fields) = lone_fields(ctx, &nodes) else {
            return resolve_list(ctx, field, &self.0, Some(self.0.len())).await;
        };
        if let Some(plain) = PlainSelection::of(ctx, &fields, &R::Node::type_name()) {
            return plain.list(nodes.into_iter());
        }
        let places: Vec<_> = (0..nodes.len()).map(|index| ctx.with_index(index)).collect();
        let rows: Vec<_> = places.iter().zip(nodes).collect();
        let objects = resolve_fields(&fields, &rows).await?;
        Ok(Value::List(objects.into_iter().map(Value::Object).collect()))
    }
}

/// Returns the selected fields of each row, including those of fragments. `None` for cases left to async-graphql: rows
/// of several types, directives, fragments on interfaces, and merged fields.
fn lone_fields<'a, N: ContainerType>(ctx: &ContextSelectionSet<'a>, rows: &[N]) -> Option<Vec<&'a Positioned<Field>>> {
    let name = N::type_name();
    let mut fields = Vec::new();
    let is_simple = rows.iter().all(|row| row.introspection_type_name() == name)
        && collect(ctx, &name, &ctx.item.node, &mut fields);
    is_simple.then_some(fields)
}

/// Adds the fields of `set`; returns false if any must be left to async-graphql.
fn collect<'a>(
    ctx: &ContextSelectionSet<'a>,
    type_name: &str,
    set: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => {
            let key = &field.node.response_key().node;
            let is_alone = has_no_other_directive(&field.node)
                && fields.iter().all(|other| other.node.response_key().node != *key);
            fields.push(field);
            is_alone
        }
        Selection::FragmentSpread(spread) => {
            ctx.query_env.fragments.get(&spread.node.fragment_name.node).is_some_and(|fragment| {
                fragment.node.type_condition.node.on.node == type_name
                    && collect(ctx, type_name, &fragment.node.selection_set.node, fields)
            })
        }
        Selection::InlineFragment(inline) => {
            let condition = inline.node.type_condition.as_ref();
            condition.is_none_or(|condition| condition.node.on.node == type_name)
                && collect(ctx, type_name, &inline.node.selection_set.node, fields)
        }
    })
}

/// A row and its position.
type Placed<'a, N> = (&'a ContextSelectionSet<'a>, &'a N);

/// Observed readiness of a field in previous rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    /// Ready at once in all rows.
    Ready,
    /// Waiting in some row.
    Waiting,
}

/// Resolves the fields of all rows: ready ones in order, waiting ones concurrently.
async fn resolve_fields<N: ContainerType>(
    fields: &[&Positioned<Field>],
    rows: &[Placed<'_, N>],
) -> ServerResult<Vec<IndexMap<Name, Value>>> {
    // A copy of it is cheaper than to put each name into its place again.
    let names = fields.iter().map(|field| (field.node.response_key().node.clone(), Value::Null));
    let blank: IndexMap<Name, Value> = names.collect();
    let mut objects = vec![blank; rows.len()];
    let mut seen = vec![Seen::Nothing; fields.len()];
    let mut waiting = Vec::new();
    for (row, (placed, object)) in rows.iter().zip(&mut objects).enumerate() {
        for (place, (field, seen)) in fields.iter().zip(&mut seen).enumerate() {
            let ready = match *seen {
                Seen::Ready => ready(*placed, field),
                Seen::Nothing | Seen::Waiting => None,
            };
            let value = match ready {
                Some(value) => value?,
                None => {
                    let mut future = Box::pin(resolve_field(*placed, field));
                    match poll!(future.as_mut()) {
                        Poll::Ready(value) => {
                            *seen = if *seen == Seen::Nothing { Seen::Ready } else { *seen };
                            value?
                        }
                        Poll::Pending => {
                            *seen = Seen::Waiting;
                            waiting.push(async move { ServerResult::Ok((row, place, future.await?)) });
                            continue;
                        }
                    }
                }
            };
            object[place] = value;
        }
        grow(*placed, object.values())?;
    }
    for (row, place, value) in joined(waiting).await?.into_iter().flatten() {
        grow(rows[row], [&value])?;
        objects[row][place] = value;
    }
    Ok(objects)
}

/// Counts values added to the answer, and checks the time limit.
fn grow<'v, N>((ctx, _): Placed<'_, N>, made: impl IntoIterator<Item = &'v Value>) -> ServerResult<()> {
    let Some(answer) = ctx.data_opt::<Answer>() else { return Ok(()) };
    answer.grow(made.into_iter().map(bytes_of).sum())
}

/// Awaits all of `waiting`. Futures of a list are mostly loaded and ready together: `try_join_all` polls up to thirty
/// futures in turn, and creates a task for each of more, which costs more than the polls it saves.
async fn joined<T, F: Future<Output = ServerResult<T>>>(waiting: Vec<F>) -> ServerResult<Vec<Vec<T>>> {
    let mut groups = Vec::with_capacity(waiting.len().div_ceil(JOINED));
    let mut waiting = waiting.into_iter().peekable();
    while waiting.peek().is_some() {
        groups.push(try_join_all(waiting.by_ref().take(JOINED).collect::<Vec<_>>()));
    }
    try_join_all(groups).await
}

/// Returns the value of a field if it is ready at once. Its future stays where it was created: it is as large as the
/// largest field of the type, and moving it costs more than the field. A future that waits after all is dropped and
/// restarted by the caller, which is invisible because row fields have no side effects.
fn ready<N: ContainerType>(placed: Placed<'_, N>, field: &Positioned<Field>) -> Option<ServerResult<Value>> {
    let future = pin!(resolve_field(placed, field));
    match future.poll(&mut task::Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

async fn resolve_field<N: ContainerType>((ctx, row): Placed<'_, N>, field: &Positioned<Field>) -> ServerResult<Value> {
    if field.node.name.node == "__typename" {
        return Ok(Value::String(row.introspection_type_name().into_owned()));
    }
    let ctx = ctx.with_field(field);
    Ok(or_null(&ctx, row.resolve_field(&ctx).await)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use async_graphql::{
        Context, EmptyMutation, EmptySubscription, Object, Request, Result, Schema, SimpleObject, value,
    };
    use tokio::sync::Barrier;

    use super::*;
    use crate::graphql::{WrittenFields, plain_fields, to_json};

    #[derive(SimpleObject)]
    #[graphql(complex)]
    struct Pet {
        id: i32,
        name: String,
    }

    plain_fields!(Pet => id, name);

    #[async_graphql::ComplexObject]
    impl Pet {
        /// Resolves once all pets of the list were asked.
        async fn together(&self, ctx: &Context<'_>) -> i32 {
            ctx.data_unchecked::<Barrier>().wait().await;
            self.id
        }

        async fn broken(&self) -> Result<i32> {
            if self.id == 2 { Err("It is broken.".into()) } else { Ok(self.id) }
        }

        /// Waits in every second row only.
        async fn sometimes(&self) -> i32 {
            if self.id % 2 == 0 {
                tokio::task::yield_now().await;
            }
            self.id
        }

        async fn counted(&self, ctx: &Context<'_>) -> usize {
            ctx.data_unchecked::<AtomicUsize>().fetch_add(1, Ordering::Relaxed)
        }
    }

    struct Query(Vec<Pet>);

    #[Object]
    impl Query {
        async fn pets(&self) -> Rows<&Pet> {
            Rows(self.0.iter().collect())
        }

        async fn pet(&self) -> Row<'_, Pet> {
            Row(&self.0[0])
        }
    }

    async fn ask(query: impl Into<Request>) -> async_graphql::Response {
        let pets = [(1, "Rex"), (2, "Tom"), (3, "Kit")].map(|(id, name)| Pet { id, name: name.to_owned() }).into();
        let schema = Schema::build(Query(pets), EmptyMutation, EmptySubscription)
            .data(Barrier::new(3))
            .data(AtomicUsize::new(0))
            .finish();
        tokio::time::timeout(Duration::from_secs(60), schema.execute(query)).await.expect("nothing waits for ever")
    }

    #[tokio::test]
    async fn fields_come_in_the_order_in_which_they_are_asked_for() {
        let data =
            ask("{ pets { name kind: __typename id } pet { id ... { name } } }").await.into_result().unwrap().data;
        let rows = "[{name: \"Rex\", kind: \"Pet\", id: 1}, {name: \"Tom\", kind: \"Pet\", id: 2}, \
                    {name: \"Kit\", kind: \"Pet\", id: 3}]";
        assert_eq!(data.to_string(), format!("{{pets: {rows}, pet: {{id: 1, name: \"Rex\"}}}}"));
    }

    #[tokio::test]
    async fn fields_that_wait_wait_together_and_keep_their_place() {
        let data = ask("{ pets { together name } }").await.into_result().unwrap().data;
        let expected = value!({"pets": [
            {"together": 1, "name": "Rex"}, {"together": 2, "name": "Tom"}, {"together": 3, "name": "Kit"}
        ]});
        assert_eq!(data.to_string(), expected.to_string());
    }

    #[tokio::test]
    async fn a_field_may_be_ready_in_one_row_and_wait_in_another() {
        let data = ask("{ pets { sometimes id } }").await.into_result().unwrap().data;
        let expected =
            value!({"pets": [{"sometimes": 1, "id": 1}, {"sometimes": 2, "id": 2}, {"sometimes": 3, "id": 3}]});
        assert_eq!(data.to_string(), expected.to_string());
    }

    #[tokio::test]
    async fn a_field_that_is_ready_is_resolved_once() {
        let data = ask("{ pets { counted } }").await.into_result().unwrap().data;
        assert_eq!(data.to_string(), "{pets: [{counted: 0}, {counted: 1}, {counted: 2}]}");
    }

    #[tokio::test]
    async fn fragments_merged_fields_and_directives_show_what_they_would_elsewhere() {
        for query in [
            "{ pets { ...F } } fragment F on Pet { id name }",
            "{ pets { ... on Pet { id } name } }",
            "{ pets { id name id } }",
            "{ pets { id name @include(if: true) together @skip(if: true) } }",
        ] {
            let data = ask(query).await.into_result().unwrap().data;
            let expected = value!({"pets": [
                {"id": 1, "name": "Rex"}, {"id": 2, "name": "Tom"}, {"id": 3, "name": "Kit"}
            ]});
            assert_eq!(data, expected, "{query}");
        }
    }

    #[tokio::test]
    async fn plain_rows_are_written_as_they_would_be_elsewhere_and_their_fields_counted() {
        for (query, fields) in [
            ("{ pets { id name } }", 6),
            ("{ pets { name kind: __typename __typename } }", 6),
            ("{ pets { a: name ...F } } fragment F on Pet { ... { id } }", 6),
            ("{ pet { name } }", 1),
            ("{ first: pets { id } pet { id } more: pets { together name } }", 4),
            ("{ pets { id name id } }", 0),
            ("{ pets { id name @skip(if: true) } }", 3),
        ] {
            let expected = ask(query).await.into_result().unwrap().data;
            let written = WrittenFields::default();
            let found = ask(Request::new(query).data(written.clone())).await.into_result().unwrap().data;
            assert_eq!(to_json(&found).unwrap(), to_json(&expected).unwrap(), "{query}");
            assert_eq!((written.count(), written.count() > 0), (fields, found != expected), "{query}");
        }
    }

    #[tokio::test]
    async fn an_error_names_the_field_that_it_is_of() {
        let response = ask("{ pets { id broken } }").await;
        let error = &response.errors[0];
        assert_eq!(serde_json::to_value(&error.path).unwrap(), serde_json::json!(["pets", 1, "broken"]));
    }
}
