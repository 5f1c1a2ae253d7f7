//! Every object with an id is had by that id, and is of one type wherever it is shown.

use std::collections::BTreeMap;

use apollo_compiler::{Schema, schema::ExtendedType};
use rapport::{
    db::Id,
    domains::{
        intelligence::{
            FactTopic,
            filings::{SignalType, proposals::DisagreementKind},
        },
        signals::{ExtractionDisagreement, SignalReport},
    },
};
use sea_orm::Iterable;
use serde_json::{Value, json};

use super::plain::full;
use crate::support::{TestApp, today};

/// Where the lists show a row of each type.
const SHOWN: [&str; 14] = [
    "{ companies { nodes { $ facts(first: 100) { nodes { $ } } customers { nodes { $ } } products { $ } pricingTiers { $ }
        idealCustomerProfiles { $ } personas { $ } } } }",
    "{ signals { nodes { $ reports { $ buyerPersona { $ } } disagreements { $ } } } }",
    "{ users { nodes { $ role { $ } } } apiKeys { nodes { $ } } }",
    "{ auditLog { nodes { $ } } }",
    "{ leads { nodes { $ } } outbox { nodes { $ } } }",
    "{ jobs { nodes { $ } } }",
    "{ files { nodes { $ downloadLinks { nodes { $ } } } } }",
    "{ customers { nodes { contacts { nodes { $ } } contracts { nodes { $ } } notes { nodes { $ } } timeline { nodes { $ } } } } }",
    "{ interactions { nodes { $ } } tasks { nodes { $ } } }",
    "{ churnReasons { $ } }",
    "{ scheduledTasks { $ } }",
    "{ notifications { nodes { $ } } }",
    "{ knowledgeDocuments { nodes { $ passages { nodes { $ } } } } }",
    "{ chatSessions { nodes { $ messages { nodes { $ } } } } }",
];

/// Writes facts of all topics about a company of `app`, and a report and a disagreement on one of its signals.
async fn add_facts_and_reports(app: &TestApp) {
    let company = app.company("Fabrikam");
    let customer = app.customer(Some(&company), "Northwind");
    let signal = app.signal(&customer, "three");
    let facts: Vec<_> = FactTopic::iter().map(|topic| app.fact(&company, topic, 0)).collect();
    let persona = facts.iter().find(|fact| fact.topic == FactTopic::Personas).map(|fact| fact.id);
    let report = SignalReport { fact_id: persona, ..app.report(&signal, "Head of Data") };
    let disagreement = ExtractionDisagreement {
        id: Id::new(&app.app.ambient),
        customer_id: customer.id,
        signal_id: Some(signal.id),
        job_id: signal.job_id,
        accession: "0001234567-26-000001".to_owned(),
        item: "1.05".to_owned(),
        kind: DisagreementKind::RulesOnly,
        signal_kind: SignalType::CyberIncident,
        field: None,
        refusal: None,
        by_rules: None,
        by_model: None,
        quote: None,
        model: "ollama/big".to_owned(),
        created_at: today(),
    };
    app.insert([company]).await;
    app.insert(facts).await;
    app.insert([customer]).await;
    app.insert([signal]).await;
    app.insert([report]).await;
    app.insert([disagreement]).await;
}

/// Notes the type under which each id is shown.
fn note(value: &Value, types: &mut BTreeMap<String, String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| note(item, types)),
        Value::Object(fields) => {
            if let (Some(Value::String(id)), Some(Value::String(kind))) = (fields.get("id"), fields.get("__typename")) {
                let before = types.insert(id.clone(), kind.clone());
                assert!(before.is_none_or(|before| before == *kind), "{id} is shown as {kind} and as another type");
            }
            fields.values().for_each(|value| note(value, types));
        }
        _ => {}
    }
}

