//! The trail and the jobs: who reads them, and what they say.

use std::sync::atomic::Ordering;

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::support::mail::Mood;
use crate::support::{Answer, Portal};

fn actions(page: &Answer) -> Vec<&str> {
    page.body["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_trail_of_a_dossier_says_who_did_what_and_pages() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut dossier = an.submits("1.004873").await;
    let reception = portal.sign_in("tiepnhan.phuong").await;
    reception.sees(&mut dossier).await;
    reception.does("accept", &mut dossier, json!({})).await;
    let inspector = portal.sign_in("thanhtra").await;
    let path = format!("/api/v1/audit?object_id={}", dossier.id);
    let trail = inspector.get(&path).send().await.expect(200);
    let accepted: Vec<&Value> = trail.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["action"] == "dossier.accept")
        .collect();
    assert_eq!(accepted.len(), 1, "{:?}", actions(&trail));
    assert_eq!(
        (&accepted[0]["account_id"], &accepted[0]["role"]),
        (&json!(reception.account_id), &json!("reception"))
    );
    for action in ["dossier.submit", "dossier.see"] {
        assert!(actions(&trail).contains(&action), "{action} is not in {:?}", actions(&trail));
    }
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = inspector.get(&format!("{path}&limit=1{cursor}")).send().await.expect(200);
        paged.extend(actions(&page).into_iter().map(str::to_owned));
        match page.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(paged.len() >= actions(&trail).len(), "{paged:?}");
    for person in [&an, &reception, &portal.sign_in("lanhdao.phuong").await, &portal.sign_in("thutuc").await]
    {
        person.get(&path).send().await.refused(403, "general.not_allowed");
    }
    inspector.get("/api/v1/audit").send().await.refused(422, "general.invalid").names("object_id");
}

#[tokio::test]
async fn history_cannot_be_changed_even_by_sql() {
    let portal = Portal::open().await;
    portal.an().await.submits("1.004873").await;
    assert!(portal.count("SELECT count(*) AS count FROM audit_records").await > 0);
    assert!(portal.count("SELECT count(*) AS count FROM dossier_moves").await > 0);
    for table in ["audit_records", "dossier_moves"] {
        for change in ["UPDATE {} SET action = 'x'", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"] {
            let (statement, url) = (change.replace("{}", table), portal.url());
            let said = statement.clone();
            let done = tokio::task::spawn_blocking(move || {
                diesel::sql_query(statement).execute(&mut PgConnection::establish(&url).unwrap())
            });
            let error = done.await.unwrap().expect_err(&said).to_string();
            assert!(error.contains("written once"), "{said}: {error}");
        }
    }
}

#[tokio::test]
async fn a_parked_job_is_seen_and_tried_again_by_the_administrator_alone() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    portal.mail.is(Mood::Refusing);
    an.submits("1.004873").await;
    portal.run_jobs().await;
    let administrator = portal.sign_in("quantri").await;
    let parked = administrator.get("/api/v1/jobs/parked").send().await.expect(200);
    let job = parked.body["items"][0].clone();
    assert_eq!(job["kind"], "notifications.send", "{:#}", parked.body);
    assert!(!job["last_error"].as_str().unwrap().contains("an@motcua.example"), "{job}");
    let retry = format!("/api/v1/jobs/{}/retry", job["id"].as_str().unwrap());
    for person in [&an, &portal.sign_in("tiepnhan.phuong").await, &portal.sign_in("thanhtra").await] {
        person.get("/api/v1/jobs/parked").send().await.refused(403, "general.not_allowed");
        person.post(&retry).send().await.refused(403, "general.not_allowed");
    }
    let absent = format!("/api/v1/jobs/{}/retry", uuid::Uuid::now_v7());
    administrator.post(&absent).send().await.refused(404, "general.not_found");
    portal.mail.is(Mood::Kind);
    administrator.post(&retry).send().await.expect(204);
    portal.run_jobs().await;
    assert_eq!(portal.mail.letters().len(), 1);
    let left = administrator.get("/api/v1/jobs/parked").send().await.expect(200);
    assert_eq!(left.body["items"], json!([]));
    portal.parked_jobs_expected.store(0, Ordering::Relaxed);
}
