//! The sentences of the explanation. Each is said twice, side by side, so that neither language can fall behind.
//!
//! What must stay true: whole sentences, dates as people write them (29/04/2025; 29 April 2025), no word of the machinery.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Weekday};

use crate::calendar::days::SpecialDay;
use crate::calendar::model::{DayKind, Limit, PauseReason, Received};
use crate::calendar::working_time::CountedPause;

pub(super) struct Said {
    pub(super) vi: String,
    pub(super) en: String,
}

fn said(vi: impl Into<String>, en: impl Into<String>) -> Said {
    Said { vi: vi.into(), en: en.into() }
}

pub(super) fn received(at: DateTime<FixedOffset>, received: Option<Received>) -> Said {
    let (vi, en) = match received {
        Some(Received::Online) => ("Tiếp nhận trực tuyến", "Received online"),
        Some(Received::Counter) => ("Tiếp nhận tại bộ phận một cửa", "Received at the counter"),
        Some(Received::Post) => ("Tiếp nhận qua bưu chính", "Received by post"),
        None => ("Tiếp nhận", "Received"),
    };
    said(format!("{vi} lúc {}.", moment_vi(at)), format!("{en} at {}.", moment_en(at)))
}

pub(super) fn start(at: DateTime<FixedOffset>, outside: bool, by_days: bool) -> Said {
    let day = at.date_naive();
    match (outside, by_days) {
        (true, true) => said(
            format!(
                "Ngoài giờ làm việc nên được coi là tiếp nhận lúc {}; ngày đó không tính vào thời hạn.",
                moment_vi(at)
            ),
            format!(
                "Outside working hours, so it counts as received at {}; that day is not part of the limit.",
                moment_en(at)
            ),
        ),
        (true, false) => said(
            format!("Ngoài giờ làm việc nên thời hạn tính từ {}.", moment_vi(at)),
            format!("Outside working hours, so the time runs from {}.", moment_en(at)),
        ),
        (false, true) => said(
            format!("Ngày tiếp nhận {} không tính vào thời hạn.", date_vi(day)),
            format!("The day of receipt, {}, is not part of the limit.", date_en(day)),
        ),
        (false, false) => {
            said("Thời hạn tính từ lúc tiếp nhận.", "The time runs from the moment of receipt.")
        }
    }
}

pub(super) fn limit(limit: Limit) -> Said {
    let number = limit.value();
    match limit {
        Limit::WorkingDays(_) => said(
            format!("Thời hạn: {number} ngày làm việc, không tính ngày nghỉ hằng tuần và ngày nghỉ lễ, tết."),
            format!(
                "Limit: {}; weekends and public holidays do not count.",
                counted(number, "working day", "working days")
            ),
        ),
        Limit::CalendarDays(_) => said(
            format!("Thời hạn: {number} ngày, tính cả ngày nghỉ."),
            format!("Limit: {}, days off included.", counted(number, "day", "days")),
        ),
        Limit::WorkingHours(_) => said(
            format!("Thời hạn: {number} giờ làm việc; chỉ tính thời gian trong giờ làm việc."),
            format!(
                "Limit: {}; only time within working hours counts.",
                counted(number, "working hour", "working hours")
            ),
        ),
        Limit::Months(_) => said(
            format!("Thời hạn: {number} tháng, đến ngày tương ứng của tháng cuối."),
            format!("Limit: {}, to the same day of the last month.", counted(number, "month", "months")),
        ),
    }
}

pub(super) fn promised(given_at: DateTime<FixedOffset>) -> Said {
    let day = given_at.date_naive();
    said(
        format!("Ngày {}, cơ quan đã xin lỗi và hẹn lại ngày trả kết quả.", date_vi(day)),
        format!("On {} the agency apologised and named a new date.", date_en(day)),
    )
}

pub(super) fn same_day() -> Said {
    said(
        "Thời hạn: trả kết quả trong ngày; tiếp nhận sau 15 giờ thì trả trong ngày làm việc tiếp theo (Nghị định 23/2015/NĐ-CP, Điều 7).",
        "Limit: the result is given on the same day or, when received after 15:00, on the next working day (Decree 23/2015/NĐ-CP, article 7).",
    )
}

pub(super) fn received_after_15() -> Said {
    said(
        "Tiếp nhận sau 15 giờ nên trả kết quả trong ngày làm việc tiếp theo.",
        "Received after 15:00, so the result is due on the next working day.",
    )
}

pub(super) fn month_cut_short(end: NaiveDate) -> Said {
    said(
        format!(
            "Tháng cuối không có ngày tương ứng nên thời hạn kết thúc vào ngày cuối tháng, {}.",
            date_vi(end)
        ),
        format!("The last month has no such day, so the limit ends on its last day, {}.", date_en(end)),
    )
}

