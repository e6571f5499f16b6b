//! Which of the lines typed may be kept after the run, and which are nobody's business.
//!
//! A secret is told by the word before it, or by the command that asked for it: the lines that
//! follow SMTP's `AUTH` are one, and so is the rest of an array in which Redis is sent `AUTH`. What
//! begins with a blank is left to whoever types, as shells do it. Such a line is remembered for this
//! run alone.

/// What follows these at the beginning of a line, in any case, is a secret.
const BEFORE_SECRETS: &[&str] = &[
    // HTTP
    "Authorization:",
    "Proxy-Authorization:",
    "Cookie:",
    "Set-Cookie:",
    "X-Api-Key:",
    // SMTP, Redis; POP3, FTP, IRC; ManageSieve, IRC; NNTP
    "AUTH ",
    "PASS ",
    "ACCT ",
    "APOP ",
    "LOGIN ",
    "OPER ",
    "AUTHENTICATE ",
    "AUTHINFO ",
    "ACL SETUSER ",
];

/// A line with one of these anywhere in it has one too, whatever it is.
const WITH_SECRETS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "requirepass",
    "masterauth",
    "secret",
    "token",
    "credential",
    "api-key",
    "api_key",
    "apikey",
    "bearer ",
    "pass=",
    "pwd=",
    "\"pass\"",
    "\"pwd\"",
    // IMAP with its tag, Redis' HELLO and MIGRATE, NickServ, XMPP
    " login ",
    " authenticate ",
    " auth ",
    " auth2 ",
    "identify ",
    "<auth",
    // Redis in one line, with escapes
    "\\nauth\\r",
];

/// What comes after one of these in an array that Redis is sent is a secret.
const ELEMENTS: &[&str] = &["AUTH", "AUTH2", "REQUIREPASS", "MASTERAUTH", "SETUSER"];

/// Commands that are answered by secrets in base64: SMTP's and POP3's, IMAP's behind its tag.
const EXCHANGES: &[&str] = &["AUTH", "AUTHENTICATE"];

/// The most of a line that was sent without its end that is remembered, in bytes.
const LONGEST_BEGINNING: usize = 4096;

/// Looks at all lines that are typed, one after the other.
#[derive(Debug, Default)]
pub struct Discretion {
    expected: Expected,
    /// What was sent of a line whose end is still to come.
    begun: Vec<u8>,
}

/// What the lines before say of the next one.
#[derive(Debug, Default)]
enum Expected {
    #[default]
    Nothing,
    /// Secrets in base64, until something else comes.
    Exchange,
    /// So many lines of an array; its secrets have begun.
    Array { lines: u64, secret: bool },
}

impl Discretion {
    /// Whether a line may be kept; `ends` says that its end was sent with it.
    pub fn may_be_kept(&mut self, line: &[u8], ends: bool) -> bool {
        self.begun.extend_from_slice(line);
        let line = std::mem::take(&mut self.begun);
        let expected = self.is_expected(&line, ends);
        let may = !line.starts_with(b" ") && !has_secret(&line) && !expected;
        if !ends {
            self.begun = line;
            self.begun.truncate(LONGEST_BEGINNING);
        }
        may
    }

    /// Whether the lines before say that this one is a secret.
    fn is_expected(&mut self, line: &[u8], ends: bool) -> bool {
        let was_expected = match &self.expected {
            Expected::Nothing => false,
            Expected::Exchange => is_base64(line),
            Expected::Array { secret, .. } => *secret,
        };
        if ends {
            self.expected = self.next(line, was_expected);
        }
        was_expected
    }

    fn next(&self, line: &[u8], was_expected: bool) -> Expected {
        match self.expected {
            Expected::Array { lines, secret } if lines > 1 => {
                let secret = secret || is_one_of(line, ELEMENTS);
                return Expected::Array { lines: lines - 1, secret };
            }
            Expected::Exchange if was_expected => return Expected::Exchange,
            _ => {}
        }
        if let Some(lines) = array(line) {
            return Expected::Array { lines, secret: false };
        }
        let mut words = line.split(u8::is_ascii_whitespace).take(2);
        if words.any(|word| is_one_of(word, EXCHANGES)) {
            Expected::Exchange
        } else {
            Expected::Nothing
        }
    }
}

