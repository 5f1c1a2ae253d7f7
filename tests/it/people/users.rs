//! The list of users: words, filters, orders, pages.

use chrono::TimeDelta;
use rapport::{auth::SystemRole, db::Id, domains::identity::UserStatus};
use serde_json::{Value, json};

use super::{delete_user, system, text, user_row};
use crate::support::{Client, TestApp};

/// A server with nine users: the administrator and eight, made a minute after each other.
async fn filled() -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let people = [
        ("Dana Scully", SystemRole::Manager, UserStatus::Active),
        ("anna Müller", SystemRole::Counselor, UserStatus::Active),
        ("Berta_One", SystemRole::Counselor, UserStatus::Inactive),
        ("Carl", SystemRole::Viewer, UserStatus::Invited),
        ("dana Barrett", SystemRole::Viewer, UserStatus::Active),
        ("Same", SystemRole::Viewer, UserStatus::Active),
        ("same", SystemRole::Manager, UserStatus::Inactive),
        ("Gone", SystemRole::Manager, UserStatus::Deleted),
    ];
    for (index, (name, role, status)) in people.into_iter().enumerate() {
        let mut row = user_row(&app, name, role, status);
        // Two are called alike: then the id decides.
        row.id = Id::from_uuid(uuid::Uuid::from_u128(index as u128 + 1));
        row.email_key = format!("{index} {}", row.email_key);
        row.created_at += TimeDelta::minutes(index as i64 + 1);
        if status == UserStatus::Active {
            row.last_login_at = Some(row.created_at);
        }
        app.insert([row]).await;
    }
    (app, admin)
}

/// The names that a list holds, in its order.
async fn names(client: &Client, arguments: &str) -> Vec<String> {
    let list = client.ok(&format!("{{ users{arguments} {{ totalCount nodes {{ fullName }} }} }}"), json!({})).await;
    let names: Vec<_> = list["users"]["nodes"].as_array().unwrap().iter().map(|node| text(&node["fullName"])).collect();
    assert_eq!(list["users"]["totalCount"], names.len(), "{arguments}");
    names
}

#[tokio::test]
async fn users_come_by_name_without_regard_to_case_and_without_those_who_were_deleted() {
    let (_app, admin) = filled().await;
    let all = names(&admin, "").await;
    assert_eq!(
        all,
        ["Administrator", "anna Müller", "Berta_One", "Carl", "dana Barrett", "Dana Scully", "Same", "same"]
    );
}

#[tokio::test]
async fn users_are_found_by_words_of_their_name_or_address() {
    let (_app, admin) = filled().await;
    for (words, found) in [
        ("DANA", vec!["dana Barrett", "Dana Scully"]),
        ("dana.b", vec!["dana Barrett"]),
        ("müller", vec!["anna Müller"]),
        ("@EXAMPLE.com", vec!["Administrator"]),
        ("_", vec!["Berta_One"]),
        ("%", vec![]),
        ("  ", names(&admin, "").await.iter().map(String::as_str).collect()),
        ("gone", vec![]),
        ("' OR 1=1 --", vec![]),
    ] {
        assert_eq!(names(&admin, &format!("(search: {})", json!(words))).await, found, "{words}");
    }
    let long = "x".repeat(201);
    assert_eq!(admin.code(&format!("{{ users(search: \"{long}\") {{ totalCount }} }}"), json!({})).await, "BAD_INPUT");
}

