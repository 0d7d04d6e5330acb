//! Everything that the doors and the worker share, put together once.

use std::sync::Arc;

use chrono::Duration;

use crate::calendar::store::Calendars;
use crate::catalogue::store::Definitions;
use crate::dossiers::Library;
use crate::files::{NoScanner, Receiver};
use crate::identity::{Passwords, Tokens};
use crate::infra::clock::Clock;
use crate::infra::config::Settings;
use crate::infra::db::Db;
use crate::infra::http::{AddressLimit, NameLimit};
use crate::infra::mail::Mailer;
use crate::infra::objects::Objects;
use crate::infra::telemetry::Metrics;
use crate::kernel::{Error, Result};
use crate::questions;

#[derive(Clone)]
pub struct State {
    pub settings: Settings,
    pub db: Db,
    pub clock: Clock,
    pub metrics: Metrics,
    pub tokens: Tokens,
    pub passwords: Passwords,
    pub objects: Objects,
    pub mailer: Mailer,
    pub library: Library,
    pub questions: questions::Rules,
    pub receiver: Receiver,
    pub address_limit: AddressLimit,
    pub name_limit: NameLimit,
}

impl State {
    pub fn new(settings: Settings, database_url: &str, clock: Clock) -> Result<Self> {
        let db = Db::new(&settings.database, database_url);
        let objects = Objects::in_folder(&settings.files.folder)?;
        let library = Library {
            definitions: Definitions::default(),
            calendars: Calendars::default(),
            warn_percent: settings.processing.warn_after_percent,
            claim_lease: Duration::minutes(settings.processing.claim_lease_minutes),
            files: settings.files.clone(),
        };
        let questions = questions::Rules {
            calendars: library.calendars.clone(),
            claim_lease: library.claim_lease,
            settings: settings.questions.clone(),
        };
        Ok(Self {
            questions,
            metrics: Metrics::new()?,
            tokens: Tokens::open(&settings.auth).map_err(Error::internal)?,
            passwords: Passwords::new(&settings.auth)?,
            mailer: Mailer::new(&settings.mail).map_err(Error::internal)?,
            receiver: Receiver::new(db.clone(), objects.clone(), Arc::new(NoScanner), settings.files.clone()),
            address_limit: AddressLimit::new(
                settings.http.requests_per_second_per_address,
                settings.http.burst_per_address,
            ),
            name_limit: NameLimit::per_minute(settings.auth.logins_per_minute_per_name),
            library,
            objects,
            db,
            clock,
            settings,
        })
    }
}
