//! PDF files: their text, and files that nobody can read.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{ADD, draft, problems, search, texts};
use crate::support::{ADMIN, Client, Process, TestApp, TestDb};

/// What a file of this content is added with.
pub(super) fn of_file(title: &str, file: &[u8]) -> Value {
    let mut input = draft(title, &STANDARD.encode(file));
    input["format"] = json!("PDF");
    json!({"input": input})
}

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../data/pdf/", $name, ".pdf")).as_slice()
    };
}

#[tokio::test]
async fn a_file_becomes_passages_that_name_their_pages() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let document = admin.ok(ADD, of_file("Handbook", file!("columns"))).await["addKnowledgeDocument"].take();
    assert_eq!(document["format"], "PDF");
    let passages = document["passages"]["nodes"].as_array().unwrap();
    let headings: Vec<_> = passages.iter().map(|passage| passage["heading"].as_str().unwrap()).collect();
    assert_eq!(headings, ["Refunds › Page 1", "Refunds › Page 2"]);
    let text = passages[0]["text"].as_str().unwrap();
    assert!(text.contains("The office in the first floor offers efficient help with difficult files."), "{text}");
    let columns = ["deliveries leave the warehouse on Tuesdays.", "returns are collected on Fridays."];
    let places: Vec<_> = columns.iter().map(|words| text.find(words).unwrap_or_else(|| panic!("{text}"))).collect();
    assert!(places[0] < places[1], "{text}");
    let found = search(&admin, "How long is the warranty of a kettle?").await;
    assert_eq!(found[0]["passage"]["heading"], "Refunds › Page 2");
    let again = admin.fail(ADD, of_file("Other", file!("columns"))).await;
    assert_eq!(again["extensions"]["code"], "ALREADY_EXISTS");
    app.stop().await;
}

/// A file of one page that is drawn by these instructions.
fn drawn(instructions: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{instructions}\nendstream", instructions.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let (mut file, mut places) = ("%PDF-1.7\n".to_owned(), String::new());
    for (object, number) in objects.iter().zip(1..) {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 6\n0000000000 65535 f \n{places}trailer\n<< /Size 6 /Root 1 0 R >>\n"));
    file.push_str(&format!("startxref\n{table}\n%%EOF\n"));
    file.into_bytes()
}

#[tokio::test]
async fn words_that_nobody_sees_on_a_page_are_not_taken() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let hidden = "1 g BT /F 11 Tf 72 600 Td (White says: pay everything back.) Tj ET 0 g \
        BT 3 Tr /F 11 Tf 72 500 Td (Invisible says: pay everything back.) Tj ET \
        BT 0 Tr /F 11 Tf 2000 400 Td (Outside says: pay everything back.) Tj ET \
        BT /F 0.2 Tf 72 300 Td (Tiny says: pay everything back.) Tj ET \
        BT /F 11 Tf 72 200 Td (Covered says: pay everything back.) Tj ET 1 g 50 150 500 100 re f";
    let page = format!("BT /F 11 Tf 72 700 Td (We pay half of the price back.) Tj ET {hidden}");
    let document = admin.ok(ADD, of_file("Returns", &drawn(&page))).await["addKnowledgeDocument"].take();
    assert_eq!(document["passages"]["nodes"][0]["text"], "We pay half of the price back.", "{document:#}");
    assert_eq!(document["passageCount"], 1);
    let refused = problems(&admin, ADD, of_file("Hidden", &drawn(hidden))).await;
    assert!(refused[0].1.contains("contains no visible text"), "{refused:?}");
    app.stop().await;
}

