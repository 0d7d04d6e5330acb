//! Settings: `config/default.toml` has every key with a sentence; the environment's file overrides it, then
//! variables `MOTCUA__SECTION__KEY`. Unknown keys are refused: a misspelt setting must not be a silent default.
//! The defaults travel in the binary, so it runs without the folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::text_of;

const DEFAULTS: &str = include_str!("../../config/default.toml");

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub environment: Environment,
    pub http: Http,
    pub database: Database,
    pub auth: Auth,
    pub files: Files,
    pub mail: Mail,
    pub worker: Worker,
    pub province: Province,
    pub processing: Processing,
    pub questions: Questions,
    pub log: Log,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    Development,
    Test,
    Production,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub address: SocketAddr,
    pub workers: usize,
    pub public_url: String,
    pub json_limit_bytes: usize,
    pub body_seconds: u64,
    pub shutdown_seconds: u64,
    pub requests_per_second_per_address: u32,
    pub burst_per_address: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Empty: the private server under `data_folder`.
    pub url: String,
    pub data_folder: PathBuf,
    pub connections: u32,
    pub waiting_requests: usize,
    pub seat_timeout_ms: u64,
    pub connect_timeout_ms: u64,
    pub statement_timeout_ms: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    pub keys_folder: PathBuf,
    pub issuer: String,
    pub access_minutes: i64,
    pub refresh_days: i64,
    pub password_memory_kib: u32,
    pub password_passes: u32,
    pub logins_per_minute_per_name: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    pub folder: PathBuf,
    pub file_limit_bytes: u64,
    pub files_per_dossier: i64,
    pub bytes_per_dossier: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Empty: mail is written to the log's place of honour, the job list, and waits.
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    pub username: String,
    pub password_file: String,
    pub from: String,
    pub timeout_seconds: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    None,
    Starttls,
    Tls,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    pub poll_ms: u64,
    pub lease_seconds: i64,
    pub attempts: i32,
    pub keep_done_days: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    ThreeLevel,
    TwoLevel,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Province {
    pub profile: Profile,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processing {
    pub claim_lease_minutes: i64,
    pub warn_after_percent: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    pub working_days: u16,
    pub remind_after_days: u16,
    pub anonymous: bool,
    pub unconfirmed_hours: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub filter: String,
    pub json: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    #[error("the settings cannot be used: {0}")]
    Unreadable(#[from] config::ConfigError),
    #[error("setting {key}: {why}")]
    Unusable { key: &'static str, why: String },
    #[error("the secret file named by {key} cannot be read: {source}")]
    Secret { key: &'static str, source: std::io::Error },
}

impl Settings {
    /// Reads `folder` (usually `config/`) for the environment named, over the built-in defaults.
    pub fn load(folder: &Path, environment: Option<&str>) -> Result<Self, ConfigFault> {
        let mut builder = config::Config::builder()
            .add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml))
            .add_source(config::File::from(folder.join("default.toml")).required(false));
        if let Some(name) = environment {
            builder = builder
                .add_source(config::File::from(folder.join(format!("{name}.toml"))).required(true))
                .set_override("environment", name)?;
        }
        let mut settings: Self = builder
            .add_source(config::Environment::with_prefix("MOTCUA").prefix_separator("__").separator("__"))
            .build()?
            .try_deserialize()?;
        // The name that every host knows.
        if let Some(url) = text_of("DATABASE_URL") {
            settings.database.url = url;
        }
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), ConfigFault> {
        let fault = |key, why: &str| ConfigFault::Unusable { key, why: why.to_owned() };
        if self.database.connections == 0 {
            return Err(fault("database.connections", "at least one connection is needed"));
        }
        if self.http.requests_per_second_per_address == 0 || self.http.burst_per_address == 0 {
            return Err(fault("http.requests_per_second_per_address", "zero would refuse everybody"));
        }
        if self.auth.logins_per_minute_per_name == 0 {
            return Err(fault("auth.logins_per_minute_per_name", "zero would let nobody in"));
        }
        if self.environment == Environment::Production && self.database.url.is_empty() {
            return Err(fault(
                "database.url",
                "production names its database; the private server is for development",
            ));
        }
        if self.environment == Environment::Production && self.http.public_url.starts_with("http://") {
            return Err(fault("http.public_url", "production is reached over https"));
        }
        if !(1..=250).contains(&self.questions.working_days) {
            return Err(fault("questions.working_days", "between 1 and 250 working days"));
        }
        if !(1..=self.questions.working_days).contains(&self.questions.remind_after_days) {
            return Err(fault("questions.remind_after_days", "between 1 and questions.working_days"));
        }
        if self.worker.attempts < 1 {
            return Err(fault("worker.attempts", "a job needs at least one attempt"));
        }
        Ok(())
    }
}

impl Mail {
    pub fn password(&self) -> Result<String, ConfigFault> {
        if self.password_file.is_empty() {
            return Ok(String::new());
        }
        std::fs::read_to_string(&self.password_file)
            .map(|text| text.trim_end().to_owned())
            .map_err(|source| ConfigFault::Secret { key: "mail.password_file", source })
    }
}
