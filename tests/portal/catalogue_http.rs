//! The catalogue over HTTP: what everybody finds, and how a version comes to be.

use chrono::{Duration, NaiveDate};
use motcua::infra::clock::in_vietnam;
use serde_json::{Value, json};

use crate::support::people::new_key;
use crate::support::portal::definition;
use crate::support::{Answer, Person, Portal};

const CODE: &str = "1.004873";

fn in_days(portal: &Portal, days: i64) -> NaiveDate {
    in_vietnam(portal.state.clock.now()).date_naive() + Duration::days(days)
}

async fn drafts(person: &Person, definition: &Value, valid_from: NaiveDate) -> Answer {
    let path = format!("/api/v1/procedures/{}/versions", definition["code"].as_str().unwrap());
    person
        .post(&path)
        .key(&new_key())
        .json(&json!({ "definition": definition, "valid_from": valid_from }))
        .send()
        .await
}

fn version_path(draft: &Answer, rest: &str) -> String {
    format!("/api/v1/procedure-versions/{}{rest}", draft.body["id"].as_str().unwrap())
}

/// The definition of the seeds with another name.
fn renamed(name: &str) -> Value {
    let mut changed = definition(CODE);
    changed["name"]["vi"] = json!(name);
    changed
}

#[tokio::test]
async fn procedures_are_found_by_words_without_accents_and_by_what_they_are() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let codes = |answer: &Answer| -> Vec<String> {
        let items = answer.body["items"].as_array().unwrap();
        items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    };
    let khai_sinh =
        nobody.get("/api/v1/procedures?q=dang%20ky%20khai%20sinh&limit=100").send().await.expect(200);
    assert!(codes(&khai_sinh).contains(&"1.001193".to_owned()), "{:?}", codes(&khai_sinh));
    for item in khai_sinh.body["items"].as_array().unwrap() {
        assert!(item["name"].as_str().unwrap().to_lowercase().contains("khai sinh"), "{item}");
    }
    let by_code = nobody.get(&format!("/api/v1/procedures?q={CODE}")).send().await.expect(200);
    assert_eq!(codes(&by_code), [CODE]);
    for (filter, member) in [("channel=online", "online"), ("channel=post", "post")] {
        let open =
            nobody.get(&format!("/api/v1/procedures?open=true&{filter}&limit=100")).send().await.expect(200);
        let items = open.body["items"].as_array().unwrap();
        assert!(items.len() >= 5, "{filter}: {}", items.len());
        for item in items {
            assert!(
                item["open"] == true && item["channels"].as_array().unwrap().contains(&json!(member)),
                "{item}"
            );
        }
    }
    let fields = nobody.get("/api/v1/fields").send().await.expect(200);
    let field = fields.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["code"] == "civil_status")
        .unwrap();
    let there = nobody.get("/api/v1/procedures?field=civil_status&limit=100").send().await.expect(200);
    assert_eq!(json!(codes(&there).len()), field["procedures"]);
    nobody
        .get("/api/v1/procedures?level=village")
        .send()
        .await
        .refused(422, "general.invalid")
        .names("level");
}

#[tokio::test]
async fn a_published_record_without_a_definition_is_shown_and_takes_no_dossier() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let records = nobody.get("/api/v1/procedures?open=false&limit=1").send().await.expect(200);
    let code = records.body["items"][0]["code"].as_str().unwrap();
    let card = nobody.get(&format!("/api/v1/procedures/{code}")).send().await.expect(200);
    assert_eq!((&card.body["open"], &card.body["version"]), (&json!(false), &Value::Null));
    assert!(!card.body["published"].is_null());
    nobody
        .get(&format!("/api/v1/procedures/{code}/form"))
        .send()
        .await
        .refused(404, "catalogue.not_in_force");
    nobody.get("/api/v1/procedures/9.999999").send().await.refused(404, "catalogue.procedure_unknown");
}

