//! What every request meets first: addresses, methods, bodies, languages, and what the portal says of itself.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Answer, Portal};

const SIGN_IN: &str = "/api/v1/sessions";

#[tokio::test]
async fn an_address_that_does_not_exist_is_a_problem_document() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    for path in [
        "/nowhere",
        "/api/v1/nowhere",
        "/api/v2/units",
        "/api/v1/sessions/current/more",
        "/api/v1/%00",
        "/.env",
    ] {
        let answer = nobody.get(path).send().await.refused(404, "general.not_found");
        assert_eq!(answer.body["instance"], path);
        nobody.post(path).json(&json!({})).send().await.refused(404, "general.not_found");
    }
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_named_with_those_it_takes() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let put = nobody.put(SIGN_IN).send().await.refused(405, "general.method_not_allowed");
    assert_eq!(put.header("allow"), "GET, HEAD, OPTIONS, POST");
    let odd = nobody.request(Method::from_bytes(b"BREW").unwrap(), "/api/v1/me").send().await;
    assert_eq!(odd.refused(405, "general.method_not_allowed").header("allow"), "GET, HEAD, OPTIONS, PATCH");
    let id = uuid::Uuid::now_v7();
    let put = nobody.put(&format!("/api/v1/dossiers/{id}")).json(&json!({})).send().await;
    assert_eq!(
        put.refused(405, "general.method_not_allowed").header("allow"),
        "DELETE, GET, HEAD, OPTIONS, PATCH"
    );
    // An address of its own, and not the dossier with the id `receive`.
    let an = portal.an().await;
    for method in [Method::PATCH, Method::GET, Method::DELETE] {
        let literal = an.request(method, "/api/v1/dossiers/receive").seeing(1).json(&json!({})).send().await;
        assert_eq!(literal.refused(405, "general.method_not_allowed").header("allow"), "OPTIONS, POST");
    }
}

#[tokio::test]
async fn an_address_is_spelt_one_way() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    for path in ["/api/v1/sessions/", "/api/v1//sessions", "//api/v1/sessions", "/api/v1/units//"] {
        nobody.post(path).json(&json!({})).send().await.refused(404, "general.not_found");
        nobody.get(path).send().await.refused(404, "general.not_found");
    }
}

#[tokio::test]
async fn whatever_can_be_read_can_be_asked_after_without_its_body() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    for path in [
        "/",
        "/metrics",
        "/api/openapi.json",
        "/health/live",
        "/docs/",
        "/api/v1/units",
        "/api/v1/procedures",
    ] {
        let head = nobody.request(Method::HEAD, path).send().await.expect(200);
        assert!(head.bytes.is_empty(), "{path}");
        let read = nobody.get(path).send().await.expect(200);
        assert_eq!(head.header("content-type"), read.header("content-type"), "{path}");
    }
    assert_eq!(nobody.request(Method::HEAD, "/nowhere").send().await.status, 404);
    assert_eq!(nobody.request(Method::HEAD, "/api/v1/me").send().await.status, 401);
    assert_eq!(nobody.request(Method::HEAD, "/api/v1/dossiers/receive").send().await.status, 405);

    let options = nobody.request(Method::OPTIONS, "/api/v1/units").send().await.expect(204);
    assert_eq!(options.header("allow"), "GET, HEAD, OPTIONS");
    nobody.request(Method::OPTIONS, "/metrics").send().await.expect(204);
    nobody.request(Method::OPTIONS, "/nowhere").send().await.refused(404, "general.not_found");
}

