//! How many statements a nested query sends: a number that does not grow with its rows.

use rapport::{
    auth::SystemRole,
    domains::{
        identity::{UserEntity, create_user},
        intelligence::{Company, FactTopic},
        notifications::Notification,
    },
    jobs::{JobRow, JobStatus},
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, TestApp, today};

/// A server with so many companies, each with three customers and facts of two topics, and as many finished jobs of one
/// owner each.
async fn with_parents(parents: usize) -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let companies: Vec<_> = (0..parents).map(|n| app.company(&format!("Company {n}"))).collect();
    let customers: Vec<_> =
        companies.iter().flat_map(|company| ["A", "B", "C"].map(|name| app.customer(Some(company), name))).collect();
    let facts: Vec<_> = companies
        .iter()
        .flat_map(|company| [FactTopic::Products, FactTopic::Personas].map(|topic| app.fact(company, topic, 0)))
        .collect();
    let signals: Vec<_> =
        customers.iter().flat_map(|customer| ["1", "2"].map(|key| app.signal(customer, key))).collect();
    let reports: Vec<_> = signals.iter().map(|signal| app.report(signal, "Head of Data")).collect();
    let owners = owners(&app).await;
    let jobs = companies.iter().zip(owners.iter().cycle());
    let jobs: Vec<_> = jobs.map(|(company, owner)| finished(app.job(Some(*owner), today()), company)).collect();
    app.insert(companies).await;
    app.insert(customers).await;
    app.insert(facts).await;
    app.insert(signals).await;
    app.insert(reports).await;
    app.insert(jobs).await;
    (app, admin)
}

/// Two users; passwords are too slow to hash for more.
async fn owners(app: &TestApp) -> [Uuid; 2] {
    let (db, ambient) = (&app.app.db, &app.app.ambient);
    let admin = UserEntity::find().one(db.reader()).await.unwrap().unwrap();
    let other =
        create_user(db, ambient, "other@example.com", "Other", SystemRole::Viewer, "a password of it").await.unwrap();
    [admin.id.uuid(), other.id.uuid()]
}

/// The job, as an onboarding of the company left it.
fn finished(job: JobRow, company: &Company) -> JobRow {
    let output = json!({
        "company_id": company.id, "company_name": company.name, "customers_discovered": 3, "enterprise_customers": 0, "products_found": 1,
        "pricing_tiers_found": 0, "icps_found": 0, "personas_found": 1, "failed_tasks": 0, "completed_at": today(),
    });
    JobRow { kind: "onboard_company".to_owned(), status: JobStatus::Completed, output: Some(output.to_string()), ..job }
}

/// Checks that an operation sends so many statements for 2 parents, and for 20. `rows` finds the parents in its data.
async fn takes(statements: usize, query: &str, rows: &str) {
    takes_with(statements, query, rows, |_| json!({})).await;
}

async fn takes_with(expected: usize, query: &str, rows: &str, variables: impl Fn(&[String]) -> Value) {
    for parents in [2, 20] {
        let (app, admin) = with_parents(parents).await;
        let ids = admin.ok("{ companies(first: 100) { nodes { id } } }", json!({})).await;
        let ids = ids["companies"]["nodes"].as_array().unwrap().iter();
        let ids: Vec<_> = ids.map(|node| node["id"].as_str().unwrap().to_owned()).collect();
        let (data, statements) = app.statements.of(admin.ok(query, variables(&ids))).await;
        assert!(data.pointer(rows).unwrap().as_array().unwrap().len() >= parents, "{data:#}");
        assert_eq!(statements.len(), expected, "with {parents} parents: {statements:#?}");
    }
}

#[tokio::test]
async fn customers_below_companies_are_one_statement() {
    takes(2, "{ companies { nodes { name customers(first: 2) { nodes { name } } } } }", "/companies/nodes").await;
}

#[tokio::test]
async fn the_companies_of_customers_are_one_statement() {
    takes(2, "{ customers(first: 100) { nodes { name company { name } } } }", "/customers/nodes").await;
}

#[tokio::test]
async fn the_companies_of_customers_below_companies_are_one_statement() {
    let query = "{ companies { nodes { name customers { nodes { name company { name } } } } } }";
    takes(3, query, "/companies/nodes").await;
}

#[tokio::test]
async fn the_counts_of_customers_below_companies_are_one_statement() {
    let query = "{ companies { totalCount nodes { customers(first: 1) { totalCount nodes { name } } } } }";
    takes(4, query, "/companies/nodes").await;
}

#[tokio::test]
async fn each_list_of_customers_below_companies_is_one_statement() {
    let query = r#"{ companies { nodes { a: customers(first: 1) { nodes { name } } b: customers(last: 1) { nodes { name } }
                     c: customers(search: "b") { nodes { name } } } } }"#;
    takes(4, query, "/companies/nodes").await;
}

#[tokio::test]
async fn signals_below_companies_with_all_that_they_show_are_one_statement_each() {
    let query = "{ companies { nodes { signals(first: 3) { totalCount nodes { kind customer { name } company { name }
                   amends { id } reports { headline } } } } } }";
    takes(6, query, "/companies/nodes").await;
}

#[tokio::test]
async fn signals_below_customers_below_companies_are_one_statement() {
    let query =
        "{ companies { nodes { customers(first: 2) { nodes { name signals(first: 1) { nodes { summary } } } } } } }";
    takes(3, query, "/companies/nodes").await;
}

#[tokio::test]
async fn the_account_managers_of_customers_are_one_statement() {
    // Nobody looks after these.
    takes(1, "{ customers(first: 100) { nodes { name accountManager { email } } } }", "/customers/nodes").await;
}

