//! A moment of a certificate, to the second: read from DER, shown as a date.
//!
//! UTC and the Gregorian calendar, both ways by arithmetic, for the years 0 to 9999; no time zone,
//! no leap second, no clock.

use std::fmt::{self, Display, Formatter};
use std::time::{SystemTime, UNIX_EPOCH};

use super::der::{Element, GENERALIZED_TIME, Malformed, UTC_TIME};

const DAY: i64 = 86_400;

/// Seconds since 1970-01-01 00:00:00 UTC; before it, negative. Shown as `2026-11-22 17:03:05 UTC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The whole days from `self` to `until`, rounded down: 0 within the last day, -1 from the
    /// moment after `until`.
    pub fn days_until(self, until: Self) -> i64 {
        until.0.saturating_sub(self.0).div_euclid(DAY)
    }

    /// How far away another moment is, on either side.
    pub fn distance(self, other: Self) -> Span {
        Span(self.0.abs_diff(other.0))
    }

    /// UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 has them: with seconds, in UTC.
    pub(super) fn read(element: Element<'_>) -> Result<Self, Malformed> {
        let mut digits = Digits(element.value.strip_suffix(b"Z").ok_or(Malformed)?);
        let year = match element.tag {
            UTC_TIME => match digits.pair(0, 99)? {
                year @ 50.. => 1900 + year,
                year => 2000 + year,
            },
            GENERALIZED_TIME => 100 * digits.pair(0, 99)? + digits.pair(0, 99)?,
            _ => return Err(Malformed),
        };
        let month = digits.pair(1, 12)?;
        let day = digits.pair(1, days_in_month(year, month))?;
        let days = days_before(year, month) + day - 1;
        let seconds = digits.pair(0, 23)? * 3600 + digits.pair(0, 59)? * 60 + digits.pair(0, 59)?;
        if digits.0.is_empty() { Ok(Self(days * DAY + seconds)) } else { Err(Malformed) }
    }
}

/// Some seconds. Shown in the largest unit of which there is at least one: `70 days`, `1 hour`,
/// `0 minutes`; rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub u64);

impl Display for Span {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self.0 {
            86_400.. => (self.0 / 86_400, "day"),
            3600.. => (self.0 / 3600, "hour"),
            _ => (self.0 / 60, "minute"),
        };
        write!(out, "{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(before) => {
                let before = before.duration();
                let started = i64::from(before.subsec_nanos() > 0);
                let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                seconds.saturating_add(started).saturating_neg()
            }
        })
    }
}

