//! What is asked of the research source, and when it is not asked at all.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::researching;
use crate::support::{Client, TestApp, openai::StandIn};

const TOPICS: [&str; 10] = [
    "products",
    "pricing",
    "ideal_customers",
    "personas",
    "competitors",
    "integrations",
    "positioning",
    "case_studies",
    "news",
    "leadership",
];
const DISCOVERIES: [&str; 3] = ["discovery_customer_pages", "discovery_case_studies", "discovery_third_party"];

const ONBOARD: &str = "mutation($input: OnboardCompanyInput!) { onboardCompany(input: $input) { id } }";

async fn job(client: &Client, input: Value) -> String {
    client.ok(ONBOARD, json!({"input": input})).await["onboardCompany"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn deep_research_asks_ten_topics_and_three_discoveries_once_each() {
    let openai = StandIn::start().await;
    let app = researching(&openai).start().await;
    let admin = app.admin().await;
    let job = admin.finished(&job(&admin, json!({"companyName": "Acme", "website": "acme.example"})).await).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    let expected = TOPICS.iter().chain(&DISCOVERIES).map(|question| ((*question).to_owned(), 1)).collect();
    assert_eq!(openai.counts(), expected);
    for question in TOPICS.iter().chain(&DISCOVERIES) {
        let request = openai.requests(question).remove(0);
        let input: Value = serde_json::from_str(request.body["input"].as_str().unwrap()).unwrap();
        assert_eq!((&input["company"], &input["website"]), (&json!("Acme"), &json!("acme.example")));
    }
    app.stop().await;
}

#[tokio::test]
async fn brief_research_asks_the_first_four_topics_and_all_discoveries() {
    let openai = StandIn::start().await;
    let app = researching(&openai).start().await;
    let admin = app.admin().await;
    let job = admin.finished(&job(&admin, json!({"companyName": "Acme", "deepResearch": false})).await).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    let expected = TOPICS[..4].iter().chain(&DISCOVERIES).map(|question| ((*question).to_owned(), 1)).collect();
    assert_eq!(openai.counts(), expected);
    assert_eq!(job["stages"][0], json!({"name": "research", "completed": 4, "failed": 0, "total": 4}));
    app.stop().await;
}

#[tokio::test]
async fn a_sample_company_is_never_asked_of_others() {
    let openai = StandIn::start().await;
    let app = researching(&openai).start().await;
    let admin = app.admin().await;
    for name in ["Fernhollow CRM", "FERNHOLLOW CRM, Inc."] {
        let job = admin.finished(&job(&admin, json!({"companyName": name})).await).await;
        assert_eq!(job["status"], "COMPLETED", "{job:#}");
    }
    assert!(openai.counts().is_empty());
    app.stop().await;
}

#[tokio::test]
async fn without_a_key_a_real_company_is_refused_at_once_with_the_name_of_the_setting() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let error = admin.fail(ONBOARD, json!({"input": {"companyName": "Salesforce"}})).await;
    assert_eq!(error["extensions"]["code"], "PROVIDER_NOT_CONFIGURED", "{error:#}");
    let setting = error["extensions"]["setting"].as_str().unwrap();
    for way in ["OPENAI_API_KEY", "SEARXNG_URL", "OLLAMA_HOST"] {
        assert!(setting.contains(way), "{setting}");
    }
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(setting) && message.contains("Salesforce"), "{message}");
    assert_eq!(admin.ok("{ jobs { totalCount } }", json!({})).await["jobs"]["totalCount"], 0);
}

#[tokio::test]
async fn all_that_is_wrong_with_an_input_is_told_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let (name, website, key) = ("input.companyName", "input.website", "input.idempotencyKey");
    let cases = [
        (json!({"companyName": "", "website": "", "idempotencyKey": ""}), vec![name, key]),
        (json!({"companyName": "…!?", "website": "nowhere"}), vec![name, website]),
        (
            json!({"companyName": "x".repeat(201), "website": "ftp://x.example", "idempotencyKey": "k".repeat(201)}),
            vec![name, website, key],
        ),
        (json!({"companyName": "two\nlines", "website": "https://two words.example"}), vec![name, website]),
        (json!({"companyName": "Fernhollow CRM", "website": format!("{}.example", "x".repeat(500))}), vec![website]),
        (
            json!({"companyName": "Fernhollow CRM", "website": "x.example/\u{7}", "idempotencyKey": "a\tb"}),
            vec![website, key],
        ),
    ];
    for (input, expected) in cases {
        let (error, statements) = app.statements.of(admin.fail(ONBOARD, json!({"input": input}))).await;
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
        let fields = error["extensions"]["fields"].as_array().unwrap();
        let paths: Vec<_> = fields.iter().map(|field| field["path"].as_str().unwrap()).collect();
        assert_eq!(paths, expected, "{input:#}");
        assert!(statements.is_empty(), "{statements:#?}");
    }
    let fits = json!({"companyName": format!("  {}  ", "ü".repeat(200)), "website": "HTTPS://Www.Fernhollow.example/en", "idempotencyKey": "k".repeat(200)});
    assert_eq!(admin.fail(ONBOARD, json!({"input": fits})).await["extensions"]["code"], "PROVIDER_NOT_CONFIGURED");
}

#[tokio::test]
async fn a_key_with_the_same_input_returns_the_first_job() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let input = json!({"companyName": "Fernhollow CRM", "idempotencyKey": "k1"});
    let first = job(&admin, input.clone()).await;
    assert_eq!(job(&admin, input).await, first);
    // The name is the same without the spaces around it.
    assert_eq!(
        job(&admin, json!({"companyName": " Fernhollow CRM ", "deepResearch": true, "idempotencyKey": "k1"})).await,
        first
    );
    assert_ne!(job(&admin, json!({"companyName": "Fernhollow CRM", "idempotencyKey": "k2"})).await, first);
    assert_ne!(job(&admin, json!({"companyName": "Fernhollow CRM"})).await, first);
    assert_eq!(admin.ok("{ jobs { totalCount } }", json!({})).await["jobs"]["totalCount"], 3);
}

#[tokio::test]
async fn a_key_sent_many_times_at_once_makes_one_job() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let send = |_| job(&admin, json!({"companyName": "Fernhollow CRM", "idempotencyKey": "k1"}));
    let mut jobs = futures_util::future::join_all((0..8).map(send)).await;
    jobs.dedup();
    assert_eq!(jobs.len(), 1);
}

#[tokio::test]
async fn a_key_with_another_input_is_a_mismatch() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    job(&admin, json!({"companyName": "Fernhollow CRM", "idempotencyKey": "k1"})).await;
    for other in
        [json!({"companyName": "Copperline Security"}), json!({"companyName": "Fernhollow CRM", "deepResearch": false})]
    {
        let mut input = other;
        input["idempotencyKey"] = json!("k1");
        assert_eq!(admin.code(ONBOARD, json!({"input": input})).await, "IDEMPOTENCY_MISMATCH");
    }
    assert_eq!(admin.ok("{ jobs { totalCount } }", json!({})).await["jobs"]["totalCount"], 1);
}

#[tokio::test]
async fn a_key_is_its_users_own() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, manager) = (app.admin().await, app.user(SystemRole::Manager).await);
    let of_admin = job(&admin, json!({"companyName": "Fernhollow CRM", "idempotencyKey": "k1"})).await;
    let of_manager = job(&manager, json!({"companyName": "Copperline Security", "idempotencyKey": "k1"})).await;
    assert_ne!(of_admin, of_manager);
}
