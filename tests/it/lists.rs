//! Lists: paging that meets every row once, orders, filters and counts.

mod absent;
mod columns;
mod cursors;
mod filters;
mod nodes;
mod orders;
mod plain;
mod related;
mod searching;

use chrono::TimeDelta;
use rapport::domains::{
    customers::{Customer, Listing, Segment},
    intelligence::{Company, MatchMethod},
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, today};

/// A list of the API: the path to its field, and its arguments beside those of paging.
struct List {
    /// Fields around the list, opened: `company(id: "…") {`.
    parent: String,
    name: &'static str,
    arguments: String,
}

impl List {
    fn root(name: &'static str, arguments: &str) -> Self {
        Self { parent: String::new(), name, arguments: arguments.to_owned() }
    }

    fn of_company(company: &Company, arguments: &str) -> Self {
        let parent = format!(r#"company(id: "{}") {{"#, company.id);
        Self { parent, name: "customers", arguments: arguments.to_owned() }
    }

    /// An operation on the list that takes `selection` of its connection.
    fn query(&self, paging: &str, selection: &str) -> String {
        let close = if self.parent.is_empty() { "" } else { "}" };
        format!("{{ {} {}({paging} {}) {{ {selection} }} {close} }}", self.parent, self.name, self.arguments)
    }

    /// The connection with `paging`: ids, cursors and where the page lies.
    async fn page(&self, client: &Client, paging: &str) -> Value {
        let selection = "edges { cursor node { id } } nodes { id } \
                         pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
        self.get(client, paging, selection).await
    }

    async fn get(&self, client: &Client, paging: &str, selection: &str) -> Value {
        let mut data = client.ok(&self.query(paging, selection), json!({})).await;
        if self.parent.is_empty() { data[self.name].take() } else { data["company"][self.name].take() }
    }

    /// The ids of all rows, page by page of `size`, from the front or from the back.
    async fn walk(&self, client: &Client, size: usize, backward: bool) -> Vec<String> {
        let (mut rows, mut from) = (Vec::new(), None::<String>);
        loop {
            let (count, place) = if backward { ("last", "before") } else { ("first", "after") };
            let after = from.map(|cursor| format!(r#"{place}: "{cursor}""#)).unwrap_or_default();
            let page = self.page(client, &format!("{count}: {size} {after}")).await;
            let mut found = ids(&page);
            assert!(found.len() <= size);
            let (more, end) = if backward { ("hasPreviousPage", "startCursor") } else { ("hasNextPage", "endCursor") };
            from = page["pageInfo"][end].as_str().map(str::to_owned);
            if backward {
                found.append(&mut rows);
                rows = found;
            } else {
                rows.append(&mut found);
            }
            if page["pageInfo"][more] == false {
                return rows;
            }
        }
    }
}

/// The ids of a page; edges and nodes must agree, and the page must begin and end where it says.
fn ids(page: &Value) -> Vec<String> {
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    let nodes: Vec<_> = page["nodes"].as_array().unwrap().iter().map(id).collect();
    let edges = page["edges"].as_array().unwrap();
    assert_eq!(edges.iter().map(|edge| id(&edge["node"])).collect::<Vec<_>>(), nodes);
    let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
    assert_eq!(page["pageInfo"]["startCursor"], cursor(edges.first()));
    assert_eq!(page["pageInfo"]["endCursor"], cursor(edges.last()));
    nodes
}

/// A server with 23 rows in each list, of which many stand at the same place of each order. Returns one of the companies,
/// which has all customers of a company.
async fn filled() -> (TestApp, Client, Company) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let mut companies: Vec<_> = (0..23).map(|n| app.company(&format!("Company {n:02}"))).collect();
    for (n, company) in companies.iter_mut().enumerate() {
        company.created_at = today() + TimeDelta::days(n as i64 / 8);
        company.researched_at = today();
    }
    let mut customers: Vec<Customer> =
        (0..23).map(|n| app.customer(companies.first(), &format!("Customer {n:02}"))).collect();
    for (n, customer) in customers.iter_mut().enumerate() {
        customer.last_seen_at = Some(today() + TimeDelta::days(n as i64 % 3));
    }
    // Of no company, and so allowed to have one name.
    let mut namesakes: Vec<_> = (0..23).map(|_| app.customer(None, "Namesake")).collect();
    for (n, customer) in (0..).zip(customers.iter_mut().chain(&mut namesakes)) {
        customer.contract_ends_on = Some(today().date_naive() + TimeDelta::days(n % 4));
        customer.contract_value_minor = Some(n % 5);
        customer.last_contact_at = Some(today() + TimeDelta::days(n % 3));
    }
    let signals: Vec<_> = (0..23)
        .map(|n| rapport::domains::signals::Signal {
            filed_at: today() + TimeDelta::days(n as i64 / 8),
            urgency: f64::from(n % 3) / 10.0,
            ..app.signal(&customers[0], &n.to_string())
        })
        .collect();
    let jobs: Vec<_> = (0..23).map(|n| app.job(None, today() + TimeDelta::seconds(n / 10))).collect();
    let company = companies[0].clone();
    app.insert(companies).await;
    app.insert(customers).await;
    app.insert(namesakes).await;
    app.insert(signals).await;
    app.insert(jobs).await;
    (app, admin, company)
}

/// Every list in every order that it has, with the number of its rows.
fn all_lists(company: &Company) -> Vec<(List, usize)> {
    let mut lists = Vec::new();
    for direction in ["ASC", "DESC"] {
        for field in ["NAME", "CREATED_AT", "RESEARCHED_AT"] {
            lists.push((List::root("companies", &format!("orderBy: {{field: {field}, direction: {direction}}}")), 23));
        }
        for field in [
            "NAME",
            "LAST_SEEN_AT",
            "FIRST_SEEN_AT",
            "CREATED_AT",
            "CONTRACT_ENDS_ON",
            "CONTRACT_VALUE",
            "LAST_CONTACT_AT",
        ] {
            let order = format!("orderBy: {{field: {field}, direction: {direction}}}");
            lists.push((List::root("customers", &order), 46));
            lists.push((List::of_company(company, &order), 23));
        }
        for field in ["FILED_AT", "DETECTED_AT", "URGENCY"] {
            let order = format!("orderBy: {{field: {field}, direction: {direction}}}");
            lists.push((List::root("signals", &order), 23));
        }
        for field in ["CREATED_AT", "COMPLETED_AT", "STATUS"] {
            lists.push((List::root("jobs", &format!("orderBy: {{field: {field}, direction: {direction}}}")), 23));
        }
    }
    lists
}

#[tokio::test]
async fn paging_meets_every_row_once_in_one_order_forward_and_backward() {
    let (_app, admin, company) = filled().await;
    for (list, rows) in all_lists(&company) {
        let whole = ids(&list.page(&admin, "first: 100").await);
        assert_eq!(whole.len(), rows, "{}", list.query("", ""));
        for size in [1, 7, 23, 24] {
            assert_eq!(list.walk(&admin, size, false).await, whole, "{}", list.query("", ""));
            assert_eq!(list.walk(&admin, size, true).await, whole, "{}", list.query("", ""));
        }
    }
}

#[tokio::test]
async fn descending_is_ascending_turned_round() {
    let (_app, admin, company) = filled().await;
    let lists = all_lists(&company);
    let (ascending, descending) = lists.split_at(lists.len() / 2);
    for ((up, _), (down, _)) in ascending.iter().zip(descending) {
        let mut turned = ids(&down.page(&admin, "first: 100").await);
        turned.reverse();
        assert_eq!(ids(&up.page(&admin, "first: 100").await), turned, "{}", up.query("", ""));
    }
}

#[tokio::test]
async fn an_order_is_that_of_its_field() {
    let (_app, admin, company) = filled().await;
    let fields = [
        (List::root("companies", "orderBy: {field: NAME}"), "name"),
        (List::root("companies", "orderBy: {field: CREATED_AT}"), "createdAt"),
        (List::root("customers", ""), "name"),
        (List::of_company(&company, "orderBy: {field: LAST_SEEN_AT}"), "lastSeenAt"),
        (List::root("jobs", "orderBy: {field: CREATED_AT, direction: ASC}"), "createdAt"),
    ];
    for (list, field) in fields {
        let page = list.get(&admin, "first: 100", &format!("nodes {{ {field} }}")).await;
        let values: Vec<_> = page["nodes"].as_array().unwrap().iter().map(|row| row[field].as_str().unwrap()).collect();
        assert!(values.is_sorted() && values.first() != values.last(), "{values:?}");
    }
    // Newest first unless one asks otherwise.
    let page = List::root("jobs", "").get(&admin, "first: 100", "nodes { createdAt }").await;
    let times: Vec<_> =
        page["nodes"].as_array().unwrap().iter().map(|row| row["createdAt"].as_str().unwrap()).collect();
    assert!(times.iter().rev().is_sorted(), "{times:?}");
}

#[tokio::test]
async fn a_list_has_25_rows_when_nobody_says_how_many() {
    let (_app, admin, _) = filled().await;
    let page = List::root("customers", "search: \"\"").page(&admin, "").await;
    assert_eq!((ids(&page).len(), &page["pageInfo"]["hasNextPage"]), (25, &json!(true)));
}

#[tokio::test]
async fn a_page_says_what_lies_around_it() {
    let (_app, admin, company) = filled().await;
    let list = List::of_company(&company, "");
    let around = |page: &Value| (page["pageInfo"]["hasPreviousPage"].clone(), page["pageInfo"]["hasNextPage"].clone());
    let first = list.page(&admin, "first: 10").await;
    assert_eq!(around(&first), (json!(false), json!(true)));
    let after = first["pageInfo"]["endCursor"].as_str().unwrap();
    let second = list.page(&admin, &format!(r#"first: 10 after: "{after}""#)).await;
    assert_eq!(around(&second), (json!(true), json!(true)));
    let after = second["pageInfo"]["endCursor"].as_str().unwrap();
    let third = list.page(&admin, &format!(r#"first: 10 after: "{after}""#)).await;
    assert_eq!((ids(&third).len(), around(&third)), (3, (json!(true), json!(false))));
    let before = third["pageInfo"]["startCursor"].as_str().unwrap();
    let back = list.page(&admin, &format!(r#"last: 10 before: "{before}""#)).await;
    assert_eq!((ids(&back), around(&back)), (ids(&second), (json!(true), json!(true))));
    let none = list.page(&admin, "first: 0").await;
    assert_eq!((ids(&none).len(), around(&none)), (0, (json!(false), json!(false))));
    let beyond =
        list.page(&admin, &format!(r#"first: 10 after: "{}""#, third["pageInfo"]["endCursor"].as_str().unwrap())).await;
    assert_eq!((ids(&beyond).len(), around(&beyond)), (0, (json!(true), json!(false))));
}

#[tokio::test]
async fn after_and_before_together_bound_a_range() {
    let (_app, admin, company) = filled().await;
    for list in [List::root("companies", ""), List::of_company(&company, ""), List::root("jobs", "")] {
        let whole = list.page(&admin, "first: 100").await;
        let cursor = |row: usize| whole["edges"][row]["cursor"].as_str().unwrap().to_owned();
        let range = format!(r#"after: "{}" before: "{}""#, cursor(4), cursor(9));
        assert_eq!(ids(&list.page(&admin, &range).await), ids(&whole)[5..9]);
        assert_eq!(ids(&list.page(&admin, &format!("first: 2 {range}")).await), ids(&whole)[5..7]);
        assert_eq!(ids(&list.page(&admin, &format!("last: 2 {range}")).await), ids(&whole)[7..9]);
    }
}

#[tokio::test]
async fn rows_that_come_or_go_between_two_pages_shift_nothing() {
    let (app, admin, company) = filled().await;
    let list = List::of_company(&company, "");
    let before = ids(&list.page(&admin, "first: 100").await);
    let first = list.page(&admin, "first: 10").await;
    // One that sorts before everything, and one among what is still to come.
    let new = ["Customer", "Customer 15b"].map(|name| app.customer(Some(&company), name));
    let added = new[1].id.to_string();
    app.insert(new).await;
    let after = first["pageInfo"]["endCursor"].as_str().unwrap();
    let rest = ids(&list.page(&admin, &format!(r#"first: 100 after: "{after}""#)).await);
    let mut expected = before[10..].to_vec();
    expected.insert(6, added);
    assert_eq!(rest, expected);
}

/// The fields of a type that need no arguments and have no fields of their own.
async fn fields_without_fields(client: &Client, kind: &str) -> Vec<String> {
    let query =
        "query($kind: String!) { __type(name: $kind) { fields { name args { name } type { kind ofType { kind } } } } }";
    let data = client.ok(query, json!({"kind": kind})).await;
    let fields = data["__type"]["fields"].as_array().unwrap().iter();
    let is_such = |field: &&Value| {
        let kind = field["type"]["ofType"]["kind"].as_str().or(field["type"]["kind"].as_str()).unwrap();
        field["args"].as_array().unwrap().is_empty() && ["SCALAR", "ENUM"].contains(&kind)
    };
    fields.filter(is_such).map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

/// A customer with all that a customer can have, which nobody has written yet.
fn listed_customer(app: &TestApp, company: &Company) -> Customer {
    Customer {
        industry: Some("Retail".to_owned()),
        segment: Segment::MidMarket,
        listing: Listing::Listed,
        ticker: Some("GLBX".to_owned()),
        cik: Some(7),
        exchange: Some("NYSE".to_owned()),
        match_method: Some(MatchMethod::Alias),
        match_confidence: Some(0.75),
        version: 3,
        is_sample: true,
        first_seen_at: Some(today() - TimeDelta::microseconds(1_500)),
        ..app.customer(Some(company), "Globex")
    }
}
