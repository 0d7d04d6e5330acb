//! The program: see `motcua --help`.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    give_memory_back();
    motcua::app::commands::run()
}

/// The allocator keeps what it frees until it allocates again, and an idle portal allocates nothing: 75 MiB instead of
/// 40. It reads its setting before `main`, so the program starts itself once more, as the same process.
fn give_memory_back() {
    const SETTING: &str = "MIMALLOC_PURGE_DELAY";
    if std::env::var_os(SETTING).is_some() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        // It returns only where it failed, and then the portal runs as it is.
        let _failed = Command::new(program).args(std::env::args_os().skip(1)).env(SETTING, "0").exec();
    }
}
