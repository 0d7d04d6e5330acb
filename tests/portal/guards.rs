//! The guards between the moves: what must not leak, what falls when its ground changes, who acts for whom.

use serde_json::{Value, json};

use crate::support::portal::definition;
use crate::support::{Dossier, Person, Portal};

struct Desk {
    reception: Person,
    processing: Person,
    leader: Person,
}

async fn desk(portal: &Portal) -> Desk {
    Desk {
        reception: portal.sign_in("tiepnhan.phuong").await,
        processing: portal.sign_in("xuly.phuong").await,
        leader: portal.sign_in("lanhdao.phuong").await,
    }
}

fn propose(outcome: &str) -> Value {
    json!({ "outcome": outcome, "text": "Đề xuất." })
}

/// Accepted, worked on, and approved as proposed.
async fn approved(desk: &Desk, dossier: &mut Dossier, outcome: &str) {
    desk.reception.does("accept", dossier, json!({})).await;
    desk.reception.does("forward", dossier, json!({})).await;
    desk.processing.does("propose", dossier, propose(outcome)).await;
    desk.processing.does("forward", dossier, json!({})).await;
    desk.leader.does("approve", dossier, json!({})).await;
}

#[tokio::test]
async fn nobody_finishes_with_the_opposite_of_what_was_approved() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, desk(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    approved(&desk, &mut dossier, "refused").await;
    let file_id = desk.leader.brings_result(&dossier).await;
    let opposite = json!({ "outcome": "granted", "file_id": file_id });
    let refused = desk.leader.tries("finish", &dossier, opposite).await;
    assert_eq!(refused.refused(409, "dossier.outcome_not_approved").body["approved"], "refused");
    let as_approved = json!({ "outcome": "refused", "note": "Chưa đủ điều kiện." });
    desk.leader.does("finish", &mut dossier, as_approved).await;
}

#[tokio::test]
async fn a_result_is_not_seen_before_it_is_handed_over_nor_one_that_was_taken_back() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, desk(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    approved(&desk, &mut dossier, "granted").await;
    let wrong = desk.leader.brings_result(&dossier).await;
    let finish = |file_id: &str| json!({ "outcome": "granted", "file_id": file_id, "note": "Lời nhắn kín." });
    desk.leader.does("finish", &mut dossier, finish(&wrong)).await;
    for rest in ["", "/receipt", "/files", "/timeline"] {
        let seen = an.get(&dossier.path(rest)).send().await.expect(200).body.to_string();
        assert!(!seen.contains(&wrong), "{rest} tells of the result's file");
        assert!(!seen.contains("Lời nhắn kín"), "{rest} tells what the decision says");
    }
    an.delete(&dossier.path(&format!("/files/{wrong}"))).send().await.refused(404, "general.not_found");
    // Taken back, worked on anew, and finished with the right one.
    let reopened = desk.reception.does("reopen", &mut dossier, json!({ "reason": "Sai họ tên." })).await;
    assert_eq!(reopened["task"]["step_code"], "verification");
    desk.processing.does("propose", &mut dossier, propose("granted")).await;
    desk.processing.does("forward", &mut dossier, json!({})).await;
    desk.leader.does("approve", &mut dossier, json!({})).await;
    let right = desk.leader.brings_result(&dossier).await;
    desk.leader.does("finish", &mut dossier, finish(&right)).await;
    desk.reception.does("return", &mut dossier, json!({ "how": "online" })).await;
    an.get(&dossier.path(&format!("/files/{right}"))).send().await.expect(200);
    an.get(&dossier.path(&format!("/files/{wrong}"))).send().await.refused(404, "general.not_found");
    let seen = an.sees(&mut dossier).await;
    assert!(seen.to_string().contains(&right) && !seen.to_string().contains(&wrong));
    portal.run_jobs().await;
    assert!(portal.mail.letters().iter().all(|letter| !letter.contains("Lời nhắn kín")));
}

#[tokio::test]
async fn a_decision_falls_when_its_papers_change() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, desk(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    approved(&desk, &mut dossier, "granted").await;
    let defects = json!({ "defects": [{ "reason": "Cần bản chính." }] });
    desk.leader.does("request-supplement", &mut dossier, defects).await;
    an.does("supplement", &mut dossier, json!({ "note": "Đã bổ sung." })).await;
    let back = desk.leader.does("accept-supplement", &mut dossier, json!({})).await;
    assert_eq!(back["task"]["role"], "processing", "it is worked on again");
    desk.processing.tries("forward", &dossier, json!({})).await.refused(409, "dossier.proposal_missing");
}

