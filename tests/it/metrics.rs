//! What the program counts, read as Prometheus reads it.

mod access;
mod exposition;
mod operations;
mod states;

use exposition::Exposition;

use crate::support::{TestApp, TestAppBuilder, patience};

const TOKEN: &str = "a-token-of-a-test";

fn builder() -> TestAppBuilder {
    TestApp::builder().set("METRICS_TOKEN", TOKEN)
}

async fn text(app: &TestApp) -> String {
    let request = reqwest::Client::new().get(format!("http://{}/metrics", app.address)).bearer_auth(TOKEN);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

async fn read(app: &TestApp) -> Exposition {
    Exposition::read(&text(app).await)
}

/// Reads until it is so.
async fn until(app: &TestApp, is_so: impl Fn(&Exposition) -> bool) -> Exposition {
    patience(async {
        loop {
            let exposition = read(app).await;
            if is_so(&exposition) {
                return exposition;
            }
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
    })
    .await
}