/// The query by id that shows each type of `Node`.
fn queries(schema: &Schema) -> BTreeMap<String, String> {
    let implementers = schema.implementers_map();
    let mut queries = BTreeMap::new();
    for field in schema.get_object("Query").unwrap().fields.values() {
        let by_id = field.arguments.len() == 1 && field.arguments[0].name == "id" && field.name != "node";
        if !by_id {
            continue;
        }
        let shown = field.ty.inner_named_type();
        let types = match schema.types.get(shown) {
            Some(ExtendedType::Interface(_)) => implementers[shown].objects.iter().map(ToString::to_string).collect(),
            _ => vec![shown.to_string()],
        };
        queries.extend(types.into_iter().map(|kind| (kind, field.name.to_string())));
    }
    queries
}

/// A change of an object that is shown under two types would be a change of two objects in the caches of clients.
#[test]
fn each_type_with_an_id_is_a_node_and_has_a_query_by_its_id() {
    let schema = Schema::parse_and_validate(rapport::schema::sdl(), "schema.graphql").unwrap().into_inner();
    let nodes = &schema.implementers_map()["Node"];
    let queries = queries(&schema);
    for (name, kind) in &schema.types {
        let ExtendedType::Object(object) = kind else { continue };
        // What was deleted is told by its id alone.
        let has_id = object.fields.contains_key("id") && !name.starts_with("Deleted");
        assert_eq!(has_id, nodes.objects.contains(name), "{name} has an id or is a Node, and not the other");
        // There is one row of settings.
        let is_one = name == "Settings";
        assert_eq!(has_id && !is_one, queries.contains_key(name.as_str()), "{name}: {:?}", queries.get(name.as_str()));
    }
    assert!(nodes.interfaces.contains("Fact") && nodes.objects.len() > 20, "{nodes:?}");
}

#[tokio::test]
async fn an_id_of_what_is_no_node_is_called_so() {
    let (app, admin) = full().await;
    let query = "query($id: ID!) { node(id: $id) { id } }";
    let sessions = admin
        .ok("{ auditLog(filter: {subjectType: {eq: SESSION}}) { nodes { subjectId subject { id } } } }", json!({}))
        .await;
    let session = &sessions["auditLog"]["nodes"][0];
    assert_eq!(session["subject"], Value::Null);
    for (id, words) in [
        (session["subjectId"].as_str().unwrap(), "no nodes"),
        ("inv_00000000000000000000000000000000", "no nodes"),
        ("nil_00000000000000000000000000000000", "not an id of this server"),
        ("", "not an id of this server"),
    ] {
        let error = admin.fail(query, json!({"id": id})).await;
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
        assert!(error["message"].as_str().unwrap().contains(words), "{id}: {error:#}");
    }
    app.stop().await;
}

#[tokio::test]
async fn every_object_is_had_by_its_id_as_what_the_lists_show() {
    let (app, admin) = full().await;
    add_facts_and_reports(&app).await;
    let mut types = BTreeMap::new();
    for query in SHOWN {
        note(&admin.ok(&query.replace('$', "__typename id"), json!({})).await, &mut types);
    }
    let schema = Schema::parse_and_validate(rapport::schema::sdl(), "schema.graphql").unwrap().into_inner();
    let queries = queries(&schema);
    let shown: BTreeMap<_, _> = types.iter().map(|(id, kind)| (kind, id)).collect();
    assert_eq!(shown.keys().collect::<Vec<_>>(), queries.keys().collect::<Vec<_>>().iter().collect::<Vec<_>>());
    for (kind, id) in shown {
        let of_type = &queries[kind];
        let query = format!(
            "query($id: ID!) {{ {of_type}(id: $id) {{ __typename id }} node(id: $id) {{ __typename id }}
               nodes(ids: [$id]) {{ __typename id ... on {kind} {{ again: id }} }} }}"
        );
        let data = admin.ok(&query, json!({"id": id})).await;
        let expected = json!({"__typename": kind, "id": id});
        assert_eq!((&data[of_type], &data["node"]), (&expected, &expected));
        assert_eq!(data["nodes"], json!([{"__typename": kind, "id": id, "again": id}]));
        // Of another type, by the id of this.
        for other in queries.values().filter(|other| *other != of_type) {
            let query = format!("query($id: ID!) {{ {other}(id: $id) {{ id }} }}");
            assert_eq!(admin.fail(&query, json!({"id": id})).await["extensions"]["code"], "BAD_INPUT", "{other} {id}");
        }
    }
}
