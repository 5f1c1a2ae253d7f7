//! Orders by what a row may not have: those that have nothing come last, whichever the direction, and paging meets every row
//! once, also while rows come and go.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use rapport::jobs::{JobColumn, JobEntity, JobRow};
use sea_orm::{ColumnTrait, DeleteMany, EntityTrait, QueryFilter};

use super::{List, ids};
use crate::support::{Client, TestApp, today};

fn list(direction: &str) -> List {
    List::root("jobs", &format!("orderBy: {{field: COMPLETED_AT, direction: {direction}}}"))
}

/// A job that ended at one of four times, or has not.
fn job(app: &TestApp, random: &mut SmallRng) -> JobRow {
    let ended = random.random_range(0..6);
    let completed_at = (ended < 4).then(|| today() + TimeDelta::minutes(ended));
    JobRow { completed_at, ..app.job(None, today()) }
}

/// The ids of `jobs` in their order.
fn in_order(jobs: &[JobRow], direction: &str) -> Vec<String> {
    let is_up = direction == "ASC";
    let mut sorted: Vec<_> = jobs.iter().collect();
    sorted.sort_by(|a, b| {
        let key = |job: &JobRow| -> (DateTime<Utc>, uuid::Uuid) {
            // Later than all, or earlier than all: last either way.
            let nothing = if is_up { DateTime::<Utc>::MAX_UTC } else { DateTime::<Utc>::MIN_UTC };
            (job.completed_at.unwrap_or(nothing), job.id.uuid())
        };
        if is_up { key(a).cmp(&key(b)) } else { key(b).cmp(&key(a)) }
    });
    sorted.iter().map(|job| job.id.to_string()).collect()
}

#[tokio::test]
async fn rows_that_have_nothing_come_last_both_ways_in_pages_of_every_size() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let mut random = SmallRng::seed_from_u64(14);
    let jobs: Vec<_> = (0..17).map(|_| job(&app, &mut random)).collect();
    assert!(jobs.iter().any(|job| job.completed_at.is_none()) && jobs.iter().any(|job| job.completed_at.is_some()));
    app.insert(jobs.clone()).await;
    for direction in ["ASC", "DESC"] {
        let (list, expected) = (list(direction), in_order(&jobs, direction));
        for size in 1..=jobs.len() + 1 {
            assert_eq!(list.walk(&admin, size, false).await, expected, "{direction}, forward by {size}");
            assert_eq!(list.walk(&admin, size, true).await, expected, "{direction}, backward by {size}");
        }
    }
}

async fn remove(app: &TestApp, rows: DeleteMany<JobEntity>) {
    let tx = app.app.db.begin().await.unwrap();
    rows.exec(&*tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// Walks a list, while `between` two pages something happens.
async fn walk_while(client: &Client, list: &List, size: usize, mut between: impl AsyncFnMut()) -> Vec<String> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let page = list.page(client, &format!("first: {size} {after}")).await;
        rows.extend(ids(&page));
        if page["pageInfo"]["hasNextPage"] == false {
            return rows;
        }
        after = format!(r#"after: "{}""#, page["pageInfo"]["endCursor"].as_str().unwrap());
        between().await;
    }
}

#[tokio::test]
async fn paging_meets_each_row_that_stays_once_while_others_come_and_go() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for (seed, direction, size) in [(1, "ASC", 1), (2, "DESC", 1), (3, "ASC", 3), (4, "DESC", 3), (5, "DESC", 5)] {
        let mut random = SmallRng::seed_from_u64(seed);
        remove(&app, JobEntity::delete_many()).await;
        let stay: Vec<_> = (0..12).map(|_| job(&app, &mut random)).collect();
        let mut go: Vec<_> = (0..12).map(|_| job(&app, &mut random)).collect();
        app.insert(stay.clone()).await;
        app.insert(go.clone()).await;
        let mut came = 0;
        let met = walk_while(&admin, &list(direction), size, async || {
            if let Some(gone) = go.choose(&mut random).map(|job| job.id) {
                remove(&app, JobEntity::delete_many().filter(JobColumn::Id.eq(gone))).await;
                go.retain(|job| job.id != gone);
            }
            // Not without end: a list that grows before the reader is read for ever.
            if came < 8 {
                came += 1;
                app.insert([job(&app, &mut random)]).await;
            }
        })
        .await;
        let stayed: Vec<_> =
            met.iter().filter(|id| stay.iter().any(|job| job.id.to_string() == **id)).cloned().collect();
        assert_eq!(stayed, in_order(&stay, direction), "{direction} by {size}");
        let mut once = met.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), met.len(), "a row was met twice: {direction} by {size}");
    }
}
