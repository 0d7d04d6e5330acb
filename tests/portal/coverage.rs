//! Every operation of the OpenAPI document, called as nobody, as a stranger (a company that owns nothing here) and as
//! an officer of another commune, on a thing that is not theirs and on a thing that does not exist.
//!
//! The list comes from the document: an operation without a line in the table fails the test.

use motcua::app::openapi;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::officers::CHOSEN;
use crate::support::people::{new_key, small_pdf};
use crate::support::{Answer, Person, Portal};

/// What the three are answered.
#[derive(Clone, Copy, PartialEq)]
enum Case {
    /// Anybody may ask; all three are answered this.
    Open(u16),
    /// One's own affairs, or a list of what one may see: nobody 401, the others these.
    Own(u16, u16),
    /// Only for some role: nobody 401, the others 403.
    Office,
    /// A thing of somebody else: nobody 401, the others 404, and the same 404 where there is no such thing.
    Hidden,
    /// Something that everybody may know of, and few may change: nobody 401, the others 403; 404 where it is not.
    Known,
}

use Case::{Hidden, Known, Office, Open, Own};

const CASES: &[(&str, Case)] = &[
    ("register_citizen", Open(409)),
    ("register_organisation", Open(409)),
    ("list_calendar_changes", Office),
    ("list_days_off", Open(200)),
    ("add_days_off", Office),
    ("remove_day_off", Office),
    ("replace_day_off", Office),
    ("calculate_due", Open(200)),
    ("apologise", Hidden),
    ("see_deadline", Hidden),
    ("list_slips", Hidden),
    ("see_slip", Hidden),
    ("read_register", Office),
    ("list_agencies", Open(200)),
    ("get_agency", Open(200)),
    ("read_audit", Office),
    ("list_dossiers", Own(200, 200)),
    ("begin_draft", Own(422, 403)),
    ("bulk_accept", Own(200, 200)),
    ("bulk_forward", Own(200, 200)),
    ("receive_dossier", Office),
    ("discard_draft", Hidden),
    ("see_dossier", Hidden),
    ("save_draft", Hidden),
    ("accept_dossier", Hidden),
    ("accept_supplement", Hidden),
    ("list_accesses", Hidden),
    ("approve_decision", Hidden),
    ("check_draft", Hidden),
    ("claim_task", Hidden),
    ("close_unsupplemented", Hidden),
    ("ask_confirmation", Hidden),
    ("confirm_dossier", Hidden),
    ("confirm_payment", Hidden),
    ("confirm_withdrawal", Hidden),
    ("list_files", Hidden),
    ("upload_file", Hidden),
    ("remove_file", Hidden),
    ("read_file", Hidden),
    ("finish_dossier", Hidden),
    ("forward_dossier", Hidden),
    ("propose_decision", Hidden),
    ("reassign_task", Hidden),
    ("see_receipt", Hidden),
    ("refuse_dossier", Hidden),
    ("reject_decision", Hidden),
    ("reject_withdrawal", Hidden),
    ("release_task", Hidden),
    ("reopen_dossier", Hidden),
    ("request_payment", Hidden),
    ("request_supplement", Hidden),
    ("return_result", Hidden),
    ("send_back_dossier", Hidden),
    ("stop_dossier", Hidden),
    ("submit_dossier", Hidden),
    ("send_supplement", Hidden),
    ("see_timeline", Hidden),
    ("withdraw_dossier", Hidden),
    ("list_fields", Open(200)),
    ("list_parked_jobs", Office),
    ("retry_job", Office),
    ("list_keys", Open(200)),
    ("see_own_account", Own(200, 200)),
    ("change_contacts", Own(200, 412)),
    ("change_password", Own(403, 403)),
    ("list_officers", Office),
    ("create_officer", Office),
    ("see_officer", Hidden),
    ("close_officer", Hidden),
    ("give_grant", Hidden),
    ("revoke_grant", Hidden),
    ("discard_version", Hidden),
    ("get_version", Hidden),
    ("save_version", Hidden),
    ("check_version", Hidden),
    ("publish_version", Hidden),
    ("list_procedures", Open(200)),
    ("create_procedure", Office),
    ("get_procedure", Open(200)),
    ("close_procedure", Known),
    ("get_draft", Known),
    ("get_form", Open(200)),
    ("list_versions", Open(200)),
    ("draft_version", Known),
    ("list_sessions", Own(200, 200)),
    ("sign_in", Open(401)),
    ("sign_out", Own(204, 204)),
    ("refresh_session", Open(401)),
    ("end_session", Hidden),
    ("list_tasks", Own(200, 200)),
    ("track_dossier", Open(404)),
    ("list_faq", Open(200)),
    ("see_faq_entry", Open(200)),
    ("ask_unnamed_question", Open(403)),
    ("confirm_question", Open(404)),
    ("ask_question", Own(422, 403)),
    ("list_questions", Own(200, 200)),
    ("list_question_queue", Own(200, 200)),
    ("list_late_questions", Own(200, 200)),
    ("see_question", Hidden),
    ("answer_question", Hidden),
    ("claim_question", Hidden),
    ("explain_question_deadline", Hidden),
    ("follow_up_question", Hidden),
    ("forward_question", Hidden),
    ("publish_answer", Hidden),
    ("refuse_question", Hidden),
    ("release_question", Hidden),
    ("rate_answer", Hidden),
    ("unpublish_answer", Hidden),
    ("withdraw_question", Hidden),
    ("list_units", Open(200)),
    ("resolve_unit", Open(200)),
    ("get_unit", Open(200)),
    ("live", Open(200)),
    ("ready", Open(200)),
];

