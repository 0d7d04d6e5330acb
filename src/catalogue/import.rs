//! Reads the published national records of procedures (`seeds/procedures.csv`).
//!
//! A record informs: it has no form and no steps, so it is never open for submission. The published text is
//! always kept beside the number read from it, a number is read only where the text leaves no doubt, and what
//! contradicts itself or is missing is flagged, never repaired. Source: the National Database of Procedures.

use std::collections::HashSet;
use std::io::Read;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, SchemaType, Type};

use super::definition::{ChannelKind, limit_schema};
use crate::calendar::Limit;
use crate::kernel::values::NationalCode;

/// A published record, as far as it can be understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportedProcedure {
    pub code: NationalCode,
    pub name: String,
    pub field: String,
    /// The ministry's decision that published it.
    pub ministry_decision: Option<String>,
    /// Who handles it today.
    pub levels: Vec<HandlingLevel>,
    /// Who handled it before 1 July 2025, in words; not from the record.
    pub level_before: Option<String>,
    pub channels: Vec<ImportedChannel>,
    pub components_count: Option<u32>,
    pub results: Vec<String>,
    pub legal_basis: Vec<String>,
    /// How far the record is to be trusted.
    pub confidence: String,
    pub conflicts: Vec<Conflict>,
}

impl ImportedProcedure {
    /// The channels that the record opens; a time or a fee for another one is a conflict, not an opening.
    pub fn open_channels(&self) -> Vec<ChannelKind> {
        let is_shut = |kind: ChannelKind| {
            let shut = Conflict { code: ConflictCode::ChannelNotOpen, channel: Some(kind) };
            self.conflicts.contains(&shut)
        };
        self.channels.iter().map(|channel| channel.channel).filter(|kind| !is_shut(*kind)).collect()
    }

