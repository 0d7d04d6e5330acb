//! A portal on its own database, cloned from a template that is built once for each state of migrations and seeds.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use motcua::app::{State, demo, migrations, seed, startup, work};
use motcua::identity::Passwords;
use motcua::identity::password::Password;
use motcua::infra::clock::{Clock, in_vietnam};
use motcua::infra::config::{MailSecurity, Profile, Settings};
use motcua::infra::crypto;
use motcua::infra::db::{Conn, Db};
use motcua::jobs::worker::Worker;
use motcua::kernel::Result;
use motcua::units::agencies;
use serde_json::Value;

use super::mail::MailServer;
use super::people::{Client, Person};

pub struct Portal {
    pub state: State,
    pub address: String,
    pub mail: MailServer,
    pub profile: Profile,
    database: String,
    http: reqwest::Client,
    worker: Worker,
    server: actix_web::dev::ServerHandle,
    folder: PathBuf,
    /// Jobs that a test parks on purpose.
    pub parked_jobs_expected: std::sync::atomic::AtomicI64,
}

impl Portal {
    pub async fn open() -> Self {
        Self::with(Profile::ThreeLevel, |_| {}).await
    }

    pub async fn two_level() -> Self {
        Self::with(Profile::TwoLevel, |_| {}).await
    }

    pub async fn with(profile: Profile, change: impl FnOnce(&mut Settings)) -> Self {
        listen_to_the_log();
        let template = template(profile).await;
        let database = format!("t_{}", uuid::Uuid::now_v7().simple());
        let statement = format!("CREATE DATABASE {database} TEMPLATE {template} STRATEGY file_copy");
        administer(move |conn| conn.batch_execute(&statement).unwrap()).await;

        let folder = std::env::temp_dir().join(format!("motcua-{database}"));
        let mail = MailServer::start().await;
        let mut settings = settings();
        settings.province.profile = profile;
        settings.http.workers = 2;
        settings.auth.keys_folder = folder.join("keys");
        settings.files.folder = folder.join("files");
        settings.mail.host = "127.0.0.1".to_owned();
        settings.mail.port = mail.port;
        settings.mail.security = MailSecurity::None;
        change(&mut settings);
        let state = State::new(settings, &url(&database), Clock::default()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = startup::serve(&state, listener).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        let worker = work::worker(&state);
        Self {
            state,
            address,
            mail,
            profile,
            database,
            http: reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap(),
            worker,
            server: handle,
            folder,
            parked_jobs_expected: std::sync::atomic::AtomicI64::new(0),
        }
    }

    pub fn nobody(&self) -> Person {
        Person::new(Client { http: self.http.clone(), address: self.address.clone() }, self.profile)
    }

    /// Signs in as one of the demonstration people.
    pub async fn sign_in(&self, login: &str) -> Person {
        self.nobody().signed_in(login, demo::PASSWORD).await
    }

    /// Nguyễn Văn An, a citizen.
    pub async fn an(&self) -> Person {
        self.sign_in("072098000006").await
    }

    pub fn advance(&self, by: chrono::Duration) {
        self.state.clock.advance(by);
    }

    /// Carries every event and runs every due job, until there is nothing left to do.
    pub async fn run_jobs(&self) {
        for _ in 0..200 {
            if self.worker.turn().await.unwrap() == 0 {
                return;
            }
        }
        panic!("the jobs never come to an end");
    }

    /// What a deployment stops it by.
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.server.clone()
    }

    pub async fn sql<T: Send + 'static>(&self, work: impl Fn(&mut Conn) -> Result<T> + Send + 'static) -> T {
        self.state.db.read(work).await.unwrap()
    }

    pub async fn count(&self, statement: &'static str) -> i64 {
        self.sql(move |conn| Ok(count(conn, statement))).await
    }

    /// The one text that a statement selects as `text`.
    pub async fn text(&self, statement: &'static str) -> String {
        self.sql(move |conn| Ok(diesel::sql_query(statement).get_result::<Text>(conn)?.text)).await
    }

    pub fn url(&self) -> String {
        url(&self.database)
    }

    pub fn database(&self) -> &str {
        &self.database
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

fn count(conn: &mut Conn, statement: &str) -> i64 {
    diesel::sql_query(statement).get_result::<Count>(conn).unwrap().count
}

impl Drop for Portal {
    /// What a test leaves behind: no parked job that it did not expect, no error in the log that it did not look at.
    fn drop(&mut self) {
        let parked = {
            let mut conn = PgConnection::establish(&url(&self.database)).ok();
            conn.as_mut()
                .map(|conn| count(conn, "SELECT count(*) AS count FROM jobs WHERE parked_at IS NOT NULL"))
        };
        if let Ok(mut conn) = PgConnection::establish(&base_url()) {
            conn.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database)).ok();
        }
        std::fs::remove_dir_all(&self.folder).ok();
        if std::thread::panicking() {
            return;
        }
        let expected = *self.parked_jobs_expected.get_mut();
        assert!(
            parked.is_none_or(|parked| parked == expected),
            "parked jobs: {parked:?}, expected {expected}"
        );
        // Only where the process is this test's alone can an error be said to be its own.
        if std::env::var_os("NEXTEST").is_some() {
            let errors = errors_logged().lock().unwrap();
            assert!(errors.is_empty(), "errors were logged: {errors:#?}");
            let lines = lines_logged().lock().unwrap();
            let sung = lines.iter().find(|line| CANARIES.iter().any(|canary| line.contains(canary)));
            assert!(sung.is_none(), "the log names somebody: {sung:?}");
        }
    }
}

