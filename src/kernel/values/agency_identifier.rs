//! The electronic identifier of an agency, in both styles that occur.
//!
//! `000.00.53.H48` (QCVN 102:2016/BTTTT: the ministry or province comes last) and `H53`, `H15.50.05.13`
//! (QĐ 20/2020/QĐ-TTg: it comes first; at most 35 characters).
//! What must stay true: an identifier is kept as it was given. The two styles of one agency are two texts, and only
//! the agency's row knows that they are one.

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use utoipa::ToSchema;

use super::{ValueFault, all_digits};

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, ToSchema)]
#[diesel(sql_type = Text)]
#[schema(value_type = String, max_length = 35, pattern = r"^(\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(\.\d{2,3})*)$", example = "H53.01")]
pub struct AgencyIdentifier(String);

public_value!(AgencyIdentifier);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierStyle {
    /// `000.00.53.H48`
    Qcvn102,
    /// `H15.50.05.13`
    Decision20,
}

const FORM: ValueFault = ValueFault {
    code: "agency_identifier.form",
    vi: "Mã định danh điện tử của cơ quan có dạng 000.00.53.H48 hoặc H15.50.05.13.",
    en: "an agency identifier looks like 000.00.53.H48 or H15.50.05.13",
};
const LENGTH: ValueFault = ValueFault {
    code: "agency_identifier.length",
    vi: "Mã định danh điện tử của cơ quan dài tối đa 35 ký tự.",
    en: "an agency identifier has at most 35 characters",
};

pub(super) const FAULTS: &[ValueFault] = &[FORM, LENGTH];

impl AgencyIdentifier {
    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        if text.len() > 35 {
            return Err(LENGTH);
        }
        let parts: Vec<&str> = text.split('.').collect();
        let valid = match parts.as_slice() {
            [first, rest @ ..] if is_root(first) => {
                rest.iter().all(|part| is_part(part, 2) || is_part(part, 3))
            }
            [first, second, third, root] => {
                is_part(first, 3) && is_part(second, 2) && is_part(third, 2) && is_root(root)
            }
            _ => false,
        };
        if !valid {
            return Err(FORM);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn style(&self) -> IdentifierStyle {
        if self.0.starts_with(|c: char| c.is_ascii_digit()) {
            IdentifierStyle::Qcvn102
        } else {
            IdentifierStyle::Decision20
        }
    }

    /// The ministry or province: `H48` of `000.00.53.H48`, `H15` of `H15.50.05.13`.
    pub fn root(&self) -> &str {
        let root = match self.style() {
            IdentifierStyle::Qcvn102 => self.0.rsplit('.').next(),
            IdentifierStyle::Decision20 => self.0.split('.').next(),
        };
        root.unwrap_or_default()
    }
}

fn is_root(part: &str) -> bool {
    let mut characters = part.chars();
    let letter = characters.next().is_some_and(|c| c.is_ascii_uppercase());
    letter && is_part(characters.as_str(), 2)
}

fn is_part(part: &str, length: usize) -> bool {
    part.len() == length && all_digits(part)
}