pub(super) fn ends_on_day_off(end: NaiveDate) -> Said {
    said(
        format!(
            "Ngày cuối của thời hạn, {} {}, là ngày nghỉ nên chuyển sang ngày làm việc tiếp theo.",
            weekday_vi(end),
            date_vi(end)
        ),
        format!(
            "The last day of the limit, {} {}, is a day off, so it moves to the next working day.",
            weekday_en(end),
            date_en(end)
        ),
    )
}

pub(super) fn special_day(special: &SpecialDay) -> Said {
    let day = &special.day;
    let name_vi = readable(&day.name_vi, date_vi);
    let name_en = readable(&day.name_en, date_en);
    let notice = notice_text(&day.legal_notice);
    let (computed_vi, computed_en) = if special.computed {
        (" (tạm tính, chưa có thông báo)", " (provisional, no notice yet)")
    } else {
        ("", "")
    };
    let (weekday_vi, weekday_en) = (weekday_vi(day.date), weekday_en(day.date));
    let (date_vi, date_en) = (date_vi(day.date), date_en(day.date));
    if day.kind == DayKind::SwapWork {
        // Always a Saturday.
        return said(
            format!("Thứ Bảy {date_vi} là ngày làm việc: {name_vi}. Căn cứ: {notice}."),
            format!("{weekday_en} {date_en} is a working day: {name_en}. Legal basis: {notice}."),
        );
    }
    said(
        format!("Không tính {weekday_vi} {date_vi}: {name_vi}{computed_vi}. Căn cứ: {notice}."),
        format!("{weekday_en} {date_en} does not count: {name_en}{computed_en}. Legal basis: {notice}."),
    )
}

/// The days are weekend days without any other line between them.
pub(super) fn weekends(days: &[NaiveDate]) -> Said {
    let stretches = stretches(days);
    match stretches.as_slice() {
        [(first, last)] if first == last => said(
            format!("Không tính {} {}: ngày nghỉ hằng tuần.", weekday_vi(*first), date_vi(*first)),
            format!("{} {} does not count: weekend.", weekday_en(*first), date_en(*first)),
        ),
        [(first, last)] => said(
            format!(
                "Không tính {} {} và {} {}: ngày nghỉ hằng tuần.",
                weekday_vi(*first),
                date_vi(*first),
                weekday_vi(*last),
                date_vi(*last)
            ),
            format!(
                "{} {} and {} {} do not count: weekend.",
                weekday_en(*first),
                date_en(*first),
                weekday_en(*last),
                date_en(*last)
            ),
        ),
        few if few.len() <= 5 => {
            let list = |written: fn(NaiveDate, NaiveDate) -> String| {
                few.iter().map(|(first, last)| written(*first, *last)).collect::<Vec<_>>().join(", ")
            };
            said(
                format!("Không tính {} ngày nghỉ hằng tuần: {}.", days.len(), list(dates_vi)),
                format!("{} weekend days do not count: {}.", days.len(), list(dates_en)),
            )
        }
        many => {
            let first = many.first().map_or(NaiveDate::MIN, |(first, _)| *first);
            let last = many.last().map_or(NaiveDate::MAX, |(_, last)| *last);
            said(
                format!(
                    "Không tính {} ngày nghỉ hằng tuần từ {} đến {}.",
                    days.len(),
                    date_vi(first),
                    date_vi(last)
                ),
                format!(
                    "{} weekend days from {} to {} do not count.",
                    days.len(),
                    date_en(first),
                    date_en(last)
                ),
            )
        }
    }
}

pub(super) fn paused(
    counted: &CountedPause,
    from: DateTime<FixedOffset>,
    until: DateTime<FixedOffset>,
) -> Said {
    let (why_vi, why_en) = match counted.pause.reason {
        PauseReason::SupplementRequested => ("chờ bổ sung hồ sơ", "waiting for the supplement"),
        PauseReason::FinancialObligation => {
            ("chờ thực hiện nghĩa vụ tài chính", "waiting for the financial obligation to be met")
        }
        PauseReason::WithdrawalRequested => {
            ("chờ giải quyết yêu cầu rút hồ sơ", "while the request to withdraw was decided")
        }
    };
    let span_vi = match counted.pause.until {
        Some(_) => format!("từ {} đến {}", moment_vi(from), moment_vi(until)),
        None => format!("từ {}, chưa kết thúc (tính đến {})", moment_vi(from), moment_vi(until)),
    };
    let span_en = match counted.pause.until {
        Some(_) => format!("from {} to {}", moment_en(from), moment_en(until)),
        None => format!("from {}, not yet ended (counted up to {})", moment_en(from), moment_en(until)),
    };
    let (effect_vi, effect_en) = if counted.too_late {
        (
            "không cộng thêm, vì khi đó đã quá hạn".to_owned(),
            "adds nothing, because the due time had passed".to_owned(),
        )
    } else if counted.waited == 0 {
        ("không cộng thêm giờ làm việc nào".to_owned(), "adds no working time".to_owned())
    } else {
        let (once_vi, once_en) = if counted.overlaps {
            (
                " (phần trùng với lần tạm dừng khác chỉ tính một lần)",
                " (time shared with another pause counts once)",
            )
        } else {
            ("", "")
        };
        let (hours, minutes) = (counted.waited / 3600, counted.waited % 3600 / 60);
        (
            format!("hạn được cộng thêm {} làm việc{once_vi}", duration_vi(hours, minutes)),
            format!("{} of working time added{once_en}", duration_en(hours, minutes)),
        )
    };
    said(
        format!("Tạm dừng {span_vi} để {why_vi}: {effect_vi}."),
        format!("Paused {span_en}, {why_en}: {effect_en}."),
    )
}

