//! A private PostgreSQL in a folder of the checkout, for `make run` and `make test`; a deployment gives
//! `DATABASE_URL` instead.
//!
//! What must stay true:
//! * The server never outlives the program that opened it, not even one that was killed with -9
//!   ([`process`]).
//! * Nobody reaches it but this program's user: no network, only a socket in a folder of mode 0700.
//! * One program per folder, held by a lock that the kernel gives back whatever happens.
//! * What a [`Durability::Durable`] folder has committed survives any stop.
//!
//! It works for root, as whom PostgreSQL refuses to run: the server then runs as another user, even where
//! that user could not walk to the folder (a checkout in root's home), because it is handed the folder as an
//! open descriptor.

mod error;
mod folders;
mod process;
mod programs;
mod run;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query, sql_types};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};

pub use self::error::EmbeddedError;
use self::error::io_error;
use self::programs::Programs;
pub use self::run::{exit_code, run_foreground, run_with};

/// The owner of everything in the cluster.
const ROLE: &str = "motcua";
/// The database that [`run_with`] and [`run_foreground`] hand out.
const DATABASE: &str = "motcua";
/// Long, because a server that was killed first replays what it had promised.
const PATIENCE_TO_START: Duration = Duration::from_secs(120);
const PATIENCE_TO_STOP: Duration = Duration::from_secs(15);

#[derive(Clone, Debug)]
pub struct Settings {
    /// Data, log and lock. Made when absent.
    pub folder: PathBuf,
    pub durability: Durability,
    /// The folder of `postgres` and `initdb`; without it they are looked for ([`programs`]).
    pub programs: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    Durable,
    /// For tests: nothing is synced to disk, and data that cannot be opened is made anew.
    Throwaway,
}

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct Cluster {
    server: Child,
    sockets: PathBuf,
    _lock: File,
}

impl Settings {
    pub fn durable(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), durability: Durability::Durable, programs: None }
    }

    pub fn throwaway(folder: impl Into<PathBuf>) -> Self {
        Self { durability: Durability::Throwaway, ..Self::durable(folder) }
    }
}

impl Cluster {
    /// Starts the server, with new data where there is none, and returns when it takes connections.
    ///
    /// Call it from the main thread: the kernel ties the server's life to the *thread* that started it, so
    /// from a pooled thread the database would vanish when the pool shrinks.
    pub fn open(settings: &Settings) -> Result<Self, EmbeddedError> {
        let folder = folders::made(&settings.folder)?;
        let lock = folders::locked(&folder)?;
        let data = folder.join("data");
        folders::await_predecessor(&data)?;

        let programs = match programs::find(settings, &folder, &data) {
            Err(EmbeddedError::WrongVersion { .. }) if settings.durability == Durability::Throwaway => {
                fs::remove_dir_all(&data).map_err(io_error("cannot remove", &data))?;
                programs::find(settings, &folder, &data)?
            }
            found => found?,
        };
        let user = folders::server_user(&data)?;
        let log = folders::fresh_log(&folder)?;
        if !data.exists() {
            initialise(&programs, user.as_ref(), &data, &log, settings.durability)?;
        }
        folders::owned_by_server(&data, user.as_ref())?;

        let sockets = folders::socket_folder(&folder, user.as_ref())?;
        let mut cluster = Self {
            server: start(&programs, user.as_ref(), &data, &sockets, &log, settings.durability)?,
            sockets,
            _lock: lock,
        };
        cluster.await_ready(&data, &log)?;
        let programs = programs.folder.display();
        tracing::debug!(folder = %folder.display(), %programs, "private PostgreSQL is ready");
        Ok(cluster)
    }

