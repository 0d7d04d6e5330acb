//! The Vietnamese lunar calendar at UTC+7, after Hồ Ngọc Đức's algorithm (<https://www.informatik.uni-leipzig.de/~duc/amlich/>),
//! which takes new moon and solar longitude from Jean Meeus, *Astronomical Algorithms*; one slip of it is mended in `from_solar`.
//!
//! What must stay true: every solar date from 1900 to 2200 has one lunar date and comes back from it. It is the rule of
//! today carried backwards: North and South followed other meridians before 1968 and 1975.

use std::f64::consts::PI;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::model::Language;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LunarDate {
    pub day: u32,
    pub month: u32,
    pub year: i32,
    /// *Tháng nhuận*: the second month of this number in its year.
    pub leap: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LunarFault {
    #[error("{0} is outside the lunar calendar (solar years 1900 to 2200)")]
    OutOfRange(String),
    #[error("there is no lunar date {day}/{month}/{year}: {why}")]
    NoSuchDate { day: u32, month: u32, year: i32, why: Why },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Why {
    #[error("a month is from 1 to 12")]
    Month,
    #[error("a day is from 1 to 30")]
    Day,
    #[error("that year has no leap month")]
    NoLeapMonth,
    #[error("another month of that year is the leap one")]
    OtherLeapMonth,
    #[error("that month has only 29 days")]
    ShortMonth,
}

impl LunarFault {
    pub fn code(&self) -> &'static str {
        match self {
            LunarFault::OutOfRange(_) => "calendar.lunar_out_of_range",
            LunarFault::NoSuchDate { .. } => "calendar.no_such_lunar_date",
        }
    }

    pub fn say(&self, language: Language) -> String {
        match (language, self) {
            (Language::En, _) => self.to_string(),
            (Language::Vi, LunarFault::OutOfRange(date)) => {
                format!("{date} nằm ngoài âm lịch (năm dương lịch 1900 đến 2200)")
            }
            (Language::Vi, LunarFault::NoSuchDate { day, month, year, why }) => {
                let why = match why {
                    Why::Month => "tháng từ 1 đến 12",
                    Why::Day => "ngày từ 1 đến 30",
                    Why::NoLeapMonth => "năm đó không có tháng nhuận",
                    Why::OtherLeapMonth => "năm đó nhuận tháng khác",
                    Why::ShortMonth => "tháng đó chỉ có 29 ngày",
                };
                format!("không có ngày âm lịch {day}/{month}/{year}: {why}")
            }
        }
    }
}

pub const FIRST_SOLAR_YEAR: i32 = 1900;
pub const LAST_SOLAR_YEAR: i32 = 2200;

pub fn from_solar(solar: NaiveDate) -> Result<LunarDate, LunarFault> {
    let year = solar.year();
    if !(FIRST_SOLAR_YEAR..=LAST_SOLAR_YEAR).contains(&year) {
        return Err(LunarFault::OutOfRange(solar.to_string()));
    }
    let day_number = julian_day(solar);
    let moon = floor((f64::from(day_number) - FIRST_NEW_MOON) / SYNODIC_MONTH);
    // The mean moon can run two ahead of the true one: on 2054-05-07 the original takes one step back and answers day 0.
    let mut month_start = new_moon_day(moon + 1);
    for earlier in [moon, moon - 1] {
        if month_start > day_number {
            month_start = new_moon_day(earlier);
        }
    }

    let winter_month = month_of_winter_solstice(year);
    let (lunar_year, from_winter, to_winter) = if winter_month >= month_start {
        (year, month_of_winter_solstice(year - 1), winter_month)
    } else {
        (year + 1, winter_month, month_of_winter_solstice(year + 1))
    };

    let months_after_winter = (month_start - from_winter) / 29;
    let mut month = months_after_winter + 11;
    let mut leap = false;
    if to_winter - from_winter > 365 {
        let leap_position = position_of_leap_month(from_winter);
        if months_after_winter >= leap_position {
            month = months_after_winter + 10;
            leap = months_after_winter == leap_position;
        }
    }
    if month > 12 {
        month -= 12;
    }
    let still_old_year = month >= 11 && months_after_winter < 4;
    let out_of_range = |_| LunarFault::OutOfRange(solar.to_string());
    Ok(LunarDate {
        day: u32::try_from(day_number - month_start + 1).map_err(out_of_range)?,
        month: u32::try_from(month).map_err(out_of_range)?,
        year: if still_old_year { lunar_year - 1 } else { lunar_year },
        leap,
    })
}

pub fn to_solar(lunar: LunarDate) -> Result<NaiveDate, LunarFault> {
    let LunarDate { day, month, year, leap } = lunar;
    let no_such_date = |why| LunarFault::NoSuchDate { day, month, year, why };
    let out_of_range = || LunarFault::OutOfRange(format!("{day}/{month}/{year}"));
    if !(FIRST_SOLAR_YEAR - 1..=LAST_SOLAR_YEAR).contains(&year) {
        return Err(out_of_range());
    }
    let number = match i32::try_from(month) {
        Ok(number) if (1..=12).contains(&number) => number,
        _ => return Err(no_such_date(Why::Month)),
    };
    let days_after_first = match i32::try_from(day) {
        Ok(number) if (1..=30).contains(&number) => number - 1,
        _ => return Err(no_such_date(Why::Day)),
    };

    let winter_year = if number < 11 { year - 1 } else { year };
    let from_winter = month_of_winter_solstice(winter_year);
    let to_winter = month_of_winter_solstice(winter_year + 1);
    let mut position = if number < 11 { number + 1 } else { number - 11 };
    if to_winter - from_winter > 365 {
        let leap_position = position_of_leap_month(from_winter);
        let leap_month = if leap_position < 2 { leap_position + 10 } else { leap_position - 2 };
        // Position 2 is the leap twelfth month's: month 0 by this reckoning.
        let leap_month = if leap_month == 0 { 12 } else { leap_month };
        if leap && number != leap_month {
            return Err(no_such_date(Why::OtherLeapMonth));
        }
        if leap || position >= leap_position {
            position += 1;
        }
    } else if leap {
        return Err(no_such_date(Why::NoLeapMonth));
    }

    let winter_moon = floor(0.5 + (f64::from(from_winter) - FIRST_NEW_MOON) / SYNODIC_MONTH);
    let solar = NaiveDate::from_num_days_from_ce_opt(
        new_moon_day(winter_moon + position) + days_after_first - JULIAN_DAY_OF_COMMON_ERA,
    )
    .ok_or_else(out_of_range)?;
    // Only the 30th of a short month comes back as another date.
    if from_solar(solar)? != lunar {
        return Err(no_such_date(Why::ShortMonth));
    }
    Ok(solar)
}

/// The name of a lunar year in the cycle of sixty: Đinh Mùi for 2027.
pub fn year_name(year: i32) -> String {
    const STEMS: [&str; 10] = ["Canh", "Tân", "Nhâm", "Quý", "Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ"];
    const BRANCHES: [&str; 12] =
        ["Thân", "Dậu", "Tuất", "Hợi", "Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi"];
    let pick = |names: &[&'static str], cycle: i32| {
        usize::try_from(year.rem_euclid(cycle))
            .ok()
            .and_then(|index| names.get(index).copied())
            .unwrap_or_default()
    };
    format!("{} {}", pick(&STEMS, 10), pick(&BRANCHES, 12))
}

const SYNODIC_MONTH: f64 = 29.530_588_853;
/// The new moon of 1 January 1900, from which moons are numbered.
const FIRST_NEW_MOON: f64 = 2_415_021.076_998_695;
const JULIAN_DAY_OF_COMMON_ERA: i32 = 1_721_425;
/// UTC+7 as a fraction of a day.
const HANOI: f64 = 7.0 / 24.0;

fn julian_day(date: NaiveDate) -> i32 {
    date.num_days_from_ce() + JULIAN_DAY_OF_COMMON_ERA
}

/// The day (at UTC+7) of the new moon of that number.
fn new_moon_day(moon: i32) -> i32 {
    let k = f64::from(moon);
    let t = k / 1236.85;
    let t2 = t * t;
    let t3 = t2 * t;
    let sine = |degrees: f64| (degrees * PI / 180.0).sin();

    let mean = 2_415_020.759_33 + 29.530_588_68 * k + 0.000_117_8 * t2 - 0.000_000_155 * t3
        + 0.000_33 * sine(166.56 + 132.87 * t - 0.009_173 * t2);
    let sun = 359.2242 + 29.105_356_08 * k - 0.000_033_3 * t2 - 0.000_003_47 * t3;
    let moon_anomaly = 306.0253 + 385.816_918_06 * k + 0.010_730_6 * t2 + 0.000_012_36 * t3;
    let latitude = 21.2964 + 390.670_506_46 * k - 0.001_652_8 * t2 - 0.000_002_39 * t3;

    let correction = (0.1734 - 0.000_393 * t) * sine(sun) + 0.0021 * sine(2.0 * sun)
        - 0.4068 * sine(moon_anomaly)
        + 0.0161 * sine(2.0 * moon_anomaly)
        - 0.0004 * sine(3.0 * moon_anomaly)
        + 0.0104 * sine(2.0 * latitude)
        - 0.0051 * sine(sun + moon_anomaly)
        - 0.0074 * sine(sun - moon_anomaly)
        + 0.0004 * sine(2.0 * latitude + sun)
        - 0.0004 * sine(2.0 * latitude - sun)
        - 0.0006 * sine(2.0 * latitude + moon_anomaly)
        + 0.0010 * sine(2.0 * latitude - moon_anomaly)
        + 0.0005 * sine(2.0 * moon_anomaly + sun);
    // The earth's turning slows down: from dynamical to universal time (the second form is for 1900 and later).
    let slowing = if t < -11.0 {
        0.001 + 0.000_839 * t + 0.000_226_1 * t2 - 0.000_008_45 * t3 - 0.000_000_081 * t * t3
    } else {
        -0.000_278 + 0.000_265 * t + 0.000_262 * t2
    };
    floor(mean + correction - slowing + 0.5 + HANOI)
}

/// In which twelfth of its yearly path the sun stands at the midnight (UTC+7) that begins the day; 9 begins with the winter solstice.
fn sun_sector(day_number: i32) -> i32 {
    let t = (f64::from(day_number) - 0.5 - HANOI - 2_451_545.0) / 36_525.0;
    let t2 = t * t;
    let radians = PI / 180.0;
    let anomaly = 357.529_10 + 35_999.050_30 * t - 0.000_155_9 * t2 - 0.000_000_48 * t * t2;
    let mean_longitude = 280.466_45 + 36_000.769_83 * t + 0.000_303_2 * t2;
    let centre = (1.914_600 - 0.004_817 * t - 0.000_014 * t2) * (radians * anomaly).sin()
        + (0.019_993 - 0.000_101 * t) * (radians * 2.0 * anomaly).sin()
        + 0.000_290 * (radians * 3.0 * anomaly).sin();
    floor((mean_longitude + centre).rem_euclid(360.0) / 30.0)
}

/// The first day of the eleventh month, the one that holds the winter solstice of that solar year.
fn month_of_winter_solstice(solar_year: i32) -> i32 {
    let last_day = NaiveDate::from_ymd_opt(solar_year, 12, 31).map_or(0, julian_day);
    let moon = floor(f64::from(last_day - 2_415_021) / SYNODIC_MONTH);
    let month_start = new_moon_day(moon);
    if sun_sector(month_start) >= 9 { new_moon_day(moon - 1) } else { month_start }
}

/// How many months after the eleventh the leap month stands: the first in which the sun enters no new sector.
fn position_of_leap_month(winter_month: i32) -> i32 {
    let winter_moon = floor((f64::from(winter_month) - FIRST_NEW_MOON) / SYNODIC_MONTH + 0.5);
    let mut position = 1;
    let mut sector = sun_sector(new_moon_day(winter_moon + position));
    loop {
        let previous = sector;
        position += 1;
        sector = sun_sector(new_moon_day(winter_moon + position));
        if sector == previous || position >= 14 {
            return position - 1;
        }
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "std has no checked way from f64 to an integer; day numbers are seven digits long, and `as` saturates"
)]
fn floor(value: f64) -> i32 {
    value.floor() as i32
}
