//! `--tls` over UDP: with the feature `dtls` both sides speak DTLS 1.2, without it one line says so.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "what is skipped is said")]

mod common;

use common::process::Program;
use common::under_test;

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

#[cfg(not(feature = "dtls"))]
#[test]
fn without_the_feature_one_line_says_so() {
    eprintln!("skipped: all else about DTLS, as this is built without the feature dtls");
    for args in [
        &["-u", "--tls", "--insecure", "127.0.0.1", "9"][..],
        &["dtls://127.0.0.1:9", "--insecure"],
        &["-lu", "--tls", "127.0.0.1", "0"],
    ] {
        let mut running = nc(args).start();
        assert_eq!(running.wait_end(), "exit 1", "{}", running.report());
        assert_eq!(running.said(), "nc: built without DTLS\n", "{}", running.report());
    }
}

#[cfg(feature = "dtls")]
mod with {
    use std::net::UdpSocket;
    use std::process::{Command, Stdio};
    use std::thread;
    use std::time::{Duration, Instant};

    use rcgen::{CertificateParams, KeyPair};

    use super::common::authority::{Authority, Files, Identity, Leaf};
    use super::common::postman::{Postman, To};
    use super::common::process::{Input, Program};
    use super::common::running::Running;
    use super::common::{DEADLINE, may_skip, pattern};
    use super::nc;

    /// The largest message (RFC 6347, section 4.1).
    const LARGEST: usize = 16_384;

    /// Certificates that signed themselves, for localhost, with either kind of key.
    fn both_kinds() -> [(&'static str, Identity); 2] {
        let names = || vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let identity = |key: KeyPair| {
            let params = CertificateParams::new(names()).unwrap();
            let chain = vec![params.self_signed(&key).unwrap().der().to_vec()];
            Identity { chain, key: key.serialize_der() }
        };
        let rsa = openssl::rsa::Rsa::generate(2048).unwrap();
        let rsa = openssl::pkey::PKey::from_rsa(rsa).unwrap().private_key_to_pkcs8().unwrap();
        let rsa = KeyPair::try_from(rsa.as_slice()).unwrap();
        [("RSA", identity(rsa)), ("ECDSA", identity(KeyPair::generate().unwrap()))]
    }

    /// A server's certificate for localhost, and the file of who signed it.
    fn certificates() -> (Files, [String; 4], String) {
        let files = Files::new();
        let root = Authority::root("the root");
        let identity = root.sign(&Leaf::of(&["localhost", "127.0.0.1"]));
        let (shown, root) = (files.identity("own", &identity), files.authority("root", &root));
        (files, shown, root)
    }

    fn listener(args: &[&str], shown: &[String]) -> (Running, u16) {
        let program = nc(&["-lunv", "--tls"]).args(args).args(shown).args(["127.0.0.1", "0"]);
        let mut running = program.input(Input::Pipe).start();
        let port = running.bound_port();
        (running, port)
    }

    fn client(args: &[&str], port: u16) -> Running {
        let target = format!("dtls://localhost:{port}");
        nc(args).args([target]).input(Input::Pipe).start()
    }

    /// One says something until the other has heard it: who answers a handshake is not ready before
    /// it is done.
    fn says(from: &mut Running, to: &mut Running, words: &str) {
        from.feed(words.as_bytes());
        let heard = |to: &Running| String::from_utf8_lossy(&to.stdout).contains(words.trim_end());
        if !to.wait_for(DEADLINE, heard) {
            to.fail(&format!("{words:?} was not heard; who said it: {}", from.report()));
        }
    }

    fn has(program: &str) -> bool {
        let found = Command::new(program)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok();
        assert!(found || may_skip(), "{program} is not installed");
        if !found {
            eprintln!("skipped: {program} is not installed");
        }
        found
    }

    fn socket() -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        socket
    }

    fn port(socket: &UdpSocket) -> u16 {
        socket.local_addr().unwrap().port()
    }

