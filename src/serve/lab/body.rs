//! Where a body ends (RFC 9112 section 6), and taking it out of the bytes that come.

use super::head::is_number;
use super::limit::Sizes;
use super::line::{Front, front, is_blank, trim};
use super::refusal::Refusal;
use super::request::{Request, Version};

/// A body that is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// As many bytes as Content-Length gives; none if there is no such header.
    Length { length: usize },
    /// Chunks (RFC 9112 section 7.1).
    Chunked(Chunk),
}

/// Where in a chunked body the reading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Before the line that gives a size.
    Size,
    /// Inside a chunk of which so many bytes are to come.
    Data { left: usize },
    /// Before the end of the line behind a chunk.
    End,
    /// Among the lines behind the last chunk, of which so many bytes may yet come.
    Trailer { budget: usize },
    /// Behind all of it.
    Done,
}

impl Body {
    /// Reads from the head how the body is framed.
    pub(super) fn of(request: &Request, sizes: &Sizes) -> Result<Self, Refusal> {
        let length = content_length(request)?;
        let mut codings =
            request.members("transfer-encoding").filter(|coding| !coding.is_empty()).peekable();
        if request.values("transfer-encoding").next().is_none() {
            let length = length.unwrap_or(0);
            return match usize::try_from(length) {
                Ok(length) if length <= sizes.body => Ok(Self::Length { length }),
                _ => Err(Refusal::BodyTooLarge),
            };
        }
        // A second party that reads these differently could be made to see another request in
        // the body: the two are refused together.
        if length.is_some() {
            return Err(Refusal::LengthAndCoding);
        }
        if request.version == Version::Http10 {
            return Err(Refusal::CodingInOldVersion);
        }
        match (codings.next(), codings.next()) {
            (Some(coding), None) if coding.eq_ignore_ascii_case(b"chunked") => {
                Ok(Self::Chunked(Chunk::Size))
            }
            _ => Err(Refusal::UnknownCoding),
        }
    }

    /// Whether no byte of it is to come.
    pub(super) const fn is_empty(&self) -> bool {
        matches!(self, Self::Length { length: 0 })
    }

    /// Moves what it can from the front of `bytes` to `body`; gives the number of bytes used up
    /// and whether the body is complete.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        body: &mut Vec<u8>,
        sizes: &Sizes,
    ) -> Result<(usize, bool), Refusal> {
        match self {
            Self::Length { length } => {
                let used = bytes.len().min(length.saturating_sub(body.len()));
                body.extend_from_slice(&bytes[..used]);
                Ok((used, body.len() >= *length))
            }
            Self::Chunked(chunk) => {
                let mut used = 0;
                while *chunk != Chunk::Done {
                    let Some(step) = chunk.take(&bytes[used..], body, sizes)? else {
                        break;
                    };
                    used += step;
                }
                Ok((used, *chunk == Chunk::Done))
            }
        }
    }

    /// What to say when the input ends here, after `came` bytes of the body.
    pub(super) const fn cut(&self, came: usize) -> Refusal {
        match *self {
            Self::Length { length } => Refusal::CutInBody { came, length },
            Self::Chunked(_) => Refusal::CutInChunks,
        }
    }
}

