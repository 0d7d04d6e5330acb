//! One's own account: contacts and password.

use futures_util::future::join_all;
use motcua::app::demo::PASSWORD;
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::CHOSEN;
use crate::support::{Answer, Person, Portal};

const ME: &str = "/api/v1/me";

async fn changes_password(person: &Person, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "new_password": new });
    person.put("/api/v1/me/password").json(&body).send().await
}

#[tokio::test]
async fn contacts_are_changed_by_whoever_saw_them_last() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let seen = an.get(ME).send().await.expect(200).version();
    let phone = json!({ "phone": "0987654321", "language": "en" });
    an.patch(ME).json(&phone).send().await.refused(428, "general.precondition_required");
    for odd in ["7", "\"x\"", "*", "W/\"1\"", ""] {
        an.patch(ME).header("If-Match", odd).json(&phone).send().await.refused(412, "general.stale");
    }
    let changed = an.patch(ME).seeing(seen).json(&phone).send().await.expect(200);
    assert_eq!((&changed.body["phone"], changed.version()), (&json!("0987654321"), seen + 1));
    an.patch(ME).seeing(seen).json(&phone).send().await.refused(412, "general.stale");
    let wrong = an.patch(ME).seeing(seen + 1).json(&json!({ "phone": "1", "email": "2" })).send().await;
    wrong.refused(422, "general.invalid").names("/phone").names("/email");
    let name = an.patch(ME).seeing(seen + 1).json(&json!({ "full_name": "X" })).send().await;
    name.refused(422, "general.invalid").names("/full_name");
    assert_eq!(an.get(ME).send().await.expect(200).version(), seen + 1);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let portal = Portal::open().await;
    let (here, there) = (portal.an().await, portal.an().await);
    changes_password(&here, "not this one", CHOSEN).await.refused(403, "identity.current_password_wrong");
    changes_password(&here, PASSWORD, PASSWORD).await.refused(422, "general.invalid").names("/new_password");
    changes_password(&here, PASSWORD, "abc").await.refused(422, "general.invalid").names("/new_password");
    there.get(ME).send().await.expect(200);
    changes_password(&here, PASSWORD, CHOSEN).await.expect(200);
    here.get(ME).send().await.expect(200);
    there.get(ME).send().await.refused(401, "identity.session_ended");
    let old = json!({ "login": "072098000006", "password": PASSWORD });
    portal
        .nobody()
        .post("/api/v1/sessions")
        .json(&old)
        .send()
        .await
        .refused(401, "identity.wrong_credentials");
    portal.nobody().signed_in("072098000006", CHOSEN).await;
}

#[tokio::test]
async fn a_password_is_the_same_on_every_keyboard() {
    let portal = Portal::open().await;
    let composed = "Hồ sơ đúng hẹn";
    changes_password(&portal.an().await, PASSWORD, composed).await.expect(200);
    let decomposed: String = composed.nfd().collect();
    assert_ne!(composed, decomposed);
    portal.nobody().signed_in("072098000006", &decomposed).await;
}

#[tokio::test]
async fn no_sign_in_with_the_old_password_outlives_its_change() {
    let portal = Portal::open().await;
    let mut current = PASSWORD.to_owned();
    for round in 0..10 {
        let an = portal.nobody().signed_in("072098000006", &current).await;
        let nobody = portal.nobody();
        let body = json!({ "login": "072098000006", "password": current });
        let next = format!("mat-khau-vong-{round:03}");
        let attempts = join_all((0..6).map(|_| nobody.post("/api/v1/sessions").json(&body).send()));
        let (attempts, changed) = tokio::join!(attempts, changes_password(&an, &current, &next));
        changed.expect(200);
        for token in attempts.iter().filter_map(|attempt| attempt.body["access_token"].as_str()) {
            nobody.with_token(token).get(ME).send().await.expect(401);
        }
        current = next;
    }
}
