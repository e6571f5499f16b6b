"""What is measured: each scenario is one way to use one program once, repeated by the driver with each in turn.

A scenario gives a figure only when every byte (round, port) has been counted at the other end and the program ended
with status 0; else a Failure that says how far it came.
"""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from measure import Cost, Sight
from namespace import DARK_ADDRESS
from netcats import LIMIT, Netcat
from stage import Stage

GIB = 1 << 30
GREETING = b"hello\n" * 8
OPEN_PORTS = (101, 149, 200)  # first, step, count: up to 29,752, below all that the other scenarios use
FILTERED_S = 1.0


@dataclass(frozen=True)
class Sample:
    """One good run: the scenario's own figure, the processor's time (per GiB for a transfer), peak memory."""

    value: float
    cpu_s: float
    peak_kib: int


@dataclass(frozen=True)
class Failure:
    """One bad run: how much arrived of how much, and what the program itself says of it."""

    arrived: int
    wanted: int
    reason: str


Outcome = Sample | Failure


@dataclass(frozen=True)
class Scenario:
    """`more_is_better` says how to read the ratio; `times` multiplies the rounds where a single run is short,
    `against` names the row that the ratios are to."""

    name: str
    title: str
    role: str
    unit: str
    play: Callable[[Stage, Netcat, str], Outcome]
    more_is_better: bool = True
    times: int = 1
    once_is_enough: bool = False
    against: str = LIMIT

    @property
    def is_transfer(self) -> bool:
        return self.unit == "GB/s"


def judge(stage: Stage, cost: Cost, seen: Sight, wanted: int) -> Failure | None:
    """The failure, if it was one."""
    reasons = [cost.trouble]
    if seen.error:
        reasons.append(os.strerror(seen.error))
    if seen.count != wanted or any(reasons):
        return Failure(seen.count, wanted, ", ".join(filter(None, [*reasons, stage.last_words()])) or "short")
    return None


def transfer(stage: Stage, cost: Cost, seen: Sight, start_ns: int, end_ns: int) -> Outcome:
    seconds = (end_ns - start_ns) / 1e9
    return judge(stage, cost, seen, stage.size) or Sample(
        stage.size / seconds / 1e9, cost.cpu_s * GIB / stage.size, cost.peak_kib)


def address(stage: Stage, role: str) -> tuple[str, dict[str, object]]:
    """Where the peer is to be found: as the peer is told, and as the words of a command line."""
    if role.startswith("unix"):
        path = stage.fresh_path("socket")
        return f"unix:{path}", {"path": path}
    port = stage.port()
    return f"tcp:{port}", {"port": port}