    /// What was asked for by name is not left out in silence.
    #[test]
    fn secrets_that_cannot_be_written_end_the_run() {
        let (_files, shown, root) = certificates();
        let (mut server, port) = listener(&["-k"], &shown);
        let full = ["--cafile", &root, "--keylog", "/dev/full"];
        let mut visitor = client(&full, port);
        assert_eq!(visitor.wait_end(), "exit 1", "{}", visitor.report());
        assert_eq!(visitor.said(), "nc: /dev/full: No space left on device\n");

        let (mut writer, port) = listener(&["-k", "--keylog", "/dev/full"], &shown);
        let _visitor = client(&["--cafile", &root], port);
        writer.wait_line("nc: 127.0.0.1");
        assert!(
            writer.said().contains("/dev/full: No space left on device"),
            "{}",
            writer.report()
        );
        for program in [&mut server, &mut writer] {
            program.end_input();
        }
    }

    #[test]
    fn a_server_must_have_the_key_of_its_certificate() {
        let (_files, shown, root) = certificates();
        let (_server, port) = listener(&["-k"], &shown);
        // the last bytes of a ServerKeyExchange (12) are its signature
        let postman = Postman::to(port, |to, datagram| {
            let mut datagram = datagram.to_vec();
            let mut record = 0;
            while let Some([kind, .., high, low, message]) = datagram.get(record..record + 14) {
                let end = record + 13 + usize::from(u16::from_be_bytes([*high, *low]));
                if to == To::Client && (*kind, *message) == (22, 12) && end <= datagram.len() {
                    datagram[end - 1] ^= 1;
                }
                record = end;
            }
            vec![datagram]
        });
        let mut client = client(&["--cafile", &root], postman.port);
        assert_eq!(client.wait_end(), "exit 15", "{}", client.report());
        assert_eq!(
            client.said(),
            "nc: the certificate of localhost is not trusted: it belongs to somebody else, for the \
             peer does not have its key\n"
        );
    }

    #[test]
    fn openssl_is_understood_in_both_roles_with_both_kinds_of_key() {
        if !has("openssl") {
            return;
        }
        for (kind, identity) in both_kinds() {
            let files = Files::new();
            let shown = files.identity("own", &identity);
            let [_, certificate, _, key] = &shown;

            let (mut ours, port) = listener(&[], &shown);
            let at = format!("127.0.0.1:{port}");
            let mut theirs = Program::new("openssl")
                .args(["s_client", "-dtls", "-connect", &at, "-CAfile", certificate])
                .args(["-verify_return_error", "-verify_hostname", "localhost"])
                .input(Input::Pipe)
                .start();
            says(&mut theirs, &mut ours, "hello to ours\n");
            says(&mut ours, &mut theirs, "hello to theirs\n");
            ours.wait_line("nc: DTLSv1.2, TLS_ECDHE_");
            assert!(ours.said().contains(kind), "{}", ours.report());
            // it says that it leaves, and our input is at its end then
            ours.end_input();
            theirs.feed(b"Q\n");
            ours.succeeds();

            let mut theirs = Program::new("openssl")
                .args(["s_server", "-dtls", "-accept", "127.0.0.1:0"])
                .args(["-cert", certificate, "-key", key])
                .input(Input::Pipe)
                .start();
            let accepts = |p: &Running| {
                let said = String::from_utf8_lossy(&p.stdout).into_owned();
                let line = said.lines().find_map(|line| line.strip_prefix("ACCEPT 127.0.0.1:"));
                line.and_then(|port| port.trim().parse::<u16>().ok())
            };
            assert!(theirs.wait_for(DEADLINE, |p| accepts(p).is_some()), "{}", theirs.report());
            let port = accepts(&theirs).unwrap();
            let mut ours = client(&["-v", "--cafile", certificate], port);
            says(&mut ours, &mut theirs, "hello to theirs\n");
            says(&mut theirs, &mut ours, "hello to ours\n");
            assert!(ours.said().contains("verified, as localhost"), "{}", ours.report());
            assert!(ours.said().contains(kind), "{}", ours.report());
        }
    }

