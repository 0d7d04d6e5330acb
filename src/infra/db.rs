//! The one door to the database. `read` and `write` take a closure that is not async, so no network call can
//! hide in it; they hold a seat of a semaphore as large as the pool, and nothing else begins a transaction.
//!
//! No seat in time, or no database: 503 with Retry-After, within two seconds. A serialization failure or a
//! deadlock is tried again here; a connection that died while idle is replaced here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::r2d2::{ManageConnection, Pool};
use diesel::result::{ConnectionError, DatabaseErrorKind, Error as DieselError};
use diesel::{Connection, QueryResult};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::config::Database;
use crate::kernel::{Code, Error, Fault, General, Result};

pub type Conn = PgConnection;

/// How often a write that lost against another is tried, and for how long.
const ATTEMPTS: u32 = 4;
const RETRY_WINDOW: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    pool: Pool<Manager>,
    seats: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_limit: usize,
    seat_timeout: Duration,
    connections: u32,
    statements: Arc<AtomicU64>,
}

impl Db {
    /// Opens the door; connections are made when first needed, so a database that is down does not keep the
    /// portal from starting and saying so.
    pub fn new(settings: &Database, url: &str) -> Self {
        let statements = Arc::new(AtomicU64::new(0));
        let manager = Manager {
            url: watchful(url),
            statement_timeout_ms: settings.statement_timeout_ms,
            statements: statements.clone(),
        };
        let pool = Pool::builder()
            .max_size(settings.connections)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(Duration::from_millis(settings.connect_timeout_ms))
            .error_handler(Box::new(diesel::r2d2::LoggingErrorHandler))
            .build_unchecked(manager);
        Self(Arc::new(Inner {
            pool,
            seats: Arc::new(Semaphore::new(usize::try_from(settings.connections).unwrap_or(1))),
            waiting: AtomicUsize::new(0),
            waiting_limit: settings.waiting_requests,
            seat_timeout: Duration::from_millis(settings.seat_timeout_ms),
            connections: settings.connections,
            statements,
        }))
    }

    /// Statements sent so far, BEGIN and COMMIT among them: a test holds the hot paths to their number.
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Reads. No transaction is opened: a page is one statement, and so one snapshot.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.on_a_seat(move |inner| inner.attempt(|conn| work(conn))).await
    }

    /// Reads, and keeps the record that it was read: statements that each stand alone. Never on a replica.
    pub async fn look<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.on_a_seat(move |inner| inner.attempt(|conn| work(conn))).await
    }

    /// Writes, all or nothing.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.on_a_seat(move |inner| {
            inner.attempt(|conn| {
                #[expect(clippy::disallowed_methods, reason = "this is the door")]
                conn.transaction(|conn| work(conn))
            })
        })
        .await
    }

    /// A write that may take its time: seeding, not serving. Only the statement timeout is lifted.
    pub async fn patiently<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write(move |conn| {
            conn.batch_execute("SET LOCAL statement_timeout = 0")?;
            work(conn)
        })
        .await
    }

    async fn on_a_seat<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let seat = self.seat().await?;
        let inner = self.0.clone();
        // The seat goes with the work and not with whoever asked: a client that hangs up drops the request, but
        // its statement runs on, and its connection is not free before it ends.
        let seated = move || {
            let answer = work(&inner);
            drop(seat);
            answer
        };
        tokio::task::spawn_blocking(seated).await.map_err(Error::internal)?
    }

    async fn seat(&self) -> Result<OwnedSemaphorePermit> {
        if let Ok(seat) = self.0.seats.clone().try_acquire_owned() {
            return Ok(seat);
        }
        let queue = Queue::join(&self.0.waiting, self.0.waiting_limit).ok_or_else(busy)?;
        let seat = tokio::time::timeout(self.0.seat_timeout, self.0.seats.clone().acquire_owned()).await;
        drop(queue);
        match seat {
            Ok(Ok(seat)) => Ok(seat),
            Ok(Err(closed)) => Err(Error::internal(closed)),
            Err(_too_late) => Err(busy()),
        }
    }
}

/// A place in the bounded queue before the pool, given back when dropped.
struct Queue<'a>(&'a AtomicUsize);

