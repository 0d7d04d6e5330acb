//! Rules that a JSON Schema cannot say: a date against today, a field against another.
//!
//! A field that was not answered, or whose answer the schema refused, breaks no rule here: one fault is enough.

use chrono::{Datelike, Months, NaiveDate};
use serde_json::Value;

use super::sentences::{labels, say};
use crate::catalogue::definition::FieldRule;
use crate::kernel::{CitizenNumber, Fault};

pub(super) fn broken_rule(
    form: &Value,
    rule: &FieldRule,
    answers: &Value,
    today: NaiveDate,
) -> Option<Fault> {
    let answer = answers.pointer(rule.field())?;
    let other = rule.other().and_then(|other| answers.pointer(other));
    let (code, vi, en) = match rule {
        FieldRule::NotInFuture { .. } => {
            let in_future = match date_of(answer) {
                Some(date) => date > today,
                None => birth_year_of(answer)? > today.year(),
            };
            in_future.then_some((
                "in_future",
                "ghi một thời điểm chưa tới".to_owned(),
                "lies in the future".to_owned(),
            ))
        }
        FieldRule::NotBefore { other: pointer, .. } => {
            let (other_vi, other_en) = labels(form, pointer);
            (date_of(answer)? < date_of(other?)?).then(|| {
                (
                    "too_early",
                    format!("không được trước “{other_vi}”"),
                    format!("must not be before “{other_en}”"),
                )
            })
        }
        FieldRule::MinimumAge { years, .. } => {
            let grown_up = date_of(answer)?
                .checked_add_months(Months::new(years.saturating_mul(12)))
                .is_some_and(|birthday| birthday <= today);
            (!grown_up).then(|| {
                (
                    "too_young",
                    format!("cho thấy chưa đủ {years} tuổi"),
                    format!("is less than {years} years ago"),
                )
            })
        }
        FieldRule::MatchesBirthDate { other: pointer, .. } => {
            let (other_vi, other_en) = labels(form, pointer);
            (birth_year_of(answer)? != date_of(other?)?.year()).then(|| {
                (
                    "birth_year_mismatch",
                    format!("không khớp với năm sinh ở “{other_vi}”"),
                    format!("does not agree with the year in “{other_en}”"),
                )
            })
        }
        FieldRule::DiffersFrom { other: pointer, .. } => {
            let (other_vi, other_en) = labels(form, pointer);
            (answer == other?).then(|| {
                (
                    "same_as_other",
                    format!("không được trùng với “{other_vi}”"),
                    format!("must differ from “{other_en}”"),
                )
            })
        }
    }?;
    Some(say(form, rule.field().to_owned(), code, &vi, &en))
}

fn date_of(answer: &Value) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(answer.as_str()?, "%Y-%m-%d").ok()
}

fn birth_year_of(answer: &Value) -> Option<i32> {
    let number = CitizenNumber::parse(answer.as_str()?).ok()?;
    Some(number.born_year())
}