    #[test]
    fn ncat_is_understood() {
        if !has("ncat") {
            return;
        }
        for (_, identity) in both_kinds() {
            let files = Files::new();
            let shown = files.identity("own", &identity);
            let (mut ours, port) = listener(&[], &shown);
            let mut theirs = Program::new("ncat")
                .args(["--ssl", "--udp", "--ssl-verify", "--ssl-trustfile", &shown[1]])
                .args(["localhost", &port.to_string()])
                .input(Input::Pipe)
                .start();
            says(&mut theirs, &mut ours, "hello to ours\n");
            says(&mut ours, &mut theirs, "hello to theirs\n");
        }
    }

    #[test]
    fn who_leaves_says_so_and_the_other_leaves_too() {
        for (_, identity) in both_kinds() {
            let files = Files::new();
            let shown = files.identity("own", &identity);
            let (mut ours, port) = listener(&[], &shown);
            let mut theirs = client(&["-q0", "--cafile", &shown[1]], port);
            says(&mut theirs, &mut ours, "to the listener\n");
            says(&mut ours, &mut theirs, "to the client\n");
            ours.end_input();
            theirs.end_input();
            theirs.succeeds();
            ours.succeeds();
            assert_eq!(ours.stdout, b"to the listener\n");
            assert_eq!(theirs.stdout, b"to the client\n");
        }
    }

    #[test]
    fn messages_stay_messages() {
        let (_files, shown, root) = certificates();
        let server = socket();
        let inner = format!("127.0.0.1:{}", port(&server));
        let (_far, at) = listener(&["-k", "-L", &inner], &shown);
        let outer = format!("dtls://127.0.0.1:{at}");
        let mut near = nc(&["-lunvk", "--cafile", &root, "-L", &outer, "127.0.0.1", "0"]).start();
        let client = socket();
        client.connect(("127.0.0.1", near.bound_port())).unwrap();

        let mut bytes = vec![0; 1 << 16];
        for size in [1, 2, 1200, 9000, LARGEST] {
            client.send(&pattern(size)).unwrap();
            let (count, from) = server.recv_from(&mut bytes).expect("a message");
            assert!(bytes[..count] == pattern(size), "{count} bytes of {size}");
            server.send_to(&pattern(size), from).unwrap();
            let count = client.recv(&mut bytes).expect("an answer");
            assert!(bytes[..count] == pattern(size), "{count} bytes of {size}");
        }
        // two in a row are two
        client.send(b"one").unwrap();
        client.send(b"two").unwrap();
        for word in [b"one", b"two"] {
            let count = server.recv(&mut bytes).expect("a message");
            assert_eq!(&bytes[..count], word);
        }
        // one that cannot be sent whole is not sent in pieces
        client.send(&pattern(LARGEST + 1)).unwrap();
        near.wait_line(&format!("nc: 127.0.0.1:{}: ", port(&client)));
        assert!(near.said().contains("Message too long"), "{}", near.report());
    }

    #[test]
    fn a_long_input_is_cut_to_messages_that_fit() {
        let (_files, shown, root) = certificates();
        let (mut ours, port) = listener(&[], &shown);
        let theirs = client(&["--cafile", &root], port);
        theirs.feed(&pattern(3 * LARGEST));
        ours.wait_stdout(3 * LARGEST);
        assert!(ours.stdout == pattern(3 * LARGEST));
    }