/// The things of other people that the three ask for.
struct Things {
    dossier: String,
    file: String,
    officer: String,
    grant: String,
    session: String,
    version: String,
    unit: String,
    agency: String,
    job: String,
    question: String,
    faq_entry: String,
}

impl Things {
    async fn of(portal: &Portal) -> Self {
        let an = portal.an().await;
        let dossier = an.submits("1.004873").await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let files = an.get(&dossier.path("/files")).send().await.expect(200);
        let session = an.get("/api/v1/sessions").send().await.expect(200);
        let officer = portal.sign_in("tiepnhan.phuong").await;
        let officer_view = officer.get("/api/v1/me").send().await.expect(200);
        let versions = portal.nobody().get("/api/v1/procedures/1.004873/versions").send().await.expect(200);
        let unit =
            portal.nobody().get("/api/v1/units/resolve?level=commune&code=25456").send().await.expect(200);
        let (question, faq_entry) = published_question(portal).await;
        portal.run_jobs().await;
        let job = portal.text("SELECT id::text AS text FROM jobs LIMIT 1").await;
        Self {
            dossier: dossier.id,
            file: text(&files.body[0]["id"]),
            officer: officer.account_id,
            grant: text(&officer_view.body["grants"][0]["id"]),
            session: text(&session.body["items"][0]["id"]),
            version: text(&versions.body["items"][0]["id"]),
            unit: text(&unit.body["unit"]["id"]),
            agency: portal.committee_of("25456").await,
            job,
            question,
            faq_entry,
        }
    }

    /// The id that stands for `{name}` in a path.
    fn id(&self, path: &str, name: &str) -> &str {
        let room = path.trim_start_matches("/api/v1/").split('/').next().unwrap();
        match (room, name) {
            ("dossiers", "id") => &self.dossier,
            ("dossiers", "file_id") => &self.file,
            ("officers", "id") => &self.officer,
            ("officers", "grant_id") => &self.grant,
            ("sessions", "id") => &self.session,
            ("procedure-versions", "id") => &self.version,
            ("procedures", "code") => "1.004873",
            ("units", "id") => &self.unit,
            ("agencies", "id") => &self.agency,
            ("jobs", "id") => &self.job,
            ("calendar", "date") => "2027-03-01",
            ("dossiers", "form") => "01",
            ("questions", "id") => &self.question,
            ("faq", "id") => &self.faq_entry,
            _ => panic!("{path}: this test knows no {name}; give it one"),
        }
    }
}

/// A question that was answered and published, and its public copy.
async fn published_question(portal: &Portal) -> (String, String) {
    let leader = portal.sign_in("lanhdao.phuong").await;
    let me = leader.get("/api/v1/me").send().await.expect(200);
    let question = json!({
        "agency_id": me.body["grants"][0]["agency"]["id"], "title": "Giờ làm việc", "text": "Sáng thứ Bảy có làm không?",
        "may_publish": true,
    });
    let asked =
        portal.an().await.post("/api/v1/questions").key(&new_key()).json(&question).send().await.expect(201);
    let id = asked.body["id"].as_str().unwrap().to_owned();
    let answer =
        leader.post(&format!("/api/v1/questions/{id}/answer")).seeing(1).json(&json!({ "text": "Có." }));
    answer.send().await.expect(200);
    let copy = json!({ "title": "Giờ làm việc", "question_text": "Sáng thứ Bảy có làm không?", "answer_text": "Có." });
    let publish = leader.post(&format!("/api/v1/questions/{id}/publish")).seeing(2).json(&copy);
    let published = publish.send().await.expect(200);
    (id, published.body["published_id"].as_str().unwrap().to_owned())
}

struct Operation<'a> {
    method: Method,
    path: &'a str,
    said: &'a Value,
}

