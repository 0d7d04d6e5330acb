//! An oracle of another make: it reads the notices with its own eyes, walks day by day and segment by segment, and shares no
//! line with the engine. The engine shifts a due moment by the time waited; the oracle lets a budget run out instead.
//!
//! `MOTCUA_ORACLE_CASES` sets the number of cases, here and in each of the four time zones.

use std::process::Command;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, Weekday};
use motcua::calendar::{
    Circumstances, Limit, Pause, PauseReason, Shift, WorkingHours, due, due_moment, notices,
};

/// Weekdays off in years without a notice, as python-holidays 0.9x lists them (24 November without its substitutes).
const OFF_LATER: &str = "2027-01-01 2027-02-04 2027-02-05 2027-02-08 2027-02-09 2027-02-10 2027-04-16 2027-04-30
    2027-05-03 2027-09-02 2027-09-03 2027-11-24 2028-01-03 2028-01-24 2028-01-25 2028-01-26 2028-01-27 2028-01-28
    2028-04-04 2028-05-01 2028-05-02 2028-09-01 2028-09-04 2028-11-24 2029-01-01 2029-02-12 2029-02-13 2029-02-14
    2029-02-15 2029-02-16 2029-04-23 2029-04-30 2029-05-01 2029-09-03 2029-09-04 2030-01-01 2030-01-31 2030-02-01
    2030-02-04 2030-02-05 2030-02-06 2030-04-12 2030-04-30 2030-05-01 2030-09-02 2030-09-03";

/// Saturdays off by name (only agencies with Saturday hours notice).
const SATURDAYS_OFF_LATER: &str = "2027-02-06 2027-05-01 2028-01-01 2028-09-02 2029-11-24 2030-02-02";

struct Oracle {
    /// For each day from `FIRST`: nothing, or what the notices say.
    said: Vec<Option<Said>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Off,
    Worked,
}

const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2018, 1, 1).unwrap();

/// Minutes of the day: opening and closing.
type Shifts = Vec<(i64, i64)>;

struct Office {
    weekdays: Shifts,
    saturdays: Shifts,
    saturdays_count: bool,
}

impl Oracle {
    fn read() -> Oracle {
        let mut oracle = Oracle { said: vec![None; 366 * 16] };
        for line in include_str!("../../../seeds/holidays.csv").lines().skip(1) {
            let said = if line.contains(",swap_work,") { Said::Worked } else { Said::Off };
            oracle.note(&line[..10], said);
        }
        for date in OFF_LATER.split_whitespace().chain(SATURDAYS_OFF_LATER.split_whitespace()) {
            oracle.note(date, Said::Off);
        }
        oracle
    }

    fn note(&mut self, date: &str, said: Said) {
        let days = (date.parse::<NaiveDate>().unwrap() - FIRST).num_days();
        self.said[days as usize] = Some(said);
    }

    fn said(&self, date: NaiveDate) -> Option<Said> {
        self.said[(date - FIRST).num_days() as usize]
    }

