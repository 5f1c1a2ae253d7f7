//! Cursors: good for their own list and order, and for nothing else.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{List, all_lists, filled};
use crate::support::{Client, TestApp};

/// Asks for the rows on either side of `cursor`, which must be refused without reading a row of the list.
async fn is_refused(app: &TestApp, client: &Client, list: &List, cursor: &str) {
    for place in ["after", "before"] {
        let query = list.query(&format!(r#"{place}: "{cursor}""#), "nodes { id }");
        let (error, statements) = app.statements.of(client.fail(&query, json!({}))).await;
        assert_eq!(error["extensions"]["code"], "BAD_CURSOR", "{query}\n{error:#}");
        let rows = |sql: &&String| sql.contains(list.name) && !sql.contains("name_key\" =");
        assert!(!statements.iter().any(|sql| rows(&sql) && !list.parent.is_empty()), "{statements:#?}");
        assert!(!list.parent.is_empty() || statements.is_empty(), "{statements:#?}");
    }
}

async fn first_cursor(client: &Client, list: &List) -> String {
    list.page(client, "first: 1").await["pageInfo"]["endCursor"].as_str().unwrap().to_owned()
}

/// What a cursor holds, changed.
fn forged(cursor: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut place: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    change(&mut place);
    BASE64_URL_SAFE_NO_PAD.encode(place.to_string())
}

#[tokio::test]
async fn a_cursor_of_another_list_or_order_is_refused() {
    let (app, admin, company) = filled().await;
    let lists = all_lists(&company);
    for (of, (list, _)) in lists.iter().enumerate() {
        let cursor = first_cursor(&admin, list).await;
        for (at, (other, _)) in lists.iter().enumerate() {
            // The customers of a company are the customers of all companies, in the same orders.
            let is_same = at == of || (list.name == other.name && list.arguments == other.arguments);
            if !is_same {
                is_refused(&app, &admin, other, &cursor).await;
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_cursor_is_refused() {
    let (app, admin, company) = filled().await;
    for (list, _) in all_lists(&company) {
        let good = first_cursor(&admin, &list).await;
        for garbage in ["", "garbage", "null", "e30", &good[1..], &format!("{good}A"), &"A".repeat(5000)] {
            is_refused(&app, &admin, &list, garbage).await;
        }
    }
}

#[tokio::test]
async fn a_cursor_that_somebody_wrote_is_refused() {
    let (app, admin, company) = filled().await;
    for (list, _) in all_lists(&company) {
        let good = first_cursor(&admin, &list).await;
        let keys = |place: &mut Value, keys: Value| place["k"] = keys;
        let id = json!({"U": "00000000-0000-7000-8000-000000000000"});
        // A text, a number, a fraction, a time, a day and an id: one of them is what the order compares, the others are not.
        let kinds = [
            json!({"T": "x"}),
            json!({"I": 7}),
            json!({"F": 0.5}),
            json!({"D": "2026-03-14T09:00:00Z"}),
            json!({"Y": "2026-03-14"}),
            id.clone(),
        ];
        let right = match &list.arguments {
            order if order.contains("NAME") || order.contains("STATUS") => "T",
            order if order.contains("URGENCY") => "F",
            order if order.contains("_ENDS_ON") => "Y",
            order if order.contains("_VALUE") => "I",
            _ => "D",
        };
        for kind in kinds.iter().filter(|kind| kind.get(right).is_none()) {
            is_refused(&app, &admin, &list, &forged(&good, |place| keys(place, json!([kind, id])))).await;
        }
        let first = kinds.iter().find(|kind| kind.get(right).is_some());
        for wrong in
            [json!([]), json!([first]), json!([id]), json!([first, first]), json!([first, id, id]), json!([id, first])]
        {
            is_refused(&app, &admin, &list, &forged(&good, |place| keys(place, wrong))).await;
        }
        is_refused(&app, &admin, &list, &forged(&good, |place| place["v"] = json!(2))).await;
        // No database can compare these with what it keeps.
        let years = ["+10000-01-01T00:00:00Z", "-9999-01-01T00:00:00Z", "0000-01-01T00:00:00Z"];
        let days = ["+10000-01-01", "-9999-01-01", "0000-01-01"];
        let wild: &[&str] = match right {
            "T" => &["x\0"],
            "D" => &years,
            "Y" => &days,
            _ => &[],
        };
        for wild in wild {
            is_refused(&app, &admin, &list, &forged(&good, |place| keys(place, json!([{right: wild}, id])))).await;
        }
        list.page(&admin, &format!(r#"after: "{}""#, forged(&good, |place| keys(place, json!([first, id]))))).await;
    }
}

#[tokio::test]
async fn both_ends_of_a_list_at_once_are_bad_input() {
    let (_app, admin, company) = filled().await;
    for (list, _) in all_lists(&company) {
        let error = admin.fail(&list.query("first: 1 last: 1", "nodes { id }"), json!({})).await;
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
        assert_eq!(error["extensions"]["fields"][0]["path"], "first", "{error:#}");
    }
}

#[tokio::test]
async fn a_page_of_nothing_has_no_cursor_and_nothing_beside_it() {
    let (_app, admin, company) = filled().await;
    for (list, _) in all_lists(&company) {
        let selection = "totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
        for size in ["first: 0", "last: 0"] {
            let page = list.get(&admin, size, selection).await;
            let nothing =
                json!({"hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null});
            assert_eq!((&page["nodes"], &page["pageInfo"]), (&json!([]), &nothing), "{} {size}", list.name);
            assert!(page["totalCount"].as_u64().unwrap() > 0, "{page:#}");
        }
    }
}