#[tokio::test]
async fn a_supplement_brings_something_new_and_has_room_for_it() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, desk(&portal).await);
    let code = "1.004873";
    let component = definition(code)["components"][0].clone();
    let component_code = component["code"].as_str().unwrap().to_owned();
    let most = component["max_files"].as_u64().unwrap();
    let mut dossier = an.begins(code).await;
    for _ in 0..most {
        an.uploads(&dossier, &component_code).await.expect(201);
    }
    an.uploads(&dossier, &component_code).await.expect(422);
    an.completes(&dossier).await;
    an.hands_in(&mut dossier).await.expect(201);
    let defects = json!({ "defects": [{ "component_code": component_code, "reason": "Mờ." }] });
    desk.reception.does("request-supplement", &mut dossier, defects).await;
    let empty = an.tries("supplement", &dossier, json!({})).await;
    empty.refused(422, "general.invalid").names("/defects/0");
    // All places are taken by what was submitted; the supplement has places of its own.
    an.uploads(&dossier, &component_code).await.expect(201);
    an.does("supplement", &mut dossier, json!({})).await;
}

#[tokio::test]
async fn paper_without_an_account_is_supplemented_and_withdrawn_at_its_desk() {
    let portal = Portal::open().await;
    let desk = desk(&portal).await;
    let code = "1.004873";
    let me = desk.reception.get("/api/v1/me").send().await.expect(200);
    let papers: Vec<Value> = definition(code)["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| json!({ "component_code": component["code"], "originals": 1 }))
        .collect();
    let body = json!({
        "agency_id": me.body["grants"][0]["agency"]["id"], "procedure_code": code, "channel": "counter",
        "applicant": { "full_name": "Lê Thị Cúc", "citizen_number": "072190000018" },
        "answers": desk.reception.answers(code), "papers": papers,
    });
    let received =
        desk.reception.post("/api/v1/dossiers/receive").key("k").json(&body).send().await.expect(201);
    let mut dossier = Dossier {
        id: received.body["dossier_id"].as_str().unwrap().to_owned(),
        version: received.version(),
        number: received.body["number"].as_str().unwrap().to_owned(),
        secret: String::new(),
    };
    desk.reception.does("forward", &mut dossier, json!({})).await;
    let defects = json!({ "defects": [{ "component_code": papers[0]["component_code"], "reason": "Mờ." }] });
    desk.processing.does("request-supplement", &mut dossier, defects).await;
    // The desk scans what was brought, and sends it on for the person.
    desk.processing.tries("supplement", &dossier, json!({})).await.refused(403, "general.not_allowed");
    let component = papers[0]["component_code"].as_str().unwrap().to_owned();
    desk.reception.uploads(&dossier, &component).await.expect(201);
    desk.reception.does("supplement", &mut dossier, json!({})).await;
    let moved = desk.processing.does("accept-supplement", &mut dossier, json!({})).await;
    assert_eq!(moved["state"]["code"], 4);
    desk.reception.does("withdraw", &mut dossier, json!({ "reason": "Người dân xin rút tại quầy." })).await;
    desk.reception.does("confirm-withdrawal", &mut dossier, json!({})).await;
    // The trail of the dossier begins with its reception.
    let inspector = portal.sign_in("thanhtra").await;
    let trail = inspector.get(&format!("/api/v1/audit?object_id={}", dossier.id)).send().await.expect(200);
    let first = trail.body["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(first["action"], "dossier.receive");
}

#[tokio::test]
async fn a_result_is_not_returned_online_to_somebody_without_an_account() {
    let portal = Portal::open().await;
    let desk = desk(&portal).await;
    let code = "2.000815";
    let me = desk.reception.get("/api/v1/me").send().await.expect(200);
    let papers: Vec<Value> = definition(code)["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| json!({ "component_code": component["code"], "originals": 1 }))
        .collect();
    let body = json!({
        "agency_id": me.body["grants"][0]["agency"]["id"], "procedure_code": code, "channel": "counter",
        "applicant": { "full_name": "Lê Thị Cúc", "citizen_number": "072190000018" },
        "answers": desk.reception.answers(code), "papers": papers,
    });
    let received =
        desk.reception.post("/api/v1/dossiers/receive").key("k").json(&body).send().await.expect(201);
    let mut dossier = Dossier {
        id: received.body["dossier_id"].as_str().unwrap().to_owned(),
        version: received.version(),
        number: String::new(),
        secret: String::new(),
    };
    // Same day: the leader who decides finishes at once; whoever received it may not.
    let file_id = desk.leader.brings_result(&dossier).await;
    let finish = json!({ "outcome": "granted", "file_id": file_id });
    desk.reception.tries("finish", &dossier, finish.clone()).await.refused(409, "dossier.steps_remain");
    desk.leader.does("finish", &mut dossier, finish).await;
    let online = desk.reception.tries("return", &dossier, json!({ "how": "online" })).await;
    online.refused(422, "dossier.no_account_to_return_to");
    desk.reception.does("return", &mut dossier, json!({ "how": "counter" })).await;
}

#[tokio::test]
async fn an_answered_supplement_is_not_waited_for_again_after_a_withdrawal() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, desk(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    desk.reception.does("accept", &mut dossier, json!({})).await;
    desk.reception.does("forward", &mut dossier, json!({})).await;
    let defects = json!({ "defects": [{ "reason": "Mờ." }] });
    desk.processing.does("request-supplement", &mut dossier, defects).await;
    an.does("supplement", &mut dossier, json!({ "note": "Đã gửi." })).await;
    let why = json!({ "reason": "Tôi muốn rút." });
    an.does("withdraw", &mut dossier, why.clone()).await;
    desk.reception.does("reject-withdrawal", &mut dossier, why).await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM dossier_pauses WHERE ended_at IS NULL").await, 0);
}

#[tokio::test]
async fn what_is_open_is_what_would_be_done() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, desk(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    let open = |view: &Value| -> Vec<String> {
        view["open_moves"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let accepted = desk.reception.does("accept", &mut dossier, json!({})).await;
    assert!(!open(&accepted).contains(&"finish".to_owned()), "{accepted:#}");
    desk.reception.does("forward", &mut dossier, json!({})).await;
    let at_work = open(&desk.processing.sees(&mut dossier).await);
    assert!(
        at_work.contains(&"propose".to_owned()) && !at_work.contains(&"forward".to_owned()),
        "{at_work:?}"
    );
    let proposed = open(&desk.processing.does("propose", &mut dossier, propose("granted")).await);
    assert!(proposed.contains(&"forward".to_owned()), "{proposed:?}");
    desk.processing.does("forward", &mut dossier, json!({})).await;
    let at_approval = open(&desk.leader.sees(&mut dossier).await);
    assert!(at_approval.contains(&"approve".to_owned()), "{at_approval:?}");
    for word in ["propose", "forward", "finish"] {
        assert!(!at_approval.contains(&word.to_owned()), "{word} in {at_approval:?}");
    }
    let approved = open(&desk.leader.does("approve", &mut dossier, json!({})).await);
    assert!(
        approved.contains(&"finish".to_owned()) && !approved.contains(&"approve".to_owned()),
        "{approved:?}"
    );
}

#[tokio::test]
async fn an_inspector_reads_the_case_and_not_its_papers() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let code = "1.004873";
    let component = definition(code)["components"][0]["code"].as_str().unwrap().to_owned();
    let mut dossier = an.begins(code).await;
    let file = an.uploads(&dossier, &component).await.expect(201).body["id"].as_str().unwrap().to_owned();
    an.completes(&dossier).await;
    an.hands_in(&mut dossier).await.expect(201);
    let inspector = portal.sign_in("thanhtra").await;
    let seen = inspector.sees(&mut dossier).await;
    assert_eq!(seen["files"][0]["name"], component);
    inspector.get(&dossier.path(&format!("/files/{file}"))).send().await.refused(403, "general.not_allowed");
    let listed = inspector.get("/api/v1/dossiers").send().await.expect(200);
    assert_eq!(listed.body["items"][0]["applicant_name"], "N. V. A.");
}

#[tokio::test]
async fn many_small_patches_do_not_grow_a_large_draft() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut dossier = an.begins_with("1.004873", &json!({})).await;
    for turn in 0.. {
        let patch = json!({ "answers": { format!("k{turn}"): "x".repeat(100_000) } });
        let saved = an.patch(&dossier.path("")).seeing(dossier.version).json(&patch).send().await;
        if saved.status != 200 {
            saved.refused(413, "general.too_large");
            assert!(turn >= 2, "a form of some hundred kilobytes is fine");
            break;
        }
        assert!(turn < 5, "it grows without end");
        dossier.version = saved.version();
    }
}
