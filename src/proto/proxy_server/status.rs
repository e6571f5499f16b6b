//! The proxy's own answers, in Ncat's words.

/// The answer to CONNECT when the tunnel stands.
pub const ESTABLISHED: &[u8] = b"HTTP/1.0 200 OK\r\n\r\n";

/// Why a request is not carried out. Ncat has all but 408, 502 and 508; a 407 with its challenges
/// is written by [`Authenticator`](super::Authenticator).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 400: not a request that can be understood, or that all would understand alike.
    BadRequest,
    /// 403: not allowed, or a request for the proxy itself.
    Forbidden,
    /// 405: neither CONNECT, GET, HEAD nor POST.
    MethodNotAllowed,
    /// 407: who asks is not known.
    ProxyAuthenticationRequired,
    /// 408: the request did not come in time.
    RequestTimeout,
    /// 413: a bound is exceeded.
    RequestEntityTooLarge,
    /// 500: an error of our own.
    InternalServerError,
    /// 501: an ability that is not there.
    NotImplemented,
    /// 502: the origin server's answer cannot be understood.
    BadGateway,
    /// 504: the target cannot be reached.
    GatewayTimeout,
    /// 508: the request went through this proxy before.
    LoopDetected,
}

impl Status {
    /// The three digits and the words behind them.
    pub fn line(self) -> (u16, &'static str) {
        match self {
            Self::BadRequest => (400, "Bad Request"),
            Self::Forbidden => (403, "Forbidden"),
            Self::MethodNotAllowed => (405, "Method Not Allowed"),
            Self::ProxyAuthenticationRequired => (407, "Proxy Authentication Required"),
            Self::RequestTimeout => (408, "Request Timeout"),
            Self::RequestEntityTooLarge => (413, "Request Entity Too Large"),
            Self::InternalServerError => (500, "Internal Server Error"),
            Self::NotImplemented => (501, "Not Implemented"),
            Self::BadGateway => (502, "Bad Gateway"),
            Self::GatewayTimeout => (504, "Gateway Timeout"),
            Self::LoopDetected => (508, "Loop Detected"),
        }
    }

    /// The whole answer, to be followed by the end of the connection.
    pub fn answer(self) -> Vec<u8> {
        let fields = match self {
            Self::MethodNotAllowed => "Allow: CONNECT, GET, HEAD, POST\r\n",
            _ => "",
        };
        self.answer_with(fields)
    }

    pub(super) fn answer_with(self, fields: &str) -> Vec<u8> {
        let (digits, words) = self.line();
        format!("HTTP/1.0 {digits} {words}\r\n{fields}\r\n").into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn the_words_are_those_of_ncat() {
        assert_eq!(Status::BadRequest.answer(), b"HTTP/1.0 400 Bad Request\r\n\r\n");
        assert_eq!(Status::GatewayTimeout.answer(), b"HTTP/1.0 504 Gateway Timeout\r\n\r\n");
        assert_eq!(
            Status::MethodNotAllowed.answer(),
            b"HTTP/1.0 405 Method Not Allowed\r\nAllow: CONNECT, GET, HEAD, POST\r\n\r\n"
        );
    }
}
