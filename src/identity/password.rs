//! Passwords: what may be chosen, how it is kept, how it is compared.
//!
//! What must stay true: only the argon2id hash is stored; a comparison costs the same whether the account exists
//! or not; hashing happens on a few seats, so that a flood at the door of sign-in leaves the rest of the portal
//! its cores. The rules of choice follow NIST SP 800-63B, 5.1.1.2: length, no composition, no well-known one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::infra::config::Auth;
use crate::kernel::{Error, General, Result, ValueFault};

const SHORTEST: usize = 10;
const LONGEST: usize = 128;
/// How many may wait for a seat, and how long.
const WAITING: usize = 64;
const WAIT: Duration = Duration::from_secs(2);

const LENGTH: ValueFault = ValueFault {
    code: "password.length",
    vi: "Mật khẩu dài từ 10 đến 128 ký tự.",
    en: "a password has between 10 and 128 characters",
};
const LOGIN_INSIDE: ValueFault = ValueFault {
    code: "password.contains_login",
    vi: "Mật khẩu không được chứa tên đăng nhập.",
    en: "a password does not contain the login",
};
const TOO_COMMON: ValueFault = ValueFault {
    code: "password.too_common",
    vi: "Mật khẩu này quá phổ biến, dễ bị đoán.",
    en: "this password is too common and easily guessed",
};
pub(super) const NOT_NEW: ValueFault = ValueFault {
    code: "password.not_new",
    vi: "Mật khẩu mới phải khác mật khẩu hiện tại.",
    en: "the new password must differ from the current one",
};

pub(super) const FAULTS: &[ValueFault] = &[LENGTH, LOGIN_INSIDE, TOO_COMMON, NOT_NEW];

/// The ones of ten characters and more that head every list, and their Vietnamese sisters.
const COMMON: [&str; 40] = [
    "1234567890",
    "12345678910",
    "123456789a",
    "0123456789",
    "0987654321",
    "9876543210",
    "1234554321",
    "1122334455",
    "123123123123",
    "147258369a",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "qwertyuiop",
    "qwerty12345",
    "qwerty123456",
    "asdfghjkl1",
    "password12",
    "password123",
    "password1234",
    "passw0rd123",
    "p@ssw0rd123",
    "p@ssword123",
    "administrator",
    "admin12345",
    "admin123456",
    "welcome123",
    "changeme123",
    "letmein123",
    "iloveyou123",
    "football123",
    "matkhau123",
    "matkhau1234",
    "matkhau12345",
    "anhyeuem123",
    "emyeuanh123",
    "vietnam123",
    "vietnam2024",
    "vietnam2025",
    "hochiminh123",
    "tayninh123",
];

/// A password in memory. macOS types accents as separate marks and Windows does not: both are one password here.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Typed at the door; whether it is a good one no longer matters.
    pub fn typed(text: &str) -> Self {
        // A text beyond every limit is nobody's password, and need not be hashed at its full length.
        Self(text.nfkc().take(LONGEST + 1).collect())
    }

    /// Chosen for an account.
    pub fn chosen(text: &str, login: &str) -> std::result::Result<Self, ValueFault> {
        let password = Self::typed(text);
        let length = password.0.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) {
            return Err(LENGTH);
        }
        let lower = password.0.to_lowercase();
        if login.len() >= 3 && lower.contains(&login.to_lowercase()) {
            return Err(LOGIN_INSIDE);
        }
        let mut letters: Vec<char> = lower.chars().collect();
        letters.sort_unstable();
        letters.dedup();
        if letters.len() < 4 || COMMON.contains(&lower.as_str()) {
            return Err(TOO_COMMON);
        }
        Ok(password)
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password(•••)")
    }
}

#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    seats: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Compared with when there is no such account.
    nobodys_hash: String,
}

impl Passwords {
    pub fn new(settings: &Auth) -> Result<Self> {
        let params = Params::new(settings.password_memory_kib, settings.password_passes, 1, None)
            .map_err(|error| Error::internal(format!("settings auth.password_*: {error}")))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobodys_hash = hash(&argon2, &Password::typed(&crate::infra::crypto::secret()?))?;
        // One core stays for everybody else: with all of them a flood of sign-ins starves the other routes.
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let seats = Arc::new(Semaphore::new(cores.saturating_sub(1).max(1)));
        Ok(Self(Arc::new(Inner { argon2, seats, waiting: AtomicUsize::new(0), nobodys_hash })))
    }

    pub async fn hash(&self, password: Password) -> Result<String> {
        self.on_a_seat(move |inner| hash(&inner.argon2, &password)).await?
    }

    /// For the seeds and the command line, where nobody else waits for the thread.
    pub fn hash_blocking(&self, password: &Password) -> Result<String> {
        hash(&self.0.argon2, password)
    }

