//! The practice server over real sockets.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::limit::CONNECTIONS;
use super::{LabEnd, LabEvent, Refusal, Status, serve};

const DEADLINE: Duration = Duration::from_secs(20);

/// Runs `talk` against a server on a free port, which ends with it.
async fn with_server<T>(
    talk: impl AsyncFnOnce(SocketAddr, &mut mpsc::UnboundedReceiver<LabEvent>) -> T,
) -> T {
    with(false, talk).await
}

/// The same against one that says how it reads, where `explain` says so.
async fn with<T>(
    explain: bool,
    talk: impl AsyncFnOnce(SocketAddr, &mut mpsc::UnboundedReceiver<LabEvent>) -> T,
) -> T {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, mut events) = mpsc::unbounded_channel();
    let report = move |event| {
        let _ = sender.send(event);
    };
    tokio::select! {
        ended = serve(listener, explain, report) => panic!("the server ended: {ended:?}"),
        result = timeout(DEADLINE, talk(address, &mut events)) => result.expect("in time"),
    }
}

/// Sends all of `request`, says that it is all, and reads to the end.
async fn ask(address: SocketAddr, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_ref()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Reads one answer, which must have a Content-Length.
async fn one_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    loop {
        answer.push(stream.read_u8().await.unwrap());
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let (_, length) = head.split_once("Content-Length: ").unwrap();
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        if body.len() == length {
            return text.into_owned();
        }
    }
}

fn statuses(answers: &str) -> Vec<&str> {
    answers.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")).collect()
}

