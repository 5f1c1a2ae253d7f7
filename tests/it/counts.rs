//! Counts of rows by what stands in a column and by the periods in which a time lies: the same on both databases.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rapport::{
    db::{Count, ROWS, counts_by, counts_of_all, counts_per_bucket, per_bucket},
    jobs::{JobColumn, JobEntity, JobRow, JobStatus},
    periods::{Bucket, Calendar, Granularity, WeekStart, Zone},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement,
    sea_query::{Alias, Expr, Func},
};

use crate::support::{TestApp, TestDb, today};

fn count<K>(key: K, rows: u64) -> Count<K> {
    Count { key, rows }
}

/// A server with jobs of three kinds, one of them failed.
async fn with_jobs() -> TestApp {
    let app = TestApp::builder().quiet().start().await;
    let kinds = ["a", "b", "b", "c", "b"];
    let jobs = kinds.iter().enumerate().map(|(n, kind)| JobRow {
        kind: (*kind).to_owned(),
        status: if n == 0 { JobStatus::Failed } else { JobStatus::Queued },
        ..app.job(None, today())
    });
    app.insert(jobs).await;
    app
}

#[tokio::test]
async fn rows_are_counted_by_what_stands_in_a_column() {
    let app = with_jobs().await;
    // The order of a list does not matter to its counts.
    let jobs = JobEntity::find().filter(JobColumn::Kind.ne("c")).order_by_asc(JobColumn::CreatedAt);
    let (counts, statements) =
        app.statements.of(counts_by::<String, _, _>(app.app.db.reader(), jobs, JobColumn::Kind)).await;
    let mut counts = counts.unwrap();
    counts.sort_by_key(|count| count.rows);
    assert_eq!(counts, [count("a".to_owned(), 1), count("b".to_owned(), 3)]);
    assert_eq!(statements.len(), 1, "{statements:#?}");
}

#[tokio::test]
async fn a_closed_set_is_counted_with_its_values_that_no_row_has() {
    let app = with_jobs().await;
    let counts = counts_of_all(app.app.db.reader(), JobEntity::find(), JobColumn::Status).await.unwrap();
    let expected = [
        count(JobStatus::Queued, 4),
        count(JobStatus::Running, 0),
        count(JobStatus::Completed, 0),
        count(JobStatus::Failed, 1),
        count(JobStatus::Cancelled, 0),
    ];
    assert_eq!(counts, expected);
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn calendar(zone: &str) -> Calendar {
    Calendar { zone: Zone::parse(zone).unwrap(), week_start: WeekStart::Monday }
}

/// Times over three years that nobody chose, and those around the bounds of `buckets`.
fn times(buckets: &[Bucket]) -> Vec<DateTime<Utc>> {
    let mut state = 7_u64;
    let mut times: Vec<_> = (0..1_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            "2025-11-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap()
                + TimeDelta::milliseconds((state >> 27) as i64 % 100_000_000_000)
        })
        .collect();
    for Bucket { start, .. } in buckets.iter().step_by(9) {
        times.extend([-1, 0, 1].map(|millis| *start + TimeDelta::milliseconds(millis)));
    }
    times
}

/// The counts as PostgreSQL makes them of its own knowledge of time zones: first days and rows.
async fn by_postgres(app: &TestApp, unit: &str, zone: &str) -> Vec<(String, u64)> {
    let sql = format!(
        "SELECT to_char(date_trunc('{unit}', created_at AT TIME ZONE '{zone}'), 'YYYY-MM-DD') AS first_day, COUNT(*) AS rows \
         FROM jobs GROUP BY 1 ORDER BY 1"
    );
    let reader = app.app.db.reader();
    let rows = reader.query_all_raw(Statement::from_string(reader.get_database_backend(), sql)).await.unwrap();
    let row = |row: &sea_orm::QueryResult| {
        let rows: i64 = row.try_get("", "rows").unwrap();
        (row.try_get("", "first_day").unwrap(), rows as u64)
    };
    rows.iter().map(row).collect()
}

