//! Adding, listing and removing documents.

use serde_json::json;

use super::{ADD, REMOVE, add, draft, problems, remove, search, texts};
use crate::support::{ADMIN, TestApp};

#[tokio::test]
async fn a_document_is_split_into_passages_below_its_headings() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let document =
        add(&admin, "  Wine \n list ", "Before all.\n\n# Reds\n\n## Barolo\nFrom *Piedmont*.\n# Whites\nFew.").await;
    assert_eq!(document["title"], "Wine list");
    assert!(document["id"].as_str().unwrap().starts_with("kdoc_"));
    assert_eq!((&document["isSystem"], &document["passageCount"]), (&json!(false), &json!(3)));
    assert_eq!(document["addedBy"]["email"], ADMIN.0);
    assert_eq!(document["passages"]["totalCount"], 3);
    let passages = document["passages"]["nodes"].as_array().unwrap().iter();
    let read: Vec<_> =
        passages.map(|passage| json!([passage["position"], passage["heading"], passage["text"]])).collect();
    let expected =
        [json!([0, "", "Before all."]), json!([1, "Reds › Barolo", "From *Piedmont*."]), json!([2, "Whites", "Few."])];
    assert_eq!(read, expected);
    app.stop().await;
}

#[tokio::test]
async fn a_page_of_html_is_reduced_to_what_is_read_on_it() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let html =
        "<title>x</title><nav>Menu</nav><h1>Reds</h1><p>Barolo &amp; co<script>steal()</script></p><h2>Old</h2><p>1961";
    let mut input = draft("Page", html);
    input["format"] = json!("HTML");
    input["url"] = json!("https://cellar.example/reds");
    let document = admin.ok(ADD, json!({"input": input})).await["addKnowledgeDocument"].take();
    assert_eq!(document["url"], "https://cellar.example/reds");
    let passages = document["passages"]["nodes"].as_array().unwrap().iter();
    let read: Vec<_> = passages.map(|passage| json!([passage["heading"], passage["text"]])).collect();
    assert_eq!(read, [json!(["Reds", "Barolo & co"]), json!(["Reds › Old", "1961"])]);
    app.stop().await;
}

#[tokio::test]
async fn a_document_is_found_when_it_was_added_and_no_more_when_it_was_deleted() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    assert!(search(&admin, "barolo").await.is_empty());
    let document = add(&admin, "Reds", "Barolo is a wine.").await;
    assert_eq!(texts(&search(&admin, "Which BAROLOS do you have?").await), ["Barolo is a wine."]);
    remove(&admin, &document).await;
    assert!(search(&admin, "barolo").await.is_empty());
    assert_eq!(admin.code(REMOVE, json!({"id": document["id"]})).await, "NOT_FOUND");
    let found = admin.ok("query($id: ID!) { knowledgeDocument(id: $id) { id } }", json!({"id": document["id"]})).await;
    assert_eq!(found["knowledgeDocument"], json!(null));
    app.stop().await;
}

#[tokio::test]
async fn a_base_has_one_document_of_a_title_however_it_is_written() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let first = add(&admin, "Reds of Italy", "Barolo.").await;
    let error = admin.fail(ADD, json!({"input": draft("REDS  of italy", "Other.")})).await;
    assert_eq!(error["extensions"]["code"], "ALREADY_EXISTS");
    assert_eq!(error["extensions"]["fields"][0]["path"], "input.title", "{error:#}");
    let mut elsewhere = draft("Reds of Italy", "Barolo.");
    elsewhere["base"] = json!("kitchen");
    admin.ok(ADD, json!({"input": elsewhere})).await;
    remove(&admin, &first).await;
    add(&admin, "Reds of Italy", "Barolo, again.").await;
    app.stop().await;
}

#[tokio::test]
async fn the_same_content_is_taken_once_whatever_its_title_and_format() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let first = add(&admin, "Reds", "# Italy\nBarolo and *Barbera*.").await;
    let mut page = draft("Wines of Italy", "<h1>ITALY</h1>\n<p>Barolo <b>and</b> Barbera");
    page["format"] = json!("HTML");
    for input in [draft("Other", "# Italy\n\nBarolo  and\n**Barbera**."), page.clone()] {
        let error = admin.fail(ADD, json!({"input": input})).await;
        assert_eq!(error["extensions"]["code"], "ALREADY_EXISTS");
        assert_eq!(error["extensions"]["fields"][0]["path"], "input.content", "{error:#}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("\"Reds\"") && message.contains(first["id"].as_str().unwrap()), "{message}");
    }
    let mut bundled = draft("Mine", include_str!("../../../assets/knowledge/support.md"));
    bundled["base"] = json!("support");
    assert_eq!(admin.code(ADD, json!({"input": bundled})).await, "ALREADY_EXISTS");
    let mut elsewhere = page.clone();
    elsewhere["base"] = json!("kitchen");
    admin.ok(ADD, json!({"input": elsewhere})).await;
    remove(&admin, &first).await;
    admin.ok(ADD, json!({"input": page})).await;
    app.stop().await;
}

