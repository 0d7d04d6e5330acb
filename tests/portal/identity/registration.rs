//! Registering: parsed and checked, every fault at once, one account a number.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::CHOSEN;
use crate::support::{Answer, Portal};

const CITIZENS: &str = "/api/v1/accounts/citizens";
const ORGANISATIONS: &str = "/api/v1/accounts/organisations";

fn citizen(number: &str) -> Value {
    json!({
        "citizen_number": number, "full_name": "  Lê   Văn Cường ", "phone": "+84 912 345 678",
        "email": "le.van.cuong@Mail.vn", "password": CHOSEN, "language": "vi",
    })
}

fn organisation(tax_code: &str) -> Value {
    json!({
        "tax_code": tax_code, "full_name": "Công ty Bến Cầu", "representative_name": "Lê Thị Bình",
        "representative_citizen_number": "072185000015", "phone": "02763822333", "email": "lh@bencau.vn",
        "password": CHOSEN,
    })
}

fn codes(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let faults = answer.body["errors"].as_array().cloned().unwrap_or_default();
    faults.iter().map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
}

#[tokio::test]
async fn a_citizen_registers_once_and_signs_in() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let made = nobody.post(CITIZENS).json(&citizen("072098000011")).send().await.expect(201);
    assert_eq!(made.body["full_name"], "Lê Văn Cường");
    assert_eq!(made.body["phone"], "0912345678");
    assert_eq!(made.body["citizen_number"], "•••••••••011");
    assert!(!String::from_utf8_lossy(&made.bytes).contains(CHOSEN));
    nobody
        .post(CITIZENS)
        .json(&citizen("072098000011"))
        .send()
        .await
        .refused(409, "identity.already_registered");
    let person = nobody.signed_in("072098000011", CHOSEN).await;
    let me = person.get("/api/v1/me").send().await.expect(200);
    assert_eq!(me.body["kind"], "citizen");
    assert_eq!(me.body["grants"], json!([]));
}

#[tokio::test]
async fn an_organisation_registers_by_its_tax_code_however_it_is_written() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    nobody.post(ORGANISATIONS).json(&organisation("0100233488001")).send().await.expect(201);
    let again = nobody.post(ORGANISATIONS).json(&organisation("0100233488-001")).send().await;
    again.refused(409, "identity.already_registered");
    for login in ["0100233488001", "0100233488-001", " 0100233488001 "] {
        nobody.signed_in(login, CHOSEN).await;
    }
    nobody
        .post(ORGANISATIONS)
        .json(&organisation("0100233480"))
        .send()
        .await
        .refused(422, "general.invalid")
        .names("/tax_code");
}

#[tokio::test]
async fn every_fault_of_a_registration_is_named_at_once() {
    let portal = Portal::open().await;
    let all =
        json!({ "citizen_number": "99", "full_name": "", "phone": "1", "email": "x", "password": "short" });
    let answer = portal.nobody().post(CITIZENS).json(&all).send().await.refused(422, "general.invalid");
    let pointers: Vec<String> = codes(&answer).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers.len(), 5, "{pointers:?}");
    for pointer in ["/citizen_number", "/full_name", "/phone", "/email", "/password"] {
        assert!(pointers.iter().any(|named| named == pointer), "{pointer} is not among {pointers:?}");
    }
}

#[tokio::test]
async fn a_number_of_somebody_not_born_yet_is_refused() {
    let portal = Portal::open().await;
    // The fourth digit says century and sex: 2 and 3 are of the 21st, and 98 is the year 2098.
    for number in ["072398000006", "072298000006"] {
        let answer = portal.nobody().post(CITIZENS).json(&citizen(number)).send().await;
        answer.refused(422, "general.invalid").names("/citizen_number");
    }
}

#[tokio::test]
async fn what_is_sent_wrongly_is_not_said_back() {
    let portal = Portal::open().await;
    let mut as_number = citizen("");
    as_number["citizen_number"] = json!(72_098_000_011_u64);
    let answer = portal.nobody().post(CITIZENS).json(&as_number).send().await;
    let answer = answer.refused(422, "general.invalid").names("/citizen_number");
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("72098000011"));
    let answer = portal.nobody().post(CITIZENS).json(&citizen("072098000011x")).send().await;
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("072098000011"));
    let mut secret = citizen("072098000011");
    secret["password"] = json!("072098000011");
    let answer = portal.nobody().post(CITIZENS).json(&secret).send().await.refused(422, "general.invalid");
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("072098000011"));
}

#[tokio::test]
async fn nobody_registers_as_an_officer_or_with_a_grant() {
    let portal = Portal::open().await;
    for (field, value) in
        [("kind", json!("officer")), ("grants", json!([])), ("id", json!(1)), ("version", json!(1))]
    {
        let mut body = citizen("072098000011");
        body[field] = value;
        let answer = portal.nobody().post(CITIZENS).json(&body).send().await.refused(422, "general.invalid");
        assert_eq!(codes(&answer), [(format!("/{field}"), "unknown_field".to_owned())]);
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM accounts WHERE login = '072098000011'").await, 0);
}

#[tokio::test]
async fn a_password_that_others_would_guess_is_refused() {
    let portal = Portal::open().await;
    let refusals = [
        ("short", "password.length"),
        ("Matkhau123", "password.too_common"),
        ("xx072098000011", "password.contains_login"),
    ];
    for (password, code) in refusals {
        let mut body = citizen("072098000011");
        body["password"] = json!(password);
        let answer = portal.nobody().post(CITIZENS).json(&body).send().await.refused(422, "general.invalid");
        assert_eq!(codes(&answer), [("/password".to_owned(), code.to_owned())]);
    }
    let mut french = citizen("072098000011");
    french["language"] = json!("fr");
    portal
        .nobody()
        .post(CITIZENS)
        .json(&french)
        .send()
        .await
        .refused(422, "general.invalid")
        .names("/language");
}

#[tokio::test]
async fn twenty_who_register_one_number_at_once_make_one_account() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let body = citizen("072098000011");
    let contenders = (0..20).map(|_| nobody.post(CITIZENS).json(&body).send());
    let statuses: Vec<u16> = join_all(contenders).await.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 19, "{statuses:?}");
    assert_eq!(portal.count("SELECT count(*) AS count FROM accounts WHERE login = '072098000011'").await, 1);
}
