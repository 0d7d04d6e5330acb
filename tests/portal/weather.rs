//! Bad weather: the database goes away and comes back, the mail server sulks, jobs fail.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use motcua::infra::clock::Moment;
use motcua::infra::db::Db;
use motcua::jobs::worker::Worker;
use motcua::jobs::{self, Job, NewJob, Work};
use motcua::kernel::General;
use serde_json::{Value, json};

use crate::support::Portal;
use crate::support::mail::Mood;
use crate::support::portal::{administer, forgive_errors};

#[tokio::test]
async fn without_its_database_the_portal_answers_503_and_recovers() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let database = portal.database().to_owned();
    // Nobody may connect, and those who are connected are thrown out.
    let cut = format!(
        "ALTER DATABASE {database} ALLOW_CONNECTIONS false; \
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
    );
    administer(move |conn| conn.batch_execute(&cut).unwrap()).await;
    for path in ["/api/v1/dossiers", "/health/ready"] {
        let begun = Instant::now();
        let answer = an.get(path).send().await.refused(503, "general.database_unavailable");
        assert!(!answer.header("retry-after").is_empty());
        assert!(begun.elapsed() < Duration::from_millis(2500), "{:?}", begun.elapsed());
    }
    an.get("/health/live").send().await.expect(200);
    let database = portal.database().to_owned();
    let mend = format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true");
    administer(move |conn| conn.batch_execute(&mend).unwrap()).await;
    an.get("/api/v1/dossiers").send().await.expect(200);
    assert!(forgive_errors().iter().all(|error| error.contains("database") || error.contains("connect")));
}

#[tokio::test]
async fn connections_that_died_idle_are_replaced_without_a_word() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let many = (0..12).map(|_| an.get("/api/v1/dossiers").send());
    futures_util::future::join_all(many).await;
    let database = portal.database().to_owned();
    let kill = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
    administer(move |conn| conn.batch_execute(&kill).unwrap()).await;
    for _ in 0..12 {
        an.get("/api/v1/dossiers").send().await.expect(200);
    }
    an.begins("1.004873").await;
}

#[tokio::test]
async fn a_mail_server_that_is_down_delays_and_never_doubles() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    portal.mail.is(Mood::Busy);
    let dossier = an.submits("1.004873").await;
    portal.run_jobs().await;
    assert!(portal.mail.letters().is_empty());
    assert_eq!(portal.count("SELECT count(*) AS count FROM notices WHERE sent_at IS NULL").await, 1);
    portal.mail.is(Mood::Kind);
    portal.advance(chrono::Duration::minutes(10));
    portal.run_jobs().await;
    portal.run_jobs().await;
    let letters = portal.mail.letters();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains(&dossier.number) && letters[0].contains("Nguyễn Văn An"), "{}", letters[0]);
}

#[tokio::test]
async fn a_letter_refused_for_good_waits_for_a_person() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    portal.mail.is(Mood::Refusing);
    an.submits("1.004873").await;
    portal.run_jobs().await;
    let admin = portal.sign_in("quantri").await;
    let parked = admin.get("/api/v1/jobs/parked").send().await.expect(200);
    let job = &parked.body["items"][0];
    assert_eq!(job["kind"], "notifications.send");
    assert!(!job.to_string().contains("an@motcua.example"), "no address on the list");
    portal.mail.is(Mood::Kind);
    admin
        .post(&format!("/api/v1/jobs/{}/retry", job["id"].as_str().unwrap()))
        .json(&json!({}))
        .send()
        .await
        .expect(204);
    portal.run_jobs().await;
    assert_eq!(portal.mail.letters().len(), 1);
    portal.parked_jobs_expected.store(0, Ordering::Relaxed);
}

#[tokio::test]
async fn a_portal_that_stops_finishes_what_is_in_progress() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let dossier = an.begins("1.004873").await;
    let component =
        crate::support::portal::definition("1.004873")["components"][0]["code"].as_str().unwrap().to_owned();
    // A file that takes its time, so that the stop comes in the middle.
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<bytes::Bytes, std::io::Error>>(1);
    let slow = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    let head = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"component_code\"\r\n\r\n{component}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
    );
    let upload = an
        .post(&dossier.path("/files"))
        .body(reqwest::Body::wrap_stream(slow), "multipart/form-data; boundary=cut");
    let uploading = tokio::spawn(upload.send());
    sender.send(Ok(bytes::Bytes::from(head))).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stopping = {
        let handle = portal.handle();
        tokio::spawn(async move { handle.stop(true).await })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut tail = crate::support::people::small_pdf();
    tail.extend_from_slice(b"\r\n--cut--\r\n");
    sender.send(Ok(bytes::Bytes::from(tail))).await.unwrap();
    drop(sender);
    uploading.await.unwrap().expect(201);
    stopping.await.unwrap();
    assert_eq!(portal.count("SELECT count(*) AS count FROM files").await, 1);
}

