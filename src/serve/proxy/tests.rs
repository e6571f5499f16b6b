//! Deadlines: each row is somebody who does nothing at one of the moments when a proxy waits.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::*;
use crate::event::{Event, Peer};
use crate::plan::{Local, Transport};

/// What no deadline in question comes near to.
const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(200);

const PATIENT: Patience =
    Patience { head: LONG, body: LONG, dial: LONG, answer: LONG, farewell: SHORT };

struct Teller {
    address: UnboundedSender<SocketAddr>,
    failed: RefCell<Vec<String>>,
}

impl Observer for Teller {
    fn observe(&self, event: &Event) {
        match event {
            Event::Listening(Peer::Inet { address, .. }) => {
                // the test waits for it
                let _ = self.address.send(*address);
            }
            Event::ClientFailed { error, .. } => {
                self.failed.borrow_mut().push(format!("{error:?}"));
            }
            _ => {}
        }
    }
}

/// Runs a test beside a proxy server, whose failures it gives in the end.
async fn beside<F: Future<Output = ()>>(
    speaks: ProxySpeech,
    patience: Patience,
    test: impl FnOnce(SocketAddr) -> F,
) -> Vec<String> {
    let local = Local::Inet { transport: Transport::Tcp, host: Some("127.0.0.1".into()), port: 0 };
    let server = ProxyServer { speaks, credentials: None, dial: Dial::default() };
    let (address, mut told): (_, UnboundedReceiver<SocketAddr>) = unbounded_channel();
    let teller = Rc::new(Teller { address, failed: RefCell::default() });
    let listen = Listen::new(local);
    let serving = serve_with(patience, &listen, &server, None, teller.clone());
    let testing = async {
        let address = told.recv().await.unwrap();
        test(address).await;
    };
    tokio::select! {
        result = serving => panic!("a proxy server goes on for ever: {result:?}"),
        done = timeout(LONG / 2, testing) => done.expect("a deadline that holds"),
    }
    teller.failed.take()
}

/// A client that has said this.
async fn client(address: SocketAddr, says: &[u8]) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(says).await.unwrap();
    client
}

/// Reads to an orderly end.
async fn all(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    bytes
}

#[tokio::test]
async fn a_head_has_to_come_in_time_however_slowly_it_goes_on() {
    for (speaks, said, answered) in [
        (ProxySpeech::Http, &b"GET http://h"[..], &b"HTTP/1.0 408 Request Timeout\r\n\r\n"[..]),
        (ProxySpeech::Http, b"", b"HTTP/1.0 408 Request Timeout\r\n\r\n"),
        (ProxySpeech::Socks, b"\x04\x01\0\x50\x7f\0\0\x01u", b""),
        (ProxySpeech::Socks, b"", b""),
    ] {
        let failed = beside(speaks, Patience { head: SHORT, ..PATIENT }, |address| async move {
            let (mut reader, mut writer) = client(address, said).await.into_split();
            let mut answer = Vec::new();
            let trickle = async {
                while writer.write_all(b"a").await.is_ok() {
                    tokio::time::sleep(SHORT / 10).await;
                }
            };
            tokio::select! {
                () = trickle => panic!("a reset before the answer"),
                read = reader.read_to_end(&mut answer) => { read.unwrap(); }
            }
            assert_eq!(answer, answered);
        })
        .await;
        assert_eq!(failed, [""; 0]);
    }
}

#[tokio::test]
async fn slow_heads_do_not_keep_others_from_being_served() {
    let patience = Patience { head: SHORT * 5, ..PATIENT };
    beside(ProxySpeech::Http, patience, |address| async move {
        let mut slow = Vec::new();
        for _ in 0..64 {
            slow.push(client(address, b"GET http://").await);
        }
        let target = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = target.local_addr().unwrap().port();
        let request = format!("CONNECT 127.0.0.1:{port} HTTP/1.0\r\n\r\n");
        let mut quick = client(address, request.as_bytes()).await;
        let (mut far, _) = target.accept().await.unwrap();
        // it has no deadline once it is served
        for mut one in slow {
            assert!(all(&mut one).await.starts_with(b"HTTP/1.0 408 "));
        }
        far.write_all(b"words").await.unwrap();
        drop(far);
        assert!(all(&mut quick).await.ends_with(b"\r\n\r\nwords"));
    })
    .await;
}

#[tokio::test]
async fn a_body_has_to_go_on() {
    let patience = Patience { body: SHORT, ..PATIENT };
    beside(ProxySpeech::Http, patience, |address| async move {
        let origin = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = origin.local_addr().unwrap().port();
        let request =
            format!("POST http://127.0.0.1:{port}/ HTTP/1.0\r\nContent-Length: 9\r\n\r\nhalf");
        let mut client = client(address, request.as_bytes()).await;
        let (mut far, _) = origin.accept().await.unwrap();
        assert_eq!(all(&mut client).await, b"HTTP/1.0 408 Request Timeout\r\n\r\n");
        let mut got = Vec::new();
        let read = far.read_to_end(&mut got).await;
        assert!(read.is_err(), "half a body ended in order");
    })
    .await;
}

#[tokio::test]
async fn a_target_has_to_answer() {
    let patience = Patience { answer: SHORT, ..PATIENT };
    beside(ProxySpeech::Http, patience, |address| async move {
        let origin = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = origin.local_addr().unwrap().port();
        let request = format!("GET http://127.0.0.1:{port}/ HTTP/1.0\r\n\r\n");
        let mut client = client(address, request.as_bytes()).await;
        let (_far, _) = origin.accept().await.unwrap();
        assert_eq!(all(&mut client).await, b"HTTP/1.0 504 Gateway Timeout\r\n\r\n");
    })
    .await;
}

#[tokio::test]
async fn an_answer_has_to_go_on() {
    let patience = Patience { answer: SHORT, ..PATIENT };
    let failed = beside(ProxySpeech::Http, patience, |address| async move {
        let origin = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = origin.local_addr().unwrap().port();
        let request = format!("GET http://127.0.0.1:{port}/ HTTP/1.0\r\n\r\n");
        let mut client = client(address, request.as_bytes()).await;
        let (mut far, _) = origin.accept().await.unwrap();
        far.write_all(b"HTTP/1.0 200 OK\r\n\r\nhalf").await.unwrap();
        let mut got = Vec::new();
        assert!(client.read_to_end(&mut got).await.is_err(), "half an answer ended in order");
        assert!(got.ends_with(b"half"));
    })
    .await;
    assert!(matches!(&failed[..], [error] if error.contains("cut short")), "{failed:?}");
}

#[tokio::test]
async fn a_client_that_does_not_finish_is_left() {
    for (speaks, said) in [(ProxySpeech::Http, &b"nonsense\n"[..]), (ProxySpeech::Socks, b"\0")] {
        beside(speaks, PATIENT, |address| async move {
            let mut client = client(address, said).await;
            all(&mut client).await;
            // it says more after everything, until it is told that nobody is there
            while client.write_all(b"more").await.is_ok() {
                tokio::time::sleep(SHORT / 10).await;
            }
        })
        .await;
    }
}
