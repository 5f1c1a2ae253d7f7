//! An active administrator is always left.

use rapport::{
    auth::SystemRole,
    domains::identity::{UserColumn, UserEntity, UserStatus},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::{Person, by_id, document, own_id, set_active, system, version};
use crate::support::{Client, TestApp};

/// The ways to take somebody's administration away.
const WAYS: [&str; 6] = ["demote", "deactivate", "delete", "demote with others", "deactivate many", "delete many"];

/// Tries one of the ways and returns the answer.
async fn attempt(client: &Client, way: &str, id: &str, version: &Value) -> Value {
    let bulk = |action: &str| json!({"ids": [id], "action": action});
    let demoted = json!({"id": id, "expectedVersion": version, "roleId": system(SystemRole::Manager)});
    let renamed = json!({"id": id, "expectedVersion": version, "roleId": system(SystemRole::Viewer), "fullName": "X"});
    let (mutation, input) = match way {
        "demote" => ("updateUser", demoted),
        "demote with others" => ("updateUser", renamed),
        "deactivate" => ("setUserActive", json!({"id": id, "isActive": false})),
        "delete" => return client.send(&by_id("deleteUser"), json!({"id": id})).await,
        "deactivate many" => ("updateUsers", bulk("DEACTIVATE")),
        _ => ("updateUsers", bulk("DELETE")),
    };
    client.send(&document(mutation, ""), json!({"input": input})).await
}

fn code(answer: &Value) -> Option<&str> {
    answer["errors"][0]["extensions"]["code"].as_str()
}

async fn active_admins(client: &Client) -> Value {
    let query = "query($role: ID!) { users(filter: {roleId: {eq: $role}, status: {eq: ACTIVE}}) { totalCount } }";
    client.ok(query, json!({"role": system(SystemRole::Admin)})).await["users"]["totalCount"].clone()
}

#[tokio::test]
async fn the_last_active_administrator_stays_whatever_is_tried() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = own_id(&admin).await;
    // Others who do not count: one who is deactivated, and one who was only invited.
    let second = Person::admin(&app, &admin, "Walter Skinner").await;
    set_active(&admin, &second.id, false).await;
    let invited = json!({"email": "new@example.com", "fullName": "New", "roleId": system(SystemRole::Admin)});
    super::done(&admin, "inviteUser", invited, "expiresAt").await;
    let version = version(&admin, &id).await;
    for way in WAYS {
        let answer = attempt(&admin, way, &id, &version).await;
        assert_eq!(code(&answer), Some("CONFLICT"), "{way}: {answer:#}");
        let path = match way {
            "demote" | "demote with others" => "input.roleId",
            "deactivate" => "input.id",
            "delete" => "id",
            _ => "input.ids[0]",
        };
        let field = &answer["errors"][0]["extensions"]["fields"];
        assert_eq!(field[0]["path"], path, "{way}: {answer:#}");
        assert!(field[0]["message"].as_str().unwrap().contains("admin@example.com"), "{way}: {answer:#}");
        assert_eq!(active_admins(&admin).await, 1, "{way}");
    }
    assert_eq!(super::version(&admin, &id).await, version);
}

#[tokio::test]
async fn one_of_two_administrators_may_go_in_each_way() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for (n, way) in WAYS.into_iter().enumerate() {
        let second = Person::admin(&app, &admin, &format!("Second {n}")).await;
        let version = version(&admin, &second.id).await;
        let answer = attempt(&admin, way, &second.id, &version).await;
        assert_eq!(code(&answer), None, "{way}: {answer:#}");
        assert_eq!(active_admins(&admin).await, 1, "{way}");
    }
}

#[tokio::test]
async fn all_administrators_cannot_go_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let second = Person::admin(&app, &admin, "Walter Skinner").await;
    for action in ["DEACTIVATE", "DELETE"] {
        let third = app.user(SystemRole::Viewer).await;
        let idle = Person::admin(&app, &admin, &format!("Idle {action}")).await;
        set_active(&admin, &idle.id, false).await;
        let input = json!({"ids": [own_id(&third).await, own_id(&admin).await, idle.id, second.id], "action": action});
        let error = super::failed(&admin, "updateUsers", input).await;
        assert_eq!(error["extensions"]["code"], "CONFLICT", "{error:#}");
        // Those alone who would have to stay, in the order in which they were given.
        let fields = error["extensions"]["fields"].as_array().unwrap();
        let paths: Vec<_> = fields.iter().map(|field| field["path"].as_str().unwrap()).collect();
        assert_eq!(paths, ["input.ids[1]", "input.ids[3]"], "{error:#}");
        assert!(error["message"].as_str().unwrap().contains(&second.email), "{error:#}");
        assert_eq!(active_admins(&admin).await, 2);
    }
}

/// Two administrators try to end each other at the same moment.
async fn duel(app: &TestApp, first: &Client, second: &Client, way: &str) {
    let ids = [own_id(first).await, own_id(second).await];
    let versions = [version(first, &ids[0]).await, version(second, &ids[1]).await];
    let (one, two) =
        tokio::join!(attempt(first, way, &ids[1], &versions[1]), attempt(second, way, &ids[0], &versions[0]));
    let codes = [code(&one), code(&two)];
    assert_eq!(codes.iter().filter(|code| code.is_none()).count(), 1, "{way}: {one:#} {two:#}");
    let lost = codes.iter().flatten().next().unwrap();
    assert!(["CONFLICT", "FORBIDDEN", "UNAUTHENTICATED"].contains(lost), "{way}: {lost}");
    let admins = UserEntity::find()
        .filter(UserColumn::RoleId.eq(SystemRole::Admin.uuid()))
        .filter(UserColumn::Status.eq(UserStatus::Active));
    assert_eq!(admins.count(app.app.db.reader()).await.unwrap(), 1, "{way}");
}

#[tokio::test]
async fn of_two_administrators_who_end_each_other_at_the_same_moment_one_stays() {
    for way in WAYS {
        let app = TestApp::builder().quiet().start().await;
        let admin = app.admin().await;
        let second = Person::admin(&app, &admin, "Walter Skinner").await;
        duel(&app, &admin, &second.client, way).await;
    }
}

#[tokio::test]
async fn of_two_administrators_who_end_each_other_at_two_servers_one_stays() {
    for way in WAYS {
        let app = TestApp::builder().quiet().start().await;
        let (other, admin) = (app.beside().await, app.admin().await);
        let second = Person::admin(&app, &admin, "Walter Skinner").await;
        duel(&app, &admin, &second.client.at(other.address), way).await;
    }
}

#[tokio::test]
async fn who_is_not_administrator_but_has_every_right_does_not_count() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let deputy = Person::with(&app, &admin, "Deputy", &super::all_permissions()).await;
    let id = own_id(&admin).await;
    let version = version(&admin, &id).await;
    for way in WAYS {
        let answer = attempt(&deputy.client, way, &id, &version).await;
        assert_eq!(code(&answer), Some("CONFLICT"), "{way}: {answer:#}");
    }
}
