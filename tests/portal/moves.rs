//! The workflow: every legal move leads where the table says, every other is refused with what is open.

use motcua::catalogue::definition::SupplementOutcome;
use motcua::dossiers::model::State;
use motcua::dossiers::workflow::{Move, Way, after, go, open_moves};
use serde_json::json;

use crate::support::{Dossier, Person, Portal};

/// The national table and the rules beside it, written down by hand: (from, move, to).
fn legal() -> Vec<(i16, &'static str, i16)> {
    vec![
        (0, "submit", 1),
        (0, "receive", 2),
        (1, "accept", 2),
        (1, "refuse", 3),
        (1, "request-supplement", 5),
        (1, "withdraw", 7),
        (2, "forward", 4),
        (2, "request-supplement", 5),
        (2, "request-payment", 6),
        (2, "withdraw", 7),
        (2, "apologise", 2),
        (2, "stop", 8),
        (2, "finish", 9),
        (4, "forward", 4),
        (4, "send-back", 4),
        (4, "propose", 4),
        (4, "approve", 4),
        (4, "reject", 4),
        (4, "request-supplement", 5),
        (4, "request-payment", 6),
        (4, "withdraw", 7),
        (4, "ask-confirmation", 4),
        (4, "confirm", 4),
        (4, "close-unconfirmed", 4),
        (4, "apologise", 4),
        (4, "stop", 8),
        (4, "finish", 9),
        (5, "supplement", 5),
        (5, "accept-supplement", 4),
        (5, "close-unsupplemented", 3),
        (5, "withdraw", 7),
        (6, "confirm-payment", 4),
        (6, "withdraw", 7),
        (7, "confirm-withdrawal", 8),
        (7, "reject-withdrawal", 4),
        (9, "return", 10),
        (9, "reopen", 4),
    ]
}

#[test]
fn the_moves_are_those_of_the_table_and_no_others() {
    let way = Way { waiting_from: Some(State::InProcessing), withdrawal_from: Some(State::InProcessing) };
    let stops = Move::CloseUnsupplemented(SupplementOutcome::Stop);
    let mut found = Vec::new();
    for from in State::ALL {
        for step in Move::ALL.into_iter().filter(|step| *step != stops) {
            if let Some(to) = after(from, step, way) {
                found.push((from.code(), step.word(), to.code()));
            }
        }
    }
    found.sort_unstable();
    let mut expected = legal();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(after(State::SupplementRequested, stops, way), Some(State::Stopped));
}

#[test]
fn what_was_asked_before_acceptance_goes_back_to_reception() {
    let way = Way { waiting_from: Some(State::NewlyRegistered), withdrawal_from: None };
    assert_eq!(after(State::SupplementRequested, Move::Supplement, way), Some(State::NewlyRegistered));
    assert_eq!(after(State::SupplementRequested, Move::AcceptSupplement, way), None);
}

#[test]
fn a_rejected_withdrawal_goes_back_to_where_it_was() {
    for before in State::ALL {
        let way = Way { withdrawal_from: Some(before), ..Way::default() };
        assert_eq!(after(State::WithdrawalRequested, Move::RejectWithdrawal, way), Some(before));
    }
}

#[test]
fn what_has_ended_stays_ended() {
    let way = Way { waiting_from: Some(State::InProcessing), withdrawal_from: Some(State::InProcessing) };
    for ended in State::ALL.into_iter().filter(|state| state.has_ended()) {
        assert!(open_moves(ended, way).is_empty());
        let refusal = go(ended, Move::Accept, way).unwrap_err();
        assert_eq!(refusal.code().code, "dossier.illegal_move");
        assert_eq!(refusal.members()["state"]["code"], ended.code());
    }
}

struct Desk {
    reception: Person,
    processing: Person,
    leader: Person,
}

impl Desk {
    async fn of(portal: &Portal) -> Self {
        Self {
            reception: portal.sign_in("tiepnhan.phuong").await,
            processing: portal.sign_in("xuly.phuong").await,
            leader: portal.sign_in("lanhdao.phuong").await,
        }
    }

