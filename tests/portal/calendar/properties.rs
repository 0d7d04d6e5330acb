//! What must hold for any input.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta};
use motcua::calendar::lunar::{self, LunarDate};
use motcua::calendar::{
    Calendar, CalendarDay, Circumstances, DayKind, Limit, Pause, PauseReason, Share, TraceKind, WorkingHours,
    add_working_minutes, due, due_moment, notices, share_due, working_minutes_between,
};
use proptest::prelude::*;
use std::sync::LazyLock;

use super::at;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| notices::shipped().unwrap());

fn moments() -> impl Strategy<Value = DateTime<FixedOffset>> {
    (0..6_000_i64, 0..86_400_i64)
        .prop_map(|(day, second)| at("2019-01-01 00:00") + TimeDelta::days(day) + TimeDelta::seconds(second))
}

fn limits() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (1..120_u32).prop_map(Limit::WorkingDays),
        (1..400_u32).prop_map(Limit::CalendarDays),
        (1..500_u32).prop_map(Limit::WorkingHours),
        (1..24_u32).prop_map(Limit::Months),
    ]
}

fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-100..2_000_i64, 0..500_i64), 0..4)
}

fn after(arrival: DateTime<FixedOffset>, hours: &[(i64, i64)]) -> Vec<Pause> {
    let pause = |(from, length): &(i64, i64)| {
        let from = arrival + TimeDelta::hours(*from);
        Pause {
            from,
            until: Some(from + TimeDelta::hours(*length)),
            reason: PauseReason::FinancialObligation,
        }
    };
    hours.iter().map(pause).collect()
}

fn due_at(arrival: DateTime<FixedOffset>, limit: Limit, pauses: &[Pause]) -> DateTime<FixedOffset> {
    let circumstances = Circumstances { pauses, ..Circumstances::default() };
    due_moment(&CALENDAR, &WorkingHours::default(), arrival, limit, &circumstances).unwrap().due_at
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_limit_reads_back(limit in limits()) {
        prop_assert_eq!(limit.to_string().parse::<Limit>(), Ok(limit));
        let json = serde_json::to_string(&limit).unwrap();
        prop_assert_eq!(serde_json::from_str::<Limit>(&json).unwrap(), limit);
    }

    #[test]
    fn no_text_makes_the_reader_of_limits_stumble(text in "\\PC{0,12}") {
        if let Ok(limit) = text.parse::<Limit>() {
            prop_assert!(limit.check().is_ok());
        }
    }

    #[test]
    fn a_pause_never_makes_it_earlier(arrival in moments(), limit in limits(), hours in pauses()) {
        let pauses = after(arrival, &hours);
        let with = due_at(arrival, limit, &pauses);
        prop_assert!(with >= due_at(arrival, limit, &[]));
        let mut backwards = pauses.clone();
        backwards.reverse();
        prop_assert_eq!(with, due_at(arrival, limit, &backwards), "their order does not matter");
        let mut doubled = pauses.clone();
        doubled.extend(pauses);
        prop_assert_eq!(with, due_at(arrival, limit, &doubled), "told twice, waited once");
    }

    #[test]
    fn later_never_means_earlier(arrival in moments(), limit in limits(), later in 0..100_000_i64, hours in pauses()) {
        let pauses = after(arrival, &hours);
        prop_assert!(due_at(arrival + TimeDelta::seconds(later), limit, &[]) >= due_at(arrival, limit, &[]));
        let longer = match limit {
            Limit::WorkingDays(number) => Limit::WorkingDays(number + 1),
            Limit::CalendarDays(number) => Limit::CalendarDays(number + 1),
            Limit::WorkingHours(number) => Limit::WorkingHours(number + 1),
            Limit::Months(number) => Limit::Months(number + 1),
        };
        prop_assert!(due_at(arrival, longer, &pauses) >= due_at(arrival, limit, &pauses));
    }

    #[test]
    fn steps_follow_each_other_and_end_with_the_whole(
        arrival in moments(), limit in limits(), hours in pauses(), shares in prop::collection::vec(1..40_u32, 1..6),
    ) {
        let pauses = after(arrival, &hours);
        let circumstances = Circumstances { pauses: &pauses, ..Circumstances::default() };
        let whole: u32 = shares.iter().sum();
        let mut before = 0;
        let mut last = None;
        for own in shares {
            let share = Share { before, own, whole };
            let step = share_due(&CALENDAR, &WorkingHours::default(), arrival, limit, &circumstances, share).unwrap();
            prop_assert!(last.is_none_or(|last| last <= step));
            (last, before) = (Some(step), before + own);
        }
        prop_assert_eq!(last, Some(due_at(arrival, limit, &pauses)));
    }

    #[test]
    fn minutes_added_are_minutes_measured(start in moments(), minutes in 0..50_000_u32) {
        let hours = WorkingHours::with_saturday_mornings();
        let end = add_working_minutes(&CALENDAR, &hours, start, minutes).unwrap();
        prop_assert_eq!(working_minutes_between(&CALENDAR, &hours, start, end), Ok(i64::from(minutes)));
    }

    /// The lines of the trace account for every day: those of the limit, and those named as skipped.
    #[test]
    fn the_trace_accounts_for_every_day(arrival in moments(), number in 1..90_u32) {
        let limit = Limit::WorkingDays(number);
        let told = due(&CALENDAR, &WorkingHours::default(), arrival, limit, &Circumstances::default()).unwrap();
        let first = told.start.date_naive();
        let mut skipped = 0;
        for line in told.trace.iter().filter(|line| line.kind == TraceKind::Skipped) {
            if line.date.is_some_and(|date| date > first) {
                skipped += 1;
            }
            if let (Some(from), Some(to)) = (line.from, line.to) {
                let plain_weekend = |date: &NaiveDate| {
                    *date > first && *date <= to && date.weekday().number_from_monday() > 5
                };
                skipped += from.iter_days().take_while(|date| *date <= to).filter(plain_weekend).count();
            }
        }
        let span = (told.due_on - first).num_days();
        prop_assert_eq!(span, i64::from(number) + i64::try_from(skipped).unwrap());
    }

    #[test]
    fn a_lunar_date_that_exists_reads_back(
        day in 0..32_u32, month in 0..14_u32, year in 1890..2210_i32, leap in any::<bool>(),
    ) {
        let date = LunarDate { day, month, year, leap };
        if let Ok(solar) = lunar::to_solar(date) {
            prop_assert_eq!(lunar::from_solar(solar), Ok(date));
        }
    }
}