impl Display for Timestamp {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (year, month, day) = date(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(out, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
    }
}

impl Timestamp {
    /// As HTTP's `Date` says it (RFC 9110, section 5.6.7): `Sun, 23 Nov 2025 00:22:00 GMT`.
    pub fn http_date(self) -> String {
        let (days, second) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (year, month, day) = date(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let weekday = named(&WEEKDAYS, (days + 4).rem_euclid(7));
        let month = named(&MONTHS, month - 1);
        format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }

    /// As C's `ctime` writes it, in UTC: `Sun Nov 23 00:22:00 2025`.
    pub fn ctime(self) -> String {
        let (days, second) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (year, month, day) = date(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        // the first day of 1970 was a Thursday
        let weekday = named(&WEEKDAYS, (days + 4).rem_euclid(7));
        let month = named(&MONTHS, month - 1);
        format!("{weekday} {month} {day:2} {hour:02}:{minute:02}:{second:02} {year}")
    }
}

fn named(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or("?")
}

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Two digits at a time.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn pair(&mut self, least: i64, most: i64) -> Result<i64, Malformed> {
        let (&[tens, ones], behind) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = behind;
        let value = i64::from(tens.wrapping_sub(b'0')) * 10 + i64::from(ones.wrapping_sub(b'0'));
        let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
        Some(value).filter(|value| digits && (least..=most).contains(value)).ok_or(Malformed)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970-01-01 to the first of a month. Years begin with March here, so that the leap
/// day is the last of its year and a month's beginning does not depend on it: five months from
/// March on have 153 days, and again.
fn days_before(year: i64, month: i64) -> i64 {
    let year = if month < 3 { year - 1 } else { year };
    let months = (month + 9) % 12;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719468 days from the first of March of the year 0 to 1970-01-01
    year * 365 + leap_days + (153 * months + 2) / 5 - 719_468
}

/// Year, month and day of a day counted from 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    // 400 years have 146097 days; so this is the right year or one or two before it
    let mut year = 1970 + (days * 400).div_euclid(146_097) - 1;
    while days_before(year + 1, 1) <= days {
        year += 1;
    }
    let month = (2..=12).rfind(|month| days_before(year, *month) <= days).unwrap_or(1);
    (year, month, days - days_before(year, month) + 1)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;

    use super::{Timestamp, days_before, days_in_month};
    use crate::proto::certificate::der::{Elements, Malformed};

    fn read(der: &[u8]) -> Result<Timestamp, Malformed> {
        Timestamp::read(Elements::new(der).any().unwrap().unwrap())
    }

    #[test]
    fn both_kinds_of_time() {
        let cases: &[(&[u8], i64, &str)] = &[
            (b"\x17\x0d700101000000Z", 0, "1970-01-01 00:00:00 UTC"),
            (b"\x17\x0d261122170305Z", 1_795_366_985, "2026-11-22 17:03:05 UTC"),
            (b"\x17\x0d500101000000Z", -631_152_000, "1950-01-01 00:00:00 UTC"),
            (b"\x17\x0d491231235959Z", 2_524_607_999, "2049-12-31 23:59:59 UTC"),
            (b"\x18\x0f20240229120000Z", 1_709_208_000, "2024-02-29 12:00:00 UTC"),
            (b"\x18\x0f99991231235959Z", 253_402_300_799, "9999-12-31 23:59:59 UTC"),
            (b"\x18\x0f00000101000000Z", -62_167_219_200, "0000-01-01 00:00:00 UTC"),
        ];
        for (der, seconds, text) in cases {
            assert_eq!(read(der), Ok(Timestamp(*seconds)), "{text}");
            assert_eq!(Timestamp(*seconds).to_string(), *text);
        }
    }

    #[test]
    fn as_c_writes_it() {
        assert_eq!(Timestamp(0).ctime(), "Thu Jan  1 00:00:00 1970");
        assert_eq!(Timestamp(1_763_857_320).ctime(), "Sun Nov 23 00:22:00 2025");
        assert_eq!(Timestamp(-1).ctime(), "Wed Dec 31 23:59:59 1969");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for der in [
            &b"\x17\x0b2611221703Z"[..],
            b"\x17\x0d261322170305Z",
            b"\x17\x0d250229170305Z",
            b"\x17\x0d261122240000Z",
            b"\x17\x0d2611221703+0Z",
            b"\x17\x0c261122170305",
            b"\x18\x1120261122170305.5Z",
            b"\x04\x0d261122170305Z",
        ] {
            assert_eq!(read(der), Err(Malformed), "{der:x?}");
        }
    }

    #[test]
    fn days_left_are_rounded_down() {
        let now = Timestamp(1_000_000);
        for (seconds, days) in [(0, 0), (86_399, 0), (86_400, 1), (-1, -1), (-86_401, -2)] {
            assert_eq!(now.days_until(Timestamp(now.0 + seconds)), days);
        }
    }

    #[test]
    fn distances_in_their_largest_unit() {
        let of = |seconds: i64| Timestamp(7).distance(Timestamp(7 + seconds)).to_string();
        for (seconds, text) in [
            (0, "0 minutes"),
            (-119, "1 minute"),
            (3_599, "59 minutes"),
            (3_600, "1 hour"),
            (-86_399, "23 hours"),
            (86_400, "1 day"),
            (-172_800, "2 days"),
        ] {
            assert_eq!(of(seconds), text);
        }
    }

    #[test]
    fn the_clock_before_and_after_1970() {
        let half = Duration::from_millis(1_500);
        assert_eq!(Timestamp::from(UNIX_EPOCH + half), Timestamp(1));
        assert_eq!(Timestamp::from(UNIX_EPOCH - half), Timestamp(-2));
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut days = days_before(1890, 1);
        for year in 1890..2110 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    assert_eq!(super::date(days), (year, month, day));
                    days += 1;
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_second_is_shown(seconds in any::<i64>()) {
            let text = Timestamp(seconds).to_string();
            prop_assert!(text.ends_with(" UTC"));
            prop_assert!(Timestamp(seconds).days_until(Timestamp(i64::MAX)) >= 0);
        }
    }
}
