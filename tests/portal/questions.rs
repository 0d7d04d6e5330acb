//! Questions: asked, answered in seven working days, forwarded without a new clock, published without the asker.

use chrono::{DateTime, Datelike, Duration, FixedOffset, TimeZone};
use diesel::connection::SimpleConnection;
use motcua::infra::clock::in_vietnam;
use motcua::infra::config::Profile;
use serde_json::{Value, json};

use crate::support::people::new_key;
use crate::support::{Answer, Person, Portal};

/// The agency at which this officer has a grant.
async fn agency_of(portal: &Portal, login: &str) -> String {
    let officer = portal.sign_in(login).await;
    let me = officer.get("/api/v1/me").send().await.expect(200);
    me.body["grants"][0]["agency"]["id"].as_str().unwrap().to_owned()
}

fn question_to(agency_id: &str) -> Value {
    json!({
        "agency_id": agency_id, "title": "Chứng thực bản sao ngoài giờ",
        "text": "Phường có chứng thực bản sao vào sáng thứ Bảy không?",
        "procedure_code": "2.000815", "may_publish": true,
    })
}

async fn asks(person: &Person, body: &Value) -> Answer {
    person.post("/api/v1/questions").key(&new_key()).json(body).send().await
}

fn path(question: &Answer, rest: &str) -> String {
    format!("/api/v1/questions/{}{rest}", question.body["id"].as_str().unwrap())
}

/// A step at a question, naming the version it has now.
async fn does(person: &Person, question: &Answer, word: &str, body: Value) -> Answer {
    let seen = person.get(&path(question, "")).send().await;
    let version = if seen.status == 200 { seen.version() } else { 1 };
    person.post(&path(question, &format!("/{word}"))).seeing(version).json(&body).send().await
}

fn time(value: &Value) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap()
}

/// Moves the portal to nine o'clock on the next 26 April that is to come: two days off lie ahead.
fn waits_for_april(portal: &Portal) {
    let now = in_vietnam(portal.state.clock.now());
    let at = |year| now.timezone().with_ymd_and_hms(year, 4, 26, 9, 0, 0).unwrap();
    let next = if at(now.year()) > now { at(now.year()) } else { at(now.year() + 1) };
    portal.advance(next - now);
}

fn advance_past(portal: &Portal, moment: DateTime<FixedOffset>) {
    let now = in_vietnam(portal.state.clock.now());
    portal.advance(moment - now + Duration::minutes(1));
}

async fn has_mail(portal: &Portal, login: &'static str, address: &'static str) {
    portal
        .sql(move |conn| {
            conn.batch_execute(&format!("UPDATE accounts SET email = '{address}' WHERE login = '{login}'"))?;
            Ok(())
        })
        .await;
}

fn letters_with(portal: &Portal, words: &str) -> usize {
    portal.mail.letters().iter().filter(|letter| letter.contains(words)).count()
}

