//! Signing in and out, tokens, refreshing.

use chrono::Duration;
use futures_util::future::join_all;
use motcua::app::demo::PASSWORD;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Portal};

const SESSIONS: &str = "/api/v1/sessions";
const AN: &str = "072098000006";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn refreshes(person: &Person, token: &str) -> Answer {
    person.post("/api/v1/sessions/refresh").json(&json!({ "refresh_token": token })).send().await
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_answered_the_same_bytes() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let id = uuid::Uuid::now_v7().to_string();
    let attempt = |login: &'static str| {
        let body = json!({ "login": login, "password": "wrong-password-1" });
        nobody.post(SESSIONS).header("X-Request-Id", &id).json(&body).send()
    };
    let known = attempt(AN).await.refused(401, "identity.wrong_credentials");
    let strange = attempt("072098009999").await.refused(401, "identity.wrong_credentials");
    assert_eq!(known.bytes, strange.bytes);
    let names = |answer: &Answer| -> Vec<String> {
        let mut names: Vec<String> = answer.headers.iter().map(|header| format!("{header:?}")).collect();
        names.retain(|header| !header.starts_with("(\"date\""));
        names.sort();
        names
    };
    assert_eq!(names(&known), names(&strange));
}

#[tokio::test]
async fn whatever_is_typed_as_a_name_is_only_a_wrong_name() {
    let portal = Portal::open().await;
    let odd = [
        (String::new(), String::new()),
        ("x".repeat(100_000), "y".repeat(100_000)),
        ("\u{feff}' OR 1=1 --".to_owned(), "x".to_owned()),
        (AN.to_owned(), format!("{PASSWORD} ")),
        (AN.to_owned(), PASSWORD.to_uppercase()),
    ];
    for (login, password) in odd {
        let body = json!({ "login": login, "password": password });
        portal.nobody().post(SESSIONS).json(&body).send().await.refused(401, "identity.wrong_credentials");
    }
    // But for NUL, which no name, password or device has and PostgreSQL cannot be asked for.
    let device = json!({ "login": AN, "password": PASSWORD, "device": "Máy của An\u{0}" });
    let refused = portal.nobody().post(SESSIONS).json(&device).send().await.refused(422, "general.invalid");
    refused.names("/device");
    let device = json!({ "login": AN, "password": PASSWORD, "device": "Máy của An" });
    portal.nobody().post(SESSIONS).json(&device).send().await.expect(201);
}

