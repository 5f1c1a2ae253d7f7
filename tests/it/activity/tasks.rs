//! Tasks of leads and customers.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{change, id_of, refused, subjects, wrong};
use crate::support::{Client, TestApp};

const SHOWN: &str = "id title details status priority dueOn dueAt deadlineAt isOverdue recurrence completedAt version
    assignee { userId } createdBy { userId } completedBy { userId } subject { id }";

async fn create(by: &Client, subject: &str, more: Value) -> Value {
    let mut input = json!({"subjectId": subject, "title": "Call back"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    change(by, "createTask", input, SHOWN).await
}

#[tokio::test]
async fn a_task_of_a_day_is_due_until_the_day_ends_where_the_business_is() {
    let app = TestApp::builder().quiet().set("DEFAULT_TIME_ZONE", "Europe/Berlin").start().await;
    let counselor = app.user(SystemRole::Counselor).await;
    let me = id_of(&counselor).await;
    let ids = subjects(&app, Some(me)).await;
    for subject in &ids {
        let task =
            create(&counselor, subject, json!({"dueOn": "2020-06-30", "priority": "HIGH", "details": "Soon"})).await;
        assert_eq!((&task["dueOn"], &task["dueAt"]), (&json!("2020-06-30"), &Value::Null));
        assert_eq!(task["deadlineAt"], "2020-06-30T22:00:00Z");
        assert_eq!((&task["isOverdue"], &task["subject"]["id"]), (&json!(true), &json!(subject)));
        assert_eq!(task["assignee"], json!({"userId": me}));
    }
    let at = create(&counselor, &ids[0], json!({"dueAt": "2120-01-01T12:00:00Z"})).await;
    assert_eq!((&at["deadlineAt"], &at["isOverdue"]), (&json!("2120-01-01T12:00:00Z"), &json!(false)));
    let never = create(&counselor, &ids[0], json!({})).await;
    assert_eq!((&never["deadlineAt"], &never["isOverdue"]), (&Value::Null, &json!(false)));
    let query = "{ tasks { nodes { deadlineAt } } overdue: tasks(filter: {status: {eq: OPEN}, deadlineAt: {lt: \"2021-01-01T00:00:00Z\"}}) { totalCount }
        tasks2: tasks(search: \"soon\", filter: {priority: {eq: HIGH}}) { totalCount } }";
    let data = counselor.ok(query, json!({})).await;
    let deadlines: Vec<_> =
        data["tasks"]["nodes"].as_array().unwrap().iter().map(|node| node["deadlineAt"].as_str()).collect();
    let day = Some("2020-06-30T22:00:00Z");
    assert_eq!(deadlines, [day, day, Some("2120-01-01T12:00:00Z"), None]);
    assert_eq!((&data["overdue"]["totalCount"], &data["tasks2"]["totalCount"]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn a_task_is_completed_opened_again_and_completed() {
    let app = TestApp::builder().quiet().start().await;
    let counselor = app.user(SystemRole::Counselor).await;
    let me = id_of(&counselor).await;
    let [customer, _] = subjects(&app, None).await;
    let id = create(&counselor, &customer, json!({"dueOn": "2020-06-30"})).await["id"].take();
    let set = async |version: i32, status: &str| {
        let input = json!({"id": id, "expectedVersion": version, "status": status});
        change(&counselor, "updateTask", input, SHOWN).await
    };
    let done = set(1, "DONE").await;
    assert!(done["completedAt"].is_string() && done["isOverdue"] == false);
    assert_eq!(done["completedBy"], json!({"userId": me}));
    let open = set(2, "OPEN").await;
    assert_eq!((&open["completedAt"], &open["completedBy"]), (&Value::Null, &Value::Null));
    set(3, "DONE").await;
    assert_eq!(set(4, "DONE").await["version"], 4);
    let query = "query($id: ID!) { customer(id: $id) { timelineCounts { kind count } } }";
    let counts = counselor.ok(query, json!({"id": customer})).await;
    let expected = json!([{"kind": "TASK_COMPLETED", "count": 1}, {"kind": "TASK_CREATED", "count": 1}]);
    assert_eq!(counts["customer"]["timelineCounts"], expected);
    assert_eq!(app.count("SELECT id FROM events WHERE kind = 'task.completed'").await, 2);
}

#[tokio::test]
async fn a_task_that_comes_again_is_counted_from_its_first_day() {
    let app = TestApp::builder().quiet().start().await;
    let counselor = app.user(SystemRole::Counselor).await;
    let [customer, _] = subjects(&app, None).await;
    create(&counselor, &customer, json!({"dueOn": "2127-12-31", "recurrence": "MONTHLY"})).await;
    let mut days = Vec::new();
    for _ in 0..3 {
        let open =
            counselor.ok("{ tasks(filter: {status: {eq: OPEN}}) { nodes { id dueOn recurrence } } }", json!({})).await;
        let nodes = open["tasks"]["nodes"].as_array().unwrap();
        assert_eq!((nodes.len(), &nodes[0]["recurrence"]), (1, &json!("MONTHLY")));
        days.push(nodes[0]["dueOn"].as_str().unwrap().to_owned());
        let input = json!({"id": nodes[0]["id"], "expectedVersion": 1, "status": "DONE"});
        let done = change(&counselor, "updateTask", input, SHOWN).await;
        assert_eq!(done["recurrence"], Value::Null);
    }
    assert_eq!(days, ["2127-12-31", "2128-01-31", "2128-02-29"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_task_is_told() {
    let app = TestApp::builder().quiet().start().await;
    let counselor = app.user(SystemRole::Counselor).await;
    let [customer, _] = subjects(&app, None).await;
    let both = json!({"subjectId": customer, "title": "", "dueOn": "2027-01-01", "dueAt": "2027-01-01T00:00:00Z"});
    assert_eq!(wrong(&refused(&counselor, "createTask", both).await), ["input.title", "input.dueAt"]);
    let again = json!({"subjectId": customer, "title": "A", "recurrence": "DAILY"});
    assert_eq!(wrong(&refused(&counselor, "createTask", again).await), ["input.recurrence"]);
    let nobody = json!({"subjectId": customer, "title": "A", "assigneeId": "usr_00000000000000000000000000000000"});
    assert_eq!(wrong(&refused(&counselor, "createTask", nobody).await), ["input.assigneeId"]);
    let id = create(&counselor, &customer, json!({"dueOn": "2027-01-01", "recurrence": "DAILY"})).await["id"].take();
    let at = json!({"id": id, "expectedVersion": 1, "dueAt": "2027-01-01T00:00:00Z", "title": null});
    assert_eq!(wrong(&refused(&counselor, "updateTask", at).await), ["input.title", "input.recurrence"]);
    let at = json!({"id": id, "expectedVersion": 1, "dueAt": "2127-01-01T00:00:00Z", "recurrence": null, "assigneeId": null});
    let task = change(&counselor, "updateTask", at, SHOWN).await;
    assert_eq!((&task["dueOn"], &task["assignee"]), (&Value::Null, &Value::Null));
    assert_eq!(task["deadlineAt"], "2127-01-01T00:00:00Z");
}

#[tokio::test]
async fn a_deleted_task_is_gone_with_its_entries() {
    let app = TestApp::builder().quiet().start().await;
    let counselor = app.user(SystemRole::Counselor).await;
    let [customer, _] = subjects(&app, None).await;
    let id = create(&counselor, &customer, json!({})).await["id"].take();
    let delete = "mutation($id: ID!) { deleteTask(id: $id) { id } }";
    assert_eq!(counselor.ok(delete, json!({"id": id})).await["deleteTask"]["id"], id);
    assert_eq!(counselor.code(delete, json!({"id": id})).await, "NOT_FOUND");
    let query = "query($id: ID!, $of: ID!) { task(id: $id) { id } tasks { totalCount } customer(id: $of) { timeline { totalCount } } }";
    let data = counselor.ok(query, json!({"id": id, "of": customer})).await;
    assert_eq!(data, json!({"task": null, "tasks": {"totalCount": 0}, "customer": {"timeline": {"totalCount": 0}}}));
}
