//! Words that a person writes to another: a reason, a note, a name of a thing. Trimmed, one to two thousand
//! characters, no control characters but line breaks. A reason that must be given cannot be a space.

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use utoipa::ToSchema;

use super::ValueFault;

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, ToSchema)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, min_length = 1, max_length = 2000, example = "Bản sao không rõ số hiệu.")]
pub struct Words(String);

public_value!(Words);

const LONGEST: usize = 2000;

const EMPTY: ValueFault =
    ValueFault { code: "words.empty", vi: "Cần ghi nội dung.", en: "something must be written here" };
const TOO_LONG: ValueFault = ValueFault {
    code: "words.too_long",
    vi: "Nội dung dài quá 2.000 ký tự.",
    en: "at most 2,000 characters",
};
const CONTROL: ValueFault = ValueFault {
    code: "words.control",
    vi: "Nội dung có ký tự điều khiển.",
    en: "control characters are not taken",
};

pub(super) const FAULTS: &[ValueFault] = &[EMPTY, TOO_LONG, CONTROL];

impl Words {
    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EMPTY);
        }
        if text.chars().count() > LONGEST {
            return Err(TOO_LONG);
        }
        if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t')) {
            return Err(CONTROL);
        }
        Ok(Self(text.to_owned()))
    }
}
