//! Users of before there were roles as rows: what becomes of them on the way up and down.

use migration::{Migrator, MigratorTrait};
use rapport::{
    auth::SystemRole,
    db::Db,
    domains::identity::{UserEntity, UserStatus},
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryResult, Statement};
use serde_json::json;

use super::{Person, done, is_known, sign_in, text};
use crate::support::{TestApp, TestDb};

const ROLES: [(&str, SystemRole); 4] = [
    ("ADMIN", SystemRole::Admin),
    ("MANAGER", SystemRole::Manager),
    ("COUNSELOR", SystemRole::Counselor),
    ("VIEWER", SystemRole::Viewer),
];
/// How many migrations there were before.
const BEFORE: u32 = 4;

/// How many migrations there have been since.
fn since() -> u32 {
    u32::try_from(Migrator::migrations().len()).unwrap() - BEFORE
}

/// The literal of the id `n`.
fn id(n: u128) -> String {
    let id = uuid::Uuid::from_u128(n);
    if TestDb::is_postgres() { format!("'{id}'") } else { format!("X'{}'", id.simple()) }
}

async fn execute(db: &Db, sql: String) {
    db.owner().execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
}

async fn rows(db: &Db, sql: &str) -> Vec<QueryResult> {
    let backend = db.owner().get_database_backend();
    db.owner().query_all_raw(Statement::from_string(backend, sql.to_owned())).await.unwrap()
}

/// Users of each role, active and inactive, each with an open session, as they were before. Their names are `Ärger 0` and
/// so on.
async fn filled(db: &Db) {
    Migrator::up(db.owner(), Some(BEFORE)).await.unwrap();
    let time = "'2026-03-14 09:00:00+00:00'";
    for n in 0..8_usize {
        let (role, is_active, id) = (ROLES[n / 2].0, n % 2 == 0, id(n as u128 + 1));
        execute(
            db,
            format!(
                "INSERT INTO users (id, email, email_key, full_name, role, is_active, created_at, updated_at)
                 VALUES ({id}, 'U{n}@example.com', 'u{n}@example.com', 'Ärger {n}', '{role}', {is_active}, {time}, {time})"
            ),
        )
        .await;
        execute(db, format!("INSERT INTO user_passwords (user_id, hash, changed_at) VALUES ({id}, 'hash', {time})"))
            .await;
        execute(
            db,
            format!(
                "INSERT INTO sessions (id, user_id, generation, token_hash, rotated_at, expires_at, created_at)
                 VALUES ({id}, {id}, 1, 'hash', {time}, {time}, {time})"
            ),
        )
        .await;
    }
}

#[tokio::test]
async fn users_keep_role_standing_password_and_session_on_the_way_up() {
    let test_db = TestDb::empty().await;
    let db = test_db.connect().await;
    filled(&db).await;
    Migrator::up(db.owner(), None).await.unwrap();
    let mut users = UserEntity::find().all(db.reader()).await.unwrap();
    users.sort_by_key(|user| user.id.uuid());
    assert_eq!(users.len(), 8);
    for (n, user) in users.iter().enumerate() {
        assert_eq!(user.role_id.uuid(), ROLES[n / 2].1.uuid(), "{user:?}");
        assert_eq!(user.status, if n % 2 == 0 { UserStatus::Active } else { UserStatus::Inactive }, "{user:?}");
        assert_eq!((user.email.as_str(), user.version), (format!("U{n}@example.com").as_str(), 1));
        assert_eq!((&user.phone, &user.deleted_at), (&None, &None));
        // As `name_key` of a user who is made today.
        assert_eq!(user.name_key, format!("arger {n}"));
    }
    for table in ["sessions", "user_passwords"] {
        assert_eq!(rows(&db, &format!("SELECT user_id FROM {table}")).await.len(), 8, "{table}");
    }
    assert!(rows(&db, "SELECT id FROM sessions WHERE ended_at IS NOT NULL").await.is_empty());
    let roles = rows(&db, "SELECT name FROM roles ORDER BY name").await;
    let roles: Vec<String> = roles.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(roles, ["admin", "counselor", "manager", "viewer"]);
}

/// How many migrations there were before texts were folded.
fn before_folding() -> u32 {
    let names = Migrator::migrations();
    let place = names.iter().position(|migration| migration.name().ends_with("folded_texts")).unwrap();
    u32::try_from(place).unwrap()
}

