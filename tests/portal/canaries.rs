//! What is personal or secret is nowhere but where it belongs: not in the log, not in the metrics, not in the rows
//! that many may read. Each test looks at its log when it ends (`support::portal`); here a whole story is looked at.

use serde_json::json;

use crate::journey::walks_to_the_end;
use crate::support::Portal;
use crate::support::portal::{CANARIES, forgive_errors, logged};

#[tokio::test]
async fn a_story_from_registration_to_the_result_leaves_no_trace_of_the_person() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let register = json!({
        "citizen_number": "072098000011", "full_name": "Lê Văn Cường", "phone": "0911222333",
        "email": "cuong@canary.example", "password": "chim-hoang-yen-2026",
    });
    nobody.post("/api/v1/accounts/citizens").json(&register).send().await.expect(201);
    nobody.post("/api/v1/accounts/citizens").json(&register).send().await.expect(409);
    let cuong = nobody.signed_in("072098000011", "chim-hoang-yen-2026").await;

    let mut dossier = cuong.submits("1.004873").await;
    walks_to_the_end(&portal, &mut dossier).await;
    assert_eq!(cuong.sees(&mut dossier).await["state"]["code"], 10);
    portal.run_jobs().await;
    let track = json!({ "number": dossier.number, "secret": dossier.secret });
    nobody.post("/api/v1/tracking").json(&track).send().await.expect(200);

    // What goes wrong is written down with more words than what goes well.
    let wrong = json!({ "login": "072098000011", "password": "chim-hoang-yen-2027" });
    nobody.post("/api/v1/sessions").json(&wrong).send().await.expect(401);
    let misplaced = json!({ "login": ["072098000011"], "password": 1, "chim-hoang-yen-2026": 0 });
    nobody.post("/api/v1/sessions").json(&misplaced).send().await.expect(422);
    nobody.get("/api/v1/procedures?q=072098000011&chim-hoang-yen-2026=1").send().await.expect(422);
    nobody.get("/api/v1/072098000011/cuong@canary.example").send().await.expect(404);
    cuong.get(&format!("/api/v1/dossiers/{}", dossier.secret)).send().await.expect(404);
    let refresh = json!({ "refresh_token": cuong.refresh_token });
    cuong.post("/api/v1/sessions/refresh").json(&refresh).send().await.expect(200);
    cuong.post("/api/v1/sessions/refresh").json(&refresh).send().await.expect(401);

    let (token, refresh_token) = (cuong.token.clone().unwrap(), cuong.refresh_token.clone().unwrap());
    let mut secrets = vec![
        "072098000011",
        "0911222333",
        "911222333",
        "cuong@canary.example",
        "Cường",
        "chim-hoang-yen",
        token.as_str(),
        token.split('.').nth(2).unwrap(),
        refresh_token.as_str(),
        dossier.secret.as_str(),
    ];
    secrets.extend(CANARIES);
    let lines = logged();
    assert!(
        lines.iter().filter(|line| line.contains("/api/v1/dossiers/{id}/submit")).count() == 1,
        "{lines:#?}"
    );
    let metrics = nobody.get("/metrics").send().await.expect(200);
    let metrics = String::from_utf8(metrics.bytes).unwrap();
    assert!(metrics.contains("/api/v1/dossiers/{id}/submit"), "{metrics}");
    for secret in &secrets {
        let sung = lines.iter().find(|line| line.contains(secret));
        assert!(sung.is_none(), "{secret} is in the log: {sung:?}");
        assert!(!metrics.contains(secret), "{secret} is in the metrics");
    }
    let trail = portal.text(ROWS_OF_MANY).await;
    assert!(trail.contains("dossier.accept"), "{trail}");
    for secret in &secrets {
        assert!(!trail.contains(secret), "{secret} is in the trail, the events or the jobs");
    }
    let kept = portal.text(WHERE_SECRETS_ARE_KEPT).await;
    let replies = portal.text("SELECT string_agg(kept::text, ' ') AS text FROM idempotency_keys kept").await;
    for secret in ["chim-hoang-yen", &refresh_token, &token] {
        assert!(!kept.contains(secret) && !replies.contains(secret), "{secret} is kept as it is");
    }
    // The saved reply of the submission says the tracking secret for as long as the key is kept.
    assert!(!kept.contains(&dossier.secret) && replies.contains(&dossier.secret));
    assert!(forgive_errors().is_empty());
}

/// The trail, the events and the jobs: read by inspectors, partners and operators.
const ROWS_OF_MANY: &str = "
SELECT concat_ws(' ',
    (SELECT string_agg(record::text, ' ') FROM audit_records record),
    (SELECT string_agg(event::text, ' ') FROM outbox_events event),
    (SELECT string_agg(job::text, ' ') FROM jobs job)) AS text";

/// Where a password, a token or a secret could have been kept unhashed.
const WHERE_SECRETS_ARE_KEPT: &str = "
SELECT concat_ws(' ',
    (SELECT string_agg(account::text, ' ') FROM accounts account),
    (SELECT string_agg(session::text, ' ') FROM sessions session),
    (SELECT string_agg(token::text, ' ') FROM refresh_tokens token),
    (SELECT string_agg(dossier::text, ' ') FROM dossiers dossier),
    (SELECT string_agg(notice::text, ' ') FROM notices notice)) AS text";