/// Looks at the errors that were logged so far, and forgives them.
pub fn forgive_errors() -> Vec<String> {
    std::mem::take(&mut *errors_logged().lock().unwrap())
}

/// Every line of the log so far, at the level that is kept in production.
pub fn logged() -> Vec<String> {
    lines_logged().lock().unwrap().clone()
}

fn errors_logged() -> &'static Mutex<Vec<String>> {
    static ERRORS: OnceLock<Mutex<Vec<String>>> = OnceLock::new();
    ERRORS.get_or_init(Mutex::default)
}

fn lines_logged() -> &'static Mutex<Vec<String>> {
    static LINES: OnceLock<Mutex<Vec<String>>> = OnceLock::new();
    LINES.get_or_init(Mutex::default)
}

fn listen_to_the_log() {
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    let filter = tracing_subscriber::filter::LevelFilter::INFO;
    tracing_subscriber::registry().with(filter).with(Listener).try_init().ok();
}

struct Listener;

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        struct Words(String);
        impl tracing::field::Visit for Words {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0.push_str(&format!("{field}={value:?} "));
            }
        }
        let mut words = Words(String::new());
        event.record(&mut words);
        lines_logged().lock().unwrap().push(words.0.clone());
        if *event.metadata().level() == tracing::Level::ERROR {
            errors_logged().lock().unwrap().push(words.0);
        }
    }
}

/// What belongs to the people of the demonstration, and the start of every token: never in a log line.
pub const CANARIES: [&str; 8] = [
    "072098000006",
    "072190000018",
    "0912345678",
    "0987654321",
    "an@motcua.example",
    "Nguyễn Văn An",
    demo::PASSWORD,
    "eyJ",
];

pub fn settings() -> Settings {
    Settings::load(&root().join("config"), Some("test")).unwrap()
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn base_url() -> String {
    std::env::var("MOTCUA_TEST_DATABASE_URL")
        .expect("run the tests by `make test`, or set MOTCUA_TEST_DATABASE_URL to a PostgreSQL they may make databases on")
}

/// The same server, another database.
pub fn url(database: &str) -> String {
    let base = base_url();
    let (before, query) =
        base.split_once('?').map_or((base.as_str(), None), |(before, query)| (before, Some(query)));
    let authority_end = before.find("://").map_or(0, |at| at + 3);
    let path_at = before[authority_end..].find('/').map_or(before.len(), |at| authority_end + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{database}{query}", &before[..path_at])
}

pub async fn administer(work: impl FnOnce(&mut PgConnection) + Send + 'static) {
    tokio::task::spawn_blocking(move || work(&mut PgConnection::establish(&base_url()).unwrap()))
        .await
        .unwrap();
}

/// The name of a migrated and seeded database, made now where there is none. Named by a digest of all that makes it.
async fn template(profile: Profile) -> String {
    let mut digest = crypto::Sha256::default();
    for (path, bytes) in what_makes_a_template() {
        digest.update(path.as_bytes());
        digest.update(&bytes);
    }
    let tag = match profile {
        Profile::ThreeLevel => "three",
        Profile::TwoLevel => "two",
    };
    let name = format!("template_{tag}_{}", &crypto::hex(&digest.finish())[..16]);
    let wanted = name.clone();
    tokio::task::spawn_blocking(move || build_template(&wanted, profile)).await.unwrap();
    name
}

fn build_template(name: &str, profile: Profile) {
    let mut conn = PgConnection::establish(&base_url()).unwrap();
    let exists = format!("SELECT count(*) AS count FROM pg_database WHERE datname = '{name}'");
    if count(&mut conn, &exists) == 1 {
        return;
    }
    conn.batch_execute("SELECT pg_advisory_lock(7264183002)").unwrap();
    if count(&mut conn, &exists) == 0 {
        let building = format!("{name}_building");
        conn.batch_execute(&format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)")).unwrap();
        conn.batch_execute(&format!("CREATE DATABASE {building}")).unwrap();
        migrations::migrate(&url(&building)).unwrap();
        seed_template(&url(&building), profile);
        conn.batch_execute(&format!("ALTER DATABASE {building} RENAME TO {name}")).unwrap();
    }
    conn.batch_execute("SELECT pg_advisory_unlock(7264183002)").unwrap();
}

fn seed_template(url: &str, profile: Profile) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let settings = settings();
    let db = Db::new(&settings.database, url);
    runtime.block_on(async {
        let now = Clock::default().now();
        let profile = match profile {
            Profile::ThreeLevel => agencies::Profile::ThreeLevel,
            Profile::TwoLevel => agencies::Profile::TwoLevel,
        };
        let hash =
            Passwords::new(&settings.auth).unwrap().hash(Password::typed(demo::PASSWORD)).await.unwrap();
        db.patiently(move |conn| seed::seed(conn, &seed::Seeding { profile, now })).await.unwrap();
        let today = in_vietnam(now).date_naive();
        db.write(move |conn| demo::seed_demo_people(conn, profile, &hash, today, now)).await.unwrap();
    });
}

fn what_makes_a_template() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in ["migrations", "seeds", "src/app", "src/units", "src/catalogue", "src/calendar"] {
        read_folder(&root().join(folder), &mut files);
    }
    files.insert("test.toml".to_owned(), std::fs::read(root().join("config/test.toml")).unwrap());
    files
}

fn read_folder(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(&path, files);
        } else {
            files.insert(path.display().to_string(), std::fs::read(&path).unwrap());
        }
    }
}

/// A complete definition of the seeds, as its file says it.
pub fn definition(code: &str) -> Value {
    let text = std::fs::read_to_string(root().join(format!("seeds/procedures/{code}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}
