//! `rapport secrets`.

use rapport::domains::SEALED_COLUMNS;
use sea_orm::{ConnectionTrait, Statement};

use super::{NEW, OLD, OTHER};
use crate::support::{TestDb, program::Program};

/// The lines of a status, without those of the table's head.
async fn status(program: &Program) -> Vec<String> {
    let said = program.run(&["secrets", "status"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let lines = said.stdout.lines().skip(1);
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn a_key_is_replaced_by_commands() {
    let db = TestDb::empty().await;
    let with = |keys: &str| Program::on(&db).set("SECRETS_KEYS", keys);
    with(OLD).serve().await.stop().await;
    assert_eq!(status(&with(OLD)).await, ["k1 0 seals new secrets"]);
    let both = with(&format!("{NEW},{OLD}"));
    let server = both.serve().await;
    let said = both.run(&["secrets", "rotate"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.starts_with("Sealed anew: 0."), "{}", said.stdout);
    assert_eq!(status(&both).await, ["k2 0 seals new secrets", "k1 0 can be removed"]);
    server.stop().await;
    with(NEW).serve().await.stop().await;
    assert_eq!(status(&with(NEW)).await, ["k2 0 seals new secrets", "k1 0 was removed"]);
    // It tells more than a start, which stops.
    let expected = ["k1 0 is not the key that was used by this id: put that back", "k2 0 was removed"];
    assert_eq!(status(&with(OTHER)).await, expected);
}

#[tokio::test]
async fn a_key_that_no_server_has_is_called_so_and_rotates_nothing() {
    let db = TestDb::empty().await;
    let with = |keys: &str| Program::on(&db).set("SECRETS_KEYS", keys);
    with(OLD).serve().await.stop().await;
    let stray = with(&format!("{NEW},{OLD}"));
    let expected = ["k2 0 is new: no server has started with it", "k1 0 can be removed"];
    for _ in 0..2 {
        assert_eq!(status(&stray).await, expected);
        let said = stray.run(&["secrets", "rotate"]).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
        assert!(said.stderr.contains("No server has started with the key `k2`"), "{}", said.stderr);
    }
    // Its id is not spent.
    let other = OTHER.replace("k1:", "k2:");
    with(&format!("{other},{OLD}")).serve().await.stop().await;
}

#[tokio::test]
async fn a_wrong_setting_stops_the_start_with_a_sentence_each_and_no_key() {
    let db = TestDb::empty().await;
    let keys = format!("k1:hunter2,{NEW},{NEW},nothing");
    let said = Program::on(&db).set("SECRETS_KEYS", &keys).run(&["serve"]).await;
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
    let problems: Vec<_> = said.stderr.lines().filter_map(|line| line.strip_prefix("  SECRETS_KEYS ")).collect();
    assert_eq!(problems.len(), 3, "{}", said.stderr);
    for (problem, words) in
        problems.iter().zip(["a key k1 that is not valid base64", "two keys with the id k2", "entry 4"])
    {
        assert!(problem.contains(words) && problem.ends_with('.'), "{problem}");
    }
    assert!(!said.stderr.contains("hunter2") && !said.stderr.contains("ICEi"), "{}", said.stderr);
}

#[tokio::test]
async fn without_a_key_the_commands_say_what_to_set() {
    let db = TestDb::empty().await;
    let program = Program::on(&db);
    let said = program.run(&["secrets", "rotate"]).await;
    let lines = status(&program).await;
    if TestDb::is_postgres() {
        assert_eq!(said.code, Some(1));
        assert!(said.stderr.contains("There is no key to seal by: set SECRETS_KEYS."), "{}", said.stderr);
        assert_eq!(lines, ["There is no key to seal by: set SECRETS_KEYS."]);
    } else {
        // The embedded database makes its own.
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert!(
            lines.len() == 1 && lines[0].starts_with("made-") && lines[0].ends_with("seals new secrets"),
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn the_sealed_columns_of_the_program_are_there() {
    let test = TestDb::new().await;
    let db = test.connect().await;
    for rapport::secrets::SealedColumn { table, id, column } in SEALED_COLUMNS {
        let sql = format!(r#"SELECT "{table}"."{id}", "{table}"."{column}" FROM "{table}""#);
        db.reader().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap();
    }
    db.close().await;
}
