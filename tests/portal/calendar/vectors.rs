//! Known answers: the given vectors, and the rules one at a time.

use chrono::NaiveDate;
use motcua::calendar::lunar::{self, LunarDate};
use motcua::calendar::{
    Calendar, Circumstances, Deadline, Fault, Limit, Pause, PauseReason, Received, Share, TraceKind,
    TraceReason, WorkingHours, add_working_minutes, due, due_moment, notices, reception_due, share_due,
    working_days_before, working_minutes_between,
};

use super::at;

fn calendar() -> Calendar {
    notices::shipped().unwrap()
}

fn due_from(from: &str, limit: &str, circumstances: &Circumstances<'_>) -> Deadline {
    due(&calendar(), &WorkingHours::default(), at(from), limit.parse().unwrap(), circumstances).unwrap()
}

fn simply(from: &str, limit: &str) -> String {
    due_from(from, limit, &Circumstances::default()).due_at.format("%Y-%m-%d %H:%M").to_string()
}

#[test]
fn working_day_vectors_hold() {
    let mut seen = 0;
    for line in include_str!("../../data/workday_vectors.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let answer = simply(&format!("{} 10:00", fields[0]), &format!("{}wd", fields[1]));
        assert_eq!(answer, format!("{} 17:00", fields[2]), "{line}");
        seen += 1;
    }
    assert_eq!(seen, 9);
}

#[test]
fn lunar_vectors_hold_both_ways() {
    let mut seen = 0;
    for line in include_str!("../../data/lunar_vectors.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let lunar_date = LunarDate {
            day: fields[0].parse().unwrap(),
            month: fields[1].parse().unwrap(),
            year: fields[2].parse().unwrap(),
            leap: false,
        };
        let solar: NaiveDate = fields[3].parse().unwrap();
        assert_eq!(lunar::to_solar(lunar_date), Ok(solar), "{line}");
        assert_eq!(lunar::from_solar(solar), Ok(lunar_date), "{line}");
        seen += 1;
    }
    assert_eq!(seen, 19);
}

#[test]
fn what_arrives_outside_hours_counts_from_the_next_working_moment() {
    assert_eq!(simply("2025-06-02 06:00", "1wd"), "2025-06-03 17:00", "before opening");
    assert_eq!(simply("2025-06-02 12:15", "4h"), "2025-06-03 08:00", "at lunch, from 13:30");
    assert_eq!(simply("2025-06-02 16:59", "1wd"), "2025-06-03 17:00", "a minute before closing");
    assert_eq!(simply("2025-06-02 17:00", "1wd"), "2025-06-04 17:00", "at closing: received the next day");
    assert_eq!(simply("2025-06-07 10:00", "1wd"), "2025-06-10 17:00", "on Saturday: received on Monday");
    assert_eq!(
        simply("2025-04-26 10:00", "1wd"),
        "2025-04-28 17:00",
        "on a working Saturday: received that day"
    );
}

#[test]
fn calendar_days_and_months_move_off_days_off() {
    assert_eq!(simply("2025-06-02 10:00", "4d"), "2025-06-06 17:00");
    assert_eq!(simply("2025-06-02 10:00", "5d"), "2025-06-09 17:00", "ends on Saturday");
    assert_eq!(simply("2025-04-16 10:00", "10d"), "2025-04-26 17:00", "ends on a working Saturday");
    assert_eq!(simply("2023-01-31 10:00", "1m"), "2023-02-28 17:00");
    assert_eq!(simply("2020-01-31 10:00", "1m"), "2020-03-02 17:00", "29 February 2020 is a Saturday");
    assert_eq!(simply("2024-01-31 10:00", "1m"), "2024-02-29 17:00");
    assert_eq!(simply("2024-12-31 10:00", "2m"), "2025-02-28 17:00");
}

#[test]
fn working_hours_are_counted_within_hours() {
    assert_eq!(simply("2025-06-02 07:30", "4h"), "2025-06-02 11:30");
    assert_eq!(simply("2025-06-02 07:30", "5h"), "2025-06-02 14:30");
    assert_eq!(simply("2025-06-06 16:00", "8h"), "2025-06-09 16:30", "1 hour on Friday, 7 on Monday");
}

