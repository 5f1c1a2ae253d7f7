//! Searches of jobs, signals and chat sessions: by the words in them, and by the names of others as far as one may see those.

use rapport::{auth::SystemRole, domains::signals::Signal};
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

/// What a list shows of the rows that `search` finds, in the order of their texts.
async fn found(client: &Client, list: &str, (search, field): (&str, &str)) -> Vec<String> {
    let query = format!("query($search: String) {{ {list}(search: $search) {{ totalCount nodes {{ {field} }} }} }}");
    let data = client.ok(&query, json!({"search": search})).await;
    let nodes = data[list]["nodes"].as_array().unwrap();
    assert_eq!(data[list]["totalCount"], nodes.len(), "{search}");
    let mut texts: Vec<_> = nodes.iter().map(|node| node[field].as_str().unwrap().to_owned()).collect();
    texts.sort();
    texts
}

/// A user with these permissions and no others.
async fn user_with(app: &TestApp, permissions: &[&str]) -> Client {
    let admin = app.admin().await;
    let create = format!(
        "mutation {{ createRole(input: {{name: \"some {}\", permissions: [{}]}}) {{ id }} }}",
        permissions.len(),
        permissions.join(", ")
    );
    let role = admin.ok(&create, json!({})).await["createRole"]["id"].take();
    let user = app.user(SystemRole::Viewer).await;
    let id = user.id().await;
    let update = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";
    admin.ok(update, json!({"input": {"id": id, "expectedVersion": 1, "roleId": role}})).await;
    user
}

#[tokio::test]
async fn jobs_are_found_by_their_kind_and_input_and_owner() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, manager) = (app.admin().await, app.user(SystemRole::Manager).await);
    let mut ids = Vec::new();
    for (by, name) in [(&admin, "Brightloom Analytics"), (&manager, "Fernhollow CRM")] {
        ids.push(by.onboard(name).await["id"].as_str().unwrap().to_owned());
    }
    let [first, second] = ids.try_into().unwrap();
    let mut both = vec![first.clone(), second.clone()];
    both.sort();
    for (search, expected) in [
        ("BRIGHTLOOM", vec![first.clone()]),
        ("fernhollów crm", vec![second.clone()]),
        ("onboard", both),
        ("onboard bright", vec![first.clone()]),
        ("bright hollow", vec![]),
        ("deepResearch", vec![]),
        ("admin@example.com", vec![first.clone()]),
    ] {
        assert_eq!(found(&admin, "jobs", (search, "id")).await, expected, "{search}");
    }
    // A manager sees all jobs, and not who their owners are.
    assert_eq!(found(&manager, "jobs", ("bright", "id")).await, [first]);
    assert_eq!(found(&manager, "jobs", ("admin@example.com", "id")).await, Vec::<String>::new());
}

#[tokio::test]
async fn signals_are_found_by_their_texts_and_their_customer() {
    let app = TestApp::builder().quiet().start().await;
    let company = app.company("Acme");
    let (one, two) = (app.customer(Some(&company), "Ärztehaus"), app.customer(Some(&company), "Globex"));
    let hire = Signal {
        summary: "It has a new executive.".to_owned(),
        person_name: Some("Zoë Nørgaard".to_owned()),
        person_role: Some("Chief Data Officer".to_owned()),
        ..app.signal(&one, "hire")
    };
    let attack = Signal { sentence: "Ransomware was found.".to_owned(), ..app.signal(&two, "attack") };
    let (hired, attacked) = (hire.id.to_string(), attack.id.to_string());
    app.insert([company]).await;
    app.insert([one, two]).await;
    app.insert([hire.searchable(), attack.searchable()]).await;
    let admin = app.admin().await;
    for (search, expected) in [
        ("executive", vec![hired.clone()]),
        ("zoe chief", vec![hired.clone()]),
        ("NØRGAARD", vec![hired.clone()]),
        ("ransomware", vec![attacked.clone()]),
        ("ransomware executive", vec![]),
        ("arzte", vec![hired.clone()]),
        ("globex cyber", vec![attacked.clone()]),
    ] {
        assert_eq!(found(&admin, "signals", (search, "id")).await, expected, "{search}");
        let query =
            "query($search: String) { companies { nodes { signals(search: $search) { totalCount nodes { id } } } } }";
        let below = admin.ok(query, json!({"search": search})).await["companies"]["nodes"][0]["signals"].take();
        let expected: Vec<_> = expected.iter().map(|id| json!({"id": id})).collect();
        assert_eq!(below, json!({"totalCount": expected.len(), "nodes": expected}), "{search}");
    }
    let user = user_with(&app, &["SIGNALS_READ"]).await;
    assert_eq!(found(&user, "signals", ("executive", "id")).await, [hired]);
    assert_eq!(found(&user, "signals", ("globex", "id")).await, Vec::<String>::new());
}

#[tokio::test]
async fn chat_sessions_are_found_by_their_notes_what_was_collected_and_their_owner() {
    let app = TestApp::builder().set("CHAT_BUILT_IN_PACE_MS", 0).start().await;
    let (admin, visitor) = (app.admin().await, app.anonymous());
    let create = "mutation($input: CreateChatSessionInput!) { createChatSession(input: $input) { visitorToken session { id } } }";
    let begin = async |by: &Client, page: &str| {
        let input = json!({"metadata": [{"name": "page", "value": page}]});
        by.ok(create, json!({"input": input})).await["createChatSession"].take()
    };
    let of_visitor = begin(&visitor, "/Prices/Ärzte").await;
    let of_admin = begin(&admin, "/about").await;
    let id = |made: &Value| made["session"]["id"].as_str().unwrap().to_owned();
    let (visited, own) = (id(&of_visitor), id(&of_admin));
    let by = visitor.with_token(of_visitor["visitorToken"].as_str().unwrap());
    let send = "mutation($input: SendChatMessageInput!) { sendChatMessage(input: $input) { reply { id } } }";
    let text = "My name is Zoë Nørgaard and my email is Zoe@Example.com";
    by.ok(send, json!({"input": {"sessionId": visited, "text": text}})).await;
    for (search, expected) in [
        ("prices arzte", vec![visited.clone()]),
        ("nørgaard", vec![visited.clone()]),
        ("zoe@example.com", vec![visited.clone()]),
        ("about", vec![own.clone()]),
        ("admin@example.com", vec![own.clone()]),
        ("page", vec![]),
        ("rule", vec![]),
    ] {
        assert_eq!(found(&admin, "chatSessions", (search, "id")).await, expected, "{search}");
    }
    let manager = app.user(SystemRole::Manager).await;
    assert_eq!(found(&manager, "chatSessions", ("zoe", "id")).await, [visited]);
    assert_eq!(found(&manager, "chatSessions", ("admin@example.com", "id")).await, Vec::<String>::new());
    app.stop().await;
}
