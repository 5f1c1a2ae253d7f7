//! Every operation, asked for by everybody: what the server answers is what `docs/permissions.md` says.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rapport::auth::{Permission, Permissions, SystemRole};
use serde_json::{Value, json};

use super::{
    operations::{answer, harmless, root_fields},
    table::{self, Needs},
};
use crate::support::{ADMIN, Client, TestApp};

/// Somebody who asks.
struct Caller {
    name: &'static str,
    client: Client,
    /// What their token gives; `None` for nobody.
    permissions: Option<Vec<&'static str>>,
    in_person: bool,
    /// Whether they have the token of a chat session.
    visitor: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Allowed,
    Unauthenticated,
    Forbidden,
}

impl Caller {
    fn of_role(role: SystemRole, name: &'static str, client: Client) -> Self {
        Self { name, client, permissions: Some(Permissions::of(role).names()), in_person: true, visitor: false }
    }

    fn expected(&self, needs: &Needs) -> Answer {
        let Some(permissions) = &self.permissions else {
            let is_open = needs.nothing || (self.visitor && needs.visitor);
            return if is_open { Answer::Allowed } else { Answer::Unauthenticated };
        };
        let has_one = needs.permissions.is_empty() || permissions.iter().any(|name| needs.permissions.contains(*name));
        if has_one && (self.in_person || !needs.in_person) { Answer::Allowed } else { Answer::Forbidden }
    }
}

fn judged(answer: &Value) -> Answer {
    match answer["errors"][0]["extensions"]["code"].as_str() {
        Some("UNAUTHENTICATED") => Answer::Unauthenticated,
        Some("FORBIDDEN") => Answer::Forbidden,
        _ => Answer::Allowed,
    }
}

async fn callers(app: &TestApp) -> Vec<Caller> {
    let admin = app.admin().await;
    let key = "mutation { createApiKey(input: {name: \"bare\", scopes: []}) { secret } }";
    let key = admin.ok(key, json!({})).await["createApiKey"]["secret"].as_str().unwrap().to_owned();
    let other = app.user(SystemRole::Manager).await;
    let id = other.id().await;
    let act = "mutation($id: ID!) { impersonateUser(input: {userId: $id}) { accessToken } }";
    let token = admin.ok(act, json!({"id": id})).await["impersonateUser"]["accessToken"].as_str().unwrap().to_owned();
    let begin = "mutation { createChatSession(input: {}) { visitorToken } }";
    let visitor = app.anonymous().ok(begin, json!({})).await["createChatSession"]["visitorToken"].take();
    let visitor = visitor.as_str().unwrap().to_owned();
    vec![
        Caller { name: "nobody", client: app.anonymous(), permissions: None, in_person: false, visitor: false },
        Caller {
            name: "a visitor of a chat session",
            client: app.anonymous().with_token(&visitor),
            permissions: None,
            in_person: false,
            visitor: true,
        },
        Caller::of_role(SystemRole::Viewer, "a viewer", app.user(SystemRole::Viewer).await),
        Caller::of_role(SystemRole::Counselor, "a counselor", app.user(SystemRole::Counselor).await),
        Caller::of_role(SystemRole::Manager, "a manager", app.user(SystemRole::Manager).await),
        Caller {
            name: "a key without a scope",
            client: admin.with_token(&key),
            permissions: Some(vec![]),
            in_person: false,
            visitor: false,
        },
        Caller {
            in_person: false,
            ..Caller::of_role(SystemRole::Manager, "who acts in a manager's place", admin.with_token(&token))
        },
        // Last: who acts in somebody's place is out when the administrator is.
        Caller::of_role(SystemRole::Admin, "an administrator", admin),
    ]
}

/// The operation as `caller` sends it. Tokens that are used up by it are made for it.
async fn ask(app: &TestApp, caller: &Caller, field: &str, operation: &str) -> Value {
    if field == "mutation refreshToken" {
        let login = "mutation($i: LoginInput!) { login(input: $i) { refreshToken } }";
        let login = app.anonymous().ok(login, json!({"i": {"email": ADMIN.0, "password": ADMIN.1}})).await;
        let token = login["login"]["refreshToken"].as_str().unwrap();
        return answer(app, &caller.client, &operation.replace("TOKEN", token)).await;
    }
    answer(app, &caller.client, operation).await
}

/// Has every caller ask for `fields`, and says what the server answered otherwise than the document.
async fn differences(app: &TestApp, fields: &[String]) -> Vec<String> {
    let (needed, harmless) = (table::operations(), harmless());
    let mut wrong = Vec::new();
    for caller in callers(app).await {
        for field in fields {
            let needs = needed.get(field).unwrap_or_else(|| panic!("say in docs/permissions.md what `{field}` needs"));
            let operation = harmless.get(field.as_str()).unwrap_or_else(|| panic!("say how `{field}` is asked for"));
            let answer = ask(app, &caller, field, operation).await;
            let expected = match (field.as_str(), caller.name) {
                // A key has no session to end.
                ("mutation logout", "a key without a scope") => Answer::Forbidden,
                _ => caller.expected(needs),
            };
            if judged(&answer) != expected {
                wrong.push(format!("{field} by {}: not {expected:?} but {answer}", caller.name));
            }
        }
    }
    wrong
}

#[tokio::test]
async fn everybody_may_do_what_the_document_says_and_nothing_else() {
    let builder = TestApp::builder().quiet().set("VISITOR_SESSIONS_PER_HOUR", 1000);
    let app = builder.set("RATE_LIMIT_POINTS", 0).set("RATE_LIMIT_ANONYMOUS_POINTS", 0).start().await;
    // Signing out ends the session, so it comes last, and each way of it has sessions of its own.
    let (out, rest): (Vec<_>, Vec<_>) =
        root_fields(&app).await.into_iter().partition(|field| field.starts_with("mutation logout"));
    let mut wrong = differences(&app, &rest).await;
    for field in out {
        wrong.extend(differences(&app, &[field]).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_token_that_has_expired_gets_nothing() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    app.advance(TimeDelta::minutes(16));
    let harmless = harmless();
    for field in root_fields(&app).await.iter().filter(|field| !field.starts_with("subscription")) {
        let code = admin.code(&harmless[field.as_str()], json!({})).await;
        assert_eq!(code, "UNAUTHENTICATED", "{field}");
    }
    assert_eq!(crate::support::WsClient::refused(app.address, admin.token()).await, 4403);
}

#[tokio::test]
async fn the_document_names_every_operation_and_no_other() {
    let app = TestApp::builder().quiet().start().await;
    let documented: Vec<_> = table::operations().into_keys().collect();
    assert_eq!(documented, root_fields(&app).await);
}

#[test]
fn the_document_has_the_catalogue_of_permissions() {
    let roles = |permission: Permission| {
        let names = [
            (SystemRole::Admin, "admin"),
            (SystemRole::Manager, "manager"),
            (SystemRole::Counselor, "counselor"),
            (SystemRole::Viewer, "viewer"),
        ];
        names
            .into_iter()
            .filter(move |(role, _)| permission.is_given_by(*role))
            .map(|(_, name)| name.to_owned())
            .collect()
    };
    let in_code: Vec<_> = Permission::all()
        .map(|permission| (permission.name().to_owned(), permission.description().to_owned(), roles(permission)))
        .collect();
    assert_eq!(table::catalogue(), in_code);
}

#[test]
fn what_operations_need_are_permissions_that_exist() {
    let unknown: BTreeMap<_, _> = table::operations()
        .into_iter()
        .filter(|(_, needs)| needs.permissions.iter().any(|name| Permission::named(name).is_none()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}