    /// What libpq wants to hear.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql:///{database}?host={}&user={ROLE}", self.sockets.display())
    }

    /// Makes the database unless it is there; returns its URL.
    pub fn ensure_database(&self, name: &str) -> Result<String, EmbeddedError> {
        let failed = |source| EmbeddedError::Create { name: name.to_owned(), source };
        let mut connection = PgConnection::establish(&self.url("postgres"))?;
        let there = sql_query("SELECT FROM pg_database WHERE datname = $1")
            .bind::<sql_types::Text, _>(name)
            .execute(&mut connection)
            .map_err(failed)?;
        if there == 0 {
            let quoted = name.replace('"', "\"\"");
            sql_query(format!("CREATE DATABASE \"{quoted}\"")).execute(&mut connection).map_err(failed)?;
        }
        Ok(self.url(name))
    }

    /// The server's end, if it came unasked.
    pub fn died(&mut self) -> Option<ExitStatus> {
        self.server.try_wait().ok().flatten()
    }

    fn await_ready(&mut self, data: &Path, log: &Path) -> Result<(), EmbeddedError> {
        let failed = |how: String| EmbeddedError::Failed {
            program: "postgres",
            how,
            log: log.to_owned(),
            tail: folders::tail(log),
        };
        let mine = self.server.id().to_string();
        let until = Instant::now() + PATIENCE_TO_START;
        while Instant::now() < until {
            if let Some(status) = self.died() {
                return Err(failed(status.to_string()));
            }
            // The eighth line is the server's own word on its state, which pg_ctl reads too.
            let status = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            let mut lines = status.lines();
            if lines.next() == Some(mine.as_str())
                && lines.nth(6).is_some_and(|state| state.trim() == "ready")
            {
                return Ok(());
            }
            pause();
        }
        Err(failed("not ready in time".to_owned()))
    }

    fn stop(&mut self) {
        // First what ends sessions and writes everything down; then what leaves the rest to recovery.
        for signal in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGKILL] {
            if self.died().is_some() {
                break;
            }
            if let Ok(pid) = i32::try_from(self.server.id()) {
                // It may have ended in between, which is what we want.
                let _ = kill(Pid::from_raw(pid), signal);
            }
            let until = Instant::now() + PATIENCE_TO_STOP;
            while self.died().is_none() && Instant::now() < until {
                pause();
            }
        }
        // Best effort: an empty folder that stays does no harm.
        let _ = fs::remove_dir(&self.sockets);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Makes the data beside its place and moves it there when whole, so that an interrupted first start leaves
/// nothing half-made.
fn initialise(
    programs: &Programs,
    user: Option<&User>,
    data: &Path,
    log: &Path,
    durability: Durability,
) -> Result<(), EmbeddedError> {
    let new = data.with_extension("new");
    if new.exists() {
        fs::remove_dir_all(&new).map_err(io_error("cannot remove", &new))?;
    }
    folders::private_folder(&new, user)?;

    let mut command = process::server_command(&programs.initdb(), user, &new, log)?;
    command.args(["--username", ROLE, "--auth-local=trust", "--auth-host=reject"]);
    // Sorted by code point and folded by Unicode; sorting for people is the program's matter.
    command.args(["--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C"]);
    if durability == Durability::Throwaway {
        command.arg("--no-sync");
    }
    let status = process::spawn(&mut command, user)?
        .wait()
        .map_err(io_error("cannot wait for", &programs.initdb()))?;
    if !status.success() {
        return Err(EmbeddedError::Failed {
            program: "initdb",
            how: status.to_string(),
            log: log.to_owned(),
            tail: folders::tail(log),
        });
    }
    fs::rename(&new, data).map_err(io_error("cannot move", &new))
}

fn start(
    programs: &Programs,
    user: Option<&User>,
    data: &Path,
    sockets: &Path,
    log: &Path,
    durability: Durability,
) -> Result<Child, EmbeddedError> {
    let sockets = format!("unix_socket_directories={}", sockets.display());
    let mut settings = vec![
        "listen_addresses=",
        &sockets,
        "max_connections=100",
        "shared_buffers=64MB",
        "timezone=UTC",
        "log_timezone=UTC",
        "lc_messages=C",
        "jit=off",
        // A statement, a DETAIL or a CONTEXT may hold what a citizen wrote: the log says that and where it failed.
        "log_error_verbosity=terse",
        "log_min_error_statement=panic",
        "log_parameter_max_length=0",
        "log_parameter_max_length_on_error=0",
    ];
    if durability == Durability::Throwaway {
        settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"]);
        settings.extend(["wal_level=minimal", "max_wal_senders=0", "checkpoint_timeout=1h"]);
        // A worker in a template makes CREATE DATABASE wait for it.
        settings.push("autovacuum=off");
    }
    let mut command = process::server_command(&programs.postgres(), user, data, log)?;
    for setting in settings {
        command.args(["-c", setting]);
    }
    process::spawn(&mut command, user)
}

#[expect(
    clippy::disallowed_methods,
    reason = "start-up and shutdown run in the main thread, before and after every async runtime"
)]
fn pause() {
    std::thread::sleep(Duration::from_millis(10));
}