#[test]
fn same_day_until_three_in_the_afternoon() {
    let same_day = Circumstances { same_day: true, ..Circumstances::default() };
    assert_eq!(due_from("2025-06-05 15:00", "1wd", &same_day).due_at, at("2025-06-05 17:00"));
    assert_eq!(due_from("2025-06-05 15:01", "1wd", &same_day).due_at, at("2025-06-06 17:00"));
    assert_eq!(due_from("2025-06-06 15:01", "1wd", &same_day).due_at, at("2025-06-09 17:00"));
    assert_eq!(due_from("2025-06-07 10:00", "1wd", &same_day).due_at, at("2025-06-09 17:00"));
    let long =
        due(&calendar(), &WorkingHours::default(), at("2025-06-05 10:00"), Limit::WorkingDays(3), &same_day);
    assert_eq!(long, Err(Fault::SameDayLimit { limit: Limit::WorkingDays(3) }));
}

#[test]
fn reception_answers_within_eight_hours_online_and_a_day_otherwise() {
    let clock = |received| {
        let deadline =
            reception_due(&calendar(), &WorkingHours::default(), at("2025-06-05 10:00"), received, &[], None);
        deadline.unwrap().due_at
    };
    assert_eq!(clock(Received::Online), at("2025-06-06 10:30"));
    assert_eq!(clock(Received::Counter), at("2025-06-06 17:00"));
    assert_eq!(clock(Received::Post), at("2025-06-06 17:00"));
}

fn pause(from: &str, until: Option<&str>) -> Pause {
    Pause { from: at(from), until: until.map(at), reason: PauseReason::SupplementRequested }
}

#[test]
fn a_pause_shifts_by_the_working_time_waited() {
    let pauses = [pause("2025-06-03 10:00", Some("2025-06-05 11:00"))];
    let deadline =
        due_from("2025-06-02 10:00", "5wd", &Circumstances { pauses: &pauses, ..Circumstances::default() });
    // Two days and an hour: from Monday 9 June 17:00 to Thursday 12 June 08:30.
    assert_eq!(deadline.waited_minutes, 2 * 450 + 60);
    assert_eq!(deadline.due_at, at("2025-06-12 08:30"));

    let at_night = [pause("2025-06-03 17:00", Some("2025-06-04 07:30"))];
    let deadline =
        due_from("2025-06-02 10:00", "5wd", &Circumstances { pauses: &at_night, ..Circumstances::default() });
    assert_eq!(deadline.due_at, at("2025-06-09 17:00"));
}

#[test]
fn pauses_that_overlap_are_waited_once() {
    let pauses = [
        pause("2025-06-03 13:30", Some("2025-06-04 11:30")),
        pause("2025-06-03 07:30", Some("2025-06-03 17:00")),
    ];
    let deadline =
        due_from("2025-06-02 10:00", "5wd", &Circumstances { pauses: &pauses, ..Circumstances::default() });
    assert_eq!(deadline.waited_minutes, 450 + 240);
    assert_eq!(deadline.due_at, at("2025-06-11 11:30"));
}

#[test]
fn an_open_pause_grows_until_now() {
    let pauses = [pause("2025-06-03 13:30", None)];
    let until = |now| Circumstances { pauses: &pauses, now, ..Circumstances::default() };
    let today = due_from("2025-06-02 10:00", "1wd", &until(Some(at("2025-06-03 15:30"))));
    assert_eq!(today.due_at, at("2025-06-04 09:30"));
    let unsaid = due_moment(
        &calendar(),
        &WorkingHours::default(),
        at("2025-06-02 10:00"),
        Limit::WorkingDays(1),
        &until(None),
    );
    assert_eq!(unsaid, Err(Fault::PauseOpen { number: 1 }));
}