#[tokio::test]
async fn a_nul_character_is_named_where_it_stands() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let english = portal.nobody().in_english();
    let fault = |answer: &Answer| answer.body["errors"][0]["code"].as_str().unwrap_or_default().to_owned();

    let login = english.post(SIGN_IN).json(&json!({ "login": "a\0", "password": "b" })).send().await;
    assert_eq!(fault(&login.refused(422, "general.invalid").names("/login")), "nul_character");
    let answers = json!({ "a": [{ "b/c": "x\0y" }], "k\0": 1, "plain": "\\u0000" });
    let draft = json!({ "procedure_code": "1.004873", "answers": answers });
    let draft =
        an.post("/api/v1/dossiers").key("nul").json(&draft).send().await.refused(422, "general.invalid");
    let draft = draft.names("/answers/a/0/b~1c").names("/answers/k\0");
    assert_eq!(draft.body["errors"].as_array().unwrap().len(), 2, "an escaped backslash is no NUL");

    for path in ["/api/v1/units", "/api/v1/procedures", "/api/v1/agencies"] {
        let asked = english.get(&format!("{path}?q=a%00b")).send().await;
        assert_eq!(fault(&asked.refused(422, "general.invalid").names("q")), "nul_character");
    }
    english.get("/api/v1/procedures/%00").send().await.refused(404, "general.not_found");
    english.get("/api/v1/procedures/a%00b/form").send().await.refused(404, "general.not_found");
}

#[tokio::test]
async fn a_day_outside_the_calendar_is_refused_by_name() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    for day in ["-9999-01-01", "1899-12-31", "2201-01-01", "%2B262142-12-31", "0000-01-01"] {
        for path in ["/api/v1/units", "/api/v1/agencies", "/api/v1/procedures/1.004873"] {
            let asked = nobody.get(&format!("{path}?as_of={day}")).send().await;
            let refused = asked.refused(422, "general.invalid").names("as_of");
            assert_eq!(refused.body["errors"][0]["code"], "day.range", "{path} {day}");
        }
        let code = format!("/api/v1/units/resolve?level=commune&code=25456&as_of={day}");
        nobody.get(&code).send().await.refused(422, "general.invalid").names("as_of");
    }
    nobody.get("/api/v1/units?as_of=1900-01-01").send().await.expect(200);
    let desk = portal.sign_in("tiepnhan.phuong").await;
    for moment in ["-262143-01-01T00:00:00Z", "-9999-01-01T00:00:00Z"] {
        desk.get(&format!("/api/v1/tasks?due_before={moment}")).send().await.refused(422, "general.invalid");
    }
}

#[tokio::test]
async fn a_version_is_digits_and_a_key_that_cannot_be_one_is_told_from_none() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let dossier = an.begins("1.004873").await;
    for odd in ["\"+1\"", "\"-1\"", "\"\"", "\"1 \"", "1", "*"] {
        let change =
            an.patch(&dossier.path("")).header("If-Match", odd).json(&json!({ "answers": {} })).send();
        change.await.refused(412, "general.stale");
    }
    let draft = json!({ "procedure_code": "1.004873" });
    let begins = |key: String| an.post("/api/v1/dossiers").key(&key).json(&draft).send();
    begins(String::new()).await.refused(400, "idempotency.key_missing");
    for odd in ["k".repeat(129), "khoá".to_owned(), "a\tb".to_owned()] {
        begins(odd).await.refused(400, "idempotency.key_invalid");
    }
    begins("k".repeat(128)).await.expect(201);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let hasty = |settings: &mut motcua::infra::config::Settings| settings.http.body_seconds = 1;
    let portal = Portal::with(motcua::infra::config::Profile::ThreeLevel, hasty).await;
    let said = answer_to(&portal, "Content-Length: 10", b"{").await;
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("general.too_slow"), "{said}");
    assert!(said.to_ascii_lowercase().contains("connection: close"), "{said}");
}

#[tokio::test]
async fn a_body_that_is_no_json_is_malformed() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let broken: [&[u8]; 5] = [
        b"{\"login\": ",
        b"",
        b"{\"login\": \"a\" \"password\": \"b\"}",
        b"\xff\xfe",
        b"{\"login\": \"a\", \"password\": \"b\"} x",
    ];
    for body in broken {
        let answer = nobody.post(SIGN_IN).body(body.to_vec(), "application/json").send().await;
        answer.refused(400, "general.malformed");
    }
    // As deep as a stack is not.
    let an = portal.an().await;
    let deep = format!(r#"{{"procedure_code": "1.004873", "answers": {{"a": {}"#, "[".repeat(100_000));
    let deep = an.post("/api/v1/dossiers").key("deep").body(deep, "application/json").send().await;
    deep.refused(400, "general.malformed");
}

