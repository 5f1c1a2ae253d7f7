//! Filters, search and counts.

use chrono::TimeDelta;
use rapport::{
    db::Id,
    domains::{
        customers::{Customer, Listing, Segment},
        identity::User,
        intelligence::Company,
        leads::Lead,
    },
    jobs::JobStatus,
    text::fold,
};
use serde_json::{Value, json};

use super::List;
use crate::support::{Client, TestApp, TestDb, today};

/// A server with a company whose customers differ in all that can be asked for.
async fn with_customers() -> (TestApp, Client, Company) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let company = app.company("Acme");
    let row = |name: &str, days: i64, change: fn(&mut Customer)| {
        let mut row = app.customer(Some(&company), name);
        row.first_seen_at = Some(today() + TimeDelta::days(days));
        row.last_seen_at = row.first_seen_at;
        change(&mut row);
        row
    };
    let customers = [
        row("Alpha", 0, |row| row.ticker = Some("ALPH".to_owned())),
        row("alphabet", 1, |row| {
            (row.industry, row.industry_folded) = (Some("Search".to_owned()), Some("search".to_owned()));
        }),
        row("100% Beta", 2, |row| row.segment = Segment::Small),
        row("Beta_1", 3, |row| row.listing = Listing::Listed),
        row("Beta 1 \\ Gamma", 4, |row| row.segment = Segment::Enterprise),
    ];
    let stored = company.clone();
    app.insert([stored]).await;
    app.insert(customers).await;
    (app, admin, company)
}