#[tokio::test]
async fn all_that_is_known_of_companies_is_one_statement() {
    let query =
        "{ companies { nodes { products { name source { url } } pricingTiers { name } idealCustomerProfiles { name }
                   personas { name } } } }";
    takes(2, query, "/companies/nodes").await;
}

#[tokio::test]
async fn each_list_of_facts_below_companies_is_one_statement() {
    let query =
        "{ companies { nodes { facts { nodes { name company { name } } } more: facts(filter: {topic: {eq: NEWS}}) {
                   totalCount nodes { name } } } } }";
    takes(5, query, "/companies/nodes").await;
}

#[tokio::test]
async fn the_personas_of_reports_are_one_statement() {
    let query = "{ signals(first: 100) { nodes { reports { buyerPersona { name } signal { id } } } } }";
    takes(3, query, "/signals/nodes").await;
}

#[tokio::test]
async fn the_owners_of_jobs_are_one_statement() {
    takes(2, "{ jobs { nodes { status owner { email } } } }", "/jobs/nodes").await;
}

#[tokio::test]
async fn the_companies_that_jobs_yielded_are_one_statement() {
    let query = "{ jobs { nodes { owner { email } result { ... on OnboardingResult { company { name } } } } } }";
    takes(3, query, "/jobs/nodes").await;
}

#[tokio::test]
async fn the_cursors_of_jobs_are_one_statement() {
    // The events of these jobs are gone, which takes one more to find out: up to where the log was purged.
    takes(3, "{ jobs { nodes { cursor } } }", "/jobs/nodes").await;
}

#[tokio::test]
async fn the_subjects_of_notifications_are_one_statement_of_each_type() {
    for count in [2, 20] {
        let (app, admin) = with_parents(count).await;
        let user = admin.ok("{ viewer { user { id } } }", json!({})).await;
        let user = user["viewer"]["user"]["id"].as_str().unwrap().parse().unwrap();
        let ids =
            admin.ok("{ signals(first: 100) { nodes { id } } jobs(first: 100) { nodes { id } } }", json!({})).await;
        let of = |list: &str| -> Vec<String> {
            let nodes = ids[list]["nodes"].as_array().unwrap().iter();
            nodes.take(count).map(|node| node["id"].as_str().unwrap().to_owned()).collect()
        };
        let rows = of("signals").into_iter().chain(of("jobs"));
        let row = |subject_id: String| {
            let kind = if subject_id.starts_with("sig_") { "SIGNAL_DETECTED" } else { "JOB_COMPLETED" };
            Notification { subject_id, kind: kind.to_owned(), actor_id: Some(user), ..app.notification(user) }
        };
        app.insert(rows.map(row)).await;
        let query = "{ notifications(first: 100) { nodes { title text actionUrl actor { fullName } subject { id
            ... on Signal { customer { name } } ... on Job { status } } } } }";
        let (data, statements) = app.statements.of(admin.ok(query, json!({}))).await;
        let nodes = data["notifications"]["nodes"].as_array().unwrap();
        assert!(nodes.len() == 2 * count && nodes.iter().all(|node| node["actionUrl"].is_string()), "{data:#}");
        // Notifications, signals, their customers, jobs, actors.
        assert_eq!(statements.len(), 5, "{count}: {statements:#?}");
    }
}

#[tokio::test]
async fn nodes_of_one_type_are_one_statement() {
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Company { name customers { nodes { name } } } } }";
    takes_with(2, query, "/nodes", |ids| json!({"ids": ids})).await;
}

#[tokio::test]
async fn nodes_of_several_types_are_one_statement_each() {
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }";
    let variables = |ids: &[String]| {
        let of_type = |prefix: &str| ids.iter().map(move |id| id.replace("com_", prefix)).collect::<Vec<_>>();
        let all = ["com_", "cus_", "job_", "usr_"].map(of_type).concat();
        json!({"ids": all})
    };
    takes_with(4, query, "/nodes", variables).await;
}

#[tokio::test]
async fn the_same_object_asked_for_many_times_is_one_statement() {
    let query = "query($id: ID!) { a: company(id: $id) { id } b: company(id: $id) { name } c: node(id: $id) { id }
                   jobs { nodes { id } } }";
    takes_with(2, query, "/jobs/nodes", |ids| json!({"id": ids[0]})).await;
}

#[tokio::test]
async fn tasks_and_the_settings_by_their_ids_are_read_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let shown = admin.ok("{ scheduledTasks { id } settings { id } }", json!({})).await;
    let tasks: Vec<_> = shown["scheduledTasks"].as_array().unwrap().iter().map(|task| task["id"].clone()).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }";
    let mut counts = Vec::new();
    for ids in [tasks[..1].to_vec(), tasks.clone(), vec![shown["settings"]["id"].clone()]] {
        let (data, one) = app.statements.of(admin.ok(query, json!({"ids": ids}))).await;
        assert_eq!(
            data["nodes"].as_array().unwrap().iter().map(|node| &node["id"]).collect::<Vec<_>>(),
            ids.iter().collect::<Vec<_>>()
        );
        counts.push(one.len());
    }
    assert_eq!((counts[0], counts[2]), (counts[1], 1), "{counts:?}");
    let settings = &shown["settings"]["id"];
    let (_, both) = app.statements.of(admin.ok(query, json!({"ids": [settings, settings]}))).await;
    let twice = "{ one: settings { id } two: settings { id } }";
    let (_, twice) = app.statements.of(admin.ok(twice, json!({}))).await;
    assert_eq!((both.len(), twice.len()), (1, 1));
}