/// Rows of before are found as those that are written today.
#[tokio::test]
async fn what_was_written_before_is_found_and_known_in_whatever_way_it_is_written() {
    let test_db = TestDb::empty().await;
    let db = test_db.connect().await;
    Migrator::up(db.owner(), Some(before_folding())).await.unwrap();
    let (time, first, second) = ("'2026-03-14 09:00:00+00:00'", id(1), id(2));
    for (id, local) in [(&first, "Jo\u{308}rg"), (&second, "Kim")] {
        execute(
            &db,
            format!(
                "INSERT INTO users (id, email, email_key, full_name, name_key, created_at, updated_at) VALUES
                 ({id}, '{local}@example.com', '{}@example.com', 'Ärger {local}', 'x', {time}, {time})",
                local.to_lowercase()
            ),
        )
        .await;
    }
    execute(
        &db,
        format!(
            "INSERT INTO audit_log (id, at, action, subject_type, subject_id, subject_name, after, request_id)
             VALUES ({first}, {time}, 'user.created', 'user', 'usr_1', 'Jörg', '{{\"fullName\":\"Ärger\"}}', '')"
        ),
    )
    .await;
    Migrator::up(db.owner(), None).await.unwrap();
    let mut users = UserEntity::find().all(db.reader()).await.unwrap();
    users.sort_by_key(|user| user.id.uuid());
    let forms = |n: usize| (users[n].email_key.as_str(), users[n].email_folded.as_str(), users[n].name_key.as_str());
    assert_eq!(forms(0), ("jörg@example.com", "jorg@example.com", "arger jorg"));
    assert_eq!(forms(1), ("kim@example.com", "kim@example.com", "arger kim"));
    let words = rows(&db, "SELECT words FROM audit_log").await[0].try_get::<String>("", "words").unwrap();
    assert_eq!(words, "user.created\njorg\nusr_1\nfullname\narger");
    let refused = db.owner().execute_unprepared("UPDATE audit_log SET action = 'nothing'").await;
    assert!(refused.unwrap_err().to_string().contains("append-only"));
}

/// Role and `is_active` of each user as they were before, by address.
async fn before(db: &Db) -> Vec<(String, String, bool)> {
    let rows = rows(db, "SELECT email, role, is_active FROM users ORDER BY email").await;
    let read = |row: &QueryResult| {
        (row.try_get("", "email").unwrap(), row.try_get("", "role").unwrap(), row.try_get("", "is_active").unwrap())
    };
    rows.iter().map(read).collect()
}

#[tokio::test]
async fn users_are_on_the_way_down_what_they_were_before() {
    let test_db = TestDb::empty().await;
    let db = test_db.connect().await;
    filled(&db).await;
    let was = before(&db).await;
    for _ in 0..2 {
        Migrator::up(db.owner(), None).await.unwrap();
        Migrator::down(db.owner(), Some(since())).await.unwrap();
        assert_eq!(before(&db).await, was);
        assert_eq!(rows(&db, "SELECT id FROM sessions WHERE ended_at IS NULL").await.len(), 8);
    }
}

#[tokio::test]
async fn nobody_has_more_rights_on_the_way_down_than_they_had() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let custom = Person::with(&app, &admin, "Custom", &["customers:read"]).await;
    let gone = Person::admin(&app, &admin, "Gone").await;
    super::delete_user(&admin, &gone.id).await;
    let invited = json!({"email": "invited@people.example", "fullName": "New",
                         "roleId": super::system(SystemRole::Admin)});
    done(&admin, "inviteUser", invited, "link").await;
    let impersonated = super::impersonation::in_place_of(&admin, &custom.id).await;
    assert!(is_known(&impersonated).await);
    let test_db = app.db.clone();
    app.stop().await;
    let db = test_db.connect().await;
    Migrator::down(db.owner(), Some(since())).await.unwrap();
    let expected = [
        ("admin@example.com", "ADMIN", true),
        ("custom@people.example", "VIEWER", true),
        ("gone@people.example", "ADMIN", false),
        ("invited@people.example", "ADMIN", false),
    ];
    assert_eq!(before(&db).await, expected.map(|(email, role, on)| (email.to_owned(), role.to_owned(), on)));
    // Without who acts in it, the session of an administrator in the place of a user would be one of the user.
    assert_eq!(rows(&db, "SELECT id FROM sessions WHERE ended_at IS NULL").await.len(), 2);
}

#[tokio::test]
async fn a_session_goes_on_after_the_way_down_and_up() {
    let app = TestApp::builder().quiet().start().await;
    let (email, password) = crate::support::ADMIN;
    let signed_in = sign_in(&app.anonymous(), email, password).await;
    let test_db = app.db.clone();
    app.stop().await;
    let db = test_db.connect().await;
    Migrator::down(db.owner(), Some(since())).await.unwrap();
    Migrator::up(db.owner(), None).await.unwrap();
    db.close().await;
    let app = TestApp::builder().quiet().on(&test_db).start().await;
    let login = &signed_in["data"]["login"];
    assert!(is_known(&app.anonymous().with_token(&text(&login["accessToken"]))).await);
    let refresh = json!({"refreshToken": login["refreshToken"]});
    done(&app.anonymous(), "refreshToken", refresh, "accessToken").await;
}