    #[test]
    fn who_is_not_believed_is_told_apart_with_status_15() {
        let (files, shown, root) = certificates();
        let other = files.authority("other", &Authority::root("another root"));
        let (mut ours, port) = listener(&["-k"], &shown);
        let tried = |args: &[&str]| {
            let mut running = client(args, port);
            running.feed(b"a secret\n");
            let status = running.wait_end();
            assert!(running.stdout.is_empty(), "{}", running.report());
            (status, running.said())
        };
        let untrusted = |args: &[&str], words: &str| {
            let (status, said) = tried(args);
            assert_eq!(status, "exit 15", "{said}");
            assert!(said.contains(words), "{said}");
        };
        let root = root.as_str();
        untrusted(&["--cafile", &other], "it is signed by CN=the root, which nobody here trusts");
        untrusted(
            &["--cafile", root, "--tls-name", "example.org"],
            "it is for localhost, 127.0.0.1, and example.org was asked for",
        );
        let pin = format!("sha256//{}=", "A".repeat(43));
        untrusted(&["--pin", &pin], "it is not the one that was pinned");
        untrusted(&[], "nobody here trusts");
        // nothing was said before it was clear to whom
        let mut good = client(&["--cafile", root], port);
        says(&mut good, &mut ours, "to whom it may concern\n");
        assert_eq!(ours.stdout, b"to whom it may concern\n");
    }

    #[test]
    fn a_certificate_made_for_the_run_is_trusted_by_its_pin() {
        let (mut ours, port) = listener(&[], &[]);
        let line = ours.wait_line("nc: a client trusts it by --pin ");
        let pin = line.rsplit(' ').next().unwrap().to_owned();
        let mut theirs = client(&["-v", "--pin", &pin], port);
        says(&mut theirs, &mut ours, "hello\n");
        theirs.wait_line("nc: verified, by its pin alone");
    }

    #[test]
    fn clients_are_asked_for_a_certificate_where_one_is_required() {
        let (files, shown, root) = certificates();
        let (mut ours, port) = listener(&["-k", "--require-client-cert", &root], &shown);
        let mut nobody = client(&["--cafile", &root], port);
        // what TLS 1.2 has for it is an alert that says no more
        assert_eq!(nobody.wait_end(), "exit 14", "{}", nobody.report());
        assert!(nobody.said().contains("(--cert)"), "{}", nobody.report());
        ours.wait_line("nc: 127.0.0.1:");
        assert!(ours.said().contains("the peer did not show a certificate"), "{}", ours.report());
        let stranger = Authority::root("another root").sign(&Leaf::of(&["stranger"]));
        let stranger = files.identity("stranger", &stranger);
        let args: Vec<&str> = stranger.iter().map(String::as_str).collect();
        let mut stranger = client(&[&["--cafile", &root], args.as_slice()].concat(), port);
        assert_eq!(stranger.wait_end(), "exit 15", "{}", stranger.report());
        let args: Vec<&str> = shown.iter().map(String::as_str).collect();
        let mut known = client(&[&["--cafile", &root], args.as_slice()].concat(), port);
        says(&mut known, &mut ours, "hello\n");
        assert_eq!(ours.stdout, b"hello\n");
        let said = ours.said();
        assert!(said.contains("the client's certificate is not trusted"), "{said}");
        assert!(said.contains("nc: verified, whatever its name"), "{said}");
    }

    /// The messages of a handshake in a datagram, by their numbers; 254 is what is encrypted, 255
    /// the change to that.
    fn contents(mut datagram: &[u8]) -> Vec<u8> {
        let mut found = Vec::new();
        while let Some((header, rest)) = datagram.split_first_chunk::<13>() {
            let length = usize::from(u16::from_be_bytes([header[11], header[12]]));
            found.push(match (header[0], header[4]) {
                (20, _) => 255,
                (22, 0) => rest[0],
                _ => 254,
            });
            datagram = rest.get(length..).unwrap_or_default();
        }
        found
    }