impl Operation<'_> {
    fn id(&self) -> &str {
        self.said["operationId"].as_str().unwrap()
    }

    fn has_parameter(&self, name: &str) -> bool {
        self.said["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|parameter| parameter["name"] == name))
    }

    fn names_a_thing(&self) -> bool {
        self.path.contains('{')
    }

    /// The address, of a thing that exists or of none.
    fn address(&self, things: &Things, exists: bool) -> String {
        let mut address = self.path.to_owned();
        while let Some((before, rest)) = address.clone().split_once('{') {
            let (name, after) = rest.split_once('}').unwrap();
            let absent = uuid::Uuid::now_v7().to_string();
            let id = match (exists, name) {
                (true, _) => things.id(self.path, name).to_owned(),
                (false, "date" | "form") => things.id(self.path, name).to_owned(),
                (false, "code") => "9.999999".to_owned(),
                (false, _) => absent,
            };
            address = format!("{before}{id}{after}");
        }
        let query = match self.id() {
            "read_audit" => format!("?object_id={}", things.dossier),
            "resolve_unit" => "?level=commune&code=25456".to_owned(),
            "read_register" => format!("?agency_id={}&from=2026-11-01&to=2026-11-30", things.agency),
            "remove_day_off" => "?legal_notice=1/TB-UBND".to_owned(),
            "calculate_due" => "?from=2026-11-23T08:00:00%2B07:00&limit=5d".to_owned(),
            _ => String::new(),
        };
        format!("{address}{query}")
    }

    async fn called(&self, person: &Person, things: &Things, exists: bool) -> Answer {
        let mut request = person.request(self.method.clone(), &self.address(things, exists));
        if self.has_parameter("If-Match") {
            request = request.seeing(1);
        }
        if self.has_parameter("Idempotency-Key") {
            request = request.key(&new_key());
        }
        let content = &self.said["requestBody"]["content"];
        if let Some(json) = content.get("application/json") {
            request = request.json(&json["example"]);
        } else if content.get("multipart/form-data").is_some() {
            let file = reqwest::multipart::Part::bytes(small_pdf()).file_name("giay-to.pdf");
            request = request.multipart(reqwest::multipart::Form::new().part("file", file));
        }
        let answer = request.send().await;
        let status = answer.status.to_string();
        assert!(
            self.said["responses"].get(&status).is_some(),
            "{}: {status} is not in the document",
            answer.what
        );
        answer
    }
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            operations.push(Operation { method, path, said });
        }
    }
    operations
}

/// The answer without what names the request.
fn bare(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("instance");
        body.remove("request_id");
    }
    json!({ "status": answer.status, "body": body })
}

/// What the three are answered about a thing that is not theirs, and the stranger about one that is not there.
struct Answers {
    nobody: Answer,
    stranger: Answer,
    officer: Answer,
    absent: Option<(Answer, Answer)>,
}

impl Answers {
    /// Nothing, or what is not as the table says.
    fn differ_from(&self, case: Case) -> Option<String> {
        let seen = [self.nobody.status, self.stranger.status, self.officer.status];
        let expected = match case {
            Case::Open(status) => [status; 3],
            Case::Own(stranger, officer) => [401, stranger, officer],
            Case::Office | Case::Known => [401, 403, 403],
            Case::Hidden => [401, 404, 404],
        };
        if seen != expected {
            return Some(format!("answered {seen:?}, expected {expected:?}"));
        }
        let Some((to_stranger, to_officer)) = &self.absent else { return None };
        if case == Case::Office || case == Case::Hidden {
            let same = bare(&self.stranger) == bare(to_stranger) && bare(&self.officer) == bare(to_officer);
            return (!same)
                .then(|| format!("foreign and absent differ: {} {}", self.officer.body, to_officer.body));
        }
        let statuses = (to_stranger.status, to_officer.status);
        (statuses != (404, 404)).then(|| format!("what is absent is answered {statuses:?}"))
    }
}