proptest! {
    // Each case builds a calendar.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_day_off_never_makes_it_earlier(arrival in moments(), limit in limits(), day in 0..120_i64) {
        let date = (arrival + TimeDelta::days(day)).date_naive();
        let mut rows = notices::shipped_days().unwrap();
        if rows.iter().all(|row| row.date != date) {
            rows.push(CalendarDay {
                date,
                kind: DayKind::DayOff,
                name_vi: "Bão".to_owned(),
                name_en: "Storm".to_owned(),
                legal_notice: "1/CĐ".to_owned(),
            });
        }
        let calendar = Calendar::build(&rows).unwrap();
        let hours = WorkingHours::default();
        let after = due_moment(&calendar, &hours, arrival, limit, &Circumstances::default()).unwrap();
        prop_assert!(after.due_at >= due_at(arrival, limit, &[]));
    }
}

/// Every day of three centuries: one lunar date, back again, and a day after the day before.
#[test]
fn every_solar_day_has_its_lunar_date() {
    let mut yesterday: Option<LunarDate> = None;
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    for solar in first.iter_days().take_while(|date| date.year() <= 2200) {
        let today = lunar::from_solar(solar).unwrap();
        if let Some(yesterday) = yesterday {
            let next_month = today.day == 1 && (yesterday.day == 29 || yesterday.day == 30);
            let same_month = today.day == yesterday.day + 1
                && (today.month, today.year, today.leap) == (yesterday.month, yesterday.year, yesterday.leap);
            assert!(next_month || same_month, "{solar}: {yesterday:?} {today:?}");
            if next_month {
                let leap = today.leap && today.month == yesterday.month && !yesterday.leap;
                let ordinary = !today.leap && today.month == yesterday.month % 12 + 1;
                assert!(leap || ordinary, "{solar}: {yesterday:?} {today:?}");
                let year = if ordinary && today.month == 1 { yesterday.year + 1 } else { yesterday.year };
                assert_eq!(today.year, year, "{solar}");
            }
        }
        // Within a month the way back is the same arithmetic: its first and last days stand for it.
        if today.day == 1 || today.day >= 29 {
            assert_eq!(lunar::to_solar(today), Ok(solar), "{today:?}");
        }
        yesterday = Some(today);
    }
}