    fn shifts<'a>(&self, office: &'a Office, date: NaiveDate) -> &'a [(i64, i64)] {
        match (self.said(date), date.weekday()) {
            (Some(Said::Worked), _) => &office.weekdays,
            (Some(Said::Off), _) | (None, Weekday::Sun) => &[],
            (None, Weekday::Sat) => &office.saturdays,
            (None, _) => &office.weekdays,
        }
    }

    fn is_counted(&self, office: &Office, date: NaiveDate) -> bool {
        let shifts = self.shifts(office, date);
        let plain_saturday = date.weekday() == Weekday::Sat && self.said(date) != Some(Said::Worked);
        !shifts.is_empty() && (!plain_saturday || office.saturdays_count)
    }

    fn open_times(&self, office: &Office, date: NaiveDate) -> Vec<(NaiveDateTime, NaiveDateTime)> {
        let midnight = date.and_hms_opt(0, 0, 0).unwrap();
        let time = |minutes: i64| midnight + TimeDelta::minutes(minutes);
        self.shifts(office, date).iter().map(|(opens, closes)| (time(*opens), time(*closes))).collect()
    }

    fn close(&self, office: &Office, date: NaiveDate) -> NaiveDateTime {
        self.open_times(office, date).last().unwrap().1
    }

    fn start(&self, office: &Office, arrival: NaiveDateTime) -> NaiveDateTime {
        let mut date = arrival.date();
        loop {
            for (opens, closes) in self.open_times(office, date) {
                if arrival < closes {
                    return arrival.max(opens);
                }
            }
            date = date.succ_opt().unwrap();
        }
    }

    fn next_counted(&self, office: &Office, mut date: NaiveDate) -> NaiveDate {
        while !self.is_counted(office, date) {
            date = date.succ_opt().unwrap();
        }
        date
    }

    fn due(&self, office: &Office, case: &Case) -> NaiveDateTime {
        let start = self.start(office, case.arrival);
        let received_on = start.date();
        let seconds = match case.limit {
            _ if case.same_day => {
                let in_time = start <= received_on.and_hms_opt(15, 0, 0).unwrap();
                let day = if in_time {
                    received_on
                } else {
                    self.next_counted(office, received_on.succ_opt().unwrap())
                };
                self.budget(office, start, self.close(office, day))
            }
            Limit::WorkingDays(number) => {
                let mut day = received_on;
                for _ in 0..number {
                    day = self.next_counted(office, day.succ_opt().unwrap());
                }
                self.budget(office, start, self.close(office, day))
            }
            Limit::CalendarDays(number) => {
                let mut day = received_on;
                for _ in 0..number {
                    day = day.succ_opt().unwrap();
                }
                self.budget(office, start, self.close(office, self.next_counted(office, day)))
            }
            Limit::Months(number) => {
                let (mut year, mut month) = (received_on.year(), received_on.month());
                for _ in 0..number {
                    month += 1;
                    if month == 13 {
                        (year, month) = (year + 1, 1);
                    }
                }
                let mut day_of_month = received_on.day();
                let end = loop {
                    match NaiveDate::from_ymd_opt(year, month, day_of_month) {
                        Some(end) => break end,
                        None => day_of_month -= 1,
                    }
                };
                self.budget(office, start, self.close(office, self.next_counted(office, end)))
            }
            Limit::WorkingHours(number) => i64::from(number) * 3600,
        };
        self.run_out(office, start, seconds, &case.pauses)
    }

    /// Seconds of work between two moments, without pauses.
    fn budget(&self, office: &Office, from: NaiveDateTime, to: NaiveDateTime) -> i64 {
        let mut seconds = 0;
        let mut date = from.date();
        while date <= to.date() {
            for (opens, closes) in self.open_times(office, date) {
                let (first, last) = (opens.max(from), closes.min(to));
                seconds += (last - first).num_seconds().max(0);
            }
            date = date.succ_opt().unwrap();
        }
        seconds
    }

    /// Works off the budget from `start` on, standing still in pauses.
    fn run_out(
        &self,
        office: &Office,
        start: NaiveDateTime,
        mut seconds: i64,
        pauses: &[(NaiveDateTime, NaiveDateTime)],
    ) -> NaiveDateTime {
        let mut date = start.date();
        loop {
            for (opens, closes) in self.open_times(office, date) {
                let mut cuts = vec![opens, closes];
                cuts.extend(pauses.iter().flat_map(|(from, until)| [*from, *until]));
                cuts.push(start);
                cuts.retain(|cut| opens <= *cut && *cut <= closes);
                cuts.sort();
                for pair in cuts.windows(2) {
                    let waiting = pauses.iter().any(|(from, until)| *from <= pair[0] && pair[1] <= *until);
                    let length = (pair[1] - pair[0]).num_seconds();
                    if waiting || pair[0] < start || length == 0 {
                        continue;
                    }
                    if seconds <= length {
                        return pair[0] + TimeDelta::seconds(seconds);
                    }
                    seconds -= length;
                }
            }
            date = date.succ_opt().unwrap();
        }
    }
}

#[derive(Debug)]
struct Case {
    arrival: NaiveDateTime,
    limit: Limit,
    same_day: bool,
    /// The last one may be open; it is counted until its end, which is then *now*.
    pauses: Vec<(NaiveDateTime, NaiveDateTime)>,
    last_is_open: bool,
    office: usize,
    /// In which zone the moments are told to the engine.
    offset_hours: i32,
}

/// xorshift64*: the same cases on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.roll((most - least + 1) as u64) as i64
    }

    fn case(&mut self) -> Case {
        let first = NaiveDate::from_ymd_opt(2018, 12, 15).unwrap();
        let date = first + TimeDelta::days(self.between(0, 3900));
        let second = match self.roll(8) {
            0 => self.between(0, 86_399),
            1 => [27_000, 41_399, 41_400, 48_600, 54_000, 54_001, 61_199, 61_200][self.roll(8) as usize],
            _ => self.between(27_000, 61_500),
        };
        let arrival = date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::seconds(second);
        let same_day = self.roll(16) == 0;
        let limit = match self.roll(4) {
            _ if same_day => Limit::WorkingDays(1),
            0 => Limit::WorkingDays(self.between(1, 45) as u32),
            1 => Limit::CalendarDays(self.between(1, 60) as u32),
            2 => Limit::WorkingHours(self.between(1, 120) as u32),
            _ => Limit::Months(self.between(1, 3) as u32),
        };
        let mut pauses = Vec::new();
        for _ in 0..self.roll(4) {
            let mut from = arrival + TimeDelta::seconds(self.between(-3 * 86_400, 30 * 86_400));
            if self.roll(4) == 0 {
                let edge = [27_000, 41_400, 48_600, 61_200][self.roll(4) as usize];
                from = from.date().and_hms_opt(0, 0, 0).unwrap() + TimeDelta::seconds(edge);
            }
            let length = if self.roll(2) == 0 { 2 * 86_400 } else { 15 * 86_400 };
            pauses.push((from, from + TimeDelta::seconds(self.between(0, length))));
        }
        let last_is_open = !pauses.is_empty() && self.roll(3) == 0;
        let office = self.roll(4) as usize;
        let offset_hours = [7, 7, 0, -11, 14][self.roll(5) as usize];
        Case { arrival, limit, same_day, pauses, last_is_open, office, offset_hours }
    }
}

