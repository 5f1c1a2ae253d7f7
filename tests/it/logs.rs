//! The log of the program: one line for each operation and attempt, by which both are found, and nothing private in it.

use serde_json::{Value, json};

use crate::support::{ADMIN, Client, TestDb, WsClient, program::Program};

/// Runs the program while `work` uses it, and returns the lines of its log.
async fn log_of<F: Future<Output = ()>>(
    settings: &[(&'static str, &str)],
    work: impl FnOnce(Client) -> F,
) -> Vec<Value> {
    let db = TestDb::new().await;
    let program = Program::on(&db).set("ADMIN_PASSWORD", ADMIN.1).set("LOG_JSON", "true").set("SAMPLE_DELAY_MS", 0);
    let program = settings.iter().fold(program, |program, (name, value)| program.set(name, value));
    let server = program.serve().await;
    work(Client::new(server.address, None)).await;
    let said = server.stop().await;
    said.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ended<'a>(log: &'a [Value], operation: &str) -> Option<&'a Value> {
    let of_it =
        |line: &&Value| line["fields"]["message"] == "an operation ended" && line["fields"]["operation"] == operation;
    log.iter().find(of_it)
}

#[tokio::test]
async fn an_operation_has_one_line_with_all_that_finds_it_and_nothing_private() {
    let log = log_of(&[("LOG", "info,rapport=debug")], |nobody| async move {
        let admin = nobody.sign_in(ADMIN.0, ADMIN.1).await;
        let request = admin.request(
            "query Mine($w: String!) { viewer { credential } __type(name: $w) { name } }",
            json!({"w": "a word of mine"}),
        );
        request.header("x-request-id", "an-id-of-mine").send().await.unwrap();
    })
    .await;
    let line = ended(&log, "Mine").expect("the operation is logged");
    assert_eq!(line["level"], "DEBUG");
    let fields = &line["fields"];
    assert_eq!((&fields["request_id"], &fields["type"]), (&json!("an-id-of-mine"), &json!("query")), "{line}");
    assert_eq!(fields["outcome"], "ok");
    assert!(fields["cost"].as_u64().unwrap() > 0 && fields["duration_ms"].is_u64(), "{line}");
    assert!(fields["user"].as_str().unwrap().parse::<uuid::Uuid>().is_ok(), "{line}");
    let all = log.iter().map(Value::to_string).collect::<String>();
    for private in ["a word of mine", ADMIN.1, ADMIN.0] {
        assert!(!all.contains(private), "{private}");
    }
}

#[tokio::test]
async fn a_slow_operation_is_logged_as_usual_and_a_quick_one_is_not() {
    let ask = |nobody: Client| async move {
        nobody.ok("query Asked { __typename }", json!({})).await;
    };
    let log = log_of(&[("LOG_SLOW_MS", "0")], ask).await;
    assert_eq!(ended(&log, "Asked").expect("it is slow")["level"], "INFO");
    let log = log_of(&[("LOG_SLOW_MS", "3600000")], ask).await;
    assert!(ended(&log, "Asked").is_none());
}

#[tokio::test]
async fn an_attempt_at_a_job_has_one_line_with_job_kind_and_attempt() {
    let log = log_of(&[("LOG", "info,rapport=debug")], |nobody| async move {
        let admin = nobody.sign_in(ADMIN.0, ADMIN.1).await;
        let job = admin.onboard("Brightloom Analytics").await;
        admin.finished(job["id"].as_str().unwrap()).await;
    })
    .await;
    let of_onboarding =
        |line: &&Value| line["fields"]["message"] == "an attempt ended" && line["fields"]["kind"] == "onboard_company";
    let fields = &log.iter().find(of_onboarding).expect("the attempt is logged")["fields"];
    assert!(fields["job"].as_str().unwrap().starts_with("job_"), "{fields}");
    assert_eq!((&fields["attempt"], &fields["outcome"]), (&json!(1), &json!("completed")), "{fields}");
}

#[tokio::test]
async fn at_the_finest_level_no_token_and_no_password_is_logged() {
    let db = TestDb::new().await;
    let server = Program::on(&db).set("ADMIN_PASSWORD", ADMIN.1).set("LOG", "trace").serve().await;
    let admin = Client::new(server.address, None).sign_in(ADMIN.0, ADMIN.1).await;
    let mut ws = WsClient::connect(server.address, admin.token()).await;
    ws.subscribe("{ viewer { user { email } } }", json!({})).await;
    ws.events().await;
    let token = admin.token().unwrap().to_owned();
    let said = server.stop().await;
    assert!(said.stderr.contains(" DEBUG "), "{}", said.stderr);
    for secret in [token.as_str(), ADMIN.1] {
        assert!(!said.stderr.contains(secret), "{secret}");
    }
}
