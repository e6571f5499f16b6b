"""The scenarios of servers: many clients at once, from one process of crowd.c."""

import os
import subprocess
import time
from collections.abc import Callable

from measure import Peer, Sight
from netcats import Netcat
from scenarios import Failure, Outcome, Sample, Scenario
from server import Load, Server
from stage import MIB, Stage

AT_ONCE = 64
BURST = 128
IDLE_S = 2.0


def served(stage: Stage, netcat: Netcat, role: str, **words: object) -> tuple[Server, int]:
    port = stage.port()
    with open(stage.path("stderr"), "wb") as said:
        return Server(netcat.command(role, port=port, **words), port, said, netcat.needs_open_input), port


def judged(stage: Stage, server: Server, seen: Sight, wanted: int) -> Failure | None:
    if seen.count == wanted and not seen.error and server.is_running():
        return None
    reason = os.strerror(seen.error) if seen.error else "short" if server.is_running() else "the server ended"
    return Failure(seen.count, wanted, ", ".join(filter(None, [reason, stage.last_words()])))


def spent(before: Load, after: Load) -> float:
    return after.cpu_s - before.cpu_s


def crowd(stage: Stage, *words: object, **streams) -> Peer:
    return Peer(stage.tools["crowd"], stage.limit_s, *words, **streams)


def rate(count: int, echo: bool) -> Callable[[Stage, Netcat, str], Outcome]:
    """Connections a second, each with a line, a number of them at a time."""

    def play(stage: Stage, netcat: Netcat, role: str) -> Outcome:
        server, port = served(stage, netcat, role)
        with server:
            before = server.load()
            with crowd(stage, "rate", port, count, AT_ONCE, int(echo)) as clients:
                seen = clients.sight(stage.limit_s)
            after = server.load()
            bad = judged(stage, server, seen, count)
        return bad or Sample(count / (seen.end_ns - seen.start_ns) * 1e9, spent(before, after), after.own_kib)

    return play


def burst(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """Clients that come at one moment: a lost SYN is sent again after a second."""
    server, port = served(stage, netcat, role)
    with server:
        before = server.load()
        with crowd(stage, "burst", port, BURST) as clients:
            seen = clients.sight(stage.limit_s)
        after = server.load()
        bad = judged(stage, server, seen, BURST)
    return bad or Sample((seen.end_ns - seen.start_ns) / 1e6, spent(before, after), after.own_kib)


def fan(receivers: int) -> Callable[[Stage, Netcat, str], Outcome]:
    """What one client of a broker sends, at all others: bytes delivered a second."""

    def play(stage: Stage, netcat: Netcat, role: str) -> Outcome:
        size = max(stage.size // receivers, MIB // 4)
        server, port = served(stage, netcat, role)
        with server:
            before = server.load()
            with crowd(stage, "fan", port, receivers, size) as clients:
                seen = clients.sight(stage.limit_s)
            after = server.load()
            bad = judged(stage, server, seen, size * receivers)
        seconds = max(seen.end_ns - seen.start_ns, 1) / 1e9
        return bad or Sample(seen.count / seconds / 1e9, spent(before, after), after.own_kib)

    return play


def idle(count: int, quiet: bool) -> Callable[[Stage, Netcat, str], Outcome]:
    """Clients that only stay: the server's memory for each, or its processor time while nothing happens."""

    def play(stage: Stage, netcat: Netcat, role: str) -> Outcome:
        server, port = served(stage, netcat, role)
        with server:
            before = server.load()
            with crowd(stage, "hold", port, count, stdin=subprocess.PIPE) as clients:
                seen = clients.sight(stage.limit_s)
                deadline = time.monotonic() + 10  # until all are accepted, nothing can be told
                while True:
                    now = server.load()
                    time.sleep(0.2)
                    after = server.load()
                    if now == after or time.monotonic() > deadline:
                        break
                if quiet:
                    time.sleep(IDLE_S)
                    value = (server.load().cpu_s - after.cpu_s) / IDLE_S * 1e3
                else:
                    value = (after.own_kib - before.own_kib) / count
                bad = judged(stage, server, seen, count)
                clients.close_input()
        return bad or Sample(value, spent(before, after), after.own_kib)

    return play


def proxied(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """From a source through an HTTP proxy's tunnel."""
    target = stage.port()
    server, port = served(stage, netcat, role)
    with server, stage.peer("source", f"tcp:{target}", stage.size) as source:
        source.ready()
        before = server.load()
        with crowd(stage, "through", port, target) as client:
            seen = client.sight(stage.limit_s)
        after = server.load()
        bad = judged(stage, server, seen, stage.size)
    seconds = max(seen.end_ns - seen.start_ns, 1) / 1e9
    return bad or Sample(stage.size / seconds / 1e9, spent(before, after), after.own_kib)


def all_crowds(quick: bool) -> list[Scenario]:
    """In the order of the report."""
    few = 1000 if quick else 20000
    most = 1000 if quick else 5000
    scenarios = [
        Scenario("accepts", f"clients that send a line and finish, {AT_ONCE} at a time", "sink", "1/s",
                 rate(few, echo=False)),
        Scenario("cats", f"the same, each with /bin/cat, {AT_ONCE} at a time", "cat", "1/s",
                 rate(200 if quick else 2000, echo=True)),
        Scenario("burst", f"{BURST} clients at one moment, until all are connected", "sink", "ms", burst,
                 more_is_better=False),
    ]
    scenarios += [
        Scenario(f"broker-{receivers}", f"one client of a broker to {receivers} others", "broker", "GB/s",
                 fan(receivers)) for receivers in (2, 50, 500)
    ]
    scenarios += [
        Scenario(f"idle-{count}", f"memory for each of {count} clients that only stay", "sink", "KiB a client",
                 idle(count, quiet=False), more_is_better=False, once_is_enough=True)
        for count in sorted({1000, most})
    ]
    return scenarios + [
        Scenario("idle-cpu", f"processor time while {most} clients only stay", "sink", "ms/s",
                 idle(most, quiet=True), more_is_better=False, once_is_enough=True),
        Scenario("proxy", "a source through CONNECT", "proxy", "GB/s", proxied),
    ]
