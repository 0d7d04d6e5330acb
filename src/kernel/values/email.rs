//! An e-mail address, as strict as is practical.
//!
//! What must stay true: no control character, space or line break can be in it, so it cannot inject a mail header;
//! the domain is lower case. Internationalised addresses (RFC 6531) are refused: the mail servers of the
//! administration do not deliver to them. Whether the mailbox exists only a confirmation message can tell.

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use utoipa::ToSchema;

use super::{ValueFault, all_digits};

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, ToSchema)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, format = Email, max_length = 254, pattern = r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$", example = "nguyen.van.an@mail.vn")]
pub struct Email(String);

personal_value!(Email);

const LENGTH: ValueFault = ValueFault {
    code: "email.length",
    vi: "Địa chỉ thư điện tử dài tối đa 254 ký tự, phần trước @ tối đa 64.",
    en: "an e-mail address has at most 254 characters, at most 64 before the @",
};
const CHARACTERS: ValueFault = ValueFault {
    code: "email.characters",
    vi: "Địa chỉ thư điện tử có ký tự không được phép (dấu cách, xuống dòng, dấu tiếng Việt, dấu câu).",
    en: "the e-mail address has a character that is not allowed (space, line break, accent, punctuation)",
};
const FORM: ValueFault = ValueFault {
    code: "email.form",
    vi: "Địa chỉ thư điện tử phải có dạng ten@tenmien.vn.",
    en: "an e-mail address looks like name@domain.vn",
};
const DOMAIN: ValueFault = ValueFault {
    code: "email.domain",
    vi: "Tên miền của địa chỉ thư điện tử không hợp lệ.",
    en: "the domain of the e-mail address is not valid",
};

pub(super) const FAULTS: &[ValueFault] = &[LENGTH, CHARACTERS, FORM, DOMAIN];

impl Email {
    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-@".contains(c)) {
            return Err(CHARACTERS);
        }
        let (local, domain) = text.split_once('@').ok_or(FORM)?;
        if local.is_empty() || domain.contains('@') || local.split('.').any(str::is_empty) {
            return Err(FORM);
        }
        if text.len() > 254 || local.len() > 64 {
            return Err(LENGTH);
        }
        if !is_domain(domain) {
            return Err(DOMAIN);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The whole address in lower case: two people do not share a mailbox that differs by case, so accounts are
    /// unique by this key.
    pub fn comparison_key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// `n•••@mail.vn`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        let first = local.chars().next().unwrap_or('•');
        format!("{first}•••@{domain}")
    }
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let length_fits = (1..=63).contains(&label.len());
        let letters = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        length_fits && letters && !label.starts_with('-') && !label.ends_with('-')
    };
    let Some((_, top)) = domain.rsplit_once('.') else {
        return false;
    };
    domain.split('.').all(is_label) && top.len() >= 2 && !all_digits(top)
}
