//! Officers and what they hold: given within one's own coverage, in force at the next request, taken at once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::officers::{CHOSEN, INITIAL};
use crate::support::people::new_key;
use crate::support::{Answer, Person, Portal};

const OFFICERS: &str = "/api/v1/officers";

fn officer(login: &str, grants: Value) -> Value {
    json!({
        "login": login, "full_name": "Trần Thị Hoa", "email": "hoa@tayninh.gov.vn", "password": INITIAL,
        "grants": grants,
    })
}

fn at(role: &str, agency_id: &str) -> Value {
    json!({ "role": role, "agency_id": agency_id })
}

fn logins(answer: &Answer) -> Vec<&str> {
    answer.body["items"].as_array().unwrap().iter().map(|item| item["login"].as_str().unwrap()).collect()
}

async fn gives(person: &Person, officer_id: &str, grant: Value) -> Answer {
    person.post(&format!("{OFFICERS}/{officer_id}/grants")).key(&new_key()).json(&grant).send().await
}

#[tokio::test]
async fn the_same_key_makes_one_officer() {
    let portal = Portal::open().await;
    let here = portal.committee_of("25456").await;
    let administrator = portal.sign_in("quantri").await;
    let hoa = officer("tran.thi.hoa", json!([at("reception", &here)]));
    administrator.post(OFFICERS).json(&hoa).send().await.refused(400, "idempotency.key_missing");
    let made = administrator.post(OFFICERS).key("k1").json(&hoa).send().await.expect(201);
    let again = administrator.post(OFFICERS).key("k1").json(&hoa).send().await.expect(201);
    assert_eq!(made.bytes, again.bytes);
    let mut other = hoa.clone();
    other["full_name"] = json!("Khác");
    administrator.post(OFFICERS).key("k1").json(&other).send().await.refused(422, "idempotency.key_reused");
    administrator.post(OFFICERS).key("k2").json(&hoa).send().await.refused(409, "identity.login_taken");
    assert_eq!(portal.count("SELECT count(*) AS count FROM accounts WHERE login = 'tran.thi.hoa'").await, 1);
}

#[tokio::test]
async fn twenty_at_once_with_one_key_make_one_officer() {
    let portal = Portal::open().await;
    let here = portal.committee_of("25456").await;
    let administrator = portal.sign_in("quantri").await;
    let body = officer("cung.luc", json!([at("leader", &here)]));
    let answers =
        join_all((0..20).map(|_| administrator.post(OFFICERS).key("race").json(&body).send())).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.bytes), (201, &answers[0].bytes));
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM accounts WHERE login = 'cung.luc'").await, 1);
}

#[tokio::test]
async fn every_fault_of_a_new_officer_is_named_and_nothing_is_half_written() {
    let portal = Portal::open().await;
    let here = portal.committee_of("25456").await;
    let administrator = portal.sign_in("quantri").await;
    let faulty = json!({
        "login": "Á", "full_name": "", "email": "x", "phone": "y", "password": "z",
        "grants": [
            { "role": "leader" }, at("leader", &here), at("leader", &here),
            { "role": "leader", "agency_id": here, "unit_id": uuid::Uuid::now_v7() },
        ],
    });
    let refused =
        administrator.post(OFFICERS).key("k").json(&faulty).send().await.refused(422, "general.invalid");
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 8, "{:#}", refused.body);
    let absent = uuid::Uuid::now_v7().to_string();
    let wrong = [
        json!([]),
        json!([at("leader", &absent)]),
        json!([at("mayor", &here)]),
        json!([at("leader", &here), at("leader", &absent)]),
    ];
    for grants in wrong {
        let answer =
            administrator.post(OFFICERS).key(&new_key()).json(&officer("x.one", grants)).send().await;
        answer.refused(422, "general.invalid");
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM accounts WHERE login = 'x.one'").await, 0);
}