#[tokio::test]
async fn a_question_is_answered_in_time_and_its_due_date_says_why() {
    let portal = Portal::open().await;
    waits_for_april(&portal);
    let agency = agency_of(&portal, "xuly.phuong").await;
    let an = portal.an().await;
    let asked = asks(&an, &question_to(&agency)).await.expect(201);
    let number = asked.body["number"].as_str().unwrap();
    assert!(number.starts_with("HD-") && number.ends_with("-0001"), "{number}");
    assert_eq!(asked.body["state"]["code"], "asked");
    assert_eq!(asked.body["field_code"], "certification");

    let deadline = an.get(&path(&asked, "/deadline")).send().await.expect(200);
    let trace = deadline.body["explanation"]["trace"].as_array().unwrap();
    let skipped =
        |day: &str| trace.iter().any(|line| line["date"].as_str().is_some_and(|date| date.ends_with(day)));
    assert!(skipped("-04-30") && skipped("-05-01"), "{:#}", deadline.body);
    assert_eq!(deadline.body["due_at"], asked.body["due_at"]);
    // Seven working days from a day in April are more than nine days when two of them are off.
    assert!(time(&asked.body["due_at"]) - time(&deadline.body["asked_at"]) >= Duration::days(9));
    portal.run_jobs().await;
    assert_eq!(
        letters_with(&portal, &format!("Đã nhận câu hỏi {number}")),
        1,
        "{:#?}",
        portal.mail.letters()
    );

    let officer = portal.sign_in("xuly.phuong").await;
    let queue = officer.get("/api/v1/questions/queue").send().await.expect(200);
    assert_eq!((queue.body["total"].as_i64(), &queue.body["items"][0]["id"]), (Some(1), &asked.body["id"]));
    officer.post(&path(&asked, "/claim")).send().await.expect(200);
    let answer =
        json!({ "text": "Có, từ 07:30 đến 11:30.", "legal_basis": ["Nghị định 23/2015/NĐ-CP, Điều 7"] });
    let answered = does(&officer, &asked, "answer", answer).await.expect(200);
    assert_eq!(answered.body["state"]["code"], "answered");
    let seen = an.get(&path(&asked, "")).send().await.expect(200);
    let told = &seen.body["rounds"][0]["answer"];
    assert_eq!((&told["text"], &told["was_late"]), (&json!("Có, từ 07:30 đến 11:30."), &json!(false)));
    assert_eq!(seen.body["is_overdue"], false);
    portal.run_jobs().await;
    assert_eq!(letters_with(&portal, "Có, từ 07:30 đến 11:30."), 1);
    let rated = an.post(&path(&asked, "/satisfaction")).json(&json!({ "score": 5 })).send().await.expect(200);
    assert_eq!(rated.body["satisfaction"], 5);
    an.post(&path(&asked, "/satisfaction"))
        .json(&json!({ "score": 6 }))
        .send()
        .await
        .expect(422)
        .names("/score");
    assert_eq!(officer.get("/api/v1/questions/queue").send().await.expect(200).body["total"], 0);
}

#[tokio::test]
async fn forwarding_does_not_restart_the_clock() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let competent = agency_of(&portal, "xuly.tuphap").await;
    let an = portal.an().await;
    let asked = asks(&an, &question_to(&agency)).await.expect(201);
    let stranger = portal.sign_in("xuly.tuphap").await;
    stranger.get(&path(&asked, "")).send().await.refused(404, "general.not_found");
    portal.advance(Duration::days(2));
    let officer = portal.sign_in("xuly.phuong").await;
    let forward = json!({ "agency_id": competent, "reason": "Thuộc thẩm quyền của Sở Tư pháp." });
    does(&officer, &asked, "forward", json!({ "agency_id": agency, "reason": "x" }))
        .await
        .refused(409, "question.already_there");
    let forwarded = does(&officer, &asked, "forward", forward).await.expect(200);
    assert_eq!(forwarded.body["due_at"], asked.body["due_at"]);
    assert_eq!(forwarded.body["forwards"][0]["reason"], "Thuộc thẩm quyền của Sở Tư pháp.");
    assert_eq!(forwarded.body["agency_id"], *competent);
    // The first agency still sees it and no longer has it; the second has it.
    does(&officer, &asked, "answer", json!({ "text": "Có." })).await.refused(403, "general.not_allowed");
    let competent_officer = portal.sign_in("xuly.tuphap").await;
    does(&competent_officer, &asked, "answer", json!({ "text": "Có." })).await.expect(200);
    portal.run_jobs().await;
    assert_eq!(letters_with(&portal, "đã được chuyển"), 1);
}

#[tokio::test]
async fn one_follow_up_with_its_own_clock() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let an = portal.an().await;
    let asked = asks(&an, &question_to(&agency)).await.expect(201);
    let again = json!({ "text": "Vậy sáng Chủ nhật thì sao?" });
    does(&an, &asked, "follow-up", again.clone()).await.refused(409, "question.illegal_move");
    let officer = portal.sign_in("xuly.phuong").await;
    does(&officer, &asked, "answer", json!({ "text": "Có." })).await.expect(200);
    portal.advance(Duration::days(3));
    let an = portal.an().await;
    let followed = does(&an, &asked, "follow-up", again.clone()).await.expect(200);
    assert_eq!(followed.body["state"]["code"], "follow_up_asked");
    assert!(time(&followed.body["due_at"]) > time(&asked.body["due_at"]));
    let officer = portal.sign_in("xuly.phuong").await;
    does(&officer, &asked, "answer", json!({ "text": "Không." })).await.expect(200);
    does(&an, &asked, "follow-up", again).await.refused(409, "question.illegal_move");
    let seen = an.get(&path(&asked, "")).send().await.expect(200);
    assert_eq!(seen.body["rounds"][0]["answer"]["text"], "Có.");
    assert_eq!(seen.body["rounds"][1]["answer"]["text"], "Không.");
}

