//! The blocks of a pcapng file (draft-ietf-opsawg-pcapng, section 4), all little-endian.

use std::time::Duration;

use crate::proto::direction::Direction;

/// Section Header Block: what the file is, and who wrote it.
pub const SECTION_HEADER: u32 = 0x0a0d_0d0a;
/// Interface Description Block: what the packets of the section are.
pub const INTERFACE_DESCRIPTION: u32 = 1;
/// Enhanced Packet Block: a packet.
pub const ENHANCED_PACKET: u32 = 6;
/// Decryption Secrets Block: what the packets behind it are decrypted with.
pub const DECRYPTION_SECRETS: u32 = 10;

/// In a section header, this says in which order the bytes of a number are.
pub const BYTE_ORDER: u32 = 0x1a2b_3c4d;
/// `LINKTYPE_RAW`: a packet begins with its IP header, whose version tells which one it is.
pub const LINK_RAW: u16 = 101;
/// "TLSK": lines as NSS writes them to the file that `SSLKEYLOGFILE` names.
pub const TLS_KEY_LOG: u32 = 0x544c_534b;

const COMMENT: u16 = 1;
const SECTION_APPLICATION: u16 = 4;
const INTERFACE_NAME: u16 = 2;
const INTERFACE_RESOLUTION: u16 = 9;
const PACKET_FLAGS: u16 = 2;

/// Times are in units of ten to the power of minus this many seconds.
const NANOSECONDS: u8 = 9;

/// Begins the file.
pub fn section_header(application: &str, comment: &str, out: &mut Vec<u8>) {
    write(SECTION_HEADER, out, |out| {
        out.extend(BYTE_ORDER.to_le_bytes());
        out.extend([1, 0, 0, 0]); // version 1.0
        out.extend(u64::MAX.to_le_bytes()); // how long the section is, is not said
        option(COMMENT, comment.as_bytes(), out);
        option(SECTION_APPLICATION, application.as_bytes(), out);
        end_of_options(out);
    });
}

/// Says of all packets that they begin with IP, and that their times are in nanoseconds.
pub fn interface(name: &str, out: &mut Vec<u8>) {
    write(INTERFACE_DESCRIPTION, out, |out| {
        out.extend(LINK_RAW.to_le_bytes());
        out.extend([0; 6]); // reserved; packets are whole, however long they are
        option(INTERFACE_NAME, name.as_bytes(), out);
        option(INTERFACE_RESOLUTION, &[NANOSECONDS], out);
        end_of_options(out);
    });
}

/// A packet at a time since 1970.
pub fn packet(
    at: Duration,
    direction: Direction,
    comment: Option<&str>,
    bytes: &[u8],
    out: &mut Vec<u8>,
) {
    write(ENHANCED_PACKET, out, |out| {
        let time = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
        let length = length(bytes.len());
        out.extend([0; 4]); // of the first interface
        let [low @ .., _, _, _, _] = time.to_le_bytes();
        let [_, _, _, _, high @ ..] = time.to_le_bytes();
        out.extend(high);
        out.extend(low);
        out.extend(length.to_le_bytes());
        out.extend(length.to_le_bytes());
        padded(bytes, out);
        if let Some(comment) = comment {
            option(COMMENT, comment.as_bytes(), out);
        }
        let flags: u32 = match direction {
            Direction::Received => 0b01,
            Direction::Sent => 0b10,
        };
        option(PACKET_FLAGS, &flags.to_le_bytes(), out);
        end_of_options(out);
    });
}

/// TLS secrets, for the packets that stand behind them in the file: who reads it once from its
/// beginning to its end needs them before.
pub fn secrets(key_log: &str, out: &mut Vec<u8>) {
    write(DECRYPTION_SECRETS, out, |out| {
        out.extend(TLS_KEY_LOG.to_le_bytes());
        out.extend(length(key_log.len()).to_le_bytes());
        padded(key_log.as_bytes(), out);
    });
}

