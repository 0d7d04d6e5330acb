//! Units and agencies as everybody may read them: a tree on a day, found without accents.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Person, Portal};

/// Every item of a list, page by page.
async fn all(person: &Person, path: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = person.get(&format!("{path}&limit=40{cursor}")).send().await.expect(200);
        items.extend(page.body["items"].as_array().unwrap().clone());
        match page.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

fn ids(items: &[Value]) -> BTreeSet<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_province_has_its_three_levels_and_each_commune_a_way_up() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let province = nobody.get("/api/v1/units/resolve?level=province&code=72").send().await.expect(200);
    let province = province.body["unit"]["id"].as_str().unwrap().to_owned();
    let districts = all(&nobody, &format!("/api/v1/units?level=district&parent_id={province}")).await;
    assert_eq!(districts.len(), 9);
    let mut communes = 0;
    for district in &districts {
        let below =
            all(&nobody, &format!("/api/v1/units?parent_id={}", district["id"].as_str().unwrap())).await;
        assert!(below.iter().all(|commune| commune["level"] == "commune"));
        communes += ids(&below).len();
    }
    assert_eq!(communes, 94);

    let ward = nobody.get("/api/v1/units/resolve?level=commune&code=25456").send().await.expect(200);
    let card = nobody
        .get(&format!("/api/v1/units/{}", ward.body["unit"]["id"].as_str().unwrap()))
        .send()
        .await
        .expect(200);
    assert_eq!(card.body["unit"]["name"], ward.body["unit"]["name"]);
    let above: Vec<&str> =
        card.body["above"].as_array().unwrap().iter().map(|unit| unit["level"].as_str().unwrap()).collect();
    assert_eq!(BTreeSet::from_iter(above), BTreeSet::from(["district", "province"]));
}

#[tokio::test]
async fn a_code_is_read_on_a_day() {
    let portal = Portal::two_level().await;
    let nobody = portal.nobody();
    let asked = |query: &str| nobody.get(&format!("/api/v1/units/resolve?{query}")).send();
    let before = asked("level=commune&code=25456&as_of=2025-06-30").await.expect(200);
    assert_eq!(before.body["as_of"], "2025-06-30");
    asked("level=commune&code=25456&as_of=2025-07-01").await.refused(404, "units.code_unknown");
    // Its successor is said by the unit of before.
    let card = nobody
        .get(&format!("/api/v1/units/{}", before.body["unit"]["id"].as_str().unwrap()))
        .send()
        .await
        .expect(200);
    let successor = &card.body["successors"][0];
    assert!(successor.to_string().contains("25459"), "{:#}", card.body);
    // Two ways to a province, a day apart: 80 was Long An and is Tây Ninh.
    let old = asked("level=province&code=80&as_of=2025-06-30").await.expect(200);
    let new = asked("level=province&code=80&as_of=2025-07-01").await.expect(200);
    assert_ne!(old.body["unit"]["name"], new.body["unit"]["name"]);
    asked("level=district&code=703&as_of=2025-07-01").await.refused(404, "units.code_unknown");
    asked("level=village&code=1").await.refused(422, "general.invalid");
    asked("level=commune&code=25456&as_of=30/06/2025").await.refused(422, "general.invalid").names("as_of");
}

#[tokio::test]
async fn units_are_found_without_accents_and_paged_without_loss() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    for q in ["tan bien", "T%C3%A2n%20Bi%C3%AAn", "TAN%20BIEN"] {
        let found = all(&nobody, &format!("/api/v1/units?level=district&q={q}")).await;
        assert_eq!(found.len(), 1, "{q}: {found:#?}");
        assert_eq!(found[0]["name"], "Tân Biên");
    }
    for nothing in ["%25", "_____", "khong%20co%20noi%20nay"] {
        assert!(all(&nobody, &format!("/api/v1/units?q={nothing}")).await.is_empty(), "{nothing}");
    }
    let paged = all(&nobody, "/api/v1/units?level=district").await;
    assert_eq!(ids(&paged).len(), paged.len(), "an item came twice");
    let total = portal
        .count("SELECT count(*) AS count FROM units WHERE level = 'district' AND valid_to IS NULL")
        .await;
    assert_eq!(i64::try_from(paged.len()).unwrap(), total);
    // A cursor belongs to its list.
    let first = nobody.get("/api/v1/units?limit=1").send().await.expect(200);
    let next = first.body["next"].as_str().unwrap();
    nobody
        .get(&format!("/api/v1/agencies?limit=1&cursor={next}"))
        .send()
        .await
        .refused(422, "general.invalid")
        .names("cursor");
}

#[tokio::test]
async fn an_agency_is_read_with_what_it_handles() {
    let portal = Portal::open().await;
    let nobody = portal.nobody();
    let agencies = portal.agencies_of("25456").await;
    assert!(!agencies.is_empty());
    for agency in &agencies {
        let read = nobody
            .get(&format!("/api/v1/agencies/{}", agency["id"].as_str().unwrap()))
            .send()
            .await
            .expect(200);
        assert_eq!(read.body, *agency);
        assert!(agency["identifier"].as_str().unwrap().starts_with("H53"));
    }
    let unit_id = agencies[0]["unit_id"].as_str().unwrap();
    let residence =
        nobody.get(&format!("/api/v1/agencies?unit_id={unit_id}&sector=residence")).send().await.expect(200);
    let found = residence.body["items"].as_array().unwrap();
    assert!(!found.is_empty());
    for agency in found {
        assert!(agency["sectors"].as_array().unwrap().contains(&json!("residence")), "{agency}");
    }
    let all_there = all(&nobody, "/api/v1/agencies?q=").await;
    let total = portal.count("SELECT count(*) AS count FROM agencies").await;
    assert_eq!(i64::try_from(ids(&all_there).len()).unwrap(), total);
}
