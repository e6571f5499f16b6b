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
    fn one_byte_is_singular() {
        assert_eq!([0, 1, 2].map(bytes), ["0 bytes", "1 byte", "2 bytes"]);
    }
}
