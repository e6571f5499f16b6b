//! Line ends on the way to the network: LF becomes CR LF (`-C`).
//!
//! Follows OpenBSD's and Ncat's `-C`: a LF that already follows a CR is left alone. Unlike theirs
//! the state is carried from one read to the next, so a CR LF that two reads cut apart is not
//! turned into CR CR LF. The way back (CR LF to LF) is nobody's: received bytes are not altered.

const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// Turns the line ends of one direction of one stream; one byte of state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crlf {
    /// The last byte of the input so far was a CR.
    after_cr: bool,
}

impl Crlf {
    /// Appends `input` with its line ends turned to `out`: at most twice as many bytes.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) {
        out.reserve(input.len());
        for line in input.split_inclusive(|&byte| byte == LF) {
            match line {
                [text @ .., LF] => {
                    let follows_cr = text.last().map_or(self.after_cr, |&byte| byte == CR);
                    out.extend_from_slice(text);
                    out.extend_from_slice(if follows_cr { &[LF] } else { &[CR, LF] });
                }
                text => out.extend_from_slice(text),
            }
            self.after_cr = line.last() == Some(&CR);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Crlf;
    use crate::proto::fuzz;

    fn turned(reads: &[&[u8]]) -> Vec<u8> {
        let (mut crlf, mut out) = (Crlf::default(), Vec::new());
        for read in reads {
            crlf.push(read, &mut out);
        }
        out
    }

    #[test]
    fn the_measured_input_gives_what_openbsd_and_ncat_send() {
        assert_eq!(turned(&[b"a\nb\r\nc"]), b"a\r\nb\r\nc");
    }

    #[test]
    fn cr_and_lf_in_two_reads_are_one_line_end() {
        assert_eq!(turned(&[b"a\r", b"\nb"]), b"a\r\nb");
        assert_eq!(turned(&[b"a\r", b"", b"\nb"]), b"a\r\nb");
        assert_eq!(turned(&[b"a", b"\n", b"\n"]), b"a\r\n\r\n");
    }

    #[test]
    fn only_a_lf_is_touched() {
        assert_eq!(turned(&[b"\n\n\r\r\n\r"]), b"\r\n\r\n\r\r\n\r");
        assert_eq!(turned(&[b"\r", b"x\n"]), b"\rx\r\n");
        assert_eq!(turned(&[b"\0\xff"]), b"\0\xff");
    }

    /// Bytes in which line ends are as frequent as the rest.
    fn lines() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), any::<u8>()], 0..300)
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_reads(bytes in lines()) {
            fuzz::crlf(&bytes);
        }
    }
}
