//! The one error of the program: a refusal with a stable code, or a fault of ours with its cause.
//!
//! A refusal says what happened and what is open to the person now, in Vietnamese and English. A cause
//! goes to the log as a chain and never to the client. The codes are public: `docs/ERRORS.md` prints
//! every one, and a code that has shipped keeps its meaning.

use std::fmt;

use serde_json::{Map, Value};

use super::values::ValueFault;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A line in the table of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    pub code: &'static str,
    pub status: u16,
    pub vi: &'static str,
    pub en: &'static str,
}

/// One fault in what was sent, by JSON pointer (RFC 6901) into the body, or by the parameter's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub pointer: String,
    pub code: String,
    pub vi: String,
    pub en: String,
}

impl Fault {
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<String>,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self { pointer: pointer.into(), code: code.into(), vi: vi.into(), en: en.into() }
    }

    pub fn value(pointer: impl Into<String>, fault: ValueFault) -> Self {
        Self::new(pointer, fault.code, fault.vi, fault.en)
    }
}

/// What a handler answers when it does not do what was asked. Boxed: the happy path stays small.
pub struct Error(Box<Inner>);

struct Inner {
    code: Code,
    faults: Vec<Fault>,
    members: Map<String, Value>,
    retry_after_seconds: Option<u32>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

const STANDARD_MEMBERS: [&str; 8] =
    ["type", "title", "status", "code", "instance", "request_id", "errors", "detail"];

impl Error {
    pub fn refusal(code: Code) -> Self {
        Self(Box::new(Inner {
            code,
            faults: Vec::new(),
            members: Map::new(),
            retry_after_seconds: None,
            cause: None,
        }))
    }

    /// A fault of ours: the client learns only that it was not its fault.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        General::Internal.error().caused_by(cause)
    }

    /// Several faults in what was sent, all at once.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        let mut error = General::Invalid.error();
        error.0.faults = faults;
        error
    }

    /// An extension member of the problem document (RFC 9457, 3.2). It cannot take the place of a standard one.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        debug_assert!(!STANDARD_MEMBERS.contains(&name), "{name} is a standard member");
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn is(&self, refusal: impl Into<Code>) -> bool {
        self.0.code == refusal.into()
    }

    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    pub fn members(&self) -> &Map<String, Value> {
        &self.0.members
    }

    pub fn retry_after_seconds(&self) -> Option<u32> {
        self.0.retry_after_seconds
    }

    /// The cause and the causes of the cause, for the log.
    pub fn chain(&self) -> Option<String> {
        let mut cause: &dyn std::error::Error = self.0.cause.as_deref()?;
        let mut chain = cause.to_string();
        while let Some(next) = cause.source() {
            chain.push_str(": ");
            chain.push_str(&next.to_string());
            cause = next;
        }
        Some(chain)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.code, self.0.code.en)?;
        for fault in &self.0.faults {
            write!(f, "; {} {}", fault.pointer, fault.code)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        if let Some(chain) = self.chain() {
            write!(f, " ({chain})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Declares a room's refusals: one enum, one table, one conversion into [`Error`].
#[macro_export]
macro_rules! refusals {
    ($(#[$meta:meta])* $vis:vis enum $name:ident in $room:literal {
        $($(#[$doc:meta])* $variant:ident = ($status:literal, $code:literal, $vi:literal, $en:literal $(,)?),)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every refusal of this room, in the order of the table.
            pub const ALL: &'static [$crate::kernel::Code] = &[$($crate::kernel::Code {
                code: concat!($room, ".", $code),
                status: $status,
                vi: $vi,
                en: $en,
            },)+];

            pub fn error(self) -> $crate::kernel::Error {
                $crate::kernel::Error::refusal(self.into())
            }
        }

        impl From<$name> for $crate::kernel::Code {
            fn from(refusal: $name) -> Self {
                match refusal {
                    $($name::$variant => $crate::kernel::Code {
                        code: concat!($room, ".", $code),
                        status: $status,
                        vi: $vi,
                        en: $en,
                    },)+
                }
            }
        }

        impl From<$name> for $crate::kernel::Error {
            fn from(refusal: $name) -> Self {
                refusal.error()
            }
        }
    };
}

refusals! {
    /// What any room may answer.
    pub enum General in "general" {
        Malformed = (400, "malformed", "Yêu cầu không đọc được.", "The request could not be read."),
        Invalid = (422, "invalid", "Dữ liệu gửi lên chưa hợp lệ; xem từng lỗi trong danh sách.", "Some of what was sent is not valid; see the list of faults."),
        NotSignedIn = (401, "not_signed_in", "Bạn cần đăng nhập để thực hiện việc này.", "Sign in to do this."),
        NotAllowed = (403, "not_allowed", "Bạn không có quyền thực hiện việc này.", "You may see this, but you may not do this to it."),
        NotFound = (404, "not_found", "Không tìm thấy, hoặc bạn không có quyền xem.", "Not found, or not yours to see."),
        MethodNotAllowed = (405, "method_not_allowed", "Địa chỉ này không nhận phương thức đó.", "This address does not take that method."),
        NotAcceptable = (406, "not_acceptable", "Không có dạng trả lời theo yêu cầu.", "There is no reply in the form asked for."),
        TooSlow = (408, "too_slow", "Nội dung gửi lên không đến trong thời gian cho phép; hãy gửi lại.", "The body did not come in time; send it again."),
        Stale = (412, "stale", "Dữ liệu đã thay đổi từ lúc bạn xem; hãy tải lại rồi thử lại.", "It has changed since you read it; read it again, then try again."),
        TooLarge = (413, "too_large", "Dữ liệu gửi lên quá lớn.", "What was sent is too large."),
        WrongMediaType = (415, "wrong_media_type", "Kiểu nội dung này không được nhận ở đây.", "That media type is not taken here."),
        PreconditionRequired = (428, "precondition_required", "Cần tiêu đề If-Match với phiên bản bạn đã xem.", "An If-Match header with the version you saw is required."),
        TooManyRequests = (429, "too_many_requests", "Bạn gửi quá nhiều yêu cầu; hãy chờ rồi thử lại.", "Too many requests; wait, then try again."),
        Internal = (500, "internal", "Hệ thống gặp lỗi; yêu cầu chưa được thực hiện. Hãy thử lại sau.", "The portal failed; nothing was done. Try again later."),
        Busy = (503, "busy", "Hệ thống đang bận; hãy thử lại sau giây lát.", "The portal is busy; try again in a moment."),
        DatabaseUnavailable = (503, "database_unavailable", "Cơ sở dữ liệu tạm thời không truy cập được; hãy thử lại sau giây lát.", "The database cannot be reached right now; try again in a moment."),
    }
}
