//! Submission and its neighbours: numbers, keys, versions, routing, bad input, and what a crowd does to them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::people::new_key;
use crate::support::{Dossier, Portal};

#[tokio::test]
async fn the_same_key_twice_is_one_submission() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let dossier = an.begins("1.004873").await;
    an.completes(&dossier).await;
    let submit =
        |key: &str| an.post(&dossier.path("/submit")).key(key).json(&json!({ "declares_true": true }));
    let first = submit("one").send().await.expect(201);
    let second = submit("one").send().await.expect(201);
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("etag"), second.header("etag"));
    submit("two").send().await.refused(409, "dossier.illegal_move");
    let other_body = an.post(&dossier.path("/submit")).key("one").json(&json!({ "declares_true": false }));
    other_body.send().await.refused(422, "idempotency.key_reused");
    an.post(&dossier.path("/submit"))
        .json(&json!({ "declares_true": true }))
        .send()
        .await
        .refused(400, "idempotency.key_missing");
    assert_eq!(portal.count("SELECT count(*) AS count FROM dossiers WHERE state = 1").await, 1);
    assert_eq!(portal.count("SELECT count(*) AS count FROM outbox_events").await, 1);
}

#[tokio::test]
async fn fifty_at_once_with_one_key_are_one_submission() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let dossier = an.begins("1.004873").await;
    an.completes(&dossier).await;
    let contenders = (0..50).map(|_| {
        let (an, dossier) = (an.clone(), dossier.clone());
        tokio::spawn(async move {
            an.post(&dossier.path("/submit")).key("k").json(&json!({ "declares_true": true })).send().await
        })
    });
    let answers = futures_util::future::join_all(contenders).await;
    let numbers: BTreeSet<String> =
        answers.into_iter().map(|answer| answer.unwrap().expect(201).body["number"].to_string()).collect();
    assert_eq!(numbers.len(), 1, "{numbers:?}");
    assert_eq!(portal.count("SELECT count(*) AS count FROM dossier_moves").await, 1);
}

#[tokio::test]
async fn numbers_are_given_once_without_gaps() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut drafts = Vec::new();
    for _ in 0..20 {
        let dossier = an.begins("2.001159").await;
        an.completes(&dossier).await;
        drafts.push(dossier);
    }
    let submissions = drafts.into_iter().map(|mut dossier| {
        let an = an.clone();
        tokio::spawn(async move {
            an.hands_in(&mut dossier).await.expect(201);
            dossier.number
        })
    });
    let numbers: Vec<String> =
        futures_util::future::join_all(submissions).await.into_iter().map(|number| number.unwrap()).collect();
    let mut counters: Vec<u32> =
        numbers.iter().map(|number| number.rsplit('-').next().unwrap().parse().unwrap()).collect();
    counters.sort_unstable();
    assert_eq!(counters, (1..=20).collect::<Vec<u32>>(), "{numbers:?}");
    assert!(numbers[0].starts_with("H53."), "{numbers:?}");
}

#[tokio::test]
async fn fifty_contenders_one_claim_and_one_acceptance() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let dossier = an.submits("1.004873").await;
    let reception = portal.sign_in("tiepnhan.phuong").await;
    let leader = portal.sign_in("lanhdao.phuong").await;
    let claims = (0..50).map(|turn| {
        let officer = if turn % 2 == 0 { reception.clone() } else { leader.clone() };
        let path = dossier.path("/claim");
        tokio::spawn(async move { (officer.account_id.clone(), officer.post(&path).send().await) })
    });
    let outcomes: Vec<_> =
        futures_util::future::join_all(claims).await.into_iter().map(|done| done.unwrap()).collect();
    let winners: BTreeSet<String> = outcomes
        .iter()
        .filter(|(_, answer)| answer.status == 200)
        .map(|(account, _)| account.clone())
        .collect();
    assert_eq!(winners.len(), 1, "one officer holds it");
    for (account, answer) in outcomes {
        if !winners.contains(&account) {
            answer.refused(409, "dossier.claimed_by_other");
        }
    }
    // Whoever holds it accepts, once: the other forty-nine saw a version that is no more.
    let holder = if winners.contains(&reception.account_id) { reception } else { leader.clone() };
    if holder.account_id == leader.account_id {
        holder.post(&dossier.path("/release")).send().await.expect(200);
    }
    let reception = portal.sign_in("tiepnhan.phuong").await;
    let acceptances = (0..50).map(|_| {
        let (reception, dossier) = (reception.clone(), dossier.clone());
        tokio::spawn(async move { reception.tries("accept", &dossier, json!({})).await })
    });
    let answers: Vec<_> =
        futures_util::future::join_all(acceptances).await.into_iter().map(|done| done.unwrap()).collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.refused(412, "general.stale");
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM dossier_moves WHERE action = 'accept'").await, 1);
}