impl<'a> Queue<'a> {
    fn join(waiting: &'a AtomicUsize, limit: usize) -> Option<Self> {
        if waiting.fetch_add(1, Ordering::Relaxed) < limit {
            return Some(Self(waiting));
        }
        waiting.fetch_sub(1, Ordering::Relaxed);
        None
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn busy() -> Error {
    General::Busy.error().retry_after(1)
}

impl Inner {
    fn attempt<T>(&self, work: impl Fn(&mut Conn) -> Result<T>) -> Result<T> {
        let begun = Instant::now();
        let mut lost_races = 0;
        let mut dead_connections = 0;
        loop {
            let mut seated = self
                .pool
                .get()
                .map_err(|error| General::DatabaseUnavailable.error().retry_after(2).caused_by(error))?;
            let answer = work(&mut seated.conn);
            let Err(error) = answer else { return answer };
            if error.is(General::DatabaseUnavailable) {
                // Nothing was done on it yet if it had died idle; if it died during the work, its
                // transaction died with it. Each pooled connection may be dead once.
                seated.dead = true;
                dead_connections += 1;
                if dead_connections <= self.connections
                    && begun.elapsed() < RETRY_WINDOW
                    && died_before_commit(&error)
                {
                    continue;
                }
                return Err(error);
            }
            lost_races += 1;
            if error.is(General::Busy) && lost_races < ATTEMPTS && begun.elapsed() < RETRY_WINDOW {
                continue;
            }
            return Err(error);
        }
    }
}

/// A connection that breaks while it commits may have committed: that must not be tried again here. (The
/// client may try again: its idempotency key tells the two apart.)
fn died_before_commit(error: &Error) -> bool {
    error.chain().is_none_or(|chain| !chain.contains(COMMIT_UNKNOWN))
}

const COMMIT_UNKNOWN: &str = "while committing";

/// What a host that went silent may cost: a second to connect, ten until the kernel gives up on an open connection.
/// libpq would wait for minutes, and each wait holds a thread.
const WATCHFUL: &[(&str, &str)] = &[
    ("connect_timeout", "1"),
    ("keepalives", "1"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// The URL with [`WATCHFUL`] put before its own parameters: of two that are the same libpq takes the later, so what
/// the URL sets stays set.
fn watchful(url: &str) -> String {
    let joined = |between: &str| {
        let pairs: Vec<String> = WATCHFUL.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join(between)
    };
    let Some(rest) = url.strip_prefix("postgresql://").or_else(|| url.strip_prefix("postgres://")) else {
        return format!("{} {url}", joined(" "));
    };
    // As libpq reads it: a name and password end at the @ before the first slash, and may contain a question mark.
    let authority = rest.split('/').next().unwrap_or_default();
    let credentials = authority.split_once('@').map_or(0, |(credentials, _)| credentials.len());
    let question_mark = rest.bytes().enumerate().find(|(at, byte)| *at >= credentials && *byte == b'?');
    let (address, own) = match question_mark.and_then(|(at, _)| rest.split_at_checked(at)) {
        Some((address, own)) => (address, own.trim_start_matches('?')),
        None => (rest, ""),
    };
    let ours = joined("&");
    let between = if own.is_empty() { "" } else { "&" };
    format!("postgresql://{address}?{ours}{between}{own}")
}

struct Manager {
    url: String,
    statement_timeout_ms: u64,
    statements: Arc<AtomicU64>,
}

struct Seated {
    conn: Conn,
    dead: bool,
}

impl ManageConnection for Manager {
    type Connection = Seated;
    type Error = ConnectionError;

    fn connect(&self) -> std::result::Result<Seated, ConnectionError> {
        let mut conn = PgConnection::establish(&self.url)?;
        conn.batch_execute(&format!(
            "SET statement_timeout = {}; SET idle_in_transaction_session_timeout = '30s'; SET TIME ZONE 'UTC'",
            self.statement_timeout_ms
        ))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
        conn.set_instrumentation(Counter(self.statements.clone()));
        Ok(Seated { conn, dead: false })
    }

    fn is_valid(&self, seated: &mut Seated) -> std::result::Result<(), ConnectionError> {
        seated.conn.batch_execute("SELECT 1").map_err(ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, seated: &mut Seated) -> bool {
        use diesel::r2d2::R2D2Connection;
        seated.dead || std::thread::panicking() || seated.conn.is_broken()
    }
}

struct Counter(Arc<AtomicU64>);

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { .. } = event {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match kind_of(&error) {
            Trouble::LostRace => busy().caused_by(error),
            Trouble::Unreachable => General::DatabaseUnavailable.error().retry_after(2).caused_by(error),
            Trouble::CommitUnknown => General::DatabaseUnavailable
                .error()
                .retry_after(2)
                .caused_by(format!("the connection broke {COMMIT_UNKNOWN}: {error}")),
            Trouble::NotStorable => Self::invalid(vec![Fault::new(
                "",
                "not_storable",
                "Có giá trị không lưu trữ được.",
                "A value cannot be stored.",
            )])
            .caused_by(error),
            Trouble::Ours => Self::internal(error),
        }
    }
}

enum Trouble {
    LostRace,
    Unreachable,
    CommitUnknown,
    /// A value that PostgreSQL has no place for. The doors refuse what they know of, by name; this is the net below.
    NotStorable,
    Ours,
}

/// The one place that reads what PostgreSQL says in words: diesel has no kind for these. The server must
/// speak with `lc_messages = C` (the private one does; the README says so for others).
fn kind_of(error: &DieselError) -> Trouble {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Trouble::LostRace,
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        )
        | DieselError::BrokenTransactionManager => Trouble::Unreachable,
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let words = information.message();
            let says = |any: &[&str]| any.iter().any(|phrase| words.contains(phrase));
            if says(&["deadlock detected", "lock timeout", "statement timeout"]) {
                Trouble::LostRace
            } else if says(&[
                "terminating connection",
                "server closed the connection",
                "connection to server",
                "no connection to the server",
                "could not connect",
                "the database system is",
                "connection not open",
                "cannot execute",
                "EOF detected",
                "Broken pipe",
            ]) {
                Trouble::Unreachable
            } else if says(&[
                "invalid byte sequence for encoding",
                "unsupported Unicode escape sequence",
                "date out of range",
                "timestamp out of range",
                "date/time field value out of range",
                "out of range for type",
            ]) {
                Trouble::NotStorable
            } else {
                Trouble::Ours
            }
        }
        // diesel, of a moment that PostgreSQL's microseconds do not reach.
        DieselError::SerializationError(cause)
            if cause.to_string().contains("too large to fit in an i64") =>
        {
            Trouble::NotStorable
        }
        DieselError::RollbackErrorOnCommit { commit_error, .. } => match kind_of(commit_error) {
            Trouble::Unreachable | Trouble::CommitUnknown => Trouble::CommitUnknown,
            other => other,
        },
        _ => Trouble::Ours,
    }
}

/// Names the refusals that constraints stand for: `insert.refuse_on(&[("accounts_login", Refusal::NameTaken)])`.
pub trait RefuseOn<T> {
    fn refuse_on<R: Into<Code> + Copy>(self, table: &[(&str, R)]) -> Result<T>;
}

impl<T> RefuseOn<T> for QueryResult<T> {
    fn refuse_on<R: Into<Code> + Copy>(self, table: &[(&str, R)]) -> Result<T> {
        let error = match self {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if let DieselError::DatabaseError(_, information) = &error {
            let constraint = information.constraint_name().unwrap_or_default();
            for (name, refusal) in table {
                if *name == constraint {
                    return Err(Error::refusal((*refusal).into()).caused_by(error));
                }
            }
        }
        Err(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_keeps_what_it_sets_and_gets_the_rest() {
        let ours = "connect_timeout=1&keepalives=1&keepalives_idle=10&keepalives_interval=3&keepalives_count=3&\
                    tcp_user_timeout=10000";
        for (url, address, own) in [
            ("postgres://a@b/c", "a@b/c", ""),
            ("postgresql://b", "b", ""),
            ("postgres://b/c?connect_timeout=7", "b/c", "&connect_timeout=7"),
            ("postgresql:///c?host=/tmp/x&user=a@b", "/c", "&host=/tmp/x&user=a@b"),
            ("postgres://a:p?w@b/c?sslmode=require", "a:p?w@b/c", "&sslmode=require"),
            ("postgres://b/c?", "b/c", ""),
        ] {
            assert_eq!(watchful(url), format!("postgresql://{address}?{ours}{own}"), "{url}");
        }
        let words = watchful("host=b connect_timeout=7");
        assert!(
            words.starts_with("connect_timeout=1 ") && words.ends_with(" host=b connect_timeout=7"),
            "{words}"
        );
    }
}