#[tokio::test]
async fn only_a_copy_without_the_asker_is_published_and_found_without_accents() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let an = portal.an().await;
    let asked = asks(&an, &question_to(&agency)).await.expect(201);
    let mut private = question_to(&agency);
    private["may_publish"] = json!(false);
    let kept = asks(&an, &private).await.expect(201);
    let (officer, leader) = (portal.sign_in("xuly.phuong").await, portal.sign_in("lanhdao.phuong").await);
    let copy = |question: &str, answer: &str| json!({ "title": "Chứng thực vào thứ Bảy", "question_text": question, "answer_text": answer });
    let clean = copy("Phường có chứng thực sáng thứ Bảy không?", "Có, từ 07:30 đến 11:30.");
    does(&leader, &asked, "publish", clean.clone()).await.refused(409, "question.illegal_move");
    for question in [&asked, &kept] {
        does(&officer, question, "answer", json!({ "text": "Có." })).await.expect(200);
    }
    does(&leader, &kept, "publish", clean.clone()).await.refused(409, "question.no_consent");
    does(&officer, &asked, "publish", clean.clone()).await.refused(403, "general.not_allowed");
    for text in ["Gọi 0912 345 678.", "Số 072098000006.", "Thư an@motcua.example.", "Ông Nguyễn Văn An hỏi."]
    {
        does(&leader, &asked, "publish", copy(text, "Có."))
            .await
            .refused(422, "general.invalid")
            .names("/question_text");
        does(&leader, &asked, "publish", copy("Có không?", text)).await.expect(422).names("/answer_text");
    }
    let nobody = portal.nobody();
    assert_eq!(nobody.get("/api/v1/faq").send().await.expect(200).body["items"], json!([]));
    let published = does(&leader, &asked, "publish", clean).await.expect(200);
    assert_eq!(published.body["state"]["code"], "published");
    for found in ["/api/v1/faq?q=chung+thuc+thu+bay", "/api/v1/faq?q=ch%E1%BB%A9ng&field=certification"] {
        let page = nobody.get(found).send().await.expect(200);
        assert_eq!(page.body["items"][0]["id"], published.body["published_id"], "{found}");
        let bytes = String::from_utf8_lossy(&page.bytes).into_owned();
        assert!(!bytes.contains("Nguyễn") && !bytes.contains(asked.body["id"].as_str().unwrap()), "{bytes}");
    }
    assert_eq!(nobody.get("/api/v1/faq?q=ho+tich").send().await.expect(200).body["items"], json!([]));
    let entry = format!("/api/v1/faq/{}", published.body["published_id"].as_str().unwrap());
    nobody.get(&entry).send().await.expect(200);
    does(&leader, &asked, "unpublish", json!({ "reason": "Căn cứ đã hết hiệu lực." })).await.expect(200);
    nobody.get(&entry).send().await.expect(404);
}

#[tokio::test]
async fn a_reminder_before_the_end_and_one_escalation_after_it() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    has_mail(&portal, "xuly.phuong", "xuly@phuong.example").await;
    has_mail(&portal, "lanhdao.phuong", "lanhdao@phuong.example").await;
    let an = portal.an().await;
    let asked = asks(&an, &question_to(&agency)).await.expect(201);
    // Not asked again before the test ends: the worker was away from now on.
    let forgotten = asks(&an, &question_to(&agency)).await.expect(201);
    let due_at = time(&asked.body["due_at"]);
    let number = asked.body["number"].as_str().unwrap();

    portal.run_jobs().await;
    assert_eq!(letters_with(&portal, "sắp đến hạn trả lời"), 0);
    advance_past(&portal, due_at - Duration::hours(3));
    portal.run_jobs().await;
    portal.run_jobs().await;
    assert_eq!(
        letters_with(&portal, &format!("Câu hỏi {number} sắp đến hạn")),
        1,
        "{:#?}",
        portal.mail.letters()
    );
    assert_eq!(letters_with(&portal, "đã quá hạn trả lời"), 0);

    let leader = portal.sign_in("lanhdao.phuong").await;
    assert_eq!(leader.get("/api/v1/questions/late").send().await.expect(200).body["total"], 0);
    does(&portal.sign_in("xuly.phuong").await, &forgotten, "answer", json!({ "text": "Có." }))
        .await
        .expect(200);
    portal.advance(Duration::days(40));
    portal.run_jobs().await;
    portal.run_jobs().await;
    portal.advance(Duration::days(1));
    portal.run_jobs().await;
    assert_eq!(letters_with(&portal, &format!("Câu hỏi {number} đã quá hạn")), 1);
    assert_eq!(letters_with(&portal, "To: lanhdao@phuong.example"), 1, "{:#?}", portal.mail.letters());
    let alarms = "SELECT count(*) AS count FROM question_alarms";
    assert_eq!(portal.count(alarms).await, 3);

    for login in ["lanhdao.phuong", "thanhtra"] {
        let late = portal.sign_in(login).await.get("/api/v1/questions/late").send().await.expect(200);
        assert_eq!(
            (late.body["total"].as_i64(), &late.body["items"][0]["agency_id"]),
            (Some(1), &json!(agency))
        );
        assert_eq!(late.body["items"][0]["is_overdue"], true);
    }
    let citizen = portal.an().await.get("/api/v1/questions/late").send().await.expect(200);
    assert_eq!(citizen.body["total"], 0);
}

