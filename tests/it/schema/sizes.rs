//! What the schema says of the sizes of lists, by which operations are priced.

use std::collections::HashSet;

use apollo_compiler::{Schema, schema::ExtendedType};

/// What a list costs that says nothing of its size is one row, however many it has.
#[test]
fn every_list_of_objects_says_how_long_it_is() {
    let schema = Schema::parse_and_validate(rapport::schema::sdl(), "schema.graphql").unwrap();
    let is_object = |name: &str| {
        let kind = schema.types.get(name);
        kind.is_some_and(|kind| {
            matches!(kind, ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
        })
    };
    let objects = schema.types.iter().filter_map(|(name, kind)| Some((name, kind.as_object()?)));
    let ours = objects.filter(|(name, _)| !name.starts_with("__"));
    let fields: Vec<_> =
        ours.flat_map(|(name, object)| object.fields.values().map(move |field| (name.as_str(), field))).collect();
    // The lists whose size the field above them says.
    let sized = fields.iter().flat_map(|(_, field)| {
        let list = field.directives.get("listSize").and_then(|size| size.specified_argument_by_name("sizedFields"));
        let names = list.and_then(|list| list.as_list()).unwrap_or_default();
        names.iter().filter_map(|name| Some((field.ty.inner_named_type().as_str(), name.as_str()?)))
    });
    let sized: HashSet<(&str, &str)> = sized.collect();
    assert!(sized.contains(&("CompanyConnection", "nodes")), "{sized:?}");
    let silent = fields.iter().filter(|(of, field)| {
        let kind = field.ty.inner_named_type();
        let is_list = field.ty.is_list() && is_object(kind) && !sized.contains(&(of, field.name.as_str()));
        (is_list || kind.ends_with("Connection")) && !field.directives.has("listSize")
    });
    let silent: Vec<_> = silent.map(|(of, field)| format!("{of}.{}", field.name)).collect();
    assert!(silent.is_empty(), "say by `About`, `AsMany` or `Paged` how long these are: {silent:#?}");
}

/// Lists of objects without pages, and what bounds each.
const BOUNDED: [(&str, &str); 18] = [
    ("ChatHandoversState.waiting", "the first 25"),
    ("ChatReplyState.replies", "the replies that are being written"),
    ("Company.idealCustomerProfiles", "one research"),
    ("Company.personas", "one research"),
    ("Company.pricingTiers", "one research"),
    ("Company.products", "one research"),
    ("MarkNotificationsPayload.notifications", "the last 100"),
    ("NotificationsMarked.notifications", "the last 100"),
    ("NotificationsState.unread", "the last 25"),
    ("Query.churnReasons", "at most 100 of a kind"),
    ("Query.lostReasons", "at most 100 of a kind"),
    ("Query.nodes", "the ids that are given, at most 100"),
    ("Query.roles", "at most 100 of one's own"),
    ("Query.scheduledTasks", "the tasks of the release"),
    ("SendMailsPayload.mails", "the ids that are given, at most 100"),
    ("Signal.disagreements", "one reading of a report"),
    ("Signal.reports", "the personas of one research"),
    ("UpdateUsersPayload.users", "the ids that are given, at most 100"),
];

/// What can grow without a bound is listed in pages.
#[test]
fn a_list_of_objects_without_pages_is_bounded_by_something() {
    let schema = Schema::parse_and_validate(rapport::schema::sdl(), "schema.graphql").unwrap();
    let implementers = schema.implementers_map();
    let is_node = |name: &str| name == "Node" || implementers["Node"].iter().any(|node| node == name);
    let objects = schema.types.iter().filter_map(|(name, kind)| Some((name, kind.as_object()?)));
    let lists = objects.flat_map(|(name, object)| object.fields.values().map(move |field| (name, field)));
    let lists = lists.filter(|(of, field)| {
        let is_page = of.ends_with("Connection");
        field.ty.is_list() && is_node(field.ty.inner_named_type()) && !is_page
    });
    let lists: HashSet<_> = lists.map(|(of, field)| format!("{of}.{}", field.name)).collect();
    let known = BOUNDED.iter().map(|(place, bound)| {
        assert!(!bound.is_empty(), "{place}");
        (*place).to_owned()
    });
    assert_eq!(lists, known.collect::<HashSet<_>>());
}
