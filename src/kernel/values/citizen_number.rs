//! The citizen number (số định danh cá nhân, printed on the identity card): twelve digits.
//!
//! Three digits for the province where the birth was registered, one for century and sex, two for the year of
//! birth, six at random (Law on Identification 26/2023/QH15 art. 12; structure: NĐ 137/2015/NĐ-CP art. 13). A birth
//! registered abroad has the code of a country instead (annex of Circular 59/2021/TT-BCA); that list was not found,
//! and such numbers are refused until it is added.
//! What must stay true: the 63 codes from before 1 July 2025 stay valid for ever; the number never changes with a
//! reorganisation. Whether the year lies in the future needs a date, so it is asked separately (`parse_on`).

use chrono::{Datelike, NaiveDate};
use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ValueFault, all_digits};

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, ToSchema)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, pattern = r"^0\d{11}$", example = "072098000006")]
pub struct CitizenNumber(String);

personal_value!(CitizenNumber);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
}

const LENGTH: ValueFault = ValueFault {
    code: "citizen_number.length",
    vi: "Số định danh cá nhân gồm đúng 12 chữ số.",
    en: "a citizen number has exactly 12 digits",
};
const DIGITS: ValueFault = ValueFault {
    code: "citizen_number.digits",
    vi: "Số định danh cá nhân chỉ gồm chữ số.",
    en: "a citizen number has digits only",
};
const PROVINCE: ValueFault = ValueFault {
    code: "citizen_number.province",
    vi: "Ba chữ số đầu của số định danh cá nhân không phải mã tỉnh, thành phố đăng ký khai sinh.",
    en: "the first three digits are not the code of a province of birth registration",
};
const BIRTH_YEAR_IN_FUTURE: ValueFault = ValueFault {
    code: "citizen_number.birth_year_in_future",
    vi: "Năm sinh trong số định danh cá nhân ở tương lai.",
    en: "the year of birth in the citizen number lies in the future",
};

pub(super) const FAULTS: &[ValueFault] = &[LENGTH, DIGITS, PROVINCE, BIRTH_YEAR_IN_FUTURE];

/// The 63 provinces of before 1 July 2025. The 34 of today carry codes from the same list.
pub const PROVINCES_OF_BIRTH: [&str; 63] = [
    "001", "002", "004", "006", "008", "010", "011", "012", "014", "015", "017", "019", "020", "022", "024",
    "025", "026", "027", "030", "031", "033", "034", "035", "036", "037", "038", "040", "042", "044", "045",
    "046", "048", "049", "051", "052", "054", "056", "058", "060", "062", "064", "066", "067", "068", "070",
    "072", "074", "075", "077", "079", "080", "082", "083", "084", "086", "087", "089", "091", "092", "093",
    "094", "095", "096",
];

impl CitizenNumber {
    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        if text.chars().count() != 12 {
            return Err(LENGTH);
        }
        if !all_digits(text) {
            return Err(DIGITS);
        }
        let province = text.get(..3).unwrap_or_default();
        if !PROVINCES_OF_BIRTH.contains(&province) {
            return Err(PROVINCE);
        }
        Ok(Self(text.to_owned()))
    }

    /// As `parse`, and nobody is born after `today`. Use this wherever a person enters a number.
    pub fn parse_on(text: &str, today: NaiveDate) -> Result<Self, ValueFault> {
        let number = Self::parse(text)?;
        number.check_on(today)?;
        Ok(number)
    }

    /// For a number that came in through JSON, where no date is known.
    pub fn check_on(&self, today: NaiveDate) -> Result<(), ValueFault> {
        if self.born_year() > today.year() {
            return Err(BIRTH_YEAR_IN_FUTURE);
        }
        Ok(())
    }

    /// The code of the province of birth registration, three digits, as of before 1 July 2025.
    pub fn province_of_birth(&self) -> &str {
        self.0.get(..3).unwrap_or_default()
    }

    pub fn born_year(&self) -> i32 {
        // 0 and 1 are the twentieth century, 2 and 3 the twenty-first, and so on: two digits a century.
        let century = 1900 + 100 * (self.digit(3) / 2);
        century + 10 * self.digit(4) + self.digit(5)
    }

    pub fn sex(&self) -> Sex {
        if self.digit(3) % 2 == 0 { Sex::Male } else { Sex::Female }
    }

    /// Only the last three digits: `•••••••••006`.
    pub fn masked(&self) -> String {
        format!("•••••••••{}", self.0.get(9..).unwrap_or_default())
    }

    fn digit(&self, position: usize) -> i32 {
        let byte = self.0.as_bytes().get(position).copied().unwrap_or(b'0');
        i32::from(byte.saturating_sub(b'0'))
    }
}
