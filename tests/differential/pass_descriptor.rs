//! `-F`: the connected socket goes out over the Unix socket that is stdout, as ssh's
//! `ProxyUseFdpass` wants it. Both programs are held to the same.

use std::io::{IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::common::DEADLINE;
use crate::common::peer::{accept, tcp_listener};
use crate::common::process::{Output, Program, called};
use crate::original::OPENBSD;

fn passes_the_socket(program: &Path) {
    let directory = tempfile::tempdir().expect("a directory");
    let program = called(program, "nc.openbsd", directory.path());
    let (listener, port) = tcp_listener();
    let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
    ours.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    let mut running = Program::new(program)
        .args(["-vF", "127.0.0.1", &port.to_string()])
        .output(Output::Descriptor(theirs.into()))
        .start();
    let mut peer = accept(&listener);

    let mut byte = [1];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let got = recvmsg(&ours, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::empty());
    let length = got.map_or(0, |message| message.bytes);
    let passed: Vec<OwnedFd> = control
        .drain()
        .filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
            _ => None,
        })
        .flatten()
        .collect();
    running.succeeds();
    if (length, byte) != (1, [0]) || passed.len() != 1 {
        running
            .fail(&format!("{length} bytes {byte:?} and {} descriptors were passed", passed.len()));
    }
    assert!(String::from_utf8_lossy(&running.stderr).ends_with("succeeded!\n"));

    for descriptor in passed {
        let mut stream = TcpStream::from(descriptor);
        stream.set_nonblocking(false).expect("a blocking socket");
        stream.write_all(b"through the passed socket\n").expect("a connection that lives on");
        stream.shutdown(Shutdown::Write).expect("a half-close");
    }
    let mut seen = String::new();
    peer.read_to_string(&mut seen).expect("an orderly end");
    assert_eq!(seen, "through the passed socket\n");
}

#[test]
fn both_pass_the_socket() {
    match OPENBSD.beside_ours() {
        Ok(pair) => {
            passes_the_socket(&pair.real);
            passes_the_socket(&pair.ours);
        }
        Err(why) => println!("skipped: {why}"),
    }
}