/// The first letters of the names that a list of customers has, at the root and below the company alike.
async fn names(client: &Client, company: &Company, arguments: &str) -> Vec<String> {
    let mut found = Vec::new();
    for list in [List::root("customers", arguments), List::of_company(company, arguments)] {
        let page = list.get(client, "first: 100", "totalCount nodes { name }").await;
        let rows = page["nodes"].as_array().unwrap();
        assert_eq!(page["totalCount"], rows.len(), "{arguments}");
        found.push(rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
    }
    assert_eq!(found[0], found[1], "{arguments}");
    found.remove(0)
}

/// Checks a filter on customers by the names that it leaves.
async fn filters(client: &Client, company: &Company, cases: &[(&str, &[&str])]) {
    for (filter, expected) in cases {
        assert_eq!(names(client, company, &format!("filter: {{{filter}}}")).await, *expected, "{filter}");
    }
}

const HUNDRED: &str = "100% Beta";
const ALPHA: &str = "Alpha";
const ALPHABET: &str = "alphabet";
const GAMMA: &str = "Beta 1 \\ Gamma";
const BETA: &str = "Beta_1";
/// In the order of their names without regard to case.
const ALL: [&str; 5] = [HUNDRED, ALPHA, ALPHABET, GAMMA, BETA];

#[tokio::test]
async fn texts_are_compared_as_the_comparators_say() {
    let (_app, admin, company) = with_customers().await;
    let cases: [(&str, &[&str]); 16] = [
        ("", &ALL),
        (r#"name: {eq: "Alpha"}"#, &[ALPHA]),
        (r#"name: {eq: "alpha"}"#, &[]),
        (r#"name: {in: ["Alpha", "Beta_1", "Nobody"]}"#, &[ALPHA, BETA]),
        (r#"name: {in: []}"#, &[]),
        (r#"name: {notIn: ["Alpha", "Beta_1"]}"#, &[HUNDRED, ALPHABET, GAMMA]),
        (r#"name: {notIn: []}"#, &ALL),
        (r#"name: {contains: "ALPHA"}"#, &[ALPHA, ALPHABET]),
        (r#"name: {contains: "%"}"#, &[HUNDRED]),
        (r#"name: {contains: "_"}"#, &[BETA]),
        (r#"name: {contains: "\\"}"#, &[GAMMA]),
        (r#"name: {startsWith: "beta"}"#, &[GAMMA, BETA]),
        (r#"name: {startsWith: "BETA_"}"#, &[BETA]),
        (r#"ticker: {isNull: false}"#, &[ALPHA]),
        (r#"industry: {isNull: true}, name: {startsWith: "alpha"}"#, &[ALPHA]),
        (r#"name: {startsWith: "alpha", notIn: ["Alpha"]}"#, &[ALPHABET]),
    ];
    filters(&admin, &company, &cases).await;
}

#[tokio::test]
async fn texts_are_found_in_whatever_way_they_are_written() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let company = app.company("Acme");
    let names = ["Ärztehaus", "Straßenbau", "ΣΊΣΥΦΟΣ", "Żabka"];
    let customers = names.map(|name| app.customer(Some(&company), name));
    app.insert([company.clone()]).await;
    app.insert(customers).await;
    for (needle, name) in [
        ("ärzte", names[0]),
        ("ÄRZTE", names[0]),
        ("a\u{308}rzte", names[0]),
        ("Arzte", names[0]),
        ("STRASSE", names[1]),
        ("\u{ff53}traße", names[1]),
        ("σίσυφος", names[2]),
        ("z\u{307}abka", names[3]),
    ] {
        let (needle, query) =
            (json!(needle), |by: &str| format!("query($x: String) {{ customers({by}) {{ nodes {{ name }} }} }}"));
        for by in ["filter: {name: {contains: $x}}", "filter: {name: {startsWith: $x}}", "search: $x"] {
            let found = admin.ok(&query(by), json!({"x": needle})).await;
            assert_eq!(found["customers"]["nodes"], json!([{"name": name}]), "{by} {needle}");
        }
    }
}

#[tokio::test]
async fn a_text_of_nothing_visible_is_refused() {
    let (_app, admin, company) = with_customers().await;
    for (by, path) in [
        ("filter: {name: {contains: $x}}", "filter.name.contains"),
        ("filter: {or: [{ticker: {startsWith: $x}}]}", "filter.or[0].ticker.startsWith"),
        ("search: $x", "search"),
    ] {
        let query = format!("query($x: String) {{ customers({by}) {{ totalCount }} }}");
        for text in ["\u{202e}", "\u{200b} \u{2060}", " \u{feff}", "\u{301}"] {
            let error = admin.fail(&query, json!({"x": text})).await;
            assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{by} {text:?}\n{error:#}");
            assert_eq!(error["extensions"]["fields"][0]["path"], path, "{text:?}");
        }
    }
    // Beside something visible they are nothing, and an empty text is in each.
    assert_eq!(names(&admin, &company, r#"search: "\u202e al\u200bpha""#).await, [ALPHA, ALPHABET]);
    assert_eq!(names(&admin, &company, r#"filter: {name: {contains: ""}}"#).await, ALL);
    assert_eq!(names(&admin, &company, r#"search: " ""#).await, ALL);
}

#[tokio::test]
async fn what_is_no_address_is_compared_with_none() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let query = "query($f: MailAddressFilter) { users(filter: {email: $f}) { totalCount } }";
    for (filter, path) in [
        (json!({"eq": "admin"}), "filter.email.eq"),
        (json!({"in": ["admin@example.com", "@example.com"]}), "filter.email.in[1]"),
        (json!({"notIn": ["admin@"]}), "filter.email.notIn[0]"),
    ] {
        let error = admin.fail(query, json!({"f": filter})).await;
        let field = &error["extensions"]["fields"][0];
        assert_eq!((&error["extensions"]["code"], &field["path"]), (&json!("BAD_INPUT"), &json!(path)), "{error:#}");
        assert!(field["message"].as_str().unwrap().contains("is not a mail address"), "{error:#}");
    }
    for filter in [json!({"eq": "Admin@Example.com "}), json!({"contains": "admin"}), json!({"notIn": []})] {
        assert_eq!(admin.ok(query, json!({"f": filter})).await["users"]["totalCount"], 1, "{filter}");
    }
}

/// What folds alike is not one address: accents tell addresses apart.
#[tokio::test]
async fn an_address_is_found_by_its_index_and_compared_exactly() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let lead = |address: &str| Lead {
        email: Some(address.to_owned()),
        email_folded: Some(fold(address)),
        ..app.lead("José", None)
    };
    app.insert(["jose@example.com", "jos\u{e9}@example.com"].map(lead)).await;
    let query = "query($e: String!) { leads(filter: {email: {eq: $e}}) { nodes { email } } }";
    for address in ["jose@example.com", "jos\u{e9}@example.com"] {
        let (found, statements) = app.statements.of(admin.ok(query, json!({"e": address.to_uppercase()}))).await;
        assert_eq!(found["leads"]["nodes"], json!([{"email": address}]));
        assert!(statements.iter().any(|sql| sql.contains(r#""email_folded" IN"#)), "{statements:#?}");
    }
}

#[tokio::test]
async fn null_is_no_condition() {
    let (_app, admin, _company) = with_customers().await;
    let query = "query($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }";
    for (filter, path) in [
        (json!({"name": {"eq": null}}), "filter.name.eq"),
        (json!({"name": {"in": null}}), "filter.name.in"),
        (json!({"or": [{"name": null}]}), "filter.or[0].name"),
        (json!({"lastSeenAt": {"lt": null}}), "filter.lastSeenAt.lt"),
    ] {
        let error = admin.fail(query, json!({"filter": filter})).await;
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
        assert_eq!(error["extensions"]["fields"][0]["path"], path, "{error:#}");
    }
    let error = admin
        .fail("query($x: String) { customers(filter: {name: {eq: $x}}) { totalCount } }", json!({"x": null}))
        .await;
    assert_eq!(error["extensions"]["fields"][0]["path"], "filter.name.eq", "{error:#}");
    assert_eq!(admin.ok(query, json!({"filter": null})).await["customers"]["totalCount"], 5);
}

#[tokio::test]
async fn times_are_of_four_digit_years_and_are_shown_in_utc() {
    let (_app, admin, _company) = with_customers().await;
    let query = "query($at: DateTime!) { customers(filter: {lastSeenAt: {lt: $at}}) { nodes { lastSeenAt } } }";
    for wrong in ["+10000-01-01T00:00:00Z", "-9999-01-01T00:00:00Z", "2026-03-14 09:00:00Z", "soon"] {
        let error = admin.fail(query, json!({"at": wrong})).await;
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
        assert!(!error["message"].as_str().unwrap().contains("Failed to parse"), "{error:#}");
    }
    let shown = admin.ok(query, json!({"at": "2026-03-14T12:00:00+01:00"})).await;
    assert_eq!(shown["customers"]["nodes"][0]["lastSeenAt"], "2026-03-14T09:00:00Z");
}

#[tokio::test]
async fn values_of_enums_are_compared_as_the_comparators_say() {
    let (_app, admin, company) = with_customers().await;
    let cases: [(&str, &[&str]); 5] = [
        ("segment: {eq: SMALL}", &[HUNDRED]),
        ("segment: {in: [SMALL, ENTERPRISE]}", &[HUNDRED, GAMMA]),
        ("segment: {notIn: [SMALL, ENTERPRISE]}", &[ALPHA, ALPHABET, BETA]),
        ("listing: {eq: LISTED}", &[BETA]),
        ("listing: {eq: LISTED}, segment: {eq: SMALL}", &[]),
    ];
    filters(&admin, &company, &cases).await;
}

#[tokio::test]
async fn times_are_compared_as_the_comparators_say() {
    let (_app, admin, company) = with_customers().await;
    let second = "2026-03-15T09:00:00Z";
    let cases: [(String, &[&str]); 6] = [
        (format!(r#"firstSeenAt: {{lt: "{second}"}}"#), &[ALPHA]),
        (format!(r#"firstSeenAt: {{lte: "{second}"}}"#), &[ALPHA, ALPHABET]),
        (format!(r#"firstSeenAt: {{gt: "{second}"}}"#), &[HUNDRED, GAMMA, BETA]),
        (format!(r#"lastSeenAt: {{gte: "{second}"}}"#), &[HUNDRED, ALPHABET, GAMMA, BETA]),
        (format!(r#"lastSeenAt: {{gte: "{second}", lte: "{second}"}}"#), &[ALPHABET]),
        (r#"lastSeenAt: {gte: "2026-03-15T11:00:00+02:00", lt: "2026-03-16T00:00:00Z"}"#.to_owned(), &[ALPHABET]),
    ];
    for (filter, expected) in cases {
        filters(&admin, &company, &[(&filter, expected)]).await;
    }
}

#[tokio::test]
async fn conditions_are_joined_by_and_or_and_not() {
    let (_app, admin, company) = with_customers().await;
    let cases: [(&str, &[&str]); 8] = [
        (r#"and: [{name: {contains: "beta"}}, {segment: {eq: SMALL}}]"#, &[HUNDRED]),
        (r#"or: [{name: {eq: "Alpha"}}, {segment: {eq: SMALL}}]"#, &[HUNDRED, ALPHA]),
        (r#"not: {name: {contains: "beta"}}"#, &[ALPHA, ALPHABET]),
        (r#"segment: {eq: UNKNOWN}, or: [{listing: {eq: LISTED}}, {name: {eq: "100% Beta"}}]"#, &[BETA]),
        (r#"not: {or: [{name: {contains: "beta"}}, {not: {name: {eq: "Alpha"}}}]}"#, &[ALPHA]),
        ("and: []", &ALL),
        ("not: {and: [{segment: {eq: SMALL}}, {listing: {eq: LISTED}}]}", &ALL),
        (
            r#"or: [{and: [{name: {contains: "beta"}}, {not: {segment: {eq: SMALL}}}]}, {name: {eq: "Alpha"}}]"#,
            &[ALPHA, GAMMA, BETA],
        ),
    ];
    filters(&admin, &company, &cases).await;
}

#[tokio::test]
async fn a_choice_of_nothing_is_nothing() {
    let (_app, admin, company) = with_customers().await;
    filters(&admin, &company, &[("or: []", &[])]).await;
}

#[tokio::test]
async fn what_is_absent_is_not_something_else() {
    let (_app, admin, company) = with_customers().await;
    let others: &[&str] = &[HUNDRED, ALPHABET, GAMMA, BETA];
    let cases: [(&str, &[&str]); 6] = [
        (r#"ticker: {notIn: ["ALPH"]}"#, others),
        (r#"not: {ticker: {eq: "ALPH"}}"#, others),
        (r#"not: {ticker: {in: ["ALPH", "BETA"]}}"#, others),
        (r#"not: {ticker: {contains: "alp"}}"#, others),
        (r#"not: {not: {ticker: {eq: "ALPH"}}}"#, &[ALPHA]),
        (r#"not: {ticker: {notIn: ["ALPH"]}}"#, &[ALPHA]),
    ];
    filters(&admin, &company, &cases).await;
}

#[tokio::test]
async fn search_takes_words_as_they_are() {
    let (_app, admin, company) = with_customers().await;
    let cases: [(&str, &[&str]); 8] = [
        ("beta", &[HUNDRED, GAMMA, BETA]),
        (" ALPHA ", &[ALPHA, ALPHABET]),
        ("%", &[HUNDRED]),
        ("_", &[BETA]),
        ("0% B", &[HUNDRED]),
        (r"\\ g", &[GAMMA]),
        ("' OR 1=1 --", &[]),
        ("", &ALL),
    ];
    for (search, expected) in cases {
        assert_eq!(names(&admin, &company, &format!(r#"search: "{search}""#)).await, expected, "{search}");
    }
    let both = r#"search: "beta", filter: {segment: {eq: ENTERPRISE}}"#;
    assert_eq!(names(&admin, &company, both).await, [GAMMA]);
}

#[tokio::test]
async fn letters_beyond_ascii_are_found_as_they_are_written() {
    let (app, admin, company) = with_customers().await;
    app.insert([app.customer(Some(&company), "Änderungsbüro Öz")]).await;
    for arguments in [r#"search: "Änder""#, r#"search: "BÜRO Öz""#, r#"filter: {name: {startsWith: "ÄNDERUNGSBü"}}"#]
    {
        let found = names(&admin, &company, arguments).await;
        // PostgreSQL finds them in capitals too.
        assert!(found == ["Änderungsbüro Öz"] || (arguments.contains("BÜ") && !TestDb::is_postgres()), "{arguments}");
    }
}

#[tokio::test]
async fn companies_are_filtered_and_searched() {
    let (app, admin, _) = with_customers().await;
    let mut other = app.company("Brightloom Analytics");
    other.website = Some("https://brightloom.example".to_owned());
    other.website_folded = other.website.clone();
    other.is_sample = true;
    other.researched_at = today() + TimeDelta::days(1);
    app.insert([other]).await;
    let cases: [(&str, &[&str]); 7] = [
        ("filter: {isSample: {eq: true}}", &["Brightloom Analytics"]),
        ("filter: {isSample: {eq: false}}", &["Acme"]),
        (r#"filter: {website: {contains: "bright"}}"#, &["Brightloom Analytics"]),
        (r#"filter: {name: {eq: "Acme"}}"#, &["Acme"]),
        (r#"filter: {researchedAt: {gt: "2026-03-14T09:00:00Z"}}"#, &["Brightloom Analytics"]),
        (r#"filter: {or: [{isSample: {eq: true}}, {not: {isSample: {eq: true}}}]}"#, &["Acme", "Brightloom Analytics"]),
        (r#"search: "ACM""#, &["Acme"]),
    ];
    for (arguments, expected) in cases {
        let page = List::root("companies", arguments).get(&admin, "", "totalCount nodes { name }").await;
        let expected = json!({"totalCount": expected.len(), "nodes": expected.iter().map(|name| json!({"name": name})).collect::<Vec<_>>()});
        assert_eq!(page, expected, "{arguments}");
    }
}

#[tokio::test]
async fn jobs_are_filtered() {
    let (app, admin, _) = with_customers().await;
    let mut failed = app.job(None, today());
    (failed.status, failed.kind, failed.attempt) = (JobStatus::Failed, "send_mail".to_owned(), 3);
    failed.completed_at = Some(today());
    let me = admin.id().await;
    let owner: Id<User> = me.parse().unwrap();
    app.insert([failed, app.job(Some(owner.uuid()), today() + TimeDelta::days(1))]).await;
    let (mine, ours) = (format!(r#"ownerId: {{eq: "{me}"}}"#), format!(r#"ownerId: {{notIn: ["{me}"]}}"#));
    for (filter, expected) in [
        ("status: {in: [FAILED, CANCELLED]}", json!(["SEND_MAIL"])),
        ("status: {notIn: [FAILED]}", json!(["OTHER"])),
        ("kind: {eq: SEND_MAIL}", json!(["SEND_MAIL"])),
        ("kind: {in: [SEND_MAIL, PURGE_JOBS]}", json!(["SEND_MAIL"])),
        ("kind: {notIn: [SEND_MAIL]}", json!(["OTHER"])),
        ("kind: {notIn: [OTHER]}", json!(["SEND_MAIL"])),
        ("kind: {eq: OTHER, notIn: [SEND_MAIL]}", json!(["OTHER"])),
        (r#"createdAt: {lte: "2026-03-14T09:00:00Z"}"#, json!(["SEND_MAIL"])),
        (r#"completedAt: {gte: "2026-03-14T09:00:00Z"}"#, json!(["SEND_MAIL"])),
        ("completedAt: {isNull: true}", json!(["OTHER"])),
        (&mine, json!(["OTHER"])),
        (&ours, json!(["SEND_MAIL"])),
        ("ownerId: {isNull: true}", json!(["SEND_MAIL"])),
        ("attempt: {gt: 2, lt: 4}", json!(["SEND_MAIL"])),
        ("attempt: {gte: 3, lte: 3, in: [1, 3]}", json!(["SEND_MAIL"])),
        ("attempt: {eq: 0, notIn: [3]}", json!(["OTHER"])),
        ("not: {status: {eq: FAILED}}, and: [{kind: {eq: OTHER}}]", json!(["OTHER"])),
    ] {
        let page =
            List::root("jobs", &format!("filter: {{{filter}}}")).get(&admin, "", "totalCount nodes { kind }").await;
        let kinds: Vec<_> = page["nodes"].as_array().unwrap().iter().map(|job| job["kind"].clone()).collect();
        assert_eq!((&page["totalCount"], Value::from(kinds)), (&json!(1), expected), "{filter}");
    }
}

#[tokio::test]
async fn rows_are_counted_only_when_somebody_asks() {
    let (app, admin, company) = with_customers().await;
    let lists = [
        List::root("companies", ""),
        List::root("customers", ""),
        List::root("jobs", ""),
        List::of_company(&company, ""),
    ];
    for list in lists {
        for (selection, counts) in
            [("nodes { id }", 0), ("nodes { id } totalCount", 1), ("totalCount a: totalCount", 1)]
        {
            let (_, statements) = app.statements.of(list.get(&admin, "first: 2", selection)).await;
            let counted = statements.iter().filter(|sql| sql.to_uppercase().contains("COUNT(")).count();
            assert!(counted == counts || (counted == 2 && selection.contains("a:")), "{selection}\n{statements:#?}");
        }
    }
}

#[tokio::test]
async fn the_count_is_of_all_pages() {
    let (_app, admin, company) = with_customers().await;
    let list = List::of_company(&company, r#"filter: {name: {contains: "beta"}}"#);
    let page = list.get(&admin, "first: 1", "totalCount nodes { name } pageInfo { endCursor }").await;
    let after = page["pageInfo"]["endCursor"].as_str().unwrap();
    let next = list.get(&admin, &format!(r#"first: 1 after: "{after}""#), "totalCount nodes { name }").await;
    assert_eq!((&page["totalCount"], &next["totalCount"]), (&json!(3), &json!(3)));
    assert_ne!(page["nodes"], next["nodes"]);
}