#[tokio::test]
async fn a_version_is_drafted_checked_published_and_in_force_from_its_day() {
    let portal = Portal::open().await;
    let clerk = portal.sign_in("thutuc").await;
    let nobody = portal.nobody();
    let name = "Cấp giấy xác nhận tình trạng hôn nhân (mẫu mới)";
    let draft = drafts(&clerk, &renamed(name), in_days(&portal, 30)).await.expect(201);
    assert_eq!(draft.body["status"], "draft");
    drafts(&clerk, &renamed(name), in_days(&portal, 31)).await.refused(409, "catalogue.draft_exists");
    let check = clerk.post(&version_path(&draft, "/check")).send().await.expect(200);
    assert_eq!(check.body, json!({ "publishable": true, "faults": [] }));
    let form = |as_of: NaiveDate| nobody.get(&format!("/api/v1/procedures/{CODE}/form?as_of={as_of}")).send();
    assert_eq!(
        form(in_days(&portal, 30)).await.expect(200).body["version"]["number"],
        1,
        "a draft is not in force"
    );

    let path = version_path(&draft, "/publish");
    clerk.post(&path).send().await.refused(428, "general.precondition_required");
    clerk.post(&path).seeing(draft.version() + 1).send().await.refused(412, "general.stale");
    let published = clerk.post(&path).seeing(draft.version()).send().await.expect(200);
    assert_eq!(published.body["status"], "published");
    assert_eq!(form(in_days(&portal, 29)).await.expect(200).body["version"]["number"], 1);
    let then = form(in_days(&portal, 30)).await.expect(200);
    assert_eq!((&then.body["version"]["number"], &then.body["name"]["vi"]), (&json!(2), &json!(name)));

    // What is published stays as it is.
    let again = clerk.put(&version_path(&draft, "")).seeing(published.version());
    let body = json!({ "definition": renamed("Khác"), "valid_from": in_days(&portal, 40) });
    again.json(&body).send().await.refused(409, "catalogue.version_published");
    clerk
        .delete(&version_path(&draft, ""))
        .seeing(published.version())
        .send()
        .await
        .refused(409, "catalogue.version_published");
    clerk.post(&path).seeing(published.version()).send().await.refused(409, "catalogue.version_published");
    let versions = nobody.get(&format!("/api/v1/procedures/{CODE}/versions")).send().await.expect(200);
    let numbers: Vec<_> = versions.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (&item["number"], &item["in_force"]))
        .collect();
    assert_eq!(numbers.len(), 2, "{numbers:?}");
    assert!(
        numbers.contains(&(&json!(1), &json!(true))) && numbers.contains(&(&json!(2), &json!(false))),
        "{numbers:?}"
    );
}

#[tokio::test]
async fn a_draft_with_faults_is_told_all_of_them_and_stays_a_draft() {
    let portal = Portal::open().await;
    let clerk = portal.sign_in("thutuc").await;
    let mut faulty = definition(CODE);
    faulty["field"]["name"] = json!("Không phải lĩnh vực này");
    faulty["steps"].as_array_mut().unwrap().pop();
    faulty["routing"]["address"] = json!("/nowhere/commune_code");
    let draft = drafts(&clerk, &faulty, in_days(&portal, -1)).await.expect(201);
    let check = clerk.post(&version_path(&draft, "/check")).send().await.expect(200);
    assert_eq!(check.body["publishable"], false);
    let faults = check.body["faults"].as_array().unwrap();
    let pointers: Vec<&str> = faults.iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    assert!(pointers.contains(&"/valid_from"), "{pointers:?}");
    for start in ["/definition/steps", "/definition/routing", "/definition/field"] {
        assert!(
            pointers.iter().any(|pointer| pointer.starts_with(start)),
            "{start} is not among {pointers:?}"
        );
    }
    let refused = clerk.post(&version_path(&draft, "/publish")).seeing(draft.version()).send().await;
    let refused = refused.refused(422, "catalogue.not_publishable");
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), faults.len());

    // Mended, it is published.
    let body = json!({ "definition": definition(CODE), "valid_from": in_days(&portal, 10) });
    let saved =
        clerk.put(&version_path(&draft, "")).seeing(draft.version()).json(&body).send().await.expect(200);
    assert_eq!(saved.version(), draft.version() + 1);
    clerk
        .put(&version_path(&draft, ""))
        .seeing(draft.version())
        .json(&body)
        .send()
        .await
        .refused(412, "general.stale");
    clerk.post(&version_path(&draft, "/publish")).seeing(saved.version()).send().await.expect(200);
    let day_taken = drafts(&clerk, &definition(CODE), in_days(&portal, 10)).await.expect(201);
    let refused = clerk.post(&version_path(&day_taken, "/publish")).seeing(day_taken.version()).send().await;
    refused.refused(422, "catalogue.not_publishable").names("/valid_from");
}

