//! The law's clock in the product: the calculator, days off that change while dossiers run, warnings, lateness,
//! supplements that never come, apologies.

use chrono::{DateTime, Datelike, Duration, FixedOffset, NaiveDate, Weekday};
use clap::Parser;
use diesel::RunQueryDsl;
use motcua::authority::Op;
use motcua::calendar::cli::{CalendarCommand, run};
use motcua::dossiers::recompute;
use motcua::kernel::ids::CalendarChangeId;
use serde_json::{Value, json};

use crate::support::people::new_key;
use crate::support::{Answer, Dossier, Person, Portal};

const RESIDENCE: &str = "1.004222";
const DESK: &str = "congan.phuong";

#[derive(Parser)]
struct Typed {
    #[command(subcommand)]
    command: CalendarCommand,
}

fn on_the_command_line(line: &str) -> Value {
    let words = std::iter::once("calendar").chain(line.split_whitespace());
    let text = run(Typed::parse_from(words).command).unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn accepted(portal: &Portal) -> (Person, Dossier, Value) {
    let an = portal.an().await;
    let mut dossier = an.submits(RESIDENCE).await;
    let reception = portal.sign_in(&format!("tiepnhan.{DESK}")).await;
    let view = reception.does("accept", &mut dossier, json!({})).await;
    portal.run_jobs().await;
    (an, dossier, view)
}

fn at(value: &Value) -> DateTime<FixedOffset> {
    value.as_str().unwrap_or_else(|| panic!("no moment: {value}")).parse().unwrap()
}

async fn takes_off(administrator: &Person, day: NaiveDate) -> Answer {
    let body = json!({
        "legal_notice": "Công điện 05/CĐ-UBND",
        "days": [{ "date": day, "kind": "day_off", "name_vi": "Nghỉ phòng chống bão", "name_en": "Storm closure" }],
    });
    administrator.post("/api/v1/calendar/days").key(&new_key()).json(&body).send().await
}

fn told(portal: &Portal, words: &str) -> usize {
    portal.mail.letters().iter().filter(|letter| letter.contains(words)).count()
}

/// Moves the clock to a moment, and the person signs in again: tokens do not live that long.
fn go_to(portal: &Portal, moment: DateTime<FixedOffset>) {
    let ahead = moment.to_utc() - portal.state.clock.now();
    assert!(ahead > Duration::zero(), "a clock does not go back: {ahead}");
    portal.advance(ahead);
}

#[tokio::test]
async fn the_calculator_answers_as_the_command_line() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    for (query, line) in [
        (
            "from=2025-04-25T10:00:00%2B07:00&limit=3wd",
            "due --from 2025-04-25T10:00:00+07:00 --limit 3wd --json",
        ),
        (
            "from=2025-04-25T10:00:00+07:00&limit=5d&received=online",
            "due --from 2025-04-25T10:00:00+07:00 --limit 5d --received online --json",
        ),
        ("from=2026-01-31&limit=1m", "due --from 2026-01-31 --limit 1m --json"),
        ("from=2026-02-13T15:30&same_day=true", "due --from 2026-02-13T15:30 --same-day --json"),
        ("from=2026-11-21T09:00&received=counter", "due --from 2026-11-21T09:00 --received counter --json"),
        ("from=2030-01-21T09:00&limit=8h", "due --from 2030-01-21T09:00 --limit 8h --json"),
    ] {
        let answer = nobody.get(&format!("/api/v1/calendar/due?{query}")).send().await.expect(200);
        assert_eq!(answer.body, on_the_command_line(line), "{query}");
        assert!(
            answer.body["trace"].as_array().unwrap().iter().all(|line| line["vi"] != "" && line["en"] != "")
        );
    }
    let bad = nobody
        .get("/api/v1/calendar/due?from=yesterday&limit=-3wd")
        .send()
        .await
        .refused(422, "general.invalid");
    bad.names("from").names("limit");
    nobody
        .get("/api/v1/calendar/due?from=1999-12-31&limit=3wd")
        .send()
        .await
        .refused(422, "general.invalid")
        .names("from");
    nobody
        .get("/api/v1/calendar/due?from=2025-04-25")
        .send()
        .await
        .refused(422, "general.invalid")
        .names("limit");

    let year = nobody.get("/api/v1/calendar/days?year=2026").send().await.expect(200).body;
    let days = year["days"].as_array().unwrap();
    assert!(days.iter().any(|day| day["date"] == "2026-11-24" && day["kind"] == "holiday"), "{year:#}");
    let year = nobody.get("/api/v1/calendar/days?year=2031").send().await.expect(200).body;
    assert_eq!(year["announced"], false);
    nobody.get("/api/v1/calendar/days?year=1999").send().await.refused(422, "general.invalid").names("year");
}