impl Chunk {
    /// One step forward; `None` if it needs more bytes.
    fn take(
        &mut self,
        bytes: &[u8],
        body: &mut Vec<u8>,
        sizes: &Sizes,
    ) -> Result<Option<usize>, Refusal> {
        match *self {
            Self::Size => match front(bytes, sizes.chunk_line) {
                Front::Line(line, used) => {
                    let room = sizes.body.saturating_sub(body.len());
                    *self = match chunk_size(line, room)? {
                        0 => Self::Trailer { budget: sizes.head },
                        left => Self::Data { left },
                    };
                    Ok(Some(used))
                }
                Front::Partial => Ok(None),
                Front::TooLong => Err(Refusal::ChunkSize),
            },
            Self::Data { left } => {
                let used = bytes.len().min(left);
                body.extend_from_slice(&bytes[..used]);
                *self = match left - used {
                    0 => Self::End,
                    left => Self::Data { left },
                };
                Ok((used > 0).then_some(used))
            }
            Self::End => match front(bytes, b"\r\n".len()) {
                Front::Line(b"", used) => {
                    *self = Self::Size;
                    Ok(Some(used))
                }
                Front::Partial => Ok(None),
                Front::Line(..) | Front::TooLong => Err(Refusal::ChunkEnd),
            },
            // Trailer fields are thrown away, as RFC 9112 section 7.1.2 allows.
            Self::Trailer { budget } => match front(bytes, budget) {
                Front::Line(line, used) => {
                    *self = if line.is_empty() {
                        Self::Done
                    } else {
                        Self::Trailer { budget: budget - used }
                    };
                    Ok(Some(used))
                }
                Front::Partial => Ok(None),
                Front::TooLong => Err(Refusal::TrailerTooLong),
            },
            Self::Done => Ok(None),
        }
    }
}

/// The one value of all Content-Length headers, if there is any.
///
/// RFC 9112 section 6.3 lets equal values stand for one. A number too large for 64 bits is
/// certainly too large for a body, so it is enough that it stays large.
fn content_length(request: &Request) -> Result<Option<u64>, Refusal> {
    let mut found = None;
    for member in request.members("content-length") {
        if !is_number(member) {
            return Err(Refusal::LengthSyntax);
        }
        let value = member.iter().fold(0u64, |value, digit| {
            value.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
        });
        if found.is_some_and(|earlier| earlier != value) {
            return Err(Refusal::LengthsDiffer);
        }
        found = Some(value);
    }
    Ok(found)
}

