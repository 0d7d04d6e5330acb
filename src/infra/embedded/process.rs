//! A child that dies with us.
//!
//! The kernel sends the child a signal when the thread that started it ends (`PR_SET_PDEATHSIG`): for the
//! main thread that is the end of the program, however it came. The server has a process group of its own, so
//! Ctrl-C reaches the program alone, which first answers its open requests and then stops the server.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::process::{Child, Command};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::SigSet;
use nix::unistd::getppid;

use super::*;

/// A program of PostgreSQL on the data in `data`: as `user`, with nothing of our environment, writing to
/// `log`.
///
/// PostgreSQL gets the folder as `/proc/self/fd/N`, which leads there whatever the folders above it allow.
pub(super) fn server_command(
    program: &Path,
    user: Option<&User>,
    data: &Path,
    log: &Path,
) -> Result<Command, EmbeddedError> {
    let open_data = File::open(data).map_err(io_error("cannot open", data))?;
    let log = File::options().append(true).open(log).map_err(io_error("cannot open", log))?;
    let log_too = log.try_clone().map_err(io_error("cannot open", Path::new("the log")))?;

    let mut command = Command::new(program);
    command.arg("-D").arg(format!("/proc/self/fd/{}", open_data.as_raw_fd()));
    command.env_clear().envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "C"), ("TZ", "UTC")]);
    command.stdin(Stdio::null()).stdout(log).stderr(log_too);
    command.current_dir("/").process_group(0);
    if let Some(user) = user {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    dies_with_us(&mut command, Signal::SIGINT, Some(open_data));
    Ok(command)
}

/// Also hands `kept` to the child, under the number it has here, and opens the child's ears to all signals.
#[expect(unsafe_code, reason = "code between fork and exec: a few system calls, no allocation, no lock")]
pub(super) fn dies_with_us(command: &mut Command, signal: Signal, kept: Option<File>) {
    if nix::unistd::gettid() != Pid::this() {
        tracing::warn!(
            "the private PostgreSQL was not started from the main thread; it will stop with this thread"
        );
    }
    let us = Pid::this();
    let prepare = move || {
        if let Some(kept) = &kept {
            fcntl(kept.as_fd(), FcntlArg::F_SETFD(FdFlag::empty()))?;
        }
        SigSet::empty().thread_set_mask()?;
        set_pdeathsig(signal)?;
        // We may have ended before the line above.
        if getppid() == us { Ok(()) } else { Err(io::ErrorKind::Interrupted.into()) }
    };
    // SAFETY: `prepare` calls only what is safe between fork and exec.
    unsafe { command.pre_exec(prepare) };
}

pub(super) fn spawn(command: &mut Command, user: Option<&User>) -> Result<Child, EmbeddedError> {
    command.spawn().map_err(|source| {
        let program = PathBuf::from(command.get_program());
        match user {
            Some(user) if source.kind() == io::ErrorKind::PermissionDenied => {
                EmbeddedError::MayNotRun { user: user.name.clone(), program }
            }
            _ => EmbeddedError::Run { program, source },
        }
    })
}