#[tokio::test]
async fn a_faulty_list_is_named_row_by_row_and_nothing_is_applied() {
    let portal = Portal::open().await;
    let before = portal.count("SELECT count(*) AS count FROM calendar_days").await;
    let administrator = portal.sign_in("quantri").await;
    let body = json!({
        "legal_notice": "Thông báo 1",
        "days": [
            { "date": "2027-03-02", "kind": "day_off", "name_vi": "Nghỉ", "name_en": "Off" },
            { "date": "2027-03-03", "kind": "swap_work", "name_vi": "Làm bù", "name_en": "Worked" },
            { "date": "2027-03-02", "kind": "day_off", "name_vi": "Nghỉ", "name_en": "Off" },
            { "date": "2026-09-02", "kind": "holiday", "name_vi": "Quốc khánh", "name_en": "National Day" },
        ],
    });
    let refused = administrator.post("/api/v1/calendar/days").key(&new_key()).json(&body).send().await;
    let refused =
        refused.refused(422, "calendar.rows_refused").names("/days/1").names("/days/2").names("/days/3");
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 3, "{:#}", refused.body);
    let second = &refused.body["errors"][1];
    assert!(second["detail"].as_str().unwrap().contains("dòng 3"), "{second}");

    let unreadable = json!({
        "legal_notice": "Thông báo 1",
        "days": [
            { "date": "2027-02-30", "kind": "day_off", "name_vi": "Nghỉ" },
            { "date": "2027-03-01", "kind": "siesta", "name_vi": "Nghỉ" },
        ],
    });
    let refused = administrator.post("/api/v1/calendar/days").key(&new_key()).json(&unreadable).send().await;
    refused.refused(422, "calendar.rows_refused").names("/days/0").names("/days/1");
    let nameless = json!({ "legal_notice": " ", "days": [] });
    let refused = administrator.post("/api/v1/calendar/days").key(&new_key()).json(&nameless).send().await;
    refused.refused(422, "general.invalid").names("/legal_notice");

    // Moving onto a day that is known already.
    let moved = json!({
        "legal_notice": "Thông báo 2",
        "day": { "date": "2026-09-02", "kind": "holiday", "name_vi": "Quốc khánh", "name_en": "National Day" },
    });
    let refused = administrator.put("/api/v1/calendar/days/2026-11-24").json(&moved).send().await;
    refused.refused(422, "calendar.rows_refused").names("/day");
    administrator.put("/api/v1/calendar/days/2026-11-26").json(&moved).send().await.expect(404);
    administrator.delete("/api/v1/calendar/days/2026-11-24").send().await.expect(422);
    assert_eq!(portal.count("SELECT count(*) AS count FROM calendar_days").await, before);
    assert_eq!(portal.count("SELECT count(*) AS count FROM calendar_changes").await, 0);
    assert_eq!(
        portal.count("SELECT count(*) AS count FROM outbox_events WHERE kind = 'calendar.changed'").await,
        0
    );

    let leader = portal.sign_in(&format!("lanhdao.{DESK}")).await;
    let day = NaiveDate::from_ymd_opt(2027, 3, 2).unwrap();
    takes_off(&leader, day).await.expect(403);
    takes_off(&portal.nobody(), day).await.expect(401);
}