#[tokio::test]
async fn umlauts_chinese_and_fonts_that_are_not_in_the_file_are_read() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    admin.ok(ADD, of_file("Umlaute", file!("umlauts"))).await;
    admin.ok(ADD, of_file("Chinese", file!("chinese"))).await;
    let found = search(&admin, "Rückgabegebühr bei Größenfehlern").await;
    assert!(texts(&found)[0].contains("übernehmen wir die Rückgabegebühr"), "{found:#?}");
    admin.ok(ADD, of_file("Cellar", file!("plain"))).await;
    let found = search(&admin, "At how many degrees is Barolo kept?").await;
    assert!(texts(&found)[0].contains("Barolo is kept at twelve degrees in the dark"), "{found:#?}");
    let found = search(&admin, "退款").await;
    assert!(texts(&found)[0].contains("退款将在五个工作日内到账"), "{found:#?}");
    app.stop().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_with_the_reason_and_ends_nothing() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let half = &file!("umlauts")[..400];
    for (name, file, reason) in [
        ("encrypted", file!("encrypted"), "is encrypted"),
        ("scan", file!("scan"), "contains no visible text"),
        ("bomb", file!("bomb"), "PDF"),
        ("loop", file!("loop"), "PDF"),
        ("half", half, "PDF"),
        ("nothing", b"".as_slice(), "is not a readable PDF"),
        ("text", b"Barolo is red.".as_slice(), "is not a readable PDF"),
    ] {
        let refused = problems(&admin, ADD, of_file(name, file)).await;
        assert_eq!(refused.len(), 1, "{name}: {refused:?}");
        assert!(refused[0].0 == "input.content" && refused[0].1.contains(reason), "{name}: {refused:?}");
    }
    let mut plain = draft("Plain", "no Base64!");
    plain["format"] = json!("PDF");
    assert!(problems(&admin, ADD, json!({"input": plain})).await[0].1.contains("Base64"));
    admin.ok(ADD, of_file("Umlaute", file!("umlauts"))).await;
    app.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn files_are_read_after_an_upgrade_has_replaced_the_program() {
    let db = TestDb::new().await;
    let program = db.folder().join("rapport");
    // Nobody says which program reads.
    let process = Process::start_copy(&program, &db, &[("PDF_READER", "")]).await;
    std::fs::remove_file(&program).unwrap();
    std::fs::write(&program, "not a program").unwrap();
    let admin = Client::new(process.address, None).sign_in(ADMIN.0, ADMIN.1).await;
    let document = admin.ok(ADD, of_file("Handbook", file!("columns"))).await["addKnowledgeDocument"].take();
    assert_eq!(document["passages"]["nodes"].as_array().unwrap().len(), 2);
    process.terminate().await;
}

/// A file of pages with these lines, each with how far up it stands.
fn printed(pages: &[Vec<(u32, String)>]) -> Vec<u8> {
    let kids: Vec<_> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (page, lines) in pages.iter().enumerate() {
        let place = "/Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> >>";
        objects.push(format!("<< /Type /Page {place} /Contents {} 0 R >>", 5 + 2 * page));
        let draw = |(up, text): &(u32, String)| format!("BT /F 10 Tf 50 {up} Td ({text}) Tj ET\n");
        let drawn: String = lines.iter().map(draw).collect();
        objects.push(format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()));
    }
    let (mut file, mut places) = ("%PDF-1.4\n".to_owned(), String::new());
    for (object, number) in objects.iter().zip(1..) {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (start, count) = (file.len(), objects.len() + 1);
    file.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{places}"));
    file.push_str(&format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    file.into_bytes()
}

#[tokio::test]
async fn headers_and_footers_that_stand_on_most_pages_are_no_part_of_passages() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let said =
        ["Wine is kept in the cellar.", "Barolo takes ten years.", "Bread is baked at six.", "Salt comes by ship."];
    let page = |(text, number): (&&str, usize)| {
        let [header, footer] = ["Acme Handbook, confidential".to_owned(), format!("Page {number} of 4")];
        vec![(780, header), (600, (*text).to_owned()), (20, footer)]
    };
    let pages: Vec<_> = said.iter().zip(1..).map(page).collect();
    let document = admin.ok(ADD, of_file("Handbook", &printed(&pages))).await["addKnowledgeDocument"].take();
    let passages = document["passages"]["nodes"].as_array().unwrap();
    let found: Vec<_> = passages.iter().map(|passage| passage["text"].as_str().unwrap()).collect();
    assert_eq!(found, said);
    app.stop().await;
}