#[tokio::test]
async fn a_lease_that_ran_out_holds_nothing() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut dossier = an.submits("1.004873").await;
    portal.sign_in("lanhdao.phuong").await.post(&dossier.path("/claim")).send().await.expect(200);
    let reception = portal.sign_in("tiepnhan.phuong").await;
    reception.tries("accept", &dossier, json!({})).await.refused(409, "dossier.claimed_by_other");
    portal.advance(chrono::Duration::hours(5));
    portal.sign_in("tiepnhan.phuong").await.does("accept", &mut dossier, json!({})).await;
}

#[tokio::test]
async fn a_change_names_the_version_it_saw() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let dossier = an.begins("1.004873").await;
    let patch = json!({ "answers": { "purpose": null } });
    an.patch(&dossier.path("")).json(&patch).send().await.refused(428, "general.precondition_required");
    an.patch(&dossier.path("")).seeing(99).json(&patch).send().await.refused(412, "general.stale");
    an.patch(&dossier.path(""))
        .header("If-Match", "nonsense")
        .json(&patch)
        .send()
        .await
        .refused(412, "general.stale");
    let saved = an.patch(&dossier.path("")).seeing(dossier.version).json(&patch).send().await.expect(200);
    assert_eq!(saved.version(), dossier.version + 1);
}

#[tokio::test]
async fn every_fault_of_a_draft_is_named_at_once_and_nothing_is_half_written() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let dossier = an.begins_with("1.004222", &json!({ "nonsense": 1 })).await;
    let refused = an
        .post(&dossier.path("/submit"))
        .key(&new_key())
        .json(&json!({ "declares_true": false }))
        .send()
        .await
        .refused(422, "general.invalid")
        .names("/answers/nonsense")
        .names("/declares_true");
    assert!(refused.body["errors"].as_array().unwrap().len() > 3, "{:#}", refused.body);
    let check = an.get(&dossier.path("/check")).send().await.expect(200);
    assert_eq!(check.body["ready"], false);
    for table in ["dossier_counters", "tasks", "dossier_moves", "outbox_events", "dossier_agencies"] {
        let statement: &'static str =
            Box::leak(format!("SELECT count(*) AS count FROM {table}").into_boxed_str());
        assert_eq!(portal.count(statement).await, 0, "{table}");
    }
    // The key was not spent on a refusal.
    assert_eq!(
        portal
            .count("SELECT count(*) AS count FROM idempotency_keys WHERE operation = 'submit_dossier'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_missing_paper_is_named() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut dossier = an.begins("1.013978").await;
    let required =
        an.get(&dossier.path("/check")).send().await.expect(200).body["required_components"].clone();
    let first = required[0].as_str().unwrap().to_owned();
    an.hands_in(&mut dossier).await.refused(422, "general.invalid").names(&format!("/components/{first}"));
}

#[tokio::test]
async fn an_address_without_an_agency_is_refused_and_the_draft_is_kept() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let with_commune = |code: &str| -> Value {
        let text = an.answers("1.004222").to_string().replace("\"25456\"", &format!("\"{code}\""));
        serde_json::from_str(&text).unwrap()
    };
    for (commune, refusal) in [("00004", "dossier.address_outside"), ("99999", "dossier.address_unknown")] {
        let mut dossier = an.begins_with("1.004222", &with_commune(commune)).await;
        an.completes(&dossier).await;
        an.hands_in(&mut dossier).await.refused(422, refusal);
        assert_eq!(an.sees(&mut dossier).await["state"]["code"], 0);
    }
    // A code means another territory after 1 July 2025: 25459 was Phường 3, and is Phường Tân Ninh.
    let two_level = Portal::two_level().await;
    let an = two_level.an().await;
    let old = an
        .begins_with(
            "1.004222",
            &serde_json::from_str(&an.answers("1.004222").to_string().replace("\"25459\"", "\"25456\""))
                .unwrap(),
        )
        .await;
    an.completes(&old).await;
    an.hands_in(&mut old.clone()).await.refused(422, "dossier.address_unknown");
}