    async fn accepts_and_forwards(&self, dossier: &mut Dossier) {
        self.reception.does("accept", dossier, json!({})).await;
        self.reception.does("forward", dossier, json!({})).await;
    }
}

fn defect() -> serde_json::Value {
    json!({ "defects": [{ "reason": "Bản chụp bị mờ." }] })
}

#[tokio::test]
async fn every_illegal_move_is_refused_over_http_with_what_is_open() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, Desk::of(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    // State 1: reception may accept, refuse or ask; nothing else.
    for (word, body) in [
        ("forward", json!({})),
        ("return", json!({ "how": "online" })),
        ("finish", json!({ "outcome": "refused", "note": "x" })),
        ("accept-supplement", json!({})),
        ("send-back", json!({ "reason": "x" })),
    ] {
        let refused = desk.reception.tries(word, &dossier, body).await;
        let refused = refused.refused(409, "dossier.illegal_move");
        assert_eq!(refused.body["state"]["code"], 1);
        let open = refused.body["open_moves"].as_array().unwrap();
        assert!(open.contains(&json!("accept")) && !open.contains(&json!(word)), "{open:?}");
    }
    desk.reception.does("refuse", &mut dossier, json!({ "reason": "Không thuộc thẩm quyền." })).await;
    for (person, word, body) in [(&an, "withdraw", json!({ "reason": "x" })), (&an, "supplement", json!({}))]
    {
        person.tries(word, &dossier, body).await.refused(409, "dossier.illegal_move");
    }
    let seen = an.sees(&mut dossier).await;
    assert_eq!(seen["open_moves"], json!([]));
    let timeline = an.get(&dossier.path("/timeline")).send().await.expect(200);
    let last = timeline.body.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["reason"], "Không thuộc thẩm quyền.");
    assert!(last["actor_name"].is_null(), "the applicant sees the office, not the officer");
}

#[tokio::test]
async fn a_supplement_before_acceptance_comes_back_to_reception() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, Desk::of(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    desk.reception.does("request-supplement", &mut dossier, defect()).await;
    let seen = an.sees(&mut dossier).await;
    assert_eq!(seen["state"]["code"], 5);
    assert_eq!(seen["supplement"]["defects"][0]["reason"], "Bản chụp bị mờ.");
    let back = an.does("supplement", &mut dossier, json!({ "note": "Đã gửi lại." })).await;
    assert_eq!(back["state"]["code"], 1);
    // A second request needs a leader.
    let again = desk.reception.tries("request-supplement", &dossier, defect()).await;
    again.refused(403, "dossier.second_supplement_needs_leader");
    desk.leader.does("request-supplement", &mut dossier, defect()).await;
}

#[tokio::test]
async fn a_supplement_moves_the_due_date_by_the_working_time_waited() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, Desk::of(&portal).await);
    let mut dossier = an.submits("1.004222").await;
    let reception = portal.sign_in("tiepnhan.congan.phuong").await;
    let processing = portal.sign_in("xuly.congan.phuong").await;
    reception.does("accept", &mut dossier, json!({})).await;
    let accepted = reception.does("forward", &mut dossier, json!({})).await;
    processing.does("request-supplement", &mut dossier, defect()).await;
    portal.advance(chrono::Duration::days(7));
    let an = portal.an().await;
    let answered = an.does("supplement", &mut dossier, json!({})).await;
    assert_eq!(answered["state"]["code"], 5, "whether it will do is the officer's to say");
    let due = |view: &serde_json::Value| {
        chrono::DateTime::parse_from_rfc3339(view["due_at"].as_str().unwrap()).unwrap()
    };
    let shifted = due(&answered) - due(&accepted);
    assert!(shifted >= chrono::Duration::days(6) && shifted <= chrono::Duration::days(9), "{shifted}");
    // The officer's own delay is not the citizen's.
    portal.advance(chrono::Duration::days(3));
    let processing = portal.sign_in("xuly.congan.phuong").await;
    let resumed = processing.does("accept-supplement", &mut dossier, json!({})).await;
    assert_eq!(resumed["state"]["code"], 4);
    assert_eq!(due(&resumed), due(&answered));
    drop(desk);
}

