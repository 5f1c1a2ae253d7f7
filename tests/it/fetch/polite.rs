//! How hard sites are asked. The pauses themselves are tested with the code, where time can be stopped.

use futures_util::future::join_all;
use rapport::clients::fetch::PageFetcher;

use super::{config, fetcher, fetcher_with};
use crate::support::ambient;
use crate::support::web::{Names, Reply, Site};

#[tokio::test]
async fn a_host_gets_one_request_at_a_time() {
    let site = Site::start().await;
    site.on("/page", Reply::page("x"));
    let held = site.hold();
    let (fetcher, url) = (fetcher(&site), site.url("/page"));
    let release = async {
        for _ in 0..5 {
            held.has_come().await;
            // Whoever would come at the same time has the chance to.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            held.release();
        }
    };
    let (pages, ()) = tokio::join!(join_all((0..5).map(|_| fetcher.fetch(&url))), release);
    assert!(pages.iter().all(Result::is_ok));
    assert_eq!(site.most_at_once(), 1);
}

#[tokio::test]
async fn two_hosts_are_asked_at_the_same_time() {
    let site = Site::start().await;
    site.on("/page", Reply::page("x"));
    let names = Names::default().with("a.example", &[&["127.0.0.1"]]).with("b.example", &[&["127.0.0.1"]]);
    let fetcher = fetcher_with(&config(&[&site]), ambient(), names);
    let held = site.hold();
    let release = async {
        held.has_come().await;
        held.has_come().await;
        held.release();
        held.release();
    };
    let (a, b) = (site.url_as("a.example", "/page"), site.url_as("b.example", "/page"));
    let (first, second, ()) = tokio::join!(fetcher.fetch(&a), fetcher.fetch(&b), release);
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(site.most_at_once(), 2);
}

#[tokio::test]
async fn a_call_that_is_given_up_gives_its_turn_back() {
    let site = Site::start().await;
    site.on("/page", Reply::page("x"));
    let (fetcher, url) = (fetcher(&site), site.url("/page"));
    let held = site.hold();
    tokio::select! {
        _ = fetcher.fetch(&url) => panic!("nothing was released"),
        () = held.has_come() => {}
    }
    held.release();
    let (page, ()) = tokio::join!(fetcher.fetch(&url), async {
        held.has_come().await;
        held.release();
    });
    assert!(page.is_ok());
}
