//! Rotation of keys.

use std::{
    env,
    io::Write as _,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rapport::{
    ambient::Ambient,
    secrets::{KeyState, KeyStatus, Keys, Rotated, SealError, Secrets, Unopened, status},
};
use sea_orm::{ConnectionTrait, Statement};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};
use uuid::Uuid;

use super::{COLUMNS, Links, NEW, OLD, TOKENS, URLS, config};
use crate::support::patience;

/// What a process says before it hangs.
const HANGS: &str = "it hangs here";
const BOTH: &str = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=,k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn resealed(resealed: u64) -> Rotated {
    Rotated { resealed, ..Rotated::default() }
}

impl Links {
    /// The keys with the number of secrets of each, and the secrets of no known key.
    async fn status(&self, setting: &str) -> (Vec<(String, u64, KeyState)>, u64) {
        let status = status(&self.db, &self.keys(setting), COLUMNS).await.unwrap();
        let keys = status.keys.into_iter().map(|KeyStatus { id, rows, state }| (id, rows, state)).collect();
        (keys, status.unknown)
    }
}

fn keys<const N: usize>(keys: [(&str, u64, KeyState); N]) -> Vec<(String, u64, KeyState)> {
    keys.map(|(id, rows, state)| (id.to_owned(), rows, state)).to_vec()
}

#[tokio::test]
async fn all_secrets_are_sealed_anew_and_the_old_key_can_be_removed() {
    let links = Links::new().await;
    let old = links.open(OLD).await;
    // More than are read at once.
    let mut rows = Vec::new();
    for n in 0..450 {
        rows.push(links.add(&old, &format!("token {n}")).await);
    }
    let url = old.seal(&URLS, rows[7], &"https://hooks.example/7".into()).unwrap();
    links.execute("UPDATE test_links SET url = $1 WHERE id = $2", [url.into(), rows[7].into()]).await;
    let both = links.open(BOTH).await;
    let expected = keys([("k2", 0, KeyState::Seals), ("k1", 451, KeyState::Opens)]);
    assert_eq!(links.status(BOTH).await, (expected, 0));
    assert_eq!(both.rotate(&links.db).await.unwrap(), resealed(451));
    let expected = keys([("k2", 451, KeyState::Seals), ("k1", 0, KeyState::Opens)]);
    assert_eq!(links.status(BOTH).await, (expected, 0));
    assert_eq!(both.rotate(&links.db).await.unwrap(), resealed(0));
    let new = links.open(NEW).await;
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(links.token(&new, *row).await, format!("token {n}"));
    }
    let expected = keys([("k2", 451, KeyState::Seals), ("k1", 0, KeyState::Missing)]);
    assert_eq!(links.status(NEW).await, (expected, 0));
}

/// Rotates as a process of its own, which says when the statement of the number `STOP_AT` has ended, and hangs there.
#[tokio::test]
#[ignore = "another test starts it, and kills it"]
async fn rotates_until_it_is_killed() {
    let (Ok(database), Ok(stop_at)) = (env::var("ROTATE_ON"), env::var("STOP_AT")) else { return };
    let (config, stop_at) = (config(&database, BOTH), stop_at.parse::<usize>().unwrap());
    let mut db = rapport::db::connect(&config.database).await.unwrap();
    let ambient = Ambient::system();
    let keys = Keys::of(&config, &ambient).unwrap();
    let secrets = Secrets::open(&db, &ambient, &keys, COLUMNS).await.unwrap();
    let seen = Arc::new(AtomicUsize::new(0));
    db.on_statement(move |_| {
        if seen.fetch_add(1, Ordering::Relaxed) + 1 == stop_at {
            writeln!(std::io::stdout(), "{HANGS}").unwrap();
            loop {
                std::thread::park();
            }
        }
    });
    secrets.rotate(&db).await.unwrap();
    db.close().await;
}

