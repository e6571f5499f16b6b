//! SOCKS 5, the client's side: greeting, user and password if asked for, request, reply.
//!
//! RFC 1928, only CONNECT, and RFC 1929. Offers "no authentication", and "user and password" if
//! credentials are given. Like Ncat and unlike OpenBSD's netcat it accepts a bound address of any
//! type. Version and reserved bytes are checked strictly: a peer that is something else is told
//! from its first byte.

mod credentials;
mod error;
mod reply;

use std::net::IpAddr;

pub use credentials::Credentials;
pub use error::{Refusal, Socks5Error};
pub use reply::Bound;

use super::step::{Fed, Step};
use super::target::Target;

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NOTHING_ACCEPTABLE: u8 = 0xff;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// The message that is expected next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Method,
    Authentication,
    Reply,
}

/// How far a handshake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The proxy has yet to say what it wants to be shown.
    Greeting,
    /// It wanted user and password, and has yet to take them.
    Authenticating,
    /// It has yet to answer the request.
    Asking,
}

/// One handshake. It holds one message at most, 262 bytes.
#[derive(Debug, Clone)]
pub struct Client {
    request: Vec<u8>,
    credentials: Option<Credentials>,
    stage: Stage,
    authenticated: bool,
    /// The message so far.
    seen: Vec<u8>,
}

impl Client {
    /// A handshake that has not begun.
    pub fn new(target: &Target, credentials: Option<Credentials>) -> Self {
        Self {
            request: request(target),
            credentials,
            stage: Stage::Method,
            authenticated: false,
            seen: Vec::new(),
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        match self.stage {
            Stage::Method => Progress::Greeting,
            Stage::Authentication => Progress::Authenticating,
            Stage::Reply => Progress::Asking,
        }
    }

    /// Whether the proxy wanted user and password.
    pub fn authenticated(&self) -> bool {
        self.authenticated
    }

    /// The greeting, to be sent first.
    pub fn start(&self) -> Vec<u8> {
        match self.credentials {
            None => vec![VERSION, 1, NO_AUTHENTICATION],
            Some(_) => vec![VERSION, 2, NO_AUTHENTICATION, USER_AND_PASSWORD],
        }
    }

    /// Takes what belongs to the next message from `input`.
    ///
    /// An error comes with the first byte that makes it certain, and again if fed again.
    pub fn feed(&mut self, input: &[u8]) -> Result<Fed<Bound>, Socks5Error> {
        let mut used = 0;
        loop {
            let missing = self.missing()?;
            if missing == 0 {
                let step = self.advance();
                return Ok(Fed { used, step });
            }
            let taken = missing.min(input.len() - used);
            if taken == 0 {
                let step = Step::Read(missing);
                return Ok(Fed { used, step });
            }
            self.seen.extend_from_slice(&input[used..used + taken]);
            used += taken;
        }
    }

    /// How many bytes the message still needs at least; 0 if it is whole.
    fn missing(&self) -> Result<usize, Socks5Error> {
        let seen = &self.seen[..];
        match self.stage {
            Stage::Method => method_missing(seen, self.credentials.is_some()),
            Stage::Authentication => credentials::answer_missing(seen),
            Stage::Reply => reply::missing(seen),
        }
    }

    /// Goes on from a whole message.
    fn advance(&mut self) -> Step<Bound> {
        let message = match (self.stage, &self.credentials, &self.seen[..]) {
            (Stage::Method, Some(credentials), [.., USER_AND_PASSWORD]) => {
                self.stage = Stage::Authentication;
                self.authenticated = true;
                credentials.message().to_vec()
            }
            (Stage::Method | Stage::Authentication, ..) => {
                self.stage = Stage::Reply;
                self.request.clone()
            }
            // Kept, so that whoever asks again gets the same answer.
            (Stage::Reply, ..) => return Step::Done(reply::bound(&self.seen)),
        };
        self.seen.clear();
        Step::Send(message)
    }
}

fn request(target: &Target) -> Vec<u8> {
    let mut request = vec![VERSION, CONNECT, 0];
    match target {
        Target::Ip(IpAddr::V4(address), _) => {
            request.push(IPV4);
            request.extend(address.octets());
        }
        Target::Ip(IpAddr::V6(address), _) => {
            request.push(IPV6);
            request.extend(address.octets());
        }
        Target::Name(name, _) => {
            request.extend([NAME, name.length_byte()]);
            request.extend(name.as_bytes());
        }
    }
    request.extend(target.port().to_be_bytes());
    request
}

/// VER METHOD (RFC 1928 section 3).
fn method_missing(seen: &[u8], offered_password: bool) -> Result<usize, Socks5Error> {
    match *seen {
        [version, ..] if version != VERSION => Err(Socks5Error::Version(version)),
        [_, NO_AUTHENTICATION, ..] => Ok(0),
        [_, USER_AND_PASSWORD, ..] if offered_password => Ok(0),
        [_, NOTHING_ACCEPTABLE, ..] => Err(Socks5Error::NoMethod),
        [_, method, ..] => Err(Socks5Error::Method(method)),
        _ => Ok(2 - seen.len()),
    }
}

#[cfg(test)]
#[expect(clippy::unnecessary_wraps, reason = "compared with what `feed` returns")]
mod tests {
    use proptest::prelude::*;

