//! Who may read the metrics.

use reqwest::{Response, StatusCode, header};

use super::{Exposition, TOKEN, builder};
use crate::support::{ADMIN, TestApp, TestDb, program::Program};

async fn get(address: std::net::SocketAddr, token: Option<&str>) -> Response {
    let request = reqwest::Client::new().get(format!("http://{address}/metrics"));
    let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
    request.send().await.unwrap()
}

#[tokio::test]
async fn without_a_token_nobody_reads_them_on_the_port_of_everybody() {
    let app = TestApp::builder().quiet().start().await;
    assert_eq!(get(app.address, None).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn with_a_token_who_shows_it_reads_them() {
    let app = builder().quiet().start().await;
    for wrong in [None, Some(""), Some("a-token-of-a-tes"), Some("a-token-of-a-test2")] {
        let refused = get(app.address, wrong).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{wrong:?}");
        assert_eq!(refused.headers()[header::WWW_AUTHENTICATE], "Bearer");
    }
    let answer = get(app.address, Some(TOKEN)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8");
    Exposition::read(&answer.text().await.unwrap());
}

#[tokio::test]
async fn the_token_of_a_user_is_no_token_for_them() {
    let app = builder().quiet().start().await;
    let admin = app.admin().await;
    assert_eq!(get(app.address, admin.token()).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_worker_shows_them_with_its_health_on_a_port_of_its_own() {
    let db = TestDb::new().await;
    let worker = Program::on(&db).set("METRICS_PORT", 0).start(&["worker"]).await;
    let metrics = Exposition::read(&get(worker.address, None).await.text().await.unwrap());
    assert_eq!(metrics.get("rapport_database_up", &[]), 1.0);
    let health = reqwest::get(format!("http://{}/health/ready", worker.address)).await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
    assert_eq!(worker.stop().await.code, Some(0));
}

#[tokio::test]
async fn on_a_port_of_its_own_a_token_is_asked_for_where_one_is_set() {
    let db = TestDb::new().await;
    let worker = Program::on(&db).set("METRICS_PORT", 0).set("METRICS_TOKEN", TOKEN).start(&["worker"]).await;
    assert_eq!(get(worker.address, None).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(get(worker.address, Some(TOKEN)).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn no_secret_is_in_them() {
    let app = builder().quiet().set("OPENAI_API_KEY", "sk-of-a-test").start().await;
    let admin = app.admin().await;
    admin.ok("query Named { viewer { credential } }", serde_json::json!({})).await;
    let text = super::text(&app).await;
    for secret in [TOKEN, ADMIN.1, ADMIN.0, "sk-of-a-test", "a secret for tests", admin.token().unwrap(), app.db.url()]
    {
        assert!(!text.contains(secret), "{secret}");
    }
}