#[tokio::test]
async fn a_supplement_that_never_came_ends_as_the_procedure_says() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, Desk::of(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    desk.reception.does("request-supplement", &mut dossier, defect()).await;
    let reason = json!({ "reason": "Hết thời hạn bổ sung." });
    let early = desk.reception.tries("close-unsupplemented", &dossier, reason.clone()).await;
    early.refused(409, "dossier.supplement_not_expired");
    portal.advance(chrono::Duration::days(90));
    let reception = portal.sign_in("tiepnhan.phuong").await;
    let closed = reception.does("close-unsupplemented", &mut dossier, reason).await;
    let outcome = crate::support::portal::definition("1.004873")["supplement"]["outcome"].clone();
    assert_eq!(closed["state"]["code"], if outcome == "refuse" { 3 } else { 8 });
}

#[tokio::test]
async fn payment_pauses_and_confirmation_moves_on() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, Desk::of(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    desk.reception.does("accept", &mut dossier, json!({})).await;
    let zero =
        desk.reception.tries("request-payment", &dossier, json!({ "amount": 0, "reason": "Phí" })).await;
    zero.refused(422, "general.invalid").names("/amount");
    desk.reception
        .does("request-payment", &mut dossier, json!({ "amount": 8000, "reason": "Phí trích lục" }))
        .await;
    assert_eq!(an.sees(&mut dossier).await["payment"]["amount"], 8000);
    let moved =
        desk.reception.does("confirm-payment", &mut dossier, json!({ "receipt_number": "BL-1" })).await;
    // It had waited at reception: the national states know no way back to 2, so it goes to the first step.
    assert_eq!(moved["state"]["code"], 4);
    assert_eq!(moved["task"]["role"], "processing");
    assert!(moved["payment"].is_null());
}

#[tokio::test]
async fn a_withdrawal_is_confirmed_or_goes_back() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, Desk::of(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    desk.accepts_and_forwards(&mut dossier).await;
    let why = json!({ "reason": "Tôi không còn nhu cầu." });
    an.does("withdraw", &mut dossier, why.clone()).await;
    let back = desk.reception.does("reject-withdrawal", &mut dossier, why.clone()).await;
    assert_eq!(back["state"]["code"], 4);
    an.does("withdraw", &mut dossier, why).await;
    let stopped = desk.reception.does("confirm-withdrawal", &mut dossier, json!({})).await;
    assert_eq!(stopped["state"]["code"], 8);
    portal.run_jobs().await;
}

#[tokio::test]
async fn two_persons_decide_and_a_rejection_goes_back_to_the_work() {
    let portal = Portal::open().await;
    let (an, desk) = (portal.an().await, Desk::of(&portal).await);
    let mut dossier = an.submits("1.004873").await;
    desk.accepts_and_forwards(&mut dossier).await;
    desk.processing.tries("forward", &dossier, json!({})).await.refused(409, "dossier.proposal_missing");
    let granted = json!({ "outcome": "granted", "text": "Đủ điều kiện." });
    desk.leader.does("propose", &mut dossier, granted.clone()).await;
    desk.processing.does("forward", &mut dossier, json!({})).await;
    desk.leader.tries("approve", &dossier, json!({})).await.refused(403, "dossier.same_person");
    let rejected = desk.leader.does("reject", &mut dossier, json!({ "reason": "Thiếu xác minh." })).await;
    assert_eq!(rejected["task"]["role"], "processing");
    let too_soon = json!({ "outcome": "refused", "note": "x" });
    desk.processing.tries("finish", &dossier, too_soon).await.refused(409, "dossier.steps_remain");
    desk.processing.does("propose", &mut dossier, granted).await;
    desk.processing.does("forward", &mut dossier, json!({})).await;
    let unapproved = json!({ "outcome": "refused", "note": "x" });
    desk.leader.tries("finish", &dossier, unapproved).await.refused(409, "dossier.not_approved");
    desk.leader.does("approve", &mut dossier, json!({})).await;
    let missing = json!({ "outcome": "granted" });
    desk.leader.tries("finish", &dossier, missing).await.refused(422, "dossier.result_file_missing");
    let file_id = desk.leader.brings_result(&dossier).await;
    desk.leader.does("finish", &mut dossier, json!({ "outcome": "granted", "file_id": file_id })).await;
    let held_back = an.sees(&mut dossier).await;
    assert!(held_back["result"].is_null(), "not handed over yet");
    an.get(&dossier.path(&format!("/files/{file_id}"))).send().await.refused(404, "general.not_found");
    let reopened = desk.reception.does("reopen", &mut dossier, json!({ "reason": "Sai họ tên." })).await;
    assert_eq!(reopened["state"]["code"], 4);
    assert!(reopened["finished_at"].is_null());
}

