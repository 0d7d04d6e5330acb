//! The main job, from a citizen's hand to the returned result.

use serde_json::{Value, json};

use crate::support::{Dossier, Person, Portal};

/// Works a submitted dossier to its end, each step by the demonstration officer at whose desk it lies.
pub async fn walks_to_the_end(portal: &Portal, dossier: &mut Dossier) -> Vec<(String, String)> {
    let leader = Desks::of(portal).await;
    let mut walked = Vec::new();
    loop {
        let (view, desk) = leader.see(dossier).await;
        let Some(desk) = desk else { return walked };
        let step = view["task"]["step_code"].as_str().unwrap().to_owned();
        let role = view["task"]["role"].as_str().unwrap().to_owned();
        walked.push((step, view["handling_agency_name"].as_str().unwrap().to_owned()));
        let officer = portal.sign_in(&format!("{}.{desk}", word_of(&role))).await;
        let open: Vec<String> = view["open_moves"]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap().to_owned())
            .collect();
        assert!(!open.is_empty(), "{view:#}");
        work_one_step(portal, &officer, dossier, &view).await;
    }
}

async fn work_one_step(portal: &Portal, officer: &Person, dossier: &mut Dossier, view: &Value) {
    match view["state"]["code"].as_i64().unwrap() {
        1 => {
            officer.does("accept", dossier, json!({})).await;
            officer.does("forward", dossier, json!({})).await;
        }
        2 => {
            officer.does("forward", dossier, json!({})).await;
        }
        9 => {
            officer.does("return", dossier, json!({ "how": "online" })).await;
        }
        4 => {
            if view["open_moves"].as_array().unwrap().contains(&json!("ask-confirmation")) {
                let asked =
                    officer.does("ask-confirmation", dossier, json!({ "text": "Bản thảo đúng chưa?" })).await;
                assert!(asked["confirmation"]["outcome"].is_null(), "{asked:#}");
                portal.an().await.does("confirm", dossier, json!({ "ok": true })).await;
            }
            let granted = json!({ "outcome": "granted", "text": "Đủ điều kiện." });
            let proposed = officer.tries("propose", dossier, granted).await;
            if proposed.status == 200 {
                dossier.version = proposed.version();
            }
            let approved = officer.tries("approve", dossier, json!({})).await;
            if approved.status == 200 {
                dossier.version = approved.version();
                if approved.body["task"]["step_code"] != view["task"]["step_code"] {
                    return;
                }
            }
            let forwarded = officer.tries("forward", dossier, json!({})).await;
            if forwarded.status == 200 {
                dossier.version = forwarded.version();
                return;
            }
            let file_id = officer.brings_result(dossier).await;
            officer.does("finish", dossier, json!({ "outcome": "granted", "file_id": file_id })).await;
        }
        other => panic!("nothing to do in state {other}: {view:#}"),
    }
}

fn word_of(role: &str) -> &'static str {
    match role {
        "reception" => "tiepnhan",
        "processing" => "xuly",
        "leader" => "lanhdao",
        other => panic!("no demonstration officer is a {other}"),
    }
}

/// The demonstration desks by agency, and an eye on the dossier from whichever of them has it.
pub struct Desks(Vec<(String, String, Person)>);

impl Desks {
    pub async fn of(portal: &Portal) -> Self {
        let mut desks = Vec::new();
        let slugs = [
            "phuong",
            "congan.phuong",
            "thanhpho",
            "datdai.thanhpho",
            "tinh",
            "tuphap",
            "nongnghiep",
            "congan.tinh",
            "ubnd.tinh",
        ];
        for slug in slugs {
            let there = portal
                .nobody()
                .post("/api/v1/sessions")
                .json(&json!({ "login": format!("lanhdao.{slug}"), "password": motcua::app::demo::PASSWORD }))
                .send()
                .await;
            if there.status != 201 {
                continue;
            }
            let leader = portal.sign_in(&format!("lanhdao.{slug}")).await;
            let me = leader.get("/api/v1/me").send().await.expect(200);
            for grant in me.body["grants"].as_array().unwrap() {
                desks.push((
                    grant["agency"]["id"].as_str().unwrap().to_owned(),
                    slug.to_owned(),
                    leader.clone(),
                ));
            }
        }
        Self(desks)
    }

    async fn see(&self, dossier: &mut Dossier) -> (Value, Option<String>) {
        let mut last = Value::Null;
        for (agency_id, slug, leader) in &self.0 {
            let answer = leader.get(&dossier.path("")).send().await;
            if answer.status != 200 {
                continue;
            }
            dossier.version = answer.version();
            if answer.body["task"]["agency_id"] == **agency_id {
                return (answer.body, Some(slug.clone()));
            }
            last = answer.body;
        }
        (last, None)
    }
}

