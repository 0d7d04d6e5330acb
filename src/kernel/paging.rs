//! Keyset paging: a page says where the next one begins, and rows that come or go in between shift nothing.
//!
//! A cursor is base64url of: a version byte, four bytes of checksum, and JSON of the list's name and the sort values
//! of the last row. What must stay true: a cursor is opaque to clients and carries no right (every page asks
//! `visible_to` again), so the checksum guards against damage and not against an enemy; no personal value is a sort
//! value; a list that changes its order changes its name.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, de, de::DeserializeOwned};
use utoipa::ToSchema;

use super::values::ValueFault;

const VERSION: u8 = 1;

const LIMIT: ValueFault = ValueFault {
    code: "limit.range",
    vi: "Số dòng mỗi trang từ 1 đến 100.",
    en: "a page has between 1 and 100 rows",
};
const DAMAGED: ValueFault = ValueFault {
    code: "cursor.damaged",
    vi: "Con trỏ trang không đọc được; hãy bắt đầu lại từ trang đầu.",
    en: "the cursor cannot be read; begin again at the first page",
};
const OTHER_LIST: ValueFault = ValueFault {
    code: "cursor.other_list",
    vi: "Con trỏ trang thuộc về danh sách khác hoặc thứ tự sắp xếp khác.",
    en: "the cursor belongs to another list or another order",
};
const OUTDATED: ValueFault = ValueFault {
    code: "cursor.outdated",
    vi: "Con trỏ trang thuộc phiên bản cũ; hãy bắt đầu lại từ trang đầu.",
    en: "the cursor is of an older version; begin again at the first page",
};
const UNENCODABLE: ValueFault = ValueFault {
    code: "cursor.unencodable",
    vi: "Không tạo được con trỏ trang.",
    en: "the cursor cannot be made",
};

pub(super) const FAULTS: &[ValueFault] = &[LIMIT, DAMAGED, OTHER_LIST, OUTDATED, UNENCODABLE];

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; none on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from `limit.with_one_more()` rows: the extra row only tells that there is a next page.
    pub fn from_rows<K: Serialize>(
        mut rows: Vec<T>,
        limit: Limit,
        list: &str,
        sort_values: impl Fn(&T) -> K,
    ) -> Result<Self, ValueFault> {
        let length = usize::from(limit.0);
        let more = rows.len() > length;
        rows.truncate(length);
        let next = match rows.last() {
            Some(last) if more => Some(encode_cursor(list, &sort_values(last))?),
            _ => None,
        };
        Ok(Self { items: rows, next })
    }

    /// Rows become views; the cursor stays.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(view).collect(), next: self.next }
    }
}

/// How many rows a client wants: 1 to 100, by default 50. Anything else is refused, never silently changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = u8, minimum = 1, maximum = 100, default = 50, example = 50)]
pub struct Limit(u8);

impl Limit {
    pub fn new(rows: u64) -> Result<Self, ValueFault> {
        match u8::try_from(rows) {
            Ok(rows) if (1..=100).contains(&rows) => Ok(Self(rows)),
            _ => Err(LIMIT),
        }
    }

    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        let rows: u64 = text.parse().map_err(|_| LIMIT)?;
        Self::new(rows)
    }

    pub fn rows(self) -> i64 {
        i64::from(self.0)
    }

    /// For the LIMIT of the query that feeds `Page::from_rows`.
    pub fn with_one_more(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A number in JSON, a text in a query string.
        struct LimitVisitor;
        impl de::Visitor<'_> for LimitVisitor {
            type Value = Limit;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number between 1 and 100")
            }

            fn visit_u64<E: de::Error>(self, rows: u64) -> Result<Limit, E> {
                Limit::new(rows).map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, rows: i64) -> Result<Limit, E> {
                u64::try_from(rows).map_err(|_| LIMIT).and_then(Limit::new).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
                Limit::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(LimitVisitor)
    }
}

/// `list` names the list and its order, such as `dossiers.by_due_at`.
pub fn encode_cursor<K: Serialize>(list: &str, sort_values: &K) -> Result<String, ValueFault> {
    let content = serde_json::to_vec(&(list, sort_values)).map_err(|_| UNENCODABLE)?;
    let mut bytes = vec![VERSION];
    bytes.extend(checksum(&content).to_be_bytes());
    bytes.extend(content);
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

pub fn decode_cursor<K: DeserializeOwned>(list: &str, cursor: &str) -> Result<K, ValueFault> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| DAMAGED)?;
    let (version, rest) = bytes.split_first().ok_or(DAMAGED)?;
    if *version != VERSION {
        return Err(OUTDATED);
    }
    let (sum, content) = rest.split_first_chunk::<4>().ok_or(DAMAGED)?;
    if u32::from_be_bytes(*sum) != checksum(content) {
        return Err(DAMAGED);
    }
    // The name first, on its own: the sort values of another list need not fit this list's type.
    let (name, _): (String, de::IgnoredAny) = serde_json::from_slice(content).map_err(|_| DAMAGED)?;
    if name != list {
        return Err(OTHER_LIST);
    }
    let (_, sort_values): (de::IgnoredAny, K) = serde_json::from_slice(content).map_err(|_| DAMAGED)?;
    Ok(sort_values)
}

/// Where a page begins: after the cursor, or at the beginning where there is none. A bad cursor names its parameter.
pub fn begin_after<K: DeserializeOwned>(list: &str, cursor: Option<&str>) -> super::Result<Option<K>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let sort_values = decode_cursor(list, cursor);
    sort_values.map(Some).map_err(|fault| super::Error::invalid(vec![super::Fault::value("cursor", fault)]))
}

/// FNV-1a, 32 bits: enough to notice a lost or changed character.
fn checksum(bytes: &[u8]) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in bytes {
        hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    hash
}
