//! What is said in plain text before TLS (STARTTLS): drives the codec over the connection.

use std::cell::Cell;
use std::os::unix::ffi::OsStrExt;

use crate::endpoint::Link;
use crate::event::{Event, Observer, TlsError};
use crate::plan::Host;
use crate::proto::starttls::{Kind, StartTlsError, Step, Upgrade};
use crate::proto::target::Target;

/// What is read at once.
const READ: usize = 4096;

/// Asks the server to begin TLS; when this comes back, the next byte is TLS's. What is waited for
/// stands in `waits_for`.
pub async fn upgrade(
    kind: Kind,
    link: &Link,
    host: &Host,
    waits_for: &Cell<&'static str>,
    observer: &dyn Observer,
) -> Result<(), TlsError> {
    let target = Target::new(host.as_os_str().as_bytes(), 0).map_err(|_| StartTlsError::Host)?;
    let mut upgrade = Upgrade::new(kind, &target)?;
    let mut buffer = vec![0; READ];
    let stream = link.stream();
    loop {
        let step = upgrade.step();
        tell(&mut upgrade, observer);
        match step? {
            Step::Done => return Ok(()),
            Step::Send(bytes) => {
                stream.write_all(&bytes).await.map_err(|error| TlsError::of(&error))?;
            }
            Step::Receive => {
                waits_for.set(upgrade.stage().name());
                let read = stream.read(&mut buffer).await;
                let heard = match read.map_err(|error| TlsError::of(&error))? {
                    0 => Err(upgrade.closed()),
                    count => upgrade.received(&buffer[..count]),
                };
                tell(&mut upgrade, observer);
                heard?;
            }
        }
    }
}

fn tell(upgrade: &mut Upgrade, observer: &dyn Observer) {
    for shown in upgrade.take_shown() {
        observer.observe(&Event::BeforeTls(shown));
    }
}
