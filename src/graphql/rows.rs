//! The rows of lists, which are most of what a large answer holds.
//!
//! async-graphql makes a future on the heap for each field of each row, as large as the largest field of the type needs.
//! Most fields are ready at once. Here each is asked once first, and only those that wait for something become futures of
//! their own, which then wait together as they would there.

use std::{borrow::Cow, pin::Pin, task::Poll};

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
    resolver_utils::{resolve_container, resolve_list},
};
use futures_util::{future::try_join_all, poll};

/// A row of a list.
pub(super) struct Row<'a, N>(pub(super) &'a N);

/// The rows of a list.
pub(super) struct Rows<'a, N>(pub(super) Vec<&'a N>);

impl<N: ContainerType> OutputType for Row<'_, N> {
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
        let Some(fields) = plain_fields(ctx, &[self.0]) else { return resolve_container(ctx, self.0).await };
        let objects = resolve_fields(&fields, &[(ctx, self.0)]).await?;
        Ok(objects.into_iter().next().map_or(Value::Null, Value::Object))
    }
}

impl<N: ContainerType> OutputType for Rows<'_, N> {
    fn type_name() -> Cow<'static, str> {
        Vec::<&N>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<&N>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<&N>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let Some(fields) = plain_fields(ctx, &self.0) else {
            return resolve_list(ctx, field, &self.0, Some(self.0.len())).await;
        };
        let places: Vec<_> = (0..self.0.len()).map(|index| ctx.with_index(index)).collect();
        let rows: Vec<_> = places.iter().zip(self.0.iter().copied()).collect();
        let objects = resolve_fields(&fields, &rows).await?;
        Ok(Value::List(objects.into_iter().map(Value::Object).collect()))
    }
}

/// The fields that are asked for of each row, those of fragments among them. `None` for what is better left to
/// async-graphql: rows of several types, directives, fragments on interfaces, and fields that are merged.
fn plain_fields<'a, N: ContainerType>(
    ctx: &ContextSelectionSet<'a>,
    rows: &[&N],
) -> Option<Vec<&'a Positioned<Field>>> {
    let name = N::type_name();
    let mut fields = Vec::new();
    let is_plain = rows.iter().all(|row| row.introspection_type_name() == name)
        && collect(ctx, &name, &ctx.item.node, &mut fields);
    is_plain.then_some(fields)
}

/// Adds the fields of `set`; false when there is one that is not plain.
fn collect<'a>(
    ctx: &ContextSelectionSet<'a>,
    type_name: &str,
    set: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => {
            let key = &field.node.response_key().node;
            let is_plain =
                field.node.directives.is_empty() && fields.iter().all(|other| other.node.response_key().node != *key);
            fields.push(field);
            is_plain
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

/// A row and its place.
type Placed<'a, N> = (&'a ContextSelectionSet<'a>, &'a N);

/// Resolves the fields of all rows: those that are ready in order, those that wait together.
async fn resolve_fields<N: ContainerType>(
    fields: &[&Positioned<Field>],
    rows: &[Placed<'_, N>],
) -> ServerResult<Vec<IndexMap<Name, Value>>> {
    let mut objects = Vec::with_capacity(rows.len());
    let mut waiting = Vec::new();
    // One allocation serves all fields that are ready.
    let mut free = None;
    for (row, placed) in rows.iter().enumerate() {
        let mut object = IndexMap::with_capacity(fields.len());
        for field in fields {
            let mut future = place(free.take(), resolve_field(*placed, field));
            let key = field.node.response_key().node.clone();
            match poll!(future.as_mut()) {
                Poll::Ready(value) => {
                    object.insert(key, value?);
                    free = Some(future);
                }
                Poll::Pending => {
                    // Keeps its place among the fields.
                    let (place, _) = object.insert_full(key, Value::Null);
                    waiting.push(async move { ServerResult::Ok((row, place, future.await?)) });
                }
            }
        }
        objects.push(object);
    }
    for (row, place, value) in try_join_all(waiting).await? {
        if let Some((_, waited)) =
            objects.get_mut(row).and_then(|object: &mut IndexMap<_, _>| object.get_index_mut(place))
        {
            *waited = value;
        }
    }
    Ok(objects)
}

/// Puts a future where one was that has ended, or onto the heap.
fn place<F>(free: Option<Pin<Box<F>>>, future: F) -> Pin<Box<F>> {
    match free {
        None => Box::pin(future),
        Some(mut free) => {
            free.set(future);
            free
        }
    }
}

async fn resolve_field<N: ContainerType>((ctx, row): Placed<'_, N>, field: &Positioned<Field>) -> ServerResult<Value> {
    if field.node.name.node == "__typename" {
        return Ok(Value::String(row.introspection_type_name().into_owned()));
    }
    let ctx = ctx.with_field(field);
    Ok(row.resolve_field(&ctx).await?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Result, Schema, SimpleObject, value};
    use tokio::sync::Barrier;

    use super::*;

    #[derive(SimpleObject)]
    #[graphql(complex)]
    struct Pet {
        id: i32,
        name: &'static str,
    }

    #[async_graphql::ComplexObject]
    impl Pet {
        /// Is there when all pets of the list are asked.
        async fn together(&self, ctx: &Context<'_>) -> i32 {
            ctx.data_unchecked::<Barrier>().wait().await;
            self.id
        }

        async fn broken(&self) -> Result<i32> {
            if self.id == 2 { Err("It is broken.".into()) } else { Ok(self.id) }
        }

        async fn counted(&self, ctx: &Context<'_>) -> usize {
            ctx.data_unchecked::<AtomicUsize>().fetch_add(1, Ordering::Relaxed)
        }
    }

    struct Query(Vec<Pet>);

    #[Object]
    impl Query {
        async fn pets(&self) -> Rows<'_, Pet> {
            Rows(self.0.iter().collect())
        }

        async fn pet(&self) -> Row<'_, Pet> {
            Row(&self.0[0])
        }
    }

    async fn ask(query: &str) -> async_graphql::Response {
        let pets = vec![Pet { id: 1, name: "Rex" }, Pet { id: 2, name: "Tom" }, Pet { id: 3, name: "Kit" }];
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
    async fn each_field_is_resolved_once() {
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
    async fn an_error_names_the_field_that_it_is_of() {
        let response = ask("{ pets { id broken } }").await;
        let error = &response.errors[0];
        assert_eq!(serde_json::to_value(&error.path).unwrap(), serde_json::json!(["pets", 1, "broken"]));
    }
}