fn offices() -> Vec<(Office, WorkingHours)> {
    let usual = vec![(450, 690), (810, 1020)];
    let odd = vec![(480, 600), (600, 735), (780, 965)];
    let plans = [
        (usual.clone(), vec![], false),
        (usual.clone(), vec![(450, 690)], false),
        (usual, vec![(450, 690)], true),
        (odd, vec![(480, 700)], false),
    ];
    let mut offices = Vec::new();
    for (weekdays, saturdays, saturdays_count) in plans {
        let time = |minutes: i64| {
            chrono::NaiveTime::from_num_seconds_from_midnight_opt(minutes as u32 * 60, 0).unwrap()
        };
        let shifts = |plan: &Shifts| {
            plan.iter()
                .map(|(opens, closes)| Shift { opens: time(*opens), closes: time(*closes) })
                .collect::<Vec<_>>()
        };
        let hours = WorkingHours::new(shifts(&weekdays), shifts(&saturdays), saturdays_count).unwrap();
        offices.push((Office { weekdays, saturdays, saturdays_count }, hours));
    }
    offices
}

fn cases_wanted(default: u32) -> u32 {
    std::env::var("MOTCUA_ORACLE_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

#[test]
fn the_engine_and_the_oracle_agree() {
    let oracle = Oracle::read();
    let calendar = notices::shipped().unwrap();
    let offices = offices();
    let hanoi = FixedOffset::east_opt(7 * 3600).unwrap();
    let mut dice = Dice(0x6D6F_7463_7561_0003);
    for number in 0..cases_wanted(100_000) {
        let case = dice.case();
        let zone = FixedOffset::east_opt(case.offset_hours * 3600).unwrap();
        let told = |local: NaiveDateTime| -> DateTime<FixedOffset> {
            local.and_local_timezone(hanoi).unwrap().with_timezone(&zone)
        };
        let mut pauses = Vec::new();
        let reasons = [
            PauseReason::SupplementRequested,
            PauseReason::FinancialObligation,
            PauseReason::WithdrawalRequested,
        ];
        for (index, (from, until)) in case.pauses.iter().enumerate() {
            let open = case.last_is_open && index + 1 == case.pauses.len();
            let until = if open { None } else { Some(told(*until)) };
            pauses.push(Pause { from: told(*from), until, reason: reasons[index % 3] });
        }
        let now = case.pauses.last().map(|(_, until)| told(*until));
        let circumstances = Circumstances { received: None, same_day: case.same_day, pauses: &pauses, now };
        let (office, hours) = &offices[case.office];

        let answer = due_moment(&calendar, hours, told(case.arrival), case.limit, &circumstances).unwrap();
        let expected = oracle.due(office, &case);
        assert_eq!(answer.due_at.naive_local(), expected, "case {number}: {case:?}");
        assert_eq!(answer.start.naive_local(), oracle.start(office, case.arrival), "case {number}: {case:?}");
        assert_eq!(answer.due_on, expected.date(), "case {number}");
        let unannounced = case.arrival.year() >= 2027 || expected.year() >= 2027;
        assert_eq!(answer.provisional, unannounced, "case {number}: {case:?}");
        if number % 16 == 0 {
            let explained = due(&calendar, hours, told(case.arrival), case.limit, &circumstances).unwrap();
            assert_eq!(
                (explained.start, explained.due_at),
                (answer.start, answer.due_at),
                "case {number}: {case:?}"
            );
        }
    }
}

/// The same cases in processes whose machines believe to be elsewhere.
#[test]
fn the_time_zone_of_the_machine_does_not_matter() {
    let myself = std::env::current_exe().unwrap();
    let cases = cases_wanted(5_000);
    for zone in ["UTC", "Asia/Ho_Chi_Minh", "America/St_Johns", "Pacific/Apia"] {
        let output = Command::new(&myself)
            .args(["calendar::oracle::the_engine_and_the_oracle_agree", "--exact"])
            .env("TZ", zone)
            .env("MOTCUA_ORACLE_CASES", cases.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{zone}: {said}");
    }
}