fn has_secret(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    let begins = |word: &str| {
        text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word.as_bytes()))
    };
    let has = |word: &str| {
        line.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    BEFORE_SECRETS.iter().any(|word| begins(word)) || WITH_SECRETS.iter().any(|word| has(word))
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|known| word.trim_ascii().eq_ignore_ascii_case(known.as_bytes()))
}

fn is_base64(line: &[u8]) -> bool {
    line.trim_ascii().iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
}

/// How many lines follow the one that begins an array (RESP): two for each element.
fn array(line: &[u8]) -> Option<u64> {
    let count = std::str::from_utf8(line.trim_ascii().strip_prefix(b"*")?).ok()?;
    count.parse::<u64>().ok()?.checked_mul(2).filter(|lines| *lines > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of these that are kept.
    fn kept<'a>(lines: &[&'a str]) -> Vec<&'a str> {
        let mut discretion = Discretion::default();
        let may = |line: &&&str| discretion.may_be_kept(line.as_bytes(), true);
        lines.iter().filter(may).copied().collect()
    }

    #[test]
    fn a_line_alone_says_whether_it_has_a_secret() {
        let harmless = [
            "GET / HTTP/1.1",
            "Host: x",
            "AUTHENTICATE",
            "",
            "USER joe",
            "PASSIVE",
            "HELLO 3",
            "\tindented",
            "*",
            "*x",
            "*0",
        ];
        for line in harmless {
            assert_eq!(kept(&[line]), [line]);
        }
        let secrets = [
            " GET /",
            "authorization: Basic eA==",
            "\tProxy-Authorization: Basic eA==",
            "Cookie:a=b",
            "pass hunter2",
            "a1 LOGIN joe hunter2",
            "a1 authenticate PLAIN AGpvZQBodW50ZXIy",
            "AUTHINFO PASS hunter2",
            "auth hunter2",
            "HELLO 3 AUTH joe hunter2",
            "CONFIG SET requirepass hunter2",
            r"*2\r\n$4\r\nAUTH\r\n$7\r\nhunter2\r\n",
            "X-Auth-Token: hush",
            "GET /?Password=zz",
            "user=joe&pwd=zz",
            "{\"token\":1}",
            "PRIVMSG NickServ :IDENTIFY hunter2",
        ];
        for line in secrets {
            assert_eq!(kept(&[line]), [""; 0], "{line}");
        }
    }

    #[test]
    fn what_answers_a_command_for_secrets_is_one() {
        let lines = ["EHLO x", "AUTH LOGIN", "am9l", "aHVudGVyMg==", "MAIL FROM:<a>", "QUIT"];
        assert_eq!(kept(&lines), ["EHLO x", "MAIL FROM:<a>", "QUIT"]);
        assert_eq!(kept(&["a AUTHENTICATE PLAIN", "", "AGpvZQ==", "b NOOP"]), ["b NOOP"]);
        assert_eq!(kept(&["AUTH", "am9l", "*", "NOOP"]), ["AUTH", "*", "NOOP"]);
        assert_eq!(kept(&["am9l"]), ["am9l"], "by itself it is a word");
    }

    #[test]
    fn an_array_ends_where_it_says() {
        let lines = ["*3", "$4", "auth", "$3", "joe", "$7", "hunter2", "*1", "$4", "PING"];
        assert_eq!(kept(&lines), ["*3", "$4", "auth", "*1", "$4", "PING"]);
        assert_eq!(kept(&["*9223372036854775807", "AUTH", "x"]).len(), 2);
        assert_eq!(kept(&["*18446744073709551615", "x y"]).len(), 2, "no array is as long");
    }

    #[test]
    fn a_line_in_pieces_is_one_line() {
        let mut discretion = Discretion::default();
        assert!(discretion.may_be_kept(b"pa", false));
        assert!(!discretion.may_be_kept(b"ss hun", false));
        assert!(!discretion.may_be_kept(b"ter2", true));
        assert!(discretion.may_be_kept(b"ter2", true));
        let long = vec![b'x'; 3 * LONGEST_BEGINNING];
        assert!(discretion.may_be_kept(&long, false));
        assert!(discretion.begun.len() == LONGEST_BEGINNING);
    }
}
