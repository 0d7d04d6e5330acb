//! Steps that want the applicant's word: asked, given, refused, or counted by silence.

use chrono::{DateTime, Duration, Utc};
use diesel::RunQueryDsl;
use serde_json::{Value, json};

use crate::support::{Dossier, Person, Portal};

const BIRTH: &str = "1.001193";

/// A birth registration on the desk of the officer who works on it.
async fn at_work(portal: &Portal) -> (Person, Person, Dossier) {
    let an = portal.an().await;
    let mut dossier = an.submits(BIRTH).await;
    let reception = portal.sign_in("tiepnhan.phuong").await;
    reception.does("accept", &mut dossier, json!({})).await;
    reception.does("forward", &mut dossier, json!({})).await;
    (an, portal.sign_in("xuly.phuong").await, dossier)
}

fn text() -> Value {
    json!({ "text": "Bản thảo Giấy khai sinh: Nguyễn Minh Khang, sinh ngày 20/12/2024." })
}

fn granted() -> Value {
    json!({ "outcome": "granted", "text": "Đủ điều kiện." })
}

fn has(view: &Value, word: &str) -> bool {
    view["open_moves"].as_array().unwrap().contains(&json!(word))
}

fn told(portal: &Portal, words: &str) -> usize {
    portal.mail.letters().iter().filter(|letter| letter.contains(words)).count()
}

