//! One thing is done with many users, or nothing at all.

use rapport::{
    auth::{Permissions, SystemRole},
    domains::identity::{User, UserStatus},
};
use serde_json::{Value, json};

use super::{Person, done, failed, own_id, paths, refused, text, user_row, wrong_fields};
use crate::support::{Client, TestApp};

/// A server with so many users, and their ids.
async fn with_users(count: usize) -> (TestApp, Client, Vec<String>) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let row = |n| User {
        status: if n % 2 == 0 { UserStatus::Active } else { UserStatus::Inactive },
        ..user_row(&app, &format!("User {n}"), SystemRole::Viewer, UserStatus::Active)
    };
    let rows: Vec<_> = (0..count).map(row).collect();
    let ids = rows.iter().map(|row| row.id.to_string()).collect();
    app.insert(rows).await;
    (app, admin, ids)
}

/// How many users have each status: active, inactive.
async fn counts(admin: &Client) -> (Value, Value) {
    let query = "{ active: users(filter: {status: {eq: ACTIVE}}) { totalCount }
                   inactive: users(filter: {status: {eq: INACTIVE}}) { totalCount } }";
    let data = admin.ok(query, json!({})).await;
    (data["active"]["totalCount"].clone(), data["inactive"]["totalCount"].clone())
}

#[tokio::test]
async fn a_hundred_users_are_deactivated_at_once_and_come_in_the_order_of_their_ids() {
    let (_app, admin, mut ids) = with_users(100).await;
    ids.reverse();
    let input = json!({"ids": ids, "action": "DEACTIVATE"});
    let users = done(&admin, "updateUsers", input, "users { id status version }").await["users"].take();
    let users = users.as_array().unwrap();
    assert_eq!(users.iter().map(|user| text(&user["id"])).collect::<Vec<_>>(), ids);
    assert!(users.iter().all(|user| user["status"] == "INACTIVE"));
    // Who was inactive before was not changed.
    assert_eq!(users.iter().filter(|user| user["version"] == 1).count(), 50);
    assert_eq!(counts(&admin).await, (json!(1), json!(100)));
}

#[tokio::test]
async fn users_are_deleted_together() {
    let (_app, admin, ids) = with_users(3).await;
    let users =
        done(&admin, "updateUsers", json!({"ids": ids, "action": "DELETE"}), "users { status deletedAt }").await;
    assert!(users["users"].as_array().unwrap().iter().all(|user| user["status"] == "DELETED"));
    assert_eq!(counts(&admin).await, (json!(1), json!(0)));
}

#[tokio::test]
async fn none_and_more_than_a_hundred_are_refused() {
    let (_app, admin, mut ids) = with_users(100).await;
    ids.push(own_id(&admin).await);
    for ids in [vec![], ids] {
        for action in ["ACTIVATE", "DEACTIVATE", "DELETE"] {
            assert_eq!(wrong_fields(&admin, "updateUsers", json!({"ids": ids, "action": action})).await, ["input.ids"]);
        }
    }
    assert_eq!(counts(&admin).await, (json!(51), json!(50)));
}

#[tokio::test]
async fn each_user_for_whom_it_cannot_be_done_is_named_and_nothing_is_done() {
    let (_app, admin, ids) = with_users(4).await;
    super::delete_user(&admin, &ids[3]).await;
    let unknown = "usr_00000000000000000000000000000000";
    let given = [&ids[0], unknown, &ids[1], &ids[3], &ids[2], unknown];
    for action in ["ACTIVATE", "DEACTIVATE", "DELETE"] {
        let wrong = wrong_fields(&admin, "updateUsers", json!({"ids": given, "action": action})).await;
        assert_eq!(wrong, ["input.ids[1]", "input.ids[3]", "input.ids[5]"], "{action}");
        assert_eq!(counts(&admin).await, (json!(3), json!(1)), "{action}");
    }
}

#[tokio::test]
async fn a_user_who_is_given_twice_is_named_whatever_is_to_be_done() {
    let (_app, admin, ids) = with_users(2).await;
    for action in ["ACTIVATE", "DEACTIVATE", "DELETE"] {
        let given = [&ids[0], &ids[1], &ids[0]];
        let wrong = wrong_fields(&admin, "updateUsers", json!({"ids": given, "action": action})).await;
        assert_eq!(wrong, ["input.ids[2]"], "{action}");
    }
    assert_eq!(counts(&admin).await, (json!(2), json!(1)));
}

#[tokio::test]
async fn ids_of_other_things_are_wrong_input() {
    let (_app, admin, ids) = with_users(1).await;
    for wrong in ["cus_00000000000000000000000000000000", "nonsense", ""] {
        let input = json!({"ids": [ids[0], wrong], "action": "DELETE"});
        assert_eq!(refused(&admin, "updateUsers", input).await, "BAD_INPUT");
    }
    assert_eq!(counts(&admin).await, (json!(2), json!(0)));
}

#[tokio::test]
async fn one_user_with_more_rights_keeps_all_the_others_as_they_are() {
    let (app, admin, ids) = with_users(2).await;
    // As much as a viewer, and what the change of users needs.
    let mut rights = Permissions::of(SystemRole::Viewer).names();
    rights.extend(["users:read", "users:manage"]);
    let helper = Person::with(&app, &admin, "Helper", &rights).await;
    let given = [ids[0].clone(), own_id(&admin).await, ids[1].clone()];
    for action in ["DEACTIVATE", "DELETE"] {
        let error = failed(&helper.client, "updateUsers", json!({"ids": given, "action": action})).await;
        assert_eq!(paths(&error), ["input.ids[1]"]);
    }
    assert_eq!(counts(&admin).await, (json!(3), json!(1)));
    done(&helper.client, "updateUsers", json!({"ids": ids, "action": "DELETE"}), "users { id }").await;
}

#[tokio::test]
async fn the_sessions_of_all_end() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let (one, two) = (Person::manager(&app, &admin, "One").await, Person::manager(&app, &admin, "Two").await);
    done(&admin, "updateUsers", json!({"ids": [one.id, two.id], "action": "DEACTIVATE"}), "users { id }").await;
    for person in [one, two] {
        assert!(!super::is_known(&person.client).await);
    }
}
