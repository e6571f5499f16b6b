//! How a client is turned away: so that it can read why.
//!
//! A socket that is closed over unread bytes is reset, and the alert with it; a client of TLS 1.3
//! speaks before it hears that its certificate is not believed.

use std::io;
use std::time::Duration;

use tokio::time::timeout;

use super::session::Session;

/// How long a client has to read why.
const PATIENCE: Duration = Duration::from_millis(500);

/// How much it may still say.
const THROWN_AWAY: usize = 256 * 1024;

/// What is read at once.
const READ: usize = 16 * 1024;

/// Sends what there is to say, ends the connection, and throws away what the client still says until
/// it goes.
pub async fn turn_away(session: &Session) {
    // who is gone already need not be told
    let _ = timeout(PATIENCE, until_gone(session)).await;
}

async fn until_gone(session: &Session) -> io::Result<()> {
    session.flushed().await?;
    let fd = session.descriptor();
    fd.shutdown_write()?;
    let mut rest = vec![0; READ];
    let mut thrown = 0;
    while thrown < THROWN_AWAY {
        match fd.read(&mut rest).await? {
            0 => break,
            count => thrown += count,
        }
    }
    Ok(())
}