/// The size in the line before a chunk; extensions behind a semicolon are passed over.
fn chunk_size(line: &[u8], room: usize) -> Result<usize, Refusal> {
    let digits = line.split(|&byte| byte == b';').next().unwrap_or(line);
    // Blanks may follow the number, but not stand before it.
    if digits.first().is_none_or(|&byte| is_blank(byte)) {
        return Err(Refusal::ChunkSize);
    }
    let mut size = 0usize;
    for &digit in trim(digits) {
        let digit = char::from(digit).to_digit(16).ok_or(Refusal::ChunkSize)?;
        size = size.saturating_mul(16).saturating_add(usize::try_from(digit).unwrap_or(usize::MAX));
    }
    if size > room {
        return Err(Refusal::BodyTooLarge);
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::lab::limit::LIMITS;
    use crate::serve::lab::request::Header;

    fn framing(version: Version, headers: &[(&str, &str)]) -> Result<Body, Refusal> {
        let request = Request {
            method: b"POST".to_vec(),
            target: b"/save".to_vec(),
            version,
            headers: headers
                .iter()
                .map(|(name, value)| Header {
                    name: name.as_bytes().to_vec(),
                    value: value.as_bytes().to_vec(),
                })
                .collect(),
            body: Vec::new(),
        };
        Body::of(&request, &LIMITS.sizes)
    }

    #[test]
    fn framing_by_headers() {
        const CL: &str = "Content-Length";
        const TE: &str = "Transfer-Encoding";
        let chunked = Ok(Body::Chunked(Chunk::Size));
        for (headers, expected) in [
            (&[][..], Ok(Body::Length { length: 0 })),
            (&[(CL, "34")], Ok(Body::Length { length: 34 })),
            (&[(CL, "034")], Ok(Body::Length { length: 34 })),
            (&[(CL, "34, 34")], Ok(Body::Length { length: 34 })),
            (&[(CL, "34"), (CL, "34")], Ok(Body::Length { length: 34 })),
            (&[(CL, "1048576")], Ok(Body::Length { length: 1_048_576 })),
            (&[(CL, "1048577")], Err(Refusal::BodyTooLarge)),
            (&[(CL, "99999999999999999999999999")], Err(Refusal::BodyTooLarge)),
            (&[(CL, "34"), (CL, "35")], Err(Refusal::LengthsDiffer)),
            (&[(CL, "34, 35")], Err(Refusal::LengthsDiffer)),
            (&[(CL, "+34")], Err(Refusal::LengthSyntax)),
            (&[(CL, "-1")], Err(Refusal::LengthSyntax)),
            (&[(CL, "0x22")], Err(Refusal::LengthSyntax)),
            (&[(CL, "3 4")], Err(Refusal::LengthSyntax)),
            (&[(CL, "34,")], Err(Refusal::LengthSyntax)),
            (&[(CL, "")], Err(Refusal::LengthSyntax)),
            (&[(TE, "chunked")], chunked),
            (&[(TE, "Chunked")], chunked),
            (&[(TE, "chunked"), (CL, "5")], Err(Refusal::LengthAndCoding)),
            (&[(TE, "gzip, chunked")], Err(Refusal::UnknownCoding)),
            (&[(TE, "chunked, chunked")], Err(Refusal::UnknownCoding)),
            (&[(TE, "identity")], Err(Refusal::UnknownCoding)),
            (&[(TE, "")], Err(Refusal::UnknownCoding)),
        ] {
            assert_eq!(framing(Version::Http11, headers), expected, "{headers:?}");
        }
        assert_eq!(framing(Version::Http10, &[(TE, "chunked")]), Err(Refusal::CodingInOldVersion));
    }

    fn decode(bytes: &str) -> Result<(Vec<u8>, usize, bool), Refusal> {
        let sizes = Sizes { head: 32, headers: 4, body: 16, chunk_line: 12 };
        let mut body = Vec::new();
        Body::Chunked(Chunk::Size)
            .take(bytes.as_bytes(), &mut body, &sizes)
            .map(|(used, complete)| (body, used, complete))
    }

    #[test]
    fn chunks_are_joined() {
        for (bytes, body, used) in [
            ("0\r\n\r\n", "", 5),
            ("5\r\nhello\r\n0\r\n\r\nGET", "hello", 15),
            ("5\nhello\n0\n\n", "hello", 11),
            ("2;x=y\r\nhe\r\n00A\r\n0123456789\r\n000\r\n\r\n", "he0123456789", 35),
            ("1 \r\nh\r\n0\r\nA: b\r\nC: d\r\n\r\n", "h", 24),
        ] {
            let expected = Ok((body.as_bytes().to_vec(), used, true));
            assert_eq!(decode(bytes), expected, "{bytes:?}");
        }
        for bytes in ["", "5", "5\r\nhel", "5\r\nhello\r", "0\r\n", "0\r\nA: b\r\n"] {
            assert!(matches!(decode(bytes), Ok((_, _, false))), "{bytes:?}");
        }
    }

    #[test]
    fn wrong_chunks() {
        for (bytes, refusal) in [
            ("\r\n", Refusal::ChunkSize),
            ("g\r\n", Refusal::ChunkSize),
            ("-1\r\n", Refusal::ChunkSize),
            ("0x5\r\n", Refusal::ChunkSize),
            (" 5\r\n", Refusal::ChunkSize),
            (";x\r\n", Refusal::ChunkSize),
            ("5;0123456789", Refusal::ChunkSize),
            ("11\r\n", Refusal::BodyTooLarge),
            ("fffffffff\r\n", Refusal::BodyTooLarge),
            ("9\r\n012345678\r\n8\r\n", Refusal::BodyTooLarge),
            ("5\r\nhello!\r\n", Refusal::ChunkEnd),
            ("5\r\nhellos\n", Refusal::ChunkEnd),
            ("0\r\n0123456789012345678901234567890123", Refusal::TrailerTooLong),
            ("0\r\n012345678901234\r\n012345678901234\r\n", Refusal::TrailerTooLong),
        ] {
            assert_eq!(decode(bytes), Err(refusal), "{bytes:?}");
        }
    }
}
