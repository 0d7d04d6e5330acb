//! An answer of the portal, with words for what a test expects of it.

use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    pub bytes: Vec<u8>,
    pub what: String,
}

impl Answer {
    pub async fn read(what: String, response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        let bytes = response.bytes().await.map(|bytes| bytes.to_vec()).unwrap_or_default();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self { status, headers, body, bytes, what }
    }

    /// Fails with the whole answer where the status is another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.what, self.readable());
        if status >= 400 {
            self.assert_is_problem();
        }
        self
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.body["code"], code, "{}\n{}", answer.what, answer.readable());
        answer
    }

    /// The refusal names this field.
    #[track_caller]
    pub fn names(self, pointer: &str) -> Self {
        let faults = self.body["errors"].as_array().cloned().unwrap_or_default();
        let named = faults.iter().any(|fault| fault["pointer"] == pointer);
        assert!(named, "no fault at {pointer}: {}\n{}", self.what, self.readable());
        self
    }

    #[track_caller]
    pub fn assert_is_problem(&self) {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}\n{}",
            self.what,
            self.readable()
        );
        for member in ["type", "title", "status", "code", "instance", "request_id"] {
            assert!(
                !self.body[member].is_null(),
                "a problem without {member}: {}\n{}",
                self.what,
                self.readable()
            );
        }
        assert_eq!(self.body["status"], self.status);
    }

    pub fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub fn version(&self) -> i64 {
        self.header("etag").trim_matches('"').parse().unwrap_or_else(|_| panic!("no ETag: {}", self.what))
    }

    fn readable(&self) -> String {
        match &self.body {
            Value::Null => String::from_utf8_lossy(&self.bytes).into_owned(),
            body => serde_json::to_string_pretty(body).unwrap_or_default(),
        }
    }
}