#[tokio::test]
async fn two_competent_agencies_are_one_too_many() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    portal
        .sql(|conn| {
            use diesel::prelude::*;
            diesel::sql_query(
                "INSERT INTO agencies (id, unit_id, identifier, name, kind, sectors, search_text, valid_from) \
                 SELECT gen_random_uuid(), a.unit_id, 'H53.77', 'Cơ quan thứ hai', a.kind, a.sectors, '', a.valid_from \
                 FROM agencies a JOIN units u ON u.id = a.unit_id WHERE u.code = '25456' AND 'residence' = ANY (a.sectors)",
            )
            .execute(conn)?;
            Ok(())
        })
        .await;
    let mut dossier = an.begins("1.004222").await;
    an.completes(&dossier).await;
    let refused = an.hands_in(&mut dossier).await.refused(422, "dossier.ambiguous_agency");
    assert_eq!(refused.body["step"]["sector"], "residence");
}

#[tokio::test]
async fn a_closed_procedure_takes_no_dossier() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let begin =
        |code: &str| an.post("/api/v1/dossiers").key(&new_key()).json(&json!({ "procedure_code": code }));
    begin("1.001456").send().await.refused(409, "dossier.procedure_not_open");
    begin("9.999999").send().await.refused(409, "dossier.procedure_not_open");
    let counter_only = begin("2.000815").send().await.refused(409, "dossier.procedure_not_open");
    assert_eq!(counter_only.body["open_channels"], json!(["counter"]));
    begin("2.001827").send().await.refused(422, "dossier.subject_not_served");
    begin("nonsense").send().await.refused(422, "general.invalid").names("/procedure_code");
    let officer = portal.sign_in("tiepnhan.phuong").await;
    let own = officer.post("/api/v1/dossiers").key("k").json(&json!({ "procedure_code": "1.004222" }));
    own.send().await.refused(403, "general.not_allowed");
}

#[tokio::test]
async fn a_foreign_dossier_looks_absent() {
    let portal = Portal::open().await;
    let dossier = portal.an().await.submits("1.004873").await;
    let company = portal.sign_in("8200000033").await;
    let elsewhere = portal.sign_in("lanhdao.datdai.thanhpho").await;
    let absent = Dossier { id: uuid::Uuid::now_v7().to_string(), ..dossier.clone() };
    for person in [&company, &elsewhere] {
        for rest in ["", "/timeline", "/receipt", "/files", "/accesses"] {
            let foreign = person.get(&dossier.path(rest)).send().await.refused(404, "general.not_found");
            let missing = person.get(&absent.path(rest)).send().await.refused(404, "general.not_found");
            assert_eq!(foreign.body["title"], missing.body["title"]);
        }
        person.tries("accept", &dossier, json!({})).await.refused(404, "general.not_found");
        person.tries("withdraw", &dossier, json!({ "reason": "x" })).await.refused(404, "general.not_found");
    }
    // The right office in the wrong role may see, and not do.
    let processing = portal.sign_in("xuly.phuong").await;
    processing.tries("accept", &dossier, json!({})).await.refused(403, "general.not_allowed");
}

#[tokio::test]
async fn the_receipt_opens_the_public_page_and_nothing_else_does() {
    let portal = Portal::open().await;
    let dossier = portal.an().await.submits("1.004873").await;
    let nobody = portal.nobody();
    let track = |number: &str, secret: &str| {
        nobody.post("/api/v1/tracking").json(&json!({ "number": number, "secret": secret }))
    };
    let tracked = track(&dossier.number, &dossier.secret.to_lowercase()).send().await.expect(200);
    assert_eq!(tracked.body["state"]["code"], 1);
    assert!(
        !tracked.body.to_string().contains("072098000006")
            && !tracked.body.to_string().contains("Nguyễn Văn An")
    );
    track(&dossier.number, "AAAA-AAAA-AAAA-AAAA").send().await.refused(404, "dossier.tracking_not_found");
    track("H53-261122-9999", &dossier.secret).send().await.refused(404, "dossier.tracking_not_found");
    track("nonsense", &dossier.secret).send().await.refused(422, "general.invalid").names("/number");
}

