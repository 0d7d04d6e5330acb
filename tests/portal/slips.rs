//! The slips of Circular 03/2025/TT-VPCP: issued by the moves, numbered per agency and year, and the register.

use chrono::Datelike;
use motcua::infra::clock::in_vietnam;
use serde_json::{Value, json};

use crate::support::Portal;

const RESIDENCE: &str = "1.004222";
const DESK: &str = "congan.phuong";

#[tokio::test]
async fn moves_issue_their_slips_with_numbers_of_the_agency_and_year() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let desk = portal.sign_in(&format!("tiepnhan.{DESK}")).await;
    let year = in_vietnam(portal.state.clock.now()).year();

    let mut first = an.submits(RESIDENCE).await;
    an.get(&first.path("/slips/1")).send().await.expect(404);
    desk.does("accept", &mut first, json!({})).await;
    let slip = an.get(&first.path("/slips/1")).send().await.expect(200).body;
    assert_eq!(slip["number"], format!("0001/{year}"), "{slip:#}");
    assert_eq!(slip["regime"], "Circular 03/2025/TT-VPCP");
    assert_eq!(slip["name_en"], "Receipt and appointment slip");
    assert_eq!(slip["data"]["number"], first.number);
    assert!(slip["data"]["due_at"].is_string() && slip["data"]["applicant_name"].is_string());
    assert!(!slip["data"]["files"].as_array().unwrap().is_empty(), "{slip:#}");

    desk.does("request-supplement", &mut first, json!({ "defects": [{ "reason": "Bản chụp bị mờ." }] }))
        .await;
    let slip = an.get(&first.path("/slips/2")).send().await.expect(200).body;
    assert_eq!(slip["number"], format!("0002/{year}"));
    assert_eq!(slip["data"]["supplement"]["defects"][0]["reason"], "Bản chụp bị mờ.");

    let mut second = an.submits(RESIDENCE).await;
    // What is refused as illegal takes no number.
    desk.tries("stop", &second, json!({ "reason": "Không." })).await;
    desk.does("refuse", &mut second, json!({ "reason": "Không thuộc thẩm quyền." })).await;
    let slip = an.get(&second.path("/slips/3")).send().await.expect(200).body;
    assert_eq!(slip["number"], format!("0003/{year}"));
    assert_eq!(slip["data"]["reason"], "Không thuộc thẩm quyền.");

    let mut third = an.submits(RESIDENCE).await;
    desk.does("accept", &mut third, json!({})).await;
    let leader = portal.sign_in(&format!("lanhdao.{DESK}")).await;
    leader.does("stop", &mut third, json!({ "reason": "Người nộp đã chết." })).await;
    let slip = an.get(&third.path("/slips/5")).send().await.expect(200).body;
    assert_eq!(slip["number"], format!("0005/{year}"));

    // The control slip is the administration's, made when it is read.
    let control = desk.get(&first.path("/slips/6")).send().await.expect(200).body;
    assert!(control["number"].is_null());
    let steps: Vec<&Value> =
        control["data"]["steps"].as_array().unwrap().iter().map(|step| &step["action"]).collect();
    assert_eq!(steps, ["submit", "accept", "request-supplement"]);
    an.get(&first.path("/slips/6")).send().await.expect(404);
    an.get(&first.path("/slips/9")).send().await.expect(404);
    let forms =
        |slips: &Value| slips.as_array().unwrap().iter().map(|slip| slip["form"].clone()).collect::<Vec<_>>();
    let mine = an.get(&first.path("/slips")).send().await.expect(200).body;
    assert_eq!(forms(&mine), [1, 2]);
    let theirs = desk.get(&first.path("/slips")).send().await.expect(200).body;
    assert_eq!(forms(&theirs), [1, 2, 6]);
    portal.sign_in("lanhdao.phuong").await.get(&first.path("/slips")).send().await.expect(404);
    portal.run_jobs().await;
}

#[tokio::test]
async fn two_acceptances_at_once_take_two_numbers() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let (mut one, mut other) = (an.submits(RESIDENCE).await, an.submits(RESIDENCE).await);
    let desk = portal.sign_in(&format!("tiepnhan.{DESK}")).await;
    let again = desk.clone();
    tokio::join!(desk.does("accept", &mut one, json!({})), again.does("accept", &mut other, json!({})));
    let numbers = "SELECT count(DISTINCT serial) AS count FROM slips WHERE form = 1 AND serial IN (1, 2)";
    assert_eq!(portal.count(numbers).await, 2);
    portal.run_jobs().await;
}

#[tokio::test]
async fn the_register_lists_what_an_agency_received_page_by_page() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.push(an.submits(RESIDENCE).await.number);
    }
    let leader = portal.sign_in(&format!("lanhdao.{DESK}")).await;
    let me = leader.get("/api/v1/me").send().await.expect(200).body;
    let agency = me["grants"][0]["agency"]["id"].as_str().unwrap().to_owned();
    let today = in_vietnam(portal.state.clock.now()).date_naive();
    let path = format!("/api/v1/registers?agency_id={agency}&from={today}&to={today}&limit=2");
    let page = leader.get(&path).send().await.expect(200).body;
    let next = page["next"].as_str().unwrap_or_else(|| panic!("{page:#}"));
    let rest = leader.get(&format!("{path}&cursor={next}")).send().await.expect(200).body;
    let listed: Vec<&Value> = [&page, &rest]
        .into_iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|line| &line["number"])
        .collect();
    assert_eq!(listed, numbers.iter().collect::<Vec<_>>());
    assert!(rest["next"].is_null());
    an.get(&path).send().await.expect(403);
    portal.sign_in("lanhdao.phuong").await.get(&path).send().await.expect(403);
    let yesterday = today.pred_opt().unwrap();
    let backwards = format!("/api/v1/registers?agency_id={agency}&from={today}&to={yesterday}");
    leader.get(&backwards).send().await.refused(422, "general.invalid").names("to");
    portal.run_jobs().await;
}