pub(super) fn due_before_pauses(at: DateTime<FixedOffset>) -> Said {
    said(
        format!("Hạn khi chưa tính thời gian tạm dừng: {}.", moment_vi(at)),
        format!("Due before pauses are counted: {}.", moment_en(at)),
    )
}

pub(super) fn due(at: DateTime<FixedOffset>) -> Said {
    said(format!("Đến hạn lúc {}.", moment_vi(at)), format!("Due at {}.", moment_en(at)))
}

pub(super) fn provisional(years: &[i32]) -> Said {
    let list = years.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
    said(
        format!(
            "Tạm tính: chưa có đầy đủ thông báo nghỉ lễ, tết của năm {list}; ngày nghỉ được tính theo luật và hạn này có thể thay đổi khi có thông báo."
        ),
        format!(
            "Provisional: the notice of days off for {list} is not complete yet; they are worked out from the law, and this date may change when the notice comes."
        ),
    )
}

pub(crate) fn moment_vi(at: DateTime<FixedOffset>) -> String {
    let date = at.date_naive();
    format!("{} {}, ngày {}", at.format("%H:%M"), weekday_vi(date), date_vi(date))
}

pub(crate) fn moment_en(at: DateTime<FixedOffset>) -> String {
    let date = at.date_naive();
    format!("{} on {} {}", at.format("%H:%M"), weekday_en(date), date_en(date))
}

fn date_vi(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

fn date_en(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// 17–18/04/2027 where the month is the same.
fn dates_vi(first: NaiveDate, last: NaiveDate) -> String {
    match (first == last, first.month() == last.month()) {
        (true, _) => date_vi(first),
        (false, true) => format!("{}–{}", first.format("%d"), date_vi(last)),
        (false, false) => format!("{}–{}", date_vi(first), date_vi(last)),
    }
}

fn dates_en(first: NaiveDate, last: NaiveDate) -> String {
    match (first == last, first.month() == last.month()) {
        (true, _) => date_en(first),
        (false, true) => format!("{}–{}", first.day(), date_en(last)),
        (false, false) => format!("{} – {}", date_en(first), date_en(last)),
    }
}

fn weekday_vi(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => "thứ Hai",
        Weekday::Tue => "thứ Ba",
        Weekday::Wed => "thứ Tư",
        Weekday::Thu => "thứ Năm",
        Weekday::Fri => "thứ Sáu",
        Weekday::Sat => "thứ Bảy",
        Weekday::Sun => "Chủ nhật",
    }
}

fn weekday_en(date: NaiveDate) -> String {
    date.format("%A").to_string()
}

fn counted(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn duration_vi(hours: i64, minutes: i64) -> String {
    match (hours, minutes) {
        (0, minutes) => format!("{minutes} phút"),
        (hours, 0) => format!("{hours} giờ"),
        (hours, minutes) => format!("{hours} giờ {minutes} phút"),
    }
}

fn duration_en(hours: i64, minutes: i64) -> String {
    let hours_said = if hours == 1 { "1 hour".to_owned() } else { format!("{hours} hours") };
    let minutes_said = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
    match (hours, minutes) {
        (0, _) => minutes_said,
        (_, 0) => hours_said,
        _ => format!("{hours_said} {minutes_said}"),
    }
}

/// Names in the notices carry dates as 2025-05-02; people read 02/05/2025.
fn readable(name: &str, date: fn(NaiveDate) -> String) -> String {
    let word =
        |word: &str| NaiveDate::parse_from_str(word, "%Y-%m-%d").map_or_else(|_| word.to_owned(), date);
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Some notices are known only as a remark in brackets.
fn notice_text(notice: &str) -> &str {
    notice.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(notice)
}

fn stretches(days: &[NaiveDate]) -> Vec<(NaiveDate, NaiveDate)> {
    let mut stretches: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for day in days {
        match stretches.last_mut() {
            Some((_, last)) if last.succ_opt() == Some(*day) => *last = *day,
            _ => stretches.push((*day, *day)),
        }
    }
    stretches
}
