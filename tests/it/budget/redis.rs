//! Budgets that several servers share. Time in Redis is Redis's own, and does not follow the clock of the test.

use std::{net::IpAddr, process::Stdio};

use rapport::auth::SystemRole;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use super::{SETTINGS, address, available, builder, can_spend, costed, rush, worth};
use crate::support::{Client, Process, TestApp, TestDb, patience, program::Program};

/// The Redis of the tests; without one a test that needs it says that it is skipped.
#[expect(clippy::print_stdout, reason = "who reads the output of the tests should know")]
fn shared() -> Option<String> {
    let url = std::env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        println!("skipped: TEST_REDIS_URL is not set");
    }
    url
}

async fn two_servers(redis: &str) -> (TestApp, TestApp) {
    let first = builder().set("REDIS_URL", redis).start().await;
    let second = builder().set("REDIS_URL", redis).on(&first.db).start().await;
    (first, second)
}

#[tokio::test]
async fn two_servers_with_one_redis_share_budgets() {
    let Some(redis) = shared() else { return };
    let (first, second) = two_servers(&redis).await;
    let user = first.user(SystemRole::Viewer).await;
    assert!(can_spend(&user, 900).await);
    assert!(!can_spend(&user.at(second.address), 900).await);
    let nobody = first.anonymous().behind_proxy(address());
    assert!(can_spend(&nobody.at(second.address), 900).await);
    assert!(!can_spend(&nobody, 900).await);
}

#[tokio::test]
async fn what_was_not_used_is_given_back_in_redis_and_never_more() {
    let Some(redis) = shared() else { return };
    let (first, second) = two_servers(&redis).await;
    let user = first.user(SystemRole::Viewer).await;
    let response = costed(&user, "{ companies(first: 100) { nodes { id } } }", json!({})).await;
    let cost = &response["extensions"]["cost"];
    assert_eq!((&cost["requested"], &cost["actual"]), (&json!(102), &json!(2)), "{response:#}");
    assert!((998..=1000).contains(&available_of(&response)), "{response:#}");
    for _ in 0..5 {
        assert!(available(&user.at(second.address)).await <= 1000);
    }
    assert!(can_spend(&user.at(second.address), 950).await);
    let refused = costed(&user, &worth(900), json!({})).await;
    let wait = refused["errors"][0]["extensions"]["retryAfterMs"].as_u64().unwrap();
    assert!((700_000..=900_000).contains(&wait), "{refused:#}");
}

fn available_of(response: &Value) -> u64 {
    response["extensions"]["cost"]["available"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_at_the_same_moment_at_two_servers_take_what_is_there_and_no_more() {
    let Some(redis) = shared() else { return };
    let (first, second) = two_servers(&redis).await;
    let user = first.user(SystemRole::Viewer).await;
    assert_eq!(rush(&[user.clone(), user.at(second.address)]).await, 10);
}

#[tokio::test]
async fn two_processes_with_one_redis_share_budgets() {
    let Some(redis) = shared() else { return };
    let db = TestDb::new().await;
    let settings: Vec<_> = SETTINGS.into_iter().chain([("REDIS_URL", redis.as_str())]).collect();
    let (first, second) = (Process::start(&db, &settings).await, Process::start(&db, &settings).await);
    let from_first = Client::new(first.address, None).behind_proxy(address());
    let from_second = from_first.at(second.address);
    assert!(can_spend(&from_first, 500).await);
    assert!(can_spend(&from_second, 400).await);
    assert!(!can_spend(&from_first, 400).await);
    assert_eq!(rush(&[from_first, from_second]).await, 1);
}

/// A Redis of a test's own, which may be killed. Dropping it kills it.
struct Redis {
    process: Child,
    /// Kept open: it must not fail because nobody reads what it prints.
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Redis {
    async fn start(port: u16) -> Self {
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        patience(async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains("Ready to accept connections") {
                    return;
                }
            }
            panic!("Redis ended before it was ready");
        })
        .await;
        Self { process, _lines: lines }
    }

    async fn kill(mut self) {
        patience(self.process.kill()).await.unwrap();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn limits_go_on_in_process_while_redis_is_down_and_the_log_says_so_once() {
    if shared().is_none() {
        return;
    }
    let db = TestDb::new().await;
    let port = free_port();
    let redis = Redis::start(port).await;
    let program = SETTINGS.into_iter().fold(Program::on(&db), |program, (name, value)| program.set(name, value));
    let server = program.set("REDIS_URL", format!("redis://127.0.0.1:{port}")).set("LOG", "info").serve().await;
    let nobody = Client::new(server.address, None).behind_proxy(IpAddr::from([192, 0, 2, 1]));
    assert!(can_spend(&nobody, 900).await);
    assert!(!can_spend(&nobody, 900).await);
    redis.kill().await;
    assert!(can_spend(&nobody, 900).await, "the process has a budget of its own");
    for _ in 0..20 {
        assert!(!can_spend(&nobody, 900).await);
    }
    let _redis = Redis::start(port).await;
    // The new Redis knows of nothing, so a full budget shows that it is asked.
    patience(async {
        while available(&nobody).await < 900 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(can_spend(&nobody, 900).await);
    let log = server.stop().await.stderr;
    let said = |what: &str| log.lines().filter(|line| line.contains(what)).count();
    assert_eq!((said("Redis does not answer"), said("Redis answers again")), (1, 1), "{log}");
}
