//! The refusal of a value, and what every text value does the same way.
//!
//! What must stay true: codes are stable (clients and documents name them); a fault never holds the refused text,
//! so it may be logged; JSON and the database reach a value only through its `parse`.

use std::fmt;

use serde::de::{self, Visitor};

/// Why a value was refused: a stable code, and a sentence in each of the two languages of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{code}: {en}")]
pub struct ValueFault {
    pub code: &'static str,
    pub vi: &'static str,
    pub en: &'static str,
}

pub(super) const NOT_TEXT: ValueFault = ValueFault {
    code: "value.not_text",
    vi: "Giá trị phải là một chuỗi ký tự.",
    en: "the value must be a text",
};

pub(super) const FAULTS: &[ValueFault] = &[NOT_TEXT];

/// Reads a text and nothing else. Serde's own message for a number in place of a text repeats the number,
/// and that number may be somebody's citizen number: these messages do not.
pub(crate) struct TextVisitor<T>(pub(crate) fn(&str) -> Result<T, ValueFault>);

impl<T> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<T, E> {
        Err(E::custom(NOT_TEXT))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<T, E> {
        Err(E::custom(NOT_TEXT))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<T, E> {
        Err(E::custom(NOT_TEXT))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<T, E> {
        Err(E::custom(NOT_TEXT))
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Err(E::custom(NOT_TEXT))
    }
}

/// The doors of a newtype over `String` that has `parse`: `FromStr`, JSON, and a text column.
macro_rules! text_value {
    ($value:ident, $deserialize:ident) => {
        impl std::str::FromStr for $value {
            type Err = $crate::kernel::values::ValueFault;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $value {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $value {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.$deserialize($crate::kernel::values::TextVisitor(Self::parse))
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $value {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg>>::to_sql(
                    &self.0, out,
                )
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $value {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<
                    diesel::sql_types::Text,
                    diesel::pg::Pg,
                >>::from_sql(bytes)?;
                Ok(Self::parse(&text)?)
            }
        }
    };
}

/// A value that is nobody's secret: it prints as itself.
macro_rules! public_value {
    ($value:ident) => {
        text_value!($value, deserialize_str);

        impl $value {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $value {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $value {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, concat!(stringify!($value), "({})"), self.0)
            }
        }
    };
}

/// A value that belongs to a person: it cannot be printed by accident.
macro_rules! personal_value {
    ($value:ident) => {
        // Not `deserialize_str`: asked for a text, serde_json itself complains about a number, and quotes it.
        // (A path of a URL cannot be read this way; personal values have no business in a path.)
        text_value!($value, deserialize_any);

        impl $value {
            /// The whole text. Every call is a place where personal data leaves its type: search for them when in doubt.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $value {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($value), "(•••)"))
            }
        }
    };
}