#[tokio::test]
async fn a_day_off_added_while_a_dossier_runs_moves_it_once_and_says_why() {
    let portal = Portal::open().await;
    let (an, mut dossier, view) = accepted(&portal).await;
    let due_at = at(&view["due_at"]);
    let administrator = portal.sign_in("quantri").await;
    let version = dossier.version;

    let key = new_key();
    let body = json!({
        "legal_notice": "Công điện 05/CĐ-UBND",
        "days": [{ "date": due_at.date_naive(), "kind": "day_off", "name_vi": "Nghỉ phòng chống bão", "name_en": "Storm closure" }],
    });
    let first = administrator.post("/api/v1/calendar/days").key(&key).json(&body).send().await.expect(201);
    let again = administrator.post("/api/v1/calendar/days").key(&key).json(&body).send().await.expect(201);
    assert_eq!(first.body, again.body);
    assert_eq!(portal.count("SELECT count(*) AS count FROM calendar_changes").await, 1);
    portal.run_jobs().await;

    let seen = an.sees(&mut dossier).await;
    let moved_to = at(&seen["due_at"]);
    assert!(moved_to > due_at, "{due_at} {moved_to}");
    assert_eq!(dossier.version, version, "an officer's decision is not refused because of a walk");
    let why = an.get(&dossier.path("/deadline")).send().await.expect(200).body;
    assert_eq!(at(&why["due_at"]), moved_to);
    assert_eq!(why["clock"], "processing");
    assert_eq!(why["changes"].as_array().unwrap().len(), 1, "{why:#}");
    assert_eq!(why["changes"][0]["legal_notice"], "Công điện 05/CĐ-UBND");
    assert_eq!(why["changes"][0]["was_missed"], false);
    assert_eq!(at(&why["changes"][0]["old_due_at"]), due_at);
    let storm = |line: &Value| {
        line["notice"] == "Công điện 05/CĐ-UBND" && line["vi"].as_str().unwrap().contains("bão")
    };
    assert!(why["trace"].as_array().unwrap().iter().any(storm), "{why:#}");
    let last = why["steps"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(at(&last["due_at"]), moved_to);
    assert_eq!(told(&portal, "Thay đổi ngày hẹn"), 1);
    assert!(portal.mail.letters().iter().any(|letter| letter.contains("Công điện 05/CĐ-UBND")));

    // The second walk finds nothing.
    portal.advance(Duration::minutes(2));
    portal.run_jobs().await;
    assert_eq!(told(&portal, "Thay đổi ngày hẹn"), 1);
    assert_eq!(
        portal.count("SELECT count(*) AS count FROM deadline_changes WHERE clock = 'processing'").await,
        1
    );

    // Taken back: it moves back, on record, and is told again.
    let day = due_at.date_naive();
    let administrator = portal.sign_in("quantri").await;
    let path = format!("/api/v1/calendar/days/{day}?legal_notice=C%C3%B4ng%20%C4%91i%E1%BB%87n%2006");
    administrator.delete(&path).send().await.expect(200);
    portal.run_jobs().await;
    assert_eq!(at(&portal.an().await.sees(&mut dossier).await["due_at"]), due_at);
    assert_eq!(told(&portal, "Thay đổi ngày hẹn"), 2);
    let changes = administrator.get("/api/v1/calendar/changes").send().await.expect(200).body;
    let whats: Vec<&Value> =
        changes["items"].as_array().unwrap().iter().map(|change| &change["what"]).collect();
    assert_eq!(whats, ["removed", "added"]);
    assert!(changes["items"][0]["recomputed_at"].is_string(), "{changes:#}");
}

#[tokio::test]
async fn the_reception_clock_moves_too_and_nobody_is_told() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let dossier = an.submits(RESIDENCE).await;
    portal.run_jobs().await;
    let before = an.get(&dossier.path("/deadline")).send().await.expect(200).body;
    assert_eq!(before["clock"], "reception");
    takes_off(&portal.sign_in("quantri").await, at(&before["due_at"]).date_naive()).await.expect(201);
    portal.run_jobs().await;
    let after = an.get(&dossier.path("/deadline")).send().await.expect(200).body;
    assert!(at(&after["due_at"]) > at(&before["due_at"]));
    let desk = portal.sign_in(&format!("tiepnhan.{DESK}")).await;
    let queue = desk.get("/api/v1/tasks").send().await.expect(200).body;
    assert_eq!(at(&queue["items"][0]["due_at"]), at(&after["due_at"]));
    assert_eq!(after["changes"][0]["clock"], "reception");
    assert_eq!(told(&portal, "Thay đổi ngày hẹn"), 0);
}