def connect(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """From exec to exit, with a peer that accepts and closes at once."""
    at, words = address(stage, role)
    with stage.peer("closer", at) as peer:
        peer.ready()
        with stage.measured(netcat.command(role, **words)) as measured:
            cost = measured.cost()
        seen = peer.sight()
    return judge(stage, cost, seen, 1) or Sample(cost.wall_s * 1e3, cost.cpu_s, cost.peak_kib)


def memory(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """One line to an echo and back."""
    at, words = address(stage, role)
    with stage.peer("echo", at) as peer:
        peer.ready()
        with stage.measured(netcat.command(role, **words), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as measured:
            came_back = measured.exchange(GREETING)
            cost = measured.cost()
        sight = peer.sight()
    if came_back != GREETING:
        return Failure(len(came_back), len(GREETING), cost.trouble or "short")
    return judge(stage, cost, sight, len(GREETING)) or Sample(cost.peak_kib, cost.cpu_s, cost.peak_kib)


def ping_pong(rounds: int) -> Callable[[Stage, Netcat, str], Outcome]:
    """One byte through standard input, an echo, and standard output, so many times: the median of one run."""

    def play(stage: Stage, netcat: Netcat, role: str) -> Outcome:
        at, words = address(stage, role)
        out_read, out_write = os.pipe()  # the pinger's output is the netcat's input, and the reverse
        in_read, in_write = os.pipe()
        with stage.peer("echo", at) as echo:
            echo.ready()
            with stage.measured(netcat.command(role, **words), stdin=out_read, stdout=in_write) as measured, \
                    stage.peer("ping", rounds, stdin=in_read, stdout=out_write) as pinger:
                for fd in (out_read, out_write, in_read, in_write):
                    os.close(fd)
                seen = pinger.sight(stage.limit_s)
                cost = measured.cost()
        # The pinger's two times are not moments but the 50th and the 99th percentile.
        return judge(stage, cost, seen, rounds) or Sample(seen.start_ns / 1e3, cost.cpu_s, cost.peak_kib)

    return play


def send_file(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """A regular file to the network: from the peer's accept until it has seen the end."""
    at, words = address(stage, role)
    with stage.peer("sink", at) as sink, open(stage.input_file(), "rb") as file:
        sink.ready()
        with stage.measured(netcat.command(role, **words), stdin=file) as measured:
            cost = measured.cost()
        seen = sink.sight()
    return transfer(stage, cost, seen, seen.start_ns, seen.end_ns)


def send_pipe(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """A pipe to the network: from the peer's accept until it has seen the end."""
    at, words = address(stage, role)
    read_end, write_end = os.pipe()
    with stage.peer("sink", at) as sink:
        sink.ready()
        with stage.peer("produce", stage.size, stdout=write_end), \
                stage.measured(netcat.command(role, **words), stdin=read_end) as measured:
            os.close(read_end)
            os.close(write_end)
            cost = measured.cost()
        seen = sink.sight()
    return transfer(stage, cost, seen, seen.start_ns, seen.end_ns)


def receive_pipe(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """The network to a pipe: from the peer's accept until the pipe's reader has seen the end."""
    at, words = address(stage, role)
    read_end, write_end = os.pipe()
    with stage.peer("source", at, stage.size) as source:
        source.ready()
        with stage.peer("consume", stdin=read_end) as consumer, \
                stage.measured(netcat.command(role, **words), stdout=write_end) as measured:
            os.close(read_end)
            os.close(write_end)
            cost = measured.cost()
            seen = consumer.sight()
        sent = source.sight()
    return transfer(stage, cost, seen, sent.start_ns, seen.end_ns)


def receive_null(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """The network to /dev/null: from the peer's accept until the program has ended. What /dev/null got cannot be
    counted: what is, is what the source could send before anybody closed or reset the connection."""
    at, words = address(stage, role)
    with stage.peer("source", at, stage.size) as source:
        source.ready()
        with stage.measured(netcat.command(role, **words)) as measured:
            cost = measured.cost()
        sent = source.sight()
    return transfer(stage, cost, sent, sent.start_ns, cost.end_ns)


def receive_file(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """A listener's connection to a new file: from the peer's connect until the program has ended."""
    at, words = address(stage, role)
    path = stage.fresh_path("output")
    try:
        with open(path, "wb") as file, stage.measured(netcat.command(role, **words), stdout=file) as measured:
            with stage.peer("feed", at, stage.size) as feeder:
                cost = measured.cost()
                sent = feeder.sight()
        seen = Sight(os.path.getsize(path), sent.start_ns, cost.end_ns, sent.error)
    finally:
        stage.fresh_path("output")
    return transfer(stage, cost, seen, seen.start_ns, seen.end_ns)


def scan(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """Every port of loopback, of which some are open: each of these has to see a connection."""
    with stage.peer("ports", *OPEN_PORTS, stdin=subprocess.PIPE) as ports:
        ports.ready()
        with stage.measured(netcat.command(role)) as measured:
            cost = measured.cost()
        ports.close_input()
        seen = ports.sight()
    return judge(stage, cost, seen, OPEN_PORTS[2]) or Sample(cost.wall_s, cost.cpu_s, cost.peak_kib)


def filtered(stage: Stage, netcat: Netcat, role: str) -> Outcome:
    """Eight ports that never answer. Finding nothing may have any status; not waiting is the failure."""
    with stage.measured(netcat.command(role, dark=DARK_ADDRESS)) as measured:
        cost = measured.cost()
    if cost.timed_out or cost.signal or cost.wall_s < FILTERED_S * 0.85:
        return Failure(0, 8, cost.trouble or f"ended after {cost.wall_s:.2f} s: {stage.last_words()}")
    return Sample(cost.wall_s, cost.cpu_s, cost.peak_kib)


def all_scenarios(quick: bool) -> list[Scenario]:
    """In the order of the report."""
    return [
        Scenario("connect", "connect to a peer that closes at once, exec to exit", "exchange", "ms", connect,
                 more_is_better=False, times=4 if quick else 10),
        Scenario("file-in", "nc HOST PORT < file", "send", "GB/s", send_file),
        Scenario("pipe-in", "producer | nc HOST PORT", "send", "GB/s", send_pipe),
        Scenario("pipe-out", "nc HOST PORT < /dev/null | consumer", "receive", "GB/s", receive_pipe),
        Scenario("file-out", "nc -l PORT < /dev/null > file", "listen", "GB/s", receive_file),
        Scenario("null-out", "nc HOST PORT < /dev/null > /dev/null", "receive", "GB/s", receive_null),
        Scenario("unix-in", "producer | nc -U PATH", "unix_send", "GB/s", send_pipe),
        Scenario("unix-out", "nc -U PATH < /dev/null | consumer", "unix_receive", "GB/s", receive_pipe),
        Scenario("ping-pong", "one byte to an echo and back through two pipes, p50", "exchange", "us",
                 ping_pong(2000 if quick else 20000), more_is_better=False),
        Scenario("scan", "ports 1-65535 of loopback, 200 of them open", "scan", "s", scan,
                 more_is_better=False, once_is_enough=quick),
        Scenario("filtered", "eight ports that never answer, one second each", "filtered", "s", filtered,
                 more_is_better=False, once_is_enough=True),
        Scenario("memory", "peak memory of a connection that carries one line", "exchange", "KiB", memory,
                 more_is_better=False),
    ]
