//! Times: whole seconds, or in the default face fractions and units as well.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::time::Duration;

use super::number::{Problem, digits};

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeStyle {
    /// Digits alone.
    WholeSeconds,
    /// Also fractions, and the units `ms`, `s`, `m`, `h`.
    Units,
    /// The same as Ncat reads it: a millisecond at least, units in any case, `.5`, `1.` and `+1`;
    /// and no number of [`SUSPICIOUS`] seconds or more without a unit.
    Ncat,
}

/// The most seconds that are taken: the limit of netcat-openbsd's `-w`, some 24 days, within
/// which no clock of ours overflows.
pub const MOST_SECONDS: u64 = 2_147_483;

/// Ncat's times once were milliseconds: what is as long as this and has no unit is refused.
pub const SUSPICIOUS: Duration = Duration::from_secs(100);

const UNITS: &[(&[u8], u64)] = &[(b"ms", 1), (b"s", 1_000), (b"m", 60_000), (b"h", 3_600_000)];

/// Reads a time; 0 is a time.
pub fn parse(value: &OsStr, style: TimeStyle) -> Result<Duration, Problem> {
    if style == TimeStyle::Ncat {
        return ncat(value);
    }
    let text = value.as_bytes();
    if let Some(rest) = text.strip_prefix(b"-") {
        return match parse(OsStr::from_bytes(rest), style) {
            Err(Problem::Invalid | Problem::TooSmall) => Err(Problem::Invalid),
            Ok(_) | Err(Problem::TooLarge) => Err(Problem::TooSmall),
        };
    }
    let (number, unit) = match style {
        TimeStyle::WholeSeconds => (text, 1_000),
        TimeStyle::Units | TimeStyle::Ncat => split_unit(text).unwrap_or((text, 1_000)),
    };
    let nanoseconds = match style {
        TimeStyle::WholeSeconds => scaled(number, b"", unit),
        TimeStyle::Units | TimeStyle::Ncat => fraction(number, unit),
    }?;
    let time = Duration::from_nanos(nanoseconds);
    if time > Duration::from_secs(MOST_SECONDS) { Err(Problem::TooLarge) } else { Ok(time) }
}

/// The most seconds of a long time: a hundred years.
const MOST_LONG_SECONDS: u64 = 36_500 * 86_400;

/// Reads a time that may be long, days among its units. All but 0 has a unit.
pub fn long(value: &OsStr) -> Result<Duration, Problem> {
    let text = value.as_bytes();
    let days = text.strip_suffix(b"d").map(|number| (number, 86_400_000));
    let (number, unit) = match days.or_else(|| split_unit(text)) {
        Some(found) => found,
        None if text == b"0" => return Ok(Duration::ZERO),
        None => return Err(Problem::Invalid),
    };
    let time = Duration::from_nanos(fraction(number, unit)?);
    if time > Duration::from_secs(MOST_LONG_SECONDS) { Err(Problem::TooLarge) } else { Ok(time) }
}

fn ncat(value: &OsStr) -> Result<Duration, Problem> {
    let plain = without_habits(value);
    let time = parse(&plain, TimeStyle::Units)?;
    if time < Duration::from_millis(1) {
        return Err(Problem::TooSmall);
    }
    if time >= SUSPICIOUS && !has_unit(&plain) { Err(Problem::TooLarge) } else { Ok(time) }
}

/// What the C library's numbers allow beside the plain form: a plus sign, nothing before or behind
/// the point, units in capitals. An exponent and hexadecimal digits are not taken.
pub fn without_habits(value: &OsStr) -> OsString {
    let mut text = value.as_bytes().to_ascii_lowercase();
    if text.first() == Some(&b'+') {
        text.remove(0);
    }
    if text.first() == Some(&b'.') && text.get(1).is_some_and(u8::is_ascii_digit) {
        text.insert(0, b'0');
    }
    if let Some(point) = text.iter().position(|&byte| byte == b'.')
        && point > 0
        && !text.get(point + 1).is_some_and(u8::is_ascii_digit)
    {
        text.remove(point);
    }
    OsString::from_vec(text)
}

/// Whether a value ends in a unit, `30s` for instance.
pub fn has_unit(value: &OsStr) -> bool {
    split_unit(value.as_bytes()).is_some()
}

fn split_unit(text: &[u8]) -> Option<(&[u8], u64)> {
    UNITS.iter().find_map(|(name, unit)| {
        let number = text.strip_suffix(*name)?;
        number.last().is_some_and(u8::is_ascii_digit).then_some((number, *unit))
    })
}