/// Rotates in a process that is killed by the end of statement `stop_at`; whether it was.
async fn rotate_until(links: &Links, stop_at: usize) -> bool {
    let mut process = Command::new(env::current_exe().unwrap())
        .args(["secrets::rotating::rotates_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
        .env("ROTATE_ON", links.test.url())
        .env("STOP_AT", stop_at.to_string())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut said = String::new();
    while let Some(line) = patience(lines.next_line()).await.unwrap() {
        if line.contains(HANGS) {
            patience(process.kill()).await.unwrap();
            return true;
        }
        said += &format!("{line}\n");
    }
    assert!(said.contains("1 passed"), "{said}");
    false
}

#[tokio::test]
async fn a_rotation_that_is_killed_after_any_statement_loses_nothing_and_goes_on() {
    let links = Links::new().await;
    let old = links.open(OLD).await;
    let both = links.open(BOTH).await;
    let (mut rows, mut kills) = (Vec::new(), 0);
    loop {
        // One more each time, so that there is something left to be killed in.
        let token = format!("token {kills}");
        rows.push((links.add(&old, &token).await, token));
        let was_killed = rotate_until(&links, kills + 1).await;
        for (row, token) in &rows {
            assert_eq!(links.token(&both, *row).await, *token, "after {kills} kills");
        }
        if !was_killed {
            break;
        }
        kills += 1;
    }
    // To read, to replace, to see that nothing is left, to read the other column.
    assert!(kills >= 4, "{kills}");
    let expected = keys([("k2", rows.len() as u64, KeyState::Seals), ("k1", 0, KeyState::Opens)]);
    assert_eq!(links.status(BOTH).await, (expected, 0));
}

/// Replaces a token from elsewhere, and waits until it is done.
fn replace_elsewhere(config: rapport::config::DatabaseConfig, row: Uuid, sealed: String) {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let replace = async move {
        let db = rapport::db::connect(&config).await.unwrap();
        let sql = "UPDATE test_links SET token = $1 WHERE id = $2";
        let statement = Statement::from_sql_and_values(db.backend(), sql, [sealed.into(), row.into()]);
        db.owner().execute_raw(statement).await.unwrap();
        db.close().await;
    };
    std::thread::spawn(move || runtime().block_on(replace)).join().unwrap();
}

#[tokio::test]
async fn what_a_running_server_writes_meanwhile_stays_and_is_sealed_anew_too() {
    let links = Links::new().await;
    let old = links.open(OLD).await;
    let row = links.add(&old, "before").await;
    let both = links.open(BOTH).await;
    // A server that was not restarted yet seals by the old key.
    let meanwhile = old.seal(&TOKENS, row, &"meanwhile".into()).unwrap();
    let mut db = links.test.connect().await;
    let (seen, config) = (Arc::new(AtomicUsize::new(0)), links.test.config());
    db.on_statement(move |sql| {
        if sql.contains("substr") && seen.fetch_add(1, Ordering::Relaxed) == 0 {
            replace_elsewhere(config.clone(), row, meanwhile.clone());
        }
    });
    assert_eq!(both.rotate(&db).await.unwrap(), resealed(1));
    db.close().await;
    assert!(links.stored(row).await.starts_with("v1.k2."));
    assert_eq!(links.token(&both, row).await, "meanwhile");
}

#[tokio::test]
async fn a_secret_that_does_not_open_is_told_and_the_others_are_sealed_anew() {
    let links = Links::new().await;
    let old = links.open(OLD).await;
    let good = links.add(&old, "good").await;
    let (moved, clear, more) =
        (links.add(&old, "moved").await, links.add(&old, "clear").await, links.add(&old, "more").await);
    let set = "UPDATE test_links SET token = $1 WHERE id = $2";
    links.execute(set, [links.stored(good).await.into(), moved.into()]).await;
    links.execute(set, ["clear".into(), clear.into()]).await;
    let both = links.open(BOTH).await;
    assert_eq!(links.status(BOTH).await.1, 1);
    let rotated = both.rotate(&links.db).await.unwrap();
    let unopened = |row, error| Unopened { column: TOKENS, row, error };
    let expected = vec![unopened(moved, SealError::DoesNotOpen), unopened(clear, SealError::Malformed)];
    assert_eq!(rotated, Rotated { resealed: 2, changed: 0, unopened: expected });
    for (row, token) in [(good, "good"), (more, "more")] {
        assert_eq!(links.token(&links.open(BOTH).await, row).await, token);
    }
    assert_eq!(links.stored(clear).await, "clear");
}
