"""The scenarios of TLS. The ratio is to OpenSSL's own programs, s_client and s_server, not to a bare loop.

The other end of a handshake is Python's ssl, which is OpenSSL too: the same for every program. Certificates are made for
the run. Every program speaks TLS 1.3 as it is delivered, without tickets where it can be told so.
"""

import os
import resource
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable

from crowds import judged, served, spent
from measure import Cost, Sight
from netcats import CIPHERS, OPENSSL, Netcat
from scenarios import GIB, Failure, Outcome, Sample, Scenario, judge
from server import listens, most_descriptors
from stage import Stage

LISTENS_S = 5.0
PATIENCE_S = 10.0
GREETING = b"hello\n" * 8
# What is asked of openssl to make a key of each kind.
KEYS = {
    "ecdsa": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "rsa": ["-newkey", "rsa:2048"],
}


def identity(stage: Stage, kind: str) -> dict[str, str]:
    """The files of a certificate for localhost that signed itself, made when it is first asked for."""
    files = {"cert": stage.path(f"{kind}.pem"), "key": stage.path(f"{kind}.key")}
    if not os.path.exists(files["cert"]):
        subprocess.run(["openssl", "req", "-x509", *KEYS[kind], "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", files["key"], "-out", files["cert"]], check=True, capture_output=True)
    return files