    #[test]
    fn whatever_is_lost_of_a_handshake_is_said_again() {
        let (_files, shown, root) = certificates();
        let lost = [
            (To::Server, 1, "the first hello"),
            (To::Client, 3, "the request for a cookie"),
            (To::Client, 2, "the server's hello"),
            (To::Client, 14, "the end of the server's hello"),
            (To::Server, 16, "the client's key"),
            (To::Client, 255, "the server's end of the handshake"),
        ];
        thread::scope(|scope| {
            for (to, message, what) in lost {
                let (shown, root) = (&shown, &root);
                scope.spawn(move || {
                    let (mut ours, port) = listener(&[], shown);
                    let mut dropped = false;
                    let (tell, told) = std::sync::mpsc::channel();
                    let postman = Postman::to(port, move |direction, datagram| {
                        let is_it = direction == to && contents(datagram).contains(&message);
                        if is_it && !std::mem::replace(&mut dropped, true) {
                            let _ = tell.send(());
                            return Vec::new();
                        }
                        vec![datagram.to_vec()]
                    });
                    let begun = Instant::now();
                    let mut theirs = client(&["--cafile", root], postman.port);
                    says(&mut theirs, &mut ours, "hello\n");
                    says(&mut ours, &mut theirs, "hello to you\n");
                    assert!(told.try_recv().is_ok(), "{what} was never sent");
                    // the library's first patience
                    assert!(begun.elapsed() > Duration::from_millis(900), "{what}");
                    assert_eq!(ours.stdout, b"hello\n", "{what}");
                });
            }
        });
    }

    /// Records that anybody can write, in a run of numbers that no honest one has yet.
    fn forged() -> Vec<Vec<u8>> {
        let record = |kind: u8, epoch: u8, body: &[u8]| {
            let length = u16::try_from(body.len()).unwrap().to_be_bytes();
            [&[kind, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 99][..], &length, body].concat()
        };
        vec![
            b"no DTLS at all, but long enough to be some of it".to_vec(),
            vec![7],
            record(22, 0, &[9; 40]),
            record(20, 0, &[1]),
            record(23, 0, b"in plain text"),
            record(23, 1, &[5; 60]),
            record(23, 1, &[5; 3]),
            record(23, 1, &[]),
            record(21, 1, &[5; 26]),
            record(22, 1, &[5; 23]),
            record(99, 1, &[1; 40]),
            [record(23, 1, &[5; 60]), record(23, 2, &[5; 1])].concat(),
            record(23, 1, &[5; 60])[..30].to_vec(),
        ]
    }

    #[test]
    fn forged_datagrams_are_not_heard_and_end_nothing() {
        let (_files, shown, root) = certificates();
        let (mut ours, port) = listener(&[], &shown);
        // from others, before anybody came
        for datagram in forged() {
            socket().send_to(&datagram, ("127.0.0.1", port)).unwrap();
        }
        ours.wait_lines("nc: 127.0.0.1:", 1);
        // and in the middle, as if the peer had sent them
        let postman = Postman::to(port, |_, datagram| {
            let honest = vec![datagram.to_vec()];
            if contents(datagram) == [254] { [forged(), honest, forged()].concat() } else { honest }
        });
        let mut theirs = client(&["--cafile", &root], postman.port);
        let mut both = String::new();
        for round in 0..5 {
            let words = format!("round {round}\n");
            says(&mut theirs, &mut ours, &words);
            says(&mut ours, &mut theirs, &words);
            both += &words;
        }
        assert_eq!(ours.stdout, both.as_bytes(), "{}", ours.report());
        assert_eq!(theirs.stdout, both.as_bytes(), "{}", theirs.report());
    }

    #[test]
    fn each_client_has_a_program_of_its_own() {
        let (_files, shown, root) = certificates();
        let (mut ours, port) = listener(&["-k", "-e", "sed -u s/^/yours:/"], &shown);
        let mut clients: Vec<_> =
            (0..4).map(|_| client(&["-q0", "--cafile", &root], port)).collect();
        for (number, client) in clients.iter_mut().enumerate() {
            client.feed(format!("{number}\n").as_bytes());
        }
        for (number, client) in clients.iter_mut().enumerate() {
            client.wait_stdout(8);
            assert_eq!(client.stdout, format!("yours:{number}\n").as_bytes());
            client.end_input();
            client.succeeds();
        }
        // who leaves says so, which ends its program
        ours.wait_lines("Connection received on ", 4);
    }