#[tokio::test]
async fn the_parts_of_a_long_table_have_its_header_row() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let rows: String = (0..90).map(|number| format!("| Wine{number} | {number} EUR | Italy |\n")).collect();
    let markdown = format!("# List\n| Name | Price | Country |\n|---|--:|---|\n{rows}");
    let document = add(&admin, "List", &markdown).await;
    let cells: String = (0..90).map(|number| format!("<tr><td>Wine{number}<td>{number} USD<td>Italy")).collect();
    let html = format!("<table><thead><tr><th>Name<th>Price<th>Country</thead>{cells}</table>");
    let mut input = draft("Page", &html);
    input["format"] = json!("HTML");
    let page = admin.ok(ADD, json!({"input": input})).await["addKnowledgeDocument"].take();
    for (document, header) in [(document, "| Name | Price | Country |"), (page, "Name Price Country")] {
        let passages = document["passages"]["nodes"].as_array().unwrap();
        assert!(passages.len() >= 2);
        for passage in passages {
            assert!(passage["text"].as_str().unwrap().starts_with(header), "{passage:#}");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn what_a_page_hides_is_neither_kept_nor_found() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let html = "<style>.off { position: absolute; left: -9999px }</style><p>Barolo is red.</p>
        <p style='display: none'>Grappa one</p><p class=off>Grappa two</p><span style='font-size:0'>Grappa three</span>";
    let mut input = draft("Page", html);
    input["format"] = json!("HTML");
    let document = admin.ok(ADD, json!({"input": input})).await["addKnowledgeDocument"].take();
    assert_eq!(document["passages"]["nodes"][0]["text"], "Barolo is red.");
    assert!(search(&admin, "grappa").await.is_empty());
    app.stop().await;
}

#[tokio::test]
async fn the_same_key_with_the_same_input_adds_one_document() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let keyed = |content: &str| {
        let mut input = draft("Reds", content);
        input["idempotencyKey"] = json!("import 1");
        json!({"input": input})
    };
    let asked = (0..4).map(|_| admin.ok(ADD, keyed("Barolo.")));
    let added = futures_util::future::join_all(asked).await;
    let first = &added[0]["addKnowledgeDocument"];
    assert!(added.iter().all(|document| document["addKnowledgeDocument"] == *first), "{added:#?}");
    assert_eq!(admin.code(ADD, keyed("Barbera.")).await, "IDEMPOTENCY_MISMATCH");
    let count = "{ knowledgeDocuments(filter: {base: {eq: \"cellar\"}}) { totalCount } }";
    assert_eq!(admin.ok(count, json!({})).await["knowledgeDocuments"]["totalCount"], 1);
    app.stop().await;
}

#[tokio::test]
async fn all_that_is_wrong_with_a_document_is_told_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let input = json!({"base": "Wine Cellar", "title": " ", "content": " \n# \n", "format": "MARKDOWN",
        "url": "javascript:alert(1)", "idempotencyKey": ""});
    let problems = problems(&admin, ADD, json!({"input": input})).await;
    let paths: Vec<_> = problems.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["input.base", "input.title", "input.url", "input.idempotencyKey", "input.content"]);
    app.stop().await;
}

#[tokio::test]
async fn a_content_that_is_too_long_or_in_too_many_pieces_is_refused_with_the_limit() {
    let app = TestApp::builder().quiet().set("MAX_BODY_BYTES", 4_000_000).start().await;
    let admin = app.admin().await;
    let long = "word ".repeat(200_001);
    let refused = problems(&admin, ADD, json!({"input": draft("Long", &long)})).await;
    let [(path, message)] = &refused[..] else { panic!("{refused:?}") };
    assert!(path == "input.content" && message.contains("1000005") && message.contains("200000"), "{message}");
    let refused = problems(&admin, ADD, json!({"input": draft("Pieces", &"# a\n\nb\n\n".repeat(2001))})).await;
    assert!(refused[0].1.contains("2001 passages; at most 2000"), "{refused:?}");
    let document = add(&admin, "Just right", &"word ".repeat(40_000)).await;
    assert!(document["passageCount"].as_i64().unwrap() > 200, "{document:#}");
    app.stop().await;
}