#[tokio::test]
async fn one_name_that_is_tried_too_often_waits() {
    let few = |settings: &mut motcua::infra::config::Settings| settings.auth.logins_per_minute_per_name = 3;
    let portal = Portal::with(motcua::infra::config::Profile::ThreeLevel, few).await;
    let attempt = |login: &'static str, password: &'static str| {
        portal.nobody().post(SESSIONS).json(&json!({ "login": login, "password": password })).send()
    };
    for _ in 0..3 {
        attempt(AN, "wrong-password-1").await.refused(401, "identity.wrong_credentials");
    }
    let waits = attempt(AN, PASSWORD).await.refused(429, "general.too_many_requests");
    assert!(waits.header("retry-after").parse::<u32>().unwrap() >= 1);
    attempt("8200000033", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn without_a_good_token_nobody_is_let_in() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let token = an.token.clone().unwrap();
    let nobody = portal.nobody();
    nobody.get("/api/v1/me").send().await.refused(401, "general.not_signed_in");
    let (head, rest) = token.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let other = portal.sign_in("quantri").await.token.unwrap();
    let other_claims = other.split('.').nth(1).unwrap();
    let unsigned = data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
    let forged = [
        "x.y.z".to_owned(),
        "..".to_owned(),
        format!("{head}.{claims}."),
        format!("{unsigned}.{claims}."),
        format!("{unsigned}.{claims}.{signature}"),
        format!("{head}.{other_claims}.{signature}"),
        format!("{token}x"),
        format!("{token}.{token}"),
        token.to_lowercase(),
        an.refresh_token.clone().unwrap(),
        "x".repeat(6_000),
    ];
    for forged in forged {
        nobody.with_token(&forged).get("/api/v1/me").send().await.refused(401, "identity.token_invalid");
    }
    for header in ["Basic YTpi", "Bearer", "Bearer ", "bearer x y", &token] {
        let answer = nobody.get("/api/v1/me").header("Authorization", header).send().await;
        answer.refused(401, "identity.token_invalid");
    }
    let two = an.get("/api/v1/me").header("Authorization", &format!("Bearer {token}")).send().await;
    two.refused(401, "identity.token_invalid");
    // A door that is open to all does not take a bad token for none.
    let open = nobody.with_token("junk").post("/api/v1/accounts/citizens").json(&json!({})).send().await;
    open.refused(401, "identity.token_invalid");
    an.get("/api/v1/me").send().await.expect(200);
}

#[tokio::test]
async fn an_access_token_lives_a_quarter_of_an_hour_and_a_sign_in_two_weeks() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    portal.advance(Duration::minutes(14));
    an.get("/api/v1/me").send().await.expect(200);
    portal.advance(Duration::seconds(71));
    an.get("/api/v1/me").send().await.refused(401, "identity.token_expired");
    let fresh = refreshes(&an, an.refresh_token.as_ref().unwrap()).await.expect(200);
    an.with_token(&text(&fresh.body["access_token"])).get("/api/v1/me").send().await.expect(200);
    portal.advance(Duration::days(14) + Duration::seconds(1));
    refreshes(&an, &text(&fresh.body["refresh_token"])).await.refused(401, "identity.refresh_rejected");
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_session() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let other = portal.an().await;
    let first = an.refresh_token.clone().unwrap();
    let next = refreshes(&an, &first).await.expect(200);
    assert_ne!(text(&next.body["refresh_token"]), first);
    let renewed = an.with_token(&text(&next.body["access_token"]));
    renewed.get("/api/v1/me").send().await.expect(200);
    refreshes(&an, &first).await.refused(401, "identity.refresh_reused");
    renewed.get("/api/v1/me").send().await.refused(401, "identity.session_ended");
    refreshes(&an, &text(&next.body["refresh_token"])).await.refused(401, "identity.refresh_rejected");
    for nonsense in ["nonsense", "", an.token.as_ref().unwrap()] {
        refreshes(&an, nonsense).await.refused(401, "identity.refresh_rejected");
    }
    // The sign-in on the other device is another.
    other.get("/api/v1/me").send().await.expect(200);
}

#[tokio::test]
async fn fifty_who_refresh_with_one_token_have_one_winner() {
    let portal = Portal::open().await;
    for _ in 0..5 {
        let an = portal.an().await;
        let token = an.refresh_token.clone().unwrap();
        let answers = join_all((0..50).map(|_| refreshes(&an, &token))).await;
        let winners = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(winners, 1);
        assert!(answers.iter().all(|answer| answer.status == 200 || answer.status == 401));
        // The token was used again: nobody keeps anything.
        an.get("/api/v1/me").send().await.refused(401, "identity.session_ended");
    }
}

#[tokio::test]
async fn own_sessions_are_listed_and_ended_and_foreign_ones_look_absent() {
    let portal = Portal::open().await;
    let (here, there) = (portal.an().await, portal.an().await);
    let first = here.get("/api/v1/sessions?limit=1").send().await.expect(200);
    assert_eq!(first.body["items"][0]["current"], false, "the newest comes first");
    let second = here
        .get(&format!("/api/v1/sessions?limit=1&cursor={}", text(&first.body["next"])))
        .send()
        .await
        .expect(200);
    assert_eq!(second.body["items"][0]["current"], true);
    assert!(second.body["next"].is_null());

    let other = format!("{SESSIONS}/{}", text(&first.body["items"][0]["id"]));
    portal.sign_in("8200000033").await.delete(&other).send().await.refused(404, "general.not_found");
    there.get("/api/v1/me").send().await.expect(200);
    here.delete(&other).send().await.expect(204);
    here.delete(&other).send().await.refused(404, "general.not_found");
    there.get("/api/v1/me").send().await.refused(401, "identity.session_ended");
    refreshes(&there, there.refresh_token.as_ref().unwrap()).await.refused(401, "identity.refresh_rejected");
    here.get("/api/v1/me").send().await.expect(200);
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    an.delete("/api/v1/sessions/current").send().await.expect(204);
    an.get("/api/v1/me").send().await.refused(401, "identity.session_ended");
    an.delete("/api/v1/sessions/current").send().await.refused(401, "identity.session_ended");
    refreshes(&an, an.refresh_token.as_ref().unwrap()).await.refused(401, "identity.refresh_rejected");
}