    #[test]
    fn all_at_once_share_our_streams() {
        let (_files, shown, root) = certificates();
        let (mut ours, port) = listener(&["-k"], &shown);
        let mut first = client(&["--cafile", &root], port);
        says(&mut first, &mut ours, "the first\n");
        let mut second = client(&["--cafile", &root], port);
        says(&mut second, &mut ours, "the second\n");
        ours.feed(b"to both\n");
        for client in [&mut first, &mut second] {
            client.wait_stdout(8);
            assert_eq!(client.stdout, b"to both\n");
        }
        drop(first);
        says(&mut second, &mut ours, "the second again\n");
    }

    /// The first message of a client.
    fn hello() -> Vec<u8> {
        let server = socket();
        let _client = client(&["--insecure"], port(&server));
        let mut bytes = vec![0; 1 << 16];
        let count = server.recv(&mut bytes).expect("a hello");
        bytes.truncate(count);
        bytes
    }

    #[test]
    fn one_client_is_the_first_who_finishes_its_handshake() {
        let (_files, shown, root) = certificates();
        let (mut ours, port) = listener(&[], &shown);
        let silent = socket();
        silent.send_to(&hello(), ("127.0.0.1", port)).unwrap();
        let mut answer = [0; 2000];
        let count = silent.recv(&mut answer).expect("a request for a cookie");
        assert_eq!(contents(&answer[..count]), [3]);
        assert!(count < 100, "{count} bytes for an address that may be somebody else's");
        let mut theirs = client(&["--cafile", &root], port);
        says(&mut theirs, &mut ours, "hello\n");
        // the door is shut behind it
        let late = client(&["--cafile", &root], port);
        late.feed(b"too late\n");
        says(&mut theirs, &mut ours, "hello again\n");
        assert_eq!(ours.stdout, b"hello\nhello again\n");
    }

    #[test]
    fn hellos_that_nobody_stands_behind_keep_nobody_out() {
        let (_files, shown, root) = certificates();
        let (mut ours, port) = listener(&["-k"], &shown);
        let hello = hello();
        let senders: Vec<_> = (0..600).map(|_| socket()).collect();
        for (index, sender) in senders.iter().enumerate() {
            sender.send_to(&hello, ("127.0.0.1", port)).unwrap();
            if index % 50 == 49 {
                // the kernel keeps only so many for it
                let mut answer = [0; 2000];
                sender.recv(&mut answer).expect("a request for a cookie");
            }
        }
        let mut theirs = client(&["--cafile", &root], port);
        says(&mut theirs, &mut ours, "hello\n");
    }

    #[test]
    fn a_server_that_does_not_answer_is_given_up_in_time() {
        let silent = socket();
        let mut theirs = client(&["-w1", "--insecure"], port(&silent));
        assert_eq!(theirs.wait_end(), "exit 12", "{}", theirs.report());
        let lasted = theirs.lasted();
        assert!(lasted > Duration::from_millis(900), "{lasted:?}");
        assert!(theirs.said().contains("TLS handshake"), "{}", theirs.report());
        drop(silent);
    }

    #[test]
    fn what_does_not_go_over_datagrams_is_refused() {
        for (args, words) in [
            (&["--starttls", "smtp", "-u", "127.0.0.1", "9"][..], "STARTTLS begins in a stream"),
            (&["-u", "tls://127.0.0.1:9"], "dtls://HOST:PORT"),
            (&["--sctp", "dtls://127.0.0.1:9"], "they are two protocols"),
            (&["--tls-min", "1.3", "dtls://127.0.0.1:9"], "leave nothing to speak"),
            (&["-x", "127.0.0.1:1", "dtls://127.0.0.1:9"], "a proxy carries TCP"),
            (&["-L", "tls://127.0.0.1:9", "-lu", "0"], "127.0.0.1:9"),
        ] {
            let mut running = nc(args).start();
            assert_eq!(running.wait_end(), "exit 1", "{}", running.report());
            assert!(running.said().contains(words), "{}", running.report());
        }
    }
}