    /// Is it the password of that hash? Without one the answer is no, after the same work.
    pub async fn verify(&self, password: Password, stored: Option<String>) -> Result<bool> {
        self.on_a_seat(move |inner| {
            let hash = stored.as_deref().unwrap_or(&inner.nobodys_hash);
            let parsed =
                PasswordHash::new(hash).map_err(|_| Error::internal("a stored password hash is damaged"))?;
            let is_same = inner.argon2.verify_password(password.0.as_bytes(), &parsed).is_ok();
            Ok(is_same && stored.is_some())
        })
        .await?
    }

    /// Told before anything is read, so that a flood costs the database nothing.
    pub fn refuse_if_busy(&self) -> Result<()> {
        if self.0.waiting.load(Ordering::Relaxed) >= WAITING { Err(busy()) } else { Ok(()) }
    }

    async fn on_a_seat<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> Result<T> {
        if self.0.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING {
            self.0.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(busy());
        }
        let waiter = Waiter(self.0.clone());
        let seat = tokio::time::timeout(WAIT, self.0.seats.clone().acquire_owned()).await;
        drop(waiter);
        let seat = seat.map_err(|_| busy())?.map_err(Error::internal)?;
        let inner = self.0.clone();
        // The seat goes along: a client that hangs up does not free it before the work is done.
        let worked = tokio::task::spawn_blocking(move || {
            let answer = work(&inner);
            drop(seat);
            answer
        });
        worked.await.map_err(Error::internal)
    }
}

fn busy() -> Error {
    General::Busy.error().retry_after(2)
}

/// A place in the queue, given back even when the client hangs up while waiting.
struct Waiter(Arc<Inner>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(argon2: &Argon2<'_>, password: &Password) -> Result<String> {
    let hash = argon2.hash_password(password.0.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| Error::internal(format!("hashing: {error}")))
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn refused(text: &str) -> Option<&'static str> {
        Password::chosen(text, "072098000006").err().map(|fault| fault.code)
    }

    #[test]
    fn what_may_be_chosen() {
        for good in ["mot-cua-lien-thong", "Hồ sơ đúng hẹn", "correct horse battery", "          a1b"]
        {
            assert_eq!(refused(good), None, "{good}");
        }
        assert_eq!(refused(""), Some("password.length"));
        assert_eq!(refused("chín ký t"), Some("password.length"));
        assert_eq!(refused(&"dài quá ".repeat(17)), Some("password.length"));
        assert_eq!(refused("x072098000006x"), Some("password.contains_login"));
        for common in
            ["1234567890", "PassWord123", "MATKHAU123", "aaaaaaaaaaaaa", "1212121212", "p@ssw0rd123"]
        {
            assert_eq!(refused(common), Some("password.too_common"), "{common}");
        }
        assert!(Password::chosen("Tran.Thi.Hoa!", "tran.thi.hoa").is_err());
        for word in COMMON {
            assert!(word.chars().count() >= SHORTEST, "{word} is refused for its length already");
            assert_eq!(word, word.to_lowercase());
        }
    }

    #[test]
    fn two_ways_of_typing_an_accent_are_one_password() {
        let composed = Password::typed("Hồ sơ đúng hẹn");
        let decomposed = Password::typed(&"Hồ sơ đúng hẹn".nfd().collect::<String>());
        assert_eq!(composed.0, decomposed.0);
        assert_eq!(format!("{composed:?}"), "Password(•••)");
    }

    #[tokio::test]
    async fn hashes_and_compares() {
        let settings =
            crate::infra::config::Settings::load(std::path::Path::new("config"), Some("test")).unwrap();
        let passwords = Passwords::new(&settings.auth).unwrap();
        let right = Password::typed("mot-cua-lien-thong");
        let hash = passwords.hash(right.clone()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash_blocking(&right).unwrap(), "each hash has its own salt");
        assert!(passwords.verify(right.clone(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(Password::typed("mot-cua-lien-thonG"), Some(hash)).await.unwrap());
        assert!(!passwords.verify(right.clone(), None).await.unwrap());
        let damaged = passwords.verify(right, Some("plain".to_owned())).await.unwrap_err();
        assert_eq!(damaged.code().status, 500);
    }

    #[tokio::test]
    async fn a_long_queue_is_told_to_come_back() {
        let mut settings =
            crate::infra::config::Settings::load(std::path::Path::new("config"), Some("test")).unwrap();
        settings.auth.password_memory_kib = 19456;
        let passwords = Passwords::new(&settings.auth).unwrap();
        let mut crowd = Vec::new();
        for _ in 0..200 {
            crowd.push(passwords.verify(Password::typed("mot-cua-lien-thong"), None));
        }
        let answers = futures_util::future::join_all(crowd).await;
        let refused = answers.iter().filter(|answer| answer.is_err()).count();
        // How many depends on how fast the others are served.
        assert!((1..200).contains(&refused), "{refused} of 200 refused");
        assert_eq!(passwords.0.waiting.load(Ordering::Relaxed), 0);
    }
}