    use super::{Bound, Client, Credentials, Refusal, Socks5Error};
    use crate::proto::fuzz;
    use crate::proto::step::{Fed, Step};
    use crate::proto::target::Target;

    type Answer = Result<Fed<Bound>, Socks5Error>;

    fn client(host: &str, credentials: Option<(&str, &str)>) -> Client {
        let credentials = credentials.map(|(user, password)| {
            Credentials::new(user.as_bytes(), password.as_bytes()).unwrap()
        });
        Client::new(&Target::new(host.as_bytes(), 8080).unwrap(), credentials)
    }

    fn send(used: usize, message: &[u8]) -> Answer {
        let step = Step::Send(message.to_vec());
        Ok(Fed { used, step })
    }

    fn read_on(used: usize, missing: usize) -> Answer {
        let step = Step::Read(missing);
        Ok(Fed { used, step })
    }

    fn done(used: usize, bound: &str) -> Answer {
        let step = Step::Done(Bound::Ip(bound.parse().unwrap()));
        Ok(Fed { used, step })
    }

    #[test]
    fn without_authentication() {
        let mut client = client("host.example", None);
        assert_eq!(client.start(), [5, 1, 0]);
        assert_eq!(client.feed(b""), read_on(0, 2));
        assert_eq!(client.feed(b"\x05"), read_on(1, 1));
        assert_eq!(client.feed(b"\0"), send(1, b"\x05\x01\0\x03\x0chost.example\x1f\x90"));
        assert_eq!(client.feed(b""), read_on(0, 7));
        assert_eq!(client.feed(b"\x05\0\0\x01\x7f\0\0"), read_on(7, 3));
        assert_eq!(client.feed(b"\x01\x04\x38SSH"), done(3, "127.0.0.1:1080"));
        assert_eq!(client.feed(b"SSH"), done(0, "127.0.0.1:1080"));
    }

    #[test]
    fn numeric_targets() {
        let request = |host| client(host, None).feed(b"\x05\0");
        assert_eq!(request("192.0.2.9"), send(2, b"\x05\x01\0\x01\xc0\0\x02\x09\x1f\x90"));
        let v6 = b"\x05\x01\0\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09\x1f\x90";
        assert_eq!(request("2001:db8::9"), send(2, v6));
    }

    #[test]
    fn a_name_of_255_bytes() {
        let name = "a".repeat(255);
        let request = [b"\x05\x01\0\x03\xff", name.as_bytes(), b"\x1f\x90"].concat();
        assert_eq!(client(&name, None).feed(b"\x05\0"), send(2, &request));
    }

    #[test]
    fn with_user_and_password() {
        let mut client = client("192.0.2.9", Some(("joe", "pw")));
        assert_eq!(client.start(), [5, 2, 0, 2]);
        assert_eq!(client.feed(b"\x05\x02"), send(2, b"\x01\x03joe\x02pw"));
        assert_eq!(client.feed(b"\x01"), read_on(1, 1));
        assert_eq!(client.feed(b"\0"), send(1, b"\x05\x01\0\x01\xc0\0\x02\x09\x1f\x90"));
    }