#[tokio::test]
async fn what_does_not_fit_is_named_by_its_pointer_and_never_repeated() {
    let portal = Portal::open().await;
    let english = portal.nobody().in_english();
    let secret = "072098000006";
    let sent = |body: Value| english.post(SIGN_IN).json(&body).send();
    let fault = |answer: &Answer| answer.body["errors"][0]["code"].as_str().unwrap_or_default().to_owned();

    let unknown = sent(json!({ "login": "a", "password": "b", "is_admin": true })).await;
    let unknown = unknown.refused(422, "general.invalid").names("/is_admin");
    assert_eq!(fault(&unknown), "unknown_field");
    let missing = sent(json!({ "login": "a" })).await.refused(422, "general.invalid").names("/password");
    assert_eq!(fault(&missing), "required");
    for odd in [json!([secret]), json!({ secret: 1 }), json!(null), json!(true), json!(72_098_000_006_u64)] {
        let wrong = sent(json!({ "login": odd, "password": "b" }))
            .await
            .refused(422, "general.invalid")
            .names("/login");
        assert_eq!(fault(&wrong), "wrong_type");
        let said = String::from_utf8_lossy(&wrong.bytes).into_owned();
        assert!(!said.contains(secret) && !said.contains("72098000006"), "{said}");
    }
    let twice = r#"{"login": "a", "login": "b", "password": "c"}"#;
    let twice =
        english.post(SIGN_IN).body(twice, "application/json").send().await.refused(422, "general.invalid");
    assert_eq!(fault(&twice), "duplicate_field");
    let list = english.post(SIGN_IN).body(format!("\"{secret}\""), "application/json").send().await;
    let list = list.refused(422, "general.invalid");
    assert!(!String::from_utf8_lossy(&list.bytes).contains(secret));
}

#[tokio::test]
async fn only_json_is_taken_where_json_is_expected() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let body = r#"{"login": "072098000006", "password": "mot-cua-dien-tu"}"#;
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json", ""]
    {
        let answer =
            nobody.post(SIGN_IN).body(body, kind).send().await.refused(415, "general.wrong_media_type");
        assert_eq!(answer.body["expected"], "application/json");
    }
    nobody.post(SIGN_IN).send().await.refused(415, "general.wrong_media_type");
    nobody.post(SIGN_IN).body(body, "Application/JSON; charset=utf-8").send().await.expect(201);
}

