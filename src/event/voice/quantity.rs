//! Durations and numbers of bytes in messages.

use std::time::Duration;

/// `0.1 ms`, `0.21 s`, `125 s`.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.1 {
        format!("{:.1} ms", seconds * 1000.0)
    } else if seconds < 100.0 {
        format!("{seconds:.2} s")
    } else {
        format!("{seconds:.0} s")
    }
}

/// `1 byte`, `61 bytes`.
pub fn bytes(count: u64) -> String {
    match count {
        1 => "1 byte".to_owned(),
        _ => format!("{count} bytes"),
    }
}

/// `9999 bytes`, `12.3 kB`, `1.05 MB`: three digits where it is many, by thousands.
pub fn size(count: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 10_000 {
        return bytes(count);
    }
    // what is past three digits is not shown
    #[expect(clippy::cast_precision_loss)]
    let mut scaled = count as f64;
    let mut unit = "bytes";
    for larger in UNITS {
        if scaled < 999.5 {
            break;
        }
        (scaled, unit) = (scaled / 1000.0, larger);
    }
    match scaled {
        few if few < 9.995 => format!("{few:.2} {unit}"),
        some if some < 99.95 => format!("{some:.1} {unit}"),
        many => format!("{many:.0} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_unit_that_reads_best() {
        let cases = [
            (0, "0.0 ms"),
            (84, "0.1 ms"),
            (12_340, "12.3 ms"),
            (210_000, "0.21 s"),
            (99_994_000, "99.99 s"),
            (125_400_000, "125 s"),
        ];
        for (micros, words) in cases {
            assert_eq!(duration(Duration::from_micros(micros)), words);
        }
    }

    #[test]
    fn sizes_have_three_digits() {
        let cases = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (9_999, "9999 bytes"),
            (10_000, "10.0 kB"),
            (12_345, "12.3 kB"),
            (123_456, "123 kB"),
            (999_499, "999 kB"),
            (999_500, "1.00 MB"),
            (1_048_576, "1.05 MB"),
            (9_995_000, "10.0 MB"),
            (2_000_000_000, "2.00 GB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (count, words) in cases {
            assert_eq!(size(count), words, "{count}");
        }
    }

    #[test]
    fn one_byte_is_singular() {
        assert_eq!([0, 1, 2].map(bytes), ["0 bytes", "1 byte", "2 bytes"]);
    }
}