def client_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def connected(port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    """A connection that is secured."""
    plain = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        return context.wrap_socket(plain)
    except (OSError, ssl.SSLError):
        plain.close()
        raise


def finish(link: ssl.SSLSocket) -> None:
    """Says that it was all, and waits until the server has said so: it has seen the whole handshake then."""
    try:
        link.unwrap().close()
    except (OSError, ssl.SSLError):  # one that just closes has seen it too
        link.close()


def ciphers(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """What encrypting and decrypting alone would take, one behind the other."""
    seconds = 0.0
    for way in ([], ["-decrypt"]):
        said = subprocess.run([*netcat.command(role), *way], check=True, capture_output=True, text=True).stdout
        rates = [line for line in said.splitlines() if line.startswith("+F:")]
        seconds += stage.size / float(rates[0].rsplit(":", 1)[1])
    return Sample(stage.size / seconds / 1e9, seconds * GIB / stage.size, 0)


def stream(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """producer | client, to a listener | consumer: from the first byte at the consumer until its last."""
    if netcat.name == CIPHERS:
        return ciphers(stage, netcat, role)
    port, files = stage.port(), identity(stage, "ecdsa")
    pipes = [os.pipe() for _ in range(2)]
    (from_producer, to_client), (from_listener, to_consumer) = pipes
    keeps = {"stdin": subprocess.PIPE} if netcat.needs_open_input else {}
    with stage.peer("consume", stdin=from_listener) as consumer, \
            stage.measured(netcat.command("tls_listen", port=port, **files), stdout=to_consumer, **keeps) as listener:
        os.close(from_listener)
        os.close(to_consumer)
        deadline = time.monotonic() + LISTENS_S
        while not listens(port) and time.monotonic() < deadline:
            time.sleep(0.005)
        with stage.measured(netcat.command("tls_send", port=port, **files), stdin=from_producer) as client, \
                stage.peer("produce", stage.size, stdout=to_client):
            os.close(from_producer)
            os.close(to_client)
            sent = client.cost()
            seen = consumer.sight()
        if not seen.count:
            return Failure(0, stage.size, stage.last_words() or "nothing arrived")
        took = listener.cost()
    both = Cost(sent.status or took.status, sent.signal or took.signal, sent.timed_out or took.timed_out, 0, 0,
                sent.cpu_s + took.cpu_s, max(sent.peak_kib, took.peak_kib))
    seconds = (seen.end_ns - seen.start_ns) / 1e9
    return judge(stage, both, seen, stage.size) or Sample(
        stage.size / seconds / 1e9, both.cpu_s * GIB / stage.size, both.peak_kib)


def handshakes(kind: str, count: int) -> Callable[[Stage, Netcat, str], Outcome]:
    """Clients one behind the other, each of which shakes hands and leaves. The processor's time is the server's, for
    each of them."""

    def play(stage: Stage, netcat: Netcat, role: str) -> Outcome:
        server, port = served(stage, netcat, role, **identity(stage, kind))
        context, done = client_context(), 0
        with server:
            before, start = server.load(), time.monotonic_ns()
            try:
                for _ in range(count):
                    finish(connected(port, context))
                    done += 1
            except (OSError, ssl.SSLError):
                pass
            end, after = time.monotonic_ns(), server.load()
            bad = judged(stage, server, Sight(done, start, end, 0), count)
        return bad or Sample(count / (end - start) * 1e9, spent(before, after) / count, after.own_kib)

    return play


def greet(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Says one line to one client, and ends."""
    try:
        plain, _ = listener.accept()
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with context.wrap_socket(plain, server_side=True) as link:
            link.sendall(GREETING)
            finish(link)
    except (OSError, ssl.SSLError):
        pass  # the client's account says what was wrong


def first_line(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """From exec until a verified server's first line has come; it closes then."""
    files = identity(stage, "ecdsa")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["cert"], files["key"])
    context.num_tickets = 0
    with socket.create_server(("127.0.0.1", stage.port())) as listener:
        listener.settimeout(PATIENCE_S)
        greeter = threading.Thread(target=greet, args=(listener, context))
        greeter.start()
        command = netcat.command(role, port=listener.getsockname()[1], **files)
        with stage.measured(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as measured:
            start = time.monotonic_ns()
            came = measured.taken(len(GREETING))
            end = time.monotonic_ns()
            measured.close_input()
            cost = measured.cost()
        greeter.join()
    if came != GREETING:
        return Failure(len(came), len(GREETING), cost.trouble or stage.last_words() or "short")
    return Sample((end - max(start, cost.start_ns)) / 1e6, cost.cpu_s, cost.peak_kib)


def idle(count: int) -> Callable[[Stage, Netcat, str], Outcome]:
    """A server's own memory for each client that has shaken hands and stays."""

    def play(stage: Stage, netcat: Netcat, role: str) -> Outcome:
        most_descriptors()
        server, port = served(stage, netcat, role, **identity(stage, "ecdsa"))
        context, links = client_context(), []
        with server:
            before = server.load()
            try:
                while len(links) < count:
                    links.append(connected(port, context))
            except (OSError, ssl.SSLError):
                pass
            time.sleep(1)  # until the last one is settled
            after = server.load()
            bad = judged(stage, server, Sight(len(links), 0, 0, 0), count)
            for link in links:
                link.close()
        return bad or Sample((after.own_kib - before.own_kib) / count, spent(before, after), after.own_kib)

    return play


def all_tls(quick: bool) -> list[Scenario]:
    """In the order of the report."""
    few = 100 if quick else 500
    return [
        Scenario("tls-stream", "producer | client over TLS to listener | consumer, both counted", "tls_stream", "GB/s",
                 stream, against=OPENSSL),
        *(Scenario(f"tls-handshakes-{kind}", f"handshakes of a listener, {words}; cpu: the server's, for each",
                   "tls_serve", "1/s", handshakes(kind, few), against=OPENSSL)
          for kind, words in (("ecdsa", "ECDSA P-256"), ("rsa", "RSA 2048"))),
        Scenario("tls-first-line", "a line from a server that is verified, exec to arrival", "tls_exchange", "ms",
                 first_line, more_is_better=False, times=4 if quick else 10, against=OPENSSL),
        Scenario("tls-idle", "memory for each of 1000 clients that only stay, at a broker", "tls_broker",
                 "KiB a client", idle(1000), more_is_better=False, once_is_enough=True, against="ncat"),
    ]