#[tokio::test]
async fn looks_of_officers_are_recorded_and_shown_to_the_owner() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut dossier = an.submits("1.004873").await;
    let reception = portal.sign_in("tiepnhan.phuong").await;
    reception.sees(&mut dossier).await;
    let accesses = an.get(&dossier.path("/accesses")).send().await.expect(200);
    let first = &accesses.body["items"][0];
    assert_eq!(
        (first["action"].as_str().unwrap(), first["role"].as_str().unwrap()),
        ("dossier.see", "reception")
    );
    reception.get(&dossier.path("/accesses")).send().await.refused(403, "general.not_allowed");
    // An inspector sees the case and not the person in it.
    let inspector = portal.sign_in("thanhtra").await;
    let seen = inspector.sees(&mut dossier).await;
    assert!(seen["answers"].is_null());
    assert_eq!(seen["applicant"]["identity"], "•••••••••006");
    assert_eq!(seen["applicant"]["name"], "N. V. A.");
    assert_eq!(seen["open_moves"], json!([]));
}

#[tokio::test]
async fn many_are_accepted_and_forwarded_at_once_each_with_its_answer() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let (one, two) = (an.submits("1.004873").await, an.submits("1.004873").await);
    let reception = portal.sign_in("tiepnhan.phuong").await;
    let absent = uuid::Uuid::now_v7().to_string();
    let body = json!({ "items": [
        { "id": one.id, "version": one.version }, { "id": two.id, "version": 99 }, { "id": absent, "version": 1 },
    ] });
    let accepted = reception.post("/api/v1/dossiers/bulk-accept").json(&body).send().await.expect(200);
    assert_eq!((accepted.body["done"].as_i64(), accepted.body["refused"].as_i64()), (Some(1), Some(2)));
    assert_eq!(accepted.body["items"][1]["code"], "general.stale");
    assert_eq!(accepted.body["items"][2]["code"], "general.not_found");
    let version = accepted.body["items"][0]["version"].clone();
    let body = json!({ "items": [{ "id": one.id, "version": version }] });
    let forwarded = reception.post("/api/v1/dossiers/bulk-forward").json(&body).send().await.expect(200);
    assert_eq!(forwarded.body["done"], 1);
    reception
        .post("/api/v1/dossiers/bulk-accept")
        .json(&json!({ "items": [] }))
        .send()
        .await
        .refused(422, "general.invalid");
}

#[tokio::test]
async fn the_queue_pages_and_counts_by_one_predicate() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    for _ in 0..5 {
        an.submits("1.004873").await;
    }
    an.submits("1.004222").await;
    let reception = portal.sign_in("tiepnhan.phuong").await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = reception.get(&format!("/api/v1/tasks?limit=2{cursor}")).send().await.expect(200);
        assert_eq!(page.body["total"], 5);
        for item in page.body["items"].as_array().unwrap() {
            assert_eq!(item["applicant_identity"], "•••••••••006");
            seen.push(item["dossier_id"].as_str().unwrap().to_owned());
        }
        match page.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 5);
    let total = |query: &'static str| {
        let reception = reception.clone();
        async move {
            reception.get(&format!("/api/v1/tasks?{query}")).send().await.expect(200).body["total"].clone()
        }
    };
    assert_eq!(total("state=1").await, 5);
    assert_eq!(total("state=4").await, 0);
    assert_eq!(total("procedure_code=1.004873").await, 5);
    assert_eq!(total("procedure_code=1.004222").await, 0);
    assert_eq!(total("holder=nobody").await, 5);
    assert_eq!(total("holder=me").await, 0);
    reception.post(&format!("/api/v1/dossiers/{}/claim", seen[0])).send().await.expect(200);
    assert_eq!(total("holder=me").await, 1);
    reception.get("/api/v1/tasks?state=11").send().await.refused(422, "general.invalid").names("state");
    reception.get("/api/v1/tasks?cursor=AAAA").send().await.refused(422, "general.invalid").names("cursor");
    reception.get("/api/v1/tasks?sate=1").send().await.refused(422, "general.invalid");
    assert_eq!(
        portal.sign_in("xuly.phuong").await.get("/api/v1/tasks").send().await.expect(200).body["total"],
        0
    );
    assert_eq!(an.get("/api/v1/tasks").send().await.expect(200).body["total"], 0);
}