#[tokio::test]
async fn after_downtime_what_is_late_is_escalated_and_not_reminded() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let an = portal.an().await;
    asks(&an, &question_to(&agency)).await.expect(201);
    portal.advance(Duration::days(60));
    portal.run_jobs().await;
    let of = |kind: &str| format!("SELECT count(*) AS count FROM question_alarms WHERE kind = '{kind}'");
    assert_eq!(portal.count(of("escalation").leak()).await, 1);
    assert_eq!(portal.count(of("reminder").leak()).await, 0);
}

#[tokio::test]
async fn what_is_not_ones_own_looks_absent() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let an = portal.an().await;
    let asked = asks(&an, &question_to(&agency)).await.expect(201);
    for login in ["8200000033", "xuly.tuphap", "thutuc"] {
        let stranger = portal.sign_in(login).await;
        stranger.get(&path(&asked, "")).send().await.refused(404, "general.not_found");
        stranger.get(&path(&asked, "/deadline")).send().await.refused(404, "general.not_found");
        stranger.post(&path(&asked, "/claim")).send().await.refused(404, "general.not_found");
        does(&stranger, &asked, "answer", json!({ "text": "Có." })).await.refused(404, "general.not_found");
        does(&stranger, &asked, "withdraw", json!({})).await.refused(404, "general.not_found");
        assert_eq!(stranger.get("/api/v1/questions").send().await.expect(200).body["items"], json!([]));
        assert_eq!(stranger.get("/api/v1/questions/queue").send().await.expect(200).body["total"], 0);
    }
    portal.nobody().get(&path(&asked, "")).send().await.expect(401);
    // The inspector sees the question and not the person.
    let inspected = portal.sign_in("thanhtra").await.get(&path(&asked, "")).send().await.expect(200);
    assert_eq!(inspected.body["asker_name"], "N. V. A.");
    let looks = "SELECT count(*) AS count FROM audit_records WHERE action = 'question.see'";
    assert_eq!(portal.count(looks).await, 1);
    // An officer has no questions under the office's account.
    asks(&portal.sign_in("xuly.phuong").await, &question_to(&agency)).await.expect(403);
}

#[tokio::test]
async fn two_officers_one_claim() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let asked = asks(&portal.an().await, &question_to(&agency)).await.expect(201);
    let (one, other) = (portal.sign_in("xuly.phuong").await, portal.sign_in("tiepnhan.phuong").await);
    let claims = futures_util::future::join(
        one.post(&path(&asked, "/claim")).send(),
        other.post(&path(&asked, "/claim")).send(),
    );
    let (first, second) = claims.await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let (winner, loser) = if first.status == 200 { (&one, &other) } else { (&other, &one) };
    does(loser, &asked, "answer", json!({ "text": "Có." })).await.refused(409, "question.claimed_by_other");
    loser.post(&path(&asked, "/release")).send().await.refused(409, "question.not_claimed");
    let mine = winner.get("/api/v1/questions/queue?holder=me").send().await.expect(200);
    assert_eq!(mine.body["total"], 1);
    assert_eq!(loser.get("/api/v1/questions/queue?holder=nobody").send().await.expect(200).body["total"], 0);
    winner.post(&path(&asked, "/release")).send().await.expect(200);
    let stale = loser.post(&path(&asked, "/answer")).seeing(1).json(&json!({ "text": "Có." })).send().await;
    stale.refused(412, "general.stale");
    loser.post(&path(&asked, "/claim")).send().await.expect(200);
    // A lease that ran out holds nothing.
    portal.advance(Duration::hours(5));
    let winner = portal.sign_in("xuly.phuong").await;
    does(&winner, &asked, "answer", json!({ "text": "Có." })).await.expect(200);
}