#[tokio::test]
async fn a_step_is_sent_back_with_its_reason() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut dossier = an.submits("2.000528").await;
    let desk = Desk::of(&portal).await;
    desk.accepts_and_forwards(&mut dossier).await;
    desk.processing.does("forward", &mut dossier, json!({})).await;
    let district = portal.sign_in("xuly.thanhpho").await;
    let wrong = json!({ "reason": "x", "to_step": "nowhere" });
    district.tries("send-back", &dossier, wrong).await.refused(422, "general.invalid").names("/to_step");
    let back =
        district.does("send-back", &mut dossier, json!({ "reason": "Thiếu biên bản xác minh." })).await;
    assert_eq!(back["task"]["role"], "processing");
    let timeline = desk.processing.get(&dossier.path("/timeline")).send().await.expect(200);
    let last = timeline.body.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["internal_note"], "Thiếu biên bản xác minh.");
    assert!(last["actor_name"].as_str().unwrap().contains("Thành phố Tây Ninh"));
}

#[tokio::test]
async fn paper_is_received_at_any_desk_and_the_competent_agency_handles() {
    let portal = Portal::open().await;
    let province = portal.sign_in("tiepnhan.tinh").await;
    let me = province.get("/api/v1/me").send().await.expect(200);
    let desk = me.body["grants"][0]["agency"]["id"].clone();
    let code = "1.004873";
    let definition = crate::support::portal::definition(code);
    let papers: Vec<_> = definition["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| json!({ "component_code": component["code"], "originals": 1 }))
        .collect();
    let body = json!({
        "agency_id": desk, "procedure_code": code, "channel": "counter",
        "applicant": { "full_name": "Lê Thị Cúc", "citizen_number": "072190000018" },
        "answers": province.answers(code), "papers": papers,
    });
    let received = province.post("/api/v1/dossiers/receive").key("k1").json(&body).send().await.expect(201);
    assert_eq!(received.body["state"]["code"], 2);
    assert!(received.body["due_at"].is_string());
    assert!(received.body["papers"].as_array().unwrap().len() == papers.len());
    let again = province.post("/api/v1/dossiers/receive").key("k1").json(&body).send().await.expect(201);
    assert_eq!(again.body, received.body);
    let mut dossier = Dossier {
        id: received.body["dossier_id"].as_str().unwrap().to_owned(),
        version: received.version(),
        number: String::new(),
        secret: String::new(),
    };
    let forwarded = province.does("forward", &mut dossier, json!({})).await;
    assert_eq!(forwarded["handling_agency_name"], "Ủy ban nhân dân Phường 1, Thành phố Tây Ninh");
    // Without the papers nothing is received.
    let mut without = body.clone();
    without["papers"] = json!([]);
    let refused = province.post("/api/v1/dossiers/receive").key("k2").json(&without).send().await;
    refused.refused(422, "general.invalid");
    // A desk that is not hers is none she can receive at.
    let phuong = portal.sign_in("tiepnhan.phuong").await;
    phuong
        .post("/api/v1/dossiers/receive")
        .key("k3")
        .json(&body)
        .send()
        .await
        .refused(403, "general.not_allowed");
}