/// Every complete procedure that can be handed in online, by whoever it is for.
const ONLINE: &[&str] = &[
    "1.001193", "1.001612", "1.001776", "1.004222", "1.004873", "1.012783", "1.013978", "2.000528",
    "2.000635", "2.001159", "2.001827", "3.000333",
];

async fn every_procedure_walks(portal: &Portal) -> Vec<(String, Vec<String>)> {
    let an = portal.an().await;
    let company = portal.sign_in("8200000033").await;
    let mut walks = Vec::new();
    for code in ONLINE {
        let subjects = crate::support::portal::definition(code)["subjects"].clone();
        let applicant = if subjects[0] == "citizen" { &an } else { &company };
        let mut dossier = applicant.submits(code).await;
        let walked = walks_to_the_end(portal, &mut dossier).await;
        assert_eq!(applicant.sees(&mut dossier).await["state"]["code"], 10, "{code}: {walked:?}");
        walks.push(((*code).to_owned(), walked.into_iter().map(|(_, agency)| agency).collect()));
    }
    walks
}

fn visited(walks: &[(String, Vec<String>)], code: &str) -> Vec<String> {
    let (_, mut agencies) = walks.iter().find(|(walked, _)| walked == code).unwrap().clone();
    agencies.dedup();
    agencies
}

#[tokio::test]
async fn every_procedure_walks_its_levels_where_there_are_districts() {
    let portal = Portal::open().await;
    let walks = every_procedure_walks(&portal).await;
    let commune = "Ủy ban nhân dân Phường 1, Thành phố Tây Ninh";
    assert_eq!(visited(&walks, "1.001193"), [commune]);
    let through_district = visited(&walks, "2.000528");
    assert_eq!(through_district.len(), 3, "{through_district:?}");
    assert_eq!((through_district[0].as_str(), through_district[2].as_str()), (commune, commune));
    let all_levels = visited(&walks, "1.013978");
    assert_eq!(all_levels.len(), 4, "commune, district, province, commune: {all_levels:?}");
    assert_eq!((all_levels[0].as_str(), all_levels[3].as_str()), (commune, commune));
    assert_eq!(visited(&walks, "1.012783").len(), 3, "district, province, district");
    portal.run_jobs().await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM notices WHERE sent_at IS NULL").await, 0);
}

#[tokio::test]
async fn the_same_procedures_walk_where_there_are_none() {
    let portal = Portal::two_level().await;
    let walks = every_procedure_walks(&portal).await;
    for (code, agencies) in &walks {
        for agency in agencies {
            assert!(!agency.contains("Thành phố Tây Ninh"), "{code} went to a district: {agencies:?}");
        }
    }
    assert_eq!(visited(&walks, "1.013978").len(), 3, "commune, province, commune");
    portal.run_jobs().await;
}

#[tokio::test]
async fn a_citizen_submits_and_has_the_signed_result() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    let mut dossier = an.submits("1.001193").await;
    let walked = walks_to_the_end(&portal, &mut dossier).await;
    assert!(walked.len() >= 3, "{walked:?}");
    let seen = an.sees(&mut dossier).await;
    assert_eq!(seen["state"]["code"], 10);
    assert_eq!(seen["result"]["outcome"], "granted");
    let file_id = seen["result"]["file_id"].as_str().unwrap();
    let file = an.get(&dossier.path(&format!("/files/{file_id}"))).send().await.expect(200);
    assert!(file.bytes.starts_with(b"%PDF-"));
    portal.run_jobs().await;
    let letters = portal.mail.letters();
    assert!(letters.iter().any(|letter| letter.contains(&dossier.number)), "{letters:#?}");
}

/// A client that knows nothing but the document: the form's own example, handed in as it is.
#[tokio::test]
async fn the_example_of_a_form_can_be_handed_in_as_it_is() {
    let portal = Portal::two_level().await;
    let an = portal.an().await;
    for code in ["1.001193", "2.000528", "1.004222"] {
        let form = an.get(&format!("/api/v1/procedures/{code}/form")).send().await.expect(200);
        let mut dossier = an.begins_with(code, &form.body["examples"][0]).await;
        an.completes(&dossier).await;
        let check = an.get(&dossier.path("/check")).send().await.expect(200);
        assert_eq!(check.body["ready"], true, "{code}: {:#}", check.body);
        an.hands_in(&mut dossier).await.expect(201);
    }
}
