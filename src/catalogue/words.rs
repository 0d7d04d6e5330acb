//! What the catalogue says in sentences: time limits, and what is doubtful in a national record.

use super::definition::Text;
use super::import::ConflictCode;
use crate::calendar::{Limit, LimitUnit};

fn text(vi: impl Into<String>, en: impl Into<String>) -> Text {
    Text { vi: vi.into(), en: en.into() }
}

pub fn limit(limit: Limit) -> Text {
    let value = limit.value();
    let (vi, en) = match limit.unit() {
        LimitUnit::WorkingDay => ("ngày làm việc", "working day"),
        LimitUnit::CalendarDay => ("ngày", "day"),
        LimitUnit::WorkingHour => ("giờ làm việc", "working hour"),
        LimitUnit::Month => ("tháng", "month"),
    };
    let plural = if value == 1 { "" } else { "s" };
    text(format!("{value} {vi}"), format!("{value} {en}{plural}"))
}

/// NĐ 23/2015/NĐ-CP, điều 7.
pub fn same_day() -> Text {
    text(
        "Trong ngày; tiếp nhận sau 15 giờ thì trả trong ngày làm việc tiếp theo",
        "The same day; received after 15:00, the next working day",
    )
}

pub fn conflict(code: ConflictCode) -> Text {
    match code {
        ConflictCode::UnitMissing => text("Thời hạn không ghi đơn vị.", "The time has no unit."),
        ConflictCode::LimitAmbiguous => {
            text("Thời hạn có thể hiểu theo nhiều cách.", "The time can be read in more than one way.")
        }
        ConflictCode::LimitMissing => text("Hình thức này không ghi thời hạn.", "This channel has no time."),
        ConflictCode::LimitsDiffer => {
            text("Các hình thức ghi thời hạn khác nhau.", "The channels promise different times.")
        }
        ConflictCode::ChannelsMissing => text("Không ghi hình thức nộp nào.", "No channel is named."),
        ConflictCode::ChannelNotOpen => text(
            "Có thời hạn hoặc phí cho hình thức nộp không được mở.",
            "A time or a fee stands for a channel that is not open.",
        ),
        ConflictCode::FeeMissing => text("Hình thức này không ghi phí, lệ phí.", "This channel has no fee."),
        ConflictCode::FeeUnknown => {
            text("Hồ sơ công bố không có thông tin về phí.", "The record says that the fee is not known.")
        }
        ConflictCode::FeeAmbiguous => {
            text("Phí, lệ phí không phải là một số tiền.", "The fee is not one amount in dong.")
        }
        ConflictCode::SuspiciousAmount => text(
            "Số tiền dưới 1.000 đồng, có thể thiếu hàng nghìn.",
            "Less than 1,000 dong: thousands may be missing.",
        ),
        ConflictCode::OnlineDearer => {
            text("Nộp trực tuyến đắt hơn nộp trực tiếp.", "Online costs more than the counter.")
        }
        ConflictCode::LevelUnknown => {
            text("Không rõ cấp giải quyết.", "The level that handles it is not known.")
        }
        ConflictCode::ResultIncomplete => {
            text("Kết quả không ghi hoặc bị cắt mất phần đầu.", "The result is missing or cut at its head.")
        }
        ConflictCode::LegalBasisMissing => text("Không ghi căn cứ pháp lý.", "No legal basis is named."),
        ConflictCode::LowConfidence => {
            text("Không lấy từ hồ sơ của Cổng dịch vụ công.", "Not from the portal's own record.")
        }
    }
}