#[tokio::test]
async fn every_operation_is_closed_to_nobody_to_a_stranger_and_to_an_officer_of_another_commune() {
    let portal = Portal::open().await;
    let an = portal.an().await;
    // Both are registered already, so that each of the three is answered the same.
    let document = openapi::document().unwrap();
    for kind in ["citizens", "organisations"] {
        let path = format!("/api/v1/accounts/{kind}");
        let example =
            document["paths"][&path]["post"]["requestBody"]["content"]["application/json"]["example"].clone();
        portal.nobody().post(&path).json(&example).send().await;
    }
    let things = Things::of(&portal).await;
    let before = portal.text(EVERYTHING_OF_OTHERS).await;
    let elsewhere = portal.committee_of("25459").await;
    portal.hires("can.bo.noi.khac", &["reception", "processing", "leader"], &elsewhere).await;

    let operations = operations(&document);
    let mut faults = Vec::new();
    for operation in &operations {
        let Some((_, case)) = CASES.iter().find(|(id, _)| *id == operation.id()) else {
            faults.push(format!("{}: no case; say what the three are answered", operation.id()));
            continue;
        };
        let stranger = portal.sign_in("8200000033").await;
        let officer = portal.nobody().signed_in("can.bo.noi.khac", CHOSEN).await;
        let nobody = operation.called(&portal.nobody(), &things, true).await;
        let to_stranger = operation.called(&stranger, &things, true).await;
        let to_officer = operation.called(&officer, &things, true).await;
        let mut absent = None;
        if operation.names_a_thing() {
            let none = operation.called(&stranger, &things, false).await;
            absent = Some((none, operation.called(&officer, &things, false).await));
        }
        let answers = Answers { nobody, stranger: to_stranger, officer: to_officer, absent };
        faults.extend(answers.differ_from(*case).map(|fault| format!("{}: {fault}", operation.id())));
    }
    for (id, _) in CASES {
        if !operations.iter().any(|operation| operation.id() == *id) {
            faults.push(format!("{id}: there is no such operation any more"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(portal.text(EVERYTHING_OF_OTHERS).await, before, "something of somebody else was changed");
    an.get(&format!("/api/v1/dossiers/{}", things.dossier)).send().await.expect(200);
}

/// What the three have no business with, in one text.
const EVERYTHING_OF_OTHERS: &str = "
SELECT concat_ws(' ',
    (SELECT string_agg(row(id, state, version, answers)::text, ',' ORDER BY id) FROM dossiers),
    (SELECT string_agg(row(id, state, version, score)::text, ',' ORDER BY id) FROM questions),
    (SELECT string_agg(row(id, dossier_id)::text, ',' ORDER BY id) FROM files),
    (SELECT string_agg(row(id, assignee_id, agency_id)::text, ',' ORDER BY id) FROM tasks),
    (SELECT string_agg(row(grants.id, grants.valid_to)::text, ',' ORDER BY grants.id)
     FROM grants JOIN accounts ON accounts.id = account_id WHERE login <> 'can.bo.noi.khac'),
    (SELECT string_agg(row(id, closed_at, password_hash)::text, ',' ORDER BY id)
     FROM accounts WHERE login <> 'can.bo.noi.khac'),
    (SELECT string_agg(row(id, status, md5(definition::text))::text, ',' ORDER BY id) FROM procedure_versions),
    (SELECT count(*) FROM procedures)) AS text";

#[tokio::test]
async fn what_is_done_in_bulk_tells_no_more_than_what_is_done_singly() {
    let portal = Portal::open().await;
    let dossier = portal.an().await.submits("1.004873").await;
    let elsewhere = portal.committee_of("25459").await;
    let officer = portal.hires("can.bo.noi.khac", &["reception", "processing", "leader"], &elsewhere).await;
    for word in ["accept", "forward"] {
        let items = json!({ "items": [
            { "id": dossier.id, "version": dossier.version }, { "id": uuid::Uuid::now_v7(), "version": 1 }
        ] });
        let answer =
            officer.post(&format!("/api/v1/dossiers/bulk-{word}")).json(&items).send().await.expect(200);
        let [foreign, absent] = [0, 1].map(|at| {
            let mut result = answer.body["items"][at].clone();
            result.as_object_mut().unwrap().remove("id").unwrap();
            result
        });
        assert_eq!(foreign["code"], "general.not_found", "{}", answer.body);
        assert_eq!(foreign, absent);
    }
}

#[tokio::test]
async fn lists_show_an_officer_nothing_of_another_commune() {
    let portal = Portal::open().await;
    let dossier = portal.an().await.submits("1.004873").await;
    let elsewhere = portal.committee_of("25459").await;
    let officer = portal.hires("can.bo.noi.khac", &["reception", "processing", "leader"], &elsewhere).await;
    let company = portal.sign_in("8200000033").await;
    let here = portal.sign_in("tiepnhan.phuong").await;
    for path in ["/api/v1/dossiers", "/api/v1/tasks"] {
        let listed = here.get(path).send().await.expect(200);
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 1, "{path}");
        let by_number = format!("/api/v1/dossiers?number={}", dossier.number);
        for person in [&officer, &company] {
            for asked in [path, &by_number] {
                let listed = person.get(asked).send().await.expect(200);
                assert_eq!(listed.body["items"], json!([]), "{asked}");
                assert!(listed.body.get("total").is_none_or(|total| *total == 0), "{asked}");
            }
        }
    }
}