#[tokio::test]
async fn each_bucket_counts_the_rows_of_its_local_days() {
    for (zone, granularity, unit, from, to) in [
        ("Europe/Berlin", Granularity::Day, "day", "2025-10-01", "2029-01-10"),
        ("America/New_York", Granularity::Week, "week", "2025-09-29", "2029-01-15"),
        ("Asia/Kolkata", Granularity::Month, "month", "2025-10-01", "2029-02-01"),
        ("America/Santiago", Granularity::Day, "day", "2025-10-01", "2029-01-10"),
        ("Europe/Berlin", Granularity::Quarter, "quarter", "2025-10-01", "2029-04-01"),
        ("Europe/Berlin", Granularity::Year, "year", "2025-01-01", "2030-01-01"),
    ] {
        let app = TestApp::builder().quiet().start().await;
        let calendar = calendar(zone);
        let buckets = calendar.buckets(granularity, day(from)..day(to)).unwrap();
        let times = times(&buckets);
        app.insert(times.iter().map(|at| app.job(None, *at))).await;
        let jobs = JobEntity::find().order_by_asc(JobColumn::CreatedAt);
        let counts = counts_per_bucket(app.app.db.reader(), jobs, JobColumn::CreatedAt, &buckets).await.unwrap();

        let first_day =
            |at: &DateTime<Utc>| granularity.start(calendar.zone.day_of(*at).unwrap(), calendar.week_start).unwrap();
        let expected: Vec<_> = buckets
            .iter()
            .map(|bucket| times.iter().filter(|at| first_day(at) == bucket.first_day).count() as u64)
            .collect();
        assert_eq!(counts, expected, "{zone} {granularity:?}");
        assert!(counts.contains(&0) || granularity != Granularity::Day);
        if TestDb::is_postgres() {
            let counted = buckets.iter().zip(&counts).filter(|(_, rows)| **rows > 0);
            let counted: Vec<_> = counted.map(|(bucket, rows)| (bucket.first_day.to_string(), *rows)).collect();
            let before = times.iter().filter(|at| **at < buckets[0].start).count();
            assert_eq!(before, usize::from(times.iter().min() < Some(&buckets[0].start)), "{zone}");
            let all: Vec<_> = by_postgres(&app, unit, zone).await;
            let within: Vec<_> = all.into_iter().filter(|(day, _)| *day >= buckets[0].first_day.to_string()).collect();
            assert_eq!(counted, within, "{zone} {granularity:?}");
        }
    }
}

#[tokio::test]
async fn more_than_a_number_is_computed_of_each_bucket() {
    let app = TestApp::builder().quiet().start().await;
    let jobs = [(0, 1), (0, 5), (2, 3)]
        .map(|(days, attempt)| JobRow { attempt, ..app.job(None, today() + TimeDelta::days(days)) });
    app.insert(jobs).await;
    let days = day("2026-03-14")..day("2026-03-17");
    let buckets = calendar("UTC").buckets(Granularity::Day, days).unwrap();
    let open = JobEntity::find().filter(JobColumn::Status.eq(JobStatus::Queued));
    let mut statement = per_bucket(open, JobColumn::CreatedAt, &buckets).unwrap();
    statement.expr_as(Func::max(Expr::col((Alias::new(ROWS), JobColumn::Attempt))), "most");
    let rows = app.app.db.reader().query_all(&statement).await.unwrap();
    let most: Vec<Option<i32>> = rows.iter().map(|row| row.try_get("", "most").unwrap()).collect();
    assert_eq!(most, [Some(5), None, Some(3)]);
    assert!(per_bucket(JobEntity::find(), JobColumn::CreatedAt, &[]).is_none());
}

#[tokio::test]
async fn as_many_buckets_as_are_allowed_fit_in_one_statement() {
    let app = with_jobs().await;
    let buckets = calendar("Europe/Berlin").buckets(Granularity::Day, day("2024-01-01")..day("2028-02-09")).unwrap();
    assert_eq!(buckets.len(), rapport::periods::MOST_BUCKETS);
    let counting = counts_per_bucket(app.app.db.reader(), JobEntity::find(), JobColumn::CreatedAt, &buckets);
    let (counts, statements) = app.statements.of(counting).await;
    assert_eq!((counts.unwrap().iter().sum::<u64>(), statements.len()), (5, 1));
}