#[tokio::test]
async fn an_administrator_reaches_no_further_than_the_own_grants() {
    let portal = Portal::open().await;
    let (here, there) = (portal.committee_of("25456").await, portal.committee_of("25459").await);
    let local = portal.hires("quantri.phuong", &["system_administrator"], &here).await;
    let outside = [
        json!([at("reception", &there)]),
        json!([at("reception", &here), at("reception", &there)]),
        json!([at("system_administrator", &there)]),
    ];
    for grants in outside {
        let answer = local.post(OFFICERS).key(&new_key()).json(&officer("x.two", grants)).send().await;
        answer.refused(403, "general.not_allowed");
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM accounts WHERE login = 'x.two'").await, 0);

    let inside = local
        .post(OFFICERS)
        .key("in")
        .json(&officer("x.three", json!([at("reception", &here)])))
        .send()
        .await;
    let id = inside.expect(201).body["id"].as_str().unwrap().to_owned();
    gives(&local, &id, at("processing", &there)).await.refused(403, "general.not_allowed");
    gives(&local, &id, at("processing", &here)).await.expect(201);
    gives(&local, &id, at("processing", &here)).await.refused(409, "identity.grant_already_held");
    gives(&local, &local.account_id, at("leader", &here)).await.refused(409, "identity.own_account");

    // Whoever is covered elsewhere too is not theirs to close, and whoever is only elsewhere looks absent.
    let province = portal.sign_in("quantri").await;
    gives(&province, &id, at("leader", &there)).await.expect(201);
    local.post(&format!("{OFFICERS}/{id}/close")).send().await.refused(403, "general.not_allowed");
    let elsewhere = portal.appoints("x.four", &["leader"], &there).await.account_id;
    local.get(&format!("{OFFICERS}/{elsewhere}")).send().await.refused(404, "general.not_found");
    local.post(&format!("{OFFICERS}/{elsewhere}/close")).send().await.refused(404, "general.not_found");
    gives(&local, &elsewhere, at("leader", &here)).await.refused(404, "general.not_found");
    let listed = local.get("/api/v1/officers?limit=100").send().await.expect(200);
    assert!(
        logins(&listed).contains(&"x.three") && !logins(&listed).contains(&"x.four"),
        "{:?}",
        logins(&listed)
    );
}

#[tokio::test]
async fn an_initial_password_opens_nothing_but_its_change() {
    let portal = Portal::open().await;
    let here = portal.committee_of("25456").await;
    portal.appoints("tran.thi.hoa", &["reception"], &here).await;
    let hoa = portal.nobody().signed_in("tran.thi.hoa", INITIAL).await;
    assert_eq!(hoa.get("/api/v1/me").send().await.expect(200).body["must_change_password"], true);
    for path in ["/api/v1/sessions", "/api/v1/tasks", "/api/v1/dossiers", "/api/v1/officers"] {
        hoa.get(path).send().await.refused(403, "identity.password_must_change");
    }
    let change = json!({ "current_password": INITIAL, "new_password": CHOSEN });
    hoa.put("/api/v1/me/password").json(&change).send().await.expect(200);
    hoa.get("/api/v1/tasks").send().await.expect(200);
}

#[tokio::test]
async fn a_grant_acts_at_the_next_request_and_so_does_its_end() {
    let portal = Portal::open().await;
    let here = portal.committee_of("25456").await;
    let administrator = portal.sign_in("quantri").await;
    let hoa = portal.hires("tran.thi.hoa", &["reception"], &here).await;
    let may = |status: u16| {
        let request = hoa.get(OFFICERS).send();
        async move { request.await.expect(status) }
    };
    may(403).await;
    let given = gives(&administrator, &hoa.account_id, at("system_administrator", &here)).await.expect(201);
    assert!(logins(&may(200).await).contains(&"tran.thi.hoa"));
    let held = given.body["grants"].as_array().unwrap().iter();
    let id =
        held.clone().find(|grant| grant["role"] == "system_administrator").unwrap()["id"].as_str().unwrap();
    let grant = format!("{OFFICERS}/{}/grants/{id}", hoa.account_id);
    administrator.delete(&grant).send().await.expect(200);
    may(403).await;
    administrator.delete(&grant).send().await.refused(409, "identity.grant_ended");
    let absent = format!("{OFFICERS}/{}/grants/{}", hoa.account_id, uuid::Uuid::now_v7());
    administrator.delete(&absent).send().await.refused(404, "general.not_found");
}

#[tokio::test]
async fn a_closed_officer_is_out_at_once() {
    let portal = Portal::open().await;
    let here = portal.committee_of("25456").await;
    let administrator = portal.sign_in("quantri").await;
    let hoa = portal.hires("tran.thi.hoa", &["reception"], &here).await;
    let close = format!("{OFFICERS}/{}/close", hoa.account_id);
    let own = format!("{OFFICERS}/{}/close", administrator.account_id);
    administrator.post(&own).send().await.refused(409, "identity.own_account");
    administrator.post(&close).send().await.expect(200);
    hoa.get("/api/v1/me").send().await.refused(401, "identity.session_ended");
    let body = json!({ "login": "tran.thi.hoa", "password": CHOSEN });
    portal
        .nobody()
        .post("/api/v1/sessions")
        .json(&body)
        .send()
        .await
        .refused(401, "identity.wrong_credentials");
    administrator.post(&close).send().await.refused(409, "identity.officer_closed");
    gives(&administrator, &hoa.account_id, at("leader", &here)).await.refused(409, "identity.officer_closed");
}

#[tokio::test]
async fn officers_are_found_by_name_and_paged() {
    let portal = Portal::open().await;
    let administrator = portal.sign_in("quantri").await;
    let all = administrator.get("/api/v1/officers?limit=100").send().await.expect(200);
    let mut paged: Vec<String> = Vec::new();
    let mut path = "/api/v1/officers?limit=7".to_owned();
    loop {
        let page = administrator.get(&path).send().await.expect(200);
        paged.extend(logins(&page).into_iter().map(str::to_owned));
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/api/v1/officers?limit=7&cursor={next}");
    }
    assert_eq!(paged, logins(&all));
    assert!(paged.len() > 20 && paged.is_sorted(), "{paged:?}");
    let found = administrator.get("/api/v1/officers?q=thanhtra").send().await.expect(200);
    assert_eq!(logins(&found), ["thanhtra"]);
    for nothing in ["%25", "_", "%5C"] {
        let found = administrator.get(&format!("/api/v1/officers?q={nothing}")).send().await.expect(200);
        assert!(logins(&found).is_empty(), "{nothing}: {:?}", logins(&found));
    }
}
