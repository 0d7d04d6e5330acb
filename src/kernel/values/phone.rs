//! A Vietnamese telephone number, kept as people dial it at home: `0912345678`, `02733123456`.
//!
//! Mobile: 03, 05, 07, 08, 09 and eight digits; fixed: 02 and the area, ten or eleven digits in all
//! (numbering plan, Circular 22/2014/TT-BTTTT as amended). `+84` and separators are accepted and removed.
//! What must stay true: two spellings of one number give one value, so a number can be unique in a table.

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use utoipa::ToSchema;

use super::{ValueFault, all_digits};

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, ToSchema)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, pattern = r"^(\+84|84|0)[ .()\d-]{8,20}$", example = "0912345678")]
pub struct Phone(String);

personal_value!(Phone);

const CHARACTERS: ValueFault = ValueFault {
    code: "phone.characters",
    vi: "Số điện thoại chỉ gồm chữ số, dấu cách, dấu chấm, gạch ngang, ngoặc đơn, và +84 ở đầu.",
    en: "a phone number has digits, spaces, dots, hyphens, brackets, and +84 at the front",
};
const LENGTH: ValueFault = ValueFault {
    code: "phone.length",
    vi: "Số điện thoại di động có 10 chữ số; số cố định có 10 hoặc 11 chữ số.",
    en: "a mobile number has 10 digits; a fixed line has 10 or 11",
};
const PREFIX: ValueFault = ValueFault {
    code: "phone.prefix",
    vi: "Đầu số điện thoại không có ở Việt Nam.",
    en: "there is no such prefix in Vietnam",
};

pub(super) const FAULTS: &[ValueFault] = &[CHARACTERS, LENGTH, PREFIX];

const SEPARATORS: [char; 5] = [' ', '.', '-', '(', ')'];

impl Phone {
    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        let dialled: String = text.chars().filter(|c| !SEPARATORS.contains(c)).collect();
        let number = match dialled.strip_prefix("+84").or_else(|| dialled.strip_prefix("84")) {
            // `+84 (0)912…` is how many cards print it.
            Some(rest) => format!("0{}", rest.strip_prefix('0').unwrap_or(rest)),
            None => dialled,
        };
        if !all_digits(&number) {
            return Err(CHARACTERS);
        }
        let mobile = ["03", "05", "07", "08", "09"].iter().any(|prefix| number.starts_with(prefix));
        let fixed = number.starts_with("02");
        match (number.len(), mobile, fixed) {
            (_, false, false) if number.len() < 9 => Err(LENGTH),
            (_, false, false) => Err(PREFIX),
            (10, true, _) | (10 | 11, _, true) => Ok(Self(number)),
            _ => Err(LENGTH),
        }
    }

    /// With the country's code, as a gateway for messages wants it: `+84912345678`.
    pub fn international(&self) -> String {
        format!("+84{}", self.0.strip_prefix('0').unwrap_or(&self.0))
    }

    /// `09•••••345`.
    pub fn masked(&self) -> String {
        let hidden = self.0.len().saturating_sub(5);
        let start = self.0.get(..2).unwrap_or_default();
        let end = self.0.get(2 + hidden..).unwrap_or_default();
        format!("{start}{}{end}", "•".repeat(hidden))
    }
}
