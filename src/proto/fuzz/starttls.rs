//! The body of the upgrades to TLS.

use super::super::direction::Direction;
use super::super::starttls::{
    Kind, MESSAGE_MAX, MESSAGES_MAX, Shown, StartTlsError, Step, TOTAL_MAX, Upgrade,
};
use super::super::target::Target;

/// Between two turns of the server's in the input: in none of these protocols' texts.
const TURN: u8 = 0xfe;
/// More than the longest request, in bytes.
const REQUEST_MAX: usize = 512;

/// How a conversation went.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::proto) struct Talk {
    /// What was sent, by turns.
    pub(in crate::proto) sent: Vec<Vec<u8>>,
    pub(in crate::proto) shown: Vec<Shown>,
    /// `None`: it wants more.
    pub(in crate::proto) end: Option<Result<(), StartTlsError>>,
}

/// The first byte chooses the protocol, the second how turns are cut; the turns follow. What comes
/// of them depends on the turns alone; behind the go-ahead comes nothing.
pub fn starttls(data: &[u8]) {
    let [choice, seed, turns @ ..] = data else {
        return;
    };
    let kind = Kind::ALL[usize::from(*choice) % Kind::ALL.len()];
    let turns: Vec<_> = turns.split(|&byte| byte == TURN).collect();
    let whole = talk(kind, &turns, |turn| vec![turn]);
    assert_eq!(talk(kind, &turns, |turn| turn.chunks(1).collect()), whole);
    let length = usize::from(*seed) + 2;
    assert_eq!(talk(kind, &turns, |turn| turn.chunks(length).collect()), whole);

    let received = |line: &&Shown| line.direction == Direction::Received;
    let lines: Vec<_> = whole.shown.iter().filter(received).collect();
    assert!(lines.len() <= MESSAGES_MAX + 1);
    assert!(lines.iter().all(|line| line.text.len() <= MESSAGE_MAX));
    assert!(lines.iter().map(|line| line.text.len()).sum::<usize>() <= 2 * TOTAL_MAX);
    assert_eq!(whole.shown.len() - lines.len(), whole.sent.len());
    assert!(whole.sent.iter().all(|request| (1..REQUEST_MAX).contains(&request.len())));
    if whole.end == Some(Ok(())) {
        let last = lines.last().map(|line| &line.text[..]).unwrap_or_default();
        assert!(goes_ahead(kind, last), "{kind}: {last:?}");
    }
}

/// Whether the last thing that was shown of the server's lets TLS begin.
fn goes_ahead(kind: Kind, last: &[u8]) -> bool {
    match kind {
        Kind::Smtp | Kind::Lmtp => last.starts_with(b"220"),
        Kind::Imap => last.to_ascii_uppercase().starts_with(b"A2 OK"),
        Kind::Pop3 => last.starts_with(b"+OK"),
        Kind::Ftp => last.starts_with(b"234"),
        Kind::Xmpp => last.starts_with(b"<") && last.ends_with(b">"),
        Kind::Postgres => last == b"S",
        Kind::Mysql => last.starts_with(b"greeting of protocol 10"),
        Kind::Ldap => last.starts_with(b"StartTLS response: result 0"),
        Kind::Nntp => last.starts_with(b"382"),
        Kind::Sieve => last.to_ascii_uppercase().starts_with(b"OK"),
    }
}

/// Lets a server say its turns, each cut into reads, and does what is asked between them.
pub(in crate::proto) fn talk<'a>(
    kind: Kind,
    turns: &[&'a [u8]],
    cut: impl Fn(&'a [u8]) -> Vec<&'a [u8]>,
) -> Talk {
    let mut talk = Talk { sent: Vec::new(), shown: Vec::new(), end: None };
    let upgrade = Target::new(b"host.example", 1).map(|host| Upgrade::new(kind, &host));
    let Ok(Ok(mut upgrade)) = upgrade else {
        unreachable!("the name is one");
    };
    let run = turns.iter().try_for_each(|turn| {
        answer(&mut upgrade, &mut talk.sent)?;
        cut(turn).into_iter().try_for_each(|read| upgrade.received(read))
    });
    talk.end = match run.and_then(|()| answer(&mut upgrade, &mut talk.sent)) {
        Ok(Step::Done) => Some(Ok(())),
        Ok(_) => None,
        Err(error) => {
            assert_eq!(upgrade.step(), Err(error.clone()), "an error stays");
            assert_eq!(upgrade.received(b""), Err(error.clone()));
            assert_eq!(upgrade.closed(), error);
            Some(Err(error))
        }
    };
    talk.shown = upgrade.take_shown();
    if talk.end == Some(Ok(())) {
        assert_eq!(upgrade.received(b"\r"), Err(StartTlsError::Injected));
    }
    talk
}

/// Sends what is to be sent; the step behind it.
fn answer(upgrade: &mut Upgrade, sent: &mut Vec<Vec<u8>>) -> Result<Step, StartTlsError> {
    loop {
        match upgrade.step()? {
            Step::Send(bytes) => sent.push(bytes),
            step => return Ok(step),
        }
    }
}
