//! The folders around a server, and whose they are: who may use them, who still does.

use super::*;

/// A socket's path may have 107 bytes, so it cannot live in the checkout.
const SOCKETS: &str = "/tmp";

pub(super) fn made(folder: &Path) -> Result<PathBuf, EmbeddedError> {
    fs::create_dir_all(folder).map_err(io_error("cannot make", folder))?;
    let owner = fs::metadata(folder).map_err(io_error("cannot read", folder))?.uid();
    if owner == geteuid().as_raw() {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
            .map_err(io_error("cannot close to others", folder))?;
    }
    folder.canonicalize().map_err(io_error("cannot find", folder))
}

pub(super) fn locked(folder: &Path) -> Result<File, EmbeddedError> {
    let path = folder.join("lock");
    let mut lock = OpenOptions::new()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(&path)
        .map_err(io_error("cannot open", &path))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let pid = fs::read_to_string(&path).unwrap_or_default().trim().to_owned();
            return Err(EmbeddedError::InUse { folder: folder.to_owned(), pid });
        }
        Err(TryLockError::Error(source)) => return Err(io_error("cannot lock", &path)(source)),
    }
    lock.set_len(0)
        .and_then(|()| writeln!(lock, "{}", std::process::id()))
        .map_err(io_error("cannot write", &path))?;
    Ok(lock)
}

/// Whoever held this folder before us may have been killed a moment ago: its server was told to stop and is
/// still writing.
pub(super) fn await_predecessor(data: &Path) -> Result<(), EmbeddedError> {
    let pid_file = data.join("postmaster.pid");
    let until = Instant::now() + PATIENCE_TO_STOP;
    loop {
        let written = fs::read_to_string(&pid_file).unwrap_or_default();
        let Some(pid) = written.lines().next().and_then(|line| line.parse::<i32>().ok()) else {
            return Ok(());
        };
        let process = PathBuf::from(format!("/proc/{pid}"));
        if !process.exists() {
            // PostgreSQL knows such a file for what it is, and checks that no session of the dead server
            // lives on.
            return Ok(());
        }
        if fs::read_link(process.join("cwd")).ok() != data.canonicalize().ok() {
            // After a restart of the machine the number may have gone to another program, at which PostgreSQL
            // would balk.
            return fs::remove_file(&pid_file).map_err(io_error("cannot remove", &pid_file));
        }
        if Instant::now() > until {
            return Err(EmbeddedError::LeftBehind { folder: data.to_owned(), pid });
        }
        pause();
    }
}

/// None unless we are root: then whoever owns the data, else `postgres`, else `nobody`.
pub(super) fn server_user(data: &Path) -> Result<Option<User>, EmbeddedError> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let by_owner = || User::from_uid(fs::metadata(data).ok()?.uid().into()).ok()?;
    let by_name = |name| User::from_name(name).ok().flatten();
    by_owner()
        .filter(|owner| !owner.uid.is_root())
        .or_else(|| by_name("postgres"))
        .or_else(|| by_name("nobody"))
        .map(Some)
        .ok_or(EmbeddedError::NoUser)
}

pub(super) fn owned_by_server(path: &Path, user: Option<&User>) -> Result<(), EmbeddedError> {
    let owner = fs::symlink_metadata(path).map_err(io_error("cannot read", path))?.uid();
    let wanted = user.map_or(geteuid(), |user| user.uid).as_raw();
    if owner != wanted {
        return Err(EmbeddedError::NotOurs { path: path.to_owned(), owner, wanted });
    }
    Ok(())
}

pub(super) fn private_folder(path: &Path, user: Option<&User>) -> Result<(), EmbeddedError> {
    fs::DirBuilder::new().mode(0o700).create(path).map_err(io_error("cannot make", path))?;
    if let Some(user) = user {
        chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
            .map_err(io_error("cannot give away", path))?;
    }
    Ok(())
}

/// Named by user and folder, so that a folder has the same URL at every start and no two folders meet.
pub(super) fn socket_folder(folder: &Path, user: Option<&User>) -> Result<PathBuf, EmbeddedError> {
    let meta = fs::metadata(folder).map_err(io_error("cannot read", folder))?;
    let uid = user.map_or(geteuid(), |user| user.uid);
    let sockets = PathBuf::from(format!("{SOCKETS}/motcua-{uid}-{:x}-{:x}", meta.dev(), meta.ino()));
    if fs::symlink_metadata(&sockets).is_ok() {
        // Of a server that was killed. Everybody may make names in /tmp: only what is ours goes.
        owned_by_server(&sockets, user)?;
        fs::remove_dir_all(&sockets).map_err(io_error("cannot remove", &sockets))?;
    }
    private_folder(&sockets, user)?;
    Ok(sockets)
}

/// The log of this run; the one before is kept beside it.
pub(super) fn fresh_log(folder: &Path) -> Result<PathBuf, EmbeddedError> {
    let path = folder.join("server.log");
    if path.exists() {
        let before = folder.join("server.log.1");
        fs::rename(&path, before).map_err(io_error("cannot move", &path))?;
    }
    OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(io_error("cannot make", &path))?;
    Ok(path)
}

pub(super) fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let mut last: Vec<&str> = text.lines().rev().take(8).collect();
    last.reverse();
    last.join("\n")
}