/// The block's length stands before and behind what it holds, so that the file can be read
/// backwards.
fn write(kind: u32, out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let begin = out.len();
    out.extend(kind.to_le_bytes());
    out.extend([0; 4]);
    body(out);
    let total = length(out.len() - begin + 4).to_le_bytes();
    out[begin + 4..begin + 8].copy_from_slice(&total);
    out.extend(total);
}

fn option(code: u16, value: &[u8], out: &mut Vec<u8>) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    out.extend(code.to_le_bytes());
    out.extend(length.to_le_bytes());
    padded(&value[..usize::from(length)], out);
}

fn end_of_options(out: &mut Vec<u8>) {
    out.extend([0; 4]);
}

/// What is in a block stands at multiples of four bytes from the block's beginning.
fn padded(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(bytes);
    out.resize(out.len() + bytes.len().wrapping_neg() % 4, 0);
}

/// No block of ours comes near the most that can be said.
pub(super) fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_header_says_who_wrote_it() {
        let mut file = Vec::new();
        section_header("nc 1", "hello", &mut file);
        #[rustfmt::skip]
        assert_eq!(file, [
            0x0a, 0x0d, 0x0d, 0x0a,  52, 0, 0, 0,  0x4d, 0x3c, 0x2b, 0x1a,  1, 0, 0, 0,
            255, 255, 255, 255, 255, 255, 255, 255,
            1, 0, 5, 0, b'h', b'e', b'l', b'l', b'o', 0, 0, 0,
            4, 0, 4, 0, b'n', b'c', b' ', b'1',
            0, 0, 0, 0,  52, 0, 0, 0,
        ]);
    }

    #[test]
    fn an_interface_has_raw_ip_and_nanoseconds() {
        let mut file = Vec::new();
        interface("nc", &mut file);
        #[rustfmt::skip]
        assert_eq!(file, [
            1, 0, 0, 0,  40, 0, 0, 0,  101, 0, 0, 0,  0, 0, 0, 0,
            2, 0, 2, 0, b'n', b'c', 0, 0,
            9, 0, 1, 0, 9, 0, 0, 0,
            0, 0, 0, 0,  40, 0, 0, 0,
        ]);
    }

    #[test]
    fn a_packet_has_time_direction_and_comment() {
        let mut file = Vec::new();
        let at = Duration::new(4, 294_967_297); // 2^32 + 1 ns
        packet(at, Direction::Sent, Some("c"), b"12345", &mut file);
        #[rustfmt::skip]
        assert_eq!(file, [
            6, 0, 0, 0,  60, 0, 0, 0,  0, 0, 0, 0,  1, 0, 0, 0,  1, 0, 0, 0,  5, 0, 0, 0,  5, 0, 0, 0,
            b'1', b'2', b'3', b'4', b'5', 0, 0, 0,
            1, 0, 1, 0, b'c', 0, 0, 0,
            2, 0, 4, 0, 2, 0, 0, 0,
            0, 0, 0, 0,  60, 0, 0, 0,
        ]);
    }

    #[test]
    fn secrets_are_a_key_log() {
        let mut file = Vec::new();
        secrets("A b c\n", &mut file);
        #[rustfmt::skip]
        assert_eq!(file, [
            10, 0, 0, 0,  28, 0, 0, 0,  0x4b, 0x53, 0x4c, 0x54,  6, 0, 0, 0,
            b'A', b' ', b'b', b' ', b'c', b'\n', 0, 0,
            28, 0, 0, 0,
        ]);
    }

    #[test]
    fn an_option_is_never_longer_than_its_length_can_say() {
        let mut file = Vec::new();
        section_header(&"x".repeat(70_000), "", &mut file);
        assert_eq!(file.len() % 4, 0);
        assert_eq!(file.len(), 24 + 4 + 4 + 65_536 + 4 + 4);
    }
}