#[test]
fn a_pause_does_not_save_what_was_missed_already() {
    let pauses = [pause("2025-06-04 08:00", Some("2025-06-20 08:00"))];
    let deadline =
        due_from("2025-06-02 10:00", "1wd", &Circumstances { pauses: &pauses, ..Circumstances::default() });
    assert_eq!(deadline.due_at, at("2025-06-03 17:00"));
    assert!(
        deadline.trace.iter().any(|line| line.kind == TraceKind::Pause && line.vi.contains("đã quá hạn"))
    );

    let at_the_last_second = [pause("2025-06-03 17:00", Some("2025-06-20 08:00"))];
    let circumstances = Circumstances { pauses: &at_the_last_second, ..Circumstances::default() };
    assert_eq!(due_from("2025-06-02 10:00", "1wd", &circumstances).due_at, at("2025-06-03 17:00"));
}

#[test]
fn steps_share_the_whole_time_and_the_last_ends_with_it() {
    let calendar = calendar();
    let hours = WorkingHours::default();
    let step = |before, own, pauses: &[Pause]| {
        let circumstances = Circumstances { pauses, ..Circumstances::default() };
        let share = Share { before, own, whole: 100 };
        share_due(&calendar, &hours, at("2025-06-02 07:30"), Limit::WorkingDays(4), &circumstances, share)
    };
    // Five days of 450 minutes from Monday morning to Friday evening.
    assert_eq!(step(0, 20, &[]), Ok(at("2025-06-02 17:00")));
    assert_eq!(step(20, 10, &[]), Ok(at("2025-06-03 11:15")));
    assert_eq!(step(30, 70, &[]), Ok(at("2025-06-06 17:00")));
    let pauses = [pause("2025-06-03 07:30", Some("2025-06-03 17:00"))];
    assert_eq!(step(0, 20, &pauses), Ok(at("2025-06-02 17:00")), "over before the pause");
    assert_eq!(step(20, 10, &pauses), Ok(at("2025-06-04 11:15")));
    assert_eq!(step(30, 70, &pauses), Ok(at("2025-06-09 17:00")));
    assert_eq!(step(40, 61, &[]), Err(Fault::ShareTooLarge { before: 40, own: 61, whole: 100 }));
}

#[test]
fn saturday_mornings_are_time_but_not_working_days_unless_the_agency_says_so() {
    let calendar = calendar();
    let on = |hours: &WorkingHours, from: &str, limit: Limit| {
        due(&calendar, hours, at(from), limit, &Circumstances::default()).unwrap().due_at
    };
    let mornings = WorkingHours::with_saturday_mornings();
    let counting =
        WorkingHours::new(mornings.weekdays().to_vec(), mornings.saturdays().to_vec(), true).unwrap();
    assert_eq!(on(&mornings, "2025-06-06 16:00", Limit::WorkingHours(3)), at("2025-06-07 09:30"));
    assert_eq!(on(&mornings, "2025-06-06 10:00", Limit::WorkingDays(1)), at("2025-06-09 17:00"));
    assert_eq!(
        on(&mornings, "2025-06-07 10:00", Limit::WorkingDays(1)),
        at("2025-06-09 17:00"),
        "received on Saturday"
    );
    assert_eq!(
        on(&mornings, "2025-06-07 12:00", Limit::WorkingDays(1)),
        at("2025-06-10 17:00"),
        "received on Monday"
    );
    assert_eq!(on(&counting, "2025-06-06 10:00", Limit::WorkingDays(1)), at("2025-06-07 11:30"));
    assert_eq!(on(&counting, "2025-06-02 10:00", Limit::CalendarDays(5)), at("2025-06-07 11:30"));
}

#[test]
fn minutes_are_measured_and_added() {
    let calendar = calendar();
    let hours = WorkingHours::default();
    let between = |from, to| working_minutes_between(&calendar, &hours, at(from), at(to));
    assert_eq!(between("2025-06-06 16:00", "2025-06-09 08:00"), Ok(90));
    assert_eq!(between("2025-04-29 16:00", "2025-05-05 07:30"), Ok(60), "over four days off and a weekend");
    assert_eq!(between("2025-06-09 08:00", "2025-06-06 16:00"), Err(Fault::Backwards));
    assert_eq!(
        add_working_minutes(&calendar, &hours, at("2025-06-06 16:00"), 90),
        Ok(at("2025-06-09 08:00"))
    );
    assert_eq!(add_working_minutes(&calendar, &hours, at("2025-06-06 18:00"), 0), Ok(at("2025-06-09 07:30")));
    assert_eq!(working_days_before(&calendar, &hours, at("2025-05-05 09:00"), 1), Ok(at("2025-04-29 17:00")));
}

