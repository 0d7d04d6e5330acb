//! Floor 5: who is who, and who holds what. Citizens and organisations register; officers are made by an
//! administrator; a password opens a session, a session gives short tokens, a grant gives a role at a place.
//!
//! What must stay true: a token proves an account and a session and nothing more; whether both are still good,
//! and what the account may do, is read from the database at every request, so that an end acts at once.
//! Tables: `accounts`, `sessions`, `refresh_tokens`, `grants`.

pub mod caller;
pub mod card;
mod checks;
pub mod grants;
pub mod http;
pub mod login;
pub mod model;
pub mod officers;
pub mod own_account;
pub mod password;
pub mod register;
pub mod seeding;
pub mod standing;
mod store;
pub mod tokens;

pub use caller::{Caller, MaybeCaller};
pub use password::Passwords;
pub use tokens::Tokens;

use crate::kernel::ValueFault;
use crate::refusals;

refusals! {
    pub enum Refusal in "identity" {
        TokenInvalid = (401, "token_invalid", "Mã truy cập không hợp lệ; hãy đăng nhập lại.", "The access token is not valid; sign in again."),
        TokenExpired = (401, "token_expired", "Mã truy cập đã hết hạn; hãy lấy mã mới bằng mã làm mới hoặc đăng nhập lại.", "The access token has expired; get a new one with the refresh token, or sign in again."),
        SessionEnded = (401, "session_ended", "Phiên đăng nhập đã kết thúc; hãy đăng nhập lại.", "This sign-in has ended; sign in again."),
        WrongCredentials = (401, "wrong_credentials", "Tên đăng nhập hoặc mật khẩu không đúng.", "The login or the password is wrong."),
        RefreshRejected = (401, "refresh_rejected", "Mã làm mới không hợp lệ hoặc đã hết hạn; hãy đăng nhập lại.", "The refresh token is not valid or has expired; sign in again."),
        RefreshReused = (401, "refresh_reused", "Mã làm mới này đã được dùng trước đó, có thể đã bị lộ; phiên đăng nhập đã bị kết thúc để bảo vệ bạn. Hãy đăng nhập lại.", "This refresh token was used before and may have been stolen; the sign-in was ended to protect you. Sign in again."),
        PasswordMustChange = (403, "password_must_change", "Bạn cần đổi mật khẩu ban đầu trước khi làm việc khác.", "Change your initial password before doing anything else."),
        CurrentPasswordWrong = (403, "current_password_wrong", "Mật khẩu hiện tại không đúng.", "The current password is wrong."),
        AlreadyRegistered = (409, "already_registered", "Số định danh hoặc mã số thuế này đã có tài khoản; hãy đăng nhập.", "This citizen number or tax code already has an account; sign in."),
        LoginTaken = (409, "login_taken", "Tên đăng nhập này đã có người dùng; hãy chọn tên khác.", "This login is taken; choose another."),
        GrantAlreadyHeld = (409, "grant_already_held", "Cán bộ đã có quyền này tại đơn vị này.", "The officer already holds this role at this place."),
        GrantEnded = (409, "grant_ended", "Quyền này đã kết thúc trước đó.", "This grant has already ended."),
        OfficerClosed = (409, "officer_closed", "Tài khoản cán bộ này đã đóng.", "This officer's account is closed."),
        OwnAccount = (409, "own_account", "Quản trị viên không tự thay đổi quyền hoặc đóng tài khoản của mình; hãy nhờ quản trị viên khác.", "Administrators do not change their own grants or close their own account; ask another administrator."),
    }
}

/// The faults of values that only this room knows, for the printed table.
pub fn value_faults() -> Vec<ValueFault> {
    [checks::FAULTS, password::FAULTS, grants::FAULTS].concat()
}