    /// What is doubtful, each word once.
    pub fn conflict_codes(&self) -> Vec<ConflictCode> {
        let mut codes: Vec<ConflictCode> = self.conflicts.iter().map(|conflict| conflict.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportedChannel {
    pub channel: ChannelKind,
    /// None where the record prints no time that can be read.
    #[schema(schema_with = nullable_limit_schema)]
    #[schema(required = false)]
    pub limit: Option<Limit>,
    pub limit_text: String,
    /// Whole dong.
    pub fee_amount: Option<u32>,
    /// The record prints no fee for the post.
    pub fee_text: String,
}

/// A limit, or null.
fn nullable_limit_schema() -> Object {
    let mut schema = limit_schema();
    schema.schema_type = SchemaType::Array(vec![Type::Object, Type::Null]);
    schema
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandlingLevel {
    Commune,
    Province,
    Ministry,
    Other,
}

/// What a person should look at before the record becomes a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    pub code: ConflictCode,
    /// The channel it is about; absent: the whole record.
    pub channel: Option<ChannelKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictCode {
    /// A time without a unit.
    UnitMissing,
    /// A time that can be read in two ways, such as "1 / 2".
    LimitAmbiguous,
    /// An open channel without a time.
    LimitMissing,
    /// The channels promise different times.
    LimitsDiffer,
    /// No channel is named.
    ChannelsMissing,
    /// A time or a fee for a channel that the record does not open.
    ChannelNotOpen,
    /// An open channel whose fee is left empty.
    FeeMissing,
    /// The record says that it does not know the fee.
    FeeUnknown,
    /// A fee that is not one amount in dong.
    FeeAmbiguous,
    /// Less than 1,000 dong: most likely thousands were dropped.
    SuspiciousAmount,
    /// Online costs more than the counter.
    OnlineDearer,
    /// No level, or one that is not known.
    LevelUnknown,
    /// No result, or one that begins in the middle of a sentence.
    ResultIncomplete,
    LegalBasisMissing,
    /// The record is not from the portal.
    LowConfidence,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the list of procedures is not readable CSV")]
    Csv(#[from] csv::Error),
    #[error("line {line}: \"{code}\" is not a national procedure code")]
    Code { line: u64, code: String },
    #[error("line {line}: procedure {code} occurs twice")]
    Duplicate { line: u64, code: NationalCode },
    #[error("line {line}: procedure {code} has no name or no field")]
    Nameless { line: u64, code: NationalCode },
}

/// A line of the file, as text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    name: String,
    field: String,
    ministry_decision: String,
    level_2026: String,
    level_before_2025_07_own_knowledge: String,
    channels: String,
    online_time: String,
    online_unit: String,
    direct_time: String,
    direct_unit: String,
    postal_time: String,
    postal_unit: String,
    online_fee: String,
    direct_fee: String,
    components_count: String,
    result: String,
    legal_basis: String,
    confidence: String,
}

/// All records of the file, in its order. A broken file is refused as a whole; a doubtful record is flagged.
pub fn read_procedures(source: impl Read) -> Result<Vec<ImportedProcedure>, ImportError> {
    let mut procedures = Vec::new();
    let mut codes = HashSet::new();
    let mut reader = csv::Reader::from_reader(source);
    let headers = reader.headers()?.clone();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let row: Row = record.deserialize(Some(&headers))?;
        let Ok(code) = NationalCode::parse(row.code.trim()) else {
            let code = row.code;
            return Err(ImportError::Code { line, code });
        };
        if row.name.trim().is_empty() || row.field.trim().is_empty() {
            return Err(ImportError::Nameless { line, code });
        }
        if !codes.insert(code.clone()) {
            return Err(ImportError::Duplicate { line, code });
        }
        procedures.push(understand(code, row));
    }
    Ok(procedures)
}

fn understand(code: NationalCode, row: Row) -> ImportedProcedure {
    let mut conflicts = Vec::new();
    let channels = read_channels(&row, &mut conflicts);
    compare_channels(&channels, &mut conflicts);

    let levels = read_levels(&row.level_2026);
    let about_record = [
        (levels.is_none(), ConflictCode::LevelUnknown),
        (is_incomplete(&row.result), ConflictCode::ResultIncomplete),
        (row.legal_basis.trim().is_empty(), ConflictCode::LegalBasisMissing),
        (!row.confidence.starts_with("HIGH"), ConflictCode::LowConfidence),
    ];
    for (found, code) in about_record {
        if found {
            conflicts.push(Conflict { code, channel: None });
        }
    }

    ImportedProcedure {
        code,
        name: row.name.trim().to_owned(),
        field: row.field.trim().to_owned(),
        ministry_decision: not_empty(&row.ministry_decision),
        levels: levels.unwrap_or_default(),
        level_before: not_empty(&row.level_before_2025_07_own_knowledge),
        channels,
        components_count: row.components_count.trim().parse().ok(),
        results: split(&row.result, '¦'),
        legal_basis: split(&row.legal_basis, ';'),
        confidence: row.confidence.trim().to_owned(),
        conflicts,
    }
}

fn read_channels(row: &Row, conflicts: &mut Vec<Conflict>) -> Vec<ImportedChannel> {
    let open: Vec<&str> = row.channels.split('|').map(str::trim).collect();
    if row.channels.trim().is_empty() {
        conflicts.push(Conflict { code: ConflictCode::ChannelsMissing, channel: None });
    }
    let columns = [
        (ChannelKind::Online, "Trực tuyến", &row.online_time, &row.online_unit, Some(&row.online_fee)),
        (ChannelKind::Counter, "Trực tiếp", &row.direct_time, &row.direct_unit, Some(&row.direct_fee)),
        (ChannelKind::Post, "Dịch vụ bưu chính", &row.postal_time, &row.postal_unit, None),
    ];
    let mut channels = Vec::new();
    for (kind, name, time, unit, fee) in columns {
        let is_open = open.contains(&name);
        let says_something = !time.trim().is_empty() || fee.is_some_and(|fee| !fee.trim().is_empty());
        if !is_open && !says_something {
            continue;
        }
        let mut found = Vec::new();
        if !is_open && !row.channels.trim().is_empty() {
            found.push(ConflictCode::ChannelNotOpen);
        }
        let limit = match read_limit(time, unit) {
            Ok(limit) => Some(limit),
            Err(code) => {
                found.push(code);
                None
            }
        };
        let mut fee_amount = None;
        if let Some(fee) = fee {
            let (amount, doubt) = read_fee(fee);
            fee_amount = amount;
            found.extend(doubt);
        }
        conflicts.extend(found.into_iter().map(|code| Conflict { code, channel: Some(kind) }));
        channels.push(ImportedChannel {
            channel: kind,
            limit,
            limit_text: format!("{} {}", time.trim(), unit.trim()).trim().to_owned(),
            fee_amount,
            fee_text: fee.map_or("", |fee| fee.trim()).to_owned(),
        });
    }
    channels
}

fn compare_channels(channels: &[ImportedChannel], conflicts: &mut Vec<Conflict>) {
    let mut limits = channels.iter().filter_map(|channel| channel.limit.as_ref());
    if let Some(first) = limits.next()
        && limits.any(|limit| limit != first)
    {
        conflicts.push(Conflict { code: ConflictCode::LimitsDiffer, channel: None });
    }
    let fee_of = |kind| {
        let channel = channels.iter().find(|channel| channel.channel == kind)?;
        channel.fee_amount
    };
    if let (Some(online), Some(counter)) = (fee_of(ChannelKind::Online), fee_of(ChannelKind::Counter))
        && online > counter
    {
        conflicts.push(Conflict { code: ConflictCode::OnlineDearer, channel: Some(ChannelKind::Online) });
    }
}

/// "Ngày" alone is a calendar day: the records write "Ngày làm việc" where they mean working days.
fn read_limit(time: &str, unit: &str) -> Result<Limit, ConflictCode> {
    let (time, unit) = (time.trim(), unit.trim());
    if time.is_empty() {
        return Err(ConflictCode::LimitMissing);
    }
    let Ok(value) = time.parse::<u32>() else {
        return Err(ConflictCode::LimitAmbiguous);
    };
    let limit = match unit {
        "Ngày làm việc" => Limit::WorkingDays(value),
        "Ngày" => Limit::CalendarDays(value),
        "Giờ" => Limit::WorkingHours(value),
        "Tháng" => Limit::Months(value),
        "" | "(không ghi đơn vị)" => return Err(ConflictCode::UnitMissing),
        _ => return Err(ConflictCode::LimitAmbiguous),
    };
    limit.check().map_err(|_| ConflictCode::LimitAmbiguous)?;
    Ok(limit)
}

/// The amount where the text is one amount in dong, and what is doubtful about it.
fn read_fee(text: &str) -> (Option<u32>, Option<ConflictCode>) {
    let text = text.trim();
    match text {
        "" => return (None, Some(ConflictCode::FeeMissing)),
        "Miễn phí" => return (Some(0), None),
        "Không có thông tin" => return (None, Some(ConflictCode::FeeUnknown)),
        _ => {}
    }
    let number = text
        .strip_suffix("Việt Nam Đồng")
        .or_else(|| text.strip_suffix("VNĐ"))
        .and_then(|number| read_grouped_number(number.trim()));
    match number {
        None => (None, Some(ConflictCode::FeeAmbiguous)),
        Some(amount) if amount < 1000 => (Some(amount), Some(ConflictCode::SuspiciousAmount)),
        Some(amount) => (Some(amount), None),
    }
}

/// "10,000" or "10.000": groups of three after the first, nothing else.
fn read_grouped_number(text: &str) -> Option<u32> {
    let mut digits = String::new();
    for (at, group) in text.split([',', '.']).enumerate() {
        let all_digits = !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits || (at > 0 && group.len() != 3) {
            return None;
        }
        digits.push_str(group);
    }
    digits.parse().ok()
}

/// None when no level is named or one is not known.
fn read_levels(text: &str) -> Option<Vec<HandlingLevel>> {
    let mut levels = Vec::new();
    for name in text.split(',') {
        levels.push(match name.trim() {
            "Cấp xã" => HandlingLevel::Commune,
            "Cấp tỉnh" => HandlingLevel::Province,
            "Cấp bộ" => HandlingLevel::Ministry,
            "Cơ quan khác" => HandlingLevel::Other,
            _ => return None,
        });
    }
    Some(levels)
}

/// Some results were cut at their head when they were published: they begin with a small letter.
fn is_incomplete(result: &str) -> bool {
    result.trim().chars().next().is_none_or(char::is_lowercase)
}

fn split(text: &str, separator: char) -> Vec<String> {
    text.split(separator).filter_map(not_empty).collect()
}

fn not_empty(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