#[tokio::test]
async fn the_four_calls_of_the_lesson() {
    with_server(async |address, events| {
        let hello = ask(address, "GET /hello HTTP/1.1\n\n").await;
        assert_eq!(statuses(&hello), ["200 OK"]);
        assert!(hello.ends_with("by hand.\n"), "{hello}");

        let refused = ask(address, "GET /login  HTTP/1.1\n\n").await;
        assert_eq!(statuses(&refused), ["405 Method Not Allowed"]);
        assert!(refused.contains("\r\nAllow: POST, OPTIONS\r\n"), "{refused}");

        let login = "POST /login HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\
                     Content-Length: 34\n\nusername=student&password=welcome\n";
        let welcome = ask(address, login).await;
        assert_eq!(statuses(&welcome), ["200 OK"]);
        assert!(welcome.contains("Welcome, student!"), "{welcome}");

        let json = "{\"id\": 5150, \"name\": \"student\"}\n";
        let save = format!(
            "POST /save HTTP/1.1\nContent-Type: application/json\nContent-Length: 32\n\n{json}"
        );
        let saved = ask(address, &save).await;
        assert_eq!(statuses(&saved), ["200 OK"]);
        assert!(saved.contains("\r\nContent-Type: application/json\r\n"), "{saved}");
        assert!(saved.ends_with(&format!("\r\n\r\n{json}")), "{saved}");

        let mut answered = Vec::new();
        while answered.len() < 4 {
            if let LabEvent::Answered { method, target, status, .. } = events.recv().await.unwrap()
            {
                let words = [method, target].map(|word| String::from_utf8(word).unwrap());
                answered.push(format!("{} {}", words.join(" "), status.code()));
            }
        }
        assert_eq!(
            answered,
            ["GET /hello 200", "GET /login 405", "POST /login 200", "POST /save 200"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_connection_is_kept_until_close_is_asked_for() {
    with_server(async |address, events| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        for _ in 0..3 {
            stream.write_all(b"GET /hello HTTP/1.1\r\n\r\n").await.unwrap();
            let answer = one_answer(&mut stream).await;
            assert_eq!(statuses(&answer), ["200 OK"]);
            assert!(!answer.contains("Connection:"), "{answer}");
        }
        let old = b"HEAD /hello HTTP/1.0\nConnection: keep-alive\n\nGET /hello HTTP/1.0\n\n";
        stream.write_all(old).await.unwrap();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.unwrap();
        assert_eq!(statuses(&rest), ["200 OK", "200 OK"]);
        let (kept, last) = rest.split_once("\r\n\r\n").unwrap();
        assert!(kept.ends_with("\r\nConnection: keep-alive"), "{rest}");
        assert!(last.starts_with("HTTP/1.1"), "a HEAD has no body: {rest}");
        assert!(last.contains("\r\nConnection: close\r\n"), "{rest}");
        drop(stream);
        loop {
            if let LabEvent::Closed { how, .. } = events.recv().await.unwrap() {
                assert!(matches!(how, LabEnd::LastAnswer), "{how:?}");
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    with_server(async |address, _| {
        let requests = "GET /hello HTTP/1.1\n\nGET /login HTTP/1.1\n\nGET /nothing HTTP/1.1\n\n\
                        POST /save HTTP/1.1\nContent-Type: application/json\n\
                        Transfer-Encoding: chunked\n\n2\n[1\n2\n]\n\n0\n\n\
                        GET /hello HTTP/3\n\nGET /hello HTTP/1.1\n\n";
        let answers = ask(address, requests).await;
        assert_eq!(
            statuses(&answers),
            [
                "200 OK",
                "405 Method Not Allowed",
                "404 Not Found",
                "200 OK",
                "505 HTTP Version Not Supported"
            ]
        );
        assert!(answers.contains("\r\n\r\n[1]\nHTTP/1.1 505"), "{answers}");
    })
    .await;
}

#[tokio::test]
async fn a_body_is_sent_after_continue() {
    with_server(async |address, _| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = b"POST /save HTTP/1.1\nContent-Type: application/json\n\
                     Content-Length: 2\nExpect: 100-continue\nConnection: close\n\n";
        stream.write_all(head).await.unwrap();
        let mut interim = [0; 25];
        stream.read_exact(&mut interim).await.unwrap();
        assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(b"{}").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n{}"), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn unread_bytes_do_not_take_the_last_answer_away() {
    with_server(async |address, events| {
        // The body is refused by its length and never read as a body; without lingering, closing
        // would reset the connection while the client still sends.
        let mut request = b"POST /save HTTP/1.1\nContent-Length: 4194304\n\n".to_vec();
        request.resize(request.len() + 4_194_304, b'x');
        let answer = ask(address, &request).await;
        assert_eq!(statuses(&answer), ["413 Content Too Large"]);
        assert!(answer.ends_with("The body is too large\n"), "{answer}");
        loop {
            if let LabEvent::Refused { refusal, .. } = events.recv().await.unwrap() {
                assert_eq!(refusal, Refusal::BodyTooLarge);
                assert_eq!(refusal.status(), Status::ContentTooLarge);
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_large_body_comes_back_whole() {
    with_server(async |address, _| {
        let json = format!("[\"{}\"]", "a".repeat(1_000_000));
        let request = format!(
            "POST /save HTTP/1.1\nContent-Type: application/json\nContent-Length: {}\n\n{json}",
            json.len()
        );
        let answer = ask(address, &request).await;
        assert_eq!(statuses(&answer), ["200 OK"]);
        assert!(answer.ends_with(&json));
    })
    .await;
}

#[tokio::test]
async fn accepting_pauses_when_full_and_goes_on() {
    with_server(async |address, events| {
        let mut silent = Vec::new();
        let mut accepted = 0;
        for _ in 0..CONNECTIONS {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        loop {
            match events.recv().await.unwrap() {
                LabEvent::Accepted { .. } => accepted += 1,
                LabEvent::Full { connections } => {
                    assert_eq!((accepted, connections), (CONNECTIONS, CONNECTIONS));
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        // The kernel takes this one; the server does so only when a place is free.
        let mut late = TcpStream::connect(address).await.unwrap();
        late.write_all(b"GET /hello HTTP/1.0\n\n").await.unwrap();
        // A client that is already in is served in spite of all the silent ones.
        let first = &mut silent[0];
        first.write_all(b"GET /hello HTTP/1.1\n\n").await.unwrap();
        assert_eq!(statuses(&one_answer(first).await), ["200 OK"]);
        let mut byte = [0];
        assert_eq!(late.try_read(&mut byte).unwrap_err().kind(), ErrorKind::WouldBlock);
        silent.pop();
        let mut answer = String::new();
        late.read_to_string(&mut answer).await.unwrap();
        assert_eq!(statuses(&answer), ["200 OK"]);
    })
    .await;
}

#[tokio::test]
async fn it_says_how_it_read_each_line() {
    let explained = |answer: &str| {
        let lines = answer.lines().filter_map(|line| line.strip_prefix("Explain: "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    with(true, async |address, events| {
        let save = "\nPOST /save HTTP/1.1\nContent-Type: application/json\nX-\x1b[2J: a\x1bb\n\n";
        let answer = ask(address, save).await;
        assert_eq!(statuses(&answer), ["400 Bad Request"]);
        let said = [
            "an empty line before the request was passed over",
            "line 1: the method POST, the target /save, the version HTTP/1.1",
            "line 2: the header Content-Type with the value application/json: what the body is",
            "line 3 has a character before its colon that no name has: reading headers stopped here",
        ];
        assert_eq!(explained(&answer), said);
        assert!(!answer.contains('\x1b'), "{answer}");

        let login = "POST /login HTTP/1.1\nContent-Length: 34\nUser-Agent: \x07me\n\nxx\n";
        let answer = ask(address, login.replace('\x07', "")).await;
        assert_eq!(statuses(&answer), ["400 Bad Request"]);
        assert_eq!(
            explained(&answer)[1..],
            [
                "line 2: the header Content-Length with the value 34: the body has so many bytes",
                "line 3: the header User-Agent with the value me: this server does not look at it",
                "line 4 is empty: the headers end here, and a body of 34 bytes follows",
                "reading stopped in the body",
            ]
        );

        let cut = ask(address, "GET  /hello HTTP/1.0\nHost x\n\n").await;
        let said = explained(&cut);
        assert_eq!(
            said,
            [
                "line 1: the method GET, the target /hello, the version HTTP/1.0 (more than one \
                 blank between or around them: other servers may refuse that)",
                "line 2 has no colon: reading headers stopped here",
            ]
        );
        let mut reported = Vec::new();
        while reported.len() < 3 {
            if let LabEvent::Explained { sentences, .. } = events.recv().await.unwrap() {
                reported.push(sentences);
            }
        }
        assert_eq!(reported[2], said);

        let hello = ask(address, "GET /hello HTTP/1.1\nConnection: close\n\n").await;
        assert!(hello.ends_with("by hand.\n"), "{hello}");
        assert_eq!(
            explained(&hello)[2..],
            [
                "line 3 is empty: the headers end here, and nothing says how long a body is, so \
                 there is none",
                "the request is complete; this server closes after its answer",
            ]
        );
        let two = ask(address, "GET /hello HTTP/1.1\n\nGET /hello HTTP/1.1\n\n").await;
        let (first, second) = two.split_at(two.rfind("HTTP/1.1 200").unwrap());
        assert_eq!(explained(first), explained(second));
    })
    .await;
    let plain = with_server(async |address, _| ask(address, "GET / HTTP/1.1\n\n").await).await;
    assert!(!plain.contains("Explain"), "{plain}");
}
