//! Documents of filings: found, decoded, kept, and never looked for outside of their folder.

use rapport::{
    clients::edgar::{Edgar as _, EdgarError, ReportEntry},
    domains::intelligence::filings::parse_filing,
};
use serde_json::json;

use super::{Copy, assert_says, company, one_report};
use crate::support::{
    TestDb,
    edgar::{Company, Edgar, Exhibit},
};

#[tokio::test]
async fn a_report_is_its_main_document() {
    let (sec, copy, entry) = one_report().await;
    let text = copy.edgar.report(&entry).await.unwrap();
    assert_eq!(text, company().filings[0].body);
    assert_eq!(sec.paths()[1], "/Archives/edgar/data/9000001/000900000124000001/report-1.htm");
}

#[tokio::test]
async fn a_report_without_a_main_document_is_read_from_the_full_submission() {
    let mut company = company();
    company.filings[0].document = String::new();
    let (sec, db) = (Edgar::with_companies(&[company]).await, TestDb::new().await);
    let copy = Copy::new(&sec, &db).await;
    let entry = copy.reports(9_000_001, "2024-01-01").await.unwrap().reports.remove(0);
    assert!(entry.url.ends_with("/000900000124000001/0009000001-24-000001.txt"), "{}", entry.url);
    let filing = parse_filing(&copy.edgar.report(&entry).await.unwrap());
    assert_eq!(filing.accession.as_deref(), Some("0009000001-24-000001"));
    assert_eq!(filing.items.iter().map(|section| section.item.to_string()).collect::<Vec<_>>(), ["5.02"]);
    let exhibits = copy.edgar.exhibits(&entry).await.unwrap();
    assert_eq!((exhibits.len(), exhibits[0].name.as_str(), &exhibits[0].url), (1, "EX-99.1", &entry.url));
    assert!(exhibits[0].text.contains("joins as Chief Information Officer"), "{}", exhibits[0].text);
    // The list and the submission; the exhibits stand in it.
    assert_eq!(sec.paths().len(), 2);
}

#[tokio::test]
async fn exhibits_99_are_found_by_their_types() {
    let mut company = company();
    let exhibit =
        |kind: &str, name: &str| Exhibit { kind: kind.to_owned(), name: name.to_owned(), body: name.to_owned() };
    company.filings[0].exhibits = vec![
        exhibit("EX-10.1", "ex99-agreement.htm"),
        exhibit("EX-99.1", "release.htm"),
        exhibit("GRAPHIC", "logo.jpg"),
        exhibit("EX-99.2", "slides.pdf"),
        exhibit("EX-99", "letter.txt"),
    ];
    let (sec, db) = (Edgar::with_companies(&[company]).await, TestDb::new().await);
    let copy = Copy::new(&sec, &db).await;
    let entry = copy.reports(9_000_001, "2024-01-01").await.unwrap().reports.remove(0);
    let exhibits = copy.edgar.exhibits(&entry).await.unwrap();
    let found: Vec<_> = exhibits.iter().map(|exhibit| (exhibit.name.as_str(), exhibit.text.as_str())).collect();
    assert_eq!(found, [("EX-99.1", "release.htm"), ("EX-99", "letter.txt")]);
    assert_eq!(exhibits[0].url, entry.url.replace("report-1.htm", "release.htm"));
}

#[tokio::test]
async fn without_the_page_of_headers_the_full_submission_tells_the_exhibits() {
    let (sec, db) = (Edgar::start().await, TestDb::new().await);
    let company = company();
    let of_before = |path: &str| path.ends_with(".json") || path.ends_with(".txt") || path.ends_with("report-1.htm");
    company.files().into_iter().filter(|(path, _)| of_before(path)).for_each(|(path, body)| sec.put(&path, body));
    let copy = Copy::new(&sec, &db).await;
    let entry = copy.reports(9_000_001, "2024-01-01").await.unwrap().reports.remove(0);
    let exhibits = copy.edgar.exhibits(&entry).await.unwrap();
    assert_eq!((exhibits.len(), exhibits[0].name.as_str()), (1, "EX-99.1"));
}

#[tokio::test]
async fn a_report_without_exhibits_has_none() {
    let mut company = company();
    company.filings[0].exhibits.clear();
    let (sec, db) = (Edgar::with_companies(&[company]).await, TestDb::new().await);
    let copy = Copy::new(&sec, &db).await;
    let entry = copy.reports(9_000_001, "2024-01-01").await.unwrap().reports.remove(0);
    assert_eq!(copy.edgar.exhibits(&entry).await.unwrap(), []);
}

#[tokio::test]
async fn documents_are_decoded_from_the_encoding_they_are_in() {
    let (sec, copy, entry) = one_report().await;
    let path = company().path(&company().filings[0], "report-1.htm");
    sec.put(&path, b"<p>The company\x92s caf\xe9</p>".to_vec());
    assert_eq!(copy.edgar.report(&entry).await.unwrap(), "<p>The company’s café</p>");
}

#[tokio::test]
async fn a_document_is_requested_once_by_all_copies_that_share_the_folder() {
    let (sec, db) = (Edgar::with_companies(&[company()]).await, TestDb::new().await);
    let copy = Copy::new(&sec, &db).await;
    let entry = copy.reports(9_000_001, "2024-01-01").await.unwrap().reports.remove(0);
    let first = (copy.edgar.report(&entry).await.unwrap(), copy.edgar.exhibits(&entry).await.unwrap());
    let requests = sec.paths().len();
    let other = Copy::new(&sec, &db).await;
    for copy in [&copy, &other] {
        let again = (copy.edgar.report(&entry).await.unwrap(), copy.edgar.exhibits(&entry).await.unwrap());
        assert_eq!(again, first);
    }
    assert_eq!(sec.paths().len(), requests);
}

