//! A body as it passes, to where its framing says that it ends (RFC 9112 section 6).

use super::chunked::{Chunked, Seen};

/// What says where it ends.
#[derive(Debug)]
pub(super) enum Body {
    /// So many bytes are left.
    Length(u64),
    Chunked(Chunked),
    /// It goes on to the end of the connection.
    Close,
}

/// What came of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    More,
    /// The body is whole.
    Whole,
    /// They are no chunks: nothing behind them is understood.
    Broken,
}

impl Body {
    pub(super) fn chunked() -> Self {
        Self::Chunked(Chunked::new())
    }

    /// Reads on, at most to the end of the body: how many bytes, at least one, what of them is data,
    /// and what came of it.
    pub(super) fn take<'a>(&mut self, bytes: &'a [u8]) -> (usize, &'a [u8], Step) {
        match self {
            Self::Length(left) => {
                let most = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= most as u64;
                (most, &bytes[..most], if *left == 0 { Step::Whole } else { Step::More })
            }
            Self::Chunked(chunked) => {
                let (used, seen) = chunked.take(bytes);
                match seen {
                    Seen::Framing => (used, &[], Step::More),
                    Seen::Data(data) => (used, data, Step::More),
                    Seen::Done => (used, &[], Step::Whole),
                    Seen::Broken => (used, &[], Step::Broken),
                }
            }
            Self::Close => (bytes.len(), bytes, Step::More),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, Step};

    #[test]
    fn a_body_ends_where_its_framing_says() {
        let mut body = Body::Length(3);
        assert_eq!(body.take(b"ab"), (2, &b"ab"[..], Step::More));
        assert_eq!(body.take(b"cd"), (1, &b"c"[..], Step::Whole));
        let mut body = Body::chunked();
        assert_eq!(body.take(b"2\r\nab"), (3, &b""[..], Step::More));
        assert_eq!(body.take(b"ab\r\n"), (2, &b"ab"[..], Step::More));
        assert_eq!(body.take(b"x\r\n"), (3, &b""[..], Step::Broken));
        assert_eq!(Body::Close.take(b"abc"), (3, &b"abc"[..], Step::More));
    }
}
