//! The outside of a record (RFC 6347, section 4.1): what is no DTLS, and what is not to be shown to
//! the library.

use openssl::ssl::SslRef;

/// The largest plaintext of one record.
pub const MOST_PLAIN: usize = 16_384;

/// The largest record, with what encryption may add to it.
pub const LARGEST: usize = HEADER + MOST_PLAIN + 2048;

/// Type, version, epoch, number, length.
const HEADER: usize = 13;

/// Whether a datagram begins as a client's first one does: with a record of the handshake, of any
/// version.
pub fn is_handshake(datagram: &[u8]) -> bool {
    matches!(datagram, [22, 254, ..])
}

/// Whether every encrypted record of a datagram is long enough to be one. OpenSSL 3.0 ends the
/// session over one that is not, which anybody can forge; RFC 6347, section 4.1.2.7, has it dropped.
pub fn is_whole(datagram: &[u8], least: usize) -> bool {
    let mut rest = datagram;
    while let Some((header, after)) = rest.split_first_chunk::<HEADER>() {
        let length = usize::from(u16::from_be_bytes([header[11], header[12]]));
        let encrypted = header[3..5] != [0, 0];
        if encrypted && length < least {
            return false;
        }
        rest = after.get(length..).unwrap_or_default();
    }
    true
}

/// The fewest bytes of an encrypted record: nonce and tag (RFC 5288; RFC 7905 sends no nonce).
pub fn least_encrypted(ssl: &SslRef) -> usize {
    match ssl.current_cipher() {
        Some(cipher) if cipher.name().contains("CHACHA20") => 16,
        _ => 24,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(epoch: u8, length: u8) -> Vec<u8> {
        let mut record = vec![23, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 1, 0, length];
        record.resize(HEADER + usize::from(length), 7);
        record
    }

    #[test]
    fn stubs_of_encrypted_records_are_found_wherever_they_stand() {
        assert!(is_whole(&record(1, 24), 24));
        assert!(!is_whole(&record(1, 23), 24));
        assert!(is_whole(&record(1, 23), 16));
        assert!(is_whole(&record(0, 2), 24), "an alert in plain text is as short as that");
        assert!(!is_whole(&[record(0, 9), record(1, 0)].concat(), 24));
        assert!(!is_whole(&[record(1, 60), record(2, 3)].concat(), 24));
        // what is cut short is no record, and left to the library
        assert!(is_whole(&record(0, 9)[..15], 24));
        assert!(is_whole(b"", 24) && is_whole(b"hello", 24));
    }

    #[test]
    fn a_first_datagram_is_told_from_plain_text() {
        assert!(is_handshake(&[22, 254, 255, 0]));
        assert!(!is_handshake(b"GET / HTTP/1.0"));
        assert!(!is_handshake(&[22, 3, 1]), "that is TLS");
        assert!(!is_handshake(&[]));
    }
}