#[tokio::test]
async fn bad_questions_are_refused_with_every_fault() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let an = portal.an().await;
    let mut bad = question_to("0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21");
    bad["title"] = json!("  ");
    bad["text"] = json!("a".repeat(5001));
    bad["field_code"] = json!("no_such_field");
    bad["procedure_code"] = json!("9.999999");
    let refused = asks(&an, &bad).await.refused(422, "general.invalid");
    for pointer in ["/agency_id", "/title", "/text", "/field_code", "/procedure_code"] {
        refused.clone().names(pointer);
    }
    let mut unknown = question_to(&agency);
    unknown["urgent"] = json!(true);
    asks(&an, &unknown).await.expect(422).names("/urgent");
    an.post("/api/v1/questions")
        .json(&question_to(&agency))
        .send()
        .await
        .refused(400, "idempotency.key_missing");

    let closing = agency.clone();
    portal
        .sql(move |conn| {
            let yesterday = "valid_to = (now() - interval '2 days')::date";
            conn.batch_execute(&format!("UPDATE agencies SET {yesterday} WHERE id = '{closing}'"))?;
            Ok(())
        })
        .await;
    let refused = asks(&an, &question_to(&agency)).await.expect(422).names("/agency_id");
    assert_eq!(refused.body["errors"][0]["code"], "closed");
}

#[tokio::test]
async fn the_same_key_asks_once() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let an = portal.an().await;
    let key = new_key();
    let ask = |body: Value| an.post("/api/v1/questions").key(&key).json(&body).send();
    let first = ask(question_to(&agency)).await.expect(201);
    let again = ask(question_to(&agency)).await.expect(201);
    assert_eq!(first.body, again.body);
    let mut other = question_to(&agency);
    other["title"] = json!("Câu khác");
    ask(other).await.refused(422, "idempotency.key_reused");
    assert_eq!(portal.count("SELECT count(*) AS count FROM questions").await, 1);
    let second = asks(&an, &question_to(&agency)).await.expect(201);
    assert!(second.body["number"].as_str().unwrap().ends_with("-0002"));
}

#[tokio::test]
async fn a_complaint_is_told_where_to_go() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let an = portal.an().await;
    let asked = asks(&an, &question_to(&agency)).await.expect(201);
    let officer = portal.sign_in("tiepnhan.phuong").await;
    let refusal = json!({ "kind": "complaint", "reason": "Khiếu nại quyết định xử phạt." });
    let refused = does(&officer, &asked, "refuse", refusal).await.expect(200);
    assert_eq!(refused.body["state"]["code"], "refused");
    assert_eq!(refused.body["refusal"]["kind"], "complaint");
    portal.run_jobs().await;
    assert_eq!(letters_with(&portal, "Luật Khiếu nại 2011"), 1);
    let other = asks(&an, &question_to(&agency)).await.expect(201);
    let withdrawn = does(&an, &other, "withdraw", json!({})).await.expect(200);
    assert_eq!(withdrawn.body["open_moves"], json!([]));
    does(&officer, &other, "answer", json!({ "text": "Có." })).await.refused(409, "question.illegal_move");
}

