//! The number of a dossier (mã hồ sơ): `{agency identifier}-{yyMMdd}-{NNNN}`.
//!
//! The form is the one that the National Public Service Portal exchanges. The counter runs per agency and day and
//! has four digits; for what happens above 9,999 no source was found: here it widens to five.
//! What must stay true: one number has one spelling, so `00099` and `99` are refused; the counter starts at 1.
//! Who hands out counters is `dossiers::numbering`; here is only the form.

use chrono::{Datelike, NaiveDate};
use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use utoipa::ToSchema;

use super::{AgencyIdentifier, ValueFault, all_digits};

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, ToSchema)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, pattern = r"^[A-Z0-9.]{3,35}-\d{6}-\d{4,5}$", example = "000.00.53.H48-220921-0099")]
pub struct DossierNumber(String);

public_value!(DossierNumber);

const FORM: ValueFault = ValueFault {
    code: "dossier_number.form",
    vi: "Mã hồ sơ có dạng {mã định danh cơ quan}-{năm tháng ngày}-{số thứ tự}, ví dụ H53.01-250701-0001.",
    en: "a dossier number looks like {agency identifier}-{yyMMdd}-{counter}, for example H53.01-250701-0001",
};
const AGENCY: ValueFault = ValueFault {
    code: "dossier_number.agency",
    vi: "Mã định danh cơ quan trong mã hồ sơ không hợp lệ.",
    en: "the agency identifier in the dossier number is not valid",
};
const DATE: ValueFault = ValueFault {
    code: "dossier_number.date",
    vi: "Ngày trong mã hồ sơ không có thật.",
    en: "the date in the dossier number does not exist",
};
const COUNTER: ValueFault = ValueFault {
    code: "dossier_number.counter",
    vi: "Số thứ tự trong mã hồ sơ gồm bốn chữ số, từ 0001; từ 10000 gồm năm chữ số.",
    en: "the counter in a dossier number has four digits, from 0001; from 10000 it has five",
};

pub(super) const FAULTS: &[ValueFault] = &[FORM, AGENCY, DATE, COUNTER];

impl DossierNumber {
    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        let parts: Vec<&str> = text.split('-').collect();
        let [identifier, date, counter] = parts.as_slice() else {
            return Err(FORM);
        };
        AgencyIdentifier::parse(identifier).map_err(|_| AGENCY)?;
        read_date(date).ok_or(DATE)?;
        read_counter(counter).ok_or(COUNTER)?;
        Ok(Self(text.to_owned()))
    }

    pub fn compose(identifier: &AgencyIdentifier, date: NaiveDate, counter: u32) -> Result<Self, ValueFault> {
        if !(2000..2100).contains(&date.year()) {
            return Err(DATE);
        }
        if !(1..=99_999).contains(&counter) {
            return Err(COUNTER);
        }
        Ok(Self(format!("{identifier}-{}-{counter:04}", date.format("%y%m%d"))))
    }

    /// The agency that numbered the dossier, which need not be the one that handles it now.
    pub fn agency(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    pub fn date(&self) -> Option<NaiveDate> {
        self.0.split('-').nth(1).and_then(read_date)
    }

    pub fn counter(&self) -> Option<u32> {
        self.0.split('-').nth(2).and_then(read_counter)
    }
}

fn read_date(text: &str) -> Option<NaiveDate> {
    if text.len() != 6 || !all_digits(text) {
        return None;
    }
    let year = 2000 + text.get(..2)?.parse::<i32>().ok()?;
    NaiveDate::from_ymd_opt(year, text.get(2..4)?.parse().ok()?, text.get(4..)?.parse().ok()?)
}

fn read_counter(text: &str) -> Option<u32> {
    if !all_digits(text) {
        return None;
    }
    let counter: u32 = text.parse().ok()?;
    match (text.len(), counter) {
        (4, 1..) | (5, 10_000..) => Some(counter),
        _ => None,
    }
}
