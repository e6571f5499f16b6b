//! A postman between a client and a server of datagrams, who loses, doubles and forges what he is
//! told to.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How often he looks whether he is to stop.
const LOOK: Duration = Duration::from_millis(20);

/// Where a datagram goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// It is the client's.
    Server,
    /// It is the server's.
    Client,
}

/// A postman for one client at a time, at work until he is dropped.
pub struct Postman {
    /// Where clients find him, on 127.0.0.1.
    pub port: u16,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Postman {
    /// Carries datagrams to a server and back; `carry` says what becomes of each.
    pub fn to(
        server: u16,
        mut carry: impl FnMut(To, &[u8]) -> Vec<Vec<u8>> + Send + 'static,
    ) -> Self {
        let front = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let back = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        back.connect(("127.0.0.1", server)).expect("a server's address");
        let port = front.local_addr().expect("an address").port();
        for socket in [&front, &back] {
            socket.set_read_timeout(Some(LOOK)).expect("a timeout");
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (sent, received) = std::sync::mpsc::channel::<(To, Vec<u8>, Option<SocketAddr>)>();
        let mut threads = Vec::new();
        for (socket, to) in [(&front, To::Server), (&back, To::Client)] {
            let (socket, sent) = (socket.try_clone().expect("a socket"), sent.clone());
            let stop = Arc::clone(&stop);
            threads.push(thread::spawn(move || {
                let mut bytes = vec![0; 1 << 16];
                while !stop.load(Ordering::Relaxed) {
                    if let Ok((count, sender)) = socket.recv_from(&mut bytes) {
                        let client = (to == To::Server).then_some(sender);
                        let _ = sent.send((to, bytes[..count].to_vec(), client));
                    }
                }
            }));
        }
        drop(sent);
        threads.push(thread::spawn(move || {
            let mut known = None;
            for (to, datagram, client) in received {
                known = client.or(known);
                for datagram in carry(to, &datagram) {
                    // whoever is gone gets nothing
                    let _ = match (to, known) {
                        (To::Server, _) => back.send(&datagram),
                        (To::Client, Some(client)) => front.send_to(&datagram, client),
                        (To::Client, None) => Ok(0),
                    };
                }
            }
        }));
        Self { port, stop, threads }
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