#[tokio::test]
async fn a_draft_is_discarded_and_the_next_takes_its_place() {
    let portal = Portal::open().await;
    let clerk = portal.sign_in("thutuc").await;
    let draft = drafts(&clerk, &definition(CODE), in_days(&portal, 30)).await.expect(201);
    let current = format!("/api/v1/procedures/{CODE}/draft");
    assert_eq!(clerk.get(&current).send().await.expect(200).body["id"], draft.body["id"]);
    clerk.delete(&version_path(&draft, "")).seeing(draft.version()).send().await.expect(204);
    clerk.get(&current).send().await.refused(404, "catalogue.no_draft");
    clerk.get(&version_path(&draft, "")).send().await.refused(404, "general.not_found");
    drafts(&clerk, &definition(CODE), in_days(&portal, 30)).await.expect(201);
    let mut other = definition(CODE);
    other["code"] = json!("1.001193");
    let path = format!("/api/v1/procedures/{CODE}/versions");
    let body = json!({ "definition": other, "valid_from": in_days(&portal, 30) });
    clerk
        .post(&path)
        .key("other")
        .json(&body)
        .send()
        .await
        .refused(422, "general.invalid")
        .names("/definition/code");
}

#[tokio::test]
async fn a_procedure_enters_the_catalogue_once() {
    let portal = Portal::open().await;
    let clerk = portal.sign_in("thutuc").await;
    let body = json!({
        "code": "1.009999", "name": "Thủ tục mới", "field": { "code": "civil_status", "name": "Hộ tịch" },
    });
    let made = clerk.post("/api/v1/procedures").key("one").json(&body).send().await.expect(201);
    let again = clerk.post("/api/v1/procedures").key("one").json(&body).send().await.expect(201);
    assert_eq!(made.bytes, again.bytes);
    clerk.post("/api/v1/procedures").key("two").json(&body).send().await.refused(409, "catalogue.code_taken");
    let found = portal.nobody().get("/api/v1/procedures?q=thu%20tuc%20moi").send().await.expect(200);
    assert_eq!(found.body["items"][0]["code"], "1.009999");
    let wrong = json!({ "code": "1.009998", "name": " ", "field": { "code": "Hộ tịch", "name": "" } });
    let refused = clerk
        .post("/api/v1/procedures")
        .key("three")
        .json(&wrong)
        .send()
        .await
        .refused(422, "general.invalid");
    refused.names("/name").names("/field/code").names("/field/name");
}

#[tokio::test]
async fn a_procedure_is_closed_from_a_day_on_and_never_in_the_past() {
    let portal = Portal::open().await;
    let clerk = portal.sign_in("thutuc").await;
    let close = |day: NaiveDate, reason: &str| {
        let body = json!({ "closed_on": day, "reason": reason });
        clerk.post(&format!("/api/v1/procedures/{CODE}/close")).json(&body).send()
    };
    close(in_days(&portal, -1), "Bãi bỏ").await.refused(422, "general.invalid").names("/closed_on");
    close(in_days(&portal, 5), " ").await.refused(422, "general.invalid").names("/reason");
    close(in_days(&portal, 5), "Bãi bỏ").await.expect(200);
    close(in_days(&portal, 3), "Bãi bỏ sớm hơn").await.expect(200);
    let an = portal.an().await;
    let dossier = an.begins(CODE).await;
    portal.advance(Duration::days(4));
    let an = portal.an().await;
    let late = json!({ "procedure_code": CODE, "answers": {} });
    an.post("/api/v1/dossiers")
        .key("late")
        .json(&late)
        .send()
        .await
        .refused(409, "dossier.procedure_not_open");
    let clerk = portal.sign_in("thutuc").await;
    drafts(&clerk, &definition(CODE), in_days(&portal, 30)).await.refused(409, "catalogue.procedure_closed");
    an.get(&dossier.path("")).send().await.expect(200);
}