/// Nanoseconds of a number that may have a fraction.
fn fraction(number: &[u8], unit: u64) -> Result<u64, Problem> {
    match number.iter().position(|&byte| byte == b'.') {
        Some(dot) => match number.split_at(dot) {
            (_, [_]) => Err(Problem::Invalid),
            (whole, rest) => scaled(whole, rest.get(1..).unwrap_or_default(), unit),
        },
        None => scaled(number, b"", unit),
    }
}

/// Nanoseconds of `whole.fraction` units of `unit` milliseconds; finer fractions are dropped.
fn scaled(whole: &[u8], fraction: &[u8], unit: u64) -> Result<u64, Problem> {
    let whole = digits(whole, 10)?;
    if !fraction.iter().all(u8::is_ascii_digit) {
        return Err(Problem::Invalid);
    }
    let nine: Vec<u8> = fraction.iter().copied().chain(*b"000000000").take(9).collect();
    let billionths = digits(&nine, 10)?;
    let whole = whole.checked_mul(unit).and_then(|ms| ms.checked_mul(1_000_000));
    whole
        .zip(billionths.checked_mul(unit))
        .and_then(|(whole, part)| whole.checked_add(part / 1_000))
        .ok_or(Problem::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_take_fractions_and_units_in_the_default_face_only() {
        use Problem::{Invalid, TooLarge, TooSmall};
        for (text, units, whole) in [
            ("5", Ok(5_000), Ok(5_000)),
            ("0", Ok(0), Ok(0)),
            ("1.5", Ok(1_500), Err(Invalid)),
            ("500ms", Ok(500), Err(Invalid)),
            ("2m", Ok(120_000), Err(Invalid)),
            ("1h", Ok(3_600_000), Err(Invalid)),
            ("0.25h", Ok(900_000), Err(Invalid)),
            ("3s", Ok(3_000), Err(Invalid)),
            ("1.", Err(Invalid), Err(Invalid)),
            (".5", Err(Invalid), Err(Invalid)),
            ("1.2.3", Err(Invalid), Err(Invalid)),
            ("1d", Err(Invalid), Err(Invalid)),
            ("ms", Err(Invalid), Err(Invalid)),
            ("", Err(Invalid), Err(Invalid)),
            ("+5", Err(Invalid), Err(Invalid)),
            (" 5", Err(Invalid), Err(Invalid)),
            ("-1", Err(TooSmall), Err(TooSmall)),
            ("-x", Err(Invalid), Err(Invalid)),
            ("2147483", Ok(2_147_483_000), Ok(2_147_483_000)),
            ("2147484", Err(TooLarge), Err(TooLarge)),
            ("99999999999999999999h", Err(TooLarge), Err(Invalid)),
            ("999999h", Err(TooLarge), Err(Invalid)),
        ] {
            let read = |style| parse(OsStr::new(text), style).map(|time| time.as_millis());
            assert_eq!(read(TimeStyle::Units), units, "{text:?}");
            assert_eq!(read(TimeStyle::WholeSeconds), whole, "{text:?}");
        }
    }

    #[test]
    fn long_times_have_days_and_always_a_unit() {
        use Problem::{Invalid, TooLarge};
        for (text, hours) in [
            ("21d", Ok(504)),
            ("1.5d", Ok(36)),
            ("12h", Ok(12)),
            ("90m", Ok(1)),
            ("0", Ok(0)),
            ("0d", Ok(0)),
            ("36500d", Ok(876_000)),
            ("36501d", Err(TooLarge)),
            ("99999999999999999999d", Err(TooLarge)),
            ("21", Err(Invalid)),
            ("d", Err(Invalid)),
            (".5d", Err(Invalid)),
            ("1.d", Err(Invalid)),
            ("-1d", Err(Invalid)),
            ("21D", Err(Invalid)),
            ("3w", Err(Invalid)),
            ("", Err(Invalid)),
        ] {
            let read = long(OsStr::new(text)).map(|time| time.as_secs() / 3600);
            assert_eq!(read, hours, "{text:?}");
        }
    }

    #[test]
    fn a_fraction_is_exact_to_the_nanosecond() {
        let read = parse(OsStr::new("0.000000001"), TimeStyle::Units);
        assert_eq!(read, Ok(Duration::from_nanos(1)));
        assert!(has_unit(OsStr::new("30s")) && !has_unit(OsStr::new("30")));
    }
}