#[tokio::test]
async fn documents_are_listed_by_base_title_and_origin() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for title in ["reds", "Ales", "Whites"] {
        add(&admin, title, &format!("Some {title}.")).await;
    }
    let list = "query($filter: KnowledgeDocumentFilter, $after: String) {
        knowledgeDocuments(first: 2, after: $after, filter: $filter) {
            totalCount nodes { title } pageInfo { hasNextPage endCursor } } }";
    let cellar = json!({"base": {"eq": "cellar"}});
    let mut data = admin.ok(list, json!({"filter": cellar})).await;
    let page = data["knowledgeDocuments"].take();
    assert_eq!((&page["totalCount"], &page["nodes"]), (&json!(3), &json!([{"title": "Ales"}, {"title": "reds"}])));
    let after = &page["pageInfo"]["endCursor"];
    let page = admin.ok(list, json!({"filter": cellar, "after": after})).await;
    assert_eq!(page["knowledgeDocuments"]["nodes"], json!([{"title": "Whites"}]));
    let system = admin.ok(list, json!({"filter": {"isSystem": {"eq": true}}})).await;
    assert_eq!(system["knowledgeDocuments"]["totalCount"], 2);
    app.stop().await;
}

#[tokio::test]
async fn passages_are_read_page_by_page_and_by_their_id() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let document = add(&admin, "Reds", "# a\nOne.\n# b\nTwo.\n# c\nThree.").await;
    let query = "query($id: ID!, $after: String) { knowledgeDocument(id: $id) { passages(first: 2, after: $after) {
        nodes { id text } pageInfo { endCursor hasNextPage } } } }";
    let first = admin.ok(query, json!({"id": document["id"]})).await["knowledgeDocument"]["passages"].take();
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let after = &first["pageInfo"]["endCursor"];
    let second = admin.ok(query, json!({"id": document["id"], "after": after})).await;
    let second = &second["knowledgeDocument"]["passages"]["nodes"];
    assert_eq!(second.as_array().unwrap().len(), 1);
    let by_id = "query($id: ID!) { node(id: $id) { ... on KnowledgePassage { text document { title } } } }";
    let node = admin.ok(by_id, json!({"id": second[0]["id"]})).await;
    assert_eq!(node["node"], json!({"text": "Three.", "document": {"title": "Reds"}}));
    let by_id = "query($id: ID!) { node(id: $id) { ... on KnowledgeDocument { title } } }";
    assert_eq!(admin.ok(by_id, json!({"id": document["id"]})).await["node"]["title"], "Reds");
    app.stop().await;
}

#[tokio::test]
async fn passages_of_a_document_are_filtered_and_ordered() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let document = add(&admin, "Reds", "# Italy\nBarolo.\n# France\nSyrah.\n# More of Italy\nBarbera.").await;
    let query = "query($id: ID!) { knowledgeDocument(id: $id) { passages(
        filter: {heading: {contains: \"italy\"}}, orderBy: {field: POSITION, direction: DESC}) {
        totalCount nodes { text } } } }";
    let mut data = admin.ok(query, json!({"id": document["id"]})).await;
    let found = data["knowledgeDocument"]["passages"].take();
    assert_eq!(found, json!({"totalCount": 2, "nodes": [{"text": "Barbera."}, {"text": "Barolo."}]}));
    app.stop().await;
}

#[tokio::test]
async fn passages_below_documents_and_documents_of_hits_are_one_statement_each() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for number in 0..6 {
        add(&admin, &format!("Reds {number}"), &format!("# a\nBarolo {number}.\n# b\nBarbera.")).await;
    }
    let list = "{ knowledgeDocuments { nodes { title passages(first: 1) { totalCount nodes { text } } } } }";
    let (_, statements) = app.statements.of(admin.ok(list, json!({}))).await;
    // Documents, their passages, the counts of these.
    assert_eq!(statements.len(), 3, "{statements:#?}");
    search(&admin, "barolo").await;
    // Whether something changed, the passages, their documents.
    let (hits, statements) = app.statements.of(search(&admin, "barolo")).await;
    assert_eq!((hits.len(), statements.len()), (5, 3), "{statements:#?}");
    app.stop().await;
}