async fn makes_silence_return(portal: &Portal) {
    portal
        .sql(|conn| {
            let statement =
                "UPDATE dossiers SET route = jsonb_set(route, '{1,confirmation,if_silent}', '\"returned\"')";
            diesel::sql_query(statement).execute(conn)?;
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn what_was_confirmed_goes_forward() {
    let portal = Portal::open().await;
    let (an, officer, mut dossier) = at_work(&portal).await;
    let before = officer.does("propose", &mut dossier, granted()).await;
    assert!(has(&before, "ask-confirmation") && !has(&before, "forward"), "{before:#}");
    officer.tries("forward", &dossier, json!({})).await.refused(409, "dossier.confirmation_missing");
    let early = an.tries("confirm", &dossier, json!({ "ok": true })).await;
    early.refused(409, "dossier.confirmation_not_asked");
    an.tries("ask-confirmation", &dossier, text()).await.refused(403, "general.not_allowed");
    let reception = portal.sign_in("tiepnhan.phuong").await;
    reception.tries("ask-confirmation", &dossier, text()).await.refused(403, "general.not_allowed");

    let asked = officer.does("ask-confirmation", &mut dossier, text()).await;
    assert_eq!(asked["state"]["code"], 4, "the time is the agency's");
    assert_eq!(asked["due_at"], before["due_at"]);
    assert!(!has(&asked, "forward") && !has(&asked, "ask-confirmation"), "{asked:#}");
    let respond_by: DateTime<Utc> = asked["confirmation"]["respond_by"].as_str().unwrap().parse().unwrap();
    assert!(respond_by > portal.state.clock.now(), "{respond_by}");
    officer.tries("forward", &dossier, json!({})).await.refused(409, "dossier.confirmation_open");
    officer.tries("ask-confirmation", &dossier, text()).await.refused(409, "dossier.confirmation_open");
    officer.tries("confirm", &dossier, json!({ "ok": true })).await.refused(403, "general.not_allowed");
    portal.run_jobs().await;
    assert_eq!(told(&portal, "Đề nghị xác nhận"), 1);
    assert_eq!(told(&portal, "được coi là đã xác nhận"), 1);
    assert_eq!(told(&portal, "Nguyễn Minh Khang, sinh ngày 20/12/2024"), 1);

    let seen = an.sees(&mut dossier).await;
    assert_eq!(seen["confirmation"]["text"], text()["text"]);
    assert_eq!(seen["confirmation"]["if_silent"], "confirmed");
    assert!(seen["confirmation"]["outcome"].is_null() && has(&seen, "confirm"), "{seen:#}");
    let confirmed = an.does("confirm", &mut dossier, json!({ "ok": true })).await;
    assert_eq!(confirmed["confirmation"]["outcome"], "confirmed");
    assert!(!has(&confirmed, "confirm"));
    let again = an.tries("confirm", &dossier, json!({ "ok": true })).await;
    again.refused(409, "dossier.confirmation_not_asked");
    officer.tries("ask-confirmation", &dossier, text()).await.refused(409, "dossier.confirmation_given");
    let forwarded = officer.does("forward", &mut dossier, json!({})).await;
    assert_eq!(forwarded["task"]["step_code"], "approval");
    assert!(forwarded["confirmation"].is_null(), "it belongs to the step that was left");

    // Back at work, the applicant is asked anew.
    let leader = portal.sign_in("lanhdao.phuong").await;
    leader.does("reject", &mut dossier, json!({ "reason": "Sai quê quán." })).await;
    officer.does("propose", &mut dossier, granted()).await;
    officer.tries("forward", &dossier, json!({})).await.refused(409, "dossier.confirmation_missing");
}

#[tokio::test]
async fn an_objection_is_seen_and_answered_by_asking_again() {
    let portal = Portal::open().await;
    let (an, officer, mut dossier) = at_work(&portal).await;
    officer.does("propose", &mut dossier, granted()).await;
    officer.does("ask-confirmation", &mut dossier, text()).await;
    let silent = an.tries("confirm", &dossier, json!({ "ok": false })).await;
    silent.refused(422, "general.invalid").names("/note");
    let company = portal.sign_in("8200000033").await;
    company.tries("confirm", &dossier, json!({ "ok": true })).await.refused(404, "general.not_found");
    let objection = json!({ "ok": false, "note": "Ngày sinh là 21/12/2024." });
    an.does("confirm", &mut dossier, objection).await;
    let seen = officer.sees(&mut dossier).await;
    assert_eq!(seen["confirmation"]["outcome"], "objected");
    assert_eq!(seen["confirmation"]["note"], "Ngày sinh là 21/12/2024.");
    assert!(has(&seen, "ask-confirmation") && !has(&seen, "forward"), "{seen:#}");
    let timeline = officer.get(&dossier.path("/timeline")).send().await.expect(200).body;
    let last = timeline.as_array().unwrap().last().unwrap();
    assert_eq!((&last["action"], &last["internal_note"]), (&json!("confirm"), &json!("objected")));
    assert_eq!(last["reason"], "Ngày sinh là 21/12/2024.");
    officer.tries("forward", &dossier, json!({})).await.refused(409, "dossier.confirmation_missing");
    officer.does("ask-confirmation", &mut dossier, text()).await;
    an.does("confirm", &mut dossier, json!({ "ok": true })).await;
    officer.does("forward", &mut dossier, json!({})).await;
}

#[tokio::test]
async fn silence_counts_as_a_yes_once() {
    let portal = Portal::open().await;
    let (_, officer, mut dossier) = at_work(&portal).await;
    officer.does("propose", &mut dossier, granted()).await;
    officer.does("ask-confirmation", &mut dossier, text()).await;
    portal.run_jobs().await;
    let closed = "SELECT count(*) AS count FROM dossier_moves WHERE action = 'close-unconfirmed' \
        AND actor_id IS NULL AND from_state = 4 AND to_state = 4";
    assert_eq!(portal.count(closed).await, 0, "not before its time");
    portal.advance(Duration::days(6));
    portal.run_jobs().await;
    portal.advance(Duration::hours(1));
    portal.run_jobs().await;
    assert_eq!(portal.count(closed).await, 1);
    let audited = "SELECT count(*) AS count FROM audit_records WHERE action = 'dossier.close_unconfirmed' AND account_id IS NULL";
    assert_eq!(portal.count(audited).await, 1);
    assert_eq!(told(&portal, "Coi như đã xác nhận"), 1);
    let officer = portal.sign_in("xuly.phuong").await;
    let seen = officer.sees(&mut dossier).await;
    assert_eq!(seen["confirmation"]["outcome"], "silent_confirmed");
    assert_eq!(seen["state"]["code"], 4);
    let late = portal.an().await.tries("confirm", &dossier, json!({ "ok": false, "note": "Sai." })).await;
    late.refused(409, "dossier.confirmation_not_asked");
    officer.does("forward", &mut dossier, json!({})).await;
}

#[tokio::test]
async fn where_silence_is_no_yes_the_officer_asks_again() {
    let portal = Portal::open().await;
    let (_, officer, mut dossier) = at_work(&portal).await;
    makes_silence_return(&portal).await;
    officer.does("propose", &mut dossier, granted()).await;
    officer.does("ask-confirmation", &mut dossier, text()).await;
    portal.advance(Duration::days(6));
    portal.run_jobs().await;
    portal.run_jobs().await;
    assert_eq!(told(&portal, "Chưa có xác nhận"), 1);
    let officer = portal.sign_in("xuly.phuong").await;
    let seen = officer.sees(&mut dossier).await;
    assert_eq!(seen["confirmation"]["outcome"], "silent_returned");
    officer.tries("forward", &dossier, json!({})).await.refused(409, "dossier.confirmation_missing");
    officer.does("ask-confirmation", &mut dossier, text()).await;
    portal.an().await.does("confirm", &mut dossier, json!({ "ok": true })).await;
    officer.does("forward", &mut dossier, json!({})).await;
}

#[tokio::test]
async fn a_question_that_is_left_behind_lapses() {
    let portal = Portal::open().await;
    let (an, officer, mut dossier) = at_work(&portal).await;
    officer.does("ask-confirmation", &mut dossier, text()).await;
    let why = json!({ "reason": "Tôi không còn nhu cầu." });
    an.does("withdraw", &mut dossier, why.clone()).await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM confirmations WHERE outcome = 'lapsed'").await, 1);
    let reception = portal.sign_in("tiepnhan.phuong").await;
    reception.does("reject-withdrawal", &mut dossier, why).await;
    portal.advance(Duration::days(6));
    portal.run_jobs().await;
    let closed = "SELECT count(*) AS count FROM dossier_moves WHERE action = 'close-unconfirmed'";
    assert_eq!(portal.count(closed).await, 0);
    let officer = portal.sign_in("xuly.phuong").await;
    officer.does("ask-confirmation", &mut dossier, text()).await;
}

#[tokio::test]
async fn a_step_that_wants_none_asks_none() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut dossier = an.submits("1.004873").await;
    let reception = portal.sign_in("tiepnhan.phuong").await;
    reception.does("accept", &mut dossier, json!({})).await;
    reception.does("forward", &mut dossier, json!({})).await;
    let officer = portal.sign_in("xuly.phuong").await;
    let seen = officer.sees(&mut dossier).await;
    assert!(!has(&seen, "ask-confirmation") && seen["confirmation"].is_null(), "{seen:#}");
    officer.tries("ask-confirmation", &dossier, text()).await.refused(409, "dossier.step_not_open");
    officer.does("propose", &mut dossier, granted()).await;
    officer.does("forward", &mut dossier, json!({})).await;
}