#[tokio::test]
async fn a_list_of_filings_is_never_kept() {
    let (sec, copy, _) = one_report().await;
    sec.add(&Company::new(9_000_001, "Quorvane Corp", "QV"));
    assert_eq!(copy.reports(9_000_001, "2024-01-01").await.unwrap().reports, []);
}

#[tokio::test]
async fn an_empty_document_is_an_error_and_not_kept() {
    let (sec, copy, entry) = one_report().await;
    let path = company().path(&company().filings[0], "report-1.htm");
    sec.put(&path, " \n");
    assert_says(copy.edgar.report(&entry).await, "the document is empty");
    sec.put(&path, "Item 8.01");
    assert_eq!(copy.edgar.report(&entry).await.unwrap(), "Item 8.01");
}

#[tokio::test]
async fn of_a_large_document_the_beginning_is_read() {
    let (sec, copy, entry) = one_report().await;
    sec.put(&company().path(&company().filings[0], "report-1.htm"), "x".repeat(5 << 20));
    assert_eq!(copy.edgar.report(&entry).await.unwrap().len(), 4 << 20);
}

#[tokio::test]
async fn a_document_that_is_gone_is_missing() {
    let (_sec, copy, entry) = one_report().await;
    let gone = ReportEntry { url: entry.url.replace("report-1", "report-2"), ..entry };
    assert!(matches!(copy.edgar.report(&gone).await, Err(EdgarError::Missing)));
}

#[tokio::test]
async fn names_that_lead_out_of_the_folder_are_neither_requested_nor_written() {
    let mut company = company();
    company.filings[0].document = "..%2f..%2f../secret.htm".to_owned();
    company.filings[0].exhibits[0].name = "../../../../evil.htm".to_owned();
    let (sec, db) = (Edgar::start().await, TestDb::new().await);
    sec.add(&company);
    let copy = Copy::new(&sec, &db).await;
    let found = copy.reports(9_000_001, "2024-01-01").await.unwrap();
    assert!(found.problems[0].contains("is no name of a file"), "{:?}", found.problems);
    let entry = &found.reports[0];
    assert!(copy.edgar.report(entry).await.unwrap().contains("Item 5.02"));
    assert_eq!(copy.edgar.exhibits(entry).await.unwrap(), []);
    assert_eq!(sec.paths().len(), 2, "{:?}", sec.paths());
    assert!(sec.paths()[1].ends_with("/0009000001-24-000001.txt"));
}

#[tokio::test]
async fn an_entry_that_was_tampered_with_leads_nowhere() {
    let (sec, copy, entry) = one_report().await;
    let requests = sec.paths().len();
    for (accession, url, what) in [
        ("../../../../etc", entry.url.as_str(), "accession number"),
        ("0009000001-24-00001/", entry.url.as_str(), "accession number"),
        (entry.accession.as_str(), "http://evil.example/..", "address"),
        (entry.accession.as_str(), "http://evil.example/a%2f..%2fb", "address"),
        (entry.accession.as_str(), "", "address"),
    ] {
        let tampered = ReportEntry { accession: accession.to_owned(), url: url.to_owned(), ..entry.clone() };
        assert_says(copy.edgar.report(&tampered).await, what);
        assert_says(copy.edgar.exhibits(&tampered).await, what);
    }
    assert_eq!(sec.paths().len(), requests);
    // Another host is never asked: only the name of the document is taken from the address.
    let elsewhere = ReportEntry { url: "http://evil.example/report-1.htm".to_owned(), ..entry };
    assert!(copy.edgar.report(&elsewhere).await.is_ok());
}

#[tokio::test]
async fn the_oldest_documents_are_deleted_when_there_are_too_many() {
    let (sec, db) = (Edgar::with_companies(&[company()]).await, TestDb::new().await);
    let copy = Copy::with(&sec, &db, &[("EDGAR_ARCHIVE_MEGABYTES", "1")]).await;
    let entry = copy.reports(9_000_001, "2024-01-01").await.unwrap().reports.remove(0);
    let company = company();
    let mut requested = Vec::new();
    for number in 1..=4 {
        let name = format!("report-{number}.htm");
        let path = company.path(&company.filings[0], &name);
        sec.put(&path, "x".repeat(400_000));
        let entry = ReportEntry { url: entry.url.replace("report-1.htm", &name), ..entry.clone() };
        copy.edgar.report(&entry).await.unwrap();
        requested.push((entry, path));
    }
    let folder = db.folder().join("cache/edgar/archives/9000001/000900000124000001");
    let kept: u64 = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(kept <= 1 << 20, "{kept}");
    let asked = |path: &str| sec.paths().iter().filter(|other| *other == path).count();
    for ((entry, path), times) in [(&requested[0], 2), (&requested[3], 1)] {
        copy.edgar.report(entry).await.unwrap();
        assert_eq!(asked(path), times, "{path}");
    }
}

#[tokio::test]
async fn what_the_list_calls_a_document_may_be_missing_null_or_of_another_kind() {
    for document in [json!(null), json!(""), json!([1])] {
        let (sec, db) = (Edgar::start().await, TestDb::new().await);
        let company = company();
        sec.add(&company);
        let mut list = company.list();
        list["filings"]["recent"]["primaryDocument"][0] = document;
        sec.put(&company.list_path(), list.to_string());
        let entry = Copy::new(&sec, &db).await.reports(9_000_001, "2024-01-01").await.unwrap().reports.remove(0);
        assert!(entry.url.ends_with("/0009000001-24-000001.txt"), "{}", entry.url);
    }
}