/// Speaks HTTP by hand, and reads the answer while the body is still unsent.
async fn answer_to(portal: &Portal, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(portal.address.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST {SIGN_IN} HTTP/1.1\r\nHost: motcua\r\nContent-Type: application/json\r\n{head}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The portal may have hung up by now.
    stream.write_all(body).await.ok();
    let mut said = Vec::new();
    let mut piece = [0; 4096];
    while !String::from_utf8_lossy(&said).contains("general.") {
        let read = tokio::time::timeout(std::time::Duration::from_secs(10), stream.read(&mut piece));
        match read.await.expect("no answer while the body is unsent") {
            Ok(0) | Err(_) => break,
            Ok(length) => said.extend_from_slice(&piece[..length]),
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_body_too_large_is_refused_before_it_is_read() {
    let portal = Portal::open().await;
    let limit = portal.state.settings.http.json_limit_bytes;
    let declared = answer_to(&portal, &format!("Content-Length: {}", limit + 1), b"").await;
    assert!(
        declared.starts_with("HTTP/1.1 413") && declared.contains("\"limit_bytes\":262144"),
        "{declared}"
    );
    let huge = answer_to(&portal, "Content-Length: 1099511627776", b"{").await;
    assert!(huge.starts_with("HTTP/1.1 413"), "{huge}");

    // Without a length it is counted as it comes; the last chunk is never sent.
    let mut chunks = Vec::new();
    for _ in 0..=limit / 16_384 {
        chunks.extend_from_slice(b"4000\r\n");
        chunks.extend_from_slice(&[b' '; 16_384]);
        chunks.extend_from_slice(b"\r\n");
    }
    let chunked = answer_to(&portal, "Transfer-Encoding: chunked", &chunks).await;
    assert!(chunked.starts_with("HTTP/1.1 413"), "{chunked}");
    portal.nobody().get("/health/live").send().await.expect(200);

    let just_fits = format!("{{\"login\": \"{}\", \"password\": \"b\"}}", "x".repeat(limit - 100));
    portal
        .nobody()
        .post(SIGN_IN)
        .body(just_fits, "application/json")
        .send()
        .await
        .refused(401, "identity.wrong_credentials");
}

#[tokio::test]
async fn a_query_that_does_not_fit_is_refused_by_name() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let asked = |query: &'static str| nobody.get(query).send();
    asked("/api/v1/procedures?colour=red").await.refused(422, "general.invalid").names("colour");
    asked("/api/v1/units?levle=commune").await.refused(422, "general.invalid").names("levle");
    for limit in ["0", "101", "-1", "ten", "", "1e3", "99999999999999999999"] {
        let answer = nobody.get(&format!("/api/v1/procedures?limit={limit}")).send().await;
        answer.refused(422, "general.invalid");
    }
    asked("/api/v1/procedures?cursor=zz").await.refused(422, "general.invalid").names("cursor");
    asked("/api/v1/units/resolve?level=commune").await.refused(422, "general.invalid").names("code");
    asked("/api/v1/procedures?q=%C3%28").await.expect(200);
}

#[tokio::test]
async fn an_id_that_is_none_names_nothing() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    for id in
        ["1", "not-an-id", "%00", "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b2", "%F0%9F%92%A3", "..%2F..%2Fetc"]
    {
        an.get(&format!("/api/v1/dossiers/{id}")).send().await.refused(404, "general.not_found");
        an.get(&format!("/api/v1/units/{id}")).send().await.refused(404, "general.not_found");
        an.delete(&format!("/api/v1/sessions/{id}")).send().await.refused(404, "general.not_found");
    }
    an.get("/api/v1/procedures/nonsense").send().await.refused(404, "general.not_found");
}

#[tokio::test]
async fn the_language_is_vietnamese_unless_english_is_preferred() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let languages = [
        ("", "vi"),
        ("en", "en"),
        ("en-GB, vi;q=0.5", "en"),
        ("vi, en", "vi"),
        ("fr, de;q=0.9", "vi"),
        ("fr, en;q=0.5", "en"),
        ("*", "vi"),
    ];
    for (wish, language) in languages {
        let answer = nobody.get("/nowhere").header("Accept-Language", wish).send().await.expect(404);
        assert_eq!(answer.header("content-language"), language, "{wish}");
        let title = match language {
            "en" => "Not found, or not yours to see.",
            _ => "Không tìm thấy, hoặc bạn không có quyền xem.",
        };
        assert_eq!(answer.body["title"], title, "{wish}");
    }
}

#[tokio::test]
async fn a_request_has_a_name_that_its_answer_repeats() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let name = uuid::Uuid::now_v7().to_string();
    let answer = nobody.get("/nowhere").header("X-Request-Id", &name).send().await.expect(404);
    assert_eq!((answer.header("x-request-id"), &answer.body["request_id"]), (name.clone(), &json!(name)));
    let fine = nobody.get("/health/live").header("X-Request-Id", &name).send().await.expect(200);
    assert_eq!(fine.header("x-request-id"), name);
    // What is no id is not repeated: it would end in the log as it came.
    let mut names = std::collections::BTreeSet::new();
    for odd in ["", "072098000006", "<script>", "x\ty"] {
        let answer = nobody.get("/health/live").header("X-Request-Id", odd).send().await.expect(200);
        let given = answer.header("x-request-id");
        assert!(uuid::Uuid::parse_str(&given).is_ok(), "{given}");
        assert!(names.insert(given));
    }
}

