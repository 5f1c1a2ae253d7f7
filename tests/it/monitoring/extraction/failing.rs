//! A strong model that fails, is away or is asked while the process ends.

use std::time::Duration;

use serde_json::json;

use super::{
    super::{HIRE, begun, day, ended_within, killing::filled, kinds, report, signals},
    LEFT, SALE, STRONG, World, differences, divested, filer, left, of, says, settings, sold,
};
use crate::support::{
    ADMIN, Client, Process, TestDb,
    edgar::{Edgar, made_up},
    llm::{Behaviour, Dialect, StandIn},
    patience,
};

#[tokio::test]
async fn a_model_that_fails_loses_nothing_and_is_asked_again_later() {
    let good = json!({"events": [left(), divested()]}).to_string();
    for failure in [
        Behaviour::status(500),
        Behaviour::status(401),
        Behaviour::busy("0"),
        Behaviour::Cut(good.clone()),
        Behaviour::Body("application/json", "no JSON".to_owned()),
        Behaviour::say("I cannot help with that."),
        Behaviour::Hang,
    ] {
        let world = World::with(&[sold()]).await;
        let first = world.told(failure.clone()).await;
        assert_eq!(kinds(signals(&first)), ["DIVESTITURE"], "{failure:?}");
        assert_eq!(signals(&first)[0]["extractedBy"], "RULES");
        assert_eq!((&first["extractionsDone"], &first["extractionsWaiting"]), (&json!(0), &json!(1)), "{failure:?}");
        assert_eq!(signals(&first)[0]["reports"].as_array().unwrap().len(), 3);
        let second = world.told(says(&[left(), divested()])).await;
        assert_eq!(kinds(signals(&second)), ["EXECUTIVE_DEPARTURE"], "{failure:?}: {second:#}");
        assert_eq!((&second["extractionsDone"], &second["extractionsWaiting"]), (&json!(1), &json!(0)));
        assert_eq!((&second["reportsRead"], &second["signalsKnown"]), (&json!(0), &json!(1)));
        let query = "{ signals { nodes { kind extractedBy } } }";
        let all = world.admin.ok(query, json!({})).await;
        let all = all["signals"]["nodes"].as_array().unwrap();
        assert_eq!((all.len(), &of(all, "DIVESTITURE")["extractedBy"]), (2, &json!("BOTH")), "{failure:?}");
        world.app.stop().await;
    }
}

#[tokio::test]
async fn a_model_that_is_away_is_soon_asked_no_more() {
    let filers: Vec<_> = made_up(20);
    let world = World::with(&filers).await;
    let result = world.told(Behaviour::status(500)).await;
    // Customers are read eight at a time; three of them have reports of votes alone.
    assert!((3..=3 + 8).contains(&world.asked()), "{} were asked", world.asked());
    assert_eq!((&result["customersMonitored"], &result["extractionsWaiting"]), (&json!(20), &json!(17)));
    let before = world.sec.paths().len();
    let result = world.told(Behaviour::status(500)).await;
    assert_eq!(result["extractionsWaiting"], 17);
    // What waits is read from the documents on disk.
    let asked = world.sec.paths().split_off(before);
    assert!(asked.iter().all(|path| path.starts_with("/submissions/")), "{asked:#?}");
    let result = world.told(says(&[])).await;
    assert_eq!((&result["extractionsDone"], &result["extractionsWaiting"]), (&json!(17), &json!(0)));
    world.app.stop().await;
}

#[tokio::test]
async fn answers_that_cannot_be_used_are_asked_for_three_times() {
    let world = World::with(&[sold()]).await;
    let nonsense = Behaviour::say("{\"events\": [{\"kind\": \"MIRACLE\"}]}");
    for waiting in [1, 1, 0, 0] {
        let result = world.told(nonsense.clone()).await;
        assert_eq!(result["extractionsWaiting"], waiting);
    }
    // Each time the model is shown once what is wrong.
    assert_eq!(world.asked(), 3 * 2);
    let failed = "rapport_extraction_reports_total{outcome=\"invalid_output\"}";
    assert_eq!(world.counted(failed).await.as_deref(), Some("3"));
    world.app.stop().await;
}

#[tokio::test]
async fn a_kill_while_the_model_is_asked_stores_nothing_twice_and_pays_for_nothing_that_is_stored() {
    let (one, two) = (
        report(&filer(), 1, day("2024-05-06"), "2.01", &format!("{SALE} {LEFT}")),
        report(&filer(), 2, day("2024-06-04"), "5.02", HIRE),
    );
    let filers = [filer().with(two).with(one)];
    let (sec, model) = (Edgar::with_companies(&filers).await, StandIn::start(Dialect::Ollama).await);
    model.always(Behaviour::status(400));
    // The first report is answered, the second is not.
    model.script_of(STRONG, [says(&[left(), divested()])], Behaviour::Hang);
    let db = TestDb::new().await;
    let vendor = filled(&db, "Ironvale Instruments", &filers).await;
    let mut all: Vec<_> = sec.settings().into_iter().chain(settings(&model)).collect();
    all.retain(|(name, _)| *name != "LLM_TIMEOUT_SECONDS");
    let settings: Vec<_> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut process = Process::start(&db, &settings).await;
    let client = Client::new(process.address, None).sign_in(ADMIN.0, ADMIN.1).await;
    let job = begun(&client, &vendor).await;
    patience(async {
        while model.requests_to(STRONG).len() < 2 {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    })
    .await;
    process.kill9().await;
    model.script_of(STRONG, [], says(&[]));
    process = Process::start(&db, &settings).await;
    let client = client.at(process.address);
    let job = ended_within(&client, &job, Duration::from_secs(120)).await;
    let result = &job["result"];
    assert_eq!(kinds(signals(result)), ["DIVESTITURE", "EXECUTIVE_DEPARTURE", "EXECUTIVE_HIRE"], "{job:#}");
    assert_eq!((&result["extractionsDone"], &result["extractionsWaiting"]), (&json!(2), &json!(0)));
    assert_eq!(differences(result), ["MODEL_ONLY - -", "RULES_ONLY - -"]);
    // The first report, the second without an answer, and the second again.
    assert_eq!(model.requests_to(STRONG).len(), 3);
    process.terminate().await;
}
