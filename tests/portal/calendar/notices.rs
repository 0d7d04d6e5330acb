//! Notices: what is refused, and that the years worked out are the years announced.

use chrono::{Datelike, NaiveDate};
use motcua::calendar::{
    Calendar, CalendarDay, Circumstances, DayKind, HoursFault, Limit, Shift, WorkingHours, due_moment,
    notices,
};

use super::at;

fn row(date: &str, kind: DayKind) -> CalendarDay {
    CalendarDay {
        date: date.parse().unwrap(),
        kind,
        name_vi: "Ngày nghỉ".to_owned(),
        name_en: "Day off".to_owned(),
        legal_notice: "1/TB".to_owned(),
    }
}

fn faults(rows: &[CalendarDay]) -> Vec<String> {
    Calendar::build(rows)
        .err()
        .map_or_else(Vec::new, |faults| faults.faults.iter().map(ToString::to_string).collect())
}

fn on(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn every_fault_is_named_with_its_row() {
    let mut nameless = row("2027-03-04", DayKind::Holiday);
    nameless.name_vi = " ".to_owned();
    let rows = [
        row("2027-03-01", DayKind::Holiday),
        row("2027-03-02", DayKind::SwapWork),
        row("2027-03-01", DayKind::DayOff),
        row("2027-03-06", DayKind::SwapOff),
        nameless,
        row("2200-01-01", DayKind::Holiday),
        row("2027-02-06", DayKind::SwapWork),
        row("2027-03-07", DayKind::SwapWork),
    ];
    assert_eq!(
        faults(&rows),
        [
            "row 2 (2027-03-02): a swapped working day must be a Saturday, this is a Tue",
            "row 3 (2027-03-01): two notices for one day: row 1 names it too",
            "row 4 (2027-03-06): a weekend day is off already: only a weekday can be swapped or substituted",
            "row 5 (2027-03-04): the name is missing",
            "row 6 (2200-01-01): outside the calendar (2000-01-01 to 2199-12-31)",
            "row 7 (2027-02-06): a working Saturday cannot be the statutory day off \"Tết Nguyên đán (mùng 1 Tết)\"",
            "row 8 (2027-03-07): a swapped working day must be a Saturday, this is a Sun",
        ]
    );
}

#[test]
fn a_faulty_file_is_refused_whole() {
    let text = "date,weekday,kind,name,is_working_day,legal_notice,confidence,note\n\
        2027-03-01,Mon,holiday,A,0,1/TB,HIGH,\n\
        2027-13-01,Mon,holiday,B,0,1/TB,HIGH,\n\
        2027-03-02,Mon,holiday,C,0,1/TB,HIGH,\n\
        2027-03-03,Wed,feast,D,0,1/TB,HIGH,\n\
        2027-03-06,Sat,swap_work,E,0,1/TB,HIGH,\n\
        2027-03-04,Thu\n";
    let told = notices::read(text).unwrap_err().to_string();
    let told: Vec<&str> = told.lines().collect();
    assert_eq!(told.len(), 5, "{told:?}");
    assert_eq!(told[0], "row 2: \"2027-13-01\" is not a date (YYYY-MM-DD)");
    assert_eq!(told[1], "row 3 (2027-03-02): the weekday says Mon, the date is a Tue");
    assert!(told[2].starts_with("row 4 (2027-03-03): \"feast\" is not a kind of day"));
    assert_eq!(told[3], "row 5 (2027-03-06): a swap_work cannot have is_working_day = 0");
    assert!(told[4].starts_with("row 6: "));
}

/// The choice of window for Tết, the day beside 2 September and the substitutes agree with every notice since 2019, swaps apart.
#[test]
fn what_is_worked_out_is_what_was_announced() {
    let announced = notices::shipped_days().unwrap();
    let weekdays_off = |days: &mut dyn Iterator<Item = &CalendarDay>| -> Vec<NaiveDate> {
        let is_weekday = |date: NaiveDate| date.weekday().number_from_monday() <= 5;
        let mut dates: Vec<NaiveDate> = days
            .filter(|day| matches!(day.kind, DayKind::Holiday | DayKind::Substitute) && is_weekday(day.date))
            .map(|day| day.date)
            .collect();
        dates.sort();
        dates
    };
    for year in 2019..=2026 {
        let worked_out = notices::statutory_days(year);
        assert_eq!(
            weekdays_off(&mut worked_out.iter().map(|statutory| &statutory.day)),
            weekdays_off(&mut announced.iter().filter(|day| day.date.year() == year)),
            "{year}"
        );
    }
}

#[test]
fn years_are_announced_by_whole_notices_only() {
    let calendar = notices::shipped().unwrap();
    let announced: Vec<i32> = (2000..=2199).filter(|year| calendar.is_announced(*year)).collect();
    assert_eq!(announced, (2019..=2026).collect::<Vec<_>>());
    assert!(calendar.special_day(on(2018, 2, 16)).unwrap().computed, "Tết 2018");
    assert!(!calendar.special_day(on(2018, 12, 31)).unwrap().computed, "from the notice of 2019");
    assert!(!calendar.is_working_day(on(2018, 12, 31)));
    assert!(calendar.is_working_day(on(2026, 8, 22)));
}

#[test]
fn a_single_row_does_not_make_tet_disappear() {
    let mut rows = notices::shipped_days().unwrap();
    rows.push(row("2027-01-01", DayKind::Holiday));
    rows.push(row("2027-07-15", DayKind::DayOff));
    let calendar = Calendar::build(&rows).unwrap();
    assert!(!calendar.is_announced(2027));
    assert!(!calendar.is_working_day(on(2027, 2, 8)), "Tết, still worked out");
    assert!(!calendar.is_working_day(on(2027, 7, 15)), "the row");

    // The whole notice: from now on its rows are the year.
    for date in ["2027-02-06", "2027-04-16", "2027-04-30", "2027-05-01", "2027-09-02", "2027-11-24"] {
        rows.push(row(date, DayKind::Holiday));
    }
    let calendar = Calendar::build(&rows).unwrap();
    assert!(calendar.is_announced(2027));
    assert!(calendar.is_working_day(on(2027, 2, 8)), "not in this notice");
}

#[test]
fn an_added_day_off_moves_a_deadline() {
    let mut rows = notices::shipped_days().unwrap();
    let due_on = |rows: &[CalendarDay]| {
        let calendar = Calendar::build(rows).unwrap();
        let hours = WorkingHours::default();
        let due = due_moment(
            &calendar,
            &hours,
            at("2026-06-01 09:00"),
            Limit::WorkingDays(3),
            &Circumstances::default(),
        );
        due.unwrap().due_on
    };
    assert_eq!(due_on(&rows), on(2026, 6, 4));
    rows.push(row("2026-06-03", DayKind::DayOff));
    assert_eq!(due_on(&rows), on(2026, 6, 5));
}

#[test]
fn hours_are_checked_and_kept_as_people_write_them() {
    let shift =
        |opens: &str, closes: &str| Shift { opens: opens.parse().unwrap(), closes: closes.parse().unwrap() };
    let weekdays = |shifts: Vec<Shift>| WorkingHours::new(shifts, Vec::new(), false);
    assert_eq!(weekdays(Vec::new()), Err(HoursFault::NoWeekdayHours));
    assert_eq!(
        weekdays(vec![shift("07:00:00", "12:00:00"), shift("11:00:00", "17:00:00")]),
        Err(HoursFault::Overlap { shift: "11:00–17:00".to_owned() })
    );
    assert_eq!(
        weekdays(vec![shift("12:00:00", "07:00:00")]),
        Err(HoursFault::Empty { shift: "12:00–07:00".to_owned() })
    );
    let ordinary = vec![shift("07:00:00", "12:00:00")];
    assert_eq!(WorkingHours::new(ordinary, Vec::new(), true), Err(HoursFault::SaturdaysWithoutHours));

    let text = r#"{"weekdays":[{"opens":"07:30","closes":"11:30"},{"opens":"13:30","closes":"17:00"}],"saturdays":[],"saturdays_count":false}"#;
    assert_eq!(serde_json::to_string(&WorkingHours::default()).unwrap(), text);
    assert_eq!(serde_json::from_str::<WorkingHours>(text).unwrap(), WorkingHours::default());
    assert!(
        serde_json::from_str::<WorkingHours>(r#"{"weekdays":[{"opens":"17:30","closes":"11:30"}]}"#).is_err()
    );
}
