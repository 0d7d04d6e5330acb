//! `motcua database start` and `motcua database with`: a cluster for as long as somebody, or a command, wants
//! it.
//!
//! Both take their signals from a queue instead of a handler, so they have to be called before any other
//! thread is started.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode};

use nix::sys::signal::SigSet;

use super::*;

/// Keeps a cluster until it is told to stop; `ready` gets the URL.
pub fn run_foreground(settings: &Settings, ready: impl FnOnce(&str)) -> Result<(), EmbeddedError> {
    let signals = queued_signals()?;
    let mut cluster = Cluster::open(settings)?;
    ready(&cluster.ensure_database(DATABASE)?);
    loop {
        let signal = signals.wait().map_err(EmbeddedError::Signals)?;
        if signal != Signal::SIGCHLD {
            return Ok(());
        }
        if let Some(status) = cluster.died() {
            return Err(EmbeddedError::Died(status));
        }
    }
}

/// Keeps a cluster while `command` runs, which finds its URL in `DATABASE_URL` and
/// `MOTCUA_TEST_DATABASE_URL`.
pub fn run_with(settings: &Settings, command: &[OsString]) -> Result<ExitStatus, EmbeddedError> {
    let Some((program, arguments)) = command.split_first() else {
        return Ok(ExitStatus::default());
    };
    let signals = queued_signals()?;
    let mut cluster = Cluster::open(settings)?;
    let url = cluster.ensure_database(DATABASE)?;

    let mut command = Command::new(program);
    command.args(arguments).envs([("DATABASE_URL", &url), ("MOTCUA_TEST_DATABASE_URL", &url)]);
    process::dies_with_us(&mut command, Signal::SIGTERM, None);
    let mut child = process::spawn(&mut command, None)?;
    loop {
        if let Some(status) = child.try_wait().map_err(io_error("cannot wait for", Path::new(program)))? {
            return Ok(status);
        }
        if let Some(status) = cluster.died() {
            tracing::error!(%status, "the database server stopped while the command still runs");
        }
        match signals.wait().map_err(EmbeddedError::Signals)? {
            // Ctrl-C went to the command as well; it says when it is done.
            Signal::SIGCHLD | Signal::SIGINT => {}
            signal => {
                if let Ok(pid) = i32::try_from(child.id()) {
                    let _ = kill(Pid::from_raw(pid), signal);
                }
            }
        }
    }
}

/// The command's own exit code; 128 and the number of the signal when one ended it, as shells say it.
pub fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| Some(128 + status.signal()?)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn queued_signals() -> Result<SigSet, EmbeddedError> {
    let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGCHLD]);
    signals.thread_block().map_err(EmbeddedError::Signals)?;
    Ok(signals)
}
