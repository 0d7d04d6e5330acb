//! What can go wrong, each with what is open to the person who reads it.

use super::*;

#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error(
        "the database in {folder} is in use by process {pid}; stop that one first (Ctrl-C where it runs, or \
         `kill {pid}`), or give this one another folder, or a server of its own in DATABASE_URL"
    )]
    InUse { folder: PathBuf, pid: String },
    #[error(
        "a PostgreSQL server (process {pid}) still runs in {folder} and does not stop; end it with \
         `kill -INT {pid}` and start again"
    )]
    LeftBehind { folder: PathBuf, pid: i32 },
    #[error(
        "no PostgreSQL programs (postgres, initdb) in {looked}; run `make prepare`, or install the package \
         `postgresql`, or name their folder in the settings, or give a running server in DATABASE_URL"
    )]
    NoPrograms { looked: String },
    #[error(
        "the data in {folder} is of PostgreSQL {wanted}, but here is only: {found}; install \
         postgresql-{wanted}, or move the folder away to start with empty data"
    )]
    WrongVersion { folder: PathBuf, wanted: String, found: String },
    #[error(
        "PostgreSQL does not run as root, and here is neither a user `postgres` nor `nobody` to run it as"
    )]
    NoUser,
    #[error(
        "{path} belongs to user {owner}, not to {wanted}, who has to run the server; start as that user or \
         as root, or move it away"
    )]
    NotOurs { path: PathBuf, owner: u32, wanted: u32 },
    #[error(
        "user {user} may not run {program}; move the checkout to a folder that everybody may enter, \
         or install the package `postgresql`, or start as an ordinary user"
    )]
    MayNotRun { user: String, program: PathBuf },
    #[error("{program} failed ({how}); the end of {log} says:\n{tail}")]
    Failed { program: &'static str, how: String, log: PathBuf, tail: String },
    #[error("{doing} {path}")]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot run {program}")]
    Run { program: PathBuf, source: io::Error },
    #[error("cannot wait for signals")]
    Signals(#[source] nix::Error),
    #[error("the database server does not answer")]
    Connect(#[from] diesel::ConnectionError),
    #[error("cannot make the database {name}")]
    Create { name: String, source: diesel::result::Error },
    #[error("the database server stopped by itself ({0}); see the log in its folder")]
    Died(ExitStatus),
}

pub(super) fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> EmbeddedError + use<> {
    let path = path.to_owned();
    move |source| EmbeddedError::Io { doing, path, source }
}
