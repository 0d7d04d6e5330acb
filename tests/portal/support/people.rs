//! People: what they send, and what they do.

use std::sync::atomic::{AtomicU64, Ordering};

use motcua::infra::config::Profile;
use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::portal::definition;

#[derive(Clone)]
pub struct Client {
    pub http: reqwest::Client,
    pub address: String,
}

#[derive(Clone)]
pub struct Person {
    client: Client,
    profile: Profile,
    pub token: Option<String>,
    pub refresh_token: Option<String>,
    pub account_id: String,
    english: bool,
}

/// A dossier as a person has it in hand.
#[derive(Clone, Debug)]
pub struct Dossier {
    pub id: String,
    pub version: i64,
    pub number: String,
    pub secret: String,
}

impl Dossier {
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/dossiers/{}{rest}", self.id)
    }
}

pub struct Request {
    builder: reqwest::RequestBuilder,
    what: String,
}

impl Request {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub fn seeing(self, version: i64) -> Self {
        self.header("If-Match", &format!("\"{version}\""))
    }

    pub fn key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    pub fn body(mut self, bytes: impl Into<reqwest::Body>, content_type: &str) -> Self {
        self.builder = self.builder.header("Content-Type", content_type).body(bytes);
        self
    }

    pub fn multipart(mut self, form: reqwest::multipart::Form) -> Self {
        self.builder = self.builder.multipart(form);
        self
    }

    pub async fn send(self) -> Answer {
        let response = self.builder.send().await.unwrap_or_else(|error| panic!("{}: {error}", self.what));
        Answer::read(self.what, response).await
    }
}

pub fn new_key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Person {
    pub fn new(client: Client, profile: Profile) -> Self {
        Self { client, profile, token: None, refresh_token: None, account_id: String::new(), english: false }
    }

    pub async fn signed_in(&self, login: &str, password: &str) -> Self {
        let answer = self
            .post("/api/v1/sessions")
            .json(&json!({ "login": login, "password": password }))
            .send()
            .await
            .expect(201);
        Self {
            token: Some(answer.body["access_token"].as_str().unwrap().to_owned()),
            refresh_token: Some(answer.body["refresh_token"].as_str().unwrap().to_owned()),
            account_id: answer.body["account"]["id"].as_str().unwrap().to_owned(),
            ..self.clone()
        }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub fn in_english(&self) -> Self {
        Self { english: true, ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> Request {
        let what = format!("{method} {path}");
        let mut builder = self.client.http.request(method, format!("{}{path}", self.client.address));
        if let Some(token) = &self.token {
            builder = builder.bearer_auth(token);
        }
        if self.english {
            builder = builder.header("Accept-Language", "en");
        }
        Request { builder, what }
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    pub fn patch(&self, path: &str) -> Request {
        self.request(Method::PATCH, path)
    }

    pub fn put(&self, path: &str) -> Request {
        self.request(Method::PUT, path)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// Answers that the form takes, for a person of the commune of the demonstration.
    pub fn answers(&self, code: &str) -> Value {
        let definition = definition(code);
        let mut answers = definition["examples"][0].clone();
        if let Some(pointer) = definition["routing"]["address"].as_str() {
            // Phường 1, which became Phường Tân Ninh.
            let commune = match self.profile {
                Profile::ThreeLevel => "25456",
                Profile::TwoLevel => "25459",
            };
            *answers.pointer_mut(pointer).unwrap() = json!(commune);
        }
        answers
    }

    pub async fn begins_with(&self, code: &str, answers: &Value) -> Dossier {
        let begun = self
            .post("/api/v1/dossiers")
            .key(&new_key())
            .json(&json!({ "procedure_code": code, "answers": answers }))
            .send()
            .await
            .expect(201);
        Dossier {
            id: begun.body["id"].as_str().unwrap().to_owned(),
            version: begun.version(),
            number: String::new(),
            secret: String::new(),
        }
    }

    pub async fn begins(&self, code: &str) -> Dossier {
        self.begins_with(code, &self.answers(code)).await
    }

    pub async fn uploads(&self, dossier: &Dossier, component: &str) -> Answer {
        self.uploads_bytes(dossier, component, "giay-to.pdf", small_pdf()).await
    }

    pub async fn uploads_bytes(
        &self,
        dossier: &Dossier,
        component: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> Answer {
        let file = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form =
            reqwest::multipart::Form::new().text("component_code", component.to_owned()).part("file", file);
        self.post(&dossier.path("/files")).multipart(form).send().await
    }

    /// Everything that the draft still needs, as its check says.
    pub async fn completes(&self, dossier: &Dossier) {
        let check = self.get(&dossier.path("/check")).send().await.expect(200);
        for fault in check.body["faults"].as_array().unwrap() {
            if let Some(component) = fault["pointer"].as_str().unwrap().strip_prefix("/components/") {
                self.uploads(dossier, component).await.expect(201);
            }
        }
    }

    pub async fn hands_in(&self, dossier: &mut Dossier) -> Answer {
        let answer = self
            .post(&dossier.path("/submit"))
            .key(&new_key())
            .json(&json!({ "declares_true": true }))
            .send()
            .await;
        if answer.status == 201 {
            dossier.version = answer.version();
            dossier.number = answer.body["number"].as_str().unwrap().to_owned();
            dossier.secret = answer.body["tracking_secret"].as_str().unwrap().to_owned();
        }
        answer
    }

    /// From the first keystroke to the receipt.
    pub async fn submits(&self, code: &str) -> Dossier {
        let mut dossier = self.begins(code).await;
        self.completes(&dossier).await;
        self.hands_in(&mut dossier).await.expect(201);
        dossier
    }

    pub async fn sees(&self, dossier: &mut Dossier) -> Value {
        let answer = self.get(&dossier.path("")).send().await.expect(200);
        dossier.version = answer.version();
        answer.body
    }

    /// A move, by the word in its address.
    pub async fn tries(&self, word: &str, dossier: &Dossier, body: Value) -> Answer {
        let request = self.post(&dossier.path(&format!("/{word}"))).seeing(dossier.version);
        request.json(&body).send().await
    }

    pub async fn does(&self, word: &str, dossier: &mut Dossier, body: Value) -> Value {
        let answer = self.tries(word, dossier, body).await.expect(200);
        dossier.version = answer.version();
        answer.body
    }

    pub async fn brings_result(&self, dossier: &Dossier) -> String {
        let file = reqwest::multipart::Part::bytes(small_pdf()).file_name("ket-qua.pdf");
        let form = reqwest::multipart::Form::new().part("file", file);
        let answer =
            self.post(&dossier.path("/files?purpose=result")).multipart(form).send().await.expect(201);
        answer.body["id"].as_str().unwrap().to_owned()
    }
}

/// The smallest file that every reader takes for a PDF.
pub fn small_pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
      3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\nxref\n0 4\n0000000000 65535 f \n\
      0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n\
      164\n%%EOF\n"
        .to_vec()
}
