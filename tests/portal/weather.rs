//! Bad weather: the database goes away and comes back, the mail server sulks, jobs fail.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::json;

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