#[tokio::test]
async fn a_seat_is_free_when_its_statement_has_ended_and_not_when_its_client_has_gone() {
    let portal = Portal::open().await;
    let mut settings = portal.state.settings.database.clone();
    (settings.connections, settings.seat_timeout_ms) = (1, 200);
    let db = Db::new(&settings, &portal.url());
    db.read(|conn| Ok(conn.batch_execute("SELECT 1")?)).await.unwrap();
    let slow = db.clone();
    let asking =
        tokio::spawn(async move { slow.read(|conn| Ok(conn.batch_execute("SELECT pg_sleep(2)")?)).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    let refused = db.read(|conn| Ok(conn.batch_execute("SELECT 1")?)).await.unwrap_err();
    assert!(refused.is(General::Busy), "{refused:?}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    db.read(|conn| Ok(conn.batch_execute("SELECT 1")?)).await.unwrap();
}

#[tokio::test]
async fn what_postgresql_has_no_place_for_is_no_failure_of_ours() {
    let portal = Portal::open().await;
    for statement in [
        r#"SELECT '"\u0000"'::jsonb"#,
        "SELECT '99999'::smallint",
        "SELECT '9999999-01-01'::date",
        "SELECT '999999-01-01'::timestamptz",
    ] {
        let refused = portal.state.db.read(move |conn| Ok(conn.batch_execute(statement)?)).await.unwrap_err();
        assert!(refused.is(General::Invalid), "{statement}: {refused:?}");
    }
    let nul = |conn: &mut motcua::infra::db::Conn| {
        Ok(diesel::sql_query("SELECT $1").bind::<diesel::sql_types::Text, _>("a\0").execute(conn)?)
    };
    let refused = portal.state.db.read(nul).await.unwrap_err();
    assert!(refused.is(General::Invalid), "{refused:?}");
}

struct Panics;

impl Job for Panics {
    fn kind(&self) -> &'static str {
        "test.panics"
    }

    fn run(&self, _: Value, _: Moment) -> Work {
        panic!("a handler that panics before its work")
    }
}

#[tokio::test]
async fn a_handler_that_panics_is_a_job_that_failed_and_the_list_is_counted() {
    let portal = Portal::open().await;
    portal.run_jobs().await;
    let state = &portal.state;
    let mut settings = state.settings.worker.clone();
    settings.attempts = 1;
    let (db, clock, metrics) = (state.db.clone(), state.clock.clone(), state.metrics.clone());
    let worker = Worker::new(db, clock, metrics, settings, |_| Vec::new(), vec![Box::new(Panics)], vec![]);
    let now = state.clock.now();
    let new = [NewJob::new("test.panics", json!({}))];
    portal.sql(move |conn| jobs::store::enqueue(conn, &new, now)).await;
    assert_eq!(worker.turn().await.unwrap(), 1);
    assert_eq!(state.metrics.jobs_parked.get(), 1);
    assert_eq!(
        portal.count("SELECT count(*) AS count FROM jobs WHERE last_error = 'the handler panicked'").await,
        1
    );
    // Emptied by somebody else: an idle worker sees it within a minute.
    portal.sql(|conn| Ok(conn.batch_execute("DELETE FROM jobs WHERE parked_at IS NOT NULL")?)).await;
    portal.advance(chrono::Duration::seconds(61));
    worker.turn().await.unwrap();
    assert_eq!(state.metrics.jobs_parked.get(), 0);
}

#[tokio::test]
async fn an_owner_whose_lease_ran_out_overwrites_nothing() {
    let portal = Portal::open().await;
    portal.run_jobs().await;
    let now = portal.state.clock.now();
    let second = chrono::Duration::seconds(1);
    let new = [NewJob::new("test.slow", json!({}))];
    let (late, in_time) = portal
        .sql(move |conn| {
            jobs::store::enqueue(conn, &new, now)?;
            let first = jobs::store::lease(conn, now, second, 1)?.remove(0);
            let second = jobs::store::lease(conn, now + second * 2, second, 1)?.remove(0);
            assert_eq!(first.id, second.id);
            let late = jobs::store::park(conn, &first, now, "too late")?
                || jobs::store::try_later(conn, &first, now, "too late")?
                || jobs::store::finish(conn, &first, now)?;
            Ok((late, jobs::store::finish(conn, &second, now)?))
        })
        .await;
    assert!(!late && in_time);
}

#[tokio::test]
async fn a_worker_leases_no_more_than_it_runs_at_once() {
    let portal = Portal::open().await;
    portal.run_jobs().await;
    let now = portal.state.clock.now();
    let new: Vec<NewJob> = (0..9).map(|_| NewJob::new("test.unknown", json!({}))).collect();
    portal.sql(move |conn| jobs::store::enqueue(conn, &new, now)).await;
    let worker = motcua::app::work::worker(&portal.state);
    assert_eq!(worker.turn().await.unwrap(), 4);
    portal.sql(|conn| Ok(conn.batch_execute("DELETE FROM jobs WHERE kind = 'test.unknown'")?)).await;
}

#[tokio::test]
async fn a_worker_that_ends_by_itself_takes_the_portal_with_it() {
    let portal = Portal::open().await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let ends = |task: tokio::task::JoinHandle<()>| {
        motcua::app::startup::ends_with_its_worker(task, stopped.clone(), portal.handle())
    };
    assert!(ends(tokio::spawn(async { panic!("the worker's end") })).await);
    assert!(reqwest::get(format!("{}/health/live", portal.address)).await.is_err());
    let logged = forgive_errors();
    assert!(logged.len() == 1 && logged[0].contains("worker_ended"), "{logged:?}");
    stop.send(true).unwrap();
    assert!(!ends(tokio::spawn(async {})).await);
}

/// What the four tables that grow with the years were read by.
#[tokio::test]
async fn no_list_reads_a_whole_table_however_many_dossiers_there_are() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    an.submits("1.004873").await;
    portal.run_jobs().await;
    let desk = portal.sign_in("tiepnhan.phuong").await;
    let leader = portal.sign_in("lanhdao.phuong").await;
    let fill = "
        ALTER TABLE dossiers DISABLE TRIGGER USER;
        CREATE TEMP TABLE fresh AS
            SELECT gen_random_uuid() AS id, n FROM generate_series(1, 20000) AS n;
        CREATE TEMP TABLE places AS SELECT id, (row_number() OVER (ORDER BY id) - 1) AS n FROM agencies;
        INSERT INTO dossiers SELECT (jsonb_populate_record(d, jsonb_build_object('id', f.id, 'number', d.number || '-' || f.n,
                'applicant_id', CASE WHEN f.n % 200 = 0 THEN d.applicant_id END))).*
            FROM fresh f, dossiers d;
        INSERT INTO dossier_agencies SELECT CASE WHEN f.n % 20 = 0 THEN a.agency_id ELSE p.id END, f.id, a.reached_at
            FROM fresh f JOIN places p ON p.n = f.n % (SELECT count(*) FROM places),
                (SELECT * FROM dossier_agencies LIMIT 1) a;
        INSERT INTO tasks SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'dossier_id', f.id,
                'agency_id', a.agency_id))).*
            FROM fresh f JOIN dossier_agencies a ON a.dossier_id = f.id, tasks t;
        INSERT INTO dossier_moves SELECT (jsonb_populate_record(m, jsonb_build_object('dossier_id', f.id))).*
            FROM fresh f, dossier_moves m WHERE m.version = (SELECT min(version) FROM dossier_moves);
        ANALYZE dossiers, dossier_agencies, tasks, dossier_moves, agencies, procedures";
    portal.state.db.patiently(move |conn| Ok(conn.batch_execute(fill)?)).await.unwrap();
    let agency = desk.get("/api/v1/me").send().await.expect(200).body["grants"][0]["agency"]["id"].clone();
    let agency = agency.as_str().unwrap();
    let inspector = portal.sign_in("thanhtra").await;
    let mut before = scans(&portal).await;
    let mut whole = Vec::new();
    let mut pages = Vec::new();
    for (person, path) in [
        (&an, "/api/v1/dossiers?limit=20".to_owned()),
        (&desk, "/api/v1/tasks?limit=20".to_owned()),
        (&desk, "/api/v1/dossiers?limit=20".to_owned()),
        (&leader, "/api/v1/tasks?limit=20".to_owned()),
        (&leader, "/api/v1/dossiers?limit=20".to_owned()),
        (&leader, format!("/api/v1/dossiers?limit=20&agency_id={agency}")),
        (&inspector, format!("/api/v1/dossiers?limit=20&agency_id={agency}")),
        (&inspector, "/api/v1/dossiers?limit=20".to_owned()),
    ] {
        let first = person.get(&path).send().await.expect(200).body;
        pages.push((person, path.clone(), scans(&portal).await));
        let next = first["next"].as_str().unwrap_or_else(|| panic!("one page of {path}"));
        let path = format!("{path}&cursor={next}");
        person.get(&path).send().await.expect(200);
        pages.push((person, path, scans(&portal).await));
    }
    for (person, path, after) in pages {
        if after != before {
            whole.push(format!("{} {path}: {before:?} {after:?}", person.account_id));
        }
        before = after;
    }
    assert!(whole.is_empty(), "{whole:#?}");
}

/// Whole-table reads so far. Sessions tell theirs when they end, so they are ended.
async fn scans(portal: &Portal) -> Vec<(String, i64)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        relname: String,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        seq_scan: i64,
    }
    let database = portal.database().to_owned();
    let kill =
        format!("SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = '{database}'");
    administer(move |conn| conn.batch_execute(&kill).unwrap()).await;
    let rows: Vec<Row> = portal
        .sql(|conn| {
            let statement = "SELECT relname::text, seq_scan FROM pg_stat_user_tables WHERE relname IN
                ('dossiers', 'tasks', 'dossier_moves', 'dossier_agencies') ORDER BY relname";
            Ok(diesel::sql_query(statement).load(conn)?)
        })
        .await;
    rows.into_iter().map(|row| (row.relname, row.seq_scan)).collect()
}