#[tokio::test]
async fn nothing_personal_is_kept_by_caches_or_guessed_by_browsers() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    for answer in [an.get("/api/v1/me").send().await.expect(200), an.get("/nowhere").send().await.expect(404)]
    {
        assert_eq!(answer.header("cache-control"), "no-store", "{}", answer.what);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{}", answer.what);
    }
    let refused = portal.nobody().get("/api/v1/me").send().await.refused(401, "general.not_signed_in");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn one_address_that_asks_too_fast_is_told_to_wait() {
    let few = |settings: &mut motcua::infra::config::Settings| {
        settings.http.requests_per_second_per_address = 1;
        settings.http.burst_per_address = 3;
    };
    let portal = Portal::with(motcua::infra::config::Profile::ThreeLevel, few).await;
    let mut statuses = Vec::new();
    for _ in 0..10 {
        let answer = portal.nobody().get("/api/v1/keys").send().await;
        if answer.status == 429 {
            let wait: u32 = answer
                .clone()
                .refused(429, "general.too_many_requests")
                .header("retry-after")
                .parse()
                .unwrap();
            assert!((1..=2).contains(&wait), "{wait}");
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses[..3], [200, 200, 200]);
    assert!(statuses.iter().filter(|status| **status == 429).count() >= 5, "{statuses:?}");
}

#[tokio::test]
async fn the_portal_says_how_it_is_and_what_it_counts() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    assert_eq!(nobody.get("/health/live").send().await.expect(200).body["status"], "alive");
    assert_eq!(nobody.get("/health/ready").send().await.expect(200).body["status"], "ready");
    let id = uuid::Uuid::now_v7();
    nobody.get(&format!("/api/v1/units/{id}")).send().await.expect(404);
    nobody.get("/072098000006").send().await.expect(404);
    nobody.request(Method::from_bytes(b"M072098000006").unwrap(), "/072098000006").send().await.expect(404);
    let metrics = nobody.get("/metrics").send().await.expect(200);
    assert!(metrics.header("content-type").starts_with("text/plain"));
    let text = String::from_utf8(metrics.bytes).unwrap();
    let counted = r#"motcua_http_requests_total{method="GET",route="/api/v1/units/{id}",status="404"} 1"#;
    assert!(text.contains(counted), "{text}");
    assert!(text.contains("motcua_http_request_seconds_bucket"), "{text}");
    assert!(!text.contains("072098000006") && !text.contains(&id.to_string()), "{text}");
}

#[tokio::test]
async fn the_document_is_served_with_a_page_to_try_it_that_needs_no_network() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let served = nobody.get("/api/openapi.json").send().await.expect(200);
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.body, motcua::app::openapi::document().unwrap());
    assert!(served.body["openapi"].as_str().unwrap().starts_with("3.1"));

    let page = nobody.get("/docs/").send().await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    let html = String::from_utf8(page.bytes).unwrap();
    let mut parts = 0;
    for attribute in ["src=\"", "href=\""] {
        for link in html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(!link.contains("//"), "{link} is on another host");
            nobody.get(&format!("/docs/{}", link.trim_start_matches("./"))).send().await.expect(200);
            parts += 1;
        }
    }
    assert!(parts >= 3, "{html}");
    let set_up = nobody.get("/docs/swagger-initializer.js").send().await.expect(200);
    let set_up = String::from_utf8(set_up.bytes).unwrap();
    assert!(set_up.contains("/api/openapi.json") && !set_up.contains("//petstore"), "{set_up}");
    nobody.get("/docs/nothing-here").send().await.expect(404);

    let front = nobody.get("/").send().await.expect(200);
    for (name, path) in front.body.as_object().unwrap() {
        if let Some(path) = path.as_str().filter(|path| path.starts_with('/') && name != "api") {
            nobody.get(path).send().await.expect(200);
        }
    }
}