#[tokio::test]
async fn a_question_without_an_account_waits_for_the_mail_check() {
    let open = |settings: &mut motcua::infra::config::Settings| settings.questions.anonymous = true;
    let portal = Portal::with(Profile::ThreeLevel, open).await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let mut body = question_to(&agency);
    body["name"] = json!("Trần Thị Cúc");
    body["email"] = json!("cuc@mail.example");
    let nobody = portal.nobody();
    nobody.post("/api/v1/questions/anonymous").key(&new_key()).json(&body).send().await.expect(202);
    portal.run_jobs().await;
    let officer = portal.sign_in("xuly.phuong").await;
    assert_eq!(officer.get("/api/v1/questions/queue").send().await.expect(200).body["total"], 0);
    assert_eq!(officer.get("/api/v1/questions").send().await.expect(200).body["items"], json!([]));

    let letter =
        portal.mail.letters().into_iter().find(|letter| letter.contains("To: cuc@mail.example")).unwrap();
    assert!(!letter.contains("Trần Thị Cúc"), "{letter}");
    let code = letter.split("Mã xác nhận: ").nth(1).unwrap().lines().next().unwrap().trim().to_owned();
    portal.advance(Duration::days(1));
    let wrong = json!({ "token": "AAAA-AAAA-AAAA-AAAA" });
    nobody
        .post("/api/v1/questions/confirm")
        .json(&wrong)
        .send()
        .await
        .refused(404, "question.confirmation_unknown");
    let right = json!({ "token": code.to_lowercase() });
    let confirmed = nobody.post("/api/v1/questions/confirm").json(&right).send().await.expect(200);
    assert!(confirmed.body["number"].as_str().unwrap().starts_with("HD-"));
    nobody.post("/api/v1/questions/confirm").json(&right).send().await.expect(404);
    let officer = portal.sign_in("xuly.phuong").await;
    let queue = officer.get("/api/v1/questions/queue").send().await.expect(200);
    assert_eq!(queue.body["items"][0]["due_at"], confirmed.body["due_at"]);
    let id = queue.body["items"][0]["id"].as_str().unwrap().to_owned();
    let answer = officer
        .post(&format!("/api/v1/questions/{id}/answer"))
        .seeing(2)
        .json(&json!({ "text": "Có, đến 11:30." }));
    answer.send().await.expect(200);
    portal.run_jobs().await;
    assert_eq!(letters_with(&portal, "Có, đến 11:30."), 1);

    // What is never confirmed is forgotten, letter and all.
    nobody.post("/api/v1/questions/anonymous").key(&new_key()).json(&body).send().await.expect(202);
    portal.run_jobs().await;
    portal.advance(Duration::hours(50));
    portal.run_jobs().await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM questions").await, 1);

    let closed = Portal::open().await;
    let refused =
        closed.nobody().post("/api/v1/questions/anonymous").key(&new_key()).json(&body).send().await;
    refused.refused(403, "question.anonymous_closed");
}

#[tokio::test]
async fn a_new_day_off_moves_running_deadlines_once_and_on_record() {
    let portal = Portal::open().await;
    let agency = agency_of(&portal, "xuly.phuong").await;
    let an = portal.an().await;
    let asked = asks(&an, &question_to(&agency)).await.expect(201);
    let done = asks(&an, &question_to(&agency)).await.expect(201);
    let officer = portal.sign_in("xuly.phuong").await;
    does(&officer, &done, "answer", json!({ "text": "Có." })).await.expect(200);
    let day = time(&asked.body["due_at"]).date_naive();
    let storm = json!({
        "legal_notice": "Công văn 1/UBND",
        "days": [{ "date": day, "kind": "day_off", "name_vi": "Bão", "name_en": "Storm" }],
    });
    let administrator = portal.sign_in("quantri").await;
    administrator.post("/api/v1/calendar/days").key(&new_key()).json(&storm).send().await.expect(201);
    portal.run_jobs().await;
    portal.advance(Duration::minutes(1));
    portal.run_jobs().await;
    let an = portal.an().await;
    let deadline = an.get(&path(&asked, "/deadline")).send().await.expect(200);
    assert!(time(&deadline.body["due_at"]) > time(&asked.body["due_at"]));
    let changes = deadline.body["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((&changes[0]["rule"], &changes[0]["was_late"]), (&json!("Công văn 1/UBND"), &json!(false)));
    let trace = deadline.body["explanation"]["trace"].as_array().unwrap();
    assert!(trace.iter().any(|line| line["notice"] == "Công văn 1/UBND"), "{trace:#?}");
    let seen = an.get(&path(&asked, "")).send().await.expect(200);
    assert_eq!(seen.body["due_at"], deadline.body["due_at"]);
    let settled = an.get(&path(&done, "/deadline")).send().await.expect(200);
    assert_eq!(settled.body["due_at"], done.body["due_at"]);
    assert_eq!(letters_with(&portal, "Hạn trả lời câu hỏi"), 1, "{:#?}", portal.mail.letters());
}
