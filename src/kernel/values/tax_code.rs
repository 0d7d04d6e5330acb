//! The tax code (mã số thuế, which is the enterprise code too): ten digits, and three more for a branch.
//!
//! The tenth digit checks the nine before it with the weights 31, 29, 23, 19, 17, 13, 7, 5, 3 (the general tax
//! register's rule; structure in Circular 105/2020/TT-BTC, 86/2024/TT-BTC art. 5).
//! What must stay true: the stored form of a branch has a hyphen. Since 1 July 2025 a person's citizen number is
//! a tax code too; such a number is a `CitizenNumber` and is refused here.

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use utoipa::ToSchema;

use super::{ValueFault, all_digits};

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, ToSchema)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, pattern = r"^\d{10}(-\d{3})?$", example = "0100233488-001")]
pub struct TaxCode(String);

public_value!(TaxCode);

const LENGTH: ValueFault = ValueFault {
    code: "tax_code.length",
    vi: "Mã số thuế gồm 10 chữ số, hoặc 10 chữ số, dấu gạch ngang và 3 chữ số của đơn vị phụ thuộc.",
    en: "a tax code has 10 digits, or 10 digits, a hyphen and 3 digits for a branch",
};
const DIGITS: ValueFault = ValueFault {
    code: "tax_code.digits",
    vi: "Mã số thuế chỉ gồm chữ số.",
    en: "a tax code has digits only",
};
const CHECKSUM: ValueFault = ValueFault {
    code: "tax_code.checksum",
    vi: "Chữ số kiểm tra của mã số thuế không đúng.",
    en: "the check digit of the tax code is wrong",
};
const BRANCH: ValueFault = ValueFault {
    code: "tax_code.branch",
    vi: "Số của đơn vị phụ thuộc từ 001 đến 999.",
    en: "a branch number is between 001 and 999",
};

pub(super) const FAULTS: &[ValueFault] = &[LENGTH, DIGITS, CHECKSUM, BRANCH];

const WEIGHTS: [u32; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];

impl TaxCode {
    /// Accepts `0100233488`, `0100233488-001` and, as many registers write it, `0100233488001`.
    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        let (main, branch) = match text.split_once('-') {
            Some((main, branch)) => (main, Some(branch)),
            None if text.len() == 13 => text.split_at_checked(10).map(|(a, b)| (a, Some(b))).ok_or(DIGITS)?,
            None => (text, None),
        };
        if main.chars().count() != 10 || branch.is_some_and(|digits| digits.chars().count() != 3) {
            return Err(LENGTH);
        }
        if !all_digits(main) || !branch.is_none_or(all_digits) {
            return Err(DIGITS);
        }
        if check_digit(main) != main.chars().last().and_then(|last| last.to_digit(10)) {
            return Err(CHECKSUM);
        }
        match branch {
            Some("000") => Err(BRANCH),
            Some(branch) => Ok(Self(format!("{main}-{branch}"))),
            None => Ok(Self(main.to_owned())),
        }
    }

    /// The code of the organisation itself, without the branch.
    pub fn main(&self) -> &str {
        self.0.get(..10).unwrap_or_default()
    }

    pub fn branch(&self) -> Option<&str> {
        self.0.get(11..)
    }
}

/// The tenth digit for the first nine of `code`; none where it would be 10, for which no code exists.
fn check_digit(code: &str) -> Option<u32> {
    let mut sum = 0;
    for (digit, weight) in code.chars().zip(WEIGHTS) {
        sum += digit.to_digit(10)? * weight;
    }
    let check = 10 - sum % 11;
    (check < 10).then_some(check)
}