/// So many more dossiers like this one, running.
async fn copies(portal: &Portal, dossier: &Dossier, number: i64) {
    let id = dossier.id.clone();
    portal
        .state
        .db
        .patiently(move |conn| {
            let columns = columns_of(conn, "dossiers", &["id", "number"]);
            let of_tasks = columns_of(conn, "tasks", &["id", "dossier_id"]);
            diesel::sql_query(format!(
                "WITH copied AS (INSERT INTO dossiers (id, number, {columns}) \
                    SELECT gen_random_uuid(), number || '-' || n, {columns} FROM dossiers, generate_series(1, {number}) n \
                    WHERE id = '{id}' RETURNING id) \
                 INSERT INTO tasks (id, dossier_id, {of_tasks}) \
                    SELECT gen_random_uuid(), copied.id, {of_tasks} FROM copied, tasks \
                    WHERE dossier_id = '{id}' AND closed_at IS NULL"
            ))
            .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

fn columns_of(conn: &mut motcua::infra::db::Conn, table: &str, but: &[&str]) -> String {
    let statement = format!(
        "SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = '{table}'"
    );
    let names: Vec<Name> = diesel::sql_query(statement).load(conn).unwrap();
    let kept: Vec<String> =
        names.into_iter().map(|row| row.name).filter(|name| !but.contains(&name.as_str())).collect();
    kept.join(", ")
}

#[tokio::test]
async fn a_recomputation_killed_in_the_middle_goes_on_where_it_was() {
    let portal = Portal::open().await;
    let (_, dossier, view) = accepted(&portal).await;
    copies(&portal, &dossier, 119).await;
    let due_on = at(&view["due_at"]).date_naive();
    let change = takes_off(&portal.sign_in("quantri").await, due_on).await.expect(201);
    let change_id = CalendarChangeId::parse(change.body["id"].as_str().unwrap()).unwrap();

    // Two pages, then the lights go out: the third dies before its commit.
    let op = Op::system(portal.state.clock.now());
    for page in 0..3 {
        let (library, op) = (portal.state.library.clone(), op.clone());
        let outcome = portal
            .state
            .db
            .write(move |conn| {
                recompute::page(conn, &library, &op, change_id, 30)?;
                if page == 2 { Err(motcua::kernel::General::NotFound.into()) } else { Ok(()) }
            })
            .await;
        assert_eq!(outcome.is_ok(), page < 2);
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM deadline_changes").await, 60);
    portal.run_jobs().await;
    portal.advance(Duration::minutes(2));
    portal.run_jobs().await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM deadline_changes").await, 120);
    let moved = "SELECT count(DISTINCT due_at) AS count FROM dossiers WHERE state = 2";
    assert_eq!(portal.count(moved).await, 1, "all moved alike");
    let told = "SELECT count(*) AS count FROM outbox_events WHERE kind = 'dossier.deadline_moved'";
    assert_eq!(portal.count(told).await, 120, "each told once");
    let count = "SELECT deadlines_moved AS count FROM calendar_changes";
    assert_eq!(portal.count(count).await, 120);
}

#[tokio::test]
async fn what_was_missed_does_not_become_on_time_silently() {
    let portal = Portal::open().await;
    let (_, dossier, view) = accepted(&portal).await;
    let due_at = at(&view["due_at"]);
    go_to(&portal, due_at + Duration::minutes(30));
    takes_off(&portal.sign_in("quantri").await, due_at.date_naive()).await.expect(201);
    portal.run_jobs().await;
    let why = portal.an().await.get(&dossier.path("/deadline")).send().await.expect(200).body;
    assert_eq!(why["changes"][0]["was_missed"], true, "{why:#}");
    assert!(why["changes"][0]["vi"].as_str().unwrap().contains("trễ hạn"), "{why:#}");
}

async fn give_officers_addresses(portal: &Portal) {
    portal
        .sql(|conn| {
            diesel::sql_query(
                "UPDATE accounts SET email = login || '@motcua.example' WHERE kind = 'officer'",
            )
            .execute(conn)?;
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn the_desk_is_warned_once_and_lateness_goes_to_the_leader_once() {
    let portal = Portal::open().await;
    give_officers_addresses(&portal).await;
    let (_, mut dossier, _) = accepted(&portal).await;
    let desk = portal.sign_in(&format!("tiepnhan.{DESK}")).await;
    let view = desk.does("forward", &mut dossier, json!({})).await;
    let due_at = at(&view["due_at"]);

    go_to(&portal, due_at - Duration::hours(1));
    portal.run_jobs().await;
    portal.advance(Duration::minutes(20));
    portal.run_jobs().await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM deadline_warnings WHERE kind = 'near'").await, 1);
    let to_desk =
        portal.mail.letters().into_iter().filter(|letter| letter.contains("Sắp đến hạn")).collect::<Vec<_>>();
    assert_eq!(to_desk.len(), 1, "{to_desk:#?}");
    assert!(to_desk[0].contains("xuly.congan.phuong@motcua.example"), "{}", to_desk[0]);
    let officer = portal.sign_in(&format!("xuly.{DESK}")).await;
    let soon = officer.get("/api/v1/tasks?due_soon=true").send().await.expect(200).body;
    assert_eq!(soon["total"], 1, "{soon:#}");

    go_to(&portal, due_at + Duration::hours(1));
    portal.run_jobs().await;
    portal.advance(Duration::hours(3));
    portal.run_jobs().await;
    assert_eq!(
        portal.count("SELECT count(*) AS count FROM deadline_warnings WHERE kind = 'missed'").await,
        1
    );
    let late =
        portal.mail.letters().into_iter().filter(|letter| letter.contains("Trễ hạn")).collect::<Vec<_>>();
    assert!(late.iter().any(|letter| letter.contains("lanhdao.congan.phuong@motcua.example")), "{late:#?}");
    assert_eq!(late.len(), 2, "the officer and the leader: {late:#?}");
    let leader = portal.sign_in(&format!("lanhdao.{DESK}")).await;
    let queue = leader.get("/api/v1/tasks?overdue=true").send().await.expect(200).body;
    assert_eq!(queue["total"], 1);
    assert_eq!(queue["items"][0]["is_overdue"], true);
    assert_eq!(leader.get("/api/v1/tasks?overdue=false").send().await.expect(200).body["total"], 0);
    assert_eq!(leader.get("/api/v1/tasks?due_soon=true").send().await.expect(200).body["total"], 0);
    // Late never means refused.
    assert_eq!(portal.an().await.sees(&mut dossier).await["state"]["code"], 4);
}

#[tokio::test]
async fn what_downtime_held_up_is_said_afterwards() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let waiting = an.submits(RESIDENCE).await;
    let (_, _, view) = accepted(&portal).await;
    go_to(&portal, at(&view["due_at"]) + Duration::days(3));
    portal.run_jobs().await;
    assert_eq!(
        portal.count("SELECT count(*) AS count FROM deadline_warnings WHERE kind = 'missed'").await,
        1
    );
    assert_eq!(portal.count("SELECT count(*) AS count FROM deadline_warnings WHERE kind = 'near'").await, 0);
    assert_eq!(
        portal.count("SELECT count(*) AS count FROM deadline_warnings WHERE kind = 'reception_missed'").await,
        1
    );
    let why = portal.an().await.get(&waiting.path("/deadline")).send().await.expect(200).body;
    assert_eq!(why["is_overdue"], true);
}

#[tokio::test]
async fn a_supplement_that_never_came_is_closed_as_the_procedure_says() {
    let portal = Portal::open().await;
    let (_, mut dossier, _) = accepted(&portal).await;
    let desk = portal.sign_in(&format!("tiepnhan.{DESK}")).await;
    let defects = json!({ "defects": [{ "reason": "Bản chụp bị mờ." }] });
    desk.does("request-supplement", &mut dossier, defects).await;
    portal.advance(Duration::days(29));
    portal.run_jobs().await;
    assert_eq!(portal.an().await.sees(&mut dossier).await["state"]["code"], 5);
    portal.advance(Duration::days(3));
    portal.run_jobs().await;
    let an = portal.an().await;
    // 1.004222 says: refuse.
    assert_eq!(an.sees(&mut dossier).await["state"]["code"], 3);
    let timeline = an.get(&dossier.path("/timeline")).send().await.expect(200).body;
    let last = timeline.as_array().unwrap().last().unwrap();
    assert_eq!(last["action"], "close-unsupplemented");
    assert!(last["reason"].as_str().unwrap().contains("hết thời hạn bổ sung"), "{last}");
    let slip = an.get(&dossier.path("/slips/3")).send().await.expect(200).body;
    assert!(slip["data"]["reason"].as_str().unwrap().contains("hết thời hạn bổ sung"), "{slip:#}");
    let audited = "SELECT count(*) AS count FROM audit_records WHERE action = 'dossier.close_unsupplemented' AND account_id IS NULL";
    assert_eq!(portal.count(audited).await, 1);
    assert_eq!(told(&portal, &format!("Hồ sơ {} không được tiếp nhận", dossier.number)), 1);
    portal.advance(Duration::hours(1));
    portal.run_jobs().await;
    assert_eq!(portal.count(audited).await, 1);
}

fn working_day_after(day: NaiveDate, days: i64) -> NaiveDate {
    let mut found = day + Duration::days(days);
    let holidays = [(1, 1), (4, 30), (5, 1), (9, 1), (9, 2), (11, 24)];
    while matches!(found.weekday(), Weekday::Sat | Weekday::Sun)
        || holidays.contains(&(found.month(), found.day()))
    {
        found += Duration::days(1);
    }
    found
}

#[tokio::test]
async fn the_leader_apologises_in_time_and_once() {
    let portal = Portal::open().await;
    let (_, mut dossier, view) = accepted(&portal).await;
    let due_at = at(&view["due_at"]);
    let new_due_on = working_day_after(due_at.date_naive(), 7);
    let body = json!({ "reason": "Cần xác minh thêm tại nơi cư trú cũ.", "new_due_on": new_due_on });
    let officer = portal.sign_in(&format!("tiepnhan.{DESK}")).await;
    officer.tries("apologise", &dossier, body.clone()).await.refused(403, "general.not_allowed");
    let leader = portal.sign_in(&format!("lanhdao.{DESK}")).await;
    let earlier = json!({ "reason": "Chậm.", "new_due_on": due_at.date_naive() });
    leader.tries("apologise", &dossier, earlier).await.refused(422, "general.invalid").names("/new_due_on");
    let mut sunday = due_at.date_naive() + Duration::days(1);
    while sunday.weekday() != Weekday::Sun {
        sunday += Duration::days(1);
    }
    let on_sunday = json!({ "reason": "Chậm.", "new_due_on": sunday });
    leader.tries("apologise", &dossier, on_sunday).await.refused(422, "general.invalid").names("/new_due_on");

    let seen = leader.does("apologise", &mut dossier, body.clone()).await;
    assert_eq!(at(&seen["due_at"]).date_naive(), new_due_on);
    assert_eq!(seen["state"]["code"], 2);
    let again = json!({ "reason": "Vẫn chậm.", "new_due_on": working_day_after(new_due_on, 3) });
    leader.tries("apologise", &dossier, again).await.refused(409, "dossier.apology_given");
    portal.run_jobs().await;
    let an = portal.an().await;
    let why = an.get(&dossier.path("/deadline")).send().await.expect(200).body;
    assert_eq!(at(&why["original_due_at"]), due_at);
    assert_eq!(at(&why["apology"]["old_due_at"]), due_at);
    assert_eq!(at(&why["steps"].as_array().unwrap().last().unwrap()["due_at"]).date_naive(), new_due_on);
    let said = why["trace"].as_array().unwrap().iter().any(|line| line["reason"] == "apology");
    assert!(said, "{why:#}");
    assert_eq!(told(&portal, "Xin lỗi và hẹn lại"), 1);
    let slip = an.get(&dossier.path("/slips/4")).send().await.expect(200).body;
    assert_eq!(slip["data"]["apology"]["new_due_on"], json!(new_due_on));
    let timeline = an.get(&dossier.path("/timeline")).send().await.expect(200).body;
    assert_eq!(timeline.as_array().unwrap().last().unwrap()["action"], "apologise");

    // What waits afterwards moves the promised date on, and a walk over the calendar keeps the promise.
    let promised = at(&why["due_at"]);
    officer
        .does("request-supplement", &mut dossier, json!({ "defects": [{ "reason": "Thiếu chữ ký." }] }))
        .await;
    portal.advance(Duration::days(7));
    let an = portal.an().await;
    an.does("supplement", &mut dossier, json!({ "note": "Đã ký." })).await;
    let officer = portal.sign_in(&format!("tiepnhan.{DESK}")).await;
    let moved = officer.does("accept-supplement", &mut dossier, json!({})).await;
    let waited_for = at(&moved["due_at"]);
    assert!(waited_for > promised, "{promised} {waited_for}");
    let change = json!({
        "legal_notice": "Thông báo 3",
        "days": [{ "date": "2040-03-01", "kind": "day_off", "name_vi": "Nghỉ", "name_en": "Off" }],
    });
    let administrator = portal.sign_in("quantri").await;
    administrator.post("/api/v1/calendar/days").key(&new_key()).json(&change).send().await.expect(201);
    portal.run_jobs().await;
    assert_eq!(at(&an.sees(&mut dossier).await["due_at"]), waited_for);
    assert_eq!(portal.count("SELECT count(*) AS count FROM deadline_changes").await, 0);
}

#[tokio::test]
async fn an_apology_on_the_due_date_comes_too_late() {
    let portal = Portal::open().await;
    let (_, dossier, view) = accepted(&portal).await;
    let due_at = at(&view["due_at"]);
    go_to(&portal, due_at - Duration::hours(2));
    let leader = portal.sign_in(&format!("lanhdao.{DESK}")).await;
    let body = json!({ "reason": "Chậm.", "new_due_on": working_day_after(due_at.date_naive(), 5) });
    leader.tries("apologise", &dossier, body).await.refused(409, "dossier.apology_too_late");
}

/// `MOTCUA_DEADLINES=100000 make test ARGS=many_running_deadlines` measures: it prints how long the walk took, and how
/// long submissions took meanwhile.
#[tokio::test]
async fn many_running_deadlines_are_reckoned_again_beside_submissions() {
    let wanted = std::env::var("MOTCUA_DEADLINES").ok().map_or(2_000, |text| text.parse().unwrap());
    let portal = Portal::open().await;
    let (an, dossier, view) = accepted(&portal).await;
    copies(&portal, &dossier, wanted - 1).await;
    let due_on = at(&view["due_at"]).date_naive();
    let change = takes_off(&portal.sign_in("quantri").await, due_on).await.expect(201);
    let change_id = CalendarChangeId::parse(change.body["id"].as_str().unwrap()).unwrap();
    let op = Op::system(portal.state.clock.now());
    let begun = std::time::Instant::now();
    let walk = async {
        loop {
            let (library, op) = (portal.state.library.clone(), op.clone());
            let work = move |conn: &mut motcua::infra::db::Conn| {
                recompute::page(conn, &library, &op, change_id, recompute::PAGE)
            };
            if !portal.state.db.write(work).await.unwrap() {
                return begun.elapsed();
            }
        }
    };
    let submitting = async {
        let mut longest = std::time::Duration::ZERO;
        for _ in 0..20 {
            let mut draft = an.begins(RESIDENCE).await;
            an.completes(&draft).await;
            let asked = std::time::Instant::now();
            an.hands_in(&mut draft).await.expect(201);
            longest = longest.max(asked.elapsed());
        }
        longest
    };
    let (took, longest) = tokio::join!(walk, submitting);
    println!(
        "{wanted} running deadlines reckoned again in {took:?}; the longest of 20 submissions meanwhile {longest:?}"
    );
    let moved =
        portal.count("SELECT count(*) AS count FROM deadline_changes WHERE clock = 'processing'").await;
    assert_eq!(moved, wanted);
}
