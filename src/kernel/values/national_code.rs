//! The code of a procedure in the national database of administrative procedures: `1.001193`.
//!
//! One digit, a dot, six digits (cơ sở dữ liệu quốc gia về thủ tục hành chính, NĐ 63/2010/NĐ-CP and after).
//! What must stay true: the code names the procedure of the whole country; a province's own variant is a version
//! in the catalogue, never another code.

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use utoipa::ToSchema;

use super::{ValueFault, all_digits};

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, ToSchema)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, pattern = r"^\d\.\d{6}$", example = "1.001193")]
pub struct NationalCode(String);

public_value!(NationalCode);

const FORM: ValueFault = ValueFault {
    code: "national_code.form",
    vi: "Mã thủ tục hành chính có dạng 1.001193: một chữ số, dấu chấm, sáu chữ số.",
    en: "a procedure code looks like 1.001193: one digit, a dot, six digits",
};

pub(super) const FAULTS: &[ValueFault] = &[FORM];

impl NationalCode {
    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        let (group, number) = text.split_once('.').ok_or(FORM)?;
        if group.len() != 1 || number.len() != 6 || !all_digits(group) || !all_digits(number) {
            return Err(FORM);
        }
        Ok(Self(text.to_owned()))
    }
}