    #[test]
    fn a_proxy_may_want_no_password() {
        let mut client = client("192.0.2.9", Some(("joe", "pw")));
        assert_eq!(client.feed(b"\x05\0"), send(2, b"\x05\x01\0\x01\xc0\0\x02\x09\x1f\x90"));
    }

    #[test]
    fn credentials_are_not_shown() {
        let client = client("192.0.2.9", Some(("joe", "secret")));
        let shown = format!("{client:?}");
        assert!(shown.contains("Credentials(..)"), "{shown}");
        assert!(!shown.contains("115, 101"), "{shown}");
    }

    #[test]
    fn a_wrong_first_answer_is_an_error() {
        let greeted = |answer: &[u8]| client("192.0.2.9", None).feed(answer);
        assert_eq!(greeted(b"H"), Err(Socks5Error::Version(b'H')));
        assert_eq!(greeted(b"\x05\xff"), Err(Socks5Error::NoMethod));
        assert_eq!(greeted(b"\x05\x02"), Err(Socks5Error::Method(2)));
        assert_eq!(greeted(b"\x05\x01"), Err(Socks5Error::Method(1)));

        let authenticated = |answer: &[u8]| {
            let mut client = client("192.0.2.9", Some(("joe", "pw")));
            client.feed(b"\x05\x02").unwrap();
            client.feed(answer)
        };
        assert_eq!(authenticated(b"\x05\0"), Err(Socks5Error::AuthenticationVersion(5)));
        assert_eq!(authenticated(b"\x01\x01"), Err(Socks5Error::Authentication(1)));
    }

    #[test]
    fn what_stands_behind_a_message_is_left_for_the_next() {
        let mut client = client("192.0.2.9", None);
        let answers = b"\x05\0\x05\0\0\x01\0\0\0\0\0\0early";
        let Ok(Fed { used, .. }) = client.feed(answers) else { panic!() };
        assert_eq!(used, 2);
        assert_eq!(client.feed(&answers[used..]), done(10, "0.0.0.0:0"));
    }

    #[test]
    fn a_refusal_needs_no_whole_reply_and_stays() {
        let mut client = client("192.0.2.9", None);
        client.feed(b"\x05\0").unwrap();
        let refused = Err(Socks5Error::Refused(Refusal::ConnectionRefused));
        assert_eq!(client.feed(b"\x05\x05"), refused);
        assert_eq!(client.feed(b"\0\0"), refused);
    }

    #[test]
    fn no_more_than_one_message_is_held() {
        let mut client = client("192.0.2.9", None);
        client.feed(b"\x05\0").unwrap();
        for _ in 0..1000 {
            let _ = client.feed(b"\x05\0\0\x03\xff");
            assert!(client.seen.len() <= 262);
        }
    }

    /// A proxy's side of the handshake, mostly well formed, and bytes of the target's behind it.
    fn answers() -> impl Strategy<Value = Vec<u8>> {
        let address = prop_oneof![
            prop::collection::vec(any::<u8>(), 4).prop_map(|octets| (1, octets)),
            prop::collection::vec(any::<u8>(), 16).prop_map(|octets| (4, octets)),
            prop::collection::vec(any::<u8>(), 0..256).prop_map(|mut name| {
                name.insert(0, u8::try_from(name.len()).unwrap());
                (3, name)
            }),
            (any::<u8>(), prop::collection::vec(any::<u8>(), 0..9)),
        ];
        let code = prop_oneof![4 => Just(0), 1 => any::<u8>()];
        let greeting = prop_oneof![
            Just(vec![5, 0]),
            Just(vec![5, 2, 1, 0]),
            prop::collection::vec(any::<u8>(), 0..4),
        ];
        let early = prop::collection::vec(any::<u8>(), 0..9);
        (any::<[u8; 2]>(), greeting, code, address, early).prop_map(
            |(seeds, greeting, code, (kind, address), early)| {
                [&seeds[..], &greeting, &[5, code, 0, kind], &address, &[0, 80], &early].concat()
            },
        )
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_reads(bytes in answers()) {
            fuzz::socks5(&bytes);
        }
    }
}