#[tokio::test]
async fn users_are_filtered_by_role_status_and_address() {
    let (_app, admin) = filled().await;
    let counselor = system(SystemRole::Counselor);
    for (filter, found) in [
        (format!(r#"{{roleId: {{eq: "{counselor}"}}}}"#), vec!["anna Müller", "Berta_One"]),
        (format!(r#"{{roleId: {{in: ["{counselor}"]}}, status: {{eq: INACTIVE}}}}"#), vec!["Berta_One"]),
        ("{status: {in: [INVITED, INACTIVE]}}".to_owned(), vec!["Berta_One", "Carl", "same"]),
        ("{fullName: {startsWith: \"dana\"}}".to_owned(), vec!["dana Barrett", "Dana Scully"]),
        ("{email: {eq: \"admin@example.com\"}}".to_owned(), vec!["Administrator"]),
        ("{email: {eq: \" ADMIN@Example.com\"}}".to_owned(), vec!["Administrator"]),
        ("{email: {in: [\"Admin@example.com\", \"nobody@example.com\"]}}".to_owned(), vec!["Administrator"]),
        ("{email: {eq: \"dmin@example.com\"}}".to_owned(), vec![]),
        ("{email: {notIn: [\"Admin@example.com\"], startsWith: \"ADMIN\"}}".to_owned(), vec![]),
        ("{or: [{fullName: {eq: \"Carl\"}}, {fullName: {eq: \"Gone\"}}]}".to_owned(), vec!["Carl"]),
    ] {
        assert_eq!(names(&admin, &format!("(filter: {filter})")).await, found, "{filter}");
    }
}

#[tokio::test]
async fn addresses_are_compared_as_at_sign_in() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let create = "mutation($input: CreateUserInput!) { createUser(input: $input) { id } }";
    let people = [("Kim", "kim@müller.example"), ("Jo", "JÖRG@example.com"), ("Li", "用户@例え.jp")];
    for (name, email) in people.into_iter().chain([("Muller", "kim@muller.example"), ("Jorg", "jorg@example.com")]) {
        let role = system(SystemRole::Viewer);
        let input = json!({"fullName": name, "email": email, "roleId": role, "password": "umbrellas in april rain"});
        admin.ok(create, json!({"input": input})).await;
    }
    let query = "query($filter: UserFilter) { users(filter: $filter) { nodes { fullName } } }";
    for (address, name) in [
        ("KIM@MÜLLER.example", "Kim"),
        ("kim@xn--mller-kva.example", "Kim"),
        ("kim@mu\u{308}ller.example", "Kim"),
        ("Kim@muller.example", "Muller"),
        ("jörg@EXAMPLE.com", "Jo"),
        ("JORG@example.com", "Jorg"),
        ("用户@例え.jp", "Li"),
        ("用户@xn--r8jz45g.jp", "Li"),
    ] {
        for filter in [json!({"eq": address}), json!({"in": [address, "x@example.com"]})] {
            let found = admin.ok(query, json!({"filter": {"email": filter}})).await["users"]["nodes"].take();
            assert_eq!(found, json!([{"fullName": name}]), "{address}");
        }
        let others = json!({"filter": {"email": {"notIn": [address]}}});
        let others = admin.ok(query, others).await["users"]["nodes"].take();
        assert!(
            others.as_array().unwrap().len() == 5 && !others.to_string().contains(&format!("\"{name}\"")),
            "{others}"
        );
    }
}

#[tokio::test]
async fn users_are_filtered_by_when_they_were_made_and_signed_in() {
    let (app, admin) = filled().await;
    let query = r#"{ users(filter: {fullName: {eq: "Berta_One"}}) { nodes { createdAt } } }"#;
    let made = text(&admin.ok(query, json!({})).await["users"]["nodes"][0]["createdAt"]);
    let since = format!(r#"(filter: {{createdAt: {{gte: "{made}"}}}})"#);
    assert_eq!(names(&admin, &since).await, ["Berta_One", "Carl", "dana Barrett", "Same", "same"]);
    let before = format!(r#"(filter: {{createdAt: {{lt: "{made}"}}}})"#);
    assert_eq!(names(&admin, &before).await, ["Administrator", "anna Müller", "Dana Scully"]);
    let never = "(filter: {lastLoginAt: {isNull: true}})";
    assert_eq!(names(&admin, never).await, ["Berta_One", "Carl", "same"]);
    let since = app.app.ambient.now() + TimeDelta::minutes(3);
    let lately = format!(r#"(filter: {{lastLoginAt: {{gt: "{}"}}}})"#, since.to_rfc3339().replace("+00:00", "Z"));
    assert_eq!(names(&admin, &lately).await, ["dana Barrett", "Same"]);
}

#[tokio::test]
async fn who_was_deleted_shows_wherever_somebody_asks_by_status() {
    let (_app, admin) = filled().await;
    for (filter, found) in [
        ("{status: {eq: DELETED}}", vec!["Gone"]),
        ("{and: [{status: {eq: DELETED}}]}", vec!["Gone"]),
        ("{or: [{status: {eq: DELETED}}, {status: {eq: INVITED}}]}", vec!["Carl", "Gone"]),
        ("{not: {status: {notIn: [DELETED]}}}", vec!["Gone"]),
        ("{fullName: {eq: \"Gone\"}}", vec![]),
    ] {
        assert_eq!(names(&admin, &format!("(filter: {filter})")).await, found, "{filter}");
    }
}

/// All names of an order, page by page of three, forwards and backwards.
async fn paged(client: &Client, order: &str) -> [Vec<String>; 2] {
    let mut ways = [Vec::new(), Vec::new()];
    for (names, (size, place, more, end)) in ways
        .iter_mut()
        .zip([("first", "after", "hasNextPage", "endCursor"), ("last", "before", "hasPreviousPage", "startCursor")])
    {
        let mut cursor = Value::Null;
        loop {
            let query = format!(
                "query($c: String) {{ users({size}: 3, {place}: $c, orderBy: {order}) {{ totalCount
                   nodes {{ fullName }} pageInfo {{ {more} {end} }} }} }}"
            );
            let mut list = client.ok(&query, json!({"c": cursor})).await["users"].take();
            assert_eq!(list["totalCount"], 8, "{query}");
            let page = list["nodes"].as_array().unwrap().iter().map(|node| text(&node["fullName"]));
            if size == "first" {
                names.extend(page);
            } else {
                names.splice(0..0, page);
            }
            if list["pageInfo"][more] == false {
                break;
            }
            cursor = list["pageInfo"][end].take();
        }
    }
    ways
}

#[tokio::test]
async fn users_are_paged_in_every_order_both_ways() {
    let (_app, admin) = filled().await;
    let by_name = ["Administrator", "anna Müller", "Berta_One", "Carl", "dana Barrett", "Dana Scully", "Same", "same"];
    let by_age = ["Administrator", "Dana Scully", "anna Müller", "Berta_One", "Carl", "dana Barrett", "Same", "same"];
    for (field, sorted) in [("FULL_NAME", by_name), ("CREATED_AT", by_age)] {
        for direction in ["ASC", "DESC"] {
            let order = format!("{{field: {field}, direction: {direction}}}");
            let mut expected = sorted.to_vec();
            if direction == "DESC" {
                expected.reverse();
            }
            for way in paged(&admin, &order).await {
                assert_eq!(way, expected, "{order}");
            }
        }
    }
}

#[tokio::test]
async fn the_roles_of_fifty_users_are_one_statement() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let roles = SystemRole::all().collect::<Vec<_>>();
    app.insert((0..49).map(|n| user_row(&app, &format!("User {n}"), roles[n % 4], UserStatus::Active))).await;
    let query = "{ users(first: 50) { nodes { fullName role { name permissions } } } }";
    let (data, statements) = app.statements.of(admin.ok(query, json!({}))).await;
    assert_eq!(data["users"]["nodes"].as_array().unwrap().len(), 50);
    assert!(data["users"]["nodes"].as_array().unwrap().iter().all(|user| user["role"]["name"].is_string()));
    assert_eq!(statements.len(), 2, "{statements:#?}");
}

#[tokio::test]
async fn a_deleted_user_is_still_named_as_the_owner_of_a_job() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let person = super::Person::manager(&app, &admin, "Dana Scully").await;
    let job = person.client.onboard("Fernhollow CRM").await["id"].clone();
    delete_user(&admin, &person.id).await;
    let query = "query($id: ID!) { job(id: $id) { owner { id fullName status deletedAt } } }";
    let owner = &admin.ok(query, json!({"id": job})).await["job"]["owner"];
    assert_eq!((&owner["id"], &owner["status"]), (&json!(person.id), &json!("DELETED")));
    assert_eq!(owner["fullName"], "Dana Scully");
    assert!(owner["deletedAt"].is_string());
}
