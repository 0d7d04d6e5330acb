//! Money: whole dong, never negative, never silently too large.
//!
//! The dong has no fraction in use (Law on the State Bank 46/2010/QH12 art. 16: đồng; smaller units left circulation),
//! so an amount is an integer and a share states how it is rounded. Sums and products are checked: the caller decides
//! what an overflow means, and it is never a wrap-around.

use std::fmt;

use diesel::{
    deserialize::{self, FromSqlRow},
    expression::AsExpression,
    pg, serialize,
    sql_types::BigInt,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::ToSchema;

use super::values::ValueFault;

#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    AsExpression,
    FromSqlRow,
    ToSchema,
)]
#[serde(transparent)]
#[diesel(sql_type = BigInt)]
#[schema(value_type = i64, minimum = 0, maximum = 999999999999_i64, example = 10000)]
pub struct Dong(i64);

/// What becomes of the part of a dong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    Down,
    HalfUp,
    Up,
}

const NEGATIVE: ValueFault = ValueFault {
    code: "money.negative",
    vi: "Số tiền không được âm.",
    en: "an amount of money is not negative",
};
const OVERFLOW: ValueFault =
    ValueFault {
        code: "money.overflow", vi: "Số tiền quá lớn.", en: "the amount of money is too large"
    };
const SHARE: ValueFault =
    ValueFault { code: "money.share", vi: "Tỷ lệ không hợp lệ.", en: "the share is not valid" };

pub(super) const FAULTS: &[ValueFault] = &[NEGATIVE, OVERFLOW, SHARE];

impl Dong {
    pub const ZERO: Self = Self(0);
    /// Just under a thousand billion: no fee comes near, and every number in JSON is exact up to far beyond it.
    pub const MOST: Self = Self(999_999_999_999);

    pub const fn new(amount: i64) -> Result<Self, ValueFault> {
        match amount {
            ..0 => Err(NEGATIVE),
            0..=999_999_999_999 => Ok(Self(amount)),
            _ => Err(OVERFLOW),
        }
    }

    pub const fn amount(self) -> i64 {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub fn checked_add(self, other: Self) -> Result<Self, ValueFault> {
        self.0.checked_add(other.0).ok_or(OVERFLOW).and_then(Self::new)
    }

    /// Refused where `other` is more than this amount.
    pub fn checked_sub(self, other: Self) -> Result<Self, ValueFault> {
        if other > self { Err(NEGATIVE) } else { Ok(Self(self.0 - other.0)) }
    }

    /// What is left, and nothing where `other` is more: how a fixed reduction works.
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    pub fn checked_mul(self, quantity: u32) -> Result<Self, ValueFault> {
        self.0.checked_mul(i64::from(quantity)).ok_or(OVERFLOW).and_then(Self::new)
    }

    /// `numerator / denominator` of this amount: 20 % is `share(20, 100, …)`, half a per cent `share(5, 1000, …)`.
    pub fn share(self, numerator: u32, denominator: u32, rounding: Rounding) -> Result<Self, ValueFault> {
        if denominator == 0 {
            return Err(SHARE);
        }
        let product = i128::from(self.0) * i128::from(numerator);
        let denominator = i128::from(denominator);
        let (whole, rest) = (product / denominator, product % denominator);
        let round_up = match rounding {
            Rounding::Down => false,
            Rounding::HalfUp => rest * 2 >= denominator,
            Rounding::Up => rest > 0,
        };
        let share = whole + i128::from(round_up);
        i64::try_from(share).map_err(|_| OVERFLOW).and_then(Self::new)
    }

    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, ValueFault> {
        let mut total = Self::ZERO;
        for amount in amounts {
            total = total.checked_add(amount)?;
        }
        Ok(total)
    }
}

/// As a Vietnamese receipt writes it: `10.000 đồng`.
impl fmt::Display for Dong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        write!(formatter, "{grouped} đồng")
    }
}

impl<'de> Deserialize<'de> for Dong {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amount = i64::deserialize(deserializer)?;
        Self::new(amount).map_err(D::Error::custom)
    }
}

impl serialize::ToSql<BigInt, pg::Pg> for Dong {
    fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, pg::Pg>) -> serialize::Result {
        <i64 as serialize::ToSql<BigInt, pg::Pg>>::to_sql(&self.0, out)
    }
}

impl deserialize::FromSql<BigInt, pg::Pg> for Dong {
    fn from_sql(bytes: pg::PgValue<'_>) -> deserialize::Result<Self> {
        let amount = <i64 as deserialize::FromSql<BigInt, pg::Pg>>::from_sql(bytes)?;
        Ok(Self::new(amount)?)
    }
}