#[test]
fn the_short_answer_is_the_explained_one() {
    let deadline = due_from("2026-12-28 10:00", "10wd", &Circumstances::default());
    let limit = Limit::WorkingDays(10);
    let short = due_moment(
        &calendar(),
        &WorkingHours::default(),
        at("2026-12-28 10:00"),
        limit,
        &Circumstances::default(),
    )
    .unwrap();
    assert_eq!((deadline.start, deadline.due_at, deadline.due_on), (short.start, short.due_at, short.due_on));
    assert!(deadline.provisional && short.provisional, "2027 has no notice");
    let last = deadline.trace.last().unwrap();
    assert_eq!(last.reason, TraceReason::NoNotice);
}

#[test]
fn a_year_is_provisional_only_where_it_is_not_announced() {
    let provisional = |from, limit| due_from(from, limit, &Circumstances::default()).provisional;
    assert!(!provisional("2026-12-28 10:00", "2wd"));
    assert!(provisional("2026-12-31 10:00", "1wd"));
    assert!(!provisional("2018-12-27 10:00", "2wd"), "its end is in the notice of 2019");
    assert!(provisional("2018-08-27 10:00", "2wd"));
    assert_eq!(simply("2018-12-28 10:00", "1wd"), "2019-01-02 17:00");
    assert_eq!(simply("2027-02-03 10:00", "1wd"), "2027-02-11 17:00", "Tết 2027, worked out");
}

#[test]
fn the_trace_reads_like_a_letter() {
    let pauses = [pause("2025-04-29 09:00", Some("2025-05-05 10:00"))];
    let circumstances =
        Circumstances { received: Some(Received::Online), pauses: &pauses, ..Circumstances::default() };
    let deadline = due_from("2025-04-25 18:00", "3wd", &circumstances);
    let told: Vec<&str> = deadline.trace.iter().map(|line| line.vi.as_str()).collect();
    assert_eq!(
        told,
        [
            "Tiếp nhận trực tuyến lúc 18:00 thứ Sáu, ngày 25/04/2025.",
            "Thứ Bảy 26/04/2025 là ngày làm việc: Hoán đổi: thứ Bảy làm việc bù cho 02/05/2025. Căn cứ: 6150/TB-BLĐTBXH 03/12/2024.",
            "Ngoài giờ làm việc nên được coi là tiếp nhận lúc 07:30 thứ Bảy, ngày 26/04/2025; ngày đó không tính vào thời hạn.",
            "Thời hạn: 3 ngày làm việc, không tính ngày nghỉ hằng tuần và ngày nghỉ lễ, tết.",
            "Không tính Chủ nhật 27/04/2025: ngày nghỉ hằng tuần.",
            "Không tính thứ Tư 30/04/2025: Ngày Chiến thắng. Căn cứ: 6150/TB-BLĐTBXH 03/12/2024.",
            "Không tính thứ Năm 01/05/2025: Quốc tế lao động. Căn cứ: 6150/TB-BLĐTBXH 03/12/2024.",
            "Không tính thứ Sáu 02/05/2025: Hoán đổi: nghỉ, làm bù 26/04/2025. Căn cứ: 6150/TB-BLĐTBXH 03/12/2024.",
            "Không tính thứ Bảy 03/05/2025 và Chủ nhật 04/05/2025: ngày nghỉ hằng tuần.",
            "Hạn khi chưa tính thời gian tạm dừng: 17:00 thứ Hai, ngày 05/05/2025.",
            "Tạm dừng từ 09:00 thứ Ba, ngày 29/04/2025 đến 10:00 thứ Hai, ngày 05/05/2025 để chờ bổ sung hồ sơ: hạn được cộng thêm 8 giờ 30 phút làm việc.",
            "Đến hạn lúc 08:30 thứ Tư, ngày 07/05/2025.",
        ]
    );
    let stored = serde_json::to_string(&deadline).unwrap();
    assert_eq!(serde_json::from_str::<Deadline>(&stored).unwrap(), deadline);
}
