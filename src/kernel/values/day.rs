//! A day that somebody asks about. What must stay true: it lies where the calendar and PostgreSQL both know it.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::ValueFault;

const OUT_OF_RANGE: ValueFault = ValueFault {
    code: "day.range",
    vi: "Ngày phải nằm trong khoảng từ 1900-01-01 đến 2200-12-31.",
    en: "a day lies between 1900-01-01 and 2200-12-31",
};

pub(super) const FAULTS: &[ValueFault] = &[OUT_OF_RANGE];

/// For `#[serde(default, deserialize_with = "askable_day")]` on a parameter that may be absent.
pub fn askable_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let day = NaiveDate::deserialize(deserializer)?;
    if (1900..=2200).contains(&day.year()) { Ok(Some(day)) } else { Err(D::Error::custom(OUT_OF_RANGE)) }
}
