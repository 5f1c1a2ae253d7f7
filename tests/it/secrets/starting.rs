//! The keys at the start.

use std::os::unix::fs::PermissionsExt;

use rapport::{
    error::{Error, ErrorCode},
    secrets::{Keys, KeysError, SealError, Secrets},
};
use secrecy::ExposeSecret;

use super::{COLUMNS, KEYS, Links, NEW, OLD, OTHER, TOKENS, URLS, config};
use crate::support::{TestDb, ambient_of_its_own, program::Program};

#[tokio::test]
async fn a_start_with_another_key_of_the_same_id_stops_with_one_sentence() {
    let db = TestDb::empty().await;
    let with = |keys: &str| Program::on(&db).set("SECRETS_KEYS", keys);
    with(OLD).serve().await.stop().await;
    for command in [&["serve"][..], &["worker"], &["seed"], &["secrets", "rotate"]] {
        let said = with(OTHER).run(command).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{command:?}");
        let errors: Vec<_> =
            said.stderr.lines().filter(|line| line.starts_with("The key `k1` in SECRETS_KEYS")).collect();
        assert!(errors.len() == 1 && errors[0].contains("put the former key back"), "{}", said.stderr);
        assert!(!KEYS.iter().any(|key| said.stderr.contains(key)), "{}", said.stderr);
    }
    with(OLD).serve().await.stop().await;
    with(&format!("{NEW},{OLD}")).serve().await.stop().await;
    with(NEW).serve().await.stop().await;
}

#[tokio::test]
async fn a_start_without_a_key_that_secrets_need_stops() {
    let links = Links::new().await;
    let old = links.open(OLD).await;
    links.open(NEW).await;
    let row = links.add(&old, "a token").await;
    for setting in [NEW, ""] {
        let error = links.try_open(setting).await.unwrap_err();
        assert!(matches!(&error, KeysError::Missing { id, rows: 1, .. } if id == "k1"), "{error:?}");
        let said = error.to_string();
        assert!(said.contains("`k1`") && said.contains("(1)") && said.contains("rapport secrets status"), "{said}");
    }
    let both = links.open(&format!("{NEW},{OLD}")).await;
    assert_eq!(links.token(&both, row).await, "a token");
    links.execute("DELETE FROM test_links", []).await;
    links.open(NEW).await;
}

#[tokio::test]
async fn of_two_copies_that_start_together_with_two_keys_of_one_id_one_stops() {
    let links = Links::new().await;
    for _ in 0..5 {
        let (one, two) = tokio::join!(links.try_open(OLD), links.try_open(OTHER));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let stopped = one.err().or(two.err()).unwrap();
        assert!(matches!(&stopped, KeysError::OtherKey { id, .. } if id == "k1"), "{stopped:?}");
        links.execute("DELETE FROM secret_keys", []).await;
    }
}

#[tokio::test]
async fn nothing_is_sealed_without_a_key_and_nothing_for_a_column_that_is_not_registered() {
    let links = Links::new().await;
    let keys = Keys::of(&config("postgres://rapport@db.example/rapport", ""), &ambient_of_its_own()).unwrap();
    let none = Secrets::open(&links.db, &ambient_of_its_own(), &keys, COLUMNS).await.unwrap();
    let row = uuid::Uuid::nil();
    let error = none.seal(&TOKENS, row, &"a token".into()).unwrap_err();
    assert_eq!(error, SealError::NotConfigured);
    let error = Error::from(error);
    assert_eq!(error.code(), ErrorCode::ProviderNotConfigured);
    assert!(error.to_string().contains("set SECRETS_KEYS"), "{error}");
    let some = Secrets::open(&links.db, &ambient_of_its_own(), &links.keys(OLD), &[URLS]).await;
    let error = some.as_ref().unwrap().seal(&TOKENS, row, &"a token".into()).unwrap_err();
    assert_eq!(error, SealError::NotRegistered(TOKENS));
}

#[tokio::test]
async fn a_secret_opens_in_its_own_row_and_column_only() {
    let links = Links::new().await;
    let secrets = links.open(OLD).await;
    let (one, two) = (links.add(&secrets, "one").await, links.add(&secrets, "two").await);
    let stored = links.stored(one).await;
    assert!(stored.starts_with("v1.k1."), "{stored}");
    let again = secrets.seal(&TOKENS, one, &"one".into()).unwrap();
    assert_ne!(again, stored, "each has a nonce of its own");
    let opened = |column, row| secrets.unseal(column, row, &stored).map(|clear| clear.expose_secret().to_owned());
    assert_eq!(opened(&TOKENS, one).as_deref(), Ok("one"));
    assert_eq!(opened(&TOKENS, two), Err(SealError::DoesNotOpen));
    assert_eq!(opened(&URLS, one), Err(SealError::DoesNotOpen));
}

#[tokio::test]
async fn an_embedded_database_has_a_key_made_once_beside_it() {
    if TestDb::is_postgres() {
        return; // It has no file.
    }
    let links = Links::new().await;
    let file = links.test.folder().join("rapport.db.secrets-keys");
    let read = || std::fs::read_to_string(&file).unwrap();
    // Several servers that start at once.
    let opened = futures_util::future::join_all((0..4).map(|_| links.open(""))).await;
    let made = read();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let row = links.add(&opened[0], "a token").await;
    for secrets in opened.iter().chain([&links.open("").await]) {
        assert_eq!(links.token(secrets, row).await, "a token");
    }
    assert_eq!(read(), made);
    // A key of one's own before it, in the file or in the settings.
    let both = format!("{NEW},{made}");
    assert_eq!(links.token(&links.open(&both).await, row).await, "a token");
    std::fs::write(&file, &both).unwrap();
    assert_eq!(links.token(&links.open("").await, row).await, "a token");
    // A lost file is not taken for a new database.
    std::fs::remove_file(&file).unwrap();
    let error = links.try_open("").await.unwrap_err();
    assert!(matches!(&error, KeysError::Missing { rows: 1, .. }), "{error:?}");
    assert!(error.to_string().contains("rapport.db.secrets-keys"), "{error}");
    links.execute("DELETE FROM test_links", []).await;
    links.open("").await;
}

#[tokio::test]
async fn a_damaged_file_of_keys_is_named_and_left_as_it_is() {
    if TestDb::is_postgres() {
        return; // It has no file.
    }
    let db = TestDb::empty().await;
    let program = Program::on(&db);
    program.serve().await.stop().await;
    let file = db.folder().join("rapport.db.secrets-keys");
    let made = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &made[..made.len() / 2]).unwrap();
    let said = program.run(&["serve"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("rapport.db.secrets-keys has a key made-"), "{}", said.stderr);
    assert!(!said.stderr.contains(&made[14..made.len() / 2]), "{}", said.stderr);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), made[..made.len() / 2]);
    std::fs::write(&file, &made).unwrap();
    program.serve().await.stop().await;
}
