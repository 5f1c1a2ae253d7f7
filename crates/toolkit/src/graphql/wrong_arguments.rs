//! Invalid arguments that only the field itself detects, such as the id of another type.
//!
//! async-graphql reads the arguments before it calls the resolver, and an error there nulls the parent even if the field is
//! nullable. An internal directive, which clients cannot use, marks nullable fields with arguments; such an error then nulls
//! the field alone, like an error of a resolver
//! (<https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors>).

use std::borrow::Cow;

use async_graphql::{
    Context, ContextDirective, CustomDirective, CustomDirectiveFactory, Name, Pos, Positioned, ResolveFut, ServerError,
    ServerResult, Value,
    parser::types::{Directive, Field},
    registry::Registry,
};

/// Name of the internal directive, which is not in the schema that documents are validated against.
const MARK: &str = "nullIfArgumentsAreWrong";

/// Returns the internal directive for a nullable field with arguments.
pub(super) fn mark(place: Pos) -> Positioned<Directive> {
    let name = Positioned::new(Name::new(MARK), place);
    Positioned::new(Directive { name, arguments: Vec::new() }, place)
}

/// Returns true if a field has no directive but the internal one, which [`or_null`] handles.
pub(super) fn has_no_other_directive(field: &Field) -> bool {
    field.directives.iter().all(|directive| directive.node.name.node == MARK)
}

/// Returns null and adds the error to the response if the field is marked and an argument is invalid.
///
/// # Errors
/// All other errors.
pub(super) fn or_null(ctx: &Context<'_>, resolved: ServerResult<Option<Value>>) -> ServerResult<Option<Value>> {
    match resolved {
        Err(error) if is_marked(&ctx.item.node) && is_of_argument(&ctx.item.node, &error) => {
            ctx.add_error(error);
            Ok(None)
        }
        other => other,
    }
}

fn is_marked(field: &Field) -> bool {
    field.directives.iter().any(|directive| directive.node.name.node == MARK)
}

/// Returns true if the location of an error is an argument of `field`, which errors of resolvers never have.
fn is_of_argument(field: &Field, error: &ServerError) -> bool {
    let at = error.locations.first();
    at.is_some_and(|at| field.arguments.iter().any(|(_, value)| value.pos == *at))
}

/// The implementation of the internal directive.
pub struct NullIfArgumentsAreWrong;

impl CustomDirectiveFactory for NullIfArgumentsAreWrong {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(MARK)
    }

    /// Does nothing, because introspection would show the directive.
    fn register(&self, _: &mut Registry) {}

    fn create(&self, _: &ContextDirective<'_>, _: &Directive) -> ServerResult<Box<dyn CustomDirective>> {
        Ok(Box::new(Self))
    }
}

#[async_trait::async_trait]
impl CustomDirective for NullIfArgumentsAreWrong {
    async fn resolve_field(&self, ctx: &Context<'_>, resolve: ResolveFut<'_>) -> ServerResult<Option<Value>> {
        or_null(ctx, resolve.await)
    }
}
