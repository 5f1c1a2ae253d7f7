//! Cursors and the history they belong to.

use std::time::Duration;

use rapport::events::{Cursor, EventsError, Found, Position};
use sea_orm::{ConnectionTrait, Statement};

use super::{Log, POLL, assert_lost, take};
use crate::support::{Process, TestDb, ambient_at, patience, today};

impl Log {
    async fn cursors(&self, topic: &str, count: usize) -> Vec<Cursor> {
        self.positions(topic, count).await.into_iter().map(|position| self.events.cursor(position)).collect()
    }

    async fn execute(&self, sql: &str) {
        let tx = self.db.begin().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Waits until the tail has read as far as this.
    async fn has_seen(&self, last: Position) {
        patience(async {
            while self.events.seen() < last {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    }

    /// Has PostgreSQL tell new connections to this database that it is on another timeline, as a replica does that was
    /// promoted.
    async fn promote(&self) {
        self.execute(
            "CREATE FUNCTION public.pg_walfile_name(pg_lsn) RETURNS text LANGUAGE sql AS $$ SELECT '00000009' || repeat('0', 16) $$",
        )
        .await;
        self.execute(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database()); END $$",
        )
        .await;
    }

    /// Begins a new epoch with randomness of its own: the tests' generators all begin alike.
    async fn begin_new_epoch(&self) {
        self.events.begin_new_epoch(&ambient_at(today() + Duration::from_secs(1))).await.unwrap();
    }
}

#[tokio::test]
async fn a_cursor_leads_back_to_its_place() {
    let log = Log::start().await;
    log.write("t", &["1", "2", "3"]).await;
    let cursor = log.cursors("t", 3).await[1];
    let read_back = Cursor::decode(&cursor.encode()).unwrap();
    let position = log.events.resolve(read_back).await.unwrap();
    assert_eq!(take(&mut log.events.subscribe("t", position), 1).await, ["3"]);
}

#[tokio::test]
async fn a_cursor_of_an_earlier_epoch_is_lost() {
    let log = Log::start().await;
    log.write("t", &["1", "2"]).await;
    let old = log.cursors("t", 2).await;
    log.begin_new_epoch().await;
    for cursor in old {
        assert_lost(log.events.resolve(cursor).await);
    }
}

#[tokio::test]
async fn a_new_epoch_keeps_the_events_and_hands_out_cursors_that_hold() {
    let files = TestDb::new().await;
    let before = Log::on(&files, POLL).await;
    before.write("t", &["1", "2"]).await;
    before.positions("t", 2).await;
    before.begin_new_epoch().await;
    let after = Log::on(&files, POLL).await;
    after.write("t", &["3"]).await;
    let cursors = after.cursors("t", 3).await;
    assert_eq!(after.read("t").await, ["1", "2", "3"]);
    let position = after.events.resolve(cursors[1]).await.unwrap();
    assert_eq!(take(&mut after.events.subscribe("t", position), 1).await, ["3"]);
}

#[tokio::test]
async fn a_process_that_knows_the_old_epoch_hands_out_cursors_that_are_refused_not_misread() {
    let files = TestDb::new().await;
    let (running, command) = (Log::on(&files, Duration::from_secs(3600)).await, Log::on(&files, POLL).await);
    running.write("t", &["1"]).await;
    let known = running.cursors("t", 1).await[0];
    command.begin_new_epoch().await;
    running.write("t", &["2"]).await;
    // Its own tail learns of it as well, and would end a follower that began before.
    patience(async {
        while command.events.cursor(known.position).epoch == known.epoch {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    // What it hands out until it learns of the new epoch, which its tail may do at any moment.
    let stale = Cursor { epoch: known.epoch, ..command.cursors("t", 2).await[1] };
    assert_lost(running.events.resolve(stale).await);
    // By now it knows the new one.
    let fresh = running.cursors("t", 2).await[0];
    running.events.resolve(fresh).await.unwrap();
}

#[tokio::test]
async fn a_cursor_beyond_the_end_comes_from_a_database_that_was_restored_since() {
    let log = Log::start().await;
    log.write("t", &["1", "2", "3"]).await;
    let cursors = log.cursors("t", 3).await;
    // What a backup taken after the first event looks like.
    log.execute(&format!("DELETE FROM events WHERE id > {}", cursors[0].position.id)).await;
    assert!(log.events.resolve(cursors[0]).await.is_ok());
    assert_lost(log.events.resolve(cursors[1]).await);
    assert_lost(log.events.resolve(cursors[2]).await);
}

#[tokio::test]
async fn a_database_restored_into_another_cluster_begins_a_new_epoch() {
    if !TestDb::is_postgres() {
        return; // Only PostgreSQL has transaction ids that could begin anew.
    }
    let files = TestDb::new().await;
    let old = Log::on(&files, POLL).await;
    old.write("t", &["1", "2"]).await;
    let cursor = old.cursors("t", 2).await[0];
    // Seen from here, the other cluster was a billion transactions ahead.
    old.execute("UPDATE events SET tx = tx + 1000000000").await;
    let restored = Log::on(&files, POLL).await;
    assert_lost(restored.events.resolve(cursor).await);
    let mut follower = restored.follow("t");
    restored.write("t", &["3"]).await;
    assert_eq!(take(&mut follower, 3).await, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_purged_database_restored_into_another_cluster_begins_a_new_epoch_too() {
    if !TestDb::is_postgres() {
        return; // As above.
    }
    let files = TestDb::new().await;
    let old = Log::on(&files, POLL).await;
    old.write("t", &["1"]).await;
    old.positions("t", 1).await;
    old.events.purge(today() + Duration::from_secs(1)).await.unwrap();
    old.execute("UPDATE event_log SET purged_tx = purged_tx + 1000000000").await;
    let restored = Log::on(&files, POLL).await;
    let mut follower = restored.events.subscribe("t", restored.events.end().await.unwrap());
    restored.write("t", &["2"]).await;
    assert_eq!(take(&mut follower, 1).await, ["2"]);
    let cursor = restored.cursors("t", 1).await[0];
    restored.events.resolve(cursor).await.unwrap();
}

#[tokio::test]
async fn a_server_that_starts_again_keeps_the_epoch() {
    let files = TestDb::new().await;
    let first = Log::on(&files, POLL).await;
    first.write("t", &["1", "2"]).await;
    let cursor = first.cursors("t", 2).await[0];
    let second = Log::on(&files, POLL).await;
    assert_eq!(second.events.cursor(cursor.position), cursor);
    second.events.resolve(cursor).await.unwrap();
}

#[tokio::test]
async fn a_log_that_ends_before_what_was_read_begins_a_new_epoch() {
    let log = Log::start().await;
    log.write("t", &["1", "2", "3"]).await;
    let cursors = log.cursors("t", 3).await;
    let mut follower = log.follow("t");
    assert_eq!(take(&mut follower, 3).await, ["1", "2", "3"]);
    log.has_seen(cursors[2].position).await;
    // What a replica lacks that was promoted too early.
    log.execute(&format!("DELETE FROM events WHERE id > {}", cursors[0].position.id)).await;
    assert_lost(patience(follower.next()).await);
    // In the lost history another event may have stood there.
    for cursor in cursors {
        assert_lost(log.events.resolve(cursor).await);
    }
    let mut follower = log.follow("t");
    log.write("t", &["4"]).await;
    assert_eq!(take(&mut follower, 2).await, ["1", "4"]);
    log.write("t", &["5"]).await;
    assert_eq!(take(&mut follower, 1).await, ["5"]);
}

#[tokio::test]
async fn another_process_learns_of_the_new_epoch_and_begins_none() {
    let files = TestDb::new().await;
    let (one, two) = (Log::on(&files, POLL).await, Log::on(&files, POLL).await);
    one.write("t", &["1", "2"]).await;
    let positions = one.positions("t", 2).await;
    let position = positions[0];
    let mut followers = [one.follow("t"), two.follow("t")];
    for follower in &mut followers {
        assert_eq!(take(follower, 2).await, ["1", "2"]);
    }
    tokio::join!(one.has_seen(positions[1]), two.has_seen(positions[1]));
    one.execute(&format!("DELETE FROM events WHERE id > {}", position.id)).await;
    for mut follower in followers {
        assert_lost(patience(follower.next()).await);
    }
    assert_eq!(one.events.cursor(position), two.events.cursor(position));
    two.events.resolve(one.events.cursor(position)).await.unwrap();
}

#[tokio::test]
async fn a_purged_log_has_lost_nothing() {
    let log = Log::start().await;
    log.write("t", &["1", "2"]).await;
    let cursor = log.cursors("t", 2).await[1];
    log.events.purge(today() + Duration::from_secs(1)).await.unwrap();
    let mut follower = log.events.subscribe("t", log.events.resolve(cursor).await.unwrap());
    tokio::time::sleep(POLL * 5).await;
    log.write("t", &["3"]).await;
    assert_eq!(take(&mut follower, 1).await, ["3"]);
    log.events.resolve(cursor).await.unwrap();
}

#[tokio::test]
async fn a_database_on_another_timeline_begins_a_new_epoch() {
    if !TestDb::is_postgres() {
        return; // A file has no timeline.
    }
    let files = TestDb::new().await;
    let old = Log::on(&files, POLL).await;
    old.write("t", &["1", "2"]).await;
    let cursor = old.cursors("t", 2).await[0];
    old.promote().await;
    let new = Log::on(&files, POLL).await;
    assert_lost(new.events.resolve(cursor).await);
    new.write("t", &["3"]).await;
    let cursor = new.cursors("t", 3).await[1];
    new.events.resolve(cursor).await.unwrap();
    // The same once more: nothing has changed since.
    let again = Log::on(&files, POLL).await;
    again.events.resolve(cursor).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_leads_to_another_timeline_begins_a_new_epoch() {
    if !TestDb::is_postgres() {
        return; // As above.
    }
    let log = Log::start().await;
    log.write("t", &["1", "2"]).await;
    let cursor = log.cursors("t", 2).await[0];
    let mut follower = log.follow("t");
    assert_eq!(take(&mut follower, 2).await, ["1", "2"]);
    log.promote().await;
    let elsewhere = log._files.connect().await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    elsewhere.owner().execute_unprepared(cut).await.unwrap();
    // A connection of the pool may tell of its end first.
    let lost = patience(async {
        loop {
            match follower.next().await {
                Err(EventsError::Db(_)) => {}
                other => break other,
            }
        }
    });
    assert_lost(lost.await);
    assert_lost(log.events.resolve(cursor).await);
    let mut follower = log.follow("t");
    log.write("t", &["3"]).await;
    assert_eq!(take(&mut follower, 3).await, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_file_that_was_open_when_its_machine_ended_begins_a_new_epoch() {
    if TestDb::is_postgres() {
        return; // PostgreSQL keeps what it acknowledged.
    }
    let files = TestDb::new().await;
    let old = Log::on(&files, POLL).await;
    old.write("t", &["1", "2"]).await;
    let cursor = old.cursors("t", 2).await[0];
    let killed = Log::on(&files, POLL).await;
    killed.events.resolve(cursor).await.unwrap();
    old.execute("UPDATE openings SET boot = 'an earlier one'").await;
    let new = Log::on(&files, POLL).await;
    assert_lost(new.events.resolve(cursor).await);
    assert_eq!(new.read("t").await, ["1", "2"]);
}

#[tokio::test]
async fn a_process_that_ends_cleanly_leaves_no_mark_and_a_killed_one_does_until_the_next() {
    if TestDb::is_postgres() {
        return; // As above.
    }
    let db = TestDb::new().await;
    let marks = async || {
        let sql = Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT id FROM openings");
        db.connect().await.reader().query_all_raw(sql).await.unwrap().len()
    };
    let processes = [Process::start(&db, &[]).await, Process::start(&db, &[]).await];
    assert_eq!(marks().await, 2);
    for process in processes {
        process.kill9().await;
    }
    assert_eq!(marks().await, 2);
    let process = Process::start(&db, &[]).await;
    assert_eq!(marks().await, 1);
    process.terminate().await;
    assert_eq!(marks().await, 0);
}

#[tokio::test]
async fn the_place_of_an_event_is_found_by_its_id() {
    let log = Log::start().await;
    log.write("t", &["1", "2"]).await;
    let places = log.positions("t", 2).await;
    let ids = [places[1].id, places[0].id, 999];
    let found = log.events.positions_of(&ids).await.unwrap();
    assert_eq!(found, [Found::At(places[1]), Found::At(places[0]), Found::Purged(Position::default())]);
}
