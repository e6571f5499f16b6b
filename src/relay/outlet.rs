//! Where the bytes of a direction are written: as they are, or as a terminal shows them. What is
//! counted are the bytes of the direction, never what is made of them for the eye.

use std::io;

use super::flow::Meter;
use crate::endpoint::Stream;
use crate::layer::{Screen, Stages};
use crate::sys::fd::Kind;

/// The most bytes that are shown at once: so many at most are counted as not shown though some of
/// them may be.
const GLANCE: usize = 4096;

/// Where the bytes of one direction are written.
pub struct Outlet<'a> {
    to: &'a Stream,
    meter: &'a Meter,
    screen: Option<Screen>,
    shown: Vec<u8>,
}

impl<'a> Outlet<'a> {
    /// To a stream, or to the screen that these stages end at.
    pub fn new(to: &'a Stream, stages: &mut Stages, meter: &'a Meter) -> Self {
        Self { to, meter, screen: stages.take_screen(), shown: Vec::new() }
    }

    /// Writes all of it.
    pub async fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(screen) = &mut self.screen else {
            return write_all(self.to, bytes, self.meter).await;
        };
        let mut rest = bytes;
        while !rest.is_empty() {
            let (glance, behind) = rest.split_at(glance(rest));
            self.shown.clear();
            screen.show(glance, &mut self.shown);
            self.to.write_all(&self.shown).await?;
            self.meter.wrote(glance);
            rest = behind;
        }
        Ok(())
    }

    /// Writes a message whole. Nothing of it has to do with the next one.
    pub async fn write_message(&mut self, message: &[u8]) -> io::Result<()> {
        match message {
            // an empty message is one where the output keeps messages apart
            [] if self.to.kind() == Kind::DatagramSocket => self.to.write(message).await.map(drop),
            // it could only be passed on in pieces, which is another message
            _ if self.to.largest_message().is_some_and(|largest| message.len() > largest) => {
                Err(io::Error::from_raw_os_error(libc::EMSGSIZE))
            }
            _ => {
                self.write_all(message).await?;
                self.finish().await
            }
        }
    }

    /// Shows what was begun as it is, and gives a terminal its own colours back: nothing follows that
    /// has to do with it.
    pub async fn finish(&mut self) -> io::Result<()> {
        let Some(screen) = &mut self.screen else { return Ok(()) };
        self.shown.clear();
        screen.finish(&mut self.shown);
        self.to.write_all(&self.shown).await
    }
}

impl Drop for Outlet<'_> {
    /// Where a direction is cut short, as far as that goes at once.
    fn drop(&mut self) {
        if let Some(screen) = &mut self.screen {
            self.shown.clear();
            screen.finish(&mut self.shown);
            self.to.write_last(&self.shown);
        }
    }
}

/// How many of these bytes are shown at once: whole lines where there are any, for a line has one
/// colour.
fn glance(bytes: &[u8]) -> usize {
    match bytes.get(..GLANCE) {
        None => bytes.len(),
        Some(most) => most.iter().rposition(|byte| *byte == b'\n').map_or(GLANCE, |end| end + 1),
    }
}

/// Writes all of it, as it is.
pub async fn write_all(to: &Stream, mut bytes: &[u8], meter: &Meter) -> io::Result<()> {
    while !bytes.is_empty() {
        let (written, rest) = bytes.split_at(to.write(bytes).await?);
        meter.wrote(written);
        bytes = rest;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;
    use std::pin::pin;
    use std::rc::Rc;
    use std::task::Poll;

    use super::*;
    use crate::plan::{Session, View};
    use crate::sys::fd::Fd;

    /// An output that shows what is written to it, and whoever looks at it.
    fn shown() -> (Stream, Fd, Stages) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let view = View { guarded: true, ..View::default() };
        let session = Session { view, ..Session::default() };
        let stages = Stages::default().at(Screen::drawn(&session, None));
        let ours = Stream::Plain(Rc::new(Fd::owned(ours.into()).unwrap()));
        (ours, Fd::owned(theirs.into()).unwrap(), stages)
    }

    async fn seen(from: &Fd, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let mut filled = 0;
        while filled < count {
            filled += from.read(&mut bytes[filled..]).await.unwrap();
        }
        bytes
    }

    #[tokio::test]
    async fn what_is_counted_are_the_bytes_of_the_peer_and_not_what_is_shown_of_them() {
        let (out, eye, mut stages) = shown();
        let meter = Meter::default();
        let plenty = vec![0; 1 << 20];
        let mut outlet = Outlet::new(&out, &mut stages, &meter);
        meter.took(plenty.len());
        {
            let mut writing = pin!(outlet.write_all(&plenty));
            // until nobody takes any more
            for _ in 0..1000 {
                let once = std::future::poll_fn(|at| Poll::Ready(writing.as_mut().poll(at)));
                assert!(once.await.is_pending());
                tokio::task::yield_now().await;
            }
            let (moved, in_hand) = (meter.moved(), meter.in_hand());
            assert_eq!(moved + in_hand, plenty.len() as u64);
            assert!(moved > 0, "nothing was shown");
            let four_each = seen(&eye, usize::try_from(4 * moved).unwrap()).await;
            assert!(four_each.ends_with(br"\x00\x00"));
            let rest = usize::try_from(4 * in_hand).unwrap();
            let (written, _) = tokio::join!(writing, seen(&eye, rest));
            written.unwrap();
        }
        assert_eq!((meter.moved(), meter.in_hand()), (plenty.len() as u64, 0));
    }

    #[tokio::test]
    async fn a_message_ends_what_it_began() {
        let (out, eye, mut stages) = shown();
        let meter = Meter::default();
        let mut outlet = Outlet::new(&out, &mut stages, &meter);
        for message in [&b"a\x1b[3"[..], b"1mb", b"", b"\x1b[32m", b"\xc3", b"\xbc"] {
            outlet.write_message(message).await.unwrap();
        }
        let all = br"a\x1b[31mb".iter().chain(b"\x1b[32m\x1b[0m").chain(br"\xc3\xbc");
        let all: Vec<u8> = all.copied().collect();
        assert_eq!(seen(&eye, all.len()).await, all);
    }

    #[tokio::test]
    async fn what_is_cut_short_leaves_a_terminal_in_its_own_colours() {
        let (out, eye, mut stages) = shown();
        let meter = Meter::default();
        let mut outlet = Outlet::new(&out, &mut stages, &meter);
        outlet.write_all(b"\x1b[7mx\x1b[").await.unwrap();
        drop(outlet);
        let all = b"\x1b[7mx\\x1b[\x1b[0m";
        assert_eq!(seen(&eye, all.len()).await, all);
    }

    #[test]
    fn whole_lines_are_shown_where_there_are_any() {
        let line = [vec![b'x'; 3000], b"\n".to_vec()].concat();
        assert_eq!(glance(b"abc\nd"), 5);
        assert_eq!(glance(&line.repeat(2)), 3001);
        assert_eq!(glance(&[b'x'; 5000]), GLANCE);
    }
}