#[tokio::test]
async fn the_hot_paths_keep_to_their_number_of_statements() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    // Once without counting: caches are warm in a portal that works.
    an.submits("1.004873").await;
    let dossier = an.begins("1.004873").await;
    an.completes(&dossier).await;
    let before = portal.state.db.statements();
    an.hands_in(&mut dossier.clone()).await.expect(201);
    let submission = portal.state.db.statements() - before;
    let reception = portal.sign_in("tiepnhan.phuong").await;
    reception.get("/api/v1/tasks").send().await.expect(200);
    let before = portal.state.db.statements();
    reception.get("/api/v1/tasks").send().await.expect(200);
    let queue = portal.state.db.statements() - before;
    let before = portal.state.db.statements();
    reception.get(&dossier.path("")).send().await.expect(200);
    let view = portal.state.db.statements() - before;
    println!("statements: submission {submission}, queue {queue}, view {view}");
    assert_eq!(queue, 3, "one for the account, one for the page, one for the total");
    assert_eq!(view, 3, "one for the account, one for the dossier, one for the record of the look");
    assert_eq!(submission, 18, "written down in docs/ARCHITECTURE.md: change both or neither");
}

#[tokio::test]
async fn files_are_taken_by_their_content_and_stay_once_submitted() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut dossier = an.begins("1.004873").await;
    let component =
        crate::support::portal::definition("1.004873")["components"][0]["code"].as_str().unwrap().to_owned();
    let program =
        an.uploads_bytes(&dossier, &component, "virus.pdf", b"MZ\x90\x00 not a document".to_vec()).await;
    assert!((400..500).contains(&program.status), "{}", program.body);
    program.assert_is_problem();
    an.uploads_bytes(&dossier, "NOPE", "a.pdf", crate::support::people::small_pdf())
        .await
        .refused(422, "dossier.component_unknown");
    let large = an.uploads_bytes(&dossier, &component, "big.pdf", vec![b'x'; 22 * 1024 * 1024]).await;
    assert_eq!(large.status, 413, "{}", large.body);
    let named = an
        .uploads_bytes(
            &dossier,
            &component,
            "../../etc/\u{202e}passwd.pdf",
            crate::support::people::small_pdf(),
        )
        .await
        .expect(201);
    assert!(!named.body["name"].as_str().unwrap().contains(['/', '\u{202e}']), "{}", named.body);
    let file = format!("/files/{}", named.body["id"].as_str().unwrap());
    an.delete(&dossier.path(&file)).send().await.expect(204);
    an.get(&dossier.path(&file)).send().await.refused(404, "general.not_found");
    let kept = an.uploads(&dossier, &component).await.expect(201);
    an.completes(&dossier).await;
    an.hands_in(&mut dossier).await.expect(201);
    let receipt = an.get(&dossier.path("/receipt")).send().await.expect(200);
    let listed = receipt.body["files"].as_array().unwrap();
    assert!(
        listed
            .iter()
            .any(|listed| listed["sha256"] == kept.body["sha256"] && listed["scan_verdict"] == "not_scanned")
    );
    let kept = format!("/files/{}", kept.body["id"].as_str().unwrap());
    an.delete(&dossier.path(&kept)).send().await.expect(409);
    an.uploads(&dossier, &component).await.refused(409, "dossier.upload_not_open");
}

#[tokio::test]
async fn a_draft_follows_the_newest_version_and_is_told() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let dossier = an.begins("1.004873").await;
    portal
        .sql(|conn| {
            use diesel::prelude::*;
            diesel::sql_query(
                "INSERT INTO procedure_versions (id, procedure_id, number, status, valid_from, definition, created_at, published_at) \
                 SELECT gen_random_uuid(), v.procedure_id, 2, 'published', '2024-06-01', \
                    jsonb_set(v.definition, '{channels,online,limit,value}', '9'), now(), now() \
                 FROM procedure_versions v JOIN procedures p ON p.id = v.procedure_id WHERE p.code = '1.004873'",
            )
            .execute(conn)?;
            Ok(())
        })
        .await;
    // What is in force is kept for a few seconds by each process.
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    let check = an.get(&dossier.path("/check")).send().await.expect(200);
    assert_eq!(check.body["changes"], json!([{ "kind": "time_changed" }]));
}

#[tokio::test]
async fn a_published_version_cannot_be_changed_even_by_sql() {
    let portal = Portal::open().await;
    let refused = portal
        .sql(|conn| {
            use diesel::prelude::*;
            let update = diesel::sql_query(
                "UPDATE procedure_versions SET definition = '{}' WHERE status = 'published'",
            );
            Ok(update.execute(conn).unwrap_err().to_string())
        })
        .await;
    assert!(refused.contains("immutable"), "{refused}");
}
